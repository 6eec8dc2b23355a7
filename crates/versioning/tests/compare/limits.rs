//! What is large: it is decided, or it ends soon.

use std::time::{Duration, Instant};

use recension_model::{FieldKind, IntegerWidth};
use recension_versioning::{Registry, SchemaForm, SchemaOptions, Verdict, Witness, compare};
use serde_json::{Map, Value as Json, json};

use super::{sample, verdict};

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
}

/// Schemas of which each leads to the next by `link`, and the last to a leaf.
fn linked(count: usize, leaf: &str, link: impl Fn(Json) -> Json) -> Json {
    let mut nodes = numbered("n", count, |at| link(json!({ "$ref": format!("#/$defs/n{}", at + 1) })));
    nodes.insert(format!("n{count}"), json!({ "type": leaf }));
    json!({ "$ref": "#/$defs/n0", "$defs": nodes })
}

/// Levels of an instance in which each value holds one that is not plain, and the last of its plain ones, by its description.
fn end_of(witness: &Witness) -> (usize, Json) {
    let Witness::Described(described) = witness else { panic!("{witness}") };
    let parts = described["values"].as_array().unwrap();
    let mut part = parts.len() - 1;
    for levels in 0.. {
        if let Some(value) = parts[part].get("is") {
            let (mut inside, mut value) = (0, value);
            while let Some(next) = value.get("next").or_else(|| value.get(0)) {
                (inside, value) = (inside + 1, next);
            }
            return (levels + inside, value.clone());
        }
        let next = parts[part].pointer("/properties/next").or_else(|| parts[part].pointer("/items/0/0")).unwrap();
        part = usize::try_from(next.as_u64().unwrap()).unwrap();
    }
    unreachable!()
}

/// Both ways. Past a thousand levels the validator takes gigabytes, so there it is only looked at what is at the end.
fn is_decided(count: usize, link: impl Fn(Json) -> Json) {
    let pair = |count: usize| (linked(count, "integer", &link), linked(count, "number", &link));
    let (narrow, wide) = pair(1_100);
    assert_eq!(verdict(&narrow, &wide), "compatible");
    assert_eq!(verdict(&wide, &narrow), "incompatible");
    let (narrow, wide) = pair(count);
    assert_eq!(compare(&narrow, &wide).unwrap(), Verdict::Compatible);
    let Verdict::Incompatible { instance, .. } = compare(&wide, &narrow).unwrap() else { panic!("a break after {count}") };
    assert_eq!(end_of(&instance), (count, json!(-0.5)));
}

#[test]
fn a_chain_of_ten_thousand_properties_is_decided_to_its_end() {
    is_decided(2_000, |next| json!({ "type": "object", "properties": { "next": next } }));
    is_decided(10_000, |next| json!({ "type": "object", "properties": { "next": next }, "required": ["next"] }));
}

#[test]
fn a_chain_of_ten_thousand_lists_is_decided_to_its_end() {
    is_decided(2_000, |next| json!({ "type": "array", "items": next }));
    is_decided(10_000, |next| json!({ "type": "array", "items": next, "minItems": 1 }));
}

#[test]
fn a_chain_of_thousands_of_unions_is_decided_to_its_end() {
    is_decided(3_000, |next| {
        let properties = json!({ "next": { "oneOf": [{ "type": "null" }, next] }, "name": { "type": "string" } });
        json!({ "type": "object", "properties": properties, "required": ["next", "name"], "additionalProperties": false })
    });
}

#[test]
fn thousands_of_objects_in_a_circle_are_decided() {
    let ring = |count: usize, leaf: &str| {
        let mut ring = linked(count, leaf, |next| json!({ "type": "object", "properties": { "next": next }, "required": ["next"] }));
        let back = json!({ "oneOf": [{ "$ref": "#/$defs/n0" }, { "type": leaf }] });
        ring["$defs"][format!("n{count}")] = json!({ "type": "object", "properties": { "back": back } });
        ring
    };
    for count in [1_100, 3_000] {
        assert_eq!(compare(&ring(count, "integer"), &ring(count, "number")).unwrap(), Verdict::Compatible);
    }
    assert_eq!(verdict(&ring(1_100, "number"), &ring(1_100, "integer")), "incompatible");
}

/// What is exported of an object that holds another, and that another, and so on.
fn exported(count: usize, leaf: IntegerWidth) -> Json {
    let name = |at: usize| format!("Object{at}");
    let holding = |at: usize| {
        let field = sample::field("next", FieldKind::Object(name(at + 1).as_str().into()));
        let field = if at.is_multiple_of(2) { field } else { field.nullable() };
        sample::declare(&name(at), vec![field], vec![sample::release("1.0")])
    };
    let last = sample::declare(&name(count), vec![sample::field("size", FieldKind::Integer(leaf))], vec![sample::release("1.0")]);
    let registry = (0..count).map(holding).chain([last]).fold(Registry::builder(), |all, one| all.declaration(one)).build().unwrap();
    registry.schema(&name(0), &"1.0".parse().unwrap(), &SchemaOptions::write(SchemaForm::Data)).unwrap().into()
}

#[test]
fn thousands_of_exported_objects_in_each_other_are_decided() {
    let pair = |count: usize| (exported(count, IntegerWidth::U32), exported(count, IntegerWidth::U64));
    let (narrow, wide) = pair(1_100);
    assert_eq!(verdict(&wide, &narrow), "incompatible");
    let (narrow, wide) = pair(3_000);
    assert_eq!(compare(&narrow, &wide).unwrap(), Verdict::Compatible);
    let Verdict::Incompatible { instance, .. } = compare(&wide, &narrow).unwrap() else { panic!("the last is another") };
    assert_eq!(end_of(&instance), (3_000, json!({ "size": 1_u64 << 32 })));
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
    let (writer, reader) = pigeons(6);
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
    let cases = [
        (
            json!({ "type": "object", "minProperties": 2_000, "patternProperties": { "^a": { "type": "integer" }, "b$": {} } }),
            json!({ "maxProperties": 5 }),
        ),
        (long, names(&primes)),
        pigeons(9),
    ];
    for (writer, reader) in cases {
        let start = Instant::now();
        let compared = compare(&writer, &reader).unwrap();
        assert!(start.elapsed() < Duration::from_mins(1), "{:?}", start.elapsed());
        assert!(matches!(compared, Verdict::Unknown { keyword: "steps", .. }), "{compared:?}");
    }
}
