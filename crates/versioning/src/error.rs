//! What can be wrong with a history, and with a conversion.

use recension_model::{Misfit, ObjectName, ObjectVersion};

/// A declaration whose history makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// There is no release at all.
    #[error("`{0}` has no release")]
    NoRelease(ObjectName),
    /// The first release has ops: there is nothing before it that could have changed.
    #[error("the first release of `{0}` has ops")]
    FirstHasOps(ObjectName),
    /// A release is not higher than the one before it.
    #[error("release {version} of `{object}` does not come after {previous}")]
    NotAscending {
        /// The object.
        object: ObjectName,
        /// The release before.
        previous: ObjectVersion,
        /// The release at fault.
        version: ObjectVersion,
    },
    /// The newest shape has another version than the last release.
    #[error("the shape of `{object}` is {shape}, its last release is {release}")]
    HeadVersion {
        /// The object.
        object: ObjectName,
        /// The version of the shape.
        shape: ObjectVersion,
        /// The version of the last release.
        release: ObjectVersion,
    },
    /// An op does not fit the shape it leads to.
    #[error("release {version} of `{object}`: `{op}` {fault}")]
    Op {
        /// The object.
        object: ObjectName,
        /// The release.
        version: ObjectVersion,
        /// The op, as it is declared.
        op: String,
        /// What is wrong with it.
        fault: OpFault,
    },
    /// A shape on the way is not a valid one.
    #[error("release {version} of `{object}`")]
    Shape {
        /// The object.
        object: ObjectName,
        /// The release.
        version: ObjectVersion,
        /// Why it is not.
        source: recension_model::Error,
    },
    /// Two objects of one registry share a name.
    #[error("two objects are called `{0}`")]
    DuplicateObject(ObjectName),
    /// A field holds an object that the registry does not have.
    #[error("field `{field}` of `{object}` holds `{child}`, which is not registered")]
    UnregisteredChild {
        /// The object.
        object: ObjectName,
        /// Its field.
        field: String,
        /// The object that is not there.
        child: ObjectName,
    },
    /// A field is said to hold an object at a version that its history has not.
    #[error("release {version} of `{object}` pins `{child}` in `{field}` to {pin}, which its history does not have")]
    UnknownPin {
        /// The object.
        object: ObjectName,
        /// The release.
        version: ObjectVersion,
        /// The field.
        field: String,
        /// The object in it.
        child: ObjectName,
        /// The version that is not there.
        pin: ObjectVersion,
    },
}

impl HistoryError {
    /// Where it is wrong: the object, and the release and the field where there is one.
    #[must_use]
    pub fn place(&self) -> (&ObjectName, Option<&ObjectVersion>, Option<&str>) {
        match self {
            Self::NoRelease(object) | Self::FirstHasOps(object) | Self::DuplicateObject(object) => (object, None, None),
            Self::NotAscending { object, version, .. }
            | Self::HeadVersion { object, release: version, .. }
            | Self::Op { object, version, .. }
            | Self::Shape { object, version, .. } => (object, Some(version), None),
            Self::UnregisteredChild { object, field, .. } => (object, None, Some(field)),
            Self::UnknownPin { object, version, field, .. } => (object, Some(version), Some(field)),
        }
    }
}

/// What is wrong with an op.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpFault {
    /// The field it makes is not in the newer shape.
    #[error("names a field that this release does not have")]
    NoSuchField,
    /// The field it takes away is still in the newer shape.
    #[error("names a field that this release still has")]
    StillThere,
    /// A required field was added without a value for objects made before it.
    #[error("adds a required field without a value for older objects")]
    NoOldDefault,
    /// A required field was removed without a value to show to older readers.
    #[error("removes a required field without a fallback for older readers")]
    NoFallback,
    /// A retyped field may be null on one side only.
    #[error("changes whether the field may be null, which is said with `require` or `relax`")]
    RetypedNull,
    /// A retyped field holds objects.
    #[error("gives another type to a field that holds objects, which have versions of their own")]
    RetypedObject,
    /// A field that was required may be null.
    #[error("requires a field that may still be null")]
    StillNullable,
    /// A field that was relaxed may not be null.
    #[error("relaxes a field that may not be null")]
    NotNullable,
    /// A field is not widened by the table of exact promotions.
    #[error("widens a field to a type that has not every value of the older one exactly")]
    NotWider,
    /// A field differs in more than its limits.
    #[error("constrains a field that differs in more than its limits")]
    MoreThanLimits,
    /// A field is no enum.
    #[error("is about a field that is no enum")]
    NoEnum,
    /// An enum has not a value that an op names.
    #[error("names a value that the enum has not")]
    NoSuchValue,
    /// An enum still has a value that was removed or renamed.
    #[error("takes away a value that the enum still has")]
    ValueStillThere,
    /// A state was taken out of a state machine.
    #[error("takes a state out of a state machine, whose changes to and from it nothing says")]
    StateRemoved,
    /// A table of values is for a kind that has no single values.
    #[error("is about a field that holds objects, or several values")]
    NoScalar,
    /// A table names an older value twice.
    #[error("names an older value twice")]
    MappedTwice,
    /// A field told in another unit is no number, or another kind of number.
    #[error("is about a field that is no number, or was of another kind")]
    NoNumber,
    /// A field that became a list is no list of what it was.
    #[error("is about a field that is no list of what it was")]
    NoListOf,
    /// A list that became a map by key, or the other way round, is no list or map of the same objects.
    #[error("is about a field that is no map of the objects that were in the list, or the other way round")]
    NotKeyed,
    /// The objects of a list that is a map by key elsewhere have not the key in each of their versions, or may have none, or it is a
    /// secret or otherwise more than whoever sees the map may see.
    #[error("names no key that the objects have in every version: a text or a number, never null, and of no stricter class than the field")]
    NoKey,
    /// Fields become an object of the kind that they are in, or the other way round.
    #[error("puts fields into an object of the kind that they are in")]
    NestedInItself,
    /// The field is pinned below the version whose fields go into the object.
    #[error("is about fields of {0}, and the object is pinned to an earlier version")]
    PinnedBelow(ObjectVersion),
    /// A list that becomes a map by key, or the other way round, is changed in another way too; or one that a value became and whose
    /// other items stay is changed further.
    #[error("does not stand beside another change of the same field: make it a release of its own")]
    NotAlone,
    /// A field has no items.
    #[error("is about the items of a field that has none")]
    NoItems,
    /// A field that is no map has no entries.
    #[error("is about an entry of a field that is no map")]
    NoMap,
    /// Objects have histories of their own.
    #[error("is about objects, whose own history says what changed: pin them with `child`")]
    ObjectsInside,
    /// An op on items that does not change values, or speaks of another field.
    #[error("does to items what cannot be done to them")]
    NotOfItems,
    /// An entry of a map has another kind than the others.
    #[error("gives one entry of a map another kind than the others have")]
    EntryOfOtherKind,
    /// An op makes fields of others, and names none.
    #[error("names no fields on one side")]
    NoFields,
    /// The object that fields became has not these fields at the version that is named.
    #[error("names fields that the object has not, or has in another way, at the version that it names")]
    NestedFields,
    /// A field is changed by the release that adds or removes it, or its objects are pinned twice by one.
    #[error("changes a field that the same release adds, removes or pins")]
    TwiceChanged,
    /// A pinned field holds no object.
    #[error("pins the objects in a field that holds none")]
    HoldsNoObject,
    /// The objects in a field are not of a later version than before.
    #[error("does not pin a later version than before")]
    PinBackward,
    /// The objects in a field were of another version before than the op says.
    #[error("begins at another version than {0}, to which the field is pinned")]
    PinnedElsewhere(ObjectVersion),
    /// A behaviour has the name of an earlier one.
    #[error("names a behaviour that the history already has")]
    BehaviourTwice,
    /// An entry has a name that the map does not take.
    #[error("names an entry that {0}")]
    EntryName(recension_model::Rule),
    /// The default or fallback breaks a rule of the field.
    #[error("gives a value that {0}")]
    Value(recension_model::Rule),
}

/// Why objects could not be converted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The registry has no such object.
    #[error("unknown object `{0}`")]
    UnknownObject(String),
    /// The object is known, but not at that version.
    #[error("`{object}` {version} is not known here, which knows {lowest} to {highest}")]
    Incompatible {
        /// The object.
        object: ObjectName,
        /// The version asked for.
        version: ObjectVersion,
        /// The lowest version known.
        lowest: ObjectVersion,
        /// The highest version known.
        highest: ObjectVersion,
    },
    /// A value has no counterpart in the version that was asked for.
    #[error(transparent)]
    NotConverted(#[from] Box<NotConverted>),
    /// The history has no behaviour of that name.
    #[error("`{object}` has no behaviour `{name}`")]
    UnknownBehaviour {
        /// The object.
        object: ObjectName,
        /// The name asked for, shortened and escaped.
        name: String,
    },
    /// The object itself is at fault.
    #[error(transparent)]
    Object(#[from] recension_model::Error),
    /// The history of the object is at fault.
    #[error(transparent)]
    History(#[from] HistoryError),
}

/// A value that an op of the history does not take to the neighbouring version. Names where, never the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot take field `{field}` of `{object}` from {from} to {to} by `{op}`")]
pub struct NotConverted {
    /// The object.
    pub object: ObjectName,
    /// The field, as it is called in the version that the value has.
    pub field: String,
    /// The op, as it is declared.
    pub op: String,
    /// The version that the value has.
    pub from: ObjectVersion,
    /// The neighbouring version that it does not reach.
    pub to: ObjectVersion,
    /// Why.
    #[source]
    pub misfit: Misfit,
}
