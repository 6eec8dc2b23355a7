//! What the ops of a history make of an object that carries nothing, by following names.
//!
//! Written apart from the conversion on purpose: that one works on places and plans, this one on names and one op after the
//! other, so that a mistake in either shows.

mod specs;
mod states;

use std::collections::BTreeSet;
use std::sync::Arc;

use recension_model::{FieldSpec, Misfit, ObjectSpec, Op, Record, Release, Slot, Value};
use recension_versioning::Registry;

use self::specs::{Sides, sides};
use self::states::{changed_values, made, parts_of};

/// A field on its way.
#[derive(Clone, Debug)]
pub(super) struct Traced {
    /// Its name by now.
    now: Arc<str>,
    /// The fields of the object at the start that it is made of; none for one that a version on the way added.
    pub(super) sources: BTreeSet<Arc<str>>,
    /// Whether it is one field all the way, and was not made of others.
    pub(super) alone: bool,
    /// Its state by now.
    pub(super) slot: Slot,
    /// Whether it counts as changed.
    pub(super) changed: bool,
}

/// For each field of `to` where it comes from, and its state for an object that carries nothing.
pub(super) fn replay(registry: &Registry, releases: &[Release], before: &Record, to: &ObjectSpec) -> Result<Vec<Traced>, Misfit> {
    let from = before.spec();
    let begin = |(index, field): (usize, &FieldSpec)| Traced {
        now: field.name.clone(),
        sources: BTreeSet::from([field.name.clone()]),
        alone: true,
        slot: before.at(index).clone(),
        changed: before.changes().contains(index),
    };
    let fields = from.fields.iter().enumerate().map(begin).collect();
    let up = to.version >= from.version;
    let (low, high) = if up { (&from.version, &to.version) } else { (&to.version, &from.version) };
    let mut way = Way { registry, up, whole: is_whole(registry, releases, before), fields };
    let lineage = registry.lineage(from.name.as_str()).map_err(|_| Misfit::new("is of no known object"))?;
    let mut crossed: Vec<&Release> = releases.iter().filter(|release| release.version > *low && release.version <= *high).collect();
    if !up {
        crossed.reverse();
    }
    for release in crossed {
        let shape = lineage.shape(&release.version).map_err(|_| Misfit::new("is of no known version"))?;
        let mut ops: Vec<(&Op, Sides)> = release.ops.iter().zip(sides(release, shape)).collect();
        if !up {
            ops.reverse();
        }
        for (op, sides) in ops {
            way.take(op, &sides)?;
        }
    }
    let found = |field: &FieldSpec| way.fields.iter().find(|traced| traced.now == field.name).cloned();
    to.fields.iter().map(|field| found(field).ok_or(Misfit::new("is a field that no op explains"))).collect()
}

/// Whether every field is set, and every field of the objects that fields became, or that become fields.
fn is_whole(registry: &Registry, releases: &[Release], record: &Record) -> bool {
    let version = &record.spec().version;
    let mut objects: BTreeSet<Arc<str>> = BTreeSet::new();
    let rename = |objects: &mut BTreeSet<Arc<str>>, from: &Arc<str>, to: &Arc<str>| {
        if objects.remove(from) {
            objects.insert(to.clone());
        }
    };
    for op in releases.iter().filter(|release| release.version <= *version).flat_map(|release| &release.ops) {
        match op {
            Op::Nest { into, .. } => drop(objects.insert(into.clone())),
            Op::Rename { from, to } => rename(&mut objects, from, to),
            Op::Remove { field, .. } | Op::Flatten { field, .. } => drop(objects.remove(&field.name)),
            _ => {}
        }
    }
    let mut later: BTreeSet<Arc<str>> = BTreeSet::new();
    for op in releases.iter().rev().filter(|release| release.version > *version).flat_map(|release| release.ops.iter().rev()) {
        match op {
            Op::Flatten { field, .. } => drop(later.insert(field.name.clone())),
            Op::Rename { from, to } => rename(&mut later, to, from),
            Op::Add { field, .. } | Op::Nest { into: field, .. } => drop(later.remove(field)),
            _ => {}
        }
    }
    // An object has its fields where it stands; what is in those is not of the object around it.
    let whole = |object: &Record| {
        let lineage = registry.lineage(object.spec().name.as_str());
        lineage.is_ok_and(|lineage| is_whole(registry, lineage.releases(), object))
    };
    let inside = |name: &Arc<str>| {
        let slot = record.slot(name);
        slot.is_ok_and(|slot| slot.is_set() && slot.value().is_none_or(|value| value.objects().into_iter().all(whole)))
    };
    record.is_complete() && objects.iter().chain(&later).all(inside)
}

struct Way<'w> {
    registry: &'w Registry,
    up: bool,
    /// Whether everything of the object was known where it started.
    whole: bool,
    fields: Vec<Traced>,
}

impl Way<'_> {
    fn take(&mut self, op: &Op, sides: &Sides) -> Result<(), Misfit> {
        match op {
            Op::Add { field, old_default } if self.up => self.fields.push(self.given(field, old_default, sides)?),
            Op::Add { field, .. } => self.fields.retain(|traced| traced.now != *field),
            Op::Remove { field, .. } if self.up => self.fields.retain(|traced| traced.now != field.name),
            Op::Remove { field, fallback } => self.fields.push(self.given(&field.name, fallback, sides)?),
            Op::Rename { from, to } => {
                let (from, to) = if self.up { (from, to) } else { (to, from) };
                if let Some(traced) = self.fields.iter_mut().find(|traced| traced.now == *from) {
                    traced.now = to.clone();
                }
            }
            Op::Nest { .. } | Op::Flatten { .. } | Op::Split { .. } | Op::Merge { .. } | Op::Custom { .. } => self.regroup(op, sides)?,
            op => {
                if let ([older], [newer]) = (sides.older.as_slice(), sides.newer.as_slice())
                    && let Some(traced) = self.fields.iter_mut().find(|traced| traced.now == newer.name)
                {
                    traced.slot = changed_values(op, std::mem::take(&mut traced.slot), [older, newer], self.up)?;
                }
            }
        }
        Ok(())
    }

    /// A field that a whole object gets, and a partial one does not.
    fn given(&self, name: &Arc<str>, declared: &Slot, sides: &Sides) -> Result<Traced, Misfit> {
        let field = if self.up { sides.newer.first() } else { sides.older.first() };
        let field = field.ok_or(Misfit::new("is nowhere described"))?;
        let slot = match declared {
            _ if !self.whole => Slot::Unset,
            Slot::Unset => Slot::Null,
            declared => field.admit(declared.clone())?,
        };
        Ok(Traced { now: name.clone(), sources: BTreeSet::new(), alone: true, slot, changed: false })
    }

    fn regroup(&mut self, op: &Op, sides: &Sides) -> Result<(), Misfit> {
        let (from, to) = if self.up { (&sides.older, &sides.newer) } else { (&sides.newer, &sides.older) };
        let mut taken: Vec<Traced> = Vec::new();
        for field in from {
            let place = self.fields.iter().position(|traced| traced.now == field.name);
            taken.push(self.fields.remove(place.ok_or(Misfit::new("is a field that was not there"))?));
        }
        let sources: BTreeSet<Arc<str>> = taken.iter().flat_map(|traced| traced.sources.iter().cloned()).collect();
        let unset = taken.iter().any(|traced| !traced.slot.is_set());
        let slots: Vec<Slot> = taken.iter().map(|traced| traced.slot.clone()).collect();
        let changed = taken.iter().any(|traced| traced.changed);
        let states: Vec<(Slot, bool)> = match (op, self.up) {
            (Op::Nest { at, .. }, true) | (Op::Flatten { at, .. }, false) => {
                let parts = from.iter().zip(&taken).map(|(field, traced)| (field, traced.slot.clone(), traced.changed));
                vec![made(self.registry, parts.collect(), to.first(), at)?]
            }
            (Op::Nest { at, .. }, false) | (Op::Flatten { at, .. }, true) => match taken.first().map(|traced| &traced.slot) {
                Some(Slot::Value(Value::Object(object))) => parts_of(self.registry, object, changed, to, at)?,
                Some(Slot::Null) => vec![(Slot::Null, changed); to.len()],
                _ => vec![(Slot::Unset, false); to.len()],
            },
            _ if unset => vec![(Slot::Unset, false); to.len()],
            (Op::Split { regrouping, .. } | Op::Merge { regrouping, .. } | Op::Custom { regrouping, .. }, up) => {
                let given = if up { regrouping.up(&slots)? } else { regrouping.down(&slots)? };
                given.into_iter().map(|slot| (slot, changed)).collect()
            }
            _ => Vec::new(),
        };
        for (field, (slot, changed)) in to.iter().zip(states) {
            let slot = field.admit(slot)?;
            self.fields.push(Traced { now: field.name.clone(), sources: sources.clone(), alone: false, slot, changed });
        }
        Ok(())
    }
}
