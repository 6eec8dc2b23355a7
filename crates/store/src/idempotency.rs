//! What makes it safe to ask for an object twice.

use std::fmt;

use recension_model::{Error as ModelError, FieldClass, Hop, ObjectVersion, Record, Slot, Value};
use recension_versioning::Manifest;

use crate::target::Target;
use crate::{Caller, Error, Malformed, NaturalKey, Persist, json_cell};

/// Most bytes of a key.
const KEY_MAX: usize = 255;

/// An object that can be asked for more than once and is made once, by
/// [`create_once`](crate::Session::create_once). Implemented by the derive `Persist` where it says `idempotency_key`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not know which request has made it",
    label = "asking twice would make two of it",
    note = "say `#[persist(idempotency_key)]`, and give its table the columns `idempotency_key` and `idempotency_payload`"
)]
pub trait CreateOnce: Persist {}

/// Where a row holds by which request it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Idempotency {
    /// The column with the digest of the key of the request, which is unique: 64 hexadecimal digits, or NULL in a row that was made
    /// in another way.
    pub key: &'static str,
    /// The column with the digest of what was asked for, in the same form.
    pub payload: &'static str,
}

/// Names a request that makes one object, however often it is sent. Whoever sends it chooses the key, once for each thing that is to be
/// made, and sends the same again when there was no answer: a random UUID is best.
///
/// It belongs to its caller: the same text of another user, or in another project, is another key. Nothing shows it.
///
/// ```
/// use recension_store::{Error, IdempotencyKey, Malformed};
///
/// assert!(IdempotencyKey::new("9f0c7c1e-6a53-4b0b-9a4e-0f5a2f2b7a11").is_ok());
/// for key in ["", "with a line\nfeed", &"k".repeat(256)] {
///     assert!(matches!(IdempotencyKey::new(key), Err(Error::Malformed(Malformed::IdempotencyKey))));
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey(Box<str>);

impl IdempotencyKey {
    /// A key of 1 to 255 printable ASCII characters.
    ///
    /// # Errors
    /// [`Malformed::IdempotencyKey`] for any other text.
    pub fn new(key: &str) -> Result<Self, Error> {
        let is_key = (1..=KEY_MAX).contains(&key.len()) && key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if is_key { Ok(Self(key.into())) } else { Err(Error::Malformed(Malformed::IdempotencyKey)) }
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(..)")
    }
}

/// The digests of a request.
#[derive(Clone)]
pub(crate) struct Request {
    /// Of its key, for this caller and object.
    pub(crate) key: String,
    /// Of what it asks for.
    pub(crate) payload: String,
}

impl Request {
    /// The digests of a request of `caller`, which has set `given`.
    ///
    /// # Errors
    /// [`Error::Invalid`] where an object has no counterpart at the version that the fleet reads.
    pub(crate) fn of(target: &Target, caller: &Caller, key: &IdempotencyKey, given: &Record, manifest: &Manifest) -> Result<Self, Error> {
        let whose = match (caller.user_id(), caller.project_id()) {
            (Some(user), Some(project)) => ["user", user, project],
            _ => ["service", "", ""],
        };
        let scope = [target.object().as_str(), whose[0], whose[1], whose[2], &key.0];
        let payload = texts(target, given, manifest)?;
        // The key is a part of this digest and lies in the row as a digest only, so that nobody who reads the row can try out values.
        let payload = NaturalKey::digest(["payload"].into_iter().chain(scope).chain(payload.iter().map(String::as_str)));
        Ok(Self { key: NaturalKey::digest(["key"].into_iter().chain(scope)), payload })
    }
}

/// What is set, as each node of the fleet would write it: at the version that all of them read.
fn texts(target: &Target, given: &Record, manifest: &Manifest) -> Result<Vec<String>, Error> {
    let record = without_empty_hops(json_cell::at_fleet_version(target, given.clone(), manifest)?)?;
    let mut texts = Vec::new();
    for (field, slot) in record.spec().fields.iter().zip(record.slots()).filter(|(_, slot)| slot.is_set()) {
        texts.push((field.name.to_string(), slot.value().map(|value| json_cell::text(target, record.spec(), field, value)).transpose()?));
    }
    texts.sort_unstable();
    let mut texts: Vec<String> = texts.into_iter().flat_map(|(name, value)| [name, value.unwrap_or_default()]).collect();
    if !record.carry().is_empty() {
        texts.push(json_cell::envelope(target, &record)?);
    }
    // A secret that the version of the fleet has no field for is not carried.
    for (field, slot) in target.spec.fields.iter().zip(given.slots()).filter(|(field, _)| field.class == FieldClass::Secret) {
        if let Some(text) = slot.value().and_then(Value::to_text) {
            texts.extend([field.name.to_string(), text.into_owned()]);
        }
    }
    Ok(texts)
}

/// A record without what is carried of nothing: a newer release says so where an older one has nothing to say.
fn without_empty_hops(mut record: Record) -> Result<Record, ModelError> {
    let mut carry = record.take_carry();
    let is_empty = |hop: &Hop| matches!(hop, Hop::Known(fields) if fields.is_empty());
    let empty: Vec<ObjectVersion> = carry.hops().filter(|(_, hop)| is_empty(hop)).map(|(version, _)| version.clone()).collect();
    for version in &empty {
        carry.take(version);
    }
    record.set_carry(carry);
    let holders: Vec<usize> = record.slots().iter().enumerate().filter(|(_, slot)| holds_objects(slot)).map(|(index, _)| index).collect();
    for index in holders {
        let Slot::Value(value) = record.take(index) else { continue };
        record.fill(index, Slot::Value(value.try_map_objects(&mut without_empty_hops)?))?;
    }
    Ok(record)
}

fn holds_objects(slot: &Slot) -> bool {
    slot.value().is_some_and(|value| !value.objects().is_empty())
}
