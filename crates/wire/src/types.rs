//! The Rust types of fields on the wire, the short way.

mod containers;
mod scalars;

pub use scalars::{read_enum, write_enum};

use recension_model::{FieldSpec, FieldType};

use crate::direct::{LongWay, Reader, WriteField};
use crate::sink::Sink;
use crate::source::Source;
use crate::write::Writer;

/// A type of a field, written to and read from a message without a record in between. What it finds at fault it
/// leaves to the long way.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that a field can have",
    note = "use a scalar, an enum that derives `FieldEnum`, an object that derives `VersionedObject`, a union that derives `ObjectUnion`, a `Vec`, `BTreeSet` or `BTreeMap<String, _>` of these, or an `Option` of one of these"
)]
pub trait WireType: FieldType {
    /// Writes the value, checked against the limits of the field.
    ///
    /// # Errors
    /// [`LongWay`].
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay>;
    /// Reads a value, checked against the limits of the field.
    ///
    /// # Errors
    /// [`LongWay`].
    fn read<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self::Draft, LongWay>;
}
