//! Findings and what comes of them, for programs.

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use super::{Finding, GateRule, GateVerdict, Report};

impl Serialize for Finding {
    /// `{ "id", "category", "severity", "object", "versions": { "from", "to" }, "path", "field", "direction", "says", "remedy",
    /// "until", "fingerprint" }`. What there is not is null.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Versions<'f> {
            from: Option<&'f str>,
            to: Option<&'f str>,
        }
        let Self { rule, object, from, version, field, direction, says, ends, .. } = self;
        let mut json = serializer.serialize_struct("Finding", 12)?;
        json.serialize_field("id", rule.id)?;
        json.serialize_field("category", rule.category.as_str())?;
        json.serialize_field("severity", rule.severity.as_str())?;
        json.serialize_field("object", object)?;
        json.serialize_field("versions", &Versions { from: from.as_deref(), to: version.as_deref() })?;
        json.serialize_field("path", &self.path())?;
        json.serialize_field("field", &field.as_ref().map(|(_, name)| name))?;
        json.serialize_field("direction", direction.as_str())?;
        json.serialize_field("says", says)?;
        json.serialize_field("remedy", rule.remedy)?;
        json.serialize_field("until", ends)?;
        json.serialize_field("fingerprint", &self.fingerprint())?;
        json.end()
    }
}

impl Serialize for GateRule {
    /// `{ "id", "category", "also", "severity", "direction", "why", "remedy" }`
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { id, category, also, severity, direction, why, remedy } = self;
        let mut json = serializer.serialize_struct("GateRule", 7)?;
        json.serialize_field("id", id)?;
        json.serialize_field("category", category.as_str())?;
        json.serialize_field("also", &also.iter().map(|category| category.as_str()).collect::<Vec<_>>())?;
        json.serialize_field("severity", severity.as_str())?;
        json.serialize_field("direction", direction.as_str())?;
        json.serialize_field("why", why)?;
        json.serialize_field("remedy", remedy)?;
        json.end()
    }
}

impl Serialize for GateVerdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Report {
    /// `{ "verdict", "open", "approved" }`
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { open, approved } = self;
        let mut json = serializer.serialize_struct("Report", 3)?;
        json.serialize_field("verdict", &self.verdict())?;
        json.serialize_field("open", open)?;
        json.serialize_field("approved", approved)?;
        json.end()
    }
}
