//! Undoing what a release did to the values of a field.

use std::sync::Arc;

use recension_model::{Element, FieldKind, FieldSpec, Op, Slot, Value};

use super::{enums, sentence};
use crate::reshape::{Effect, EntryOp, Keyed, Listify, Scale, Table, ValueOp};
use crate::{OpFault, promote};

/// The field whose values an op changes; none for an op that does something else.
pub(super) fn field_of(op: &Op) -> Option<&Arc<str>> {
    match op {
        Op::Retype { field, .. }
        | Op::Widen { field, .. }
        | Op::Constrain { field, .. }
        | Op::MapValues { field, .. }
        | Op::Scale { field, .. }
        | Op::Listify { field, .. }
        | Op::KeyBy { field, .. }
        | Op::Unkey { field, .. } => Some(&field.name),
        Op::Require { field, .. }
        | Op::Relax { field, .. }
        | Op::EnumAdd { field, .. }
        | Op::EnumRemove { field, .. }
        | Op::EnumRename { field, .. }
        | Op::Each { field, .. }
        | Op::Within { field, .. } => Some(field),
        _ => None,
    }
}

/// Undoes an op on the values of `newer`.
pub(super) fn undo(op: &Op, newer: &FieldSpec) -> Result<ValueOp, OpFault> {
    let (older, effect) = match op {
        Op::Retype { field, conversion } => (field.clone(), Effect::Retype(conversion.clone())),
        Op::Require { fill, .. } => (FieldSpec { nullable: true, ..newer.clone() }, Effect::Require(fill.clone())),
        Op::Relax { fallback, .. } => (FieldSpec { nullable: false, ..newer.clone() }, Effect::Relax(fallback.clone())),
        Op::Widen { field, fallback } => (field.clone(), Effect::Widen(fallback.clone())),
        Op::Constrain { field, fallback, fill } => (field.clone(), Effect::Constrain { fallback: fallback.clone(), fill: fill.clone() }),
        Op::MapValues { field, table, fallback, fill } => (field.clone(), map_values(field, newer, table, [fallback, fill])?),
        Op::Scale { field, by, rounding, fallback, fill } => {
            let scale = Scale { by: *by, rounding: *rounding, fallback: fallback.clone(), fill: fill.clone() };
            (field.clone(), Effect::Scale(scale))
        }
        Op::Listify { field, pick, others, fallback } => {
            (field.clone(), Effect::Listify(Listify { pick: *pick, others: *others, fallback: fallback.clone() }))
        }
        Op::KeyBy { field, key } => (field.clone(), Effect::Keyed(Keyed { key: key.clone(), up: true })),
        Op::Unkey { field, key } => (field.clone(), Effect::Keyed(Keyed { key: key.clone(), up: false })),
        Op::Each { op, .. } => each(op, newer)?,
        Op::Within { op, .. } => (newer.clone(), within(op, newer)?),
        op => enums::undo(op, newer)?,
    };
    check(&effect, &older, newer)?;
    Ok(ValueOp { effect, sentence: sentence(op), older, newer: newer.clone() })
}

/// What must be so of the field before an op and after it.
fn check(effect: &Effect, older: &FieldSpec, newer: &FieldSpec) -> Result<(), OpFault> {
    let same_null = older.nullable == newer.nullable;
    match effect {
        Effect::Retype(_) | Effect::Widen(_) | Effect::MapValues(_) | Effect::Scale(_) if !same_null => return Err(OpFault::RetypedNull),
        Effect::Retype(_) if !older.kind.children().is_empty() || !newer.kind.children().is_empty() => return Err(OpFault::RetypedObject),
        Effect::Require(_) if newer.nullable => return Err(OpFault::StillNullable),
        Effect::Require(fill) => admits(newer, &fill.clone().into())?,
        Effect::Relax(_) if !newer.nullable => return Err(OpFault::NotNullable),
        Effect::Relax(fallback) => admits(older, &fallback.clone().into())?,
        Effect::Widen(_) if !promote::widens(&older.kind, &newer.kind) => return Err(OpFault::NotWider),
        Effect::Widen(fallback) => admits(older, fallback)?,
        Effect::Constrain { .. } if !same_kind(&older.kind, &newer.kind) || !same_null => return Err(OpFault::MoreThanLimits),
        Effect::Constrain { fallback, fill }
        | Effect::MapValues(Table { fallback, fill, .. })
        | Effect::Scale(Scale { fallback, fill, .. })
            if admits(older, fallback).is_err() || admits(newer, fill).is_err() =>
        {
            admits(older, fallback)?;
            admits(newer, fill)?;
        }
        Effect::Scale(_) if !is_number(&newer.kind) || older.kind.as_str() != newer.kind.as_str() => return Err(OpFault::NoNumber),
        Effect::Listify(_) if !matches!(&newer.kind, FieldKind::List(element) if same_kind(&element.kind, &older.kind)) => {
            return Err(OpFault::NoListOf);
        }
        Effect::Listify(Listify { fallback, .. }) => admits(older, fallback)?,
        Effect::Keyed(keyed) => {
            let (list, map) = if keyed.up { (older, newer) } else { (newer, older) };
            let together = match (&list.kind, &map.kind) {
                (FieldKind::List(items), FieldKind::Map(entries)) => items == entries && matches!(items.kind, FieldKind::Object(_)),
                _ => false,
            };
            if !together || !same_null {
                return Err(OpFault::NotKeyed);
            }
        }
        _ => {}
    }
    Ok(())
}

const fn is_number(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Integer(_) | FieldKind::Decimal | FieldKind::Float)
}

/// Whether two kinds are the same, but for the order of the values of an enum.
fn same_kind(left: &FieldKind, right: &FieldKind) -> bool {
    match (left, right) {
        (FieldKind::Enum(left), FieldKind::Enum(right)) => {
            left.name == right.name && left.values.len() == right.values.len() && left.values.iter().all(|value| right.knows(value))
        }
        (left, right) => left == right,
    }
}

fn admits(field: &FieldSpec, slot: &Slot) -> Result<(), OpFault> {
    field.check(slot).map_err(OpFault::Value)
}

/// A table with its values in the form that records hold, each older value once.
fn map_values(older: &FieldSpec, newer: &FieldSpec, table: &[(Value, Value)], [fallback, fill]: [&Slot; 2]) -> Result<Effect, OpFault> {
    if !older.kind.is_scalar() || !newer.kind.is_scalar() {
        return Err(OpFault::NoScalar);
    }
    let held = |field: &FieldSpec, value: &Value| match field.admit(value.clone().into()).map_err(OpFault::Value)? {
        Slot::Value(value) => Ok(value),
        _ => Err(OpFault::NoSuchValue),
    };
    let mut pairs: Vec<(Value, Value)> = Vec::with_capacity(table.len());
    for (before, after) in table {
        let pair = (held(older, before)?, held(newer, after)?);
        if pairs.iter().any(|(before, _)| *before == pair.0) {
            return Err(OpFault::MappedTwice);
        }
        pairs.push(pair);
    }
    Ok(Effect::MapValues(Table { pairs, fallback: fallback.clone(), fill: fill.clone() }))
}

/// An item as a field that has the name and the limits of the field.
fn item_of(field: &FieldSpec) -> Result<FieldSpec, OpFault> {
    let element = field.kind.element().ok_or(OpFault::NoItems)?;
    if !element.kind.children().is_empty() {
        return Err(OpFault::ObjectsInside);
    }
    Ok(FieldSpec { kind: element.kind.clone(), nullable: element.nullable, default: Slot::Unset, ..field.clone() })
}

/// Undoes an op on the items of a field, and so on the field.
fn each(op: &Op, newer: &FieldSpec) -> Result<(FieldSpec, Effect), OpFault> {
    if field_of(op).is_none_or(|name| *name != newer.name) {
        return Err(OpFault::NotOfItems);
    }
    let op = undo(op, &item_of(newer)?)?;
    if !op.older.kind.is_scalar() || !op.newer.kind.is_scalar() {
        return Err(OpFault::NoScalar);
    }
    let element = Arc::new(Element { kind: op.older.kind.clone(), nullable: op.older.nullable });
    let kind = match &newer.kind {
        FieldKind::List(_) => FieldKind::List(element),
        FieldKind::Set(_) => FieldKind::Set(element),
        _ => FieldKind::Map(element),
    };
    let limits = op.older.limits.clone();
    // What a new object gets is said in words of the newer kind.
    let default = if kind == newer.kind { newer.default.clone() } else { Slot::Unset };
    let older = FieldSpec { kind, limits, class: op.older.class, default, ..newer.clone() };
    Ok((older, Effect::Each(Box::new(op))))
}

/// Undoes an op on one entry of a map.
fn within(op: &Op, newer: &FieldSpec) -> Result<Effect, OpFault> {
    let FieldKind::Map(_) = newer.kind else { return Err(OpFault::NoMap) };
    let item = item_of(newer)?;
    // A name that the map does not take would be found out by the first object that has the entry.
    let named = |name: &str| newer.limits.check_key(name).map_err(OpFault::EntryName);
    if let Op::Rename { from, to } = op {
        named(from)?;
        named(to)?;
        return Ok(Effect::Within(EntryOp::Rename { from: from.clone(), to: to.clone() }));
    }
    let name = field_of(op).ok_or(OpFault::NotOfItems)?.clone();
    named(&name)?;
    let op = undo(op, &FieldSpec { name: name.clone(), ..item })?;
    let same = op.older.kind == op.newer.kind && op.older.nullable == op.newer.nullable && op.older.limits == op.newer.limits;
    if !same || !op.newer.kind.is_scalar() {
        return Err(OpFault::EntryOfOtherKind);
    }
    Ok(Effect::Within(EntryOp::Value { name, op: Box::new(op) }))
}
