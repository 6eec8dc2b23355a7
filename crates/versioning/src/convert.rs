//! Conversion of one object between versions.

use std::collections::BTreeMap;
use std::sync::Arc;

use recension_model::{Carried, FieldSet, Hop, ObjectSpec, ObjectVersion, Record, Slot};

use crate::lineage::{HopPlan, NewerField, OlderField};
use crate::{Error, Lineage};

impl Lineage {
    /// Converts an object to another version of its history, hop by hop.
    ///
    /// What the target cannot say goes into the carry of the record, and what the carry holds comes back.
    /// Changed fields stay changed under their new names. A field that no carry knows gets its declared
    /// default or fallback, but only in an object of which every field was set: a partial object stays
    /// partial. Objects inside the object are left as they are ([`Registry::convert`](crate::Registry::convert)
    /// converts the whole tree).
    ///
    /// # Errors
    /// [`Error::Incompatible`] when the history has not both versions.
    pub fn convert(&self, mut record: Record, target: &ObjectVersion) -> Result<Record, Error> {
        let known = |version: &ObjectVersion| self.place(version).ok_or_else(|| self.incompatible(version));
        let (mut from, to) = (known(&record.spec().version)?, known(target)?);
        while from > to {
            from -= 1;
            record = self.step(from, record, Direction::Down)?;
        }
        while from < to {
            record = self.step(from, record, Direction::Up)?;
            from += 1;
        }
        Ok(record)
    }

    /// Gives fields that were added after `since` and are unset the value that objects made before them
    /// get. For a reader that needs a complete object. `told` are the hops that the object's carry knew: a
    /// field which one of them left out was unset, or withheld as a secret, and stays unset.
    ///
    /// # Errors
    /// [`Error::Incompatible`] when the history has not the version `since`.
    pub fn fill_defaults(&self, record: &mut Record, since: &ObjectVersion, told: &[ObjectVersion]) -> Result<(), Error> {
        let place = |version: &ObjectVersion| self.place(version).ok_or_else(|| self.incompatible(version));
        let (from, to) = (place(since)?, place(&record.spec().version)?);
        // Each field of the present shape is followed back to the hop that added it.
        for field in 0..record.spec().fields.len() {
            let mut index = field;
            let hops = self.hops().iter().zip(self.shapes().iter().skip(1));
            for (hop, shape) in hops.take(to).skip(from).rev() {
                match hop.newer.get(index) {
                    Some(NewerField::Kept(older)) => index = *older,
                    Some(NewerField::Added(default)) if !record.at(field).is_set() && !told.contains(&shape.version) => {
                        record.fill(field, default.clone())?;
                        break;
                    }
                    _ => break,
                }
            }
        }
        Ok(())
    }

    fn step(&self, hop: usize, record: Record, direction: Direction) -> Result<Record, Error> {
        let (Some(plan), Some(older), Some(newer)) = (self.hops().get(hop), self.shapes().get(hop), self.shapes().get(hop + 1)) else {
            return Err(self.incompatible(&record.spec().version));
        };
        let complete = record.is_complete() && !self.carries_gap(&record);
        Ok(match direction {
            Direction::Down => move_over(record, complete, newer, older, plan.down(), newer),
            Direction::Up => move_over(record, complete, older, newer, plan.up(), newer),
        })
    }

    /// Whether the carry says of some field that it was unset: then the object was partial at another
    /// version, even if the fields of this one are all set.
    fn carries_gap(&self, record: &Record) -> bool {
        let here = &record.spec().version;
        record.carry().hops().any(|(version, hop)| {
            let plan = self.place(version).and_then(|place| self.hops().get(place.checked_sub(1)?));
            let (Hop::Known(fields), Some(plan)) = (hop, plan) else { return false };
            let elsewhere = if version > here { plan.added().count() } else { plan.removed().count() };
            fields.values().filter(|carried| carried.slot.is_set()).count() < elsewhere
        })
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Down,
    Up,
}

/// One direction of a hop: for each target field its source, or what stands for it; and the source fields
/// that have no target.
struct Moves<'p> {
    targets: Vec<Target<'p>>,
    dropped: Vec<usize>,
}

enum Target<'p> {
    From(usize),
    Default(&'p Slot),
}

impl HopPlan {
    fn down(&self) -> Moves<'_> {
        let target = |field| match field {
            &OlderField::Kept(newer) => Target::From(newer),
            OlderField::Removed(fallback) => Target::Default(fallback),
        };
        Moves { targets: self.older.iter().map(target).collect(), dropped: self.added().collect() }
    }

    fn up(&self) -> Moves<'_> {
        let target = |field| match field {
            &NewerField::Kept(older) => Target::From(older),
            NewerField::Added(default) => Target::Default(default),
        };
        Moves { targets: self.newer.iter().map(target).collect(), dropped: self.removed().collect() }
    }
}

/// Moves an object over one hop, which is filed in the carry under the newer version whichever the way.
fn move_over(mut record: Record, complete: bool, from: &ObjectSpec, to: &Arc<ObjectSpec>, moves: Moves<'_>, newer: &ObjectSpec) -> Record {
    let changes = record.changes();
    let mut carry = record.take_carry();
    let mut carried = match carry.take(&newer.version) {
        Some(Hop::Known(fields)) => Some(fields),
        // Filed before this program knew the release: nothing in it can be read, so nothing is known.
        Some(Hop::Opaque(_)) | None => None,
    };
    let mut slots = Vec::with_capacity(to.fields.len());
    let mut moved_changes = FieldSet::EMPTY;
    for (index, target) in moves.targets.into_iter().enumerate() {
        let (slot, changed) = match target {
            Target::From(source) => (record.take(source), changes.contains(source)),
            Target::Default(default) => match &mut carried {
                Some(fields) => take_carried(fields, to, index),
                None if complete => (default.clone(), false),
                None => (Slot::Unset, false),
            },
        };
        slots.push(slot);
        if changed {
            moved_changes.insert(index);
        }
    }
    if !moves.dropped.is_empty() {
        let fields = moves.dropped.into_iter().filter_map(|index| {
            let carried = Carried { slot: record.take(index), changed: changes.contains(index) };
            let name = from.fields.get(index)?.name.clone();
            (carried.slot.is_set() || carried.changed).then_some((name, carried))
        });
        carry.put(newer.version.clone(), Hop::Known(fields.collect()));
    }
    Record::assemble(to.clone(), slots, moved_changes, carry)
}

/// The state that the carry holds for a field; a field that it does not hold was unset.
fn take_carried(fields: &mut BTreeMap<Arc<str>, Carried>, to: &ObjectSpec, index: usize) -> (Slot, bool) {
    let carried = to.fields.get(index).and_then(|field| fields.remove(&field.name));
    carried.map_or((Slot::Unset, false), |carried| (carried.slot, carried.changed))
}
