//! Objects in a user's own schemars types: each keeps the schema that its messages have.
#![cfg(test)]

use recension::versioning::BareData;
use recension::wire::{Form, to_json};
use recension::{Object, Persisted, Revision};
use recension_tests::{Part, Sample};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Value as Json, json};

/// What a service answers with.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "described, never made")]
struct Answer {
    request: u32,
    sample: Sample,
    spares: Vec<Part>,
    #[schemars(with = "BareData<Part>")]
    plain: Json,
    disk: Option<Disk>,
}

/// A type of the user's own that has the name of an object's definition, but for its version.
#[derive(JsonSchema)]
#[schemars(rename = "SamplePart")]
#[expect(dead_code, reason = "described, never made")]
struct Disk {
    path: String,
}

fn described(settings: SchemaSettings) -> Schema {
    settings.into_generator().into_root_schema_for::<Answer>()
}

fn answer(sample: Json, spare: Json) -> Json {
    json!({"request": 7, "sample": sample, "spares": [spare], "plain": {"bytes": 1, "label": null, "serial": "x"}, "disk": {"path": "/"}})
}

fn accepts(schema: &Schema, instance: &Json) -> bool {
    jsonschema::draft202012::new(schema.as_value()).unwrap().is_valid(instance)
}

fn message(bytes: &[u8]) -> Json {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn what_is_written_keeps_to_the_schema_of_its_type() {
    let schema = described(SchemaSettings::draft2020_12().for_serialize());
    let sample = Sample::full("x").unwrap();
    let part = sample.main.clone();
    let (newest, part) = (message(&to_json(&sample, Form::Trusted).unwrap()), message(&to_json(&part, Form::Trusted).unwrap()));
    assert!(accepts(&schema, &answer(newest.clone(), part.clone())));
    let stored = Persisted::assemble(sample.clone(), Revision(7), recension::Carry::default());
    assert!(accepts(&schema, &answer(message(&to_json(&stored, Form::Trusted).unwrap()), part.clone())));
    // Neither is in the other's place, and what is written is of the newest version.
    assert!(!accepts(&schema, &answer(part.clone(), newest.clone())));
    let older = message(&to_json(&sample, Form::Trusted.at("1.0")).unwrap());
    assert!(!accepts(&schema, &answer(older, part.clone())));
    assert!(!accepts(&schema, &{
        let mut answer = answer(newest, part);
        answer["plain"]["unheard"] = json!(1);
        answer
    }));
}

#[test]
fn what_is_read_may_be_of_any_version() {
    let schema = described(SchemaSettings::draft2020_12().for_deserialize());
    let sample = Sample::full("x").unwrap();
    let part = message(&to_json(&sample.main, Form::Trusted).unwrap());
    for version in ["1.0", "1.1", "1.2", "1.3", "2.0"] {
        let older = message(&to_json(&sample, Form::Trusted.at(version)).unwrap());
        assert!(accepts(&schema, &answer(older, part.clone())), "{version}");
    }
    let partial = Sample::draft().name("db-1");
    assert!(accepts(&schema, &answer(message(&to_json(&partial, Form::Trusted).unwrap()), part.clone())));
    assert!(!accepts(&schema, &answer(json!({}), part)));
}

#[test]
fn definitions_of_objects_and_of_types_do_not_meet() {
    let schema = described(SchemaSettings::draft2020_12().for_serialize());
    let of = |name: &str| schema.pointer(&format!("/$defs/{name}")).unwrap_or_else(|| panic!("no {name} in {schema:?}"));
    assert!(of("SamplePart").get("oneOf").is_some() != of("SamplePart2").get("oneOf").is_some());
    assert!(of("SamplePart-1.3-data").get("properties").is_some());
    assert!(of("SamplePart-1.3").pointer("/properties/versioned_object.name").is_some());
}

#[test]
fn definitions_are_where_the_generator_puts_them() {
    let schema = described(SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = "#/components/schemas".into()));
    assert!(schema.pointer("/components/schemas/SamplePart-1.0").is_some() && schema.get("$defs").is_none());
    let references = serde_json::to_string(&schema).unwrap();
    assert!(!references.contains("#/$defs/"));
    let sample = message(&to_json(&Sample::full("x").unwrap(), Form::Trusted).unwrap());
    let part = sample["versioned_object.data"]["main"].clone();
    assert!(accepts(&schema, &answer(sample, part)));
}
