//! What was wrong with a message.

use std::fmt;

use recension_model::{ObjectName, ObjectVersion};

/// A limit that a message is past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// Bytes of the message.
    MessageBytes,
    /// Levels of arrays and maps.
    Depth,
    /// Objects in the message.
    Objects,
    /// Items of an array.
    ListItems,
    /// Keys of a map.
    MapKeys,
    /// Bytes of a key.
    KeyBytes,
    /// Bytes of a text.
    TextBytes,
    /// Hops between two versions.
    Hops,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MessageBytes => "bytes of a message",
            Self::Depth => "levels of nesting",
            Self::Objects => "objects in a message",
            Self::ListItems => "items of a list",
            Self::MapKeys => "keys of a map",
            Self::KeyBytes => "bytes of a key",
            Self::TextBytes => "bytes of a text",
            Self::Hops => "steps between two versions",
        })
    }
}

/// What is wrong with the form of a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformation {
    /// The bytes are no JSON.
    #[error("no JSON at line {line}, column {column}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// The bytes are no UTF-8.
    #[error("no UTF-8 at byte {0}")]
    Utf8(usize),
    /// Something follows the message.
    #[error("something follows the message")]
    Trailing,
    /// A key of the envelope is missing.
    #[error("the envelope has no `{0}`")]
    MissingKey(&'static str),
    /// The envelope has a key it must not have: one of ours by name, any other by its place, as `message[2]`.
    #[error("the envelope has the unknown key `{0}`")]
    UnknownKey(String),
    /// A key stands twice.
    #[error("key `{0}` stands twice")]
    DuplicateKey(String),
    /// A part of the envelope is of another JSON type.
    #[error("`{0}` of the envelope is of the wrong type")]
    WrongType(&'static str),
    /// A text of the envelope has the wrong form.
    #[error("the version of `{0}` is no version")]
    Version(String),
    /// The bytes are no MessagePack, or MessagePack that no message is made of: keys that are no texts, extensions.
    #[error("no MessagePack of a message at byte {0}")]
    MsgPack(usize),
    /// What a newer release carries cannot be said in the format of the message.
    #[error("what a newer release carries cannot be said in this format")]
    Opaque,
    /// The carry has the wrong form.
    #[error("the carry of `{0}` is malformed")]
    Carry(ObjectName),
}

/// Why a message could not be written or read. Says what and where, never a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The message is past a limit.
    #[error("more than {max} {limit}")]
    TooLarge {
        /// Which limit.
        limit: Limit,
        /// How much is allowed.
        max: usize,
    },
    /// The message has not the form of an envelope.
    #[error("malformed message: {0}")]
    Malformed(Malformation),
    /// The message is of an object, or a namespace, that this program does not know.
    #[error("unknown object `{}{name}`", if namespace.is_empty() { String::new() } else { format!("{namespace}.") })]
    UnknownObject {
        /// The namespace in the message, `?` if it has not the form of a name; empty for an object that is to be written.
        namespace: String,
        /// The name in the message, `?` if it has not the form of one.
        name: String,
    },
    /// The message is of another object than was asked for.
    #[error("expected `{expected}`, found `{found}`")]
    OtherObject {
        /// The object asked for.
        expected: ObjectName,
        /// The object in the message.
        found: ObjectName,
    },
    /// The object is known, but not at that version. A client may ask a peer to convert it.
    #[error("`{object}` {version} is not known here, which knows {lowest} to {highest}")]
    Incompatible {
        /// The object.
        object: ObjectName,
        /// The version of the message, or the one asked for.
        version: ObjectVersion,
        /// The lowest version known here.
        lowest: ObjectVersion,
        /// The highest version known here.
        highest: ObjectVersion,
    },
    /// A field of the object is at fault.
    #[error(transparent)]
    Object(#[from] recension_model::Error),
    /// A value of the object has no counterpart in the version of the message or of the reader.
    #[error(transparent)]
    NotConverted(#[from] Box<recension_versioning::NotConverted>),
    /// The object's own declaration is at fault.
    #[error(transparent)]
    History(#[from] recension_versioning::HistoryError),
}

impl Error {
    /// The same error, seen from an object that holds the failing one at `path`.
    pub(crate) fn within(self, object: &ObjectName, path: &str) -> Self {
        match self {
            Self::Object(error) => Self::Object(error.within(object, path)),
            other => other,
        }
    }
}

impl From<Malformation> for Error {
    fn from(malformation: Malformation) -> Self {
        Self::Malformed(malformation)
    }
}

impl From<recension_versioning::Error> for Error {
    fn from(error: recension_versioning::Error) -> Self {
        use recension_versioning::Error as Source;
        match error {
            Source::UnknownObject(name) => Self::UnknownObject { namespace: String::new(), name },
            Source::Incompatible { object, version, lowest, highest } => Self::Incompatible { object, version, lowest, highest },
            Source::Object(error) => Self::Object(error),
            Source::History(error) => Self::History(error),
            Source::NotConverted(error) => Self::NotConverted(error),
            // The enum is open for later releases of this workspace only, which extend this match.
            _ => Self::UnknownObject { namespace: String::new(), name: String::new() },
        }
    }
}
