//! Reading the envelope of a record.

mod carry;
mod data;
mod envelope;

use std::cell::{Cell, RefCell};

use recension_model::{Escaped, FieldSet, Record, Revision};
use recension_versioning::Registry;
use serde::de::DeserializeSeed;
use serde_json::value::RawValue;

use self::envelope::{Envelope, EnvelopeSeed};
use crate::error::Malformation;
use crate::scan::{at_most, hops_above, scan};
use crate::{Error, Limit, Limits, Profile};

/// Reads one message.
pub(crate) struct Decoder<'d> {
    profile: &'d Profile,
    registry: &'d Registry,
    limits: &'d Limits,
    objects: Cell<usize>,
    /// The typed error behind a failure of the JSON parser, whose own errors are text and may hold values.
    fault: RefCell<Option<Error>>,
}

/// An object at the version of its message, and the revision of its row.
pub(crate) struct Decoded {
    pub(crate) record: Record,
    pub(crate) revision: Option<Revision>,
}

impl<'d> Decoder<'d> {
    pub(crate) fn new(profile: &'d Profile, registry: &'d Registry, limits: &'d Limits) -> Self {
        Self { profile, registry, limits, objects: Cell::new(0), fault: RefCell::new(None) }
    }

    /// Reads a message: its limits first, then the envelope.
    pub(crate) fn message(&self, bytes: &[u8]) -> Result<Decoded, Error> {
        let json = scan(bytes, self.limits)?;
        self.object(json)
    }

    /// Reads an envelope: the outermost one, or that of an object inside another.
    fn object(&self, json: &str) -> Result<Decoded, Error> {
        self.objects.set(self.objects.get() + 1);
        at_most(self.objects.get(), Limit::Objects, self.limits.objects)?;
        let envelope = self.parse_map("message", json, EnvelopeSeed(self))?;
        let namespace = envelope.namespace.as_deref().ok_or(Malformation::MissingKey("namespace"))?;
        let name = envelope.name.as_deref().ok_or(Malformation::MissingKey("name"))?;
        let version = envelope.version.as_deref().ok_or(Malformation::MissingKey("version"))?;
        let data = envelope.data.ok_or(Malformation::MissingKey("data"))?;
        let unknown = || Error::UnknownObject { namespace: shown(namespace), name: shown(name) };
        let lineage = self.registry.lineage(name).map_err(|_| unknown())?;
        if *lineage.head().namespace != *namespace {
            return Err(unknown());
        }
        let version = version.parse().map_err(|_| Malformation::Version(shown(name)))?;
        let spec = lineage.shape(&version)?;
        at_most(hops_above(lineage, &version), Limit::Hops, self.limits.hops)?;
        let mut record = Record::new(spec.clone());
        self.data(data, &mut record)?;
        let changes = self.changes(&envelope, &record)?;
        record.set_changes(changes);
        record.set_carry(self.carry(&envelope, spec)?);
        Ok(Decoded { record, revision: envelope.revision.map(Revision) })
    }

    /// The changed fields: names that the version has, of fields that are set. A sender's claim beyond that
    /// is not believed.
    fn changes(&self, envelope: &Envelope<'_>, record: &Record) -> Result<FieldSet, Error> {
        let mut changes = FieldSet::EMPTY;
        for name in &envelope.changes {
            let index = record.spec().require(name)?;
            if record.at(index).is_set() {
                changes.insert(index);
            }
        }
        Ok(changes)
    }

    /// Parses a map, whole; `what` names the part of the envelope that must be one.
    fn parse_map<'j, S: DeserializeSeed<'j>>(&self, what: &'static str, json: &'j str, seed: S) -> Result<S::Value, Error> {
        if !json.trim_ascii_start().starts_with('{') {
            return Err(Malformation::WrongType(what).into());
        }
        self.parse(json, seed)
    }

    /// Parses a piece of JSON, whole.
    fn parse<'j, S: DeserializeSeed<'j>>(&self, json: &'j str, seed: S) -> Result<S::Value, Error> {
        let mut parser = serde_json::Deserializer::from_str(json);
        let value = seed.deserialize(&mut parser).map_err(|error| self.fault_of(&error))?;
        parser.end().map_err(|_| Malformation::Trailing)?;
        Ok(value)
    }

    /// Notes a typed error and gives the parser one of its own to stop with.
    fn fail<E: serde::de::Error>(&self, error: impl Into<Error>) -> E {
        self.fault.replace(Some(error.into()));
        E::custom("refused")
    }

    /// The typed error behind a failure of the parser; its text is dropped, since it may hold a value.
    fn fault_of(&self, error: &serde_json::Error) -> Error {
        let syntax = || Malformation::Syntax { line: error.line(), column: error.column() }.into();
        self.fault.take().unwrap_or_else(syntax)
    }
}

/// A name that came from elsewhere, shortened and escaped for a message.
fn shown(name: &str) -> String {
    Escaped(&name.chars().take(64).collect::<String>()).to_string()
}

/// A nested envelope that has not been read yet.
type Raw<'j> = &'j RawValue;
