//! An instance that proves a verdict: as it stands, or described where that would be too large.

use std::collections::HashMap;
use std::fmt;

use serde_json::{Value, json};

use super::made::{Made, Shape, Table};

/// Values and bytes of text of an instance that is shown as it stands.
const SHOWN_MAX: u64 = 65_536;
/// Levels of one: a JSON parser reads no more by itself.
const LEVELS_MAX: usize = 120;
/// Values and bytes of a part that a description has as it stands.
const PART_MAX: u64 = 64;
/// Levels of such a part.
const PART_LEVELS_MAX: usize = 4;

/// An instance that proves that two schemas are not compatible.
///
/// It is printed as JSON. One of more than 65,536 values and bytes of text, or more than 120 levels, is described in place of that: an
/// object with `values`, a list in which each is one of these. Those that are made of others name them by their place in the list, from
/// 0 on, and always one that comes earlier. The last one is the instance.
///
/// | | |
/// |---|---|
/// | `{"is": JSON}` | the value as it stands |
/// | `{"text": [["a", 1000000], ["b", 1]]}` | a text: characters, each so many times in a row |
/// | `{"items": [[0, 100000], [1, 1]]}` | a list: the values at these places, each so many times in a row |
/// | `{"properties": {"next": 1}}` | an object: each property with the value at this place |
/// | `{"properties": {}, "more": {"from": 1, "count": 5000, "is": 0}}` | and properties `other1` to `other5000` beside them, all with the value at this place |
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Witness {
    /// The instance itself.
    Instance(Value),
    /// What it is made of, in the notation above.
    Described(Value),
}

impl Witness {
    /// The instance itself, unless it is described.
    #[must_use]
    pub const fn instance(&self) -> Option<&Value> {
        match self {
            Self::Instance(value) => Some(value),
            Self::Described(_) => None,
        }
    }

    pub(super) fn of(table: &Table, made: Made) -> Self {
        if table.levels(made) <= LEVELS_MAX
            && let Some(value) = table.value(made, SHOWN_MAX)
        {
            return Self::Instance(value);
        }
        Self::Described(described(table, made))
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instance(value) | Self::Described(value) => write!(f, "{value}"),
        }
    }
}

/// A value that a description has as it stands.
fn small(table: &Table, made: Made) -> Option<Value> {
    if table.levels(made) > PART_LEVELS_MAX { None } else { table.value(made, PART_MAX) }
}

/// The parts of a value that are described, each once and after those that it is made of.
fn described(table: &Table, made: Made) -> Value {
    let (mut places, mut values) = (HashMap::new(), Vec::new());
    let mut waiting = vec![made];
    while let Some(made) = waiting.last().copied() {
        let before = waiting.len();
        waiting.extend(inner(table, made).into_iter().filter(|part| !places.contains_key(part)));
        if waiting.len() == before {
            waiting.pop();
            // It may stand among the parts of several others.
            let fresh = part(table, made, &places);
            places.entry(made).or_insert_with(|| {
                values.push(fresh);
                values.len() - 1
            });
        }
    }
    json!({ "values": values })
}

/// The values that a description of this one names.
fn inner(table: &Table, made: Made) -> Vec<Made> {
    if small(table, made).is_some() {
        return Vec::new();
    }
    match &*table.shape(made) {
        Shape::Plain(_) | Shape::Text(_) => Vec::new(),
        Shape::Items(runs) => runs.iter().map(|(made, _)| *made).collect(),
        Shape::Object(named, more) => named.values().copied().chain(more.map(|more| more.value)).collect(),
    }
}

fn part(table: &Table, made: Made, places: &HashMap<Made, usize>) -> Value {
    if let Some(value) = small(table, made) {
        return json!({ "is": value });
    }
    let place = |made: &Made| places.get(made).copied();
    match &*table.shape(made) {
        Shape::Plain(value) => json!({ "is": value }),
        Shape::Text(runs) => json!({ "text": runs }),
        Shape::Items(runs) => json!({ "items": runs.iter().map(|(made, count)| json!([place(made), count])).collect::<Vec<_>>() }),
        Shape::Object(named, more) => {
            let properties: serde_json::Map<String, Value> = named.iter().map(|(name, made)| (name.clone(), json!(place(made)))).collect();
            match more {
                Some(more) => {
                    let others = json!({ "from": more.from, "count": more.count, "is": place(&more.value) });
                    json!({ "properties": properties, "more": others })
                }
                None => json!({ "properties": properties }),
            }
        }
    }
}
