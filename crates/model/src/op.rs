//! What a release can change.

use std::sync::Arc;

use crate::{Conversion, FieldSpec, MethodChange, ObjectName, ObjectVersion, Others, Pick, Ratio, Regrouping, Rounding, Slot, Value};

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
    /// Values are others, by a table. A value that is not in it stays as it is where the other type has it.
    MapValues {
        /// The field as it was, under the name it still has: of a scalar kind. Whether it may be null stays as it was.
        field: FieldSpec,
        /// Pairs of an older value and the newer one. Of several older values that become one newer, the first is what
        /// that one becomes for an older reader.
        table: Vec<(Value, Value)>,
        /// What an older reader is shown in place of a newer value that is not in the table and that the older type has not;
        /// as for `Widen`.
        fallback: Slot,
        /// What stands for an older value that is not in the table and that the newer type has not; as for `Constrain`.
        fill: Slot,
    },
    /// A number is told in another unit.
    Scale {
        /// The field as it was, under the name it still has: an integer, a decimal number or a float, as it is now. Whether it
        /// may be null stays as it was.
        field: FieldSpec,
        /// What an older value is multiplied by.
        by: Ratio,
        /// What becomes of a part that the unit cannot tell.
        rounding: Rounding,
        /// What an older reader is shown in place of a value that the older type has not; as for `Widen`.
        fallback: Slot,
        /// What stands for an older value that the newer type has not; as for `Constrain`.
        fill: Slot,
    },
    /// A field that held one value holds a list of such.
    Listify {
        /// The field as it was, under the name it still has. A null of it is an empty list.
        field: FieldSpec,
        /// Which item an older reader is shown.
        pick: Pick,
        /// What becomes of the other items when an older writer changes the one that it is shown.
        others: Others,
        /// What an older reader is shown of a list without items, where the older field may not be null;
        /// [`Slot::Unset`] when there is nothing to show, and converting such a list is an error.
        fallback: Slot,
    },
    /// A list of objects is a map of them by one of their fields. Two objects with the same key are an error.
    KeyBy {
        /// The field as it was, under the name it still has: a list of objects.
        field: FieldSpec,
        /// The field of the objects whose text or whole number names each.
        key: Arc<str>,
    },
    /// A map of objects, each named by one of its fields, is a list of them.
    Unkey {
        /// The field as it was, under the name it still has: a map of objects.
        field: FieldSpec,
        /// The field of the objects whose text or whole number named each.
        key: Arc<str>,
    },
    /// The items of a list, set or map are changed as a field is. Not for objects, whose own history says what changed.
    Each {
        /// The field.
        field: Arc<str>,
        /// What happened to an item: an op that changes values. It speaks of a field of the same name, which has the kind of the
        /// items, the limits of the field, and may be null where an item may.
        op: Box<Self>,
    },
    /// The value under one name of a map is changed as a field is.
    Within {
        /// The field.
        field: Arc<str>,
        /// What happened to the entry: `Rename`, or an op that changes values and leaves their kind. It speaks of a field that has
        /// the name of the entry, and the kind and limits of the items.
        op: Box<Self>,
    },
    /// Fields became those of an object.
    Nest {
        /// The fields as they were, by the names that they have in the object.
        fields: Vec<FieldSpec>,
        /// The field of the newer shape that holds the object.
        into: Arc<str>,
        /// The version of the object that has just these fields. It may have others by now.
        at: ObjectVersion,
    },
    /// The fields of an object became fields.
    Flatten {
        /// The field as it was, which held the object.
        field: FieldSpec,
        /// The version of the object that has just these fields. It may have others by now.
        at: ObjectVersion,
        /// The fields of the newer shape, by the names that they have in the object.
        into: Vec<Arc<str>>,
    },
    /// A field became several.
    Split {
        /// The field as it was.
        field: FieldSpec,
        /// The fields of the newer shape that it became.
        into: Vec<Arc<str>>,
        /// What takes the field to these and back.
        regrouping: Regrouping,
    },
    /// Several fields became one.
    Merge {
        /// The fields as they were.
        fields: Vec<FieldSpec>,
        /// The field of the newer shape that they became.
        into: Arc<str>,
        /// What takes the fields to this one and back.
        regrouping: Regrouping,
    },
    /// Fields became others in a way that no other op has.
    Custom {
        /// A name for it.
        name: Arc<str>,
        /// The fields as they were.
        fields: Vec<FieldSpec>,
        /// The fields of the newer shape that they became, under whatever names.
        into: Vec<Arc<str>>,
        /// What takes the ones to the others and back.
        regrouping: Regrouping,
        /// What may be lost although the carry brings back what does not return by itself, and why that is accepted.
        loss: Option<Arc<str>>,
    },
    /// The object has another name, or belongs to another project: its messages of older versions still say the older.
    RenameObject {
        /// Its name until this release.
        from: ObjectName,
        /// The project that it belonged to until this release.
        namespace: Arc<str>,
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

impl Op {
    /// Whether it has functions of its own, or what it does to the items of a field has.
    #[must_use]
    pub fn has_functions(&self) -> bool {
        match self {
            Self::Retype { .. } | Self::Split { .. } | Self::Merge { .. } | Self::Custom { .. } => true,
            Self::Each { op, .. } | Self::Within { op, .. } => op.has_functions(),
            _ => false,
        }
    }
}
