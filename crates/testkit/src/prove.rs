//! The laws on a typed object.

use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use recension_model::{Carry, Draft, Object, ObjectDraft, Partial, Record};
use recension_versioning::{Manifest, Registry, VersionedObject};
use recension_wire::{Codec, Decode, Encode, Form};

use crate::laws::{self, Fault, Law, LawBroken, Trial};
use crate::records::{records, versions};

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
            fn the_laws_hold_for_every_draft_at_every_version() -> ::core::result::Result<(), ::std::string::String> {
                $crate::prove_object::<$object>(64)
            }
        }
    };
}

/// Tries every law on `drafts` random drafts of an object, each at every version of its history, with
/// random versions of the objects in it, and of what somebody there might make of it. A draft with a value
/// that a function of the history refuses is passed over, and more are tried; where nearly all are, that is an error.
///
/// # Errors
/// The broken law, with the smallest draft that breaks it; of its values, public ones only.
pub fn prove_object<T>(drafts: u32) -> Result<(), String>
where
    T: VersionedObject + Encode<Object = T> + Decode<Object = T>,
    Draft<T>: Encode<Object = T> + Decode<Object = T>,
{
    let registry = T::registry().map_err(ToString::to_string)?;
    let head = &T::declaration().head;
    let lineage = registry.lineage(head.name.as_str()).map_err(|error| error.to_string())?;
    let codec = Codec::default();
    let shapes = lineage.shapes().iter().map(|shape| Manifest::default().with(head.name.clone(), shape.version.clone()));
    let others: Vec<_> = shapes.map(|version| records(registry, &head.name, &version)).collect();
    let trials = (records(registry, &head.name, &Manifest::default()), versions(registry), others);
    let config = ProptestConfig { cases: drafts, failure_persistence: None, ..ProptestConfig::default() };
    let all = |(record, children, others): (Record, Manifest, Vec<Record>)| {
        for (shape, other) in lineage.shapes().iter().zip(&others) {
            let to = children.clone().with(head.name.clone(), shape.version.clone());
            every(&codec, registry, &record, other, &to).and_then(|()| typed::<T>(&codec, &record, &to)).map_err(|broken| match &broken
                .fault
            {
                Fault::Misfit(_) => TestCaseError::reject(broken),
                _ => TestCaseError::fail(broken),
            })?;
        }
        Ok(())
    };
    TestRunner::new(config).run(&trials, all).map_err(|error| error.to_string())
}

/// Every law on one object.
fn every(codec: &Codec, registry: &Registry, record: &Record, other: &Record, to: &Manifest) -> Result<(), LawBroken> {
    laws::same(registry, record)?;
    laws::restore(registry, record, to)?;
    laws::live_wins(registry, record, other, to)?;
    laws::path(registry, record, to)?;
    laws::partial_stays_partial(registry, record, to)?;
    laws::round_trip(codec, registry, record, to)
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
    let message = same_bytes(&trial, codec, registry, &draft, record, to)?;

    let read = trial.ok(registry.upgrade(trial.ok(codec.record_from_json(registry, &message))?))?;
    let partial: Partial<T> = trial.ok(codec.from_json(&message))?;
    trial.equal(&read, &partial.to_record())?;
    let read = without_carry(read);
    let read_draft: Draft<T> = trial.ok(codec.from_json(&message))?;
    trial.equal(&read, &ObjectDraft::to_record(&read_draft))?;

    let Ok(object) = T::from_draft(draft) else { return Ok(()) };
    let message = same_bytes(&trial, codec, registry, &object, &Object::to_record(&object), to)?;
    let whole = without_carry(trial.ok(registry.upgrade_complete(trial.ok(codec.record_from_json(registry, &message))?))?);
    // A secret that stayed behind is missing, and then both say so.
    let expected = T::from_draft(trial.ok(<Draft<T> as ObjectDraft>::from_record(whole.clone()))?);
    match (expected.map_err(|missing| missing.of(&record.spec().name)), codec.from_json::<T>(&message)) {
        (Ok(_), back) => trial.equal(&whole, &Object::to_record(&trial.ok(back)?)),
        (Err(missing), Err(recension_wire::Error::Object(found))) if found == missing => Ok(()),
        (Err(missing), _) => Err(trial.broken(Fault::Refused(missing.to_string()))),
    }
}

fn same_bytes<E: Encode>(
    trial: &Trial<'_>,
    codec: &Codec,
    registry: &Registry,
    object: &E,
    record: &Record,
    to: &Manifest,
) -> Result<Vec<u8>, LawBroken> {
    let message = trial.ok(codec.to_json(object, Form::Trusted.manifest(to)))?;
    let dynamic = trial.ok(codec.record_to_json(registry, &record, Form::Trusted.manifest(to)))?;
    if message == dynamic { Ok(message) } else { Err(trial.broken(Fault::Bytes)) }
}

/// A record as a draft or the object itself holds it, which have no place for a carry.
fn without_carry(mut record: Record) -> Record {
    let _ = Carry::gather(&mut record);
    record
}
