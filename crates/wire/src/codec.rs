//! Encoding and decoding.

use recension_model::{Object, Record, Revision};
use recension_versioning::Registry;

use crate::decode::{Decoded, Decoder};
use crate::encode::Encoder;
use crate::scan::scan;
use crate::sink::JsonSink;
use crate::typed::registry_of;
use crate::{Decode, Encode, Error, Limits, Profile, Target};

/// Writes and reads messages of one profile, within limits.
///
/// ```
/// use recension_wire::{Codec, Limits, Profile};
/// let codec = Codec::new(Profile::new("nova_object")).limits(Limits { message_bytes: 64 << 10, ..Limits::default() });
/// # let _ = codec;
/// ```
#[derive(Clone, Debug, Default)]
pub struct Codec {
    profile: Profile,
    limits: Limits,
}

impl Codec {
    /// A codec of this profile, with the default limits.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        Self { profile, limits: Limits::default() }
    }

    /// What a message may ask of us.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Writes a typed object.
    ///
    /// # Errors
    /// [`Error::Object`] when a field breaks its limits, or holds an enum value that this release does not
    /// know; [`Error::Incompatible`] when the object has not the version asked for; [`Error::TooLarge`]
    /// when the message is past a limit, so that this codec could not read it.
    pub fn to_json<'t, E: Encode>(&self, object: &E, target: impl Into<Target<'t>>) -> Result<Vec<u8>, Error> {
        let registry = registry_of::<E::Object>()?;
        self.encode(registry, object.to_record()?, object.revision(), &target.into())
    }

    /// Reads a typed object from any known version, upgraded to the newest. See [`Decode`] for what becomes
    /// of the carry, and of fields that an older version has not.
    ///
    /// # Errors
    /// Every variant of [`Error`]; nothing is read in part.
    pub fn from_json<D: Decode>(&self, message: &[u8]) -> Result<D, Error> {
        let registry = registry_of::<D::Object>()?;
        let Decoded { record, revision } = Decoder::new(&self.profile, registry, &self.limits).message(message)?;
        let expected = &D::Object::declaration().head.name;
        if record.spec().name != *expected {
            return Err(Error::OtherObject { expected: expected.clone(), found: record.spec().name.clone() });
        }
        D::from_record(record, revision)
    }

    /// Writes a record.
    ///
    /// # Errors
    /// As [`to_json`](Self::to_json).
    pub fn record_to_json<'t>(&self, registry: &Registry, record: Record, target: impl Into<Target<'t>>) -> Result<Vec<u8>, Error> {
        self.encode(registry, record, None, &target.into())
    }

    /// Reads an object of any kind that `registry` has, at the version of its message.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn record_from_json(&self, registry: &Registry, message: &[u8]) -> Result<Record, Error> {
        Ok(Decoder::new(&self.profile, registry, &self.limits).message(message)?.record)
    }

    fn encode(&self, registry: &Registry, record: Record, revision: Option<Revision>, target: &Target<'_>) -> Result<Vec<u8>, Error> {
        let asked = target.version.as_deref().map(str::parse).transpose()?;
        let pinned = || target.manifest.version(record.spec().name.as_str()).cloned();
        let version = asked.or_else(pinned).unwrap_or_else(|| record.spec().version.clone());
        let record = registry.convert(record, &version, &target.manifest)?;
        let limits = &self.limits;
        let mut encoder = Encoder { profile: &self.profile, registry, limits, form: target.form, objects: 0, sink: JsonSink::default() };
        encoder.object(&record, revision)?;
        let message = encoder.sink.into_bytes();
        // What this codec would refuse to read is not written.
        scan(&message, limits)?;
        Ok(message)
    }
}

/// Writes a typed object under the default profile.
///
/// # Errors
/// As [`Codec::to_json`].
pub fn to_json<'t, E: Encode>(object: &E, target: impl Into<Target<'t>>) -> Result<Vec<u8>, Error> {
    Codec::default().to_json(object, target)
}

/// Reads a typed object, of any known version, under the default profile. See [`Decode`] for what becomes
/// of the carry, and of fields that an older version has not.
///
/// # Errors
/// As [`Codec::from_json`].
pub fn from_json<D: Decode>(message: &[u8]) -> Result<D, Error> {
    Codec::default().from_json(message)
}
