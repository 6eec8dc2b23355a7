//! Traps of the field: optional properties, and breaks that hide in a cycle.

use recension_model::{Classes, Declaration, FieldClass, FieldKind, FieldSpec, ObjectSpec, Op, Release, Slot};
use recension_versioning::{CompareMode, Registry, Verdict, VersionSchemas, compare_versions};
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

/// Two versions of an object as a reader outside has them, of which the second did this to the first.
fn exports(fields: &[FieldSpec], op: Op) -> Vec<VersionSchemas> {
    let version = |text: &str| text.parse().unwrap();
    let head = ObjectSpec::new("Server", "demo", version("1.1")).field(text("name"));
    let head = fields.iter().cloned().fold(head, |head, field| head.field(field)).build().unwrap();
    let releases = vec![Release::new(version("1.0"), "first version"), Release::new(version("1.1"), "a change").op(op)];
    let registry = Registry::builder().declaration(Declaration { head, releases }).build().unwrap();
    registry.outside("Server", Classes::PUBLIC).unwrap()
}

fn text(name: &str) -> FieldSpec {
    FieldSpec::new(name, FieldKind::Text).class(FieldClass::Public)
}

#[test]
fn trap_10_each_change_of_a_declared_field_fails_in_its_own_direction_only() {
    let note = || text("note");
    let add = |old_default: Slot| Op::Add { field: "note".into(), old_default };
    let remove = |field: FieldSpec| Op::Remove { field, fallback: "".into() };
    let cases = [
        ("optional added", exports(&[note().nullable()], add(Slot::Unset)), true, true),
        ("optional by its default added", exports(&[note().default("-")], add("".into())), true, true),
        ("optional removed", exports(&[], remove(note().nullable())), true, true),
        ("required added", exports(&[note()], add("".into())), false, true),
        ("required removed", exports(&[], remove(note())), true, false),
        ("secret added", exports(&[note().class(FieldClass::Secret)], add("".into())), true, true),
    ];
    for (change, versions, backward, forward) in cases {
        assert_eq!(passes(&versions, CompareMode::Backward), backward, "{change} backward");
        assert_eq!(passes(&versions, CompareMode::Forward), forward, "{change} forward");
        assert_eq!(passes(&versions, CompareMode::Full), backward && forward, "{change} full");
    }
}

#[test]
fn trap_10_null_that_a_required_field_may_not_be_fails_in_its_own_direction_only() {
    // What is optional may be null, and what is required may not: so the other way round fails too.
    let required = exports(&[text("note")], Op::Require { field: "note".into(), fill: "".into() });
    let relaxed = exports(&[text("note").nullable()], Op::Relax { field: "note".into(), fallback: "".into() });
    for (change, versions, backward, forward) in
        [("optional to required", required, false, true), ("required to optional", relaxed, true, false)]
    {
        assert_eq!(passes(&versions, CompareMode::Backward), backward, "{change} backward");
        assert_eq!(passes(&versions, CompareMode::Forward), forward, "{change} forward");
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
