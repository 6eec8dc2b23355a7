//! Whether readers outside, who read what is written as it is, can read what another version writes.
//!
//! What a version writes is its closed write schema. A reader outside needs what the version requires and passes over what it does
//! not know: that is the same schema, open. So an optional field that is added or removed is compatible.

use std::collections::BTreeMap;

use recension_model::{Classes, ObjectName, ObjectVersion};
use serde_json::Value;

use super::{Checked, Direction, Finding, Mode};
use crate::{Error, LockFile, Registry, SchemaForm, SchemaOptions, Verdict, compare};

/// The schemas of the versions, as they are needed.
pub(super) struct Schemas {
    registry: Option<Registry>,
    made: BTreeMap<(ObjectName, ObjectVersion, bool), Value>,
}

impl Schemas {
    pub(super) fn of(now: &LockFile) -> Self {
        Self { registry: now.registry().ok(), made: BTreeMap::new() }
    }

    /// Compares each fresh version with those before it. Of a file that makes no registry nothing is compared: why is told already.
    pub(super) fn check(&mut self, checked: &Checked<'_>, mode: Mode, findings: &mut Vec<Finding>) {
        let (Some(transitive), Some(lineage), Some(_)) = (mode.transitive(), &checked.lineage, &self.registry) else { return };
        let versions: Vec<&ObjectVersion> = lineage.shapes().iter().map(|shape| &shape.version).collect();
        for fresh in checked.fresh() {
            let newer = &fresh.release.version;
            let below = versions.iter().take_while(|version| **version < newer).copied();
            let skip = if transitive { 0 } else { below.clone().count().saturating_sub(1) };
            for older in below.skip(skip) {
                for (direction, writer, reader) in [(Direction::Backward, older, newer), (Direction::Forward, newer, older)] {
                    if mode.covers(direction) {
                        let finding = self.compared(checked, writer, reader);
                        findings.extend(finding.map(|finding| finding.between(older, newer).going(direction)));
                    }
                }
            }
        }
    }

    fn compared(&mut self, checked: &Checked<'_>, writer: &ObjectVersion, reader: &ObjectVersion) -> Option<Finding> {
        let unknown =
            |what: &str| checked.tell("VO_SCHEMA_UNKNOWN_KEYWORD", format!("whether {reader} reads {writer} is not decided: {what}"));
        let name = &checked.now.declaration.head.name;
        let verdict = match (self.schema(name, writer, false), self.schema(name, reader, true)) {
            (Ok(written), Ok(read)) => compare(&written, &read),
            (Err(error), _) | (_, Err(error)) => return unknown(&error.to_string()),
        };
        match verdict {
            Ok(Verdict::Compatible) => None,
            // The instance is made up from the schemas, and nobody's.
            Ok(Verdict::Incompatible { instance, .. }) => {
                let shown =
                    instance.instance().map_or_else(|| "what is too large to be shown".to_owned(), |instance| format!("`{instance}`"));
                let says = format!("a reader of {reader} refuses what {writer} may write: {shown}");
                checked.tell("VO_SCHEMA_WRITER_NOT_IN_READER", says)
            }
            Ok(Verdict::Unknown { keyword, path, .. }) => unknown(&format!("`{keyword}` at `{path}`")).map(|finding| finding.part(keyword)),
            Err(error) => unknown(&error.to_string()),
        }
    }

    fn schema(&mut self, name: &ObjectName, version: &ObjectVersion, open: bool) -> Result<Value, Error> {
        let key = (name.clone(), version.clone(), open);
        if let Some(made) = self.made.get(&key) {
            return Ok(made.clone());
        }
        let registry = self.registry.as_ref().ok_or_else(|| Error::UnknownObject(name.to_string()))?;
        let options = SchemaOptions::write(SchemaForm::Data).disclosed(Classes::PUBLIC);
        let options = if open { options.ignoring_unknown() } else { options };
        let schema = registry.schema(name.as_str(), version, &options)?.to_value();
        self.made.insert(key, schema.clone());
        Ok(schema)
    }
}
