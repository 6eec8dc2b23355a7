//! Traps of the field: optional properties, and breaks that hide in a cycle.

use recension_versioning::{CompareMode, Verdict, VersionSchemas, compare_versions};
use serde_json::{Value as Json, json};

use super::verdict;

/// A closed write schema and an open read schema of the same fields.
fn version(name: &str, required: &[&str], optional: &[&str]) -> VersionSchemas {
    let properties: Json = required.iter().chain(optional).map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
    let read = json!({ "type": "object", "properties": properties, "required": required });
    let mut write = read.clone();
    write["additionalProperties"] = false.into();
    VersionSchemas { name: name.to_owned(), write, read }
}

fn passes(versions: &[VersionSchemas], mode: CompareMode) -> bool {
    let compared = compare_versions(versions, mode, true).unwrap();
    assert!(compared.iter().all(|compared| !matches!(compared.verdict, Verdict::Unknown { .. })));
    compared.iter().all(|compared| compared.verdict == Verdict::Compatible)
}

#[test]
fn trap_10_each_change_of_a_property_fails_in_its_own_direction_only() {
    let cases = [
        ("optional added", version("1", &["a"], &[]), version("2", &["a"], &["b"]), true, true),
        ("optional removed", version("1", &["a"], &["b"]), version("2", &["a"], &[]), true, true),
        ("required added", version("1", &["a"], &[]), version("2", &["a", "b"], &[]), false, true),
        ("required removed", version("1", &["a", "b"], &[]), version("2", &["a"], &[]), true, false),
        ("optional to required", version("1", &["a"], &["b"]), version("2", &["a", "b"], &[]), false, true),
        ("required to optional", version("1", &["a", "b"], &[]), version("2", &["a"], &["b"]), true, false),
    ];
    for (change, older, newer, backward, forward) in cases {
        let versions = [older, newer];
        assert_eq!(passes(&versions, CompareMode::Backward), backward, "{change} backward");
        assert_eq!(passes(&versions, CompareMode::Forward), forward, "{change} forward");
        assert_eq!(passes(&versions, CompareMode::Full), backward && forward, "{change} full");
    }
}

#[test]
fn trap_12_a_break_inside_a_cycle_is_found() {
    let tree = |leaf: &str| {
        let node = json!({ "type": "object", "properties": {
            "value": { "type": leaf }, "left": { "$ref": "#/$defs/other" } } });
        let other = json!({ "type": ["object", "null"], "properties": { "back": { "$ref": "#/$defs/node" } }, "maxProperties": 1 });
        json!({ "$defs": { "node": node, "other": other }, "$ref": "#/$defs/other" })
    };
    assert_eq!(verdict(&tree("integer"), &tree("number")), "compatible");
    assert_eq!(verdict(&tree("number"), &tree("integer")), "incompatible");
}
