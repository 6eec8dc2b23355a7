//! What an older version cannot say, in the envelope of an object.

use recension_model::{FieldClass, FieldSpec, ObjectSpec, ObjectVersion};
use serde_json::{Value as Json, json};

use super::document::{Document, Keywords, keywords, spellings};
use super::{SchemaSide, pattern};
use crate::{Error, Lineage};

impl Document<'_> {
    /// The carry of an object of one version. What a hop of a release that is not known here holds, nobody can
    /// say.
    pub(super) fn carry(&mut self, lineage: &Lineage, shape: &ObjectSpec) -> Result<Keywords, Error> {
        let mut hops = Keywords::new();
        for hop in lineage.shapes().iter().skip(1) {
            let names = match self.options.side {
                SchemaSide::Write => vec![hop.version.to_string()],
                SchemaSide::Read => spellings(&hop.version),
            };
            let name = format!("^(?:{})$", names.join("|").replace('.', r"\."));
            hops.insert(name, self.hop(lineage, shape, &hop.version)?.into());
        }
        let mut carry = keywords([("type", "object".into()), ("propertyNames", json!({"pattern": pattern::version()}))]);
        if !hops.is_empty() {
            carry.insert("patternProperties".to_owned(), hops.into());
        }
        Ok(carry)
    }

    /// What the carry of a known hop holds: fields of the version on its other side.
    fn hop(&mut self, lineage: &Lineage, shape: &ObjectSpec, hop: &ObjectVersion) -> Result<Keywords, Error> {
        let writes = self.options.side == SchemaSide::Write;
        let mut properties = Keywords::new();
        for (field, pin) in carried(self, lineage, shape, hop) {
            // No secret is carried.
            if !writes || field.class != FieldClass::Secret {
                properties.insert(field.name.to_string(), self.field(&field, pin.as_ref())?.into());
            }
        }
        let names: Vec<&str> = properties.keys().map(String::as_str).collect();
        let changes = self.names(&names);
        let mut data = keywords([("type", "object".into()), ("properties", properties.into())]);
        self.close(&mut data);
        let parts = json!({"data": Json::Object(data), "changes": changes});
        let mut entry = keywords([("type", "object".into()), ("properties", parts)]);
        if writes {
            entry.insert("required".to_owned(), json!(["data"]));
        }
        self.close(&mut entry);
        Ok(entry)
    }
}

/// The fields that the carry of a hop may hold, each with the version it pins.
fn carried(document: &Document<'_>, lineage: &Lineage, shape: &ObjectSpec, hop: &ObjectVersion) -> Vec<(FieldSpec, Option<ObjectVersion>)> {
    let Some(carrying) = lineage.carrying(&shape.version, hop) else { return Vec::new() };
    let there = carrying.shape;
    let field = |field: &FieldSpec| {
        let known = document.registry.carried_field(shape, hop, &field.name)?.clone();
        Some((known, lineage.pin(&there.version, &field.name).cloned()))
    };
    there.fields.iter().filter_map(field).collect()
}
