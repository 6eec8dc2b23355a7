//! MessagePack.
//!
//! What a message can be made of is what JSON can say, and strings of bytes: keys are texts, and there are no
//! extensions.

mod source;

use std::borrow::Cow;
use std::sync::Arc;

use rmp::Marker;

use super::{Entries, Format, Scalar};
use crate::direct::LongWay;
use crate::error::Malformation;
use crate::scan::at_most;
use crate::sink::{JsonSink, Sink};
use crate::source::DirectFormat;
use crate::{Error, Limit, Limits};

/// MessagePack.
#[derive(Debug)]
pub(crate) struct MsgPackFormat;

/// A value in a message: the message up to its end, and where the value begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw<'m> {
    bytes: &'m [u8],
    at: usize,
}

/// The byte that null is.
const NIL: u8 = 0xc0;

/// What stands at one place of a message.
enum Head<'m> {
    Scalar(Scalar<'m>),
    List(usize),
    Map(usize),
}

impl<'m> Raw<'m> {
    fn malformed(self) -> Error {
        Malformation::MsgPack(self.at).into()
    }

    fn take(&mut self, count: usize) -> Result<&'m [u8], Error> {
        let end = self.at.checked_add(count).ok_or_else(|| self.malformed())?;
        let taken = self.bytes.get(self.at..end).ok_or_else(|| self.malformed())?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let place = *self;
        self.take(N)?.try_into().map_err(|_| place.malformed())
    }

    /// A length of one, two or four bytes.
    fn length(&mut self, bytes: usize) -> Result<usize, Error> {
        let digits = self.take(bytes)?;
        Ok(digits.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    }

    fn text_of(&mut self, length: usize) -> Result<Head<'m>, Error> {
        let place = *self;
        let bytes = self.take(length)?;
        let text = std::str::from_utf8(bytes).map_err(|error| Malformation::Utf8(place.at + error.valid_up_to()))?;
        Ok(Head::Scalar(Scalar::Text(Cow::Borrowed(text))))
    }

    fn binary(&mut self, length: usize) -> Result<Head<'m>, Error> {
        Ok(Head::Scalar(Scalar::Bytes(self.take(length)?)))
    }

    /// Reads what stands here, and of a list or a map its beginning.
    fn head(&mut self) -> Result<Head<'m>, Error> {
        let place = *self;
        let [marker] = self.array()?;
        let integer = |number: i128| Head::Scalar(Scalar::Integer(number));
        Ok(match Marker::from_u8(marker) {
            Marker::Null => Head::Scalar(Scalar::Null),
            Marker::True => Head::Scalar(Scalar::Bool(true)),
            Marker::False => Head::Scalar(Scalar::Bool(false)),
            Marker::FixPos(number) => integer(number.into()),
            Marker::FixNeg(number) => integer(number.into()),
            Marker::U8 => integer(u8::from_be_bytes(self.array()?).into()),
            Marker::U16 => integer(u16::from_be_bytes(self.array()?).into()),
            Marker::U32 => integer(u32::from_be_bytes(self.array()?).into()),
            Marker::U64 => integer(u64::from_be_bytes(self.array()?).into()),
            Marker::I8 => integer(i8::from_be_bytes(self.array()?).into()),
            Marker::I16 => integer(i16::from_be_bytes(self.array()?).into()),
            Marker::I32 => integer(i32::from_be_bytes(self.array()?).into()),
            Marker::I64 => integer(i64::from_be_bytes(self.array()?).into()),
            Marker::F32 => Head::Scalar(Scalar::Float(f32::from_be_bytes(self.array()?).into())),
            Marker::F64 => Head::Scalar(Scalar::Float(f64::from_be_bytes(self.array()?))),
            Marker::FixStr(length) => self.text_of(length.into())?,
            Marker::Str8 => self.length(1).and_then(|length| self.text_of(length))?,
            Marker::Str16 => self.length(2).and_then(|length| self.text_of(length))?,
            Marker::Str32 => self.length(4).and_then(|length| self.text_of(length))?,
            Marker::Bin8 => self.length(1).and_then(|length| self.binary(length))?,
            Marker::Bin16 => self.length(2).and_then(|length| self.binary(length))?,
            Marker::Bin32 => self.length(4).and_then(|length| self.binary(length))?,
            Marker::FixArray(length) => Head::List(length.into()),
            Marker::Array16 => Head::List(self.length(2)?),
            Marker::Array32 => Head::List(self.length(4)?),
            Marker::FixMap(length) => Head::Map(length.into()),
            Marker::Map16 => Head::Map(self.length(2)?),
            Marker::Map32 => Head::Map(self.length(4)?),
            _ => return Err(place.malformed()),
        })
    }

    fn name(&mut self) -> Result<Cow<'m, str>, Error> {
        let place = *self;
        match self.head()? {
            Head::Scalar(Scalar::Text(key)) => Ok(key),
            _ => Err(place.malformed()),
        }
    }

    /// Goes past the value that stands here; its limits were checked when the message was.
    fn skip(&mut self) -> Result<(), Error> {
        let mut open = 1_usize;
        while open > 0 {
            open -= 1;
            match self.head()? {
                Head::Scalar(_) => {}
                Head::List(items) => open += items,
                Head::Map(keys) => open += keys * 2,
            }
        }
        Ok(())
    }
}

/// A list or map that is open while a message is looked through.
struct Level {
    /// Values yet to come.
    left: usize,
    map: bool,
}

/// Checks size, depth, and the counts and lengths of everything in a message, in one pass.
fn scan(bytes: &[u8], limits: &Limits) -> Result<(), Error> {
    at_most(bytes.len(), Limit::MessageBytes, limits.message_bytes)?;
    let mut raw = Raw { bytes, at: 0 };
    let mut levels: Vec<Level> = Vec::new();
    loop {
        let head = match levels.last_mut() {
            Some(level) => {
                let is_key = level.map && level.left % 2 == 0;
                level.left -= 1;
                if is_key { Head::Scalar(Scalar::Text(limited_key(&mut raw, limits)?)) } else { limited(&mut raw, limits)? }
            }
            None => limited(&mut raw, limits)?,
        };
        let level = match head {
            Head::Scalar(_) => None,
            Head::List(items) => {
                at_most(items, Limit::ListItems, limits.list_items)?;
                Some(Level { left: items, map: false })
            }
            Head::Map(keys) => {
                at_most(keys, Limit::MapKeys, limits.map_keys)?;
                Some(Level { left: keys * 2, map: true })
            }
        };
        if let Some(level) = level {
            at_most(levels.len() + 1, Limit::Depth, limits.depth)?;
            levels.push(level);
        }
        while levels.last().is_some_and(|level| level.left == 0) {
            levels.pop();
        }
        if levels.is_empty() {
            break;
        }
    }
    if raw.at == bytes.len() { Ok(()) } else { Err(Malformation::Trailing.into()) }
}

fn limited_key<'m>(raw: &mut Raw<'m>, limits: &Limits) -> Result<Cow<'m, str>, Error> {
    let key = raw.name()?;
    at_most(key.len(), Limit::KeyBytes, limits.key_bytes)?;
    Ok(key)
}

fn limited<'m>(raw: &mut Raw<'m>, limits: &Limits) -> Result<Head<'m>, Error> {
    let head = raw.head()?;
    let length = match &head {
        Head::Scalar(Scalar::Text(text)) => text.len(),
        // As base64, so that all formats take the same messages.
        Head::Scalar(Scalar::Bytes(bytes)) => bytes.len().div_ceil(3) * 4,
        _ => 0,
    };
    at_most(length, Limit::TextBytes, limits.text_bytes)?;
    Ok(head)
}

impl Format for MsgPackFormat {
    type Raw<'m> = Raw<'m>;

    fn message<'m>(bytes: &'m [u8], limits: &Limits) -> Result<Raw<'m>, Error> {
        scan(bytes, limits)?;
        Ok(Raw { bytes, at: 0 })
    }

    fn map<'m>(mut raw: Self::Raw<'m>) -> Result<Option<Entries<'m, Self>>, Error> {
        let Head::Map(keys) = raw.head()? else { return Ok(None) };
        let mut entries = Vec::with_capacity(keys);
        for _ in 0..keys {
            let key = raw.name()?;
            entries.push((key, raw));
            raw.skip()?;
        }
        Ok(Some(entries))
    }

    fn list<'m>(mut raw: Self::Raw<'m>) -> Result<Option<Vec<Raw<'m>>>, Error> {
        let Head::List(count) = raw.head()? else { return Ok(None) };
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(raw);
            raw.skip()?;
        }
        Ok(Some(items))
    }

    fn scalar<'m>(mut raw: Self::Raw<'m>) -> Result<Scalar<'m>, Error> {
        Ok(match raw.head()? {
            Head::Scalar(scalar) => scalar,
            Head::List(_) => Scalar::List,
            Head::Map(_) => Scalar::Map,
        })
    }

    fn opaque(mut raw: Raw<'_>) -> Result<Arc<str>, Error> {
        let mut sink = JsonSink::default();
        to_json(&mut raw, &mut sink)?;
        // Made of texts and numbers, so it is text.
        String::from_utf8(sink.into_bytes()).map(Into::into).map_err(|_| raw.malformed())
    }
}

impl DirectFormat for MsgPackFormat {
    type Source<'m> = Raw<'m>;

    fn source<'m>(message: &'m [u8], limits: &Limits) -> Result<Raw<'m>, LongWay> {
        if message.len() > limits.message_bytes { Err(LongWay) } else { Ok(Raw { bytes: message, at: 0 }) }
    }
}

/// Writes the value that stands here as JSON. The depth of the message was checked.
fn to_json(raw: &mut Raw<'_>, sink: &mut JsonSink) -> Result<(), Error> {
    let place = *raw;
    match raw.head()? {
        Head::Scalar(Scalar::Null) => sink.null(),
        Head::Scalar(Scalar::Bool(value)) => sink.bool(value),
        Head::Scalar(Scalar::Integer(number)) => match (u64::try_from(number), i64::try_from(number)) {
            (Ok(number), _) => sink.unsigned(number),
            (_, Ok(number)) => sink.signed(number),
            _ => return Err(place.malformed()),
        },
        Head::Scalar(Scalar::Float(number)) if number.is_finite() => sink.float(number),
        Head::Scalar(Scalar::Text(text)) => sink.text(&text),
        Head::Scalar(Scalar::Bytes(bytes)) => sink.bytes(&bytes.into()),
        Head::Scalar(_) => return Err(place.malformed()),
        Head::List(items) => {
            sink.begin_list(items);
            for _ in 0..items {
                sink.item();
                to_json(raw, sink)?;
            }
            sink.end_list();
        }
        Head::Map(keys) => {
            sink.begin_map(keys);
            for _ in 0..keys {
                sink.key(&raw.name()?);
                to_json(raw, sink)?;
            }
            sink.end_map();
        }
    }
    Ok(())
}
