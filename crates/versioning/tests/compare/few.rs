//! Random schemas of which all keywords speak of the same few names, items and values; what is said to be compatible is tried with
//! every small instance.

use recension_versioning::{Verdict, compare};
use serde_json::{Map, Value as Json, json};

use super::fuzz::{Dice, setting};

const NAMES: [&str; 3] = ["a", "b", "ab"];
const PATTERNS: [&str; 7] = ["^a", "b$", "^ab?$", "^[^a]", "^$", "^[ab]$", "^a$"];

fn leaf(dice: &mut Dice) -> Json {
    dice.of(&[
        json!({ "type": "integer" }),
        json!({ "type": "string" }),
        json!({ "const": 1 }),
        json!({ "enum": [1, "a"] }),
        json!({ "minimum": 1.5 }),
        json!(true),
        json!(false),
        json!({ "type": ["null", "integer"] }),
        json!({ "not": { "const": 1 } }),
        json!({ "type": "string", "minLength": 1 }),
        json!({ "enum": [null, 2] }),
        json!({ "type": "number", "exclusiveMinimum": 1, "maximum": 2 }),
        json!({ "oneOf": [{ "type": "integer" }, { "minimum": 1.5 }] }),
    ])
}

fn of_names(dice: &mut Dice) -> Json {
    let pattern = dice.of(&PATTERNS);
    dice.of(&[
        json!({ "enum": ["a", "b"] }),
        json!({ "pattern": pattern }),
        json!({ "maxLength": 1 }),
        json!({ "not": { "const": "a" } }),
        json!({ "enum": ["a", "ab", "c"] }),
        json!({ "anyOf": [{ "const": "a" }, { "pattern": "b$" }] }),
        json!({ "not": { "pattern": pattern } }),
    ])
}

fn some(dice: &mut Dice, names: &[&str]) -> Map<String, Json> {
    (0..=dice.below(2)).map(|_| (dice.of(names).to_owned(), leaf(dice))).collect()
}

fn object(dice: &mut Dice, depth: u64) -> Json {
    let mut map = Map::new();
    for _ in 0..2 + dice.below(3) {
        let (name, other) = (dice.of(&NAMES), dice.of(&NAMES));
        let (keyword, value) = match dice.below(11) {
            0 | 1 => ("properties", some(dice, &NAMES).into()),
            2 => ("required", if name == other { json!([name]) } else { json!([name, other]) }),
            3 => ("additionalProperties", leaf(dice)),
            4 | 5 => ("patternProperties", some(dice, &PATTERNS).into()),
            6 => ("propertyNames", of_names(dice)),
            7 => ("minProperties", dice.below(4).into()),
            8 => ("maxProperties", dice.below(4).into()),
            9 => ("dependentRequired", json!({ name: [other] })),
            _ if depth > 0 => ("dependentSchemas", json!({ name: object(dice, depth - 1) })),
            _ => ("type", "object".into()),
        };
        map.insert(keyword.to_owned(), value);
    }
    within(dice, map, depth, "object", object)
}

fn array(dice: &mut Dice, depth: u64) -> Json {
    let mut map = Map::new();
    for _ in 0..2 + dice.below(3) {
        let (keyword, value) = match dice.below(8) {
            0 | 1 => ("prefixItems", (0..=dice.below(2)).map(|_| leaf(dice)).collect()),
            2 => ("items", leaf(dice)),
            3 => ("contains", leaf(dice)),
            4 => ("minContains", dice.below(3).into()),
            5 => ("uniqueItems", true.into()),
            6 => ("minItems", dice.below(4).into()),
            _ => ("maxItems", dice.below(4).into()),
        };
        map.insert(keyword.to_owned(), value);
    }
    within(dice, map, depth, "array", array)
}

type Make = fn(&mut Dice, u64) -> Json;

/// One of the schemas that others are made of.
fn within(dice: &mut Dice, mut map: Map<String, Json>, depth: u64, of: &str, make: Make) -> Json {
    if dice.below(4) > 0 {
        map.insert("type".to_owned(), of.into());
    }
    let schema = Json::from(map);
    if depth == 0 {
        return schema;
    }
    let (one, other) = (make(dice, depth - 1), make(dice, depth - 1));
    match dice.below(11) {
        0 => json!({ "anyOf": [schema, one] }),
        1 => json!({ "oneOf": [schema, one] }),
        2 => json!({ "oneOf": [schema, one, other] }),
        3 => json!({ "type": of, "not": schema }),
        4 => json!({ "if": schema, "then": one, "else": other }),
        5 => json!({ "allOf": [schema, { "anyOf": [one, other] }] }),
        _ => schema,
    }
}

/// Another that is much like it, or is it in two parts that hold jointly only.
fn reader(dice: &mut Dice, writer: &Json, make: Make) -> Json {
    let (one, other) = (make(dice, 0), make(dice, 1));
    match dice.below(4) {
        0 => json!({ "anyOf": [{ "allOf": [writer, one] }, { "allOf": [changed(dice, writer, &other), { "not": one }] }] }),
        1 => json!({ "anyOf": [one, changed(dice, writer, &other)] }),
        2 => changed(dice, writer, &other),
        _ => other,
    }
}

/// Without one of its keywords, or with some of another.
fn changed(dice: &mut Dice, schema: &Json, other: &Json) -> Json {
    let mut changed = schema.clone();
    let (Some(map), Some(other)) = (changed.as_object_mut(), other.as_object()) else { return changed };
    let keys: Vec<String> = map.keys().cloned().collect();
    if dice.below(2) == 0 && !keys.is_empty() {
        map.remove(&dice.of(&keys));
    } else {
        map.extend(other.iter().filter(|_| dice.below(2) == 0).map(|(keyword, value)| (keyword.clone(), value.clone())));
    }
    changed
}

/// All objects and lists of up to three of these values, under these names.
fn instances() -> Vec<Json> {
    let values = [json!(1), json!(2), json!(1.5), json!("a"), json!(""), json!(null)];
    let mut all = vec![json!({}), json!([]), json!(1), json!(null)];
    let mut shorter: Vec<Vec<Json>> = vec![Vec::new()];
    for _ in 0..3 {
        shorter = shorter
            .iter()
            .flat_map(|list| values.iter().map(move |value| [list.as_slice(), std::slice::from_ref(value)].concat()))
            .collect();
        for list in &shorter {
            all.push(list.clone().into());
            for names in [["a", "b", "ab", "c", ""], ["a", "ab", "", "b", "c"]] {
                for first in 0..names.len() {
                    let names = names.into_iter().cycle().skip(first);
                    all.push(names.zip(list).map(|(name, value)| (name.to_owned(), value.clone())).collect());
                }
            }
        }
    }
    all
}

#[test]
fn keywords_about_the_same_few_names_and_items_are_compared_soundly() {
    let pairs = setting("RECENSION_COMPARE_PAIRS").unwrap_or(400);
    let seed = setting("RECENSION_COMPARE_SEED").unwrap_or(1);
    let instances = instances();
    let (mut compatible, mut incompatible) = (0, 0);
    for pair in 0..pairs {
        let mut dice = Dice(seed.wrapping_mul(1_000_037).wrapping_add(pair.wrapping_mul(7919)));
        let make = dice.of(&[object as Make, object, array]);
        let depth = dice.below(3);
        let writer = make(&mut dice, depth);
        let reader = reader(&mut dice, &writer, make);
        let at = format!("seed {seed}, pair {pair}: {writer} within {reader}");
        let (writes, reads) = (jsonschema::draft202012::new(&writer).unwrap(), jsonschema::draft202012::new(&reader).unwrap());
        match compare(&writer, &reader).unwrap() {
            Verdict::Compatible => {
                compatible += 1;
                let other = instances.iter().find(|instance| writes.is_valid(instance) && !reads.is_valid(instance));
                assert!(other.is_none(), "{other:?} contradicts; {at}");
            }
            Verdict::Incompatible { instance, .. } => {
                let instance = super::witness::written_out(&instance);
                incompatible += 1;
                assert!(writes.is_valid(&instance) && !reads.is_valid(&instance), "{instance} proves nothing; {at}");
            }
            _ => {}
        }
    }
    println!("seed {seed}: {compatible} compatible and {incompatible} incompatible of {pairs}");
    assert!(compatible * 5 >= pairs && incompatible * 5 >= pairs, "{compatible}, {incompatible}");
}
