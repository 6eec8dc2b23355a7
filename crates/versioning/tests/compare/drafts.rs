//! Each schema in the draft that it names.

use recension_versioning::{SchemaFault, SchemaForm, SchemaOptions, Verdict, compare, draft07};
use serde_json::{Value as Json, json};

use super::sample;

const DRAFT_07: &str = "http://json-schema.org/draft-07/schema#";

fn old(mut schema: Json) -> Json {
    schema["$schema"] = DRAFT_07.into();
    schema
}

/// Both ways: what is within what, and an instance that proves what is not.
fn are_one(left: &Json, right: &Json) -> bool {
    [(left, right), (right, left)].into_iter().all(|(writer, reader)| match compare(writer, reader).unwrap() {
        Verdict::Compatible => true,
        Verdict::Incompatible { instance, .. } => {
            let instance = super::witness::written_out(&instance);
            assert!(jsonschema::validator_for(writer).unwrap().is_valid(&instance), "{instance} by {writer}");
            assert!(!jsonschema::validator_for(reader).unwrap().is_valid(&instance), "{instance} by {reader}");
            false
        }
        unknown => panic!("{unknown:?}: {writer} within {reader}"),
    })
}

#[test]
fn what_draft_07_says_in_other_words_means_the_same() {
    let integer = json!({ "type": "integer" });
    let pairs = [
        (json!({ "items": [integer], "additionalItems": false }), json!({ "prefixItems": [integer], "items": false })),
        (json!({ "items": integer, "additionalItems": false }), json!({ "items": integer })),
        (json!({ "additionalItems": false }), json!(true)),
        (json!({ "dependencies": { "a": ["b"] } }), json!({ "dependentRequired": { "a": ["b"] } })),
        (json!({ "dependencies": { "a": { "required": ["b"] } } }), json!({ "dependentSchemas": { "a": { "required": ["b"] } } })),
        (json!({ "$ref": "#/definitions/i", "minimum": 5, "definitions": { "i": integer } }), integer.clone()),
        (json!({ "$ref": "#i", "definitions": { "i": { "$id": "#i", "type": "integer" } } }), integer.clone()),
        // Words that came later.
        (json!({ "prefixItems": [false], "dependentRequired": { "a": ["b"] }, "unevaluatedProperties": false }), json!(true)),
        (json!({ "contains": integer, "minContains": 0 }), json!({ "contains": integer })),
    ];
    for (draft_07, latest) in pairs {
        let draft_07 = old(draft_07);
        assert!(are_one(&draft_07, &latest), "{draft_07} and {latest}");
    }
    // The same words mean other things there.
    for schema in [json!({ "prefixItems": [integer] }), json!({ "$ref": "#/$defs/i", "minimum": 5, "$defs": { "i": integer } })] {
        assert!(!are_one(&old(schema.clone()), &schema), "{schema}");
    }
}

#[test]
fn an_export_is_the_same_in_both_drafts() {
    let registry = sample::registry();
    for (object, version) in [("Disk", "1.0"), ("Disk", "1.1"), ("Share", "2"), ("Machine", "1.0")] {
        let version = version.parse().unwrap();
        for options in [SchemaOptions::write(SchemaForm::Data), SchemaOptions::read(SchemaForm::envelope("recension."))] {
            let schema = Json::from(registry.schema(object, &version, &options).unwrap());
            assert!(are_one(&schema, &draft07(&schema)), "{object}");
        }
    }
}

#[test]
fn another_draft_is_an_error() {
    // A document in another draft inside would be read in the words of the one around it.
    let inside = json!({ "$ref": "x", "$defs": { "x": { "$id": "x", "$schema": DRAFT_07, "dependencies": { "a": ["b"] } } } });
    for (schema, path) in [(inside, "/$defs/x"), (json!({ "$schema": 5 }), "")] {
        let error = compare(&json!(true), &schema).unwrap_err();
        assert_eq!((error.fault, error.keyword, error.path.as_str()), (SchemaFault::Dialect, "$schema", path));
    }
    for name in ["http://json-schema.org/draft-04/schema#", "https://json-schema.org/draft/2019-09/schema", "https://example.org/own"] {
        let error = compare(&json!({ "$schema": name }), &json!(true)).unwrap_err();
        assert_eq!((error.fault, error.keyword, error.path.as_str()), (SchemaFault::Dialect, "$schema", ""), "{name}");
    }
}
