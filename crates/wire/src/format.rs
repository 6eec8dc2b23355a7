//! The formats of a message, as far as reading differs: values are looked at one level at a time.

mod json;
mod msgpack;

use std::borrow::Cow;
use std::sync::Arc;

pub(crate) use json::JsonFormat;
pub(crate) use msgpack::MsgPackFormat;

use crate::{Error, Limits};

/// A format of messages.
pub(crate) trait Format {
    /// A value that has not been read yet.
    type Raw<'m>: Copy;

    /// The one value that a message is, after its limits are checked: no memory is taken before that.
    fn message<'m>(bytes: &'m [u8], limits: &Limits) -> Result<Self::Raw<'m>, Error>;
    /// The entries of a map, in their order; `None` if it is something else.
    fn map<'m>(raw: Self::Raw<'m>) -> Result<Option<Entries<'m, Self>>, Error>;
    /// The items of a list; `None` if it is something else.
    fn list<'m>(raw: Self::Raw<'m>) -> Result<Option<Vec<Self::Raw<'m>>>, Error>;
    /// A value that is neither, or what it is.
    fn scalar<'m>(raw: Self::Raw<'m>) -> Result<Scalar<'m>, Error>;
    /// The value as JSON, to be handed back unread.
    fn opaque(raw: Self::Raw<'_>) -> Result<Arc<str>, Error>;
}

/// The entries of a map in their order.
pub(crate) type Entries<'m, F> = Vec<(Cow<'m, str>, <F as Format>::Raw<'m>)>;

/// A value without items.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar<'m> {
    Null,
    Bool(bool),
    Integer(i128),
    /// A number with a point or an exponent, or a whole one past 64 bits.
    Float(f64),
    Text(Cow<'m, str>),
    Bytes(&'m [u8]),
    /// No scalar.
    List,
    /// No scalar.
    Map,
}

impl Scalar<'_> {
    /// What it is, for messages.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Integer(_) => "number",
            Self::Float(_) => "number that is no whole number of 64 bits",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::List => "array",
            Self::Map => "map",
        }
    }
}
