//! Values that are made up: each is kept once, and made of others by number.
//!
//! So a value that is ten thousand levels deep, or has a million items that are alike, takes no more room than what it is made of, and
//! nothing that walks through it has to go deeper than one level.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::arena::Type;
use super::values::key;

/// The number of a value.
pub(super) type Made = usize;

/// Characters of a text that is kept as it stands.
const TEXT_MAX: usize = 4_096;
/// Levels of a value that is put together.
const LEVELS_MAX: usize = 512;

/// Properties that are called `other1`, `other2` and so on, all with one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct More {
    pub(super) from: u64,
    pub(super) count: u64,
    pub(super) value: Made,
}

impl More {
    pub(super) fn has(&self, name: &str) -> bool {
        numbered(name).is_some_and(|number| number >= self.from && number - self.from < self.count)
    }

    /// Bytes of all the names.
    fn names(&self) -> u64 {
        let end = self.from.saturating_add(self.count);
        let mut bytes = 0_u64;
        let (mut from, mut digits) = (self.from, self.from.to_string().len() as u64);
        while from < end {
            let next = 10_u64.checked_pow(u32::try_from(digits).unwrap_or(u32::MAX)).unwrap_or(u64::MAX).min(end);
            bytes = bytes.saturating_add((next - from).saturating_mul(digits + "other".len() as u64));
            (from, digits) = (next, digits + 1);
        }
        bytes
    }
}

/// The number of a name that is one of [`More`].
pub(super) fn numbered(name: &str) -> Option<u64> {
    let digits = name.strip_prefix("other")?;
    digits.parse().ok().filter(|number: &u64| number.to_string() == digits)
}

/// What a value is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// Null, a boolean, a number, or a text that is not long.
    Plain(Value),
    /// A long text: characters, each so many times.
    Text(Vec<(char, u64)>),
    /// Items, each so many times.
    Items(Vec<(Made, u64)>),
    /// Properties by their names, and more that nothing speaks of.
    Object(BTreeMap<String, Made>, Option<More>),
}

#[derive(Debug)]
struct Entry {
    shape: Arc<Shape>,
    /// Values in it, and bytes of text.
    size: u64,
    levels: usize,
    /// Whether any object in it has [`More`].
    has_more: bool,
}

/// All values that were made up.
#[derive(Debug, Default)]
pub(super) struct Table {
    entries: Vec<Entry>,
    known: HashMap<String, Made>,
}

impl Table {
    pub(super) fn shape(&self, made: Made) -> Arc<Shape> {
        self.entries.get(made).map_or_else(|| Arc::new(Shape::Plain(Value::Null)), |entry| entry.shape.clone())
    }

    pub(super) fn of(&self, made: Made) -> Type {
        match self.entries.get(made).map(|entry| &*entry.shape) {
            Some(Shape::Plain(value)) => Type::of(value),
            Some(Shape::Text(_)) => Type::String,
            Some(Shape::Items(_)) => Type::Array,
            Some(Shape::Object(..)) => Type::Object,
            None => Type::Null,
        }
    }

    /// Values in it, and bytes of text.
    pub(super) fn size(&self, made: Made) -> u64 {
        self.entries.get(made).map_or(0, |entry| entry.size)
    }

    pub(super) fn levels(&self, made: Made) -> usize {
        self.entries.get(made).map_or(0, |entry| entry.levels)
    }

    pub(super) fn has_more(&self, made: Made) -> bool {
        self.entries.get(made).is_some_and(|entry| entry.has_more)
    }

    /// A value as it stands.
    pub(super) fn make(&mut self, value: &Value) -> Made {
        match value {
            Value::Array(items) => {
                let items: Vec<(Made, u64)> = items.iter().map(|item| (self.make(item), 1)).collect();
                self.items(items)
            }
            Value::Object(map) => {
                let named = map.iter().map(|(name, value)| (name.clone(), self.make(value))).collect();
                self.object(named, None)
            }
            Value::String(text) if text.len() > TEXT_MAX => self.text(text.chars().map(|letter| (letter, 1))),
            _ => {
                let size = value.as_str().map_or(0, str::len) as u64 + 1;
                self.keep(key(value), Shape::Plain(value.clone()), (size, 0, false))
            }
        }
    }

    /// A text of characters, each so many times.
    pub(super) fn text(&mut self, letters: impl IntoIterator<Item = (char, u64)>) -> Made {
        let runs = joined(letters);
        let bytes = runs.iter().fold(0_u64, |sum, (letter, count)| sum.saturating_add(count.saturating_mul(letter.len_utf8() as u64)));
        if bytes <= TEXT_MAX as u64 {
            let letters = runs.iter().flat_map(|(letter, count)| (0..*count).map(|_| *letter));
            return self.make(&Value::String(letters.collect()));
        }
        let key = format!("~{runs:?}");
        self.keep(key, Shape::Text(runs), (bytes.saturating_add(1), 0, false))
    }

    /// A list of items, each so many times.
    pub(super) fn items(&mut self, items: impl IntoIterator<Item = (Made, u64)>) -> Made {
        let runs = joined(items);
        let size = runs.iter().fold(1_u64, |sum, (made, count)| sum.saturating_add(count.saturating_mul(self.size(*made))));
        let key = format!("[{runs:?}");
        let about = (size, self.above(runs.iter().map(|(made, _)| *made)), runs.iter().any(|(made, _)| self.has_more(*made)));
        self.keep(key, Shape::Items(runs), about)
    }

    pub(super) fn object(&mut self, named: BTreeMap<String, Made>, more: Option<More>) -> Made {
        let more = more.filter(|more| more.count > 0);
        let others = more.map_or(0, |more| more.names().saturating_add(more.count.saturating_mul(self.size(more.value))));
        let size = |(name, made): (&String, &Made)| (name.len() as u64).saturating_add(self.size(*made));
        let size = named.iter().map(size).fold(others.saturating_add(1), u64::saturating_add);
        let mut key = String::from("{");
        for (name, made) in &named {
            // Writing to a string cannot fail.
            let _ = write!(key, "{name:?}:{made},");
        }
        let _ = write!(key, "{more:?}");
        let inner = || named.values().copied().chain(more.map(|more| more.value));
        let about = (size, self.above(inner()), more.is_some() || inner().any(|made| self.has_more(made)));
        self.keep(key, Shape::Object(named, more), about)
    }

    fn above(&self, inner: impl Iterator<Item = Made>) -> usize {
        1 + inner.map(|made| self.levels(made)).max().unwrap_or(0)
    }

    fn keep(&mut self, key: String, shape: Shape, (size, levels, has_more): (u64, usize, bool)) -> Made {
        let fresh = self.entries.len();
        let made = *self.known.entry(key).or_insert(fresh);
        if made == fresh {
            self.entries.push(Entry { shape: Arc::new(shape), size, levels, has_more });
        }
        made
    }

    /// The value itself, unless it is larger than this or very deep.
    pub(super) fn value(&self, made: Made, size_max: u64) -> Option<Value> {
        (self.size(made) <= size_max && self.levels(made) <= LEVELS_MAX).then(|| self.put_together(made))
    }

    fn put_together(&self, made: Made) -> Value {
        match &*self.shape(made) {
            Shape::Plain(value) => value.clone(),
            Shape::Text(runs) => Value::String(runs.iter().flat_map(|(letter, count)| (0..*count).map(|_| *letter)).collect()),
            Shape::Items(runs) => {
                let each = runs.iter().flat_map(|(made, count)| (0..*count).map(|_| self.put_together(*made)));
                Value::Array(each.collect())
            }
            Shape::Object(named, more) => {
                let mut map: Map<String, Value> = named.iter().map(|(name, made)| (name.clone(), self.put_together(*made))).collect();
                if let Some(More { from, count, value }) = more {
                    map.extend((*from..from.saturating_add(*count)).map(|at| (format!("other{at}"), self.put_together(*value))));
                }
                Value::Object(map)
            }
        }
    }
}

/// What is alike and stands side by side, once with how often it is there.
fn joined<T: PartialEq + Copy>(all: impl IntoIterator<Item = (T, u64)>) -> Vec<(T, u64)> {
    let mut runs: Vec<(T, u64)> = Vec::new();
    for (one, count) in all {
        match runs.last_mut() {
            _ if count == 0 => {}
            Some((last, sum)) if *last == one => *sum = sum.saturating_add(count),
            _ => runs.push((one, count)),
        }
    }
    runs
}
