//! What an object *is*: its fields, their kinds, limits and classes, and the values they hold.
//!
//! Not here: versions of a shape and how to get from one to another (`recension-versioning`), bytes
//! (`recension-wire`), rows (`recension-store`). This crate does no I/O and names no database.
//!
//! | module | what it holds |
//! |---|---|
//! | [`spec`](ObjectSpec) | what an object of one version looks like: [`FieldSpec`], [`FieldKind`], [`Limits`], [`FieldClass`] |
//! | [`declaration`](Declaration), [`op`](Op) | a shape together with the [`Release`]s and [`Op`]s that led to it |
//! | [`conversion`](Conversion), [`regrouping`](Regrouping) | the functions of a field that changed its type, and of fields that became others |
//! | [`value`](Value) | values, and the three states of a field in [`Slot`] |
//! | `scalar` | values that no other crate has in just our form: [`Bytes`], [`Decimal`], [`Date`], [`Duration`], addresses |
//! | [`record`](Record) | an object of a specification known only at run time |
//! | [`object`](Object) | the typed view: [`FieldType`], drafts, and what a derive implements |
//! | [`persisted`](Persisted), [`edit`](Edit), [`partial`](Partial) | the kinds of object a program can hold |
//! | [`carry`](Carry) | what an older version could not say, kept beside the object |
//! | [`cell`](Cell) | what lies in one column of a row, and what it means to a field |
//!
//! # Three states
//!
//! A field is *unset* (nothing is known or asked), *null* (known to have no value) or a *value*:
//!
//! ```
//! use recension_model::{FieldKind, FieldSpec, ObjectSpec, Record, Slot, Value};
//!
//! let spec = ObjectSpec::new("Server", "demo", "1.0".parse()?)
//!     .field(FieldSpec::new("name", FieldKind::Text))
//!     .field(FieldSpec::new("note", FieldKind::Text).nullable())
//!     .build()?;
//! let mut server = Record::new(spec);
//! assert_eq!(server.slot("note")?, &Slot::Unset);
//! server.set("note", Slot::Null)?;
//! assert_eq!(server.slot("note")?, &Slot::Null);
//! server.set("note", Value::from("spare"))?;
//! assert_eq!(server.changes().len(), 1);
//! assert!(server.set("name", Slot::Null).is_err()); // not nullable
//! # Ok::<(), recension_model::Error>(())
//! ```

mod carry;
mod cell;
mod changes;
mod choice;
mod class;
mod column_type;
mod conversion;
mod declaration;
#[doc(hidden)]
pub mod derive;
mod edit;
mod error;
mod escape;
mod field_type;
mod kind;
mod limits;
mod method;
mod name;
mod object;
mod op;
mod op_terms;
mod partial;
mod pattern;
mod persisted;
mod record;
mod redact;
mod regrouping;
mod scalar;
mod secret;
mod sensitive;
mod spec;
mod timestamp;
mod value;
mod version;

pub use carry::{Carried, Carry, Hop};
#[doc(hidden)]
pub use cell::whole;
pub use cell::{Cell, LentField};
pub use changes::{FIELDS_MAX, FieldSet};
pub use choice::{EnumSpec, IpFamily, UnionSpec};
pub use class::{Classes, FieldClass};
pub use column_type::{ColumnType, Filterable, Ordered};
pub use conversion::{Conversion, Misfit};
pub use declaration::{Declaration, Release};
pub use edit::Edit;
pub use error::{Error, Rule};
pub use escape::Escaped;
pub use field_type::{Element as ElementType, FieldEnum, FieldType, Scalar, SetElement};
#[doc(hidden)]
pub use field_type::{enum_from_value, member_from_record, object_from_slot, present, record_of_union};
pub use kind::{Element, FieldKind, IntegerWidth};
pub use limits::{Finite, Limits};
pub use method::MethodChange;
pub use name::ObjectName;
#[doc(hidden)]
pub use object::Completion;
pub use object::{ChildVisitor, Draft, Missing, Object, ObjectDraft, ServerFields};
pub use op::Op;
pub use op_terms::{Others, Pick, Ratio, Rounding};
pub use partial::Partial;
pub use pattern::Pattern;
pub use persisted::{Persisted, Revision};
pub use record::Record;
pub use redact::{Redacted, debug_fields};
pub use regrouping::Regrouping;
pub use scalar::{Bytes, Comparison, Date, Decimal, Duration, MacAddress, PciAddress, VersionPredicate};
pub use secret::Secret;
pub use sensitive::Masked;
pub use spec::{Alias, Deprecation, FieldSpec, ObjectSpec, ObjectSpecBuilder};
pub use timestamp::Timestamp;
pub use value::{EnumValue, Item, Slot, Value};
pub use version::ObjectVersion;
