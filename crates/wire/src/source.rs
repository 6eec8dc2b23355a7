//! Where the short way reads: JSON or MessagePack, piece by piece, as it is asked for.
//!
//! Whoever reads knows what must come next, so there is nothing to dispatch on: a key that is guessed is compared
//! as it stands in the message. What is not as it should be ends the short way.

use recension_model::Bytes;

use crate::Limits;
use crate::direct::LongWay;
use crate::sink::Ready;

/// A text, as it is in the message or without its escapes.
#[derive(Debug)]
pub enum Text<'m> {
    /// As it is in the message.
    Borrowed(&'m str),
    /// Without its escapes.
    Owned(String),
}

impl Text<'_> {
    /// The text.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Owned(text) => text,
        }
    }
}

/// How far a list or a map was read.
#[derive(Debug)]
pub struct Items {
    /// Items left, where the format tells their number beforehand.
    pub(crate) left: usize,
    /// Whether the first was begun.
    pub(crate) begun: bool,
}

/// A whole number.
#[derive(Clone, Copy, Debug)]
pub enum Whole {
    /// Zero or more.
    Unsigned(u64),
    /// Less than zero.
    Negative(i64),
}

impl Whole {
    /// The number in any integer type, if it fits.
    #[inline]
    pub(crate) fn fit<N: TryFrom<u64> + TryFrom<i64>>(self) -> Result<N, LongWay> {
        match self {
            Self::Unsigned(number) => N::try_from(number).map_err(|_| LongWay),
            Self::Negative(number) => N::try_from(number).map_err(|_| LongWay),
        }
    }
}

/// Gives the pieces of a message in their order. Every method fails where the next piece is another one.
#[expect(clippy::missing_errors_doc, reason = "there is one error, which says nothing")]
pub trait Source<'m> {
    /// Begins a map.
    fn begin_map(&mut self) -> Result<Items, LongWay>;
    /// Whether a key follows in the map; without one it is ended.
    fn more_keys(&mut self, items: &mut Items) -> Result<bool, LongWay>;
    /// Begins a list.
    fn begin_list(&mut self) -> Result<Items, LongWay>;
    /// Whether an item follows in the list; without one it is ended.
    fn more_items(&mut self, items: &mut Items) -> Result<bool, LongWay>;
    /// Whether the next key is this one, as it is mostly written. Goes past it if it is.
    fn is_key(&mut self, key: &Ready) -> bool;
    /// A key.
    fn key(&mut self) -> Result<Text<'m>, LongWay>;
    /// Whether the next value is null. Goes past it if it is.
    fn is_null(&mut self) -> bool;
    /// A truth.
    fn bool(&mut self) -> Result<bool, LongWay>;
    /// A whole number.
    fn whole(&mut self) -> Result<Whole, LongWay>;
    /// Any number; a whole one is the nearest float.
    fn float(&mut self) -> Result<f64, LongWay>;
    /// A text.
    fn text(&mut self) -> Result<Text<'m>, LongWay>;
    /// Whether the next value is this text, as it is mostly written. Goes past it if it is.
    fn is_text(&mut self, text: &Ready) -> bool;
    /// A string of bytes, at most so many.
    fn bytes(&mut self, bytes_max: usize) -> Result<Bytes, LongWay>;
    /// Whether a text that is borrowed from the message may have a NUL in it.
    fn borrows_nul(&self) -> bool;
    /// Whether the message ends here.
    fn is_at_end(&mut self) -> bool;
}

/// A format, as the short way reads it.
pub trait DirectFormat {
    /// Where a message is read.
    type Source<'m>: Source<'m>;

    /// A message that is not too large, from its beginning.
    ///
    /// # Errors
    /// [`LongWay`].
    fn source<'m>(message: &'m [u8], limits: &Limits) -> Result<Self::Source<'m>, LongWay>;
}
