//! One value that became a list of such.

use recension_model::{FieldSpec, Item, Misfit, Others, Pick, Slot, Value};

use super::{Direction, item_of};

/// What an op `listify` says.
#[derive(Clone, Debug)]
pub(crate) struct Listify {
    pub(crate) pick: Pick,
    pub(crate) others: Others,
    /// What is shown of a list without items, where null cannot be.
    pub(crate) fallback: Slot,
}

impl Listify {
    /// A null is a list without items, and the other way round.
    pub(super) fn apply(&self, slot: Slot, to: &FieldSpec, direction: Direction) -> Result<Slot, Misfit> {
        Ok(match (direction, slot) {
            (Direction::Up, Slot::Null) => Value::List(Vec::new()).into(),
            (Direction::Up, Slot::Value(value)) => Value::List(vec![Some(value)]).into(),
            (Direction::Down, Slot::Value(Value::List(items))) => {
                let picked = self.place(items.len()).and_then(|place| items.into_iter().nth(place)).flatten();
                picked.map_or_else(|| self.without_item(to), Slot::Value)
            }
            (Direction::Down, Slot::Null) => self.without_item(to),
            (_, slot) => slot,
        })
    }

    fn without_item(&self, to: &FieldSpec) -> Slot {
        if to.nullable || !self.fallback.is_set() { Slot::Null } else { self.fallback.clone() }
    }

    /// The list for a value that was changed where it stood for `original`.
    pub(super) fn restore(&self, live: Slot, original: &Slot, to: &FieldSpec) -> Result<Slot, Misfit> {
        match (self.others, original, item_of(&live)) {
            (Others::Stay, Slot::Value(Value::List(items)), Some(item @ Some(_))) => {
                let mut items: Vec<Item> = items.clone();
                match self.place(items.len()).and_then(|place| items.get_mut(place)) {
                    Some(place) => *place = item,
                    None => items.push(item),
                }
                Ok(Value::List(items).into())
            }
            _ => self.apply(live, to, Direction::Up),
        }
    }

    const fn place(&self, items: usize) -> Option<usize> {
        match self.pick {
            Pick::First if items > 0 => Some(0),
            Pick::Last => items.checked_sub(1),
            Pick::First => None,
        }
    }
}
