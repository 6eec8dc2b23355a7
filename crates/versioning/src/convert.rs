//! Conversion of one object between versions.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use recension_model::{Carried, FieldSet, FieldSpec, Hop, ObjectSpec, ObjectVersion, Record, Slot};

use crate::jump::Target;
use crate::lineage::{Carrying, HopPlan, NewerField};
use crate::regroup::{Fault, Regrouped, State};
use crate::reshape::{Direction, Refused};
use crate::same::at_versions_of;
use crate::{Error, Lineage, NotConverted, Registry};

impl Lineage {
    /// Converts an object to another version of its history, hop by hop.
    ///
    /// What the target cannot say goes into the carry of the record, and what the carry holds comes back.
    /// Changed fields stay changed under their new names. A field that no carry knows gets its declared
    /// default or fallback, but only in an object of which every field was set: a partial object stays
    /// partial. Objects inside the object are left as they are ([`Registry::convert`](crate::Registry::convert)
    /// converts the whole tree).
    ///
    /// A value that is shown otherwise in the target version, by an op `retype`, `require` or `relax`, is
    /// carried where the way back would not give it again, and taken up there if what stood for it is still
    /// as it was: else somebody changed that, and the change wins.
    ///
    /// # Errors
    /// [`Error::Incompatible`] when the history has not both versions; [`Error::NotConverted`] when a value
    /// has no counterpart in one of the versions on the way.
    pub fn convert(&self, record: Record, target: &ObjectVersion) -> Result<Record, Error> {
        self.convert_among(record, target, None)
    }

    /// As [`convert`](Self::convert), among the objects of a registry.
    pub(crate) fn convert_among(&self, mut record: Record, target: &ObjectVersion, registry: Option<&Registry>) -> Result<Record, Error> {
        let known = |version: &ObjectVersion| self.place(version).ok_or_else(|| self.incompatible(version));
        let (mut from, to) = (known(&record.spec().version)?, known(target)?);
        if let Some(jump) = self.jump(from, to).filter(|jump| !jump.meets(record.carry())) {
            let whole = self.is_whole(&record, registry) && !self.carries_gap(&record, registry);
            return Ok(jump.take(record, whole));
        }
        while from > to {
            from -= 1;
            record = self.step(from, record, Direction::Down, registry)?;
        }
        while from < to {
            record = self.step(from, record, Direction::Up, registry)?;
            from += 1;
        }
        Ok(record)
    }

    /// As [`convert_among`](Self::convert_among) to the newest version, where fields that were added on the way and are unset get the
    /// value that objects made before them get. Where fields became others, they get it before they do.
    pub(crate) fn complete_among(&self, mut record: Record, told: &[ObjectVersion], registry: Option<&Registry>) -> Result<Record, Error> {
        let start = record.spec().version.clone();
        let from = self.place(&start).ok_or_else(|| self.incompatible(&start))?;
        let mut since = start;
        let becomes = |hop: usize| self.hops().get(hop).is_some_and(|plan| !plan.regrouped.is_empty());
        for hop in (from + 1..self.hops().len()).filter(|hop| becomes(*hop)) {
            let Some(shape) = self.shapes().get(hop) else { continue };
            record = self.convert_among(record, &shape.version, registry)?;
            self.fill_defaults(&mut record, &since, told)?;
            since = shape.version.clone();
        }
        let mut record = self.convert_among(record, &self.head().version, registry)?;
        self.fill_defaults(&mut record, &since, told)?;
        Ok(record)
    }

    /// Gives fields that were added after `since` and are unset the value that objects made before them
    /// get. For a reader that needs a complete object. `told` are the hops that the object's carry knew: a
    /// field which one of them left out was unset, or withheld as a secret, and stays unset.
    ///
    /// # Errors
    /// [`Error::Incompatible`] when the history has not the version `since`; [`Error::NotConverted`] when a
    /// value has no counterpart in a later version.
    pub fn fill_defaults(&self, record: &mut Record, since: &ObjectVersion, told: &[ObjectVersion]) -> Result<(), Error> {
        let place = |version: &ObjectVersion| self.place(version).ok_or_else(|| self.incompatible(version));
        let (from, to) = (place(since)?, place(&record.spec().version)?);
        for field in 0..record.spec().fields.len() {
            if !record.at(field).is_set()
                && let Some(default) = self.old_default(field, from..to, told)?
            {
                record.fill(field, default)?;
            }
        }
        Ok(())
    }

    /// What objects from before these hops get for a field of the shape that they lead to, if one of them
    /// added it and none of `told` did: the default of that hop, as the later ones leave it.
    fn old_default(&self, field: usize, hops: Range<usize>, told: &[ObjectVersion]) -> Result<Option<Slot>, Error> {
        let (mut index, mut later) = (field, Vec::new());
        for hop in hops.rev() {
            let (Some(plan), Some(shape)) = (self.hops().get(hop), self.shapes().get(hop + 1)) else { break };
            match plan.newer.get(index) {
                Some(NewerField::Kept(older)) => {
                    later.push((hop, *older));
                    index = *older;
                }
                Some(NewerField::Added(default)) if !told.contains(&shape.version) => {
                    let up = |slot, (hop, older): (usize, usize)| {
                        let reshaped = self.hops().get(hop).and_then(|plan| plan.reshapes(older, Direction::Up));
                        let Some(reshaped) = reshaped else { return Ok(slot) };
                        reshaped.shown(slot, Direction::Up).map_err(|refused| self.not_converted(hop, older, Direction::Up, refused))
                    };
                    return later.into_iter().rev().try_fold(default.clone(), up).map(Some);
                }
                _ => break,
            }
        }
        Ok(None)
    }

    fn step(&self, hop: usize, record: Record, direction: Direction, registry: Option<&Registry>) -> Result<Record, Error> {
        let (Some(plan), Some(older), Some(newer)) = (self.hops().get(hop), self.shapes().get(hop), self.shapes().get(hop + 1)) else {
            return Err(self.incompatible(&record.spec().version));
        };
        let complete = self.is_whole(&record, registry) && !self.carries_gap(&record, registry);
        let (from, to) = match direction {
            Direction::Down => (newer, older),
            Direction::Up => (older, newer),
        };
        let crossing = Crossing { plan, direction, from, to, filed: &newer.version, registry };
        crossing.take(record, complete).map_err(|stop| match stop {
            Stop::Refused(field, refused) => self.not_converted(hop, field, direction, refused),
            Stop::Inside(error) => error,
        })
    }

    /// The error for a field of the shape from which a hop is crossed.
    fn not_converted(&self, hop: usize, field: usize, direction: Direction, refused: Refused<'_>) -> Error {
        let shape = |place: usize| self.shapes().get(place).unwrap_or(self.head());
        let (from, to) = match direction {
            Direction::Down => (shape(hop + 1), shape(hop)),
            Direction::Up => (shape(hop), shape(hop + 1)),
        };
        let Refused { op, misfit } = refused;
        Error::from(Box::new(NotConverted {
            object: from.name.clone(),
            field: from.fields.get(field).map(|field| field.name.to_string()).unwrap_or_default(),
            op: op.to_owned(),
            from: from.version.clone(),
            to: to.version.clone(),
            misfit,
        }))
    }

    /// Whether every field is set, and every field of an object that is made of fields, or that fields are made of: what is
    /// complete in one version is then in the other.
    fn is_whole(&self, record: &Record, registry: Option<&Registry>) -> bool {
        let made = self.place(&record.spec().version).and_then(|place| self.made_objects(place));
        record.is_complete() && made.is_none_or(|made| made.iter().all(|index| is_whole(record.at(*index), registry)))
    }

    /// Whether the carry says of some field that it was unset: then the object was partial at another
    /// version, even if the fields of this one are all set.
    fn carries_gap(&self, record: &Record, registry: Option<&Registry>) -> bool {
        let here = &record.spec().version;
        record.carry().hops().any(|(version, hop)| {
            let (Hop::Known(fields), Some(Carrying { plan, direction, shape })) = (hop, self.carrying(here, version)) else {
                return false;
            };
            // An object that became fields, with something unset that they do not tell.
            let inside = |(index, field): (usize, &FieldSpec)| {
                plan.regroups(index, direction).is_some_and(|group| group.nested().is_some())
                    && fields.get(&field.name).is_some_and(|carried| carried.slot.is_set() && !is_whole(&carried.slot, registry))
            };
            if shape.fields.iter().enumerate().any(inside) {
                return true;
            }
            // What is carried of a field that both versions have says nothing: it is sparse.
            let mut moved = shape.fields.iter().enumerate().filter(|(index, _)| plan.moves(*index, direction));
            moved.any(|(_, field)| fields.get(&field.name).is_none_or(|carried| !carried.slot.is_set()))
        })
    }
}

/// One hop, in the direction in which an object takes it.
struct Crossing<'h> {
    plan: &'h HopPlan,
    direction: Direction,
    from: &'h ObjectSpec,
    to: &'h Arc<ObjectSpec>,
    /// Under what its carry is filed: the newer version, whichever the way.
    filed: &'h ObjectVersion,
    /// The objects that may be in it.
    registry: Option<&'h Registry>,
}

/// Why an object does not get over a hop.
enum Stop<'h> {
    /// A field of the shape it comes from, at this place, is refused.
    Refused(usize, Refused<'h>),
    /// An object in it is at fault.
    Inside(Error),
}

impl<'h> From<(usize, Refused<'h>)> for Stop<'h> {
    fn from((field, refused): (usize, Refused<'h>)) -> Self {
        Self::Refused(field, refused)
    }
}

/// The fields that one hop carries, by name.
type Fields = BTreeMap<Arc<str>, Carried>;

impl<'h> Crossing<'h> {
    /// Takes an object over the hop.
    fn take(&self, mut record: Record, complete: bool) -> Result<Record, Stop<'h>> {
        let changes = record.changes();
        let mut carry = record.take_carry();
        let mut carried = match carry.take(self.filed) {
            Some(Hop::Known(fields)) => Some(fields),
            // Filed before this program knew the release: nothing in it can be read, so nothing is known.
            Some(Hop::Opaque(_)) | None => None,
        };
        let moves = match self.direction {
            Direction::Down => &self.plan.down,
            Direction::Up => &self.plan.up,
        };
        let mut slots = Vec::with_capacity(self.to.fields.len());
        let mut moved_changes = FieldSet::EMPTY;
        for (index, target) in moves.targets.iter().enumerate() {
            let (slot, changed) = match target {
                Target::Made => (Slot::Unset, false),
                &Target::From(source) => (record.take(source), changes.contains(source)),
                Target::Default(default) => match &mut carried {
                    Some(fields) => take_carried(fields, self.to, index),
                    None if complete => (default.clone(), false),
                    None => (Slot::Unset, false),
                },
            };
            slots.push(slot);
            if changed {
                moved_changes.insert(index);
            }
        }
        let mut carried = carried.unwrap_or_default();
        let mut kept = Fields::new();
        for group in &self.plan.regrouped {
            self.regroup(group, &mut record, (&mut slots, &mut moved_changes), &mut carried, &mut kept)?;
        }
        self.reshape(&mut slots, carried, &mut kept)?;
        if !moves.dropped.is_empty() || !kept.is_empty() {
            kept.extend(moves.dropped.iter().filter_map(|&index| {
                let carried = Carried { slot: record.take(index), changed: changes.contains(index) };
                let name = self.from.fields.get(index)?.name.clone();
                (carried.slot.is_set() || carried.changed).then_some((name, carried))
            }));
            carry.put(self.filed.clone(), Hop::Known(kept));
        }
        Ok(Record::assemble(self.to.clone(), slots, moved_changes, carry))
    }

    /// Gives the fields that are made of others their states; what is to be carried of those goes into `kept`.
    fn regroup(
        &self,
        group: &'h Regrouped,
        record: &mut Record,
        (slots, changed): (&mut [Slot], &mut FieldSet),
        carried: &mut Fields,
        kept: &mut Fields,
    ) -> Result<(), Stop<'h>> {
        let (from, to) = group.sides(self.direction);
        let changes = record.changes();
        let live = from.places.iter().map(|place| State { slot: record.take(*place), changed: changes.contains(*place) }).collect();
        let known = to.fields.iter().map(|field| carried.remove(&field.name)).collect::<Vec<_>>();
        let known =
            known.iter().any(Option::is_some).then(|| known.into_iter().map(|known| known.map(State::from).unwrap_or_default()).collect());
        let (shown, left) = group.cross(live, known, self.direction, self.registry).map_err(|fault| match fault {
            Fault::Misfit(misfit) => Stop::from(group.refused(misfit, self.direction)),
            Fault::Inside(error) => Stop::Inside(error),
        })?;
        for (place, state) in to.places.iter().zip(shown) {
            if let Some(slot) = slots.get_mut(*place) {
                *slot = state.slot;
            }
            if state.changed {
                changed.insert(*place);
            }
        }
        let left = from.fields.iter().zip(left.into_iter().flatten()).map(|(field, state)| (field.name.clone(), Carried::from(state)));
        kept.extend(left.filter(|(_, carried)| carried.slot.is_set() || carried.changed));
        Ok(())
    }

    /// Gives the fields whose values differ their states in the other version; what is to be carried of them goes into
    /// `kept`.
    fn reshape(&self, slots: &mut [Slot], mut carried: Fields, kept: &mut Fields) -> Result<(), (usize, Refused<'h>)> {
        for field in &self.plan.reshaped {
            let (source, target) = match self.direction {
                Direction::Down => (field.newer, field.older),
                Direction::Up => (field.older, field.newer),
            };
            let (Some(slot), Some(from), Some(to)) = (slots.get_mut(target), self.from.fields.get(source), self.to.fields.get(target))
            else {
                continue;
            };
            let original = carried.remove(&to.name).map(|carried| at_versions_of(slot, carried.slot, self.registry));
            let (shown, left) = field.cross(std::mem::take(slot), original, self.direction).map_err(|refused| (source, refused))?;
            *slot = shown;
            // Whether it is changed is known of the field itself, which is there.
            kept.extend(left.map(|slot| (from.name.clone(), Carried { slot, changed: false })));
        }
        Ok(())
    }
}

/// The state that the carry holds for a field; a field that it does not hold was unset.
fn take_carried(fields: &mut Fields, to: &ObjectSpec, index: usize) -> (Slot, bool) {
    let carried = to.fields.get(index).and_then(|field| fields.remove(&field.name));
    carried.map_or((Slot::Unset, false), |carried| (carried.slot, carried.changed))
}

/// Whether an object that is made of fields, or that fields are made of, has all of its own. Objects in those fields are none of
/// its fields: they may be partial on either side.
fn is_whole(slot: &Slot, registry: Option<&Registry>) -> bool {
    let whole = |object: &Record| {
        let lineage = registry.and_then(|registry| registry.lineage(object.spec().name.as_str()).ok());
        let whole = |lineage: &Lineage| lineage.is_whole(object, registry) && !lineage.carries_gap(object, registry);
        lineage.map_or_else(|| object.is_complete(), whole)
    };
    match slot {
        Slot::Unset => false,
        Slot::Null => true,
        Slot::Value(value) => value.objects().into_iter().all(whole),
    }
}
