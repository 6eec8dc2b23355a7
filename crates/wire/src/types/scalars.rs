//! Scalars.

use std::fmt;
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use recension_model::{
    Bytes, Date, Decimal, Duration, EnumValue, FieldEnum, FieldKind, FieldSpec, FieldType, IntegerWidth, MacAddress, PciAddress, Secret,
    Timestamp, Value, VersionPredicate,
};
use serde::Deserializer;
use serde::de::{DeserializeSeed, Visitor};
use uuid::Uuid;

use super::WireType;
use crate::direct::{LongWay, Reader, WriteField, long_way};
use crate::sink::Sink;
use crate::text::checked_text;
use crate::write::Writer;

macro_rules! integers {
    ($($type:ident $width:ident $write:ident as $wide:ident $deserialize:ident),* $(,)?) => {$(
        impl WireType for $type {
            #[inline]
            fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
                let limits = &field.spec.limits;
                if limits.min.is_some() || limits.max.is_some() {
                    limits.check_integer(IntegerWidth::$width, (*self).into())?;
                }
                writer.$write($wide::from(*self));
                Ok(())
            }

            #[inline]
            fn read<'m, D: Deserializer<'m>>(value: D, _: &Reader<'_>, field: &FieldSpec) -> Result<Self, D::Error> {
                let number: Self = value.$deserialize(IntegerVisitor(PhantomData))?;
                let limits = &field.limits;
                if (limits.min.is_some() || limits.max.is_some()) && limits.check_integer(IntegerWidth::$width, number.into()).is_err() {
                    return Err(long_way());
                }
                Ok(number)
            }
        }
    )*};
}

integers! {
    i8 I8 signed as i64 deserialize_i64,
    i16 I16 signed as i64 deserialize_i64,
    i32 I32 signed as i64 deserialize_i64,
    i64 I64 signed as i64 deserialize_i64,
    u8 U8 unsigned as u64 deserialize_u64,
    u16 U16 unsigned as u64 deserialize_u64,
    u32 U32 unsigned as u64 deserialize_u64,
    u64 U64 unsigned as u64 deserialize_u64,
}

/// Takes whole numbers only.
struct IntegerVisitor<N>(PhantomData<N>);

impl<N: TryFrom<i64> + TryFrom<u64>> Visitor<'_> for IntegerVisitor<N> {
    type Value = N;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    #[inline]
    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<N, E> {
        number.try_into().map_err(|_| long_way())
    }

    #[inline]
    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<N, E> {
        number.try_into().map_err(|_| long_way())
    }
}

impl WireType for bool {
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, _: &WriteField) -> Result<(), LongWay> {
        writer.sink.bool(*self);
        Ok(())
    }

    fn read<'m, D: Deserializer<'m>>(value: D, _: &Reader<'_>, _: &FieldSpec) -> Result<Self, D::Error> {
        serde::Deserialize::deserialize(value)
    }
}

impl WireType for f64 {
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
        field.spec.limits.check_float(*self)?;
        writer.sink.float(*self + 0.0);
        Ok(())
    }

    fn read<'m, D: Deserializer<'m>>(value: D, _: &Reader<'_>, field: &FieldSpec) -> Result<Self, D::Error> {
        struct FloatVisitor;
        impl Visitor<'_> for FloatVisitor {
            type Value = f64;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_f64<E>(self, number: f64) -> Result<f64, E> {
                Ok(number)
            }

            #[expect(clippy::cast_precision_loss, reason = "a float is the nearest one to what is written")]
            fn visit_i64<E>(self, number: i64) -> Result<f64, E> {
                Ok(number as f64)
            }

            #[expect(clippy::cast_precision_loss, reason = "a float is the nearest one to what is written")]
            fn visit_u64<E>(self, number: u64) -> Result<f64, E> {
                Ok(number as f64)
            }
        }
        let number = value.deserialize_any(FloatVisitor)?;
        field.limits.check_float(number).map_err(|_| long_way())?;
        Ok(number + 0.0)
    }
}

/// Reads a text with a function that is shown it before anything is copied, and told whether it may have a NUL in it.
pub(super) struct TextSeed<'r, F> {
    pub(super) reader: &'r Reader<'r>,
    pub(super) parse: F,
}

impl<'m, T, F: FnOnce(&str, bool) -> Option<T>> DeserializeSeed<'m> for TextSeed<'_, F> {
    type Value = T;

    #[inline]
    fn deserialize<D: Deserializer<'m>>(self, value: D) -> Result<T, D::Error> {
        value.deserialize_str(self)
    }
}

impl<'m, T, F: FnOnce(&str, bool) -> Option<T>> Visitor<'m> for TextSeed<'_, F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    #[inline]
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        self.parsed(text, true)
    }

    #[inline]
    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'m str) -> Result<T, E> {
        let may_have_nul = self.reader.borrows_nul;
        self.parsed(text, may_have_nul)
    }
}

impl<T, F: FnOnce(&str, bool) -> Option<T>> TextSeed<'_, F> {
    #[inline]
    fn parsed<E: serde::de::Error>(self, text: &str, may_have_nul: bool) -> Result<T, E> {
        if text.len() > self.reader.limits.text_bytes {
            return Err(long_way());
        }
        (self.parse)(text, may_have_nul).ok_or_else(long_way)
    }
}

#[inline]
fn write_text<S: Sink>(text: &str, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
    let limits = &field.spec.limits;
    limits.check_length(text)?;
    limits.check_pattern(text)?;
    if writer.text_without_nul(text)? { Ok(()) } else { Err(LongWay) }
}

impl WireType for String {
    #[inline]
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
        write_text(self, writer, field)
    }

    #[inline]
    fn read<'m, D: Deserializer<'m>>(value: D, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self, D::Error> {
        TextSeed { reader, parse: |text: &str, may_have_nul| checked_text(&field.limits, text, may_have_nul).ok().map(str::to_owned) }.deserialize(value)
    }
}

impl WireType for Secret<String> {
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
        write_text(self.expose(), writer, field)
    }

    fn read<'m, D: Deserializer<'m>>(value: D, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self, D::Error> {
        TextSeed { reader, parse: |text: &str, may_have_nul| checked_text(&field.limits, text, may_have_nul).ok().map(Self::from) }.deserialize(value)
    }
}

impl WireType for Uuid {
    #[inline]
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, _: &WriteField) -> Result<(), LongWay> {
        Ok(writer.uuid(self)?)
    }

    #[inline]
    fn read<'m, D: Deserializer<'m>>(value: D, reader: &Reader<'_>, _: &FieldSpec) -> Result<Self, D::Error> {
        let parse = |text: &str, _| if text.len() == uuid::fmt::Hyphenated::LENGTH { Self::try_parse(text).ok() } else { None };
        TextSeed { reader, parse }.deserialize(value)
    }
}

impl WireType for Timestamp {
    #[inline]
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, _: &WriteField) -> Result<(), LongWay> {
        if !self.has_common_year() {
            return Err(LongWay);
        }
        Ok(writer.timestamp(self)?)
    }

    #[inline]
    fn read<'m, D: Deserializer<'m>>(value: D, reader: &Reader<'_>, _: &FieldSpec) -> Result<Self, D::Error> {
        TextSeed { reader, parse: |text: &str, _| Self::parse(text).ok().filter(|time| time.has_common_year()) }.deserialize(value)
    }
}

impl WireType for Bytes {
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
        field.spec.limits.check_bytes(self.len())?;
        Ok(writer.bytes(self)?)
    }

    fn read<'m, D: Deserializer<'m>>(value: D, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self, D::Error> {
        read_value(value, reader, field, |value| match value {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        })
    }
}

/// Reads a value as records hold it, for types that are not read often enough for a way of their own.
fn read_value<'m, T, D: Deserializer<'m>>(
    value: D,
    reader: &Reader<'_>,
    field: &FieldSpec,
    take: impl FnOnce(Value) -> Option<T>,
) -> Result<T, D::Error> {
    crate::slot::item_of(value, reader, field)?.and_then(take).ok_or_else(long_way)
}

/// Types that are text on the wire, and whose limits the model checks.
macro_rules! texts {
    ($($type:ty),* $(,)?) => {$(
        impl WireType for $type {
            fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
                write_value(self, writer, field)
            }

            fn read<'m, D: Deserializer<'m>>(value: D, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self, D::Error> {
                read_value(value, reader, field, |value| <Self as FieldType>::from_slot(value.into()).ok().flatten())
            }
        }
    )*};
}

texts! {
    Decimal, Date, Duration, IpAddr, Ipv4Addr, Ipv6Addr, IpNet, Ipv4Net, Ipv6Net, MacAddress, PciAddress, VersionPredicate,
}

fn write_value<F: FieldType, S: Sink>(value: &F, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
    let recension_model::Slot::Value(value) = value.as_slot() else { return Err(LongWay) };
    let kind = field.spec.kind.element().map_or(&field.spec.kind, |element| &element.kind);
    field.spec.check_as(kind, &value)?;
    if writer.scalar(&value)? { Ok(()) } else { Err(LongWay) }
}

/// Writes a value of an enum.
///
/// # Errors
/// [`LongWay`], also for a value that this release does not know.
pub fn write_enum<E: FieldEnum, S: Sink>(value: &E, writer: &mut Writer<'_, S>) -> Result<(), LongWay> {
    match value.to_value() {
        EnumValue::Known(text) => Ok(writer.text(&text)?),
        EnumValue::Unknown(_) => Err(LongWay),
    }
}

/// Reads a value of an enum.
///
/// # Errors
/// Those of the format, which are not looked at.
pub fn read_enum<'m, E: FieldEnum, D: Deserializer<'m>>(value: D, reader: &Reader<'_>, field: &FieldSpec) -> Result<E, D::Error> {
    let kind = field.kind.element().map_or(&field.kind, |element| &element.kind);
    let FieldKind::Enum(spec) = kind else { return Err(long_way()) };
    let known = |text: &str, _| spec.values.iter().find(|value| ***value == *text).map(|text| E::from_value(&EnumValue::Known(text.clone())));
    TextSeed { reader, parse: known }.deserialize(value)
}
