//! Whatever else may happen to a message: one change of one part of it, which may break a rule or not.

use serde_json::{Value as Json, json};

use super::dice::Dice;

/// Changes one part.
pub(crate) fn one(dice: &mut Dice, instance: &mut Json) {
    let mut paths = Vec::new();
    collect(instance, String::new(), &mut paths);
    let path = dice.pick(&paths);
    if dice.one_in(8) {
        remove(instance, &path);
        return;
    }
    let part = instance.pointer_mut(&path).unwrap();
    if dice.one_in(5) {
        *part = dice.pick(&[
            Json::Null,
            json!(true),
            json!(0),
            json!(-1),
            json!(1.5),
            json!(""),
            json!("x"),
            json!([]),
            json!({}),
            json!([null]),
            json!("1.0"),
        ]);
        return;
    }
    match part {
        Json::Object(entries) => {
            let word = dice.word(3);
            entries.insert(word, dice.pick(&[Json::Null, json!(1), json!("a")]));
        }
        Json::Array(items) => match items.first().cloned() {
            Some(item) => items.push(item),
            None => items.push(dice.pick(&[Json::Null, json!(1), json!("a")])),
        },
        Json::Number(_) => {
            let number = part.as_f64().unwrap();
            *part = dice.pick(&[
                json!(number),
                json!(number + 1.0),
                json!(-number),
                json!(number * 256.0),
                json!(number / 2.0),
                json!(number as i64),
            ]);
        }
        Json::String(text) => *text = edited(dice, text),
        Json::Bool(value) => *value = !*value,
        Json::Null => *part = json!(0),
    }
}

fn collect(part: &Json, path: String, paths: &mut Vec<String>) {
    match part {
        Json::Object(entries) => {
            for (name, value) in entries {
                collect(value, format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")), paths);
            }
        }
        Json::Array(items) => {
            for (place, value) in items.iter().enumerate() {
                collect(value, format!("{path}/{place}"), paths);
            }
        }
        _ => {}
    }
    paths.push(path);
}

fn remove(instance: &mut Json, path: &str) {
    let Some((parent, name)) = path.rsplit_once('/') else { return };
    match instance.pointer_mut(parent) {
        Some(Json::Object(entries)) => drop(entries.remove(&name.replace("~1", "/").replace("~0", "~"))),
        Some(Json::Array(items)) => drop(items.remove(name.parse().unwrap())),
        _ => {}
    }
}

/// A text that is almost the same: what patterns get wrong, if they get something wrong.
fn edited(dice: &mut Dice, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let place = dice.below(chars.len() + 1);
    let other =
        dice.pick(&['0', '1', '9', '3', 'a', 'f', 'g', 'A', 'Z', ':', '.', '-', '+', '/', '=', ' ', ',', '<', '\n', '\0', 'é', '٣']);
    match dice.below(4) {
        0 => chars.insert(place, other),
        1 if place < chars.len() => drop(chars.remove(place)),
        2 if place + 1 < chars.len() => chars.swap(place, place + 1),
        _ if place < chars.len() => chars[place] = other,
        _ => chars.push(other),
    }
    chars.into_iter().collect()
}
