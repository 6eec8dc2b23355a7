//! What is large: it is decided, or it ends soon.

use std::time::{Duration, Instant};

use recension_versioning::{Verdict, compare};
use serde_json::{Map, Value as Json, json};

use super::verdict;

fn numbered<T: Into<Json>>(prefix: &str, count: usize, of: impl Fn(usize) -> T) -> Map<String, Json> {
    (0..count).map(|at| (format!("{prefix}{at}"), of(at).into())).collect()
}

/// Objects of which each leads to the next, and the last to a leaf.
fn chain(count: usize, leaf: &str) -> Json {
    let mut nodes =
        numbered("n", count, |at| json!({ "type": "object", "properties": { "next": { "$ref": format!("#/$defs/n{}", at + 1) } } }));
    nodes.insert(format!("n{count}"), json!({ "type": leaf }));
    json!({ "$ref": "#/$defs/n0", "$defs": nodes })
}

/// Objects that all lead to each other, none of which is the same as another.
fn dense(count: usize, leaf: &str) -> Json {
    let node = |at: usize| {
        let mut properties = numbered("p", count, |to| json!({ "$ref": format!("#/$defs/n{to}") }));
        properties.insert("value".to_owned(), json!({ "type": leaf }));
        json!({ "type": "object", "properties": properties, "maxProperties": count + at })
    };
    json!({ "$ref": "#/$defs/n0", "$defs": numbered("n", count, node) })
}

#[test]
fn hundreds_of_objects_that_lead_to_each_other_are_decided() {
    for (narrow, wide) in [(chain(300, "integer"), chain(300, "number")), (dense(130, "integer"), dense(130, "number"))] {
        assert_eq!(compare(&narrow, &wide).unwrap(), Verdict::Compatible);
        assert!(matches!(compare(&wide, &narrow).unwrap(), Verdict::Incompatible { .. }));
    }
    // And where they are too many, that is said.
    let compared = compare(&chain(2_000, "integer"), &chain(2_000, "number")).unwrap();
    assert!(matches!(compared, Verdict::Unknown { keyword: "depth", .. }), "{compared:?}");
}

#[test]
fn a_break_is_shown_by_a_small_instance() {
    let Verdict::Incompatible { instance, .. } = compare(&dense(30, "number"), &dense(30, "integer")).unwrap() else { unreachable!() };
    assert!(instance.to_string().matches('{').count() <= 8, "{instance}");
}

#[test]
fn thousands_of_demands_do_not_exhaust_the_stack() {
    let all = |keyword: &str| json!({ "anyOf": (0..4_000).map(|at| json!({ keyword: { "const": at } })).collect::<Vec<_>>() });
    assert_eq!(verdict(&json!({ "type": "array" }), &all("items")), "incompatible");
    assert!(!matches!(compare(&json!({ "type": "object" }), &all("additionalProperties")).unwrap(), Verdict::Compatible));
}

/// So many into one fewer: each goes somewhere, and no two into the same.
fn pigeons(count: usize) -> (Json, Json) {
    let place = |pigeon: usize, hole: usize| (format!("p{pigeon}h{hole}"), json!({ "const": true }));
    let holes = 0..count - 1;
    let properties: Map<String, Json> =
        (0..count).flat_map(|pigeon| holes.clone().map(move |hole| (place(pigeon, hole).0, json!({ "type": "boolean" })))).collect();
    let one = |pigeon| holes.clone().map(|hole| json!({ "properties": Map::from_iter([place(pigeon, hole)]) })).collect::<Vec<_>>();
    let somewhere: Vec<Json> = (0..count).map(|pigeon| json!({ "anyOf": one(pigeon) })).collect();
    let together = holes.clone().flat_map(|hole| {
        (0..count).flat_map(move |left| {
            (0..left).map(move |right| json!({ "properties": Map::from_iter([place(left, hole), place(right, hole)]) }))
        })
    });
    let required: Vec<&String> = properties.keys().collect();
    let writer = json!({ "type": "object", "required": required, "properties": properties, "allOf": somewhere });
    (writer, json!({ "anyOf": together.collect::<Vec<_>>() }))
}

#[test]
fn what_only_holds_jointly_is_decided() {
    let (writer, reader) = pigeons(5);
    assert_eq!(verdict(&writer, &reader), "compatible");
    assert_eq!(verdict(&reader, &writer), "incompatible");
}

#[test]
fn what_is_not_referred_to_takes_no_steps() {
    // Nobody decides this by trying.
    let (writer, reader) = pigeons(11);
    let hard = json!({ "not": { "allOf": [writer, { "not": reader }] }, "title": "hard" });
    let mut beside = json!({ "allOf": [{ "$ref": "#/$defs/it" }], "$defs": { "it": hard.clone(), "more": { "type": "null" } } });
    assert_eq!(compare(&hard, &beside).unwrap(), Verdict::Compatible);
    beside["$defs"]["it"]["title"] = json!("of the same");
    assert_eq!(compare(&beside, &hard).unwrap(), Verdict::Compatible);
}

#[test]
fn what_takes_too_much_ends_soon() {
    let names = |patterns: &[&str]| json!({ "anyOf": patterns.iter().map(|pattern| json!({ "propertyNames": { "pattern": pattern } })).collect::<Vec<_>>() });
    let primes = ["^(?:[ab]{11})*$", "^(?:[ab]{13})*$", "c", "d", "e", "f"];
    let long = json!({ "type": "object", "patternProperties": { "^[ab]*a[ab]{8}$": {}, "^(?:[ab]{3})*$": {} }, "propertyNames": { "minLength": 1_000 } });
    let bits = |count: u32| json!({ "enum": (0..1_u32 << count).map(|all| (0..count).map(|at| all >> at & 1).collect::<Vec<_>>()).collect::<Vec<_>>() });
    let cases = [
        (
            json!({ "type": "object", "minProperties": 2_000, "patternProperties": { "^a": { "type": "integer" }, "b$": {} } }),
            json!({ "maxProperties": 5 }),
        ),
        (long, names(&primes)),
        (json!({ "type": "array", "items": { "enum": [0, 1] }, "minItems": 11, "maxItems": 11 }), bits(11)),
    ];
    for (writer, reader) in cases {
        let start = Instant::now();
        let compared = compare(&writer, &reader).unwrap();
        assert!(start.elapsed() < Duration::from_mins(1), "{:?}", start.elapsed());
        assert!(matches!(compared, Verdict::Unknown { keyword: "steps", .. }), "{compared:?}");
    }
}
