//! What can be wrong with a schema.

use std::fmt;

/// Which of the two schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The one that instances are made by.
    Writer,
    /// The one that they are read with.
    Reader,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Writer => "writer",
            Self::Reader => "reader",
        })
    }
}

/// A schema that cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{keyword}` at `#{path}` of the {side}'s schema {fault}")]
#[non_exhaustive]
pub struct SchemaError {
    /// Which of the two.
    pub side: Side,
    /// The keyword at fault.
    pub keyword: &'static str,
    /// Where, as a JSON pointer.
    pub path: String,
    /// What is wrong.
    pub fault: Fault,
}

/// Two of several versions that cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{writer}` cannot be compared with `{reader}`")]
#[non_exhaustive]
pub struct NotCompared {
    /// The version that writes.
    pub writer: String,
    /// The version that reads.
    pub reader: String,
    /// Why.
    pub source: SchemaError,
}

/// What is wrong with a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// More than 128 schemas in each other, or 256 values.
    #[error("is nested too deep: up to 128 schemas")]
    TooDeep,
    /// A reference to nothing in this document.
    #[error("leads nowhere in the document")]
    Unresolved,
    /// A reference that leads back to itself before the instance gets smaller.
    #[error("leads back to itself")]
    Loop,
    /// Neither an object nor a boolean where a schema should be.
    #[error("is no schema")]
    NoSchema,
    /// A keyword with a value of the wrong kind.
    #[error("has a value that the keyword may not have")]
    WrongValue,
    /// A document that says it is of another dialect.
    #[error("names another dialect than draft 2020-12 or draft-07")]
    Dialect,
    /// Two places with one name.
    #[error("is a name that another place has")]
    Twice,
}
