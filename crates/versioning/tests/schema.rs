//! JSON Schema: documents kept as snapshots, and for every kind the texts and numbers on both sides of each bound,
//! judged by a validator that is not ours.
#![cfg(test)]

#[path = "schema/documents.rs"]
mod documents;
#[path = "schema/going.rs"]
mod going;
#[path = "schema/kinds.rs"]
mod kinds;
#[path = "schema/sample.rs"]
mod sample;

use serde_json::Value as Json;

/// Whether an instance keeps to a schema of draft 2020-12.
fn accepts(schema: &schemars::Schema, instance: &Json) -> bool {
    validator(schema).is_valid(instance)
}

fn validator(schema: &schemars::Schema) -> jsonschema::Validator {
    jsonschema::draft202012::meta::validate(schema.as_value()).unwrap();
    jsonschema::draft202012::new(schema.as_value()).unwrap()
}
