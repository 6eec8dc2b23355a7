//! Instances that are too large to be shown: they are described, and what is described proves the verdict.

use std::thread;

use recension_versioning::{Verdict, Witness, compare};
use serde_json::{Map, Value as Json, json};

use super::verdict;

/// The instance, put together after its description by the notation that `Witness` documents.
pub(super) fn written_out(witness: &Witness) -> Json {
    let described = match witness {
        Witness::Instance(instance) => return instance.clone(),
        Witness::Described(described) => described,
        other => panic!("{other:?}"),
    };
    let parts = described["values"].as_array().unwrap();
    let mut values: Vec<Json> = Vec::new();
    for part in parts {
        let at = |place: &Json| values[usize::try_from(place.as_u64().unwrap()).unwrap()].clone();
        let times = |count: &Json| usize::try_from(count.as_u64().unwrap()).unwrap();
        let part = part.as_object().unwrap();
        let value = if let Some(value) = part.get("is") {
            value.clone()
        } else if let Some(runs) = part.get("text") {
            runs.as_array().unwrap().iter().map(|run| run[0].as_str().unwrap().repeat(times(&run[1]))).collect::<String>().into()
        } else if let Some(runs) = part.get("items") {
            runs.as_array().unwrap().iter().flat_map(|run| vec![at(&run[0]); times(&run[1])]).collect()
        } else {
            let mut map: Map<String, Json> =
                part["properties"].as_object().unwrap().iter().map(|(name, place)| (name.clone(), at(place))).collect();
            if let Some(more) = part.get("more") {
                let from = times(&more["from"]);
                map.extend((from..from + times(&more["count"])).map(|number| (format!("other{number}"), at(&more["is"]))));
            }
            Json::Object(map)
        };
        values.push(value);
    }
    values.pop().unwrap()
}

/// An instance proves that a reader refuses what a writer may write. Theirs is a validator that goes as deep as the instance is.
pub(super) fn prove(writer: &Json, reader: &Json, witness: &Witness) {
    let proof = || {
        let instance = written_out(witness);
        let text: String = witness.to_string().chars().take(500).collect();
        assert!(jsonschema::draft202012::new(writer).unwrap().is_valid(&instance), "{text} by the writer");
        assert!(!jsonschema::draft202012::new(reader).unwrap().is_valid(&instance), "{text} by the reader");
    };
    match witness {
        Witness::Instance(_) => proof(),
        _ => thread::scope(|scope| thread::Builder::new().stack_size(2 << 30).spawn_scoped(scope, proof).unwrap().join().unwrap()),
    }
}

fn described(writer: &Json, reader: &Json) -> Json {
    match compare(writer, reader).unwrap() {
        Verdict::Incompatible { instance: Witness::Described(described), .. } => described,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_break_that_takes_very_many_items_is_described() {
    let (many, few) = (json!({ "type": "array", "minItems": 100_000 }), json!({ "maxItems": 50_000 }));
    assert_eq!(described(&many, &few), json!({ "values": [{ "is": null }, { "items": [[0, 100_000]] }] }));
    assert_eq!(verdict(&many, &few), "incompatible");
    let of_objects = json!({ "type": "array", "minItems": 30_000, "items": { "type": "object", "required": ["a", "b"] } });
    assert_eq!(verdict(&of_objects, &json!({ "items": { "maxProperties": 1 } })), "incompatible");
    assert_eq!(verdict(&of_objects, &json!({ "type": "array", "minItems": 29_999 })), "compatible");
    let pairs = json!({ "type": "array", "prefixItems": [{ "type": "integer" }], "items": many, "minItems": 2 });
    assert_eq!(verdict(&pairs, &json!({ "items": few })), "incompatible");
    // Nobody writes these out.
    let both = json!({ "type": "array", "minItems": 1_u64 << 40, "items": { "type": "array", "minItems": 1_u64 << 40 } });
    let values = json!([{ "is": null }, { "items": [[0, 1_u64 << 40]] }, { "items": [[1, 1_u64 << 40]] }]);
    assert_eq!(described(&both, &few), json!({ "values": values }));
}

#[test]
fn a_break_that_takes_a_very_long_text_is_described() {
    let (long, short) = (json!({ "type": "string", "minLength": 3_000_000 }), json!({ "maxLength": 2_000_000 }));
    assert_eq!(described(&long, &short), json!({ "values": [{ "text": [["a", 3_000_000]] }] }));
    assert_eq!(verdict(&long, &short), "incompatible");
    assert_eq!(verdict(&json!({ "type": "string" }), &short), "incompatible");
    // And one that is left out is another.
    let length = 100_000;
    let exact = json!({ "type": "string", "minLength": length, "maxLength": length });
    let others: Vec<String> = ["", "b"].map(|last| "a".repeat(length - last.len()) + last).into();
    assert_eq!(verdict(&exact, &json!({ "enum": others })), "incompatible");
    let text = json!([["a", length - 1], ["c", 1]]);
    assert_eq!(described(&exact, &json!({ "enum": others })), json!({ "values": [{ "text": text }] }));
    assert_eq!(verdict(&exact, &json!({ "enum": others, "minLength": 0 })), "incompatible");
    assert_eq!(verdict(&json!({ "enum": others }), &exact), "compatible");
}

#[test]
fn a_break_that_takes_very_many_properties_is_described() {
    let names: Vec<String> = (0..30_000).map(|at| format!("p{at}")).collect();
    let required = json!({ "type": "object", "required": names });
    assert_eq!(verdict(&required, &json!({ "maxProperties": 29_999 })), "incompatible");
    assert_eq!(verdict(&required, &json!({ "minProperties": 30_000 })), "compatible");
    // Those that nothing speaks of are beside those that are named.
    let named = json!({ "other1": { "type": "string" }, "other7": { "type": "null" } });
    let many = |count: u64| json!({ "type": "object", "properties": named, "additionalProperties": { "type": "integer" }, "minProperties": count });
    assert_eq!(verdict(&many(50_000), &json!({ "maxProperties": 10 })), "incompatible");
    assert_eq!(verdict(&many(50_000), &json!({ "additionalProperties": { "type": "number" } })), "incompatible");
    assert_eq!(verdict(&many(50_000), &many(49_999)), "compatible");
    // One of them may be what another schema speaks of.
    let reader =
        json!({ "maxProperties": 40_000, "anyOf": [{ "properties": { "other40000": { "type": "string" } } }, { "required": ["x"] }] });
    assert_eq!(verdict(&many(50_000), &reader), "incompatible");
}

#[test]
fn what_is_past_counting_proves_nothing() {
    let read = |text: &str| serde_json::from_str::<Json>(text).unwrap();
    let (large, larger) = (read(r#"{"type":"array","minItems":100000000000000000000}"#), read(r#"{"minItems":100000000000000000001}"#));
    assert_eq!(verdict(&large, &larger), "unknown");
    assert_eq!(verdict(&large, &json!({ "minItems": 5 })), "compatible");
    assert_eq!(verdict(&json!({ "type": "array", "maxItems": 5 }), &larger), "incompatible");
    assert_eq!(verdict(&json!({ "type": "array" }), &read(r#"{"maxItems":18446744073709551615}"#)), "unknown");
}

#[test]
fn an_instance_is_shown_as_long_as_anybody_reads_it() {
    let at_most = |items: u64| json!({ "type": "array", "maxItems": items });
    let shown = |items: u64| match compare(&at_most(items + 1), &at_most(items)).unwrap() {
        Verdict::Incompatible { instance, .. } => instance.instance().is_some(),
        other => panic!("{other:?}"),
    };
    assert!(shown(0) && shown(20_000) && !shown(100_000));
}
