//! Cells that hold JSON: objects, lists, sets and maps, as they stand in a message.
//!
//! An object lies in its cell as the envelope that nodes of one service send each other, with its version, and is
//! upgraded when it is read. The text is bound as text, on every engine: a JSON type of an engine's own may change
//! the numbers in it.

use std::sync::LazyLock;

use recension_model::{Carry, FieldSpec, Record, Slot, Value};
use recension_versioning::Registry;
use recension_wire::{Codec, Error as WireError};
use sea_orm::Value as Bound;

use crate::error::{Fault, Incompatible};
use crate::target::Target;
use crate::{ColumnMap, Error};

/// The same on every node, since all of them read the same rows.
static CODEC: LazyLock<Codec> = LazyLock::new(Codec::default);

fn registry(target: &Target) -> Result<&'static Registry, Error> {
    target.registry.ok_or_else(|| Error::Internal(Fault::of_us("the history of an object makes no sense")))
}

/// A value as the text that its cell holds.
///
/// # Errors
/// [`Error::Invalid`] for a value that breaks a rule, or is past the limits of a message.
pub(crate) fn write(target: &Target, field: &FieldSpec, _: &ColumnMap, value: &Value) -> Result<Bound, Error> {
    let json = CODEC.field_to_json(registry(target)?, target.spec, field, value);
    Ok(Bound::String(Some(json.map_err(|error| refused(target, field, error))?)))
}

/// Why a value is not written.
fn refused(target: &Target, field: &FieldSpec, error: WireError) -> Error {
    match error {
        WireError::Object(error) => error.into(),
        WireError::TooLarge { .. } => {
            let rule = recension_model::Rule::Form("value that fits a cell");
            recension_model::Error::invalid(target.object(), field.name.to_string(), rule).into()
        }
        _ => Error::Internal(Fault::of_us("a value could not be written as JSON")),
    }
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
    let mut upgraded = |child: Record| -> Result<Record, Error> {
        let mut child = registry.upgrade_complete(child).map_err(|_| target.unreadable("object that cannot be upgraded", column))?;
        // What an older release carried in a cell is of no use once the object is at its newest.
        child.set_carry(Carry::default());
        Ok(child)
    };
    Ok(Slot::Value(value.try_map_objects(&mut upgraded)?))
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
