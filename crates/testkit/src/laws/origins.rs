//! Where the fields of one version come from in another, by following names through the ops.
//!
//! Written apart from the conversion on purpose: that one works on places and plans, this one on names, so
//! that a mistake in either shows.

use std::sync::Arc;

use recension_model::{ObjectSpec, Op, Release};

/// A field on its way: its name so far, and its name where it started.
type Traced = (Arc<str>, Option<Arc<str>>);

/// For each field of `to`, the name it has in `from`; `None` for a field that `from` has not.
pub(super) fn origins(releases: &[Release], from: &ObjectSpec, to: &ObjectSpec) -> Vec<Option<Arc<str>>> {
    let mut traced: Vec<Traced> = from.fields.iter().map(|field| (field.name.clone(), Some(field.name.clone()))).collect();
    if to.version < from.version {
        let crossed = releases.iter().rev().filter(|release| release.version > to.version && release.version <= from.version);
        crossed.flat_map(|release| release.ops.iter().rev()).for_each(|op| undo(op, &mut traced));
    } else {
        let crossed = releases.iter().filter(|release| release.version > from.version && release.version <= to.version);
        crossed.flat_map(|release| &release.ops).for_each(|op| redo(op, &mut traced));
    }
    let origin = |name: &Arc<str>| traced.iter().find(|(now, _)| now == name).and_then(|(_, start)| start.clone());
    to.fields.iter().map(|field| origin(&field.name)).collect()
}

fn undo(op: &Op, traced: &mut Vec<Traced>) {
    match op {
        Op::Add { field, .. } => traced.retain(|(now, _)| now != field),
        Op::Remove { field, .. } => traced.push((field.name.clone(), None)),
        Op::Rename { from, to } => rename(traced, to, from),
        _ => {}
    }
}

fn redo(op: &Op, traced: &mut Vec<Traced>) {
    match op {
        Op::Add { field, .. } => traced.push((field.clone(), None)),
        Op::Remove { field, .. } => traced.retain(|(now, _)| *now != field.name),
        Op::Rename { from, to } => rename(traced, from, to),
        _ => {}
    }
}

fn rename(traced: &mut [Traced], from: &Arc<str>, to: &Arc<str>) {
    if let Some((now, _)) = traced.iter_mut().find(|(now, _)| now == from) {
        *now = to.clone();
    }
}
