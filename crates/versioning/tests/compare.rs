//! Comparison of schemas: a table of cases, the traps of evolution, bad input, and a fuzz against a validator that
//! is not ours.
#![cfg(test)]

#[path = "compare/bad.rs"]
mod bad;
#[path = "compare/cycles.rs"]
mod cycles;
#[path = "compare/drafts.rs"]
mod drafts;
#[path = "compare/few.rs"]
mod few;
#[path = "compare/fuzz.rs"]
mod fuzz;
#[path = "compare/limits.rs"]
mod limits;
#[path = "compare/numbers.rs"]
mod numbers;
#[allow(dead_code, reason = "shared with the tests of the exports")]
#[path = "schema/sample.rs"]
mod sample;
#[path = "compare/traps.rs"]
mod traps;
#[path = "compare/unions.rs"]
mod unions;
#[path = "compare/witness.rs"]
mod witness;

use recension_versioning::{SchemaForm, SchemaOptions, Verdict, compare};
use serde_json::Value as Json;

/// The verdict in a word; an instance must prove an "incompatible".
fn verdict(writer: &Json, reader: &Json) -> &'static str {
    match compare(writer, reader).unwrap() {
        Verdict::Compatible => "compatible",
        Verdict::Incompatible { instance, .. } => {
            witness::prove(writer, reader, &instance);
            "incompatible"
        }
        _ => "unknown",
    }
}

#[test]
fn the_table_of_cases_holds_both_ways() {
    let cases: Vec<(Json, Json, String, String)> = serde_json::from_str(include_str!("compare/cases.json")).unwrap();
    assert!(cases.len() >= 40);
    for (left, right, there, back) in cases {
        assert_eq!(verdict(&left, &right), there, "{left} within {right}");
        assert_eq!(verdict(&right, &left), back, "{right} within {left}");
        assert_eq!(verdict(&left, &left), "compatible", "{left} within itself");
    }
}

#[test]
fn what_an_object_is_written_as_is_within_what_is_read() {
    let registry = sample::registry();
    for (object, version) in [("Disk", "1.0"), ("Disk", "1.1"), ("Share", "2")] {
        let version = version.parse().unwrap();
        let write = registry.schema(object, &version, &SchemaOptions::write(SchemaForm::Data)).unwrap();
        let read = registry.schema(object, &version, &SchemaOptions::read(SchemaForm::Data).ignoring_unknown()).unwrap();
        assert_eq!(compare(write.as_value(), read.as_value()).unwrap(), Verdict::Compatible, "{object}");
    }
    // What is read of an address is spelled more freely than what is written.
    let version = "1.0".parse().unwrap();
    let write = registry.schema("Machine", &version, &SchemaOptions::write(SchemaForm::Data)).unwrap();
    let read = registry.schema("Machine", &version, &SchemaOptions::read(SchemaForm::Data).ignoring_unknown()).unwrap();
    assert_eq!(compare(write.as_value(), read.as_value()).unwrap(), Verdict::Compatible);
    assert!(matches!(compare(read.as_value(), write.as_value()).unwrap(), Verdict::Incompatible { .. }));
}
