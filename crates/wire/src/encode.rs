//! Writing the envelope of a record.

use std::collections::BTreeMap;
use std::sync::Arc;

use recension_model::{Carried, Carry, EnumValue, FieldClass, FieldSpec, Hop, Item, ObjectSpec, Record, Revision, Rule, Slot, Value};
use recension_versioning::Registry;

use crate::scan::hops_above;
use crate::sink::Sink;
use crate::write::{Place, Step, Writer, holds_unknown, unknown_enum};
use crate::{Error, Form};

/// Writes the objects of a registry.
pub(crate) struct Encoder<'e, S> {
    pub(crate) registry: &'e Registry,
    pub(crate) writer: Writer<'e, S>,
}

impl<S: Sink> Encoder<'_, S> {
    /// Writes an object as an envelope. `revision` is that of the row of the outermost object.
    pub(crate) fn object(&mut self, record: &Record, revision: Option<Revision>) -> Result<(), Error> {
        let spec = record.spec();
        self.writer.begin_object(hops_above(self.registry.lineage(spec.name.as_str())?, &spec.version))?;
        let ours = self.writer.is_trusted() && self.writer.profile.extensions;
        let changed = if self.writer.is_trusted() { changed(record) } else { Vec::new() };
        let carry = Some(record.carry()).filter(|carry| ours && !carry.is_empty());
        let revision = revision.filter(|_| ours);
        let keys = self.writer.profile.keys();
        let more = usize::from(!changed.is_empty()) + usize::from(carry.is_some()) + usize::from(revision.is_some());
        self.writer.begin_map(4 + more)?;
        self.writer.ready(&keys.name.ready)?;
        let (name, namespace) = spec.called();
        self.writer.text(name.as_str())?;
        self.writer.ready(&keys.namespace.ready)?;
        self.writer.text(namespace)?;
        self.writer.ready(&keys.version.ready)?;
        self.writer.text(&spec.version.to_string())?;
        self.writer.ready(&keys.data.ready)?;
        self.data(record)?;
        if !changed.is_empty() {
            self.writer.ready(&keys.changes.ready)?;
            self.writer.names(changed.len(), changed.into_iter())?;
        }
        if let Some(carry) = carry {
            self.writer.ready(&keys.carry.ready)?;
            self.carry(spec, carry)?;
        }
        if let Some(revision) = revision {
            self.writer.ready(&keys.revision.ready)?;
            self.writer.sink.unsigned(revision.0);
        }
        self.writer.end_map();
        Ok(())
    }

    fn data(&mut self, record: &Record) -> Result<(), Error> {
        let spec = record.spec();
        let form = self.writer.form;
        let shown = || spec.fields.iter().zip(record.slots()).filter(move |(field, slot)| shows(form, field, slot));
        self.writer.begin_map(shown().count())?;
        for (field, slot) in shown() {
            self.field(spec, field, slot)?;
        }
        self.writer.end_map();
        Ok(())
    }

    fn field(&mut self, spec: &ObjectSpec, field: &FieldSpec, slot: &Slot) -> Result<(), Error> {
        let place = Place { spec, field };
        field.check(slot).map_err(|rule| place.invalid(rule))?;
        self.writer.key(&field.name)?;
        match slot {
            Slot::Value(value) => self.value(place, Step::Field, value),
            Slot::Null | Slot::Unset => {
                self.writer.sink.null();
                Ok(())
            }
        }
    }

    /// Writes a value that stands at `step` in its field.
    pub(crate) fn value(&mut self, place: Place<'_>, step: Step, value: &Value) -> Result<(), Error> {
        match value {
            Value::Object(child) => return self.object(child, None).map_err(|error| place.within(error, step)),
            Value::List(items) | Value::Set(items) => {
                self.writer.begin_list(items.len())?;
                for (index, item) in items.iter().enumerate() {
                    self.writer.sink.item();
                    self.item(place, if matches!(value, Value::List(_)) { Step::Item(index) } else { Step::Entry }, item)?;
                }
                self.writer.end_list();
            }
            Value::Map(items) => {
                self.writer.begin_map(items.len())?;
                for (name, item) in items {
                    self.writer.key(name)?;
                    self.item(place, Step::Entry, item)?;
                }
                self.writer.end_map();
            }
            Value::Enum(EnumValue::Unknown(_)) => return Err(place.invalid_at(step, unknown_enum(&place.field.kind))),
            scalar => {
                if !self.writer.scalar(scalar)? {
                    return Err(place.invalid_at(step, Rule::Kind { expected: place.field.kind.as_str(), found: scalar.kind() }));
                }
            }
        }
        Ok(())
    }

    fn item(&mut self, place: Place<'_>, step: Step, item: &Item) -> Result<(), Error> {
        match item {
            Some(value) => self.value(place, step, value),
            None => {
                self.writer.sink.null();
                Ok(())
            }
        }
    }

    /// The carry: by hop, its fields as `data` and `changes`. Secret fields, and objects with a secret in
    /// them, stay behind. The hop is written all the same, which tells the reader that the field is not one
    /// to be filled with a default: a [`Partial`](recension_model::Partial) or a draft finds it unset, and so
    /// does not write it; who needs the object complete gets an error that names it. Of what is read,
    /// `Partial`, `Persisted` and `Edit` keep the carry; the object itself and its draft drop it.
    fn carry(&mut self, spec: &ObjectSpec, carry: &Carry) -> Result<(), Error> {
        self.writer.begin_map(carry.hops().count())?;
        for (version, hop) in carry.hops() {
            self.writer.key(&version.to_string())?;
            match hop {
                Hop::Opaque(json) => self.writer.opaque(json)?,
                Hop::Known(fields) => self.hop(spec, version, fields)?,
            }
        }
        self.writer.end_map();
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
        let changed: Vec<&str> = shown.iter().filter(|(_, carried)| carried.changed).map(|(field, _)| &*field.name).collect();
        self.writer.begin_map(1 + usize::from(!changed.is_empty()))?;
        self.writer.ready(&self.writer.profile.keys().hop_data)?;
        let set = || shown.iter().filter(|(_, carried)| carried.slot.is_set());
        self.writer.begin_map(set().count())?;
        for (field, carried) in set() {
            self.field(spec, field, &carried.slot)?;
        }
        self.writer.end_map();
        if !changed.is_empty() {
            self.writer.ready(&self.writer.profile.keys().hop_changes)?;
            self.writer.names(changed.len(), changed.into_iter())?;
        }
        self.writer.end_map();
        Ok(())
    }
}

/// Whether the form shows a field. A stored enum value that this release does not know cannot be told to a
/// reader outside, who is promised one of the declared values.
fn shows(form: Form, field: &FieldSpec, slot: &Slot) -> bool {
    match form {
        Form::Trusted => slot.is_set(),
        Form::Disclosed(classes) => slot.is_set() && classes.contains(field.class) && !slot.value().is_some_and(holds_unknown),
    }
}

/// Names of changed fields that are in the data, in field order.
fn changed(record: &Record) -> Vec<&str> {
    let changes = record.changes();
    if changes.is_empty() {
        return Vec::new();
    }
    let fields = record.spec().fields.iter().enumerate();
    fields.filter(|(index, _)| changes.contains(*index) && record.at(*index).is_set()).map(|(_, field)| &*field.name).collect()
}

/// Whether a state shows a secret, in the field itself or in an object that it holds.
fn holds_secret(field: &FieldSpec, slot: &Slot) -> bool {
    let in_object = |record: &Record| record.spec().fields.iter().zip(record.slots()).any(|(field, slot)| holds_secret(field, slot));
    match slot {
        Slot::Unset => false,
        _ if field.class == FieldClass::Secret => true,
        Slot::Null => false,
        Slot::Value(value) => value.objects().into_iter().any(in_object),
    }
}
