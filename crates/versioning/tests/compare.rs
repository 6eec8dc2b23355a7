//! Comparison of schemas: a table of cases, the traps of evolution, bad input, and a fuzz against a validator that
//! is not ours.
#![cfg(test)]

#[path = "compare/bad.rs"]
mod bad;
#[path = "compare/fuzz.rs"]
mod fuzz;
#[path = "compare/traps.rs"]
mod traps;

use recension_versioning::{Verdict, compare};
use serde_json::Value as Json;

/// The verdict in a word; an instance must prove an "incompatible".
fn verdict(writer: &Json, reader: &Json) -> &'static str {
    match compare(writer, reader).unwrap() {
        Verdict::Compatible => "compatible",
        Verdict::Incompatible { instance, .. } => {
            assert!(jsonschema::draft202012::new(writer).unwrap().is_valid(&instance), "{instance} by {writer}");
            assert!(!jsonschema::draft202012::new(reader).unwrap().is_valid(&instance), "{instance} by {reader}");
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
