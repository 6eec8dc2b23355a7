//! One entry of a map, changed as a field is.

use std::collections::BTreeMap;
use std::sync::Arc;

use recension_model::{Item, Misfit, Rule, Value};

use super::{Direction, ValueOp, item_of, slot_of};

/// What an op `within` does to an entry.
#[derive(Clone, Debug)]
pub(crate) enum EntryOp {
    /// It has another name.
    Rename { from: Arc<str>, to: Arc<str> },
    /// Its value is another.
    Value { name: Arc<str>, op: Box<ValueOp> },
}

type Entries = BTreeMap<String, Item>;

impl EntryOp {
    pub(super) fn apply(&self, value: Value, direction: Direction) -> Result<Value, Misfit> {
        let Value::Map(entries) = value else { return Ok(value) };
        self.convert(entries, direction).map(Value::Map)
    }

    /// The map where the carry has another, which stood here as `stood`: an entry that was changed is as it is now, and one
    /// that could not be seen beside another of its name is there again.
    pub(super) fn restore(&self, live: Value, original: &Value, stood: &Value, direction: Direction) -> Result<Value, Misfit> {
        let (Value::Map(live), Value::Map(original), Value::Map(stood)) = (live, original, stood) else {
            return Err(Misfit::new("is no map"));
        };
        let unchanged = match self {
            Self::Value { name, .. } if live.get(&**name) == stood.get(&**name) => original.get(&**name).map(|item| (name, item)),
            _ => None,
        };
        let mut entries = match unchanged {
            Some((name, item)) => {
                let mut entries = live.clone();
                entries.insert(name.to_string(), item.clone());
                entries
            }
            None => self.convert(live.clone(), direction)?,
        };
        // While there is the one that hides it, and nothing else is seen for it.
        if let Some([hidden, shown]) = self.hidden(direction)
            && let (Some(item), Some(_)) = (original.get(&**hidden), original.get(&**shown))
            && entries.contains_key(&**shown)
        {
            let mut with = entries.clone();
            with.insert(hidden.to_string(), item.clone());
            if self.convert(with.clone(), direction.back())? == live {
                entries = with;
            }
        }
        Ok(Value::Map(entries))
    }

    /// The name under which an entry of the version an object goes to may not be seen where it comes from, and the one whose
    /// entry is seen in its place.
    const fn hidden(&self, direction: Direction) -> Option<[&Arc<str>; 2]> {
        match (self, direction) {
            (Self::Rename { from, to }, Direction::Up) => Some([from, to]),
            (Self::Rename { from, to }, Direction::Down) => Some([to, from]),
            (Self::Value { .. }, _) => None,
        }
    }

    fn convert(&self, mut entries: Entries, direction: Direction) -> Result<Entries, Misfit> {
        match self {
            Self::Rename { from, to } => {
                let (from, to) = if direction == Direction::Up { (from, to) } else { (to, from) };
                if let Some(item) = entries.remove(&**from) {
                    entries.insert(to.to_string(), item);
                }
            }
            Self::Value { name, op } => {
                if let Some(item) = entries.remove(&**name) {
                    let slot = op.apply(slot_of(item), direction).map_err(|misfit| match misfit {
                        Misfit::Rule(rule) => Rule::Entry(Box::new(rule)).into(),
                        misfit => misfit,
                    })?;
                    entries.insert(name.to_string(), item_of(&slot).ok_or(Misfit::Rule(Rule::NotNull))?);
                }
            }
        }
        Ok(entries)
    }
}
