//! JSON, through serde_json.

mod reader;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Number;
use serde_json::value::RawValue;

use self::reader::JsonSource;
use super::{Entries, Format, Scalar};
use crate::direct::LongWay;
use crate::error::Malformation;
use crate::scan::scan_json;
use crate::source::DirectFormat;
use crate::{Error, Limits};

/// JSON.
#[derive(Debug)]
pub(crate) struct JsonFormat;

impl Format for JsonFormat {
    type Raw<'m> = &'m str;

    fn message<'m>(bytes: &'m [u8], limits: &Limits) -> Result<&'m str, Error> {
        Ok(scan_json(bytes, limits, 0)?.trim_ascii_start())
    }

    fn map<'m>(raw: Self::Raw<'m>) -> Result<Option<Entries<'m, Self>>, Error> {
        if !raw.starts_with('{') {
            return Ok(None);
        }
        Ok(Some(parse::<InOrder<'m>>(raw)?.0))
    }

    fn list<'m>(raw: Self::Raw<'m>) -> Result<Option<Vec<&'m str>>, Error> {
        if !raw.starts_with('[') {
            return Ok(None);
        }
        let items: Vec<&RawValue> = parse(raw)?;
        Ok(Some(items.into_iter().map(RawValue::get).collect()))
    }

    fn scalar<'m>(raw: Self::Raw<'m>) -> Result<Scalar<'m>, Error> {
        Ok(match raw.as_bytes().first() {
            Some(b'{') => Scalar::Map,
            Some(b'[') => Scalar::List,
            Some(b'"') => Scalar::Text(parse::<Text<'m>>(raw)?.0),
            Some(b'n') => parse::<()>(raw).map(|()| Scalar::Null)?,
            Some(b't' | b'f') => Scalar::Bool(parse(raw)?),
            _ => {
                let number: Number = parse(raw)?;
                let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
                whole.map_or_else(|| Scalar::Float(number.as_f64().unwrap_or(f64::NAN)), Scalar::Integer)
            }
        })
    }

    fn opaque(raw: &str) -> Result<Arc<str>, Error> {
        Ok(raw.into())
    }
}

impl DirectFormat for JsonFormat {
    type Source<'m> = JsonSource<'m>;

    fn source<'m>(message: &'m [u8], limits: &Limits) -> Result<JsonSource<'m>, LongWay> {
        if message.len() > limits.message_bytes {
            return Err(LongWay);
        }
        std::str::from_utf8(message).map(JsonSource::new).map_err(|_| LongWay)
    }
}

/// Parses a piece of JSON, whole. The parser's own errors are dropped but for the place: they may hold values.
fn parse<'m, T: Deserialize<'m>>(json: &'m str) -> Result<T, Error> {
    let mut parser = serde_json::Deserializer::from_str(json);
    let value = T::deserialize(&mut parser).map_err(|error| Malformation::Syntax { line: error.line(), column: error.column() })?;
    parser.end().map_err(|_| Malformation::Trailing)?;
    Ok(value)
}

/// A text, borrowed from the message where it has no escapes.
struct Text<'m>(Cow<'m, str>);

impl<'m> Deserialize<'m> for Text<'m> {
    fn deserialize<D: Deserializer<'m>>(json: D) -> Result<Self, D::Error> {
        struct Borrowed;
        impl<'m> Visitor<'m> for Borrowed {
            type Value = Text<'m>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'m str) -> Result<Text<'m>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'m>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        json.deserialize_str(Borrowed)
    }
}

/// The entries of a map in their order.
struct InOrder<'m>(Vec<(Cow<'m, str>, &'m str)>);

impl<'m> Deserialize<'m> for InOrder<'m> {
    fn deserialize<D: Deserializer<'m>>(json: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'m> Visitor<'m> for Each {
            type Value = InOrder<'m>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'m>>(self, mut map: A) -> Result<InOrder<'m>, A::Error> {
                let mut entries = Vec::new();
                while let Some((Text(key), raw)) = map.next_entry::<Text<'m>, &'m RawValue>()? {
                    entries.push((key, raw.get()));
                }
                Ok(InOrder(entries))
            }
        }
        json.deserialize_map(Each)
    }
}
