//! Unions and lists of values of many members: they are always decided.

use recension_versioning::{Verdict, compare};
use serde_json::{Value as Json, json};

use super::fuzz::Dice;
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

/// All lists of so many of these values.
fn all_lists(count: usize, values: &[Json]) -> Vec<Vec<Json>> {
    (0..count).fold(vec![Vec::new()], |lists, _| {
        lists.iter().flat_map(|list| values.iter().map(move |value| [list.as_slice(), std::slice::from_ref(value)].concat())).collect()
    })
}

/// The same as objects, without what is null.
fn all_objects(count: usize, values: &[Json]) -> Vec<Json> {
    let object = |list: Vec<Json>| {
        list.into_iter().enumerate().filter(|(_, value)| !value.is_null()).map(|(at, value)| (format!("p{at}"), value)).collect()
    };
    all_lists(count, values).into_iter().map(object).collect()
}

/// Objects of these properties and no others.
fn closed(properties: impl IntoIterator<Item = (String, Json)>, is_required: bool) -> Json {
    let properties: serde_json::Map<String, Json> = properties.into_iter().collect();
    let required: Vec<&String> = properties.keys().filter(|_| is_required).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn alike(count: usize, schema: &Json) -> impl Iterator<Item = (String, Json)> {
    (0..count).map(move |at| (format!("p{at}"), schema.clone()))
}

/// An object of nothing but these values.
fn branch(object: &Json) -> Json {
    closed(object.as_object().unwrap().iter().map(|(name, value)| (name.clone(), json!({ "const": value }))), true)
}

/// What is described is what is listed; and where one is missing, that one is shown.
fn is_listed(described: &Json, all: &[Json], list: impl Fn(Vec<Json>) -> Json) {
    assert_eq!(verdict(described, &list(all.to_vec())), "compatible");
    assert_eq!(verdict(&list(all.to_vec()), described), "compatible");
    let mut others = all.to_vec();
    let missing = others.remove(all.len() * 2 / 3);
    let Verdict::Incompatible { instance, .. } = compare(described, &list(others)).unwrap() else { panic!("{missing} is missing") };
    assert_eq!(instance.instance(), Some(&missing));
}

fn listed(all: Vec<Json>) -> Json {
    json!({ "enum": all })
}

#[test]
fn hundreds_and_thousands_of_objects_one_by_one_are_decided() {
    let (truth, truths) = (json!({ "type": "boolean" }), [json!(true), json!(false)]);
    for count in [8, 10, 12] {
        is_listed(&closed(alike(count, &truth), true), &all_objects(count, &truths), listed);
    }
    let three = [json!("a"), json!("b"), json!(3)];
    is_listed(&closed(alike(6, &listed(three.to_vec())), true), &all_objects(6, &three), listed);
    // What may be missing is in one more state.
    is_listed(&closed(alike(6, &truth), false), &all_objects(6, &[json!(true), json!(false), json!(null)]), listed);
    // In each other.
    let (inner, inners) = (closed(alike(4, &truth), true), all_objects(4, &truths));
    is_listed(&closed(alike(2, &inner), true), &all_objects(2, &inners), listed);
}

#[test]
fn hundreds_and_thousands_of_lists_one_by_one_are_decided() {
    let (truth, truths) = (json!({ "type": "boolean" }), [json!(true), json!(false)]);
    let lists = |count: usize, values: &[Json]| -> Vec<Json> { all_lists(count, values).into_iter().map(Json::from).collect() };
    for count in [8, 11] {
        is_listed(&json!({ "type": "array", "items": truth, "minItems": count, "maxItems": count }), &lists(count, &truths), listed);
    }
    let up_to: Vec<Json> = (0..=7).flat_map(|count| lists(count, &truths)).collect();
    is_listed(&json!({ "type": "array", "items": truth, "maxItems": 7 }), &up_to, listed);
    let inner = closed(alike(3, &truth), true);
    is_listed(&json!({ "type": "array", "items": inner, "minItems": 2, "maxItems": 2 }), &lists(2, &all_objects(3, &truths)), listed);
}

#[test]
fn a_union_of_hundreds_of_objects_of_nothing_but_values_is_decided() {
    let (truth, truths) = (json!({ "type": "boolean" }), [json!(true), json!(false)]);
    for keyword in ["oneOf", "anyOf"] {
        let each = |all: Vec<Json>| json!({ keyword: all.iter().map(branch).collect::<Vec<_>>() });
        is_listed(&closed(alike(8, &truth), true), &all_objects(8, &truths), each);
        is_listed(&closed(alike(5, &truth), false), &all_objects(5, &[json!(true), json!(false), json!(null)]), each);
    }
    // Some of them take several values at once, and it is counted how many.
    let first = |at: usize| {
        let before = (0..at).map(|at| (format!("p{at}"), json!({ "const": false })));
        let others = (at + 1..40).map(|at| (format!("p{at}"), truth.clone()));
        let it = if at < 40 { vec![(format!("p{at}"), json!({ "const": true }))] } else { Vec::new() };
        closed(before.chain(it).chain(others), true)
    };
    let (whole, union) = (closed(alike(40, &truth), true), |parts: &[Json]| json!({ "oneOf": parts }));
    let parts: Vec<Json> = (0..=40).map(first).collect();
    assert_eq!(verdict(&whole, &union(&parts)), "compatible");
    for missing in [0, 20, 40] {
        let others = [&parts[..missing], &parts[missing + 1..]].concat();
        assert_eq!(verdict(&whole, &union(&others)), "incompatible", "{missing}");
    }
}

#[test]
fn blocks_that_take_everything_together_are_counted() {
    // Of each two properties four values: nothing but how many they are tells that they are all.
    let (truth, pairs) = (json!({ "type": "boolean" }), 14);
    let block = |at: usize, bits: usize| {
        let bit = |bit: usize| json!({ "const": bits >> bit & 1 == 1 });
        let fixed = (0..2).map(|part| (format!("p{}", 2 * at + part), bit(part)));
        let before = (0..at).flat_map(|at| (0..2).map(move |part| (format!("p{}", 2 * at + part), json!({ "const": true }))));
        closed(alike(2 * pairs, &truth).chain(before).chain(fixed), true)
    };
    let last = closed(alike(2 * pairs, &json!({ "const": true })), true);
    let parts: Vec<Json> =
        (0..pairs).flat_map(|at| (0..3).map(move |bits| (at, bits))).map(|(at, bits)| block(at, bits)).chain([last]).collect();
    let whole = closed(alike(2 * pairs, &truth), true);
    assert_eq!(verdict(&whole, &json!({ "oneOf": parts })), "compatible");
    assert_eq!(verdict(&whole, &json!({ "oneOf": parts[1..] })), "incompatible");
    assert_eq!(verdict(&whole, &json!({ "oneOf": parts[..parts.len() - 1] })), "incompatible");
}

#[test]
fn what_is_taken_piece_by_piece_is_counted() {
    // Everything, cut in two again and again, each piece by another property: no order of the properties fits all of them.
    let (truth, count) = (json!({ "type": "boolean" }), 40);
    let mut dice = Dice(7);
    let mut pieces: Vec<Vec<Option<bool>>> = vec![vec![None; count]];
    while pieces.len() < 250 {
        let at = usize::try_from(dice.below(pieces.len() as u64)).unwrap();
        let piece = pieces.swap_remove(at);
        let open: Vec<usize> = (0..count).filter(|at| piece[*at].is_none()).collect();
        let cut = dice.of(&open);
        for side in [false, true] {
            let mut half = piece.clone();
            half[cut] = Some(side);
            pieces.push(half);
        }
    }
    let part = |piece: &Vec<Option<bool>>| {
        let side = |side: &Option<bool>| side.map_or_else(|| truth.clone(), |side| json!({ "const": side }));
        closed(piece.iter().enumerate().map(|(at, of)| (format!("p{at}"), side(of))), true)
    };
    let parts: Vec<Json> = pieces.iter().map(part).collect();
    let whole = closed(alike(count, &truth), true);
    assert_eq!(verdict(&whole, &json!({ "oneOf": parts })), "compatible");
    assert_eq!(verdict(&whole, &json!({ "oneOf": parts[1..] })), "incompatible");
    assert_eq!(verdict(&whole, &json!({ "oneOf": parts[..parts.len() - 1] })), "incompatible");
}

#[test]
fn what_is_beside_many_values_is_found_wherever_it_may_be() {
    let (truth, truths) = (json!({ "type": "boolean" }), [json!(true), json!(false)]);
    let all = json!({ "enum": all_objects(6, &truths) });
    // By a property more, by one less, by another value.
    let properties: serde_json::Map<String, Json> = alike(6, &truth).collect();
    let required: Vec<&String> = properties.keys().collect();
    assert_eq!(verdict(&json!({ "type": "object", "properties": properties, "required": required }), &all), "incompatible");
    let at_most = json!({ "type": "object", "properties": properties, "required": required, "maxProperties": 6 });
    assert_eq!(verdict(&at_most, &all), "compatible");
    assert_eq!(verdict(&closed(alike(6, &truth), false), &all), "incompatible");
    let wide = json!({ "type": ["boolean", "null"] });
    assert_eq!(verdict(&closed(alike(5, &truth).chain([("p5".to_owned(), wide)]), true), &all), "incompatible");
    // A branch that is open takes what has more.
    let open = |object: &Json| {
        let mut open = branch(object);
        open.as_object_mut().unwrap().remove("additionalProperties");
        open
    };
    let (first, others) = (open(&all["enum"][0]), all["enum"].as_array().unwrap()[1..].iter().map(branch));
    let union = json!({ "anyOf": std::iter::once(first).chain(others).collect::<Vec<_>>() });
    assert_eq!(verdict(&at_most, &union), "compatible");
    assert_eq!(verdict(&json!({ "type": "object", "properties": properties, "required": required }), &union), "incompatible");
}

#[test]
fn a_union_of_a_thousand_branches_is_decided() {
    let kinds = |count: usize, size: &str| {
        let kind = |kind: usize| json!({ "type": "object", "properties": { "kind": { "const": kind }, "size": { "type": size } }, "required": ["kind", "size"] });
        json!({ "oneOf": (0..count).map(kind).collect::<Vec<_>>() })
    };
    assert_eq!(verdict(&kinds(1_000, "integer"), &kinds(1_001, "number")), "compatible");
    assert_eq!(verdict(&kinds(1_001, "integer"), &kinds(1_000, "number")), "incompatible");
    let loose = |count: usize| {
        let properties = json!({ "kind": { "enum": (0..count).collect::<Vec<_>>() }, "size": { "type": "integer" } });
        json!({ "type": "object", "properties": properties, "required": ["kind", "size"] })
    };
    assert_eq!(verdict(&loose(1_000), &kinds(1_000, "integer")), "compatible");
    assert_eq!(verdict(&loose(1_001), &kinds(1_000, "integer")), "incompatible");
}

#[test]
fn a_union_of_hundreds_of_ranges_is_decided() {
    let union = |of: &str, (min, max): (&str, &str), last: usize| {
        let range = |at: usize| json!({ "type": of, min: at * 10, max: at * 10 + last });
        json!({ "oneOf": (0..300).map(range).collect::<Vec<_>>() })
    };
    for (of, bounds) in [("integer", ("minimum", "maximum")), ("string", ("minLength", "maxLength")), ("array", ("minItems", "maxItems"))] {
        let up_to = |max: usize| json!({ "type": of, bounds.0: 0, bounds.1: max });
        assert_eq!(verdict(&up_to(2_999), &union(of, bounds, 9)), "compatible", "{of}");
        assert_eq!(verdict(&up_to(3_000), &union(of, bounds, 9)), "incompatible", "{of}");
        assert_eq!(verdict(&up_to(2_999), &union(of, bounds, 8)), "incompatible", "{of}");
        assert_eq!(verdict(&union(of, bounds, 9), &up_to(2_999)), "compatible", "{of}");
        // Where two of them meet both hold.
        assert_eq!(verdict(&up_to(2_999), &union(of, bounds, 10)), "incompatible", "{of}");
    }
}

#[test]
fn a_union_of_thousands_of_ranges_is_decided() {
    let ranges: Vec<Json> = (0..2_000).map(|at| json!({ "type": "integer", "minimum": at * 10, "maximum": at * 10 + 9 })).collect();
    let up_to = |max: u64| json!({ "type": "integer", "minimum": 0, "maximum": max });
    assert_eq!(verdict(&up_to(19_999), &json!({ "oneOf": ranges })), "compatible");
    assert_eq!(verdict(&up_to(20_000), &json!({ "oneOf": ranges })), "incompatible");
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
