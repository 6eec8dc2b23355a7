//! Where the fields of one version come from in another, by following names through the ops.
//!
//! Written apart from the conversion on purpose: that one works on places and plans, this one on names, so
//! that a mistake in either shows.

use std::sync::Arc;

use recension_model::{FieldSpec, Misfit, ObjectSpec, Op, Release, Slot};

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
        for op in &self.ops {
            slot = match (op, &slot, self.up) {
                (Op::Retype { conversion, .. }, Slot::Value(value), true) => conversion.up(value)?.into(),
                (Op::Retype { conversion, .. }, Slot::Value(value), false) => conversion.down(value)?.into(),
                (Op::Require { fill: value, .. }, Slot::Null, true) | (Op::Relax { fallback: value, .. }, Slot::Null, false) => {
                    value.clone().into()
                }
                _ => slot,
            };
        }
        Ok(field.admit(slot)?)
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
        Op::Retype { field, .. } => &field.name,
        Op::Require { field, .. } | Op::Relax { field, .. } => field,
        _ => return,
    };
    if let Some(traced) = traced.iter_mut().find(|traced| traced.now == *name) {
        traced.ops.push(op);
    }
}
