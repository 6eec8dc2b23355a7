//! What the ops of one release do to the values of a field that both versions have.

mod each;
mod entry;
mod keyed;
mod listify;
mod scale;
mod table;

use std::sync::Arc;

use recension_model::{Conversion, EnumValue, FieldClass, FieldKind, FieldSpec, Item, Limits, Misfit, Rule, Slot, Value};

pub(crate) use self::entry::EntryOp;
pub(crate) use self::keyed::Keyed;
pub(crate) use self::listify::Listify;
pub(crate) use self::scale::Scale;
pub(crate) use self::table::Table;

use crate::promote;
use crate::same::shows_same;

/// Which way an object goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Down,
    Up,
}

impl Direction {
    pub(crate) const fn back(self) -> Self {
        match self {
            Self::Down => Self::Up,
            Self::Up => Self::Down,
        }
    }
}

/// One op on the values of a field.
#[derive(Clone, Debug)]
pub(crate) struct ValueOp {
    pub(crate) effect: Effect,
    /// The op as it is declared, for messages.
    pub(crate) sentence: String,
    /// The field before the op and after it.
    pub(crate) older: FieldSpec,
    pub(crate) newer: FieldSpec,
}

#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Retype(Conversion),
    Require(Value),
    Relax(Value),
    /// What an older reader is shown of a value that the older type has not.
    Widen(Slot),
    /// The same of a value past the older limits, and what stands for one past the newer.
    Constrain {
        fallback: Slot,
        fill: Slot,
    },
    /// The value that the older enum has not, and what is shown of it.
    EnumAdd {
        value: Arc<str>,
        shown_as: Arc<str>,
    },
    /// The value that the newer enum has not, and what becomes of it.
    EnumRemove {
        value: Arc<str>,
        becomes: Arc<str>,
    },
    EnumRename {
        from: Arc<str>,
        to: Arc<str>,
    },
    MapValues(Table),
    Scale(Scale),
    Listify(Listify),
    Keyed(Keyed),
    /// On each item, by an op that speaks of items.
    Each(Box<ValueOp>),
    Within(EntryOp),
}

impl ValueOp {
    /// The field that an object has which goes this way.
    const fn to(&self, direction: Direction) -> &FieldSpec {
        match direction {
            Direction::Up => &self.newer,
            Direction::Down => &self.older,
        }
    }

    /// Unset stays unset, and null is the business of `require`, `relax` and `listify` alone.
    fn apply(&self, slot: Slot, direction: Direction) -> Result<Slot, Misfit> {
        let to = self.to(direction);
        let given = match (&self.effect, direction, &slot) {
            (Effect::Retype(conversion), Direction::Up, Slot::Value(value)) => conversion.up(value)?.into(),
            (Effect::Retype(conversion), Direction::Down, Slot::Value(value)) => conversion.down(value)?.into(),
            (Effect::Require(value), Direction::Up, Slot::Null) | (Effect::Relax(value), Direction::Down, Slot::Null) => {
                value.clone().into()
            }
            (Effect::Widen(_), Direction::Up, Slot::Value(value)) => {
                promote::up(value, &to.kind).ok_or_else(|| mismatch(to, value))?.into()
            }
            (Effect::Widen(fallback), Direction::Down, Slot::Value(value)) => {
                let narrow = promote::down(value, &to.kind).ok_or_else(|| mismatch(to, value));
                fitting(narrow.and_then(|narrow| fits(to, narrow.into())), fallback)?
            }
            (Effect::Constrain { fallback, .. }, Direction::Down, Slot::Value(_)) => fitting(fits(to, slot), fallback)?,
            (Effect::Constrain { fill, .. }, Direction::Up, Slot::Value(_)) => fitting(fits(to, slot), fill)?,
            (Effect::MapValues(table), _, Slot::Value(value)) => table.apply(value, to, direction)?,
            (Effect::Scale(scale), _, Slot::Value(value)) => scale.apply(value, to, direction)?,
            (Effect::Listify(listify), _, Slot::Null | Slot::Value(_)) => listify.apply(slot, to, direction)?,
            (Effect::Keyed(keyed), _, Slot::Value(Value::List(items))) => Value::Map(keyed.map_of(items.clone())?).into(),
            (Effect::Keyed(keyed), _, Slot::Value(Value::Map(items))) => Value::List(keyed.list_of(items.clone(), &[])?).into(),
            (Effect::Each(op), _, Slot::Value(value)) => each::apply(op, value.clone(), direction)?.into(),
            (Effect::Within(op), _, Slot::Value(value)) => op.apply(value.clone(), direction)?.into(),
            (effect, direction, Slot::Value(Value::Enum(value))) => match effect.of_enum(value.as_str(), direction) {
                Some(other) => Value::Enum(EnumValue::Known(other.clone())).into(),
                None => return Ok(slot),
            },
            _ => return Ok(slot),
        };
        Ok(to.admit(given)?)
    }

    /// What a state becomes where another state stood for `original`, which is carried, as `stood`. What of the original was
    /// not changed is as it was.
    fn restore(&self, live: Slot, original: &Slot, stood: &Slot, direction: Direction) -> Result<Slot, Misfit> {
        if shows_same(&live, stood) {
            return Ok(original.clone());
        }
        let restored = match (&self.effect, &live, original, stood) {
            (Effect::Listify(listify), live, original, _) if direction == Direction::Up => {
                listify.restore(live.clone(), original, self.to(direction))?
            }
            (Effect::Each(op), Slot::Value(live), Slot::Value(original), _) => each::restore(op, live.clone(), original, direction)?.into(),
            (Effect::Within(op), Slot::Value(live), Slot::Value(original), Slot::Value(stood)) => {
                op.restore(live.clone(), original, stood, direction)?.into()
            }
            _ => return self.apply(live, direction),
        };
        // What is restored beside an edit may be more than there is room for: the edit wins.
        self.to(direction).admit(restored).or_else(|_| self.apply(live, direction))
    }

    /// Whether every value stays as it is.
    const fn is_about_null(&self) -> bool {
        matches!(self.effect, Effect::Require(_) | Effect::Relax(_))
    }

    /// Whether a value may have to be carried beside what stands for it, going this way.
    fn loses(&self, direction: Direction) -> bool {
        match (&self.effect, direction) {
            (Effect::Retype(_), _) => true,
            (Effect::Require(_) | Effect::EnumRemove { .. }, direction) => direction == Direction::Up,
            (Effect::Relax(_) | Effect::EnumAdd { .. }, direction) => direction == Direction::Down,
            (Effect::Widen(fallback) | Effect::Constrain { fallback, .. }, Direction::Down) => fallback.is_set(),
            (Effect::Constrain { fill, .. }, Direction::Up) => fill.is_set(),
            (Effect::MapValues(_) | Effect::Scale(_) | Effect::Within(_), _) => true,
            (Effect::Listify(_), direction) => direction == Direction::Down,
            (Effect::Keyed(keyed), direction) => keyed.up == (direction == Direction::Up),
            (Effect::Each(op), direction) => op.loses(direction),
            (Effect::Widen(_), Direction::Up) | (Effect::EnumRename { .. }, _) => false,
        }
    }
}

impl Effect {
    /// What a value of an enum is on the other side, if it is something else there.
    fn of_enum(&self, value: &str, direction: Direction) -> Option<&Arc<str>> {
        let (from, to) = match (self, direction) {
            (Self::EnumAdd { value, shown_as }, Direction::Down) => (value, shown_as),
            (Self::EnumRemove { value, becomes }, Direction::Up) => (value, becomes),
            (Self::EnumRename { from, to }, Direction::Up) => (from, to),
            (Self::EnumRename { from, to }, Direction::Down) => (to, from),
            _ => return None,
        };
        (**from == *value).then_some(to)
    }
}

/// An item as a state: what is not there is null.
fn slot_of(item: Item) -> Slot {
    item.map_or(Slot::Null, Slot::Value)
}

/// A state as an item; none for what is unset.
fn item_of(slot: &Slot) -> Option<Item> {
    match slot {
        Slot::Unset => None,
        Slot::Null => Some(None),
        Slot::Value(value) => Some(Some(value.clone())),
    }
}

/// A state, if it fits a field.
fn fits(field: &FieldSpec, slot: Slot) -> Result<Slot, Rule> {
    field.check(&slot).map(|()| slot)
}

/// A state that fits, or what stands for one that does not.
fn fitting(state: Result<Slot, Rule>, otherwise: &Slot) -> Result<Slot, Misfit> {
    match state {
        Err(_) if otherwise.is_set() => Ok(otherwise.clone()),
        state => Ok(state?),
    }
}

fn mismatch(field: &FieldSpec, value: &Value) -> Rule {
    match &field.kind {
        FieldKind::Integer(width) => Rule::Width(*width),
        kind => Rule::Kind { expected: kind.as_str(), found: value.kind() },
    }
}

/// A field that both versions have, and whose values differ.
#[derive(Clone, Debug)]
pub(crate) struct Reshaped {
    /// Where it is in the older shape and in the newer.
    pub(crate) older: usize,
    pub(crate) newer: usize,
    /// In the order in which the release lists them; at least one.
    ops: Vec<ValueOp>,
    /// The older field as it is carried, and the newer.
    carried: (FieldSpec, FieldSpec),
}

/// An op that a value does not go through.
pub(crate) struct Refused<'o> {
    pub(crate) op: &'o str,
    pub(crate) misfit: Misfit,
}

impl Reshaped {
    /// `None` without ops.
    pub(crate) fn new(older: (usize, &FieldSpec), newer: (usize, &FieldSpec), ops: Vec<ValueOp>) -> Option<Self> {
        if ops.is_empty() {
            return None;
        }
        let secret = ops.iter().any(|op| [&op.older, &op.newer].into_iter().any(|field| field.class == FieldClass::Secret));
        // What is a secret at either side does not travel for the other.
        let carried = |field: &FieldSpec| {
            let field = if secret { field.clone().class(FieldClass::Secret) } else { field.clone() };
            if matches!(ops.as_slice(), [ValueOp { effect: Effect::Keyed(_), .. }]) { order_of_keys(&field) } else { field }
        };
        let fields = (carried(older.1), carried(newer.1));
        Some(Self { older: older.0, newer: newer.0, ops, carried: fields })
    }

    /// Of a list that is a map by key elsewhere the field, the key and the op.
    pub(crate) fn keyed(&self) -> Option<(&FieldSpec, &str, &str)> {
        let [ValueOp { effect: Effect::Keyed(keyed), newer, sentence, .. }] = self.ops.as_slice() else { return None };
        Some((newer, &keyed.key, sentence))
    }

    /// The field that is carried for an object that went this way, if it can lose anything.
    pub(crate) fn carried(&self, direction: Direction) -> Option<&FieldSpec> {
        let field = match direction {
            Direction::Down => &self.carried.1,
            Direction::Up => &self.carried.0,
        };
        self.ops.iter().any(|op| op.loses(direction)).then_some(field)
    }

    /// The state in the other version.
    pub(crate) fn shown(&self, slot: Slot, direction: Direction) -> Result<Slot, Refused<'_>> {
        let apply = |slot, op| ValueOp::apply(op, slot, direction).map_err(|misfit| Refused { op: &op.sentence, misfit });
        match direction {
            Direction::Up => self.ops.iter().try_fold(slot, apply),
            Direction::Down => self.ops.iter().rev().try_fold(slot, apply),
        }
    }

    /// The state in the other version, and the state to carry with it: only one that the way back would not
    /// give again.
    ///
    /// `carried` is what came along from the other version. It is taken up again if the live state is what
    /// stood for it here; else somebody changed the live state, which wins.
    pub(crate) fn cross(&self, slot: Slot, carried: Option<Slot>, direction: Direction) -> Result<(Slot, Option<Slot>), Refused<'_>> {
        let only_null = self.ops.iter().all(ValueOp::is_about_null);
        if !slot.is_set() || (only_null && carried.is_none() && slot.value().is_some()) {
            return Ok((slot, None));
        }
        if let [op @ ValueOp { effect: Effect::Keyed(keyed), .. }] = self.ops.as_slice() {
            return op.cross_keyed(keyed, slot, carried, direction).map_err(|misfit| Refused { op: &op.sentence, misfit });
        }
        let restored = match carried.and_then(|slot| self.admit(slot, direction)) {
            // The edit must be found again on the way back: else it is all that counts.
            Some(original) => {
                Some(self.restore(slot.clone(), original, direction)?).filter(|shown| self.finds_again(shown, &slot, direction))
            }
            None => None,
        };
        let shown = restored.map_or_else(|| self.shown(slot.clone(), direction), Ok)?;
        let comes_back = self.shown(shown.clone(), direction.back()).is_ok_and(|again| again == slot);
        Ok((shown, (!comes_back).then_some(slot)))
    }

    /// Whether the way back gives a state again that is carried for what it is shown as.
    fn finds_again(&self, shown: &Slot, slot: &Slot, direction: Direction) -> bool {
        let back = direction.back();
        self.shown(shown.clone(), back).is_ok_and(|again| again == *slot)
            || self.restore(shown.clone(), slot.clone(), back).is_ok_and(|again| again == *slot)
    }

    /// The state in the other version, where the carry has one.
    fn restore(&self, live: Slot, original: Slot, direction: Direction) -> Result<Slot, Refused<'_>> {
        let ops: Vec<&ValueOp> = match direction {
            Direction::Up => self.ops.iter().collect(),
            Direction::Down => self.ops.iter().rev().collect(),
        };
        // What the carried state was before and after each op, from the last of them back.
        let mut stood = vec![original];
        for op in ops.iter().rev() {
            match op.apply(stood.last().cloned().unwrap_or_default(), direction.back()) {
                Ok(before) => stood.push(before),
                // It stood for nothing that could be shown, so it is not what was carried.
                Err(_) => return self.shown(live, direction),
            }
        }
        stood.reverse();
        ops.into_iter().zip(stood.windows(2)).try_fold(live, |live, (op, pair)| {
            let [before, after] = pair else { return Ok(live) };
            op.restore(live, after, before, direction).map_err(|misfit| Refused { op: &op.sentence, misfit })
        })
    }

    /// A carried state in the form that records of the version hold to which the object goes.
    fn admit(&self, slot: Slot, direction: Direction) -> Option<Slot> {
        let field = match direction {
            Direction::Up => &self.ops.last()?.newer,
            Direction::Down => &self.ops.first()?.older,
        };
        field.admit(slot).ok().filter(Slot::is_set)
    }
}

impl ValueOp {
    /// The list or the map, and of a list the order of its keys, which alone is carried.
    fn cross_keyed(&self, keyed: &Keyed, slot: Slot, carried: Option<Slot>, direction: Direction) -> Result<(Slot, Option<Slot>), Misfit> {
        let (shown, order) = match slot {
            Slot::Value(Value::List(items)) => {
                let order = keyed.order_of(&items)?;
                (Value::Map(keyed.map_of(items)?).into(), order)
            }
            Slot::Value(Value::Map(items)) => {
                let known = match carried {
                    Some(Slot::Value(Value::List(keys))) => keys,
                    _ => Vec::new(),
                };
                (Value::List(keyed.list_of(items, &known)?).into(), None)
            }
            slot => (slot, None),
        };
        Ok((self.to(direction).admit(shown)?, order))
    }
}

/// What is carried of a list of objects that became a map: the order of the keys.
fn order_of_keys(field: &FieldSpec) -> FieldSpec {
    let limits = Limits { max_items: field.limits.max_items, max_bytes: Some(field.limits.key_bytes()), ..Limits::default() };
    FieldSpec { kind: FieldKind::list_of(FieldKind::Text), nullable: true, limits, ..field.clone() }
}
