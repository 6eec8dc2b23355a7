//! What kind of value a field holds.

use std::sync::Arc;

use crate::ObjectName;

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

/// The values an enum field may take, by the text that travels and is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumSpec {
    /// The name of the enum, for messages and schemas.
    pub name: Arc<str>,
    /// Its values in declared order.
    pub values: Vec<Arc<str>>,
}

impl EnumSpec {
    /// An enum of these values.
    pub fn new<'v>(name: &str, values: impl IntoIterator<Item = &'v str>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), values: values.into_iter().map(Into::into).collect() })
    }

    /// Whether `text` is one of the values.
    #[must_use]
    pub fn knows(&self, text: &str) -> bool {
        self.values.iter().any(|value| &**value == text)
    }
}

/// What kind of value a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldKind {
    /// A whole number of a declared width.
    Integer(IntegerWidth),
    /// True or false, and nothing that stands for them.
    Bool,
    /// Unicode text without NUL.
    Text,
    /// One of declared texts. A stored text that is none of them is kept as it is and never written.
    Enum(Arc<EnumSpec>),
    /// A UUID, hyphenated and lower case where it is text.
    Uuid,
    /// A moment with its offset from UTC, to the microsecond.
    Timestamp,
    /// Another object.
    Object(ObjectName),
    /// Objects of one kind, in order.
    ListOfObjects(ObjectName),
}

impl FieldKind {
    /// The kind in a word, for messages: never a value.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Integer(_) => "integer",
            Self::Bool => "bool",
            Self::Text => "text",
            Self::Enum(_) => "enum",
            Self::Uuid => "uuid",
            Self::Timestamp => "timestamp",
            Self::Object(_) => "object",
            Self::ListOfObjects(_) => "list of objects",
        }
    }

    /// The name of the object that a field of this kind holds, if it holds any.
    #[must_use]
    pub const fn child(&self) -> Option<&ObjectName> {
        match self {
            Self::Object(name) | Self::ListOfObjects(name) => Some(name),
            _ => None,
        }
    }
}
