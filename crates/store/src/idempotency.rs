//! What makes it safe to ask for an object twice.

use std::fmt;

use recension_model::{Error as ModelError, FieldSpec, Hop, ObjectVersion, Record, Slot};
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

/// A request, and what it asks for.
pub(crate) struct Request {
    key: IdempotencyKey,
    /// The object, and whose the key is.
    scope: [String; 4],
    /// What the draft sets.
    given: Record,
}

impl Request {
    /// The request of `caller` with that key, which has set `given`.
    pub(crate) fn of(target: &Target, caller: &Caller, key: &IdempotencyKey, given: Record) -> Self {
        let whose = match (caller.user_id(), caller.project_id(), caller.capability()) {
            (Some(user), Some(project), _) => ["user", user, project],
            (_, _, Some(capability)) => ["service", capability.name(), ""],
            _ => ["nobody", "", ""],
        };
        let [kind, who, project] = whose.map(str::to_owned);
        Self { key: key.clone(), scope: [target.object().to_string(), kind, who, project], given }
    }

    fn digest<'t>(&'t self, what: &'t str, texts: &'t [String]) -> String {
        let scope = self.scope.iter().map(String::as_str);
        NaturalKey::digest([what].into_iter().chain(scope).chain([&*self.key.0]).chain(texts.iter().map(String::as_str)))
    }

    /// The digest of its key, for its caller and object.
    pub(crate) fn key(&self) -> String {
        self.digest("key", &[])
    }

    /// The digest of what it asks for, as each node of the fleet would write it: at the version that all of them read. The key is a
    /// part of it and lies in the row as a digest only, so that nobody who reads the row can try out values.
    ///
    /// # Errors
    /// [`Error::Invalid`] where an object has no counterpart at that version.
    pub(crate) fn payload(&self, target: &Target, manifest: &Manifest) -> Result<String, Error> {
        let record = json_cell::at_fleet_version(target, self.given.clone(), manifest)?;
        Ok(self.digest("payload", &texts(target, record)?))
    }

    /// The digests at all versions, for a request that was sent while the fleet read another one.
    pub(crate) fn payloads(&self, target: &Target) -> Vec<String> {
        let at = |version| {
            let record = json_cell::at_version(target, self.given.clone(), version, &Manifest::default()).ok()?;
            Some(self.digest("payload", &texts(target, record).ok()?))
        };
        // What has no counterpart at a version was not asked for at it.
        json_cell::versions(target).filter_map(at).collect()
    }
}

/// What is set, by name, and what of it is carried since the version cannot say it.
fn texts(target: &Target, record: Record) -> Result<Vec<String>, Error> {
    let record = without_empty_hops(record)?;
    let text = |field: &FieldSpec, slot: &Slot| match slot.value() {
        Some(value) => json_cell::text(target, record.spec(), field, value),
        None => Ok(String::new()),
    };
    let mut set = Vec::new();
    for (field, slot) in record.spec().fields.iter().zip(record.slots()).filter(|(_, slot)| slot.is_set()) {
        set.push((field.name.to_string(), text(field, slot)?));
    }
    set.sort_unstable();
    let mut texts: Vec<String> = set.into_iter().flat_map(|(name, value)| [name, value]).collect();
    for (version, hop) in record.carry().hops() {
        match hop {
            Hop::Known(fields) => {
                for (name, carried) in fields {
                    let field = json_cell::carried_field(target, &record, version, name)?;
                    texts.extend([version.to_string(), name.to_string(), text(field, &carried.slot)?]);
                }
            }
            Hop::Opaque(json) => texts.extend([version.to_string(), json.to_string()]),
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
