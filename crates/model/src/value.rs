//! Values of fields, and the three states of a field.

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

use crate::{Record, Secret, Timestamp};

/// The text of an enum field, and whether this release knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnumValue {
    /// One of the declared values.
    Known(Arc<str>),
    /// A stored text that no declared value has: another release wrote it. Kept, never written.
    Unknown(Arc<str>),
}

impl EnumValue {
    /// The text that is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(text) | Self::Unknown(text) => text,
        }
    }
}

/// The value of a field that has one. `Debug` names the kind only.
#[derive(Clone)]
#[non_exhaustive]
pub enum Value {
    /// An integer of any width.
    Integer(i128),
    /// True or false.
    Bool(bool),
    /// Text of a field that is not secret.
    Text(String),
    /// Text of a secret field.
    Secret(Secret<String>),
    /// Text of an enum field.
    Enum(EnumValue),
    /// A UUID.
    Uuid(Uuid),
    /// A moment.
    Timestamp(Timestamp),
    /// Another object.
    Object(Box<Record>),
    /// Objects in order.
    List(Vec<Record>),
}

impl Value {
    /// The kind in a word, for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Integer(_) => "integer",
            Self::Bool(_) => "bool",
            Self::Text(_) | Self::Secret(_) => "text",
            Self::Enum(_) => "enum",
            Self::Uuid(_) => "uuid",
            Self::Timestamp(_) => "timestamp",
            Self::Object(_) => "object",
            Self::List(_) => "list of objects",
        }
    }

    /// The text of a text or enum field, secret or not.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Secret(text) => Some(text.expose()),
            Self::Enum(value) => Some(value.as_str()),
            _ => None,
        }
    }

    /// The number of an integer field.
    #[must_use]
    pub const fn as_integer(&self) -> Option<i128> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }
}

impl PartialEq for Value {
    /// Secrets are compared in constant time, and equal only secrets.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => left == right,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Text(left), Self::Text(right)) => left == right,
            (Self::Secret(left), Self::Secret(right)) => left.same(right),
            (Self::Enum(left), Self::Enum(right)) => left == right,
            (Self::Uuid(left), Self::Uuid(right)) => left == right,
            (Self::Timestamp(left), Self::Timestamp(right)) => left == right,
            (Self::Object(left), Self::Object(right)) => left == right,
            (Self::List(left), Self::List(right)) => left == right,
            _ => false,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.kind())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number.into())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Uuid> for Value {
    fn from(value: Uuid) -> Self {
        Self::Uuid(value)
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Timestamp(value)
    }
}

impl From<Record> for Value {
    fn from(record: Record) -> Self {
        Self::Object(Box::new(record))
    }
}

impl From<Vec<Record>> for Value {
    fn from(records: Vec<Record>) -> Self {
        Self::List(records)
    }
}

/// The state of a field. Unset is not null: nothing is known of an unset field, and it is never written.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Slot {
    /// Nothing is known of the field.
    #[default]
    Unset,
    /// The field is known to have no value.
    Null,
    /// The field has this value.
    Value(Value),
}

impl Slot {
    /// Whether the field is null or has a value.
    #[must_use]
    pub const fn is_set(&self) -> bool {
        !matches!(self, Self::Unset)
    }

    /// The value, if there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The state in a word, for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Unset => "unset",
            Self::Null => "null",
            Self::Value(value) => value.kind(),
        }
    }
}

impl<V: Into<Value>> From<V> for Slot {
    fn from(value: V) -> Self {
        Self::Value(value.into())
    }
}
