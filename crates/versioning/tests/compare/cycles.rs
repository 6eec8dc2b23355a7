//! Random schemas that lead to each other in circles: what is said to be compatible is tried with instances that are made after the
//! writer's schema.

use recension_versioning::{Verdict, compare};
use serde_json::{Map, Value as Json, json};

use super::fuzz::{Dice, setting};

const NODES: u64 = 5;
const LEAVES: [&str; 3] = ["integer", "string", "null"];

/// Objects with properties that are leaves, or other objects, or lists of them.
fn document(dice: &mut Dice) -> Json {
    let nodes = (0..NODES).map(|at| (format!("n{at}"), node(dice))).collect::<Map<_, _>>();
    json!({ "$ref": "#/$defs/n0", "$defs": nodes })
}

fn node(dice: &mut Dice) -> Json {
    let properties: Map<String, Json> = ["a", "b", "c"].into_iter().map(|name| (name.to_owned(), property(dice))).collect();
    let required: Vec<&str> = ["a", "b", "c"].into_iter().filter(|_| dice.below(3) == 0).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn property(dice: &mut Dice) -> Json {
    let other = json!({ "$ref": format!("#/$defs/n{}", dice.below(NODES)) });
    match dice.below(6) {
        0 | 1 => json!({ "type": dice.of(&LEAVES) }),
        2 => json!({ "type": "array", "items": other, "minItems": dice.below(2) }),
        3 => json!({ "oneOf": [{ "type": "null" }, other] }),
        _ => other,
    }
}

/// One property of one node is another.
fn changed(dice: &mut Dice, document: &Json) -> Json {
    let mut changed = document.clone();
    let (node, name) = (format!("n{}", dice.below(NODES)), dice.of(&["a", "b", "c"]));
    changed["$defs"][node]["properties"][name] = match dice.below(3) {
        0 => json!({}),
        1 => json!({ "type": LEAVES }),
        _ => property(dice),
    };
    changed
}

/// An instance of a schema of a document; `None` where the way that was taken would not end.
fn instance(dice: &mut Dice, document: &Json, schema: &Json, depth: u64) -> Option<Json> {
    if depth == 0 {
        return None;
    }
    if let Some(name) = schema["$ref"].as_str() {
        return instance(dice, document, document.pointer(name.trim_start_matches('#')).unwrap(), depth);
    }
    if let Some(branches) = schema["oneOf"].as_array() {
        let branch = dice.of(branches);
        return instance(dice, document, &branch, depth);
    }
    match schema["type"].as_str() {
        Some("integer") => Some(json!(1)),
        Some("string") => Some(json!("a")),
        Some("null") => Some(Json::Null),
        Some("array") => {
            let count = schema["minItems"].as_u64().unwrap() + dice.below(2);
            (0..count).map(|_| instance(dice, document, &schema["items"], depth - 1)).collect()
        }
        _ => {
            let mut map = Map::new();
            for (name, property) in schema["properties"].as_object().unwrap() {
                let required = schema["required"].as_array().unwrap().iter().any(|other| other == name.as_str());
                if required || dice.below(2) == 0 {
                    match instance(dice, document, property, depth - 1) {
                        Some(value) => drop(map.insert(name.clone(), value)),
                        None if required => return None,
                        None => {}
                    }
                }
            }
            Some(Json::Object(map))
        }
    }
}

#[test]
fn schemas_that_lead_to_each_other_are_always_decided_and_soundly() {
    let pairs = setting("RECENSION_COMPARE_PAIRS").unwrap_or(2_000);
    let seed = setting("RECENSION_COMPARE_SEED").unwrap_or(1);
    let (mut compatible, mut tried) = (0, 0);
    for pair in 0..pairs {
        let mut dice = Dice(seed.wrapping_mul(1_000_033).wrapping_add(pair.wrapping_mul(7919)));
        let writer = document(&mut dice);
        let reader = if dice.below(4) > 0 { changed(&mut dice, &writer) } else { document(&mut dice) };
        let at = format!("seed {seed}, pair {pair}: {writer} within {reader}");
        let (writes, reads) = (jsonschema::draft202012::new(&writer).unwrap(), jsonschema::draft202012::new(&reader).unwrap());
        match compare(&writer, &reader).unwrap() {
            Verdict::Compatible => {
                compatible += 1;
                for instance in (0..40).filter_map(|_| instance(&mut dice, &writer, &writer, 6)) {
                    tried += 1;
                    assert!(writes.is_valid(&instance) && reads.is_valid(&instance), "{instance} contradicts; {at}");
                }
            }
            Verdict::Incompatible { instance, .. } => {
                let instance = super::witness::written_out(&instance);
                assert!(writes.is_valid(&instance) && !reads.is_valid(&instance), "{instance} proves nothing; {at}");
            }
            unknown => panic!("{unknown:?}; {at}"),
        }
    }
    println!("seed {seed}: {compatible} compatible of {pairs}, {tried} instances tried");
    assert!(compatible * 10 >= pairs && compatible * 10 <= pairs * 9 && tried > pairs, "{compatible}, {tried}");
}

#[test]
fn what_was_tried_inside_a_goal_that_has_an_instance_is_tried_again_outside() {
    // To break `n1` takes an `n0` that is broken, which is asked for while `n0` is under way and is answered there by `c` in the end.
    let nodes = |leaf: &str| {
        json!({
            "n0": { "type": "object", "properties": { "a": { "$ref": "#/$defs/n1" }, "c": { "type": leaf } }, "required": ["c"] },
            "n1": { "type": "object", "properties": { "b": { "$ref": "#/$defs/n0" } }, "required": ["b"] },
        })
    };
    let never = json!({
        "properties": { "p": { "$ref": "#/$defs/n0" }, "z": false },
        "required": ["p", "z"],
    });
    let other = json!({ "properties": { "p": false, "q": { "$ref": "#/$defs/n1" } }, "required": ["q"] });
    let writer = json!({ "type": "object", "anyOf": [never, other], "$defs": nodes("number") });
    let properties = json!({ "p": { "$ref": "#/$defs/n0" }, "q": { "$ref": "#/$defs/n1" } });
    let reader = json!({ "properties": properties, "$defs": nodes("integer") });
    assert_eq!(super::verdict(&writer, &reader), "incompatible");
}

#[test]
fn objects_that_all_lead_to_each_other_are_decided() {
    let all = |leaf: &str| {
        let node = |_| {
            let lists = (0..9).map(|to| (format!("p{to}"), json!({ "type": "array", "items": { "$ref": format!("#/$defs/n{to}") } })));
            let properties: Map<String, Json> = lists.chain([("value".to_owned(), json!({ "type": leaf }))]).collect();
            json!({ "type": "object", "properties": properties })
        };
        let nodes: Map<String, Json> = (0..9).map(|at| (format!("n{at}"), node(at))).collect();
        json!({ "$ref": "#/$defs/n0", "$defs": nodes })
    };
    assert_eq!(super::verdict(&all("integer"), &all("number")), "compatible");
    assert_eq!(super::verdict(&all("number"), &all("integer")), "incompatible");
}
