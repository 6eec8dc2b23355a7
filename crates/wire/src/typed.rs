//! Typed objects on the wire.

use recension_model::{Carry, Edit, FieldSet, ObjectDraft, ObjectVersion, Partial, Persisted, Record, Revision, Rule};
use recension_versioning::{HistoryError, Registry, VersionedObject};

use crate::Error;
use crate::direct::{self, DirectObject, LongWay, Wanted, object_from};
use crate::error::Malformation;
use crate::sink::Sink;
use crate::source::DirectFormat;
use crate::write::Writer;
use crate::{Limits, Profile};

/// A message, and how it is read.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Message<'m> {
    pub(crate) bytes: &'m [u8],
    pub(crate) profile: &'m Profile,
    pub(crate) limits: &'m Limits,
}

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

    /// Writes the object the short way, for a reader of `version` or by default of the newest.
    ///
    /// # Errors
    /// [`LongWay`] where there is none.
    #[doc(hidden)]
    fn write_direct<S: Sink>(&self, _writer: &mut Writer<'_, S>, _version: Option<&ObjectVersion>) -> Result<(), LongWay> {
        Err(LongWay)
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

    /// Reads the object the short way.
    ///
    /// # Errors
    /// [`LongWay`] where there is none.
    #[doc(hidden)]
    fn read_direct<F: DirectFormat>(_message: &Message<'_>) -> Result<Self, LongWay> {
        Err(LongWay)
    }
}

/// Implements [`Encode`] and [`Decode`] for an object and its draft; the derive ends with it.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_wire {
    ($object:ident, $draft:ident { $($index:literal $field:ident: $type:ty),* $(,)? }) => {
        impl $crate::__private::DirectObject for $object {
            fn plans() -> ::core::option::Option<&'static $crate::__private::Plans> {
                static PLANS: ::std::sync::OnceLock<::core::option::Option<$crate::__private::Plans>> = ::std::sync::OnceLock::new();
                PLANS.get_or_init($crate::__private::Plans::of::<Self>).as_ref()
            }

            fn write_field<S: $crate::__private::Sink>(
                &self,
                index: usize,
                writer: &mut $crate::__private::Writer<'_, S>,
                field: &$crate::__private::WriteField,
            ) -> ::core::result::Result<(), $crate::__private::LongWay> {
                match index {
                    $($index => <$type as $crate::__private::WireType>::write(&self.$field, writer, field),)*
                    _ => ::core::result::Result::Err($crate::__private::LongWay),
                }
            }

            fn read_field<'m, S: $crate::__private::Source<'m>>(
                draft: &mut $draft,
                index: usize,
                source: &mut S,
                reader: &$crate::__private::Reader<'_>,
                field: &$crate::__private::FieldSpec,
            ) -> ::core::result::Result<(), $crate::__private::LongWay> {
                match index {
                    $($index => {
                        let read = <$type as $crate::__private::WireType>::read(source, reader, field)?;
                        draft.$field = ::core::option::Option::Some(read);
                    })*
                    _ => {}
                }
                ::core::result::Result::Ok(())
            }

            fn is_set(draft: &$draft, index: usize) -> bool {
                match index {
                    $($index => draft.$field.is_some(),)*
                    _ => false,
                }
            }
        }

        impl $crate::__private::WireType for $object {
            fn write<S: $crate::__private::Sink>(
                &self,
                writer: &mut $crate::__private::Writer<'_, S>,
                field: &$crate::__private::WriteField,
            ) -> ::core::result::Result<(), $crate::__private::LongWay> {
                $crate::__private::write_nested(self, writer, field)
            }

            fn read<'m, S: $crate::__private::Source<'m>>(
                source: &mut S,
                reader: &$crate::__private::Reader<'_>,
                _: &$crate::__private::FieldSpec,
            ) -> ::core::result::Result<$draft, $crate::__private::LongWay> {
                $crate::__private::read_nested::<Self, S>(source, reader)
            }
        }

        impl $crate::Encode for $object {
            type Object = Self;

            fn to_record(&self) -> ::core::result::Result<$crate::__private::Record, $crate::Error> {
                ::core::result::Result::Ok($crate::__private::Object::to_record(self))
            }

            fn write_direct<S: $crate::__private::Sink>(
                &self,
                writer: &mut $crate::__private::Writer<'_, S>,
                version: ::core::option::Option<&$crate::__private::ObjectVersion>,
            ) -> ::core::result::Result<(), $crate::__private::LongWay> {
                $crate::__private::write_whole(self, writer, version)
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

            fn read_direct<F: $crate::__private::DirectFormat>(
                message: &$crate::__private::Message<'_>,
            ) -> ::core::result::Result<Self, $crate::__private::LongWay> {
                $crate::__private::read_whole::<Self, F>(message)
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

            fn read_direct<F: $crate::__private::DirectFormat>(
                message: &$crate::__private::Message<'_>,
            ) -> ::core::result::Result<Self, $crate::__private::LongWay> {
                $crate::__private::read_part::<$object, F>(message)
            }
        }
    };
}

/// What an enum of a field needs on the wire; the derive ends with it.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_wire_enum {
    ($enum:ident) => {
        impl $crate::__private::WireType for $enum {
            fn write<S: $crate::__private::Sink>(
                &self,
                writer: &mut $crate::__private::Writer<'_, S>,
                _: &$crate::__private::WriteField,
            ) -> ::core::result::Result<(), $crate::__private::LongWay> {
                $crate::__private::write_enum(self, writer)
            }

            fn read<'m, S: $crate::__private::Source<'m>>(
                source: &mut S,
                reader: &$crate::__private::Reader<'_>,
                field: &$crate::__private::FieldSpec,
            ) -> ::core::result::Result<Self, $crate::__private::LongWay> {
                $crate::__private::read_enum(source, reader, field)
            }
        }
    };
}

/// What a union of objects needs on the wire; the derive ends with it.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_wire_union {
    ($union:ident, $draft:ident { $($variant:ident: $type:ty),* $(,)? }) => {
        impl $crate::__private::WireType for $union {
            fn write<S: $crate::__private::Sink>(
                &self,
                writer: &mut $crate::__private::Writer<'_, S>,
                field: &$crate::__private::WriteField,
            ) -> ::core::result::Result<(), $crate::__private::LongWay> {
                match self {
                    $(Self::$variant(object) => <$type as $crate::__private::WireType>::write(object, writer, field),)*
                }
            }

            /// Which member it is stands in the message: the long way looks there first.
            fn read<'m, S: $crate::__private::Source<'m>>(
                _: &mut S,
                _: &$crate::__private::Reader<'_>,
                _: &$crate::__private::FieldSpec,
            ) -> ::core::result::Result<$draft, $crate::__private::LongWay> {
                ::core::result::Result::Err($crate::__private::LongWay)
            }
        }
    };
}

/// What [`__impl_wire`] names.
#[doc(hidden)]
pub mod private {
    pub use recension_model::{FieldSpec, Object, ObjectDraft, ObjectVersion, Record, Revision};

    use super::{Error, VersionedObject, Wanted, object_from, registry_of, whole};
    pub use crate::direct::{DirectObject, LongWay, Plans, Reader, WriteField, read_nested, write_nested, write_whole};
    pub use crate::sink::Sink;
    pub use crate::source::{DirectFormat, Source};
    pub use crate::types::{WireType, read_enum, write_enum};
    pub use crate::write::Writer;

    pub use super::Message;

    /// Reads a complete object the short way.
    ///
    /// # Errors
    /// [`LongWay`].
    pub fn read_whole<T: DirectObject, F: DirectFormat>(message: &Message<'_>) -> Result<T, LongWay> {
        let mut draft = T::Draft::default();
        object_from::<T, F>(message, Wanted::Whole, &mut draft)?;
        T::from_draft(draft).map_err(|_| LongWay)
    }

    /// Reads a draft the short way.
    ///
    /// # Errors
    /// [`LongWay`].
    pub fn read_part<T: DirectObject, F: DirectFormat>(message: &Message<'_>) -> Result<T::Draft, LongWay> {
        let mut draft = T::Draft::default();
        let found = object_from::<T, F>(message, Wanted::Part, &mut draft)?;
        draft.set_changes(found.changes);
        Ok(draft)
    }

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

impl<T: DirectObject> Encode for Persisted<T> {
    type Object = T;

    fn to_record(&self) -> Result<Record, Error> {
        Ok(Self::to_record(self))
    }

    fn revision(&self) -> Option<Revision> {
        Some(Self::revision(self))
    }

    fn write_direct<S: Sink>(&self, writer: &mut Writer<'_, S>, version: Option<&ObjectVersion>) -> Result<(), LongWay> {
        if self.carry().is_some() {
            return Err(LongWay);
        }
        direct::object::<T, S>(self, writer, version, Some(Self::revision(self)))
    }
}

impl<T: DirectObject> Decode for Persisted<T> {
    type Object = T;

    fn read_direct<F: DirectFormat>(message: &Message<'_>) -> Result<Self, LongWay> {
        let mut draft = T::Draft::default();
        let found = object_from::<T, F>(message, Wanted::Keeping, &mut draft)?;
        let (object, revision) = (T::from_draft(draft).map_err(|_| LongWay)?, found.revision.ok_or(LongWay)?);
        Ok(Self::assemble(object, revision, Carry::default()))
    }

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
