//! What must hold for every object and every version.
//!
//! | law | statement |
//! |---|---|
//! | [`same`] | converting an object to its own version changes nothing |
//! | [`restore`] | down and up again gives the object back, with its changes and what it carried |
//! | [`faithful`] | up and down again gives an older object back |
//! | [`live_wins`] | what is changed at an older version stays changed, and nothing else does |
//! | [`path`] | a jump over several versions is the same as its hops |
//! | [`partial_stays_partial`] | a field keeps its state, or gets the one that the ops on it give; only a whole object gains defaults |
//! | [`round_trip`] | what is read from a message is what was written, and is written as the same bytes again, in JSON and MessagePack |
//! | [`ways_agree`] | the short way from a message to a record gives what the long way gives, and refuses what it refuses with the same error |
//!
//! Versions are given as a [`Manifest`], one for each object of the tree; an object that it does not name
//! stays as it is.

mod broken;
mod edits;
mod others;
mod replay;
mod shed;
mod ways;

use std::collections::BTreeMap;

use recension_model::{Carry, Hop, ObjectName, ObjectVersion, Record, Slot, Value};
use recension_versioning::{Lineage, Manifest, Registry};
use recension_wire::Codec;

pub use broken::{Fault, Law, LawBroken};
pub use edits::live_wins;
pub use ways::ways_agree;

pub(crate) use self::broken::Trial;
pub(crate) use self::broken::kept;
use self::replay::replay;
use self::shed::shed_secrets;
pub(crate) use self::ways::{agree, same_bytes, same_result, variants};
use crate::messages::Format;

/// Converting an object to its own version, and its children to theirs, changes nothing. Where its version
/// pins a child to an earlier version than the child has, the child is taken there, and then nothing more changes.
///
/// # Errors
/// [`LawBroken`].
pub fn same(registry: &Registry, record: &Record) -> Result<(), LawBroken> {
    let own = Manifest::default();
    let trial = Trial::new(Law::Same, record, &own);
    let converted = trial.first(convert(registry, record, &own))?;
    if same_versions(record, &converted) {
        trial.equal(record, &converted)?;
    }
    trial.equal(&converted, &trial.ok(convert(registry, &converted, &own))?)
}

/// An object of the newest version, taken to the versions of `to` and back, has the states, the changes
/// and the carry that it had. (It may carry more: what an older version was shown in place of a field that
/// is no more.) No object in the older one is of a version above the one that it pins. A second journey then
/// shows the older version the same; there it may carry what the newest version gave to an object that was made
/// of fields on the way, and a third journey adds nothing to that.
///
/// # Errors
/// [`LawBroken`].
pub fn restore(registry: &Registry, record: &Record, to: &Manifest) -> Result<(), LawBroken> {
    let trial = Trial::new(Law::Restore, record, to);
    let newest = trial.first(registry.upgrade(record.clone()))?;
    let older = trial.first(convert(registry, &newest, to))?;
    trial.check(pinned(registry, &older, ""))?;
    let back = trial.ok(registry.upgrade(older.clone()))?;
    trial.check(kept(&newest, &back, ""))?;
    let again = trial.ok(convert(registry, &back, to))?;
    trial.check(kept(&older, &again, ""))?;
    if older == again {
        return Ok(());
    }
    let once_more = trial.ok(convert(registry, &trial.ok(registry.upgrade(again.clone()))?, to))?;
    trial.equal(&again, &once_more)
}

/// An object that somebody made at an older version, with the objects in it at theirs, is there again after a journey to the newest
/// version: the states and the changes that it had. (It may carry what the newest version gave it.)
///
/// # Errors
/// [`LawBroken`].
pub fn faithful(registry: &Registry, record: &Record, to: &Manifest) -> Result<(), LawBroken> {
    let trial = Trial::new(Law::Faithful, record, to);
    let older = trial.first(convert(registry, record, to))?;
    let newest = trial.first(registry.upgrade(older.clone()))?;
    trial.check(kept(&older, &trial.ok(convert(registry, &newest, to))?, ""))
}

/// A jump over several versions is the same as its hops, carry included, both ways. The objects in the
/// object are first taken to what its own version pins them to, or to what `to` names if that is lower.
/// A version on the way may pin them lower than they are at both ends: they then carry more, as after any way there
/// and back (see [`restore`]).
///
/// # Errors
/// [`LawBroken`].
pub fn path(registry: &Registry, record: &Record, to: &Manifest) -> Result<(), LawBroken> {
    let trial = Trial::new(Law::Path, record, to);
    let lineage = trial.ok(registry.lineage(record.spec().name.as_str()))?;
    let start = record.spec().version.clone();
    let goal = version_in(to, record);
    let record = trial.first(registry.convert(record.clone(), &start, to))?;
    let jump = trial.first(convert(registry, &record, to))?;
    same_end(&trial, &record, &jump, &trial.ok(hops(registry, lineage, &record, &goal, to))?)?;
    let back = trial.ok(registry.convert(jump.clone(), &start, to))?;
    same_end(&trial, &jump, &back, &trial.ok(hops(registry, lineage, &jump, &start, to))?)
}

/// Whether a jump ends where its hops do.
fn same_end(trial: &Trial<'_>, start: &Record, jump: &Record, hops: &[Record]) -> Result<(), LawBroken> {
    let Some((end, between)) = hops.split_last() else { return trial.equal(jump, start) };
    let ends = lowest(start).into_iter().chain(lowest(end)).collect::<Vec<_>>();
    let sinks = |(name, version): (&ObjectName, &ObjectVersion)| ends.iter().all(|(known, other)| *known != name || version < *other);
    if between.iter().any(|record| lowest(record).into_iter().any(sinks)) {
        return trial.check(kept(jump, end, ""));
    }
    trial.equal(jump, end)
}

/// A field keeps its state, and whether it is changed, under the name it has at the other version; where ops on
/// the way change what it holds, it has the state that they give one after the other. A field
/// that the object's version has not is set and unchanged where the object was whole, and unset where it
/// was partial. The same holds for the objects in it.
///
/// For objects that carry nothing: what a carry brings back is a matter of [`restore`].
///
/// # Errors
/// [`LawBroken`].
pub fn partial_stays_partial(registry: &Registry, record: &Record, to: &Manifest) -> Result<(), LawBroken> {
    let trial = Trial::new(Law::PartialStaysPartial, record, to);
    let converted = trial.first(convert(registry, record, to))?;
    trial.check(follows(registry, record, &converted, ""))
}

/// What is read from a message is what was written, and is written for the same reader as the same bytes
/// again: the object at its own versions, and at those of `to`. Secrets do not travel in a carry; all else does.
///
/// For a codec whose profile writes the carry, and times to the microsecond.
///
/// # Errors
/// [`LawBroken`].
pub fn round_trip(codec: &Codec, registry: &Registry, record: &Record, to: &Manifest) -> Result<(), LawBroken> {
    for versions in [&Manifest::default(), to] {
        let trial = Trial::new(Law::RoundTrip, record, versions);
        let mut written = trial.first(convert(registry, record, versions))?;
        shed_secrets(registry, &mut written);
        for format in Format::BOTH {
            let message = trial.ok(format.write_record(codec, registry, record, versions))?;
            let read = trial.ok(format.read_record(codec, registry, &message))?;
            trial.equal(&written, &read)?;
            let again = trial.ok(format.write_record(codec, registry, &read, versions))?;
            if again != message {
                return Err(trial.broken(Fault::Bytes));
            }
        }
    }
    Ok(())
}

/// An object that carries nothing, nor does any in it.
pub(crate) fn without_carry(mut record: Record) -> Record {
    let _ = Carry::gather(&mut record);
    record
}

fn version_in(to: &Manifest, record: &Record) -> ObjectVersion {
    to.version(record.spec().name.as_str()).unwrap_or(&record.spec().version).clone()
}

fn convert(registry: &Registry, record: &Record, to: &Manifest) -> Result<Record, recension_versioning::Error> {
    registry.convert(record.clone(), &version_in(to, record), to)
}

/// Whether the objects in two records are of the same versions.
fn same_versions(left: &Record, right: &Record) -> bool {
    let objects = |slot: &'_ Slot| -> Vec<Record> { slot.value().map(Value::objects).unwrap_or_default().into_iter().cloned().collect() };
    let same = |(left, right): (&Slot, &Slot)| objects(left).iter().zip(&objects(right)).all(|(left, right)| same_versions(left, right));
    left.spec().version == right.spec().version && left.slots().iter().zip(right.slots()).all(same)
}

/// No object is of a version above the one to which the object around it pins the field.
fn pinned(registry: &Registry, record: &Record, path: &str) -> Result<(), Fault> {
    let spec = record.spec();
    let lineage = registry.lineage(spec.name.as_str()).map_err(|error| Fault::Refused(error.to_string()))?;
    for (field, slot) in spec.fields.iter().zip(record.slots()) {
        let pin = lineage.pin(&spec.version, &field.name);
        for object in slot.value().map(Value::objects).unwrap_or_default() {
            let (name, version) = (&object.spec().name, &object.spec().version);
            if let Some(pin) = pin.filter(|pin| version > pin) {
                return Err(Fault::Version { expected: format!("`{name}` {pin} in `{path}{}`", field.name), found: version.to_string() });
            }
            pinned(registry, object, &format!("{path}{}.", field.name))?;
        }
    }
    Ok(())
}

/// The lowest version of each object that is in a record.
fn lowest(record: &Record) -> BTreeMap<&ObjectName, &ObjectVersion> {
    let mut versions = BTreeMap::new();
    let mut objects = held(record);
    while let Some(object) = objects.pop() {
        let lowest = versions.entry(&object.spec().name).or_insert(&object.spec().version);
        *lowest = (*lowest).min(&object.spec().version);
        objects.extend(held(object));
    }
    versions
}

/// The objects in the fields of a record and in those that it carries.
fn held(record: &Record) -> Vec<&Record> {
    let carried = record.carry().hops().filter_map(|(_, hop)| if let Hop::Known(fields) = hop { Some(fields) } else { None });
    let carried = carried.flat_map(|fields| fields.values().map(|carried| &carried.slot));
    record.slots().iter().chain(carried).filter_map(Slot::value).flat_map(Value::objects).collect()
}

/// Converts one version at a time: the object at each of them.
fn hops(
    registry: &Registry,
    lineage: &Lineage,
    record: &Record,
    goal: &ObjectVersion,
    to: &Manifest,
) -> Result<Vec<Record>, recension_versioning::Error> {
    let start = record.spec().version.clone();
    let versions = lineage.shapes().iter().map(|shape| &shape.version);
    let mut between: Vec<_> =
        versions.filter(|version| **version > start.clone().min(goal.clone()) && **version < start.clone().max(goal.clone())).collect();
    if *goal < start {
        between.reverse();
    }
    let mut record = record.clone();
    let mut hop = |version| {
        record = registry.convert(record.clone(), version, to)?;
        Ok(record.clone())
    };
    between.into_iter().chain([goal]).map(&mut hop).collect()
}

/// How a conversion broke the rule of [`partial_stays_partial`].
fn follows(registry: &Registry, before: &Record, after: &Record, path: &str) -> Result<(), Fault> {
    let (from, to) = (before.spec(), after.spec());
    let lineage = registry.lineage(from.name.as_str()).map_err(|error| Fault::Refused(error.to_string()))?;
    let traced = replay(registry, lineage.releases(), before, to).map_err(|misfit| Fault::Misfit(misfit.to_string()))?;
    for (index, traced) in traced.into_iter().enumerate() {
        let name = to.fields.get(index).map(|field| format!("{path}{}", field.name)).unwrap_or_default();
        if traced.changed != after.changes().contains(index) {
            return Err(Fault::Changed { field: name });
        }
        same_state(registry, &traced.slot, after.at(index), &name)?;
    }
    Ok(())
}

fn same_state(registry: &Registry, before: &Slot, after: &Slot, path: &str) -> Result<(), Fault> {
    match broken::pairs(before, after, path) {
        Some(pairs) => pairs.into_iter().try_for_each(|(path, before, after)| follows(registry, before, after, &path)),
        None if before == after => Ok(()),
        None => Err(Fault::of_states(path, before, after)),
    }
}
