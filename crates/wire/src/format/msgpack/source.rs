//! MessagePack for the short way.

use std::borrow::Cow;

use recension_model::Bytes;

use super::{Head, Raw};
use crate::direct::LongWay;
use crate::format::Scalar;
use crate::sink::Ready;
use crate::source::{Items, Source, Text, Whole};

impl From<crate::Error> for LongWay {
    fn from(_: crate::Error) -> Self {
        Self
    }
}

impl<'m> Raw<'m> {
    /// Whether these bytes are next. Goes past them if they are.
    #[inline]
    fn is_next(&mut self, bytes: &[u8]) -> bool {
        let found = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(bytes));
        if found {
            self.at += bytes.len();
        }
        found
    }

    fn scalar(&mut self) -> Result<Scalar<'m>, LongWay> {
        match self.head()? {
            Head::Scalar(scalar) => Ok(scalar),
            Head::List(_) | Head::Map(_) => Err(LongWay),
        }
    }

    fn more(items: &mut Items) -> bool {
        let more = items.left > 0;
        items.left = items.left.saturating_sub(1);
        more
    }
}

impl<'m> Source<'m> for Raw<'m> {
    fn begin_map(&mut self) -> Result<Items, LongWay> {
        match self.head()? {
            Head::Map(left) => Ok(Items { left, begun: true }),
            Head::List(_) | Head::Scalar(_) => Err(LongWay),
        }
    }

    #[inline]
    fn more_keys(&mut self, items: &mut Items) -> Result<bool, LongWay> {
        Ok(Self::more(items))
    }

    fn begin_list(&mut self) -> Result<Items, LongWay> {
        match self.head()? {
            Head::List(left) => Ok(Items { left, begun: true }),
            Head::Map(_) | Head::Scalar(_) => Err(LongWay),
        }
    }

    #[inline]
    fn more_items(&mut self, items: &mut Items) -> Result<bool, LongWay> {
        Ok(Self::more(items))
    }

    #[inline]
    fn is_key(&mut self, key: &Ready) -> bool {
        self.is_next(key.msgpack())
    }

    fn key(&mut self) -> Result<Text<'m>, LongWay> {
        self.text()
    }

    #[inline]
    fn is_null(&mut self) -> bool {
        self.is_next(&[super::NIL])
    }

    fn bool(&mut self) -> Result<bool, LongWay> {
        match self.scalar()? {
            Scalar::Bool(value) => Ok(value),
            _ => Err(LongWay),
        }
    }

    #[inline]
    fn whole(&mut self) -> Result<Whole, LongWay> {
        let Scalar::Integer(number) = self.scalar()? else { return Err(LongWay) };
        match (u64::try_from(number), i64::try_from(number)) {
            (Ok(number), _) => Ok(Whole::Unsigned(number)),
            (_, Ok(number)) => Ok(Whole::Negative(number)),
            _ => Err(LongWay),
        }
    }

    fn float(&mut self) -> Result<f64, LongWay> {
        match self.scalar()? {
            Scalar::Float(number) => Ok(number),
            #[expect(clippy::cast_precision_loss, reason = "a float is the nearest one to what is written")]
            Scalar::Integer(number) => Ok(number as f64),
            _ => Err(LongWay),
        }
    }

    #[inline]
    fn text(&mut self) -> Result<Text<'m>, LongWay> {
        match self.scalar()? {
            Scalar::Text(Cow::Borrowed(text)) => Ok(Text::Borrowed(text)),
            _ => Err(LongWay),
        }
    }

    #[inline]
    fn is_text(&mut self, text: &Ready) -> bool {
        self.is_next(text.msgpack())
    }

    fn bytes(&mut self, bytes_max: usize) -> Result<Bytes, LongWay> {
        match self.scalar()? {
            Scalar::Bytes(bytes) if bytes.len() <= bytes_max => Ok(bytes.into()),
            Scalar::Text(text) if text.len().div_ceil(4) * 3 <= bytes_max.saturating_add(2) => Ok(text.parse()?),
            _ => Err(LongWay),
        }
    }

    fn borrows_nul(&self) -> bool {
        true
    }

    fn is_at_end(&mut self) -> bool {
        self.at == self.bytes.len()
    }
}
