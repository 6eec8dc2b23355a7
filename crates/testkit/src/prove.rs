//! The laws on a typed object.

use proptest::test_runner::TestCaseError;
use recension_model::{Carry, Classes, Draft, Object, ObjectDraft, Partial, Persisted, Record, Revision};
use recension_versioning::{Manifest, Registry, VersionedObject};
use recension_wire::{Codec, Decode, Encode, Error, Form};

use crate::laws::{self, Fault, Law, LawBroken, Trial, without_carry};
use crate::messages::{Format, Twist, twists};
use crate::records::{records, versions};
use crate::trials::Trials;

/// A test that tries every law on random drafts of a typed object, at every version of its history. One
/// line beside the object: `recension_testkit::prove!(disk_obeys, Disk);`, where the first name is that of
/// the module it makes.
#[macro_export]
macro_rules! prove {
    ($module:ident, $object:ty) => {
        #[cfg(test)]
        mod $module {
            use super::*;

            #[test]
            fn the_laws_hold_for_every_draft_at_every_version() {
                if let ::core::result::Result::Err(broken) = $crate::prove_object::<$object>(64) {
                    ::core::panic!("{broken}");
                }
            }
        }
    };
}

/// Tries every law on `drafts` random drafts of an object (as many as `RECENSION_DRAFTS` says where that is set), each at every version of its history, with
/// random versions of the objects in it, and of what somebody there might make of it. A draft with a value
/// that a function of the history refuses is passed over, and more are tried; where nearly all are, that is an error.
///
/// # Errors
/// The broken law, with the smallest draft that breaks it and the seed ([`Trials`]); of its values, public ones only.
pub fn prove_object<T>(drafts: u32) -> Result<(), String>
where
    T: VersionedObject + Encode<Object = T> + Decode<Object = T>,
    Draft<T>: Encode<Object = T> + Decode<Object = T>,
    Persisted<T>: Encode<Object = T> + Decode<Object = T>,
{
    let registry = T::registry().map_err(ToString::to_string)?;
    let head = &T::declaration().head;
    let lineage = registry.lineage(head.name.as_str()).map_err(|error| error.to_string())?;
    let codec = Codec::default();
    let shapes = lineage.shapes().iter().map(|shape| Manifest::default().with(head.name.clone(), shape.version.clone()));
    let others: Vec<_> = shapes.map(|version| records(registry, &head.name, &version)).collect();
    let trials = (records(registry, &head.name, &Manifest::default()), versions(registry), others, twists());
    let drafts = std::env::var("RECENSION_DRAFTS").ok().and_then(|drafts| drafts.parse().ok()).unwrap_or(drafts);
    let all = |(record, children, others, twist): (Record, Manifest, Vec<Record>, Twist)| {
        for (shape, other) in lineage.shapes().iter().zip(&others) {
            let to = children.clone().with(head.name.clone(), shape.version.clone());
            let held = every(&codec, registry, (&record, other), &to, |_| false)
                .and_then(|()| typed::<T>(&codec, &record, &to))
                .and_then(|()| both_ways::<T>(&codec, &record, &to, &twist));
            held.map_err(LawBroken::unless_refused)?;
        }
        Ok(())
    };
    Trials::new(drafts).run(&trials, all)
}

/// Every law on one object, but for those that are broken in a way that is accepted.
pub(crate) fn every(
    codec: &Codec,
    registry: &Registry,
    (record, other): (&Record, &Record),
    to: &Manifest,
    is_accepted: impl Fn(&LawBroken) -> bool,
) -> Result<(), LawBroken> {
    let held = |law: Result<(), LawBroken>| law.or_else(|broken| if is_accepted(&broken) { Ok(()) } else { Err(broken) });
    held(laws::same(registry, record))?;
    held(laws::restore(registry, record, to))?;
    held(laws::faithful(registry, other, to))?;
    held(laws::live_wins(registry, record, other, to))?;
    held(laws::path(registry, record, to))?;
    held(laws::partial_stays_partial(registry, record, to))?;
    // What an older release made, at the newest version.
    let head = &record.spec().version;
    held(laws::partial_stays_partial(registry, other, &Manifest::default().with(record.spec().name.clone(), head.clone())))?;
    held(laws::round_trip(codec, registry, record, to))
}

impl LawBroken {
    /// As the failure of a trial; or, where a function of the history refused a value, as one that does not count: it is for the
    /// history to say what has no counterpart.
    #[must_use]
    pub fn unless_refused(self) -> TestCaseError {
        match &self.fault {
            Fault::Misfit(_) => TestCaseError::reject(self),
            _ => TestCaseError::fail(self),
        }
    }
}

impl From<LawBroken> for proptest::test_runner::Reason {
    fn from(broken: LawBroken) -> Self {
        broken.to_string().into()
    }
}

/// A typed object and a record of it are the same: both give the same bytes at the versions of `to`, both
/// read the same from them, and a draft, a partial and (where nothing is missing) the object itself hold
/// all that the record holds; what a message withheld is missing from it by name. `record` is of the newest versions and carries nothing.
///
/// # Errors
/// [`LawBroken`].
pub fn typed<T>(codec: &Codec, record: &Record, to: &Manifest) -> Result<(), LawBroken>
where
    T: VersionedObject + Encode<Object = T> + Decode<Object = T>,
    Draft<T>: Encode<Object = T> + Decode<Object = T>,
{
    let trial = Trial::new(Law::TypedAndDynamicAgree, record, to);
    let registry = trial.ok(T::registry())?;
    let draft = trial.ok(<Draft<T> as ObjectDraft>::from_record(record.clone()))?;
    trial.equal(record, &ObjectDraft::to_record(&draft))?;
    for format in Format::BOTH {
        typed_in::<T>(&trial, format, codec, registry, &draft, record, to)?;
    }
    Ok(())
}

fn typed_in<T>(
    trial: &Trial<'_>,
    format: Format,
    codec: &Codec,
    registry: &Registry,
    draft: &Draft<T>,
    record: &Record,
    to: &Manifest,
) -> Result<(), LawBroken>
where
    T: VersionedObject + Encode<Object = T> + Decode<Object = T>,
    Draft<T>: Encode<Object = T> + Decode<Object = T>,
{
    let message = same_bytes(trial, format, codec, registry, draft, record, to)?;
    let read = trial.ok(registry.upgrade(trial.ok(format.read_record(codec, registry, &message))?))?;
    let partial: Partial<T> = trial.ok(format.read(codec, &message))?;
    trial.equal(&read, &partial.to_record())?;
    let read = without_carry(read);
    let read_draft: Draft<T> = trial.ok(format.read(codec, &message))?;
    trial.equal(&read, &ObjectDraft::to_record(&read_draft))?;

    let Ok(object) = T::from_draft(draft.clone()) else { return Ok(()) };
    let message = same_bytes(trial, format, codec, registry, &object, &Object::to_record(&object), to)?;
    let whole = without_carry(trial.ok(registry.upgrade_complete(trial.ok(format.read_record(codec, registry, &message))?))?);
    // A secret that stayed behind is missing, and then both say so.
    let expected = T::from_draft(trial.ok(<Draft<T> as ObjectDraft>::from_record(whole.clone()))?);
    match (expected.map_err(|missing| missing.of(&record.spec().name)), format.read::<T>(codec, &message)) {
        (Ok(_), back) => trial.equal(&whole, &Object::to_record(&trial.ok(back)?)),
        (Err(missing), Err(Error::Object(found))) if found == missing => Ok(()),
        (Err(missing), _) => Err(trial.broken(Fault::Refused(missing.to_string()))),
    }
}

fn same_bytes<E: Encode>(
    trial: &Trial<'_>,
    format: Format,
    codec: &Codec,
    registry: &Registry,
    object: &E,
    record: &Record,
    to: &Manifest,
) -> Result<Vec<u8>, LawBroken> {
    let message = trial.first(format.write(codec, object, Form::Trusted, to))?;
    let dynamic = trial.ok(format.write_record(codec, registry, record, to))?;
    if message == dynamic { Ok(message) } else { Err(trial.broken(Fault::Bytes)) }
}

/// The short way between a typed object and its message gives what the long way gives, and refuses what it refuses
/// with the same error: an object, one from a row, a draft and a record, in both formats, spelled otherwise, damaged
/// and within small limits.
fn both_ways<T>(codec: &Codec, record: &Record, to: &Manifest, twist: &Twist) -> Result<(), LawBroken>
where
    T: VersionedObject + Encode<Object = T> + Decode<Object = T>,
    Draft<T>: Encode<Object = T> + Decode<Object = T>,
    Persisted<T>: Encode<Object = T> + Decode<Object = T>,
{
    let trial = Trial::new(Law::WaysAgree, record, to);
    let registry = trial.ok(T::registry())?;
    laws::ways_agree(codec, registry, record, to, twist)?;
    let draft = trial.ok(<Draft<T> as ObjectDraft>::from_record(record.clone()))?;
    let small = codec.clone().limits(twist.limits);
    let object = T::from_draft(draft.clone()).ok();
    let row = object.clone().map(|object| Persisted::assemble(object, Revision(twist.seed), Carry::default()));
    for format in Format::BOTH {
        trial.check(writes(format, &small, "a draft to", &draft, to))?;
        reads::<T>(&trial, format, codec, &trial.ok(format.write(codec, &draft, Form::Trusted, to))?, twist)?;
        if let (Some(object), Some(row)) = (&object, &row) {
            trial.check(writes(format, &small, "an object to", object, to))?;
            trial.check(writes(format, &small, "an object of a row to", row, to))?;
            reads::<T>(&trial, format, codec, &trial.ok(format.write(codec, row, Form::Trusted, to))?, twist)?;
        }
    }
    Ok(())
}

fn writes<E: Encode>(format: Format, codec: &Codec, what: &'static str, object: &E, to: &Manifest) -> Result<(), Fault> {
    [Form::Trusted, Form::Disclosed(Classes::PUBLIC)]
        .into_iter()
        .try_for_each(|form| laws::same_bytes(what, format, codec, |codec| format.write(codec, object, form, to)))
}

fn reads<T>(trial: &Trial<'_>, format: Format, codec: &Codec, message: &[u8], twist: &Twist) -> Result<(), LawBroken>
where
    T: VersionedObject + Decode<Object = T>,
    Draft<T>: Decode<Object = T>,
    Persisted<T>: Decode<Object = T>,
{
    for (codec, done, message) in laws::variants(codec, format, message, twist) {
        trial.check(laws::agree("an object from", format, done, &codec, |codec| {
            format.read::<T>(codec, &message).map(|object| Object::to_record(&object))
        }))?;
        trial.check(laws::agree("a draft from", format, done, &codec, |codec| {
            format.read::<Draft<T>>(codec, &message).map(|draft| ObjectDraft::to_record(&draft))
        }))?;
        let row = |codec: &Codec| format.read::<Persisted<T>>(codec, &message);
        let (short, long) = (row(&codec), row(&codec.clone().long_way_only()));
        trial.check(laws::same_result(
            "an object of a row from",
            || format!("{} {done}", format.as_str()),
            &short,
            &long,
            |short, long| {
                laws::kept(&long.to_record(), &short.to_record(), "")?;
                if short.revision() == long.revision() { Ok(()) } else { Err(Fault::Bytes) }
            },
        ))?;
    }
    Ok(())
}
