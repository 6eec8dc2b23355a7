//! Where the fields of one version come from in another, by following names through the ops.
//!
//! Written apart from the conversion on purpose: that one works on places and plans, this one on names, so
//! that a mistake in either shows.

use std::sync::Arc;

use recension_model::{EnumValue, FieldKind, FieldSpec, Misfit, ObjectSpec, Op, Release, Slot, Value};

/// A field of another version, and what happened to it on the way.
pub(super) struct Origin<'r> {
    /// Its name where it started.
    pub(super) name: Arc<str>,
    /// The ops on its values, in the order in which they were met.
    ops: Vec<&'r Op>,
    up: bool,
}

impl Origin<'_> {
    /// The state that `slot` becomes in the field at the end of the way, for an object that carries nothing.
    pub(super) fn follow(&self, slot: &Slot, field: &FieldSpec) -> Result<Slot, Misfit> {
        let mut slot = slot.clone();
        for (place, op) in self.ops.iter().enumerate() {
            // On the way up an op leads to what a later one says that the field was, or to the field at the end.
            let later = self.ops.iter().skip(place + 1).find_map(|op| was(op)).unwrap_or(field);
            slot = match (op, &slot, self.up) {
                (Op::Retype { conversion, .. }, Slot::Value(value), true) => conversion.up(value)?.into(),
                (Op::Retype { conversion, .. }, Slot::Value(value), false) => conversion.down(value)?.into(),
                (Op::Require { fill: value, .. }, Slot::Null, true) | (Op::Relax { fallback: value, .. }, Slot::Null, false) => {
                    value.clone().into()
                }
                (Op::Widen { .. }, Slot::Value(value), true) => widened(value, &later.kind).into(),
                (Op::Widen { field, fallback }, Slot::Value(value), false) => within(narrowed(value, &field.kind), field, fallback),
                // Later ops of the release may have changed the values of an enum: the limits alone are those since.
                (Op::Constrain { field, fill, .. }, Slot::Value(value), true) => {
                    within(Some(value.clone()), &field.clone().limits(later.limits.clone()), fill)
                }
                (Op::Constrain { field, fallback, .. }, Slot::Value(value), false) => within(Some(value.clone()), field, fallback),
                (Op::EnumAdd { value, shown_as, .. }, Slot::Value(found), false) => instead(found, value, shown_as).into(),
                (Op::EnumRemove { value, becomes, .. }, Slot::Value(found), true) => instead(found, value, becomes).into(),
                (Op::EnumRename { from, to, .. }, Slot::Value(found), true) => instead(found, from, to).into(),
                (Op::EnumRename { from, to, .. }, Slot::Value(found), false) => instead(found, to, from).into(),
                _ => slot,
            };
        }
        Ok(field.admit(slot)?)
    }
}

/// What an op says that the field was.
const fn was(op: &Op) -> Option<&FieldSpec> {
    match op {
        Op::Retype { field, .. } | Op::Widen { field, .. } | Op::Constrain { field, .. } => Some(field),
        _ => None,
    }
}

/// A value of an enum, or another if it is this one.
fn instead(found: &Value, value: &Arc<str>, other: &Arc<str>) -> Value {
    match found {
        Value::Enum(EnumValue::Known(known)) if known == value => Value::Enum(EnumValue::Known(other.clone())),
        found => found.clone(),
    }
}

fn within(value: Option<Value>, field: &FieldSpec, otherwise: &Slot) -> Slot {
    value.map(Slot::Value).filter(|slot| field.check(slot).is_ok()).unwrap_or_else(|| otherwise.clone())
}

#[expect(clippy::cast_precision_loss, reason = "no integer is promoted to a float that has not each of them exactly")]
fn widened(value: &Value, kind: &FieldKind) -> Value {
    match (value, kind) {
        (Value::Integer(number), FieldKind::Float) => Value::Float(*number as f64),
        (Value::Integer(number), FieldKind::Decimal) => Value::from_text(kind, &number.to_string()).unwrap_or(Value::Bool(false)),
        (value, FieldKind::Text) => Value::Text(value.to_text().unwrap_or_default().into_owned()),
        (value, _) => value.clone(),
    }
}

fn narrowed(value: &Value, kind: &FieldKind) -> Option<Value> {
    let whole = |text: &str| text.parse().ok().map(Value::Integer);
    match (value, kind) {
        (Value::Float(number), FieldKind::Integer(_)) => whole(&format!("{number:.0}")).filter(|_| number.fract() == 0.0),
        (Value::Decimal(number), FieldKind::Integer(_)) => whole(&number.to_string()),
        (value, FieldKind::Enum(_) | FieldKind::Uuid) => {
            Value::from_text(kind, value.as_text()?).ok().filter(|value| !matches!(value, Value::Enum(EnumValue::Unknown(_))))
        }
        (value, _) => Some(value.clone()),
    }
}

/// A field on its way: its name so far, and where it started if it did.
struct Traced<'r> {
    now: Arc<str>,
    start: Option<Arc<str>>,
    ops: Vec<&'r Op>,
}

/// For each field of `to`, the field that it is in `from`; `None` for a field that `from` has not.
pub(super) fn origins<'r>(releases: &'r [Release], from: &ObjectSpec, to: &ObjectSpec) -> Vec<Option<Origin<'r>>> {
    let begin = |field: &FieldSpec| Traced { now: field.name.clone(), start: Some(field.name.clone()), ops: Vec::new() };
    let mut traced: Vec<Traced<'_>> = from.fields.iter().map(begin).collect();
    let up = to.version >= from.version;
    if up {
        let crossed = releases.iter().filter(|release| release.version > from.version && release.version <= to.version);
        crossed.flat_map(|release| &release.ops).for_each(|op| redo(op, &mut traced));
    } else {
        let crossed = releases.iter().rev().filter(|release| release.version > to.version && release.version <= from.version);
        crossed.flat_map(|release| release.ops.iter().rev()).for_each(|op| undo(op, &mut traced));
    }
    let origin = |field: &FieldSpec| {
        let traced = traced.iter().find(|traced| traced.now == field.name)?;
        Some(Origin { name: traced.start.clone()?, ops: traced.ops.clone(), up })
    };
    to.fields.iter().map(origin).collect()
}

fn undo<'r>(op: &'r Op, traced: &mut Vec<Traced<'r>>) {
    match op {
        Op::Add { field, .. } => traced.retain(|traced| traced.now != *field),
        Op::Remove { field, .. } => traced.push(Traced { now: field.name.clone(), start: None, ops: Vec::new() }),
        Op::Rename { from, to } => rename(traced, to, from),
        other => on_values(other, traced),
    }
}

fn redo<'r>(op: &'r Op, traced: &mut Vec<Traced<'r>>) {
    match op {
        Op::Add { field, .. } => traced.push(Traced { now: field.clone(), start: None, ops: Vec::new() }),
        Op::Remove { field, .. } => traced.retain(|traced| traced.now != field.name),
        Op::Rename { from, to } => rename(traced, from, to),
        other => on_values(other, traced),
    }
}

fn rename(traced: &mut [Traced<'_>], from: &Arc<str>, to: &Arc<str>) {
    if let Some(traced) = traced.iter_mut().find(|traced| traced.now == *from) {
        traced.now = to.clone();
    }
}

fn on_values<'r>(op: &'r Op, traced: &mut [Traced<'r>]) {
    let name = match op {
        Op::Retype { field, .. } | Op::Widen { field, .. } | Op::Constrain { field, .. } => &field.name,
        Op::Require { field, .. }
        | Op::Relax { field, .. }
        | Op::EnumAdd { field, .. }
        | Op::EnumRemove { field, .. }
        | Op::EnumRename { field, .. } => field,
        _ => return,
    };
    if let Some(traced) = traced.iter_mut().find(|traced| traced.now == *name) {
        traced.ops.push(op);
    }
}
