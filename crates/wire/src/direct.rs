//! The short way between a typed object and its message: no record in between.
//!
//! It is taken for complete objects whose conversion only moves fields, and it says nothing about what is wrong:
//! whatever it cannot do, or finds at fault, it leaves to the long way through records
//! ([`encode`](crate::encode), [`decode`](crate::decode)), which names the fault. So both ways give the same
//! bytes, the same objects and the same errors, and a property test holds them together.

mod plan;
mod read;
mod write;

use recension_model::{FieldSpec, ObjectVersion};
use recension_versioning::VersionedObject;

pub(crate) use plan::ReadField;
pub use plan::{Plans, WriteField};
pub use read::{Reader, read_nested};
pub(crate) use read::{Wanted, object_from, read_record, record_from, within};
pub(crate) use write::object;
pub use write::{write_nested, write_whole};

use crate::sink::Sink;
use crate::source::Source;
use crate::write::Writer;

/// The short way was not found.
#[derive(Clone, Copy, Debug)]
pub struct LongWay;

impl From<crate::scan::Exceeded> for LongWay {
    fn from(_: crate::scan::Exceeded) -> Self {
        Self
    }
}

impl From<recension_model::Rule> for LongWay {
    fn from(_: recension_model::Rule) -> Self {
        Self
    }
}

/// What the derive of an object implements for the short way.
pub trait DirectObject: VersionedObject {
    /// The plans of all its versions.
    fn plans() -> Option<&'static Plans>;
    /// Writes the field at `index` of the newest shape.
    ///
    /// # Errors
    /// [`LongWay`].
    fn write_field<S: Sink>(&self, index: usize, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay>;
    /// Reads the field at `index` of the newest shape into a draft, as `field` says that it was.
    ///
    /// # Errors
    /// [`LongWay`].
    fn read_field<'m, S: Source<'m>>(
        draft: &mut Self::Draft,
        index: usize,
        source: &mut S,
        reader: &Reader<'_>,
        field: &FieldSpec,
    ) -> Result<(), LongWay>;
    /// Whether a draft has the field at `index` set.
    fn is_set(draft: &Self::Draft, index: usize) -> bool;
}

/// The lower of the version that a parent pins and the one that a peer reads.
fn lower<'v>(pin: Option<&'v ObjectVersion>, named: Option<&'v ObjectVersion>) -> Option<&'v ObjectVersion> {
    pin.into_iter().chain(named).min()
}
