//! Cells that hold JSON: objects, lists, sets and maps, as they stand in a message.
//!
//! An object lies in its cell as the envelope that nodes of one service send each other, at the version that the fleet
//! reads, with its carry; it is upgraded when it is read. The text is bound as text, on every engine: a JSON type of an
//! engine's own may change the numbers in it.

use std::sync::LazyLock;

use recension_model::{FieldClass, FieldKind, FieldSet, FieldSpec, Hop, Misfit, ObjectSpec, ObjectVersion, Record, Rule, Slot, Value};
use recension_versioning::{Manifest, Registry};
use recension_wire::{Codec, Error as WireError};

use crate::error::{Fault, Incompatible};
use crate::target::Target;
use crate::{ColumnMap, Error};

/// The same on every node, since all of them read the same rows.
static CODEC: LazyLock<Codec> = LazyLock::new(Codec::default);

fn registry(target: &Target) -> Result<&'static Registry, Error> {
    target.registry.ok_or_else(|| Error::Internal(Fault::of_us("the history of an object makes no sense")))
}

impl Target {
    fn misfit(&self, path: &str, rule: Rule) -> Error {
        recension_model::Error::invalid(self.object(), path.to_owned(), rule).into()
    }
}

/// Why what is at `path` is not written.
fn refused(target: &Target, path: &str, error: WireError) -> Error {
    match error {
        WireError::Object(error) => error.into(),
        WireError::TooLarge { .. } => target.misfit(path, Rule::Form("value that fits a cell")),
        WireError::NotConverted(error) => {
            let rule = match &error.misfit {
                Misfit::Rule(rule) => rule.clone(),
                _ => Rule::Form("value that the version has which the fleet reads"),
            };
            target.misfit(path, rule)
        }
        WireError::Incompatible { object, version, highest, .. } => {
            Error::Incompatible(Incompatible::Object { object, version, supported: highest })
        }
        _ => Error::Internal(Fault::of_us("a value could not be written as JSON")),
    }
}

/// A value of a record at any version as JSON, as its cell holds it: equal values have equal texts.
///
/// # Errors
/// [`Error::Invalid`] for a value that breaks a rule, or is past the limits of a message.
pub(crate) fn text(target: &Target, spec: &ObjectSpec, field: &FieldSpec, value: &Value) -> Result<String, Error> {
    CODEC.field_to_json(registry(target)?, spec, field, value).map_err(|error| refused(target, &field.name, error))
}

/// A record, and the objects in it, at the versions that the fleet reads.
///
/// # Errors
/// [`Error::Invalid`] for what has no counterpart there, and [`Error::Incompatible`] for a version that the object has not.
pub(crate) fn at_fleet_version(target: &Target, record: Record, manifest: &Manifest) -> Result<Record, Error> {
    let version = registry(target)?.version_in(manifest, target.object().as_str()).unwrap_or(&target.spec.version);
    at_version(target, record, version, manifest)
}

/// A record at that version, and the objects in it at those of the manifest.
///
/// # Errors
/// As [`at_fleet_version`].
pub(crate) fn at_version(target: &Target, record: Record, version: &ObjectVersion, manifest: &Manifest) -> Result<Record, Error> {
    let converted = registry(target)?.convert(record, version, manifest);
    converted.map_err(|error| refused(target, target.object().as_str(), error.into()))
}

/// The versions of the object.
pub(crate) fn versions(target: &Target) -> impl Iterator<Item = &'static ObjectVersion> {
    let lineage = target.registry.and_then(|registry| registry.lineage(target.object().as_str()).ok());
    lineage.into_iter().flat_map(|lineage| lineage.shapes()).map(|shape| &shape.version)
}

/// The field of which a hop carries something.
///
/// # Errors
/// That there is none.
pub(crate) fn carried_field<'r>(target: &Target, record: &Record, hop: &ObjectVersion, name: &str) -> Result<&'r FieldSpec, Error> {
    let registry: &'static Registry = registry(target)?;
    let field = registry.carried_field(record.spec(), hop, name);
    field.ok_or_else(|| Error::Internal(Fault::of_us("carry of a field that nobody knows")))
}

/// The state of a field from the text of its cell, the objects in it at their newest versions.
///
/// # Errors
/// [`Error::Incompatible`] for an object at a version that this program does not know, [`Error::Integrity`] for
/// anything else that is no value of the field.
pub(crate) fn read(target: &Target, field: &FieldSpec, column: &ColumnMap, text: Option<&str>) -> Result<Slot, Error> {
    let Some(text) = text else { return Ok(Slot::Null) };
    let registry = registry(target)?;
    let slot = CODEC.field_from_json(registry, target.spec, field, text).map_err(|error| broken(target, column, error))?;
    let Slot::Value(value) = slot else { return Ok(slot) };
    let mut upgraded = |child: Record| {
        let mut child = registry.upgrade_complete(child).map_err(|_| target.unreadable("object that cannot be upgraded", column))?;
        settle(&mut child)?;
        Ok::<_, Error>(child)
    };
    Ok(Slot::Value(value.try_map_objects(&mut upgraded)?))
}

/// A secret that an older version had no room for is null: one that was not would have been refused (see [`lower`]).
fn settle(object: &mut Record) -> Result<(), Error> {
    let spec = object.spec().clone();
    for (index, field) in spec.fields.iter().enumerate() {
        match object.at(index) {
            Slot::Unset if field.class == FieldClass::Secret && field.nullable => object.fill(index, Slot::Null)?,
            Slot::Value(value) if !value.objects().is_empty() => {
                let Slot::Value(value) = object.take(index) else { continue };
                let value = value.try_map_objects(&mut |mut child| settle(&mut child).map(|()| child))?;
                object.fill(index, Slot::Value(value))?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn holds_objects(kind: &FieldKind) -> bool {
    !kind.is_scalar() && !kind.children().is_empty()
}

/// The fields that may hold objects.
pub(crate) fn holders(target: &Target) -> FieldSet {
    target.columns().filter(|(_, field)| holds_objects(&field.kind)).map(|(column, _)| column.field).collect()
}

/// Takes the objects in `fields` of a record that is about to be written to the versions that the fleet reads: those
/// that `manifest` names, or to which the history pins the field. What such a version cannot say is in their carry.
///
/// # Errors
/// [`Error::Invalid`] with [`Rule::Withheld`] for a secret that would have to be carried, and with the misfit of a
/// value that has no counterpart; [`Error::Incompatible`] for a version that the object has not.
pub(crate) fn lower(target: &Target, record: &mut Record, fields: FieldSet, manifest: &Manifest) -> Result<(), Error> {
    for (column, field) in target.columns().filter(|(column, field)| fields.contains(column.field) && holds_objects(&field.kind)) {
        let index = column.field;
        if record.at(index).value().is_none() {
            continue;
        }
        let registry = registry(target)?;
        let pin = pin(target, registry, field, manifest);
        let Slot::Value(value) = record.take(index) else { continue };
        let mut lowered = |child: Record| {
            let named = manifest.version(child.spec().name.as_str());
            let Some(version) = pin.into_iter().chain(named).min() else { return Ok(child) };
            let child = registry.convert(child, version, manifest).map_err(|error| refused(target, &field.name, error.into()))?;
            kept_whole(registry, &child).map_err(|error| error.within(target.object(), &field.name))?;
            Ok::<_, Error>(child)
        };
        record.fill(index, Slot::Value(value.try_map_objects(&mut lowered)?))?;
    }
    Ok(())
}

/// The version to which the object that the fleet knows pins the objects in a field.
fn pin<'r>(target: &Target, registry: &'r Registry, field: &FieldSpec, manifest: &Manifest) -> Option<&'r ObjectVersion> {
    let version = manifest.version(target.object().as_str()).unwrap_or(&target.spec.version);
    registry.lineage(target.object().as_str()).ok()?.pin(version, &field.name)
}

/// Checks that nothing of an object, and of the objects in it, stays behind when it is written with its carry.
fn kept_whole(registry: &Registry, object: &Record) -> Result<(), recension_model::Error> {
    let spec = object.spec();
    for (version, hop) in object.carry().hops() {
        let Hop::Known(carried) = hop else { continue };
        for (name, carried) in carried {
            let is_secret = registry.carried_field(spec, version, name).is_some_and(|field| field.class == FieldClass::Secret);
            if carried.slot.value().is_some_and(|value| is_secret || value.objects().into_iter().any(has_secret)) {
                return Err(recension_model::Error::invalid(&spec.name, name.to_string(), Rule::Withheld(spec.version.clone())));
            }
        }
    }
    for (field, slot) in spec.fields.iter().zip(object.slots()) {
        for child in slot.value().map(Value::objects).unwrap_or_default() {
            kept_whole(registry, child).map_err(|error| error.within(&spec.name, &field.name))?;
        }
    }
    Ok(())
}

/// Whether an object, or one in it, has a secret: then a carry does not take it.
fn has_secret(object: &Record) -> bool {
    let mut fields = object.spec().fields.iter().zip(object.slots());
    fields.any(|(field, slot)| {
        slot.is_set()
            && (field.class == FieldClass::Secret || slot.value().is_some_and(|value| value.objects().into_iter().any(has_secret)))
    })
}

/// Why a cell is not read.
fn broken(target: &Target, column: &ColumnMap, error: WireError) -> Error {
    match error {
        WireError::Incompatible { object, version, highest, .. } => {
            Error::Incompatible(Incompatible::Object { object, version, supported: highest })
        }
        WireError::Object(error) => Error::Integrity { object: target.object().clone(), fault: Fault::of_cell(column.column, error) },
        _ => target.unreadable("cell that is no JSON of its field", column),
    }
}
