//! Reading the envelope of a record, with care: a level at a time, and each fault with its name and its place.

mod carry;
mod data;

use std::borrow::Cow;
use std::cell::Cell;
use std::marker::PhantomData;

use recension_model::{FieldSet, ObjectSpec, Record, Revision};
use recension_versioning::Registry;

use crate::error::Malformation;
use crate::format::{Format, Scalar};
use crate::scan::{at_most, hops_above};
use crate::{Error, Limit, Limits, Profile};

/// Reads one message of a format.
pub(crate) struct Decoder<'d, F> {
    profile: &'d Profile,
    registry: &'d Registry,
    limits: &'d Limits,
    objects: Cell<usize>,
    /// Whether it was stored rather than sent: then a limit that is narrower since does not matter, and an enum value of
    /// another release is kept.
    stored: bool,
    format: PhantomData<F>,
}

/// An object at the version of its message, and the revision of its row.
pub(crate) struct Decoded {
    pub(crate) record: Record,
    pub(crate) revision: Option<Revision>,
}

/// An envelope whose parts have not been read yet: keys may come in any order, and `data` means nothing
/// before the version is known.
struct Envelope<'m, F: Format> {
    name: Option<Cow<'m, str>>,
    namespace: Option<Cow<'m, str>>,
    version: Option<Cow<'m, str>>,
    data: Option<F::Raw<'m>>,
    changes: Vec<Cow<'m, str>>,
    carry: Option<F::Raw<'m>>,
    revision: Option<u64>,
}

/// Bytes past which nothing is a name of an object that nobody here knows.
const NAME_BYTES_MAX: usize = 64;

const KEYS: [&str; 7] = ["name", "namespace", "version", "data", "changes", "carry", "revision"];

impl<'d, F: Format> Decoder<'d, F> {
    pub(crate) const fn new(profile: &'d Profile, registry: &'d Registry, limits: &'d Limits) -> Self {
        Self { profile, registry, limits, objects: Cell::new(0), stored: false, format: PhantomData }
    }

    /// A decoder of what was stored.
    pub(crate) const fn of_stored(profile: &'d Profile, registry: &'d Registry, limits: &'d Limits) -> Self {
        Self { stored: true, ..Self::new(profile, registry, limits) }
    }

    /// Reads a message: its limits first, then the envelope.
    pub(crate) fn message(&self, bytes: &[u8]) -> Result<Decoded, Error> {
        self.object(F::message(bytes, self.limits)?)
    }

    /// Reads an envelope: the outermost one, or that of an object inside another.
    fn object(&self, raw: F::Raw<'_>) -> Result<Decoded, Error> {
        self.objects.set(self.objects.get() + 1);
        at_most(self.objects.get(), Limit::Objects, self.limits.objects)?;
        let envelope = self.envelope(raw)?;
        let namespace = envelope.namespace.as_deref().ok_or(Malformation::MissingKey("namespace"))?;
        let name = envelope.name.as_deref().ok_or(Malformation::MissingKey("name"))?;
        let version = envelope.version.as_deref().ok_or(Malformation::MissingKey("version"))?;
        let data = envelope.data.ok_or(Malformation::MissingKey("data"))?;
        let unknown = || Error::UnknownObject { namespace: called(namespace), name: called(name) };
        let lineage = self.registry.lineage(name).map_err(|_| unknown())?;
        let is_called_so = |shape: &ObjectSpec| {
            let (known, of) = shape.called();
            *known == *name && of == namespace
        };
        if !lineage.shapes().iter().any(|shape| is_called_so(shape)) {
            return Err(unknown());
        }
        let version = version.parse().map_err(|_| Malformation::Version(name.to_owned()))?;
        let spec = lineage.shape(&version)?;
        // Each version goes by the name that it had.
        if !is_called_so(spec) {
            return Err(unknown());
        }
        at_most(hops_above(lineage, &version), Limit::Hops, self.limits.hops)?;
        let mut record = self.data(data, spec)?;
        let changes = self.changes(&envelope, &record)?;
        record.set_changes(changes);
        if let Some(raw) = envelope.carry {
            record.set_carry(self.carry(raw, spec)?);
        }
        Ok(Decoded { record, revision: envelope.revision.map(Revision) })
    }

    fn envelope<'m>(&self, raw: F::Raw<'m>) -> Result<Envelope<'m, F>, Error> {
        let mut envelope =
            Envelope { name: None, namespace: None, version: None, data: None, changes: Vec::new(), carry: None, revision: None };
        let mut seen: Vec<&'static str> = Vec::with_capacity(KEYS.len());
        for (place, (key, raw)) in map::<F>("message", raw)?.into_iter().enumerate() {
            let known = self.known_key(&key).ok_or_else(|| Malformation::UnknownKey(self.unknown_key(&key, place)))?;
            if seen.contains(&known) {
                return Err(Malformation::DuplicateKey(key.into_owned()).into());
            }
            seen.push(known);
            match known {
                "name" => envelope.name = Some(text::<F>(known, raw)?),
                "namespace" => envelope.namespace = Some(text::<F>(known, raw)?),
                "version" => envelope.version = Some(text::<F>(known, raw)?),
                "data" => envelope.data = Some(raw),
                "changes" => envelope.changes = names::<F>(known, raw)?,
                "carry" => envelope.carry = Some(raw),
                _ => envelope.revision = Some(count::<F>(known, raw)?),
            }
        }
        Ok(envelope)
    }

    /// The key of the envelope that `key` is: with our prefix, and ours only where the profile uses them.
    fn known_key(&self, key: &str) -> Option<&'static str> {
        self.any_key(key).filter(|known| self.profile.extensions || !matches!(*known, "carry" | "revision"))
    }

    /// The same, whatever the profile uses.
    fn any_key(&self, key: &str) -> Option<&'static str> {
        let bare = key.strip_prefix(&*self.profile.prefix)?.strip_prefix('.')?;
        KEYS.into_iter().find(|known| *known == bare)
    }

    /// What an error says of a key that must not be there: its name where that is ours, else its place.
    fn unknown_key(&self, key: &str, place: usize) -> String {
        if self.any_key(key).is_some() { key.to_owned() } else { format!("message[{place}]") }
    }

    /// The error for a field that a version has not: with its name where another version has it, else with its `place`. A name that
    /// nobody has declared may be a value.
    fn unknown_field(&self, spec: &ObjectSpec, name: &str, place: impl Fn() -> String) -> Error {
        let lineage = self.registry.lineage(spec.name.as_str());
        let is_ours = lineage.is_ok_and(|lineage| lineage.shapes().iter().any(|shape| shape.index_of(name).is_some()));
        if is_ours { spec.unknown_field(name).into() } else { spec.unknown_field(&place()).into() }
    }

    /// The changed fields: names that the version has, of fields that are set. A sender's claim beyond that
    /// is not believed.
    fn changes(&self, envelope: &Envelope<'_, F>, record: &Record) -> Result<FieldSet, Error> {
        let mut changes = FieldSet::EMPTY;
        for (place, name) in envelope.changes.iter().enumerate() {
            let spec = record.spec();
            let index = spec.index_of(name).ok_or_else(|| self.unknown_field(spec, name, || format!("changes[{place}]")))?;
            if record.at(index).is_set() {
                changes.insert(index);
            }
        }
        Ok(changes)
    }
}

/// The entries of a part of the envelope that must be a map.
fn map<'m, F: Format>(what: &'static str, raw: F::Raw<'m>) -> Result<crate::format::Entries<'m, F>, Error> {
    Ok(F::map(raw)?.ok_or(Malformation::WrongType(what))?)
}

fn text<'m, F: Format>(what: &'static str, raw: F::Raw<'m>) -> Result<Cow<'m, str>, Error> {
    match F::scalar(raw)? {
        Scalar::Text(text) => Ok(text),
        _ => Err(Malformation::WrongType(what).into()),
    }
}

fn names<'m, F: Format>(what: &'static str, raw: F::Raw<'m>) -> Result<Vec<Cow<'m, str>>, Error> {
    F::list(raw)?.ok_or(Malformation::WrongType(what))?.into_iter().map(|name| text::<F>(what, name)).collect()
}

fn count<F: Format>(what: &'static str, raw: F::Raw<'_>) -> Result<u64, Error> {
    let wrong = || Error::from(Malformation::WrongType(what));
    match F::scalar(raw)? {
        Scalar::Integer(number) => number.try_into().map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

/// What an error calls an object that nobody here knows: a newer peer may well have it. Text of another form than names have is
/// something else that got into the place of one, and is not told.
fn called(name: &str) -> String {
    let fits = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.');
    let is_name = name.len() <= NAME_BYTES_MAX && name.chars().all(fits);
    if is_name { name.to_owned() } else { "?".to_owned() }
}
