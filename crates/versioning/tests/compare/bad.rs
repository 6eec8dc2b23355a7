//! Schemas that are none, or too much.

use recension_versioning::{SchemaFault, Side, Verdict, compare};
use serde_json::{Value as Json, json};

fn fault(schema: &Json) -> (SchemaFault, &'static str, String) {
    let compared = compare(&json!(true), schema);
    assert!(compared.is_err(), "the schema is taken: {compared:?}");
    let error = compared.unwrap_err();
    assert_eq!(error.side, Side::Reader);
    (error.fault, error.keyword, error.path)
}

#[test]
fn a_reference_to_nothing_is_an_error() {
    let schema = json!({ "properties": { "a": { "$ref": "#/$defs/none" } } });
    assert_eq!(fault(&schema), (SchemaFault::Unresolved, "$ref", "/properties/a/$ref".to_owned()));
}

#[test]
fn a_reference_to_itself_is_an_error() {
    let schema = json!({ "$defs": { "a": { "$ref": "#/$defs/a" } }, "$ref": "#/$defs/a" });
    assert_eq!(fault(&schema), (SchemaFault::Loop, "$ref", "/$defs/a".to_owned()));
}

#[test]
fn ten_thousand_schemas_in_each_other_are_an_error() {
    for keyword in ["not", "items", "unknown"] {
        let deep = (0..10_000).fold(json!(true), |inner, _| Json::Object(std::iter::once((keyword.to_owned(), inner)).collect()));
        // To drop it would take as much stack as it is deep.
        let deep = std::mem::ManuallyDrop::new(deep);
        assert_eq!(fault(&deep).0, SchemaFault::TooDeep, "{keyword}");
    }
    let mut chain = json!({ "$ref": "#/$defs/0" });
    chain["$defs"] = (0..10_000).map(|at| (at.to_string(), json!({ "$ref": format!("#/$defs/{}", at + 1) }))).collect();
    chain["$defs"]["10000"] = json!(true);
    assert_eq!(fault(&chain).0, SchemaFault::TooDeep);
}

#[test]
fn a_value_of_the_wrong_kind_is_an_error() {
    for (keyword, value) in [("type", json!("text")), ("minLength", json!(-1)), ("required", json!("a")), ("multipleOf", json!(0))] {
        assert_eq!(fault(&json!({ keyword: value })).0, SchemaFault::WrongValue, "{keyword}");
    }
}

#[test]
fn a_huge_enum_ends() {
    let values: Vec<Json> = (0..30_000).map(Json::from).collect();
    let verdict = compare(&json!({ "enum": values }), &json!({ "type": "integer" })).unwrap();
    assert!(matches!(verdict, Verdict::Compatible | Verdict::Unknown { .. }));
}

#[test]
fn a_hundred_schemas_in_each_other_do_not_exhaust_the_stack() {
    for keyword in ["items", "additionalProperties", "not"] {
        let nested = |leaf: Json| (0..100).fold(leaf, |inner, _| Json::Object(std::iter::once((keyword.to_owned(), inner)).collect()));
        let verdict = compare(&nested(json!({ "type": "number" })), &nested(json!({ "type": "integer" }))).unwrap();
        assert!(!matches!(verdict, Verdict::Compatible), "{keyword}: {verdict:?}");
    }
}

#[test]
fn two_places_of_one_name_are_an_error() {
    let twice = json!({ "$defs": { "a": { "$anchor": "x" }, "b": { "$anchor": "x" } } });
    assert_eq!(fault(&twice), (SchemaFault::Twice, "$anchor", "/$defs/a".to_owned()));
    // Data is no schema, and calls nothing anything.
    for keyword in ["default", "examples", "enum", "const"] {
        let data = json!({ "$ref": "#x", "$defs": { "a": { keyword: [{ "$anchor": "x" }] } } });
        assert_eq!(fault(&data).0, SchemaFault::Unresolved, "{keyword}");
    }
    let named = json!({ "$ref": "#y", "properties": { "default": { "$anchor": "x" } } });
    assert_eq!(fault(&named).0, SchemaFault::Unresolved);
}

#[test]
fn a_number_that_was_rounded_decides_nothing() {
    let read = |text: &str| serde_json::from_str::<Json>(text).unwrap();
    let pairs = [
        ("const", r#"{"const":18446744073709551617}"#, r#"{"const":18446744073709551616}"#),
        ("enum", r#"{"enum":[[18446744073709551617]]}"#, r#"{"enum":[[18446744073709551616]]}"#),
        ("maximum", r#"{"type":"number","maximum":18446744073709551617}"#, r#"{"maximum":18446744073709551616}"#),
        ("multipleOf", r#"{"type":"integer"}"#, r#"{"multipleOf":18446744073709551617}"#),
    ];
    for (expected, writer, reader) in pairs {
        let compared = compare(&read(writer), &read(reader)).unwrap();
        let Verdict::Unknown { keyword, .. } = compared else { panic!("{expected}: {compared:?}") };
        assert_eq!(keyword, expected);
    }
    // Of which type it is, is known.
    for (writer, reader) in
        [(json!({ "const": 1e20 }), json!({ "type": "number" })), (json!({ "enum": [1e20, "a"] }), json!({ "type": ["number", "string"] }))]
    {
        assert_eq!(compare(&writer, &reader).unwrap(), Verdict::Compatible, "{writer}");
    }
    // A note is not judged by.
    assert_eq!(compare(&read(r#"{"type":"null","default":1e30}"#), &json!({ "type": "null" })).unwrap(), Verdict::Compatible);
}

#[test]
fn an_instance_that_is_as_deep_as_its_schema_has_references_does_not_exhaust_the_stack() {
    let deep = (0..120).fold(json!(1), |inner, _| json!([inner]));
    let mut chain: serde_json::Map<String, Json> =
        (0..60).map(|at| (format!("c{at}"), json!({ "allOf": [{ "$ref": format!("#/$defs/c{}", at + 1) }, {}] }))).collect();
    chain.insert("c60".to_owned(), json!({ "items": { "$ref": "#/$defs/c0" } }));
    let reader = json!({ "$ref": "#/$defs/c0", "$defs": chain });
    assert!(!matches!(compare(&json!({ "const": deep }), &reader).unwrap(), Verdict::Incompatible { .. }));
}

#[test]
fn what_is_in_itself_in_many_ways_ends() {
    // Each property of each leads to the schema itself.
    let node = |name: &str| {
        let properties: serde_json::Map<String, Json> =
            (0..40).map(|at| (format!("p{at}"), json!({ "$ref": format!("#/$defs/{name}") }))).collect();
        let required: Vec<&String> = properties.keys().collect();
        json!({ "type": "object", "required": required, "properties": properties })
    };
    let both = json!({ "oneOf": [{ "$ref": "#/$defs/a" }, { "$ref": "#/$defs/b" }], "$defs": { "a": node("a"), "b": node("b") } });
    let object = json!({ "type": "object" });
    assert_eq!(compare(&both, &object).unwrap(), Verdict::Compatible);
    assert!(!matches!(compare(&object, &both).unwrap(), Verdict::Compatible));
    // Ten ways a level.
    let mut levels: serde_json::Map<String, Json> = (0..8)
        .map(|level| (format!("d{level}"), json!({ "allOf": vec![json!({ "$ref": format!("#/$defs/d{}", level + 1) }); 10] })))
        .collect();
    levels.insert("d8".to_owned(), object.clone());
    let schema = json!({ "oneOf": [{ "$ref": "#/$defs/d0" }, { "type": "string" }], "$defs": levels });
    assert!(!matches!(compare(&schema, &json!({ "type": "number" })).unwrap(), Verdict::Compatible));
    // Many schemas of which each needs a property of its own.
    let many: Vec<Json> = (0..60).map(|at| json!({ "additionalProperties": { "const": at } })).collect();
    let few = json!({ "type": "object", "maxProperties": 2 });
    assert!(!matches!(compare(&few, &json!({ "anyOf": many })).unwrap(), Verdict::Compatible));
}

#[test]
fn what_would_take_too_much_is_not_decided() {
    let unknown = |writer: Json, reader: Json| {
        let compared = compare(&writer, &reader).unwrap();
        assert!(matches!(compared, Verdict::Unknown { .. }), "{compared:?}");
    };
    // Two ways a level lead to the last.
    let mut levels: serde_json::Map<String, Json> = (0..60)
        .map(|level| {
            let next = json!({ "$ref": format!("#/$defs/a{}", level + 1) });
            (format!("a{level}"), json!({ "allOf": [next, next] }))
        })
        .collect();
    levels.insert("a60".to_owned(), json!({ "type": "integer" }));
    unknown(json!({ "$ref": "#/$defs/a0", "$defs": levels }), json!({ "type": "string" }));
}
