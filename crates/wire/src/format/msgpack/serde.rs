//! MessagePack for serde's visitors, the short way.

use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::{Head, Raw};
use crate::format::Scalar;
use crate::format::fault::Fault;

impl<'m> Deserializer<'m> for &mut Raw<'m> {
    type Error = Fault;

    #[inline]
    fn deserialize_any<V: Visitor<'m>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.head()? {
            Head::Scalar(Scalar::Null) => visitor.visit_unit(),
            Head::Scalar(Scalar::Bool(value)) => visitor.visit_bool(value),
            Head::Scalar(Scalar::Integer(number)) => match (u64::try_from(number), i64::try_from(number)) {
                (Ok(number), _) => visitor.visit_u64(number),
                (_, Ok(number)) => visitor.visit_i64(number),
                _ => Err(Fault),
            },
            Head::Scalar(Scalar::Float(number)) => visitor.visit_f64(number),
            Head::Scalar(Scalar::Text(Cow::Borrowed(text))) => visitor.visit_borrowed_str(text),
            Head::Scalar(Scalar::Bytes(bytes)) => visitor.visit_borrowed_bytes(bytes),
            Head::Scalar(_) => Err(Fault),
            Head::List(left) => {
                let mut items = Items { raw: &mut *self, left };
                let value = visitor.visit_seq(&mut items)?;
                if items.left == 0 { Ok(value) } else { Err(Fault) }
            }
            Head::Map(left) => {
                let mut items = Items { raw: &mut *self, left };
                let value = visitor.visit_map(&mut items)?;
                if items.left == 0 { Ok(value) } else { Err(Fault) }
            }
        }
    }

    #[inline]
    fn deserialize_option<V: Visitor<'m>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.is_null() {
            self.head()?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        <W: Visitor<'m>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

/// The items of a list, or the entries of a map, that are left.
struct Items<'r, 'm> {
    raw: &'r mut Raw<'m>,
    left: usize,
}

impl<'m> SeqAccess<'m> for &mut Items<'_, 'm> {
    type Error = Fault;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'m>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(&mut *self.raw).map(Some)
    }
}

impl<'m> MapAccess<'m> for &mut Items<'_, 'm> {
    type Error = Fault;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'m>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        // A key that is no text is refused by whoever reads it, as every key is read as a text.
        seed.deserialize(&mut *self.raw).map(Some)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'m>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        seed.deserialize(&mut *self.raw)
    }
}
