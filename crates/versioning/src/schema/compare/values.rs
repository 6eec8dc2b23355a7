//! A few values, found by what they are to JSON Schema.

use std::collections::HashSet;
use std::fmt::Write;
use std::sync::OnceLock;

use serde_json::Value;

use super::arena::Type;
use super::made::Made;
use super::number::Num;

/// The values of an `enum`, or the one of a `const`.
#[derive(Debug, PartialEq)]
pub(super) struct Values {
    list: Vec<Value>,
    keys: HashSet<String>,
    size_max: u64,
    made: OnceLock<HashSet<Made>>,
}

impl Values {
    pub(super) fn new(list: Vec<Value>) -> Self {
        let keys = list.iter().map(key).collect();
        let size_max = list.iter().map(size_of).max().unwrap_or(0);
        Self { list, keys, size_max, made: OnceLock::new() }
    }

    /// Values and bytes of text of the largest of them.
    pub(super) const fn size_max(&self) -> u64 {
        self.size_max
    }

    /// Their numbers, which are known once they are made.
    pub(super) fn made(&self, make: impl FnOnce() -> HashSet<Made>) -> &HashSet<Made> {
        self.made.get_or_init(make)
    }

    /// What they have in common with the same ones in another order.
    pub(super) fn key(&self) -> String {
        let mut keys: Vec<&str> = self.keys.iter().map(String::as_str).collect();
        keys.sort_unstable();
        format!("{keys:?}")
    }

    pub(super) fn has(&self, value: &Value) -> bool {
        self.keys.contains(&key(value))
    }

    /// All of them, as they were written.
    pub(super) fn list(&self) -> &[Value] {
        &self.list
    }

    /// Those of one type.
    pub(super) fn of(&self, of: Type) -> impl Iterator<Item = &Value> {
        self.list.iter().filter(move |value| Type::of(value) == of)
    }

    pub(super) fn is_apart_from(&self, other: &Self) -> bool {
        self.keys.is_disjoint(&other.keys)
    }
}

/// How large a value is, in values and bytes of text.
fn size_of(value: &Value) -> u64 {
    match value {
        Value::String(text) => 1 + text.len() as u64,
        Value::Array(items) => 1 + items.iter().map(size_of).sum::<u64>(),
        Value::Object(map) => 1 + map.iter().map(|(name, value)| name.len() as u64 + size_of(value)).sum::<u64>(),
        _ => 1,
    }
}

/// A text that two values have in common exactly where they are one to JSON Schema, as `1` and `1.0` are.
pub(super) fn key(value: &Value) -> String {
    let mut text = String::new();
    write_key(value, &mut text);
    text
}

fn write_key(value: &Value, text: &mut String) {
    // Writing to a string cannot fail.
    let _ = match value {
        Value::Number(number) => match Num::of(number) {
            Some(Num::Int(int)) => write!(text, "{int}"),
            Some(Num::Float(float)) => write!(text, "{float:e}"),
            None => write!(text, "{number}"),
        },
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write_key(item, text);
                text.push(',');
            }
            write!(text, "]")
        }
        Value::Object(map) => {
            let mut names: Vec<&String> = map.keys().collect();
            names.sort();
            text.push('{');
            for name in names {
                let _ = write!(text, "{}:", Value::from(name.as_str()));
                map.get(name).into_iter().for_each(|value| write_key(value, text));
                text.push(',');
            }
            write!(text, "}}")
        }
        _ => write!(text, "{value}"),
    };
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_found_by_what_they_are() {
        let values = Values::new(vec![json!(1.0), json!({ "b": [1], "a": null }), json!("1"), json!(1.5)]);
        for value in [json!(1), json!({ "a": null, "b": [1.0] }), json!("1"), json!(1.5)] {
            assert!(values.has(&value), "{value}");
        }
        for value in [json!("1.0"), json!({ "a": null }), json!([1]), json!(true), json!({ "a": null, "b": [1, 1] })] {
            assert!(!values.has(&value), "{value}");
        }
    }

    #[test]
    fn texts_that_look_like_parts_of_others_are_kept_apart() {
        let values = Values::new(vec![json!(["a\",\"b"]), json!({ "a\":1,\"b": 2 })]);
        assert!(!values.has(&json!(["a", "b"])));
        assert!(!values.has(&json!({ "a": 1, "b": 2 })));
    }
}
