//! Encoding and decoding.

use std::sync::LazyLock;

use recension_model::{Object, Record, Revision};
use recension_versioning::Registry;

use crate::decode::{Decoded, Decoder};
use crate::direct::DirectFormat;
use crate::encode::Encoder;
use crate::format::{Format, JsonFormat, MsgPackFormat};
use crate::sink::{JsonSink, MsgPackSink, Sink};
use crate::typed::{Message, registry_of};
use crate::write::Writer;
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

    /// Writes a typed object as JSON.
    ///
    /// # Errors
    /// [`Error::Object`] when a field breaks its limits, or holds an enum value that this release does not
    /// know; [`Error::Incompatible`] when the object has not the version asked for; [`Error::TooLarge`]
    /// when the message is past a limit, so that this codec could not read it.
    pub fn to_json<'t, E: Encode>(&self, object: &E, target: impl Into<Target<'t>>) -> Result<Vec<u8>, Error> {
        self.typed(object, &target.into(), JsonSink::default()).map(JsonSink::into_bytes)
    }

    /// Writes a typed object as MessagePack.
    ///
    /// # Errors
    /// As [`to_json`](Self::to_json).
    pub fn to_msgpack<'t, E: Encode>(&self, object: &E, target: impl Into<Target<'t>>) -> Result<Vec<u8>, Error> {
        self.typed(object, &target.into(), MsgPackSink::default()).map(MsgPackSink::into_bytes)
    }

    /// Reads a typed object from JSON of any known version, upgraded to the newest. See [`Decode`] for what
    /// becomes of the carry, and of fields that an older version has not.
    ///
    /// # Errors
    /// Every variant of [`Error`]; nothing is read in part.
    pub fn from_json<D: Decode>(&self, message: &[u8]) -> Result<D, Error> {
        self.typed_from::<JsonFormat, D>(message)
    }

    /// Reads a typed object from MessagePack, as [`from_json`](Self::from_json) does from JSON and under the
    /// same limits, which count strings of bytes as the base64 that they are in JSON.
    ///
    /// # Errors
    /// Every variant of [`Error`]; nothing is read in part.
    pub fn from_msgpack<D: Decode>(&self, message: &[u8]) -> Result<D, Error> {
        self.typed_from::<MsgPackFormat, D>(message)
    }

    /// Writes a record as JSON.
    ///
    /// # Errors
    /// As [`to_json`](Self::to_json).
    pub fn record_to_json<'t>(&self, registry: &Registry, record: Record, target: impl Into<Target<'t>>) -> Result<Vec<u8>, Error> {
        self.encode(registry, record, None, &target.into(), JsonSink::default()).map(JsonSink::into_bytes)
    }

    /// Writes a record as MessagePack.
    ///
    /// # Errors
    /// As [`to_json`](Self::to_json).
    pub fn record_to_msgpack<'t>(&self, registry: &Registry, record: Record, target: impl Into<Target<'t>>) -> Result<Vec<u8>, Error> {
        self.encode(registry, record, None, &target.into(), MsgPackSink::default()).map(MsgPackSink::into_bytes)
    }

    /// Reads an object of any kind that `registry` has from JSON, at the version of its message.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn record_from_json(&self, registry: &Registry, message: &[u8]) -> Result<Record, Error> {
        Ok(Decoder::<JsonFormat>::new(&self.profile, registry, &self.limits).message(message)?.record)
    }

    /// Reads an object of any kind that `registry` has from MessagePack, at the version of its message.
    ///
    /// # Errors
    /// As [`from_msgpack`](Self::from_msgpack).
    pub fn record_from_msgpack(&self, registry: &Registry, message: &[u8]) -> Result<Record, Error> {
        Ok(Decoder::<MsgPackFormat>::new(&self.profile, registry, &self.limits).message(message)?.record)
    }

    fn typed<E: Encode, S: Sink>(&self, object: &E, target: &Target<'_>, sink: S) -> Result<S, Error> {
        let asked = target.version.as_deref().map(str::parse).transpose()?;
        let pinned = if target.manifest.is_empty() { None } else { target.manifest.version(E::Object::NAME) };
        let mut writer = Writer::new(sink, &self.profile, &self.limits, target.form, &target.manifest);
        let begun = writer.sink.written();
        if object.write_direct(&mut writer, asked.as_ref().or(pinned)).is_ok() {
            return writer.finish();
        }
        let mut sink = writer.sink;
        sink.truncate(begun);
        self.encode(registry_of::<E::Object>()?, object.to_record()?, object.revision(), target, sink)
    }

    fn typed_from<F: Format + DirectFormat, D: Decode>(&self, message: &[u8]) -> Result<D, Error> {
        if let Ok(object) = D::read_direct::<F>(&Message { bytes: message, profile: &self.profile, limits: &self.limits }) {
            return Ok(object);
        }
        let registry = registry_of::<D::Object>()?;
        let Decoded { record, revision } = Decoder::<F>::new(&self.profile, registry, &self.limits).message(message)?;
        let expected = &D::Object::declaration().head.name;
        if record.spec().name != *expected {
            return Err(Error::OtherObject { expected: expected.clone(), found: record.spec().name.clone() });
        }
        D::from_record(record, revision)
    }

    fn encode<S: Sink>(
        &self,
        registry: &Registry,
        record: Record,
        revision: Option<Revision>,
        target: &Target<'_>,
        sink: S,
    ) -> Result<S, Error> {
        let asked = target.version.as_deref().map(str::parse).transpose()?;
        let pinned = || target.manifest.version(record.spec().name.as_str()).cloned();
        let version = asked.or_else(pinned).unwrap_or_else(|| record.spec().version.clone());
        let record = registry.convert(record, &version, &target.manifest)?;
        let writer = Writer::new(sink, &self.profile, &self.limits, target.form, &target.manifest);
        let mut encoder = Encoder { registry, writer };
        encoder.object(&record, revision)?;
        encoder.writer.finish()
    }
}

/// The codec of the default profile, made once.
fn default_codec() -> &'static Codec {
    static DEFAULT: LazyLock<Codec> = LazyLock::new(Codec::default);
    &DEFAULT
}

/// Writes a typed object as JSON under the default profile.
///
/// # Errors
/// As [`Codec::to_json`].
pub fn to_json<'t, E: Encode>(object: &E, target: impl Into<Target<'t>>) -> Result<Vec<u8>, Error> {
    default_codec().to_json(object, target)
}

/// Reads a typed object, of any known version, under the default profile. See [`Decode`] for what becomes
/// of the carry, and of fields that an older version has not.
///
/// # Errors
/// As [`Codec::from_json`].
pub fn from_json<D: Decode>(message: &[u8]) -> Result<D, Error> {
    default_codec().from_json(message)
}

/// Writes a typed object as MessagePack under the default profile.
///
/// # Errors
/// As [`Codec::to_msgpack`].
pub fn to_msgpack<'t, E: Encode>(object: &E, target: impl Into<Target<'t>>) -> Result<Vec<u8>, Error> {
    default_codec().to_msgpack(object, target)
}

/// Reads a typed object from MessagePack under the default profile, as [`from_json`] does from JSON.
///
/// # Errors
/// As [`Codec::from_msgpack`].
pub fn from_msgpack<D: Decode>(message: &[u8]) -> Result<D, Error> {
    default_codec().from_msgpack(message)
}
