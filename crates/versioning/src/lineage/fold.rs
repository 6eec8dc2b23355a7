//! Undoing the ops of one release.

mod enums;
mod groups;
mod values;

use std::sync::Arc;

use recension_model::{Alias, FieldSpec, ObjectSpec, Op, Others, Release, Slot};

use super::pins::PinOp;
use super::{HopPlan, NewerField, OlderField};
use crate::jump::Moves;
use crate::regroup::Regrouped;
use crate::reshape::{Effect, Reshaped, ValueOp};
use crate::{HistoryError, OpFault};

/// A field while ops are undone: what it was called before, where it is in the newer shape, and what the
/// release did to what it holds.
struct Undone {
    field: FieldSpec,
    older: OlderField,
    /// Which of the fields it is that became others, where it did.
    part: usize,
    /// Newest first.
    ops: Vec<ValueOp>,
    pin: Option<Box<PinOp>>,
}

impl Undone {
    fn new(field: FieldSpec, older: OlderField) -> Self {
        Self { field, older, part: 0, ops: Vec::new(), pin: None }
    }
}

/// What the newer shape has and the older has not.
#[derive(Default)]
struct Taken {
    /// Where it is in the newer shape, and where it is from.
    fields: Vec<(usize, NewerField)>,
    groups: Vec<Regrouped>,
    /// What the older shape is called.
    alias: Option<Alias>,
}

/// Undoes the ops of `release` on the shape it led to.
pub(super) fn back(newer: &ObjectSpec, before: &Release, release: &Release) -> Result<(Arc<ObjectSpec>, HopPlan), HistoryError> {
    let mut fields: Vec<Undone> =
        newer.fields.iter().enumerate().map(|(index, field)| Undone::new(field.clone(), OlderField::Kept(index))).collect();
    let mut taken = Taken { alias: newer.alias.clone(), ..Taken::default() };
    for op in release.ops.iter().rev() {
        undo(op, &mut fields, &mut taken).map_err(|fault| HistoryError::Op {
            object: newer.name.clone(),
            version: release.version.clone(),
            op: sentence(op),
            fault,
        })?;
    }
    let mut plan = HopPlan { older: Vec::with_capacity(fields.len()), ..HopPlan::default() };
    plan.newer.resize_with(newer.fields.len(), || NewerField::Added(Slot::Null));
    for (index, field) in taken.fields {
        if let Some(place) = plan.newer.get_mut(index) {
            *place = field;
        }
    }
    plan.regrouped = taken.groups;
    let mut specs = Vec::with_capacity(fields.len());
    for (place, mut undone) in fields.into_iter().enumerate() {
        if let OlderField::Kept(index) = undone.older
            && let (Some(place_of), Some(field)) = (plan.newer.get_mut(index), newer.fields.get(index))
        {
            *place_of = NewerField::Kept(place);
            undone.ops.reverse();
            plan.reshaped.extend(Reshaped::new((place, &undone.field), (index, field), undone.ops));
            plan.pins.extend(undone.pin.map(|pin| PinOp { older: place, newer: index, ..*pin }));
        }
        if let OlderField::Regrouped(group) = undone.older
            && let Some(group) = plan.regrouped.get_mut(group)
        {
            group.put_older(undone.part, place);
        }
        specs.push(undone.field);
        plan.older.push(undone.older);
    }
    let shape = newer.reshaped(before.version.clone(), specs, taken.alias).map_err(|source| HistoryError::Shape {
        object: newer.name.clone(),
        version: before.version.clone(),
        source,
    })?;
    plan.regrouped.iter_mut().for_each(|group| group.settle(&shape, newer));
    (plan.down, plan.up) = (Moves::down(&plan), Moves::up(&plan));
    Ok((shape, plan))
}

/// Undoes one op. `taken` collects the fields of the newer shape that the older one does not have.
fn undo(op: &Op, fields: &mut Vec<Undone>, taken: &mut Taken) -> Result<(), OpFault> {
    let find = |fields: &[Undone], name: &str| fields.iter().position(|undone| &*undone.field.name == name);
    match op {
        Op::Add { field, old_default } => {
            let undone = take(fields, field)?;
            let default = default_of(&undone.field, old_default, OpFault::NoOldDefault)?;
            // A field both added and removed by one release is in neither shape.
            if let OlderField::Kept(index) = undone.older {
                taken.fields.push((index, NewerField::Added(default)));
            } else if let OlderField::Regrouped(_) = undone.older {
                return Err(OpFault::TwiceChanged);
            }
        }
        Op::Nest { .. } | Op::Flatten { .. } | Op::Split { .. } | Op::Merge { .. } | Op::Custom { .. } => groups::undo(op, fields, taken)?,
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
        Op::Retype { .. }
        | Op::Require { .. }
        | Op::Relax { .. }
        | Op::Widen { .. }
        | Op::Constrain { .. }
        | Op::EnumAdd { .. }
        | Op::EnumRemove { .. }
        | Op::EnumRename { .. }
        | Op::MapValues { .. }
        | Op::Scale { .. }
        | Op::Listify { .. }
        | Op::KeyBy { .. }
        | Op::Unkey { .. }
        | Op::Each { .. }
        | Op::Within { .. } => {
            let Some(name) = values::field_of(op) else { return Ok(()) };
            let undone = kept(fields, name, false)?;
            let op = values::undo(op, &undone.field)?;
            let alone = |op: &ValueOp| matches!(op.effect, Effect::Keyed(_));
            // What else were done to the others could not be told from what was done to the one that stands for them.
            let last = matches!(&op.effect, Effect::Listify(listify) if listify.others == Others::Stay);
            if !undone.ops.is_empty() && (last || alone(&op) || undone.ops.iter().any(alone)) {
                return Err(OpFault::NotAlone);
            }
            undone.field = op.older.clone();
            undone.ops.push(op);
        }
        Op::RenameObject { from, namespace } => taken.alias = Some(Alias { name: from.clone(), namespace: namespace.clone() }),
        Op::Child { field, from, to } => {
            let undone = kept(fields, field, false)?;
            let child = undone.field.kind.child().ok_or(OpFault::HoldsNoObject)?;
            if undone.pin.is_some() {
                return Err(OpFault::TwiceChanged);
            }
            if to <= from {
                return Err(OpFault::PinBackward);
            }
            let (child, sentence) = (child.clone(), sentence(op));
            undone.pin = Some(Box::new(PinOp { older: 0, newer: 0, child, from: from.clone(), to: to.clone(), sentence }));
        }
        // A method or a behaviour changes what can be asked of the object, not its shape; so do ops of later
        // releases of this library until they are given a meaning here.
        _ => {}
    }
    Ok(())
}

/// Takes a field out that the older shape has not; nothing else may have happened to it.
fn take(fields: &mut Vec<Undone>, name: &str) -> Result<Undone, OpFault> {
    let place = fields.iter().position(|undone| &*undone.field.name == name).ok_or(OpFault::NoSuchField)?;
    let undone = fields.remove(place);
    if undone.ops.is_empty() && undone.pin.is_none() { Ok(undone) } else { Err(OpFault::TwiceChanged) }
}

/// The field called `name`, of which an op says that both versions have it. One that the release removes
/// later may have been renamed before, and nothing else.
fn kept<'f>(fields: &'f mut [Undone], name: &str, removed_too: bool) -> Result<&'f mut Undone, OpFault> {
    let undone = fields.iter_mut().find(|undone| &*undone.field.name == name).ok_or(OpFault::NoSuchField)?;
    match undone.older {
        OlderField::Removed(_) | OlderField::Regrouped(_) if !removed_too => Err(OpFault::TwiceChanged),
        _ => Ok(undone),
    }
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
        Op::MapValues { field, .. } => format!("map_values({})", field.name),
        Op::Scale { field, by, .. } => format!("scale({}, by = \"{by}\")", field.name),
        Op::Listify { field, pick, .. } => format!("listify({}, pick = {})", field.name, pick.as_str()),
        Op::KeyBy { field, key } => format!("key_by({}, key = {key})", field.name),
        Op::Unkey { field, key } => format!("unkey({}, key = {key})", field.name),
        Op::Each { op, .. } => format!("each({})", sentence(op)),
        Op::Within { field, op } => format!("within({field}, {})", sentence(op)),
        Op::Nest { fields, into, at } => format!("nest(({}) => {into}, at = \"{at}\")", names(fields.iter().map(|field| &field.name))),
        Op::Flatten { field, at, into } => format!("flatten({} => ({}), at = \"{at}\")", field.name, names(into)),
        Op::Split { field, into, regrouping } => {
            format!("split({} => ({}), up = {}, down = {})", field.name, names(into), regrouping.up_name(), regrouping.down_name())
        }
        Op::Merge { fields, into, regrouping } => {
            let fields = names(fields.iter().map(|field| &field.name));
            format!("merge(({fields}) => {into}, up = {}, down = {})", regrouping.up_name(), regrouping.down_name())
        }
        Op::Custom { name, fields, into, regrouping, .. } => {
            let fields = names(fields.iter().map(|field| &field.name));
            let (up, down) = (regrouping.up_name(), regrouping.down_name());
            format!("custom({name}: ({fields}) => ({}), up = {up}, down = {down})", names(into))
        }
        Op::Child { field, from, to } => format!("child({field}: \"{from}\" => \"{to}\")"),
        Op::RenameObject { from, namespace } => format!("rename_object({from}, namespace = {namespace:?})"),
        Op::Behaviour { name } => format!("behaviour({name})"),
        Op::Method { name, change } => match change.words() {
            Some(words) => format!("method({name}, {words})"),
            None => format!("method({name})"),
        },
        other => format!("{other:?}"),
    }
}

fn names<'n>(names: impl IntoIterator<Item = &'n Arc<str>>) -> String {
    names.into_iter().map(|name| &**name).collect::<Vec<_>>().join(", ")
}
