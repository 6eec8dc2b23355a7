//! The Rust types that a field can have.

mod containers;
mod scalars;

use std::sync::Arc;

use crate::{
    Cell, ChildVisitor, EnumSpec, EnumValue, FieldKind, FieldSpec, Missing, Object, ObjectDraft, Record, Rule, Slot, Value, whole,
};

pub use containers::{Element, Scalar, SetElement};

/// A Rust type that a field of a typed object can have.
///
/// Integers, `f64`, `bool`, `String`, [`Secret<String>`](crate::Secret), [`Bytes`](crate::Bytes), [`Decimal`](crate::Decimal),
/// [`Uuid`](uuid::Uuid), [`Timestamp`](crate::Timestamp), [`Date`](crate::Date), [`Duration`](crate::Duration),
/// `IpAddr`, `Ipv4Addr` and `Ipv6Addr` of the standard library, `IpNet`, `Ipv4Net` and `Ipv6Net` of `ipnet`,
/// [`MacAddress`](crate::MacAddress), [`PciAddress`](crate::PciAddress),
/// [`VersionPredicate`](crate::VersionPredicate), enums that derive `FieldEnum`, objects, enums of objects that derive
/// `ObjectUnion`; a `Vec` of any of these, a `BTreeMap` from `String` to any of these, a `BTreeSet` of most; and an
/// `Option` around any of all these for a nullable field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that a field can have",
    note = "use an integer, `f64`, `bool`, `String`, `Secret<String>`, `Bytes`, `Decimal`, `Uuid`, `Timestamp`, `Date`, `Duration`, an address or network, an enum that derives `FieldEnum`, an object that derives `VersionedObject`, an enum of objects that derives `ObjectUnion`, a `Vec`, `BTreeSet` or `BTreeMap<String, _>` of these, or an `Option` of one of these"
)]
pub trait FieldType: Clone + Send + Sync + 'static {
    /// What a setter takes: the type without its `Option`.
    type Bare;
    /// What a draft holds once the field is set: the type itself, or the child's draft in its place, so
    /// that a child may be partial too.
    type Draft: Clone + Send + Sync + 'static;
    /// Whether the type has a null.
    const NULLABLE: bool = false;

    /// The kind of field that the type makes.
    fn kind() -> FieldKind;
    /// A given value as a draft holds it.
    fn lift(bare: Self::Bare) -> Self::Draft;
    /// A complete value as a draft holds it.
    fn into_draft(self) -> Self::Draft;
    /// The complete value, if nothing in it is missing.
    ///
    /// # Errors
    /// The paths of what is missing.
    fn complete(draft: Self::Draft) -> Result<Self, Missing>;
    /// The state as records hold it: null or a value.
    fn to_slot(draft: &Self::Draft) -> Slot;
    /// The same as the cell in which it lies, without a copy: null, or a value of a kind whose cell need not be made of it. `None` for any
    /// other, and for one that no cell can hold.
    fn as_cell(_draft: &Self::Draft) -> Option<Cell<'_>> {
        None
    }
    /// The state of a complete value.
    fn as_slot(&self) -> Slot {
        Self::to_slot(&self.clone().into_draft())
    }
    /// The state from the form that records hold; `None` for unset.
    ///
    /// # Errors
    /// The [`Rule`] that the state breaks.
    fn from_slot(slot: Slot) -> Result<Option<Self::Draft>, Rule>;
    /// The complete value from a state. Gives what the way by [`from_slot`](Self::from_slot) gives, and is there for types that need no
    /// detour to do so.
    ///
    /// # Errors
    /// The [`Rule`] that the state breaks; [`Rule::Missing`] where it, or something in it, is unset.
    fn of_slot(slot: Slot) -> Result<Self, Rule> {
        whole(slot)
    }
    /// The complete value from a cell of a row, for the kinds that lie in one. Gives what [`Cell::value`] gives, and
    /// is there for types that need no detour to do so.
    ///
    /// # Errors
    /// As [`Cell::value`].
    fn from_cell(cell: Cell<'_>, field: &FieldSpec) -> Result<Self, Rule> {
        cell.value(field)
    }
    /// Shows the objects that the type holds to a visitor.
    fn visit_children(_visitor: &mut dyn ChildVisitor) {}
}

/// An enum whose values travel and are stored as text. Implemented by the derive of the same name.
pub trait FieldEnum: Clone + Send + Sync + 'static {
    /// The name and the declared values.
    fn spec() -> Arc<EnumSpec>;
    /// The text of a value, and whether it is a declared one.
    fn to_value(&self) -> EnumValue;
    /// The value for a text: the one that holds unknown texts, for a text that no other has.
    fn from_value(value: &EnumValue) -> Self;
}

impl<F: FieldType> FieldType for Option<F> {
    type Bare = F::Bare;
    type Draft = Option<F::Draft>;
    const NULLABLE: bool = true;

    fn kind() -> FieldKind {
        F::kind()
    }

    fn lift(bare: F::Bare) -> Self::Draft {
        Some(F::lift(bare))
    }

    fn into_draft(self) -> Self::Draft {
        self.map(F::into_draft)
    }

    fn complete(draft: Self::Draft) -> Result<Self, Missing> {
        draft.map(F::complete).transpose()
    }

    fn to_slot(draft: &Self::Draft) -> Slot {
        draft.as_ref().map_or(Slot::Null, F::to_slot)
    }

    #[inline]
    fn as_cell(draft: &Self::Draft) -> Option<Cell<'_>> {
        draft.as_ref().map_or(Some(Cell::Null), F::as_cell)
    }

    fn as_slot(&self) -> Slot {
        self.as_ref().map_or(Slot::Null, F::as_slot)
    }

    fn from_slot(slot: Slot) -> Result<Option<Self::Draft>, Rule> {
        match slot {
            Slot::Null => Ok(Some(None)),
            slot => Ok(F::from_slot(slot)?.map(Some)),
        }
    }

    #[inline]
    fn of_slot(slot: Slot) -> Result<Self, Rule> {
        match slot {
            Slot::Null => Ok(None),
            slot => F::of_slot(slot).map(Some),
        }
    }

    #[inline]
    fn from_cell(cell: Cell<'_>, field: &FieldSpec) -> Result<Self, Rule> {
        match cell {
            Cell::Null => Ok(None),
            cell => F::from_cell(cell, field).map(Some),
        }
    }

    fn visit_children(visitor: &mut dyn ChildVisitor) {
        F::visit_children(visitor);
    }
}

/// The value of a state that is neither unset nor null.
///
/// # Errors
/// [`Rule::NotNull`] for null.
#[doc(hidden)]
pub fn present(slot: Slot) -> Result<Option<Value>, Rule> {
    match slot {
        Slot::Unset => Ok(None),
        Slot::Null => Err(Rule::NotNull),
        Slot::Value(value) => Ok(Some(value)),
    }
}

pub(crate) fn mismatch(expected: &'static str, found: &Value) -> Rule {
    Rule::Kind { expected, found: found.kind() }
}

/// The part of [`FieldType`] that all types without an inner structure share: a draft holds the type
/// itself. Also used by the derive of [`FieldEnum`].
#[doc(hidden)]
#[macro_export]
macro_rules! __plain_field_type {
    ($kind:expr, $to:expr, $from:expr) => {
        type Bare = Self;
        type Draft = Self;

        fn kind() -> $crate::FieldKind {
            $kind
        }

        fn lift(bare: Self) -> Self {
            bare
        }

        fn into_draft(self) -> Self {
            self
        }

        fn complete(draft: Self) -> ::core::result::Result<Self, $crate::Missing> {
            ::core::result::Result::Ok(draft)
        }

        fn to_slot(draft: &Self) -> $crate::Slot {
            let to: fn(&Self) -> $crate::Value = $to;
            $crate::Slot::Value(to(draft))
        }

        fn as_slot(&self) -> $crate::Slot {
            Self::to_slot(self)
        }

        fn from_slot(slot: $crate::Slot) -> ::core::result::Result<::core::option::Option<Self>, $crate::Rule> {
            let from: fn($crate::Value) -> ::core::result::Result<Self, $crate::Rule> = $from;
            $crate::present(slot)?.map(from).transpose()
        }

        #[inline]
        fn of_slot(slot: $crate::Slot) -> ::core::result::Result<Self, $crate::Rule> {
            let from: fn($crate::Value) -> ::core::result::Result<Self, $crate::Rule> = $from;
            $crate::present(slot)?.map_or(::core::result::Result::Err($crate::Rule::Missing), from)
        }
    };
}
use __plain_field_type as plain;

/// [`FieldType`] for an object, so that fields of others can hold it: the derive of an object says no more
/// than this.
#[doc(hidden)]
#[macro_export]
macro_rules! __object_field_type {
    () => {
        type Bare = Self;
        type Draft = $crate::Draft<Self>;

        fn kind() -> $crate::FieldKind {
            $crate::FieldKind::Object(<Self as $crate::Object>::NAME.into())
        }

        fn lift(bare: Self) -> Self::Draft {
            $crate::Object::into_draft(bare)
        }

        fn into_draft(self) -> Self::Draft {
            $crate::Object::into_draft(self)
        }

        fn complete(draft: Self::Draft) -> ::core::result::Result<Self, $crate::Missing> {
            $crate::Object::from_draft(draft)
        }

        fn to_slot(draft: &Self::Draft) -> $crate::Slot {
            $crate::Slot::from($crate::ObjectDraft::to_record(draft))
        }

        fn as_slot(&self) -> $crate::Slot {
            $crate::Slot::from($crate::Object::to_record(self))
        }

        fn from_slot(slot: $crate::Slot) -> ::core::result::Result<::core::option::Option<Self::Draft>, $crate::Rule> {
            $crate::object_from_slot::<Self>(slot)
        }

        fn visit_children(visitor: &mut dyn $crate::ChildVisitor) {
            visitor.visit(<Self as $crate::Object>::declaration(), <Self as $crate::Object>::visit_children);
        }
    };
}

/// The enum that a value holds, for the derive of [`FieldEnum`].
///
/// # Errors
/// [`Rule::Kind`] when it holds something else.
#[doc(hidden)]
pub fn enum_from_value<E: FieldEnum>(value: Value) -> Result<E, Rule> {
    match value {
        Value::Enum(value) => Ok(E::from_value(&value)),
        other => Err(mismatch("enum", &other)),
    }
}

/// The draft of a child that a field holds.
fn child_from_record<T: Object>(record: Record) -> Result<T::Draft, Rule> {
    let expected = &T::declaration().head.name;
    if record.spec().name != *expected {
        return Err(Rule::Object { expected: expected.clone(), found: record.spec().name.clone() });
    }
    T::Draft::from_record(record).map_err(|error| Rule::Child(Box::new(error)))
}

/// The state of a field that holds one object; what the derive of an object uses to be a field type.
///
/// # Errors
/// The [`Rule`] that the state breaks.
#[doc(hidden)]
pub fn object_from_slot<T: Object>(slot: Slot) -> Result<Option<T::Draft>, Rule> {
    match present(slot)? {
        None => Ok(None),
        Some(Value::Object(record)) => child_from_record::<T>(*record).map(Some),
        Some(other) => Err(mismatch("object", &other)),
    }
}

/// The record that the field of a union holds; `None` for unset.
///
/// # Errors
/// The [`Rule`] that the state breaks.
#[doc(hidden)]
pub fn record_of_union(slot: Slot) -> Result<Option<Record>, Rule> {
    match present(slot)? {
        None => Ok(None),
        Some(Value::Object(record)) => Ok(Some(*record)),
        Some(other) => Err(mismatch("object", &other)),
    }
}

/// The draft of one member of a union, from the record that the union's field holds: `None` when the record is
/// of another member. What the derive `ObjectUnion` uses.
///
/// # Errors
/// The [`Rule`] that the record breaks.
#[doc(hidden)]
pub fn member_from_record<T: Object>(record: &Record) -> Option<Result<T::Draft, Rule>> {
    (record.spec().name.as_str() == T::NAME).then(|| child_from_record::<T>(record.clone()))
}
