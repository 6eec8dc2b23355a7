//! Typed objects on the wire.

use recension_model::{Carry, Edit, FieldSet, ObjectDraft, Partial, Persisted, Record, Revision, Rule};
use recension_versioning::{HistoryError, Registry, VersionedObject};

use crate::Error;
use crate::error::Malformation;

/// What can be written: an object, its draft, [`Persisted`], [`Edit`] and [`Partial`].
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be written to the wire", note = "derive `VersionedObject` for the object")]
pub trait Encode {
    /// The object that is written.
    type Object: VersionedObject;

    /// The object as a record of its newest version.
    ///
    /// # Errors
    /// [`Error::Object`] when an edit changes what must not change.
    fn to_record(&self) -> Result<Record, Error>;

    /// The revision of its row, if it came from one.
    fn revision(&self) -> Option<Revision> {
        None
    }
}

/// What can be read: an object, its draft, [`Persisted`], [`Edit`] and [`Partial`].
///
/// [`Partial`], [`Persisted`] and [`Edit`] keep the carry of the message and write it again; the object
/// itself and its draft have no place for it and drop it.
///
/// An object, [`Persisted`] and [`Edit`] are complete. A field that was added since the version of the
/// message, and that nothing is known of, gets the value declared for older objects. Where the carry knows
/// the hop that added it and yet leaves the field out, it was unset or is withheld as a secret: then no
/// value is made up and reading fails with [`Incomplete`](recension_model::Error::Incomplete), which names
/// the field. A [`Partial`] or a draft reads such a message, with the field unset.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be read from the wire", note = "derive `VersionedObject` for the object")]
pub trait Decode: Sized {
    /// The object that is read.
    type Object: VersionedObject;

    /// The object from a record at the version of its message.
    ///
    /// # Errors
    /// [`Error::Object`] when fields are missing that the type needs, [`Error::Malformed`] when it needs a
    /// revision and there is none.
    fn from_record(record: Record, revision: Option<Revision>) -> Result<Self, Error>;
}

/// Implements [`Encode`] and [`Decode`] for an object and its draft; the derive ends with it.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_wire {
    ($object:ident, $draft:ident { $($index:literal $field:ident: $type:ty),* $(,)? }) => {
        impl $crate::Encode for $object {
            type Object = Self;

            fn to_record(&self) -> ::core::result::Result<$crate::__private::Record, $crate::Error> {
                ::core::result::Result::Ok($crate::__private::Object::to_record(self))
            }
        }

        impl $crate::Decode for $object {
            type Object = Self;

            fn from_record(
                record: $crate::__private::Record,
                _: ::core::option::Option<$crate::__private::Revision>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                $crate::__private::complete(record)
            }
        }

        impl $crate::Encode for $draft {
            type Object = $object;

            fn to_record(&self) -> ::core::result::Result<$crate::__private::Record, $crate::Error> {
                ::core::result::Result::Ok($crate::__private::ObjectDraft::to_record(self))
            }
        }

        impl $crate::Decode for $draft {
            type Object = $object;

            fn from_record(
                record: $crate::__private::Record,
                _: ::core::option::Option<$crate::__private::Revision>,
            ) -> ::core::result::Result<Self, $crate::Error> {
                $crate::__private::draft(record)
            }
        }
    };
}

/// What an enum of a field needs on the wire; the derive ends with it.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_wire_enum {
    ($enum:ident) => {};
}

/// What a union of objects needs on the wire; the derive ends with it.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_wire_union {
    ($union:ident, $draft:ident { $($variant:ident: $type:ty),* $(,)? }) => {};
}

/// What [`__impl_wire`] names.
#[doc(hidden)]
pub mod private {
    pub use recension_model::{Object, ObjectDraft, Record, Revision};

    use super::{Error, VersionedObject, registry_of, whole};

    /// The complete object of a record at any known version.
    ///
    /// # Errors
    /// As [`Decode::from_record`](super::Decode::from_record).
    pub fn complete<T: VersionedObject>(record: Record) -> Result<T, Error> {
        Ok(whole(record)?.object)
    }

    /// The draft of a record at any known version; its carry is dropped.
    ///
    /// # Errors
    /// As [`Decode::from_record`](super::Decode::from_record).
    pub fn draft<D: ObjectDraft>(record: Record) -> Result<D, Error>
    where
        D::Object: VersionedObject,
    {
        Ok(D::from_record(registry_of::<D::Object>()?.upgrade(record)?)?)
    }
}

/// The object and those it holds.
pub(crate) fn registry_of<T: VersionedObject>() -> Result<&'static Registry, HistoryError> {
    T::registry().map_err(Clone::clone)
}

impl<T: VersionedObject> Encode for Persisted<T> {
    type Object = T;

    fn to_record(&self) -> Result<Record, Error> {
        Ok(Self::to_record(self))
    }

    fn revision(&self) -> Option<Revision> {
        Some(Self::revision(self))
    }
}

impl<T: VersionedObject> Decode for Persisted<T> {
    type Object = T;

    fn from_record(record: Record, revision: Option<Revision>) -> Result<Self, Error> {
        let whole = whole(record)?;
        Ok(Self::assemble(whole.object, needed(revision)?, whole.carry))
    }
}

impl<T: VersionedObject> Encode for Edit<T> {
    type Object = T;

    fn to_record(&self) -> Result<Record, Error> {
        Ok(Self::to_record(self)?)
    }

    fn revision(&self) -> Option<Revision> {
        Some(self.base().revision())
    }
}

impl<T: VersionedObject> Decode for Edit<T> {
    type Object = T;

    fn from_record(record: Record, revision: Option<Revision>) -> Result<Self, Error> {
        let whole = whole(record)?;
        let draft = changed_only(&whole)?;
        Ok(Self::assemble(Persisted::assemble(whole.object, needed(revision)?, whole.carry), draft))
    }
}

impl<T: VersionedObject> Encode for Partial<T> {
    type Object = T;

    fn to_record(&self) -> Result<Record, Error> {
        Ok(Self::to_record(self))
    }
}

impl<T: VersionedObject> Decode for Partial<T> {
    type Object = T;

    fn from_record(record: Record, _: Option<Revision>) -> Result<Self, Error> {
        Ok(Self::from_record(registry_of::<T>()?.upgrade(record)?)?)
    }
}

fn needed(revision: Option<Revision>) -> Result<Revision, Error> {
    Ok(revision.ok_or(Malformation::MissingKey("revision"))?)
}

/// A complete object with what came along.
struct Whole<T> {
    object: T,
    changes: FieldSet,
    carry: Carry,
}

fn whole<T: VersionedObject>(record: Record) -> Result<Whole<T>, Error> {
    let mut record = registry_of::<T>()?.upgrade_complete(record)?;
    let (carry, changes) = (Carry::gather(&mut record), record.changes());
    let draft = T::Draft::from_record(record)?;
    let object = T::from_draft(draft).map_err(|missing| missing.of(&T::declaration().head.name))?;
    Ok(Whole { object, changes, carry })
}

/// A draft in which only the changed fields are set. A change of a field that only the service fills, or
/// that cannot change, is refused: no sender can claim one.
fn changed_only<T: VersionedObject>(whole: &Whole<T>) -> Result<T::Draft, Error> {
    let spec = &T::declaration().head;
    let mut draft = T::draft();
    for index in whole.changes.iter() {
        let Some(field) = spec.fields.get(index) else { continue };
        let refused = |rule| Error::Object(spec.invalid(index, rule));
        if field.server_set {
            return Err(refused(Rule::ServerSet));
        }
        if field.read_only {
            return Err(refused(Rule::ReadOnly));
        }
        draft.put(index, whole.object.slot(index)).map_err(refused)?;
    }
    draft.set_changes(whole.changes);
    Ok(draft)
}
