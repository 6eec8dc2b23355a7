//! `schema`: exports and comparisons.

use crate::support::Sandbox;

#[test]
fn one_version_is_printed_and_all_are_written() {
    let sandbox = Sandbox::of(2);
    let told = [
        sandbox.run(["schema", "export", "--object", "Disk", "--version", "1.0"]),
        sandbox.run(["schema", "export", "--out", "schemas"]),
        sandbox.run(["schema", "export", "--out", "schemas", "--side", "read", "--format", "json"]),
        sandbox.run(["schema", "export", "--object", "Disk", "--version", "9.0"]),
        sandbox.run(["schema", "export", "--object", "Server", "--version", "1.1", "--classes", "public", "--draft", "07"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
    let printed = sandbox.run(["schema", "export", "--object", "Disk", "--version", "1.0"]);
    assert!(printed.contains(&sandbox.read("schemas/Disk-1.0.write.json")));
}

#[test]
fn an_openapi_document_has_every_version_and_its_references_lead_somewhere() {
    let sandbox = Sandbox::of(2);
    sandbox.run(["schema", "export", "--openapi", "--classes", "public", "--out", "."]);
    let document: serde_json::Value = serde_json::from_str(&sandbox.read("openapi.write.json")).unwrap();
    let names: Vec<&String> = document["components"]["schemas"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["Disk-1.0", "Disk-1.1", "Server-1.0", "Server-1.1"]);
    assert_eq!(document["openapi"], "3.1.0");
    let text = document.to_string();
    let references: Vec<&str> = text.split(r#""$ref":"#).skip(1).filter_map(|rest| rest.split('"').nth(1)).collect();
    assert!(!references.is_empty());
    for reference in references {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

#[test]
fn schemas_are_compared_each_way() {
    let sandbox = Sandbox::of(2);
    sandbox.write("old.json", r#"{"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}"#);
    sandbox.write("new.json", r#"{"type": "object", "properties": {"size": {"type": "number"}}}"#);
    sandbox.write("newest.json", r#"{"type": "object", "properties": {"size": {"type": "number", "multipleOf": 0.1}}, "unevaluatedProperties": {"not": {"unevaluatedItems": false}}}"#);
    let told = [
        sandbox.run(["schema", "compare", "old.json", "new.json"]),
        sandbox.run(["schema", "compare", "old.json", "new.json", "--mode", "full"]),
        sandbox.run(["schema", "compare", "old.json", "new.json", "--mode", "forward", "--format", "json"]),
        sandbox.run(["schema", "compare", "old.json", "new.json", "newest.json", "--mode", "backward", "--transitive"]),
        sandbox.run(["schema", "compare", "Disk@1.0", "Disk@1.1", "--mode", "full"]),
        sandbox.run(["schema", "compare", "Disk@1.0", "Disk@7.1"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_break_that_is_too_large_to_be_shown_is_described() {
    let sandbox = Sandbox::of(1);
    sandbox.write("old.json", r#"{"type": "array", "minItems": 100000}"#);
    sandbox.write("new.json", r#"{"type": "array", "maxItems": 50000}"#);
    let told = sandbox.run(["schema", "compare", "old.json", "new.json"]);
    let described = r#"{"values":[{"is":null},{"items":[[0,100000]]}]}"#;
    let says = format!("incompatible\n    what this describes is written, and refused by /maxItems:\n    {described}\n");
    assert!(told.contains(&says), "{told}");
    let told = sandbox.run(["schema", "compare", "old.json", "new.json", "--format", "json"]);
    let json = told.get(told.find('{').unwrap()..=told.rfind('}').unwrap()).unwrap();
    let comparison = &serde_json::from_str::<serde_json::Value>(json).unwrap()["comparisons"][0];
    assert_eq!(comparison["described"].to_string(), described);
    assert_eq!((comparison["verdict"].as_str(), comparison.get("instance")), (Some("incompatible"), None));
}
