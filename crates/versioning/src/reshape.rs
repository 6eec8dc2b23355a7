//! What the ops of one release do to the values of a field that both versions have.

use std::sync::Arc;

use recension_model::{Conversion, EnumValue, FieldClass, FieldKind, FieldSpec, Misfit, Rule, Slot, Value};

use crate::promote;

/// Which way an object goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Down,
    Up,
}

impl Direction {
    const fn back(self) -> Self {
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
}

impl ValueOp {
    /// Unset stays unset, and null is the business of `require` and `relax` alone.
    fn apply(&self, slot: Slot, direction: Direction) -> Result<Slot, Misfit> {
        let to = match direction {
            Direction::Up => &self.newer,
            Direction::Down => &self.older,
        };
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
            (effect, direction, Slot::Value(Value::Enum(value))) => match effect.of_enum(value.as_str(), direction) {
                Some(other) => Value::Enum(EnumValue::Known(other.clone())).into(),
                None => return Ok(slot),
            },
            _ => return Ok(slot),
        };
        Ok(to.admit(given)?)
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
        let secret = ops.iter().any(|op| [&op.older, &op.newer].into_iter().any(|field| field.class == FieldClass::Secret));
        // What is a secret at either side does not travel for the other.
        let carried = |field: &FieldSpec| if secret { field.clone().class(FieldClass::Secret) } else { field.clone() };
        let fields = (carried(older.1), carried(newer.1));
        (!ops.is_empty()).then_some(Self { older: older.0, newer: newer.0, ops, carried: fields })
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
        if let Some(original) = carried.and_then(|slot| self.admit(slot, direction)) {
            let stood = self.shown(original.clone(), direction.back());
            if stood.is_ok_and(|stood| stood == slot) {
                return Ok((original, None));
            }
        }
        let shown = self.shown(slot.clone(), direction)?;
        let comes_back = self.shown(shown.clone(), direction.back()).is_ok_and(|again| again == slot);
        Ok((shown, (!comes_back).then_some(slot)))
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
