//! What kind of value a field holds.

use std::sync::Arc;

use crate::{EnumSpec, IpFamily, ObjectName, UnionSpec};

/// The width of an integer field. It bounds the values on the wire and names the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is the Rust type of that name")]
pub enum IntegerWidth {
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
}

impl IntegerWidth {
    /// The smallest and the largest value.
    #[must_use]
    pub const fn bounds(self) -> (i128, i128) {
        match self {
            Self::I8 => (i8::MIN as i128, i8::MAX as i128),
            Self::I16 => (i16::MIN as i128, i16::MAX as i128),
            Self::I32 => (i32::MIN as i128, i32::MAX as i128),
            Self::I64 => (i64::MIN as i128, i64::MAX as i128),
            Self::U8 => (0, u8::MAX as i128),
            Self::U16 => (0, u16::MAX as i128),
            Self::U32 => (0, u32::MAX as i128),
            Self::U64 => (0, u64::MAX as i128),
        }
    }

    /// The name of the Rust type, such as `i64`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
        }
    }
}

/// What kind of value a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldKind {
    /// A whole number of a declared width.
    Integer(IntegerWidth),
    /// A finite number of 64 bits (IEEE 754). There is no negative zero: databases do not keep it.
    Float,
    /// True or false, and nothing that stands for them.
    Bool,
    /// Unicode text without NUL.
    Text,
    /// A string of bytes: base64 where it is text.
    Bytes,
    /// A decimal number of up to 38 digits, exactly.
    Decimal,
    /// One of declared texts, perhaps with the changes that are allowed between them. A stored text that is
    /// none of them is kept as it is and never written.
    Enum(Arc<EnumSpec>),
    /// A UUID, hyphenated and lower case where it is text.
    Uuid,
    /// A moment with its offset from UTC, to the microsecond.
    Timestamp,
    /// A day of the calendar.
    Date,
    /// A length of time, to the microsecond.
    Duration,
    /// An address of the Internet protocol.
    IpAddress(IpFamily),
    /// An address with the length of its network's prefix. Host bits are kept.
    IpNetwork(IpFamily),
    /// The hardware address of a network interface.
    MacAddress,
    /// The place of a device on the PCI bus.
    PciAddress,
    /// A condition on versions.
    VersionPredicate,
    /// Another object.
    Object(ObjectName),
    /// An object of one of several kinds.
    Union(Arc<UnionSpec>),
    /// Items of one kind, in order.
    List(Arc<Element>),
    /// Items of one kind, each once and in no order of their own.
    Set(Arc<Element>),
    /// Items of one kind by names, which are texts.
    Map(Arc<Element>),
}

/// What kind of value the items of a list, set or map have. The limits of the field are theirs too, but for
/// the number of items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// The kind: any but another list, set or map.
    pub kind: FieldKind,
    /// Whether an item may be null. Never for objects, or in a set.
    pub nullable: bool,
}

impl FieldKind {
    /// A list of items that are not null.
    #[must_use]
    pub fn list_of(kind: Self) -> Self {
        Self::List(Arc::new(Element { kind, nullable: false }))
    }

    /// A set.
    #[must_use]
    pub fn set_of(kind: Self) -> Self {
        Self::Set(Arc::new(Element { kind, nullable: false }))
    }

    /// A map to items that are not null.
    #[must_use]
    pub fn map_of(kind: Self) -> Self {
        Self::Map(Arc::new(Element { kind, nullable: false }))
    }

    /// A list of objects.
    pub fn list_of_objects(name: impl Into<ObjectName>) -> Self {
        Self::list_of(Self::Object(name.into()))
    }

    /// The kind in a word, for messages: never a value.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Integer(_) => "integer",
            Self::Float => "float",
            Self::Bool => "bool",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Decimal => "decimal",
            Self::Enum(_) => "enum",
            Self::Uuid => "uuid",
            Self::Timestamp => "timestamp",
            Self::Date => "date",
            Self::Duration => "duration",
            Self::IpAddress(_) => "IP address",
            Self::IpNetwork(_) => "IP network",
            Self::MacAddress => "MAC address",
            Self::PciAddress => "PCI address",
            Self::VersionPredicate => "version predicate",
            Self::Object(_) | Self::Union(_) => "object",
            Self::List(_) => "list",
            Self::Set(_) => "set",
            Self::Map(_) => "map",
        }
    }

    /// What the items are, for a list, set or map.
    #[must_use]
    pub fn element(&self) -> Option<&Element> {
        match self {
            Self::List(element) | Self::Set(element) | Self::Map(element) => Some(element),
            _ => None,
        }
    }

    /// The names of the objects that a field of this kind can hold: itself, or as items.
    #[must_use]
    pub fn children(&self) -> &[ObjectName] {
        match self {
            Self::Object(name) => std::slice::from_ref(name),
            Self::Union(spec) => &spec.members,
            kind => kind.element().map_or(&[], |element| element.kind.children()),
        }
    }

    /// The name of the one object that a field of this kind can hold: itself, or as items. `None` for a union of
    /// several.
    #[must_use]
    pub fn child(&self) -> Option<&ObjectName> {
        match self.children() {
            [name] => Some(name),
            _ => None,
        }
    }

    /// Whether a value of this kind lies in one cell of a table, beside a JSON cell: objects, lists, sets
    /// and maps do not.
    #[must_use]
    pub const fn is_scalar(&self) -> bool {
        !matches!(self, Self::Object(_) | Self::Union(_) | Self::List(_) | Self::Set(_) | Self::Map(_))
    }
}
