//! Unions and lists of values of many members: they are always decided.

use recension_versioning::{Verdict, compare};
use serde_json::{Value as Json, json};

use super::verdict;

/// A union of objects that a property tells apart.
fn union(kinds: impl IntoIterator<Item = usize>, size: &Json) -> Json {
    let branches: Vec<Json> = kinds
        .into_iter()
        .map(|kind| {
            json!({
                "type": "object",
                "properties": { "kind": { "const": format!("kind-{kind}") }, "size": size, "area": { "type": ["string", "null"] } },
                "required": ["kind", "size"],
            })
        })
        .collect();
    json!({ "oneOf": branches })
}

#[test]
fn a_union_of_many_branches_is_decided() {
    let (whole, number) = (json!({ "type": "integer" }), json!({ "type": "number" }));
    for count in [3, 10, 80] {
        let narrow = union(0..count, &whole);
        assert_eq!(verdict(&narrow, &union((0..count).rev(), &whole)), "compatible", "{count}");
        assert_eq!(verdict(&narrow, &union(0..=count, &number)), "compatible", "{count}");
        assert_eq!(verdict(&union(0..=count, &whole), &narrow), "incompatible", "{count}");
        assert_eq!(verdict(&union(0..count, &number), &narrow), "incompatible", "{count}");
    }
    let many = union(0..300, &whole);
    assert_eq!(verdict(&json!({ "type": "object" }), &many), "incompatible");
    let known = json!({ "type": "object", "properties": { "kind": { "const": "kind-7" }, "size": whole }, "required": ["kind", "size"] });
    assert_eq!(verdict(&known, &json!({ "oneOf": [many, { "type": "string" }] })), "incompatible");
    let loose = |kind: Json| {
        let properties = json!({ "kind": kind, "size": whole, "area": { "type": "null" } });
        json!({ "type": "object", "properties": properties, "required": ["kind", "size"] })
    };
    assert_eq!(verdict(&loose(json!({ "type": "string" })), &many), "incompatible");
    let kinds = |count: u64| json!({ "enum": (0..count).map(|kind| format!("kind-{kind}")).collect::<Vec<_>>() });
    assert_eq!(verdict(&loose(kinds(300)), &many), "compatible");
    assert_eq!(verdict(&loose(kinds(301)), &many), "incompatible");
}

#[test]
fn a_union_of_many_named_branches_in_each_other_is_decided() {
    let tree = |count: usize, leaf: &str| {
        let named: serde_json::Map<String, Json> = (0..count)
            .map(|kind| {
                let children = json!({ "type": "array", "items": { "$ref": "#/$defs/any" } });
                let value = json!({ "type": if kind == 7 { leaf } else { "string" } });
                let schema = json!({
                    "type": "object",
                    "properties": { "children": children, "kind": { "const": kind }, "value": value },
                    "required": ["kind", "value"],
                    "additionalProperties": false,
                });
                (format!("k{kind}"), schema)
            })
            .collect();
        let branches: Vec<Json> = named.keys().map(|name| json!({ "$ref": format!("#/$defs/{name}") })).collect();
        let mut defs = named;
        defs.insert("any".to_owned(), json!({ "oneOf": branches }));
        json!({ "$ref": "#/$defs/any", "$defs": defs })
    };
    assert_eq!(verdict(&tree(20, "integer"), &tree(21, "number")), "compatible");
    assert_eq!(verdict(&tree(20, "number"), &tree(20, "integer")), "incompatible");
    assert_eq!(verdict(&tree(21, "integer"), &tree(20, "integer")), "incompatible");
}

#[test]
fn a_union_by_type_and_by_value_is_decided() {
    let spread = |consts: usize| {
        let consts = (0..consts).map(|at| json!({ "const": at }));
        let branches: Vec<Json> =
            consts.chain([json!({ "type": "string" }), json!({ "type": "array" }), json!({ "type": "null" })]).collect();
        json!({ "oneOf": branches })
    };
    assert_eq!(verdict(&spread(100), &spread(101)), "compatible");
    assert_eq!(verdict(&spread(101), &spread(100)), "incompatible");
    assert_eq!(verdict(&spread(100), &json!({ "type": ["integer", "string", "array", "null"] })), "compatible");
}

#[test]
fn a_union_whose_branches_meet_is_not_taken_for_one_that_is_told_apart() {
    let kind = |kind: &str| json!({ "type": "object", "properties": { "kind": { "const": kind } } });
    // Without the property an object is under both.
    let loose = json!({ "oneOf": [kind("a"), kind("b")] });
    assert_eq!(verdict(&kind("a"), &loose), "incompatible");
    // A list is under both, whatever its objects have.
    let open = |kind: &str| json!({ "properties": { "kind": { "const": kind } }, "required": ["kind"] });
    assert_eq!(verdict(&json!({ "type": "array" }), &json!({ "oneOf": [open("a"), open("b")] })), "incompatible");
}

#[test]
fn thousands_of_values_are_decided() {
    let (numbers, texts) = (|count: u64| (0..count).map(Json::from), |count: u64| (0..count).map(|at| Json::from(format!("v{at}"))));
    let few: Vec<Json> = numbers(5_000).chain(texts(5_000)).collect();
    let more: Vec<Json> = texts(5_001).chain(numbers(5_001)).collect();
    assert_eq!(verdict(&json!({ "enum": few }), &json!({ "enum": more })), "compatible");
    assert_eq!(verdict(&json!({ "enum": more }), &json!({ "enum": few })), "incompatible");
    assert_eq!(verdict(&json!({ "type": "string" }), &json!({ "enum": few })), "incompatible");
    assert_eq!(verdict(&json!({ "type": "integer", "minimum": 0, "maximum": 4_999 }), &json!({ "enum": few })), "compatible");
    assert_eq!(verdict(&json!({ "type": "integer", "minimum": 0, "maximum": 5_000 }), &json!({ "enum": few })), "incompatible");
    // Lists and objects among them.
    let pairs: Vec<Json> = (0..100).map(|at| json!([at, { "at": at }])).collect();
    assert_eq!(verdict(&json!({ "enum": pairs }), &json!({ "enum": pairs.iter().rev().collect::<Vec<_>>() })), "compatible");
    assert_eq!(verdict(&json!({ "type": "array" }), &json!({ "enum": pairs })), "incompatible");
}

#[test]
fn all_values_of_an_object_one_by_one_are_decided() {
    let bits = |count: u32| (0..1_u32 << count).map(move |all| (0..count).map(move |at| all >> at & 1));
    let name = |at: usize| format!("p{at}");
    let listed = |count: u32| -> Vec<Json> {
        bits(count)
            .map(|bits| bits.enumerate().map(|(at, bit)| (name(at), Json::from(bit))).collect::<serde_json::Map<_, _>>().into())
            .collect()
    };
    let properties: serde_json::Map<String, Json> = (0..5).map(|at| (name(at), json!({ "enum": [0, 1] }))).collect();
    let required: Vec<&String> = properties.keys().collect();
    let whole = json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false });
    let all = listed(5);
    assert_eq!(verdict(&whole, &json!({ "enum": all })), "compatible");
    assert_eq!(verdict(&whole, &json!({ "enum": all[1..] })), "incompatible");
    let lists: Vec<Vec<u32>> = bits(5).map(Iterator::collect).collect();
    let whole = json!({ "type": "array", "items": { "enum": [0, 1] }, "minItems": 5, "maxItems": 5 });
    assert_eq!(verdict(&whole, &json!({ "enum": lists })), "compatible");
    assert_eq!(verdict(&whole, &json!({ "enum": lists[1..] })), "incompatible");
}

#[test]
fn bounds_past_64_bits_are_decided_where_their_rounding_does_not_matter() {
    let bound = |keyword: &str, of: &str| json!({ "type": of, keyword: 1e30 });
    for of in ["number", "integer"] {
        let (min, max) = (bound("minimum", of), bound("maximum", of));
        assert_eq!(verdict(&min, &json!({ "minimum": 7 })), "compatible", "{of}");
        assert_eq!(verdict(&json!({ "type": of, "minimum": 7 }), &min), "incompatible", "{of}");
        assert_eq!(verdict(&min, &json!({ "maximum": 7 })), "incompatible", "{of}");
        assert_eq!(verdict(&max, &json!({ "minimum": 7 })), "incompatible", "{of}");
        assert_eq!(verdict(&json!({ "type": of, "maximum": 7 }), &max), "compatible", "{of}");
        assert_eq!(verdict(&max, &json!({ "exclusiveMaximum": 1e31 })), "compatible", "{of}");
        assert_eq!(verdict(&json!({ "type": of, "exclusiveMaximum": 1e31 }), &max), "incompatible", "{of}");
    }
    // The same text, and maybe not the same number.
    let compared = compare(&bound("minimum", "number"), &json!({ "minimum": 1e30 })).unwrap();
    assert!(matches!(compared, Verdict::Unknown { keyword: "minimum", .. }), "{compared:?}");
    let beside = json!({ "type": "number", "minimum": 1e30, "title": "read" });
    let compared = compare(&bound("minimum", "number"), &beside).unwrap();
    assert!(matches!(compared, Verdict::Unknown { keyword: "minimum", .. }), "{compared:?}");
}
