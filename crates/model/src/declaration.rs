//! A shape together with the steps that led to it.

use std::sync::Arc;

use crate::{Conversion, FieldSpec, MethodChange, ObjectSpec, ObjectVersion, Slot, Value};

/// An object as its author declares it: the newest shape, and the releases that led to it. What follows
/// from it (older shapes, conversions, fingerprints) is worked out by `recension-versioning`.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// The newest shape. Its version is that of the last release.
    pub head: Arc<ObjectSpec>,
    /// Every release, oldest first; the first has no ops.
    pub releases: Vec<Release>,
}

/// One version of an object, and how it differs from the version before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    /// The version.
    pub version: ObjectVersion,
    /// What changed and why, in a sentence: the changelog is read off it.
    pub why: String,
    /// What changed, in order.
    pub ops: Vec<Op>,
}

impl Release {
    /// A release without ops.
    pub fn new(version: ObjectVersion, why: &str) -> Self {
        Self { version, why: why.to_owned(), ops: Vec::new() }
    }

    /// Adds an op.
    #[must_use]
    pub fn op(mut self, op: Op) -> Self {
        self.ops.push(op);
        self
    }
}

/// One change between two neighbouring versions of an object.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Op {
    /// A field was added.
    Add {
        /// Its name; its specification is that of the newer shape.
        field: Arc<str>,
        /// What a complete object of an older version gets: null or a value. [`Slot::Unset`] when
        /// nothing was declared, which a nullable field reads as null.
        old_default: Slot,
    },
    /// A field was removed.
    Remove {
        /// The field as it was.
        field: FieldSpec,
        /// What an older reader is shown when the object never had the field: null or a value.
        fallback: Slot,
    },
    /// A field got another name.
    Rename {
        /// Its name until this release.
        from: Arc<str>,
        /// Its name since.
        to: Arc<str>,
    },
    /// A field has another type.
    Retype {
        /// The field as it was, under the name it still has. Whether it may be null stays as it was.
        field: FieldSpec,
        /// What takes a value to the newer type and back. Null stays null.
        conversion: Conversion,
    },
    /// A field that might be null no longer may.
    Require {
        /// The field.
        field: Arc<str>,
        /// What stands for the null of an older object.
        fill: Value,
    },
    /// A field that might not be null now may.
    Relax {
        /// The field.
        field: Arc<str>,
        /// What an older reader is shown in place of null.
        fallback: Value,
    },
    /// A field has a wider type, which has every value of the older one exactly: integers that become wider ones,
    /// floats (up to 32 bits) or decimal numbers; an enum or a UUID that becomes a text; an address or network of one family
    /// that becomes one of any.
    Widen {
        /// The field as it was, under the name it still has. Whether it may be null stays as it was.
        field: FieldSpec,
        /// What an older reader is shown in place of a value that the older type has not: null or a value.
        /// [`Slot::Unset`] when there is nothing to show, and converting such a value is an error.
        fallback: Slot,
    },
    /// A field has other limits.
    Constrain {
        /// The field as it was, under the name it still has: it differs in its limits alone.
        field: FieldSpec,
        /// What an older reader is shown in place of a value that is past the older limits; as for `Widen`.
        fallback: Slot,
        /// What stands for an older value that is past the newer limits: null or a value. [`Slot::Unset`] when there is
        /// none, and converting such a value is an error.
        fill: Slot,
    },
    /// An enum has a value more.
    EnumAdd {
        /// The field.
        field: Arc<str>,
        /// The value.
        value: Arc<str>,
        /// The value that an older reader is shown in place of it.
        shown_as: Arc<str>,
    },
    /// An enum has a value less. Not for a state machine.
    EnumRemove {
        /// The field.
        field: Arc<str>,
        /// The value.
        value: Arc<str>,
        /// What an older value of it becomes.
        becomes: Arc<str>,
    },
    /// A value of an enum has another name.
    EnumRename {
        /// The field.
        field: Arc<str>,
        /// Its name until this release.
        from: Arc<str>,
        /// Its name since.
        to: Arc<str>,
    },
    /// The objects in a field are of another version: of `from` in every version before this release, back
    /// to the op like this one before it, and of `to` since.
    Child {
        /// The field that holds them.
        field: Arc<str>,
        /// Their version until this release.
        from: ObjectVersion,
        /// Their version since.
        to: ObjectVersion,
    },
    /// Code does something in another way, and asks for this name whether it should; the shape stayed.
    Behaviour {
        /// The name.
        name: Arc<str>,
    },
    /// A method was added, changed or removed; the shape stayed.
    Method {
        /// The method.
        name: Arc<str>,
        /// What happened to it.
        change: MethodChange,
    },
}
