//! Writing the envelope of a record.

use std::collections::BTreeMap;
use std::sync::Arc;

use recension_model::{Carried, Carry, EnumValue, FieldClass, FieldSpec, Hop, ObjectSpec, Record, Revision, Rule, Slot, Value};
use recension_versioning::Registry;

use crate::scan::{at_most, hops_above};
use crate::sink::JsonSink;
use crate::{Error, Form, Limit, Limits, Profile};

/// Writes one message.
pub(crate) struct Encoder<'e> {
    pub(crate) profile: &'e Profile,
    pub(crate) registry: &'e Registry,
    pub(crate) limits: &'e Limits,
    pub(crate) form: Form,
    /// How many objects were begun.
    pub(crate) objects: usize,
    pub(crate) sink: JsonSink,
}

impl Encoder<'_> {
    /// Writes an object as an envelope. `revision` is that of the row of the outermost object.
    pub(crate) fn object(&mut self, record: &Record, revision: Option<Revision>) -> Result<(), Error> {
        let spec = record.spec();
        self.objects += 1;
        at_most(self.objects, Limit::Objects, self.limits.objects)?;
        at_most(hops_above(self.registry.lineage(spec.name.as_str())?, &spec.version), Limit::Hops, self.limits.hops)?;
        let trusted = self.form == Form::Trusted;
        self.sink.begin_map();
        self.key("name");
        self.sink.text(spec.name.as_str());
        self.key("namespace");
        self.sink.text(&spec.namespace);
        self.key("version");
        self.sink.text(&spec.version.to_string());
        self.key("data");
        self.data(record)?;
        if trusted {
            self.changes(record);
        }
        if trusted && self.profile.extensions {
            self.carry(record)?;
            if let Some(revision) = revision {
                self.key("revision");
                self.sink.bare(revision);
            }
        }
        self.sink.end_map();
        Ok(())
    }

    fn key(&mut self, key: &str) {
        self.sink.prefixed_key(&self.profile.prefix, key);
    }

    fn data(&mut self, record: &Record) -> Result<(), Error> {
        let spec = record.spec();
        self.sink.begin_map();
        for (index, field) in spec.fields.iter().enumerate() {
            let slot = record.at(index);
            if self.shows(field, slot) {
                self.field(spec, field, slot)?;
            }
        }
        self.sink.end_map();
        Ok(())
    }

    /// Whether the form shows a field. A stored enum value that this release does not know cannot be told
    /// to a reader outside, who is promised one of the declared values.
    fn shows(&self, field: &FieldSpec, slot: &Slot) -> bool {
        let classes = match self.form {
            Form::Trusted => return slot.is_set(),
            Form::Disclosed(classes) => classes,
        };
        slot.is_set() && classes.contains(field.class) && !matches!(slot.value(), Some(Value::Enum(EnumValue::Unknown(_))))
    }

    fn field(&mut self, spec: &ObjectSpec, field: &FieldSpec, slot: &Slot) -> Result<(), Error> {
        let invalid = |rule| recension_model::Error::Invalid { object: spec.name.clone(), field: field.name.to_string(), rule };
        field.check(slot).map_err(invalid)?;
        self.sink.key(&field.name);
        let Slot::Value(value) = slot else {
            self.sink.bare("null");
            return Ok(());
        };
        match value {
            Value::Integer(number) => self.sink.bare(number),
            Value::Bool(value) => self.sink.bare(value),
            Value::Text(text) => self.sink.text(text),
            Value::Secret(text) => self.sink.text(text.expose()),
            Value::Enum(EnumValue::Known(text)) => self.sink.text(text),
            Value::Enum(EnumValue::Unknown(_)) => return Err(invalid(unknown_enum(field)).into()),
            Value::Uuid(value) => self.sink.text(value.hyphenated().encode_lower(&mut [0; 36])),
            Value::Timestamp(time) => self.sink.text(&time.display(self.profile.time_digits).to_string()),
            Value::Object(child) => self.object(child, None).map_err(|error| error.within(&spec.name, &field.name))?,
            Value::List(children) => {
                self.sink.begin_list();
                for (index, child) in children.iter().enumerate() {
                    self.object(child, None).map_err(|error| error.within(&spec.name, &format!("{}[{index}]", field.name)))?;
                }
                self.sink.end_list();
            }
            other => return Err(invalid(Rule::Kind { expected: field.kind.as_str(), found: other.kind() }).into()),
        }
        Ok(())
    }

    /// Names of changed fields that are in the data, in field order; the key is left out when there are none.
    fn changes(&mut self, record: &Record) {
        let fields = record.spec().fields.iter().enumerate();
        let changed: Vec<&str> = fields
            .filter(|(index, _)| record.changes().contains(*index) && record.at(*index).is_set())
            .map(|(_, field)| &*field.name)
            .collect();
        if changed.is_empty() {
            return;
        }
        self.key("changes");
        self.names(&changed);
    }

    fn names(&mut self, names: &[&str]) {
        self.sink.begin_list();
        names.iter().for_each(|name| self.sink.text(name));
        self.sink.end_list();
    }

    /// The carry: by hop, its fields as `data` and `changes`. Secret fields, and objects with a secret in
    /// them, stay behind. The hop is written all the same, which tells the reader that the field is not one
    /// to be filled with a default: a [`Partial`](recension_model::Partial) or a draft finds it unset, and so
    /// does not write it; who needs the object complete gets an error that names it. Of what is read,
    /// `Partial`, `Persisted` and `Edit` keep the carry; the object itself and its draft drop it.
    fn carry(&mut self, record: &Record) -> Result<(), Error> {
        let carry: &Carry = record.carry();
        if carry.is_empty() {
            return Ok(());
        }
        self.key("carry");
        self.sink.begin_map();
        for (version, hop) in carry.hops() {
            self.sink.key(&version.to_string());
            match hop {
                Hop::Opaque(json) => self.sink.raw(json),
                Hop::Known(fields) => self.hop(record.spec(), version, fields)?,
            }
        }
        self.sink.end_map();
        Ok(())
    }

    fn hop(
        &mut self,
        spec: &ObjectSpec,
        version: &recension_model::ObjectVersion,
        fields: &BTreeMap<Arc<str>, Carried>,
    ) -> Result<(), Error> {
        let registry = self.registry;
        let known = fields.iter().filter_map(|(name, carried)| Some((registry.carried_field(spec, version, name)?, carried)));
        let shown: Vec<_> = known.filter(|(field, carried)| !holds_secret(field, &carried.slot)).collect();
        self.sink.begin_map();
        self.sink.key("data");
        self.sink.begin_map();
        for (field, carried) in shown.iter().filter(|(_, carried)| carried.slot.is_set()) {
            self.field(spec, field, &carried.slot)?;
        }
        self.sink.end_map();
        let changed: Vec<&str> = shown.iter().filter(|(_, carried)| carried.changed).map(|(field, _)| &*field.name).collect();
        if !changed.is_empty() {
            self.sink.key("changes");
            self.names(&changed);
        }
        self.sink.end_map();
        Ok(())
    }
}

/// Whether a state shows a secret, in the field itself or in an object that it holds.
fn holds_secret(field: &FieldSpec, slot: &Slot) -> bool {
    let in_object = |record: &Record| record.spec().fields.iter().zip(record.slots()).any(|(field, slot)| holds_secret(field, slot));
    slot.is_set()
        && match slot {
            _ if field.class == FieldClass::Secret => true,
            Slot::Value(Value::Object(record)) => in_object(record),
            Slot::Value(Value::List(records)) => records.iter().any(in_object),
            _ => false,
        }
}

fn unknown_enum(field: &FieldSpec) -> Rule {
    match &field.kind {
        recension_model::FieldKind::Enum(spec) => Rule::UnknownEnum(spec.name.to_string()),
        kind => Rule::Kind { expected: kind.as_str(), found: "enum" },
    }
}
