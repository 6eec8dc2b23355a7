//! Values of fields, and the three states of a field.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use uuid::Uuid;

use crate::scalar::{address_of_text, network_of_text};
use crate::{Bytes, Date, Decimal, Duration, FieldKind, MacAddress, PciAddress, Record, Rule, Secret, Timestamp, VersionPredicate};

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
    /// A number of 64 bits.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// Text of a field that is not secret.
    Text(String),
    /// Text of a secret field.
    Secret(Secret<String>),
    /// A string of bytes.
    Bytes(Bytes),
    /// A decimal number.
    Decimal(Decimal),
    /// Text of an enum field.
    Enum(EnumValue),
    /// A UUID.
    Uuid(Uuid),
    /// A moment.
    Timestamp(Timestamp),
    /// A day.
    Date(Date),
    /// A length of time.
    Duration(Duration),
    /// An address of the Internet protocol.
    IpAddress(IpAddr),
    /// An address with the length of its network's prefix.
    IpNetwork(IpNet),
    /// The hardware address of a network interface.
    MacAddress(MacAddress),
    /// The place of a device on the PCI bus.
    PciAddress(PciAddress),
    /// A condition on versions.
    VersionPredicate(VersionPredicate),
    /// Another object.
    Object(Box<Record>),
    /// Items in order.
    List(Vec<Item>),
    /// Items of a set, in ascending order.
    Set(Vec<Item>),
    /// Items by name.
    Map(BTreeMap<String, Item>),
}

/// An item of a list, set or map; `None` is null.
pub type Item = Option<Value>;

impl Value {
    /// The kind in a word, for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Integer(_) => "integer",
            Self::Float(_) => "float",
            Self::Bool(_) => "bool",
            Self::Text(_) | Self::Secret(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Decimal(_) => "decimal",
            Self::Enum(_) => "enum",
            Self::Uuid(_) => "uuid",
            Self::Timestamp(_) => "timestamp",
            Self::Date(_) => "date",
            Self::Duration(_) => "duration",
            Self::IpAddress(_) => "IP address",
            Self::IpNetwork(_) => "IP network",
            Self::MacAddress(_) => "MAC address",
            Self::PciAddress(_) => "PCI address",
            Self::VersionPredicate(_) => "version predicate",
            Self::Object(_) => "object",
            Self::List(_) => "list",
            Self::Set(_) => "set",
            Self::Map(_) => "map",
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

    /// The value as text, for kinds whose values travel as text; `None` for all others.
    #[must_use]
    pub fn to_text(&self) -> Option<Cow<'_, str>> {
        let shown = match self {
            Self::Bytes(bytes) => bytes.to_base64(),
            Self::Decimal(number) => number.to_string(),
            Self::Uuid(value) => value.hyphenated().to_string(),
            Self::Timestamp(time) => time.to_string(),
            Self::Date(day) => day.to_string(),
            Self::Duration(duration) => duration.to_string(),
            Self::IpAddress(address) => address.to_string(),
            Self::IpNetwork(network) => network.to_string(),
            Self::MacAddress(address) => address.to_string(),
            Self::PciAddress(place) => place.to_string(),
            Self::VersionPredicate(predicate) => return Some(predicate.as_str().into()),
            value => return value.as_text().map(Cow::Borrowed),
        };
        Some(shown.into())
    }

    /// A value of `kind` from its text, for kinds whose values travel as text; limits are not checked, and an
    /// enum's value need not be a declared one.
    ///
    /// # Errors
    /// The [`Rule`] of the form that the text has not; [`Rule::Kind`] for a kind that is not text.
    pub fn from_text(kind: &FieldKind, text: &str) -> Result<Self, Rule> {
        Ok(match kind {
            FieldKind::Text => Self::Text(text.to_owned()),
            FieldKind::Bytes => Self::Bytes(text.parse()?),
            FieldKind::Decimal => Self::Decimal(text.parse()?),
            FieldKind::Enum(spec) => {
                let known = spec.values.iter().find(|value| ***value == *text);
                Self::Enum(known.map_or_else(|| EnumValue::Unknown(text.into()), |known| EnumValue::Known(known.clone())))
            }
            FieldKind::Uuid => Self::Uuid(uuid_of_text(text)?),
            FieldKind::Timestamp => Self::Timestamp(Timestamp::parse(text)?),
            FieldKind::Date => Self::Date(text.parse()?),
            FieldKind::Duration => Self::Duration(text.parse()?),
            FieldKind::IpAddress(family) => Self::IpAddress(address_of_text(*family, text)?),
            FieldKind::IpNetwork(family) => Self::IpNetwork(network_of_text(*family, text)?),
            FieldKind::MacAddress => Self::MacAddress(text.parse()?),
            FieldKind::PciAddress => Self::PciAddress(text.parse()?),
            FieldKind::VersionPredicate => Self::VersionPredicate(text.parse()?),
            kind => return Err(Rule::Kind { expected: kind.as_str(), found: "text" }),
        })
    }

    /// The order in which the items of a set stand; `Equal` only for equal values.
    #[doc(hidden)]
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => left.cmp(right),
            // The negative zero is the positive one.
            (Self::Float(left), Self::Float(right)) => (left + 0.0).total_cmp(&(right + 0.0)),
            (Self::Bool(left), Self::Bool(right)) => left.cmp(right),
            (Self::Bytes(left), Self::Bytes(right)) => left.as_slice().cmp(right.as_slice()),
            (Self::Decimal(left), Self::Decimal(right)) => left.cmp(right),
            (Self::Uuid(left), Self::Uuid(right)) => left.cmp(right),
            (Self::Timestamp(left), Self::Timestamp(right)) => left.cmp(right),
            (Self::Date(left), Self::Date(right)) => left.cmp(right),
            (Self::Duration(left), Self::Duration(right)) => left.cmp(right),
            (Self::IpAddress(left), Self::IpAddress(right)) => left.cmp(right),
            (Self::IpNetwork(left), Self::IpNetwork(right)) => left.cmp(right),
            (Self::MacAddress(left), Self::MacAddress(right)) => left.cmp(right),
            (Self::PciAddress(left), Self::PciAddress(right)) => left.cmp(right),
            // Texts, secret or not. A value of another kind is another value, whatever its text.
            (left, right) => left.to_text().cmp(&right.to_text()).then_with(|| left.kind().cmp(right.kind())),
        }
    }

    /// Shows each object that the value is or has as an item, with its name if it is in a map.
    pub(crate) fn visit_objects(&mut self, visit: &mut dyn FnMut(Option<&str>, &mut Record)) {
        match self {
            Self::Object(record) => visit(None, record),
            Self::List(items) => {
                for item in items.iter_mut().flatten() {
                    item.visit_objects(visit);
                }
            }
            Self::Map(items) => {
                for (name, item) in items {
                    if let Some(Self::Object(record)) = item {
                        visit(Some(name), record);
                    }
                }
            }
            _ => {}
        }
    }

    /// The objects that the value is or has as items.
    #[must_use]
    pub fn objects(&self) -> Vec<&Record> {
        match self {
            Self::Object(record) => vec![&**record],
            Self::List(items) => items.iter().flatten().flat_map(Self::objects).collect(),
            Self::Map(items) => items.values().flatten().flat_map(Self::objects).collect(),
            _ => Vec::new(),
        }
    }

    /// The value with each object that it is or has as an item replaced.
    ///
    /// # Errors
    /// The first error of `map`.
    pub fn try_map_objects<E>(self, map: &mut impl FnMut(Record) -> Result<Record, E>) -> Result<Self, E> {
        let mut item = |item: Item| match item {
            Some(Self::Object(record)) => Ok(Some(Self::Object(Box::new(map(*record)?)))),
            item => Ok(item),
        };
        Ok(match self {
            Self::Object(record) => Self::Object(Box::new(map(*record)?)),
            Self::List(items) => Self::List(items.into_iter().map(item).collect::<Result<_, E>>()?),
            Self::Map(items) => Self::Map(items.into_iter().map(|(name, value)| Ok((name, item(value)?))).collect::<Result<_, E>>()?),
            value => value,
        })
    }
}

/// Only the hyphenated form: the others mean the same, but would not come back as they were.
pub(crate) fn uuid_of_text(text: &str) -> Result<Uuid, Rule> {
    let hyphenated = text.len() == uuid::fmt::Hyphenated::LENGTH;
    Some(text).filter(|_| hyphenated).and_then(|text| Uuid::try_parse(text).ok()).ok_or(Rule::Uuid)
}

impl PartialEq for Value {
    /// Secrets are compared in constant time, and equal only secrets.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => left == right,
            (Self::Float(left), Self::Float(right)) => left == right,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Text(left), Self::Text(right)) => left == right,
            (Self::Secret(left), Self::Secret(right)) => left.same(right),
            (Self::Bytes(left), Self::Bytes(right)) => left == right,
            (Self::Decimal(left), Self::Decimal(right)) => left == right,
            (Self::Enum(left), Self::Enum(right)) => left == right,
            (Self::Uuid(left), Self::Uuid(right)) => left == right,
            (Self::Timestamp(left), Self::Timestamp(right)) => left == right,
            (Self::Date(left), Self::Date(right)) => left == right,
            (Self::Duration(left), Self::Duration(right)) => left == right,
            (Self::IpAddress(left), Self::IpAddress(right)) => left == right,
            (Self::IpNetwork(left), Self::IpNetwork(right)) => left == right,
            (Self::MacAddress(left), Self::MacAddress(right)) => left == right,
            (Self::PciAddress(left), Self::PciAddress(right)) => left == right,
            (Self::VersionPredicate(left), Self::VersionPredicate(right)) => left == right,
            (Self::Object(left), Self::Object(right)) => left == right,
            (Self::List(left), Self::List(right)) | (Self::Set(left), Self::Set(right)) => left == right,
            (Self::Map(left), Self::Map(right)) => left == right,
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
        Self::List(records.into_iter().map(|record| Some(record.into())).collect())
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
