//! Undoing the ops of one release.

mod enums;

use std::sync::Arc;

use recension_model::{FieldKind, FieldSpec, ObjectSpec, Op, Release, Slot};

use super::pins::PinOp;
use super::{HopPlan, NewerField, OlderField};
use crate::reshape::{Effect, Reshaped, ValueOp};
use crate::{HistoryError, OpFault, promote};

/// A field while ops are undone: what it was called before, where it is in the newer shape, and what the
/// release did to what it holds.
struct Undone {
    field: FieldSpec,
    older: OlderField,
    /// Newest first.
    ops: Vec<ValueOp>,
    pin: Option<PinOp>,
}

impl Undone {
    fn new(field: FieldSpec, older: OlderField) -> Self {
        Self { field, older, ops: Vec::new(), pin: None }
    }
}

/// Undoes the ops of `release` on the shape it led to.
pub(super) fn back(newer: &ObjectSpec, before: &Release, release: &Release) -> Result<(Arc<ObjectSpec>, HopPlan), HistoryError> {
    let mut fields: Vec<Undone> =
        newer.fields.iter().enumerate().map(|(index, field)| Undone::new(field.clone(), OlderField::Kept(index))).collect();
    let mut added: Vec<(usize, Slot)> = Vec::new();
    for op in release.ops.iter().rev() {
        undo(op, &mut fields, &mut added).map_err(|fault| HistoryError::Op {
            object: newer.name.clone(),
            version: release.version.clone(),
            op: sentence(op),
            fault,
        })?;
    }
    let mut plan = HopPlan::default();
    plan.newer.resize_with(newer.fields.len(), || NewerField::Added(Slot::Null));
    for (index, default) in added {
        if let Some(place) = plan.newer.get_mut(index) {
            *place = NewerField::Added(default);
        }
    }
    let mut specs = Vec::with_capacity(fields.len());
    for (place, mut undone) in fields.into_iter().enumerate() {
        if let OlderField::Kept(index) = undone.older
            && let (Some(place_of), Some(field)) = (plan.newer.get_mut(index), newer.fields.get(index))
        {
            *place_of = NewerField::Kept(place);
            undone.ops.reverse();
            plan.reshaped.extend(Reshaped::new((place, &undone.field), (index, field), undone.ops));
            plan.pins.extend(undone.pin.map(|pin| PinOp { older: place, newer: index, ..pin }));
        }
        specs.push(undone.field);
        plan.older.push(undone.older);
    }
    let shape = newer.reshaped(before.version.clone(), specs).map_err(|source| HistoryError::Shape {
        object: newer.name.clone(),
        version: before.version.clone(),
        source,
    })?;
    Ok((shape, plan))
}

/// Undoes one op. `added` collects the fields of the newer shape that the older one does not have.
fn undo(op: &Op, fields: &mut Vec<Undone>, added: &mut Vec<(usize, Slot)>) -> Result<(), OpFault> {
    let find = |fields: &[Undone], name: &str| fields.iter().position(|undone| &*undone.field.name == name);
    match op {
        Op::Add { field, old_default } => {
            let place = find(fields, field).ok_or(OpFault::NoSuchField)?;
            let undone = fields.remove(place);
            if !undone.ops.is_empty() || undone.pin.is_some() {
                return Err(OpFault::TwiceChanged);
            }
            let default = default_of(&undone.field, old_default, OpFault::NoOldDefault)?;
            // A field both added and removed by one release is in neither shape.
            if let OlderField::Kept(index) = undone.older {
                added.push((index, default));
            }
        }
        Op::Remove { field, fallback } => {
            if find(fields, &field.name).is_some() {
                return Err(OpFault::StillThere);
            }
            let fallback = default_of(field, fallback, OpFault::NoFallback)?;
            fields.push(Undone::new(field.clone(), OlderField::Removed(fallback)));
        }
        Op::Rename { from, to } => {
            if find(fields, from).is_some() {
                return Err(OpFault::StillThere);
            }
            kept(fields, to, true)?.field.name = from.clone();
        }
        Op::Retype { field, conversion } => {
            undo_values(kept(fields, &field.name, false)?, op, field.clone(), Effect::Retype(conversion.clone()))?;
        }
        Op::Require { field, fill } => {
            let undone = kept(fields, field, false)?;
            let older = FieldSpec { nullable: true, ..undone.field.clone() };
            undo_values(undone, op, older, Effect::Require(fill.clone()))?;
        }
        Op::Relax { field, fallback } => {
            let undone = kept(fields, field, false)?;
            let older = FieldSpec { nullable: false, ..undone.field.clone() };
            undo_values(undone, op, older, Effect::Relax(fallback.clone()))?;
        }
        Op::Widen { field, fallback } => {
            undo_values(kept(fields, &field.name, false)?, op, field.clone(), Effect::Widen(fallback.clone()))?;
        }
        Op::Constrain { field, fallback, fill } => {
            let effect = Effect::Constrain { fallback: fallback.clone(), fill: fill.clone() };
            undo_values(kept(fields, &field.name, false)?, op, field.clone(), effect)?;
        }
        Op::EnumAdd { .. } | Op::EnumRemove { .. } | Op::EnumRename { .. } => enums::undo(op, fields)?,
        Op::Child { field, from, to } => {
            let undone = kept(fields, field, false)?;
            let child = undone.field.kind.child().ok_or(OpFault::HoldsNoObject)?;
            if undone.pin.is_some() {
                return Err(OpFault::TwiceChanged);
            }
            if to <= from {
                return Err(OpFault::PinBackward);
            }
            undone.pin =
                Some(PinOp { older: 0, newer: 0, child: child.clone(), from: from.clone(), to: to.clone(), sentence: sentence(op) });
        }
        // A method or a behaviour changes what can be asked of the object, not its shape; so do ops of later
        // releases of this library until they are given a meaning here.
        _ => {}
    }
    Ok(())
}

/// The field called `name`, of which an op says that both versions have it. One that the release removes
/// later may have been renamed before, and nothing else.
fn kept<'f>(fields: &'f mut [Undone], name: &str, removed_too: bool) -> Result<&'f mut Undone, OpFault> {
    let undone = fields.iter_mut().find(|undone| &*undone.field.name == name).ok_or(OpFault::NoSuchField)?;
    match undone.older {
        OlderField::Removed(_) if !removed_too => Err(OpFault::TwiceChanged),
        _ => Ok(undone),
    }
}

/// Undoes an op on the values of a field, which was `older` before.
fn undo_values(undone: &mut Undone, op: &Op, older: FieldSpec, effect: Effect) -> Result<(), OpFault> {
    let newer = &undone.field;
    match &effect {
        Effect::Retype(_) | Effect::Widen(_) if older.nullable != newer.nullable => return Err(OpFault::RetypedNull),
        Effect::Retype(_) if !older.kind.children().is_empty() || !newer.kind.children().is_empty() => return Err(OpFault::RetypedObject),
        Effect::Require(_) if newer.nullable => return Err(OpFault::StillNullable),
        Effect::Require(fill) => admits(newer, &fill.clone().into())?,
        Effect::Relax(_) if !newer.nullable => return Err(OpFault::NotNullable),
        Effect::Relax(fallback) => admits(&older, &fallback.clone().into())?,
        Effect::Widen(_) if !promote::widens(&older.kind, &newer.kind) => return Err(OpFault::NotWider),
        Effect::Widen(fallback) => admits(&older, fallback)?,
        Effect::Constrain { .. } if !same_kind(&older.kind, &newer.kind) || older.nullable != newer.nullable => {
            return Err(OpFault::MoreThanLimits);
        }
        Effect::Constrain { fallback, fill } => {
            admits(&older, fallback)?;
            admits(newer, fill)?;
        }
        Effect::Retype(_) | Effect::EnumAdd { .. } | Effect::EnumRemove { .. } | Effect::EnumRename { .. } => {}
    }
    let newer = std::mem::replace(&mut undone.field, older.clone());
    undone.ops.push(ValueOp { effect, sentence: sentence(op), older, newer });
    Ok(())
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

/// What stands for a field that an object does not have: what was declared, else null where that is allowed.
fn default_of(field: &FieldSpec, declared: &Slot, none: OpFault) -> Result<Slot, OpFault> {
    match declared {
        Slot::Unset if field.nullable => Ok(Slot::Null),
        Slot::Unset => Err(none),
        declared => field.admit(declared.clone()).map_err(OpFault::Value),
    }
}

/// An op as it is declared, without values.
pub(crate) fn sentence(op: &Op) -> String {
    match op {
        Op::Add { field, .. } => format!("add({field})"),
        Op::Remove { field, .. } => format!("remove({})", field.name),
        Op::Rename { from, to } => format!("rename({from} => {to})"),
        Op::Retype { field, conversion } => {
            format!("retype({}, up = {}, down = {})", field.name, conversion.up_name(), conversion.down_name())
        }
        Op::Require { field, .. } => format!("require({field})"),
        Op::Relax { field, .. } => format!("relax({field})"),
        Op::Widen { field, .. } => format!("widen({})", field.name),
        Op::Constrain { field, .. } => format!("constrain({})", field.name),
        Op::EnumAdd { field, value, shown_as } => format!("enum_add({field}: {value:?} => {shown_as:?})"),
        Op::EnumRemove { field, value, becomes } => format!("enum_remove({field}: {value:?} => {becomes:?})"),
        Op::EnumRename { field, from, to } => format!("enum_rename({field}: {from:?} => {to:?})"),
        Op::Child { field, from, to } => format!("child({field}: \"{from}\" => \"{to}\")"),
        Op::Behaviour { name } => format!("behaviour({name})"),
        Op::Method { name, change } => match change.words() {
            Some(words) => format!("method({name}, {words})"),
            None => format!("method({name})"),
        },
        other => format!("{other:?}"),
    }
}
