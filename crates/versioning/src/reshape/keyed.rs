//! A list of objects that became a map of them by one of their fields, or the other way round.

use std::collections::BTreeMap;
use std::sync::Arc;

use recension_model::{Item, Misfit, Record, Slot, Value};

/// What an op `key_by` or `unkey` says.
#[derive(Clone, Debug)]
pub(crate) struct Keyed {
    /// The field of the objects that names each.
    pub(crate) key: Arc<str>,
    /// Whether the newer field is the map.
    pub(crate) up: bool,
}

impl Keyed {
    /// The map of a list. A key that two objects have, or one has not, is an error: one of them would be lost.
    pub(super) fn map_of(&self, items: Vec<Item>) -> Result<BTreeMap<String, Item>, Misfit> {
        let mut map = BTreeMap::new();
        for item in items {
            let key = self.key_of(item.as_ref())?;
            if map.insert(key, item).is_some() {
                return Err(Misfit::new("has two objects with one key"));
            }
        }
        Ok(map)
    }

    /// The list of a map, in the order of `known`, a list of keys; what is not in it comes after, by key.
    pub(super) fn list_of(&self, mut map: BTreeMap<String, Item>, known: &[Item]) -> Result<Vec<Item>, Misfit> {
        for (name, item) in &map {
            if self.key_of(item.as_ref())? != *name {
                return Err(Misfit::new("has an object under another name than its key"));
            }
        }
        let known = known.iter().filter_map(|key| key.as_ref().and_then(Value::as_text));
        let mut items: Vec<Item> = known.filter_map(|key| map.remove(key)).collect();
        items.extend(map.into_values());
        Ok(items)
    }

    /// The keys of a list in its order; none where that is the order in which a map gives them back.
    pub(super) fn order_of(&self, items: &[Item]) -> Result<Option<Slot>, Misfit> {
        let keys = items.iter().map(|item| self.key_of(item.as_ref())).collect::<Result<Vec<_>, _>>()?;
        let keys = (!keys.is_sorted()).then(|| keys.into_iter().map(|key| Some(Value::Text(key))).collect());
        Ok(keys.map(|keys| Value::List(keys).into()))
    }

    fn key_of(&self, item: Option<&Value>) -> Result<String, Misfit> {
        let key = match item {
            Some(Value::Object(object)) => key_in(object, &self.key),
            _ => None,
        };
        key.ok_or(Misfit::new("has an object without its key"))
    }
}

/// The text or the whole number of a field of an object, as text.
fn key_in(object: &Record, key: &str) -> Option<String> {
    let value = object.slot(key).ok()?.value()?;
    value.to_text().map(std::borrow::Cow::into_owned).or_else(|| value.as_integer().map(|number| number.to_string()))
}
