//! Encoding and decoding.

use std::sync::LazyLock;

use recension_model::{FieldSpec, Object, ObjectSpec, ObjectVersion, Record, Revision, Slot, Value};
use recension_versioning::{Manifest, Registry};

use crate::decode::{Decoded, Decoder};
use crate::direct::record_from;
use crate::encode::Encoder;
use crate::error::Malformation;
use crate::format::{Format, JsonFormat, MsgPackFormat};
use crate::sink::{JsonSink, MsgPackSink, Sink};
use crate::source::DirectFormat;
use crate::typed::{Message, registry_of};
use crate::write::{Place, Step, Writer};
use crate::{Decode, Encode, Error, Form, Limits, Profile, Target};

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
    long_way_only: bool,
}

impl Codec {
    /// A codec of this profile, with the default limits.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        Self { profile, limits: Limits::default(), long_way_only: false }
    }

    /// What a message may ask of us.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Goes through records always. What comes of it is the same, only slower: for the tests that hold both ways
    /// together.
    #[doc(hidden)]
    #[must_use]
    pub const fn long_way_only(mut self) -> Self {
        self.long_way_only = true;
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

    /// Writes a typed object as JSON into a buffer, in place of what is in it: a buffer that is used again saves the
    /// allocation. On an error the buffer is empty.
    ///
    /// # Errors
    /// As [`to_json`](Self::to_json).
    pub fn to_json_into<'t, E: Encode>(&self, object: &E, target: impl Into<Target<'t>>, buffer: &mut Vec<u8>) -> Result<(), Error> {
        buffer.clear();
        *buffer = self.typed(object, &target.into(), JsonSink::into(std::mem::take(buffer))).map(JsonSink::into_bytes)?;
        Ok(())
    }

    /// Writes a typed object as MessagePack into a buffer, as [`to_json_into`](Self::to_json_into) does JSON.
    ///
    /// # Errors
    /// As [`to_json`](Self::to_json).
    pub fn to_msgpack_into<'t, E: Encode>(&self, object: &E, target: impl Into<Target<'t>>, buffer: &mut Vec<u8>) -> Result<(), Error> {
        buffer.clear();
        *buffer = self.typed(object, &target.into(), MsgPackSink::into(std::mem::take(buffer))).map(MsgPackSink::into_bytes)?;
        Ok(())
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
    pub fn record_to_json<'t>(&self, registry: &Registry, record: &Record, target: impl Into<Target<'t>>) -> Result<Vec<u8>, Error> {
        self.encode(registry, record, None, &target.into(), JsonSink::default()).map(JsonSink::into_bytes)
    }

    /// Writes a record as MessagePack.
    ///
    /// # Errors
    /// As [`to_json`](Self::to_json).
    pub fn record_to_msgpack<'t>(&self, registry: &Registry, record: &Record, target: impl Into<Target<'t>>) -> Result<Vec<u8>, Error> {
        self.encode(registry, record, None, &target.into(), MsgPackSink::default()).map(MsgPackSink::into_bytes)
    }

    /// Reads an object of any kind that `registry` has from JSON, at the version of its message.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn record_from_json(&self, registry: &Registry, message: &[u8]) -> Result<Record, Error> {
        self.record_from::<JsonFormat>(registry, message)
    }

    /// Reads an object of any kind that `registry` has from MessagePack, at the version of its message.
    ///
    /// # Errors
    /// As [`from_msgpack`](Self::from_msgpack).
    pub fn record_from_msgpack(&self, registry: &Registry, message: &[u8]) -> Result<Record, Error> {
        self.record_from::<MsgPackFormat>(registry, message)
    }

    /// Writes the value of one field as JSON, as it stands in `data`, objects in it as envelopes. For whoever keeps
    /// it by itself, such as a cell of a table.
    ///
    /// # Errors
    /// As [`to_json`](Self::to_json).
    pub fn field_to_json(&self, registry: &Registry, spec: &ObjectSpec, field: &FieldSpec, value: &Value) -> Result<String, Error> {
        let manifest = Manifest::default();
        let writer = Writer::new(JsonSink::default(), &self.profile, &self.limits, Form::Trusted, &manifest);
        let mut encoder = Encoder { registry, writer };
        encoder.value(Place { spec, field }, Step::Field, value)?;
        // JSON is made of texts.
        String::from_utf8(encoder.writer.finish()?.into_bytes())
            .map_err(|error| Malformation::Utf8(error.utf8_error().valid_up_to()).into())
    }

    /// Reads the value of one field, or null, from JSON that was stored; objects in it are at the versions of their
    /// envelopes. Limits of fields are not checked, since they may be narrower than when it was written, and an enum
    /// value that this release does not know is kept (and never written). All else is as strict as for a message.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn field_from_json(&self, registry: &Registry, spec: &ObjectSpec, field: &FieldSpec, json: &str) -> Result<Slot, Error> {
        let raw = JsonFormat::message(json.as_bytes(), &self.limits)?;
        Decoder::<JsonFormat>::of_stored(&self.profile, registry, &self.limits).field(spec, field, raw)
    }

    fn typed<E: Encode, S: Sink>(&self, object: &E, target: &Target<'_>, sink: S) -> Result<S, Error> {
        let asked = target.version.as_deref().map(str::parse).transpose()?;
        let pinned = if target.manifest.is_empty() { None } else { target.manifest.version(E::Object::NAME) };
        let mut writer = Writer::new(sink, &self.profile, &self.limits, target.form, &target.manifest);
        let begun = writer.sink.written();
        if !self.long_way_only && object.write_direct(&mut writer, asked.as_ref().or(pinned)).is_ok() {
            return writer.finish();
        }
        let mut sink = writer.sink;
        sink.truncate(begun);
        self.encode(registry_of::<E::Object>()?, &object.to_record()?, object.revision(), target, sink)
    }

    fn record_from<F: Format + DirectFormat>(&self, registry: &Registry, message: &[u8]) -> Result<Record, Error> {
        if !self.long_way_only
            && let Ok(record) = record_from::<F>(&self.message(message), registry)
        {
            return Ok(record);
        }
        Ok(Decoder::<F>::new(&self.profile, registry, &self.limits).message(message)?.record)
    }

    const fn message<'m>(&'m self, bytes: &'m [u8]) -> Message<'m> {
        Message { bytes, profile: &self.profile, limits: &self.limits }
    }

    fn typed_from<F: Format + DirectFormat, D: Decode>(&self, message: &[u8]) -> Result<D, Error> {
        if !self.long_way_only
            && let Ok(object) = D::read_direct::<F>(&self.message(message))
        {
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
        record: &Record,
        revision: Option<Revision>,
        target: &Target<'_>,
        sink: S,
    ) -> Result<S, Error> {
        let asked: Option<ObjectVersion> = target.version.as_deref().map(str::parse).transpose()?;
        let spec = record.spec();
        let version = asked.as_ref().or_else(|| registry.version_in(&target.manifest, spec.name.as_str())).unwrap_or(&spec.version);
        let mut sink = sink;
        sink.reserve(FIELD_BYTES_GUESS * (4 + spec.fields.len()));
        let mut encoder = Encoder { registry, writer: Writer::new(sink, &self.profile, &self.limits, target.form, &target.manifest) };
        if *version == spec.version && spec.fields.iter().all(|field| field.kind.children().is_empty()) {
            encoder.object(record, revision)?;
        } else {
            encoder.object(&registry.convert(record.clone(), version, &target.manifest)?, revision)?;
        }
        encoder.writer.finish()
    }
}

/// Bytes to make room for, for each field and each key of an envelope: more than most have.
const FIELD_BYTES_GUESS: usize = 64;

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
