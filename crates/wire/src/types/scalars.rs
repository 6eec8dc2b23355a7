//! Scalars.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use recension_model::{
    Bytes, Date, Decimal, Duration, EnumValue, FieldEnum, FieldKind, FieldSpec, FieldType, IntegerWidth, MacAddress, PciAddress, Secret,
    Slot, Timestamp, Value, VersionPredicate,
};
use uuid::Uuid;

use super::WireType;
use crate::direct::{LongWay, Reader, WriteField, within};
use crate::sink::Sink;
use crate::slot;
use crate::source::{Source, Text};
use crate::text::checked_text;
use crate::write::Writer;

macro_rules! integers {
    ($($type:ident $width:ident $write:ident $wide:ident),* $(,)?) => {$(
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
            fn read<'m, S: Source<'m>>(source: &mut S, _: &Reader<'_>, field: &FieldSpec) -> Result<Self, LongWay> {
                let number: Self = source.whole()?.fit()?;
                let limits = &field.limits;
                if limits.min.is_some() || limits.max.is_some() {
                    limits.check_integer(IntegerWidth::$width, number.into())?;
                }
                Ok(number)
            }
        }
    )*};
}

integers! {
    i8 I8 signed i64, i16 I16 signed i64, i32 I32 signed i64, i64 I64 signed i64,
    u8 U8 unsigned u64, u16 U16 unsigned u64, u32 U32 unsigned u64, u64 U64 unsigned u64,
}

impl WireType for bool {
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, _: &WriteField) -> Result<(), LongWay> {
        writer.sink.bool(*self);
        Ok(())
    }

    fn read<'m, S: Source<'m>>(source: &mut S, _: &Reader<'_>, _: &FieldSpec) -> Result<Self, LongWay> {
        source.bool()
    }
}

impl WireType for f64 {
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
        field.spec.limits.check_float(*self)?;
        writer.sink.float(*self + 0.0);
        Ok(())
    }

    fn read<'m, S: Source<'m>>(source: &mut S, _: &Reader<'_>, field: &FieldSpec) -> Result<Self, LongWay> {
        let number = source.float()?;
        field.limits.check_float(number)?;
        Ok(number + 0.0)
    }
}

#[inline]
fn write_text<S: Sink>(text: &str, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
    let limits = &field.spec.limits;
    limits.check_length(text)?;
    limits.check_pattern(text)?;
    if writer.text_without_nul(text)? { Ok(()) } else { Err(LongWay) }
}

#[inline]
fn read_text<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec) -> Result<String, LongWay> {
    let text = short_text(source, reader)?;
    checked_text(&field.limits, &text, source.borrows_nul())?;
    Ok(match text {
        Text::Borrowed(text) => text.to_owned(),
        Text::Owned(text) => text,
    })
}

/// A text that is within the limits of a message.
#[inline]
fn short_text<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>) -> Result<Text<'m>, LongWay> {
    let text = source.text()?;
    within(text.as_str().len(), reader.limits.text_bytes)?;
    Ok(text)
}

impl WireType for String {
    #[inline]
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
        write_text(self, writer, field)
    }

    #[inline]
    fn read<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self, LongWay> {
        read_text(source, reader, field)
    }
}

impl WireType for Secret<String> {
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
        write_text(self.expose(), writer, field)
    }

    fn read<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self, LongWay> {
        read_text(source, reader, field).map(Self::from)
    }
}

impl WireType for Uuid {
    #[inline]
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, _: &WriteField) -> Result<(), LongWay> {
        Ok(writer.uuid(self)?)
    }

    #[inline]
    fn read<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, _: &FieldSpec) -> Result<Self, LongWay> {
        let text = short_text(source, reader)?;
        let hyphenated = text.as_str().len() == uuid::fmt::Hyphenated::LENGTH;
        if hyphenated { Self::try_parse(text.as_str()).map_err(|_| LongWay) } else { Err(LongWay) }
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
    fn read<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, _: &FieldSpec) -> Result<Self, LongWay> {
        let time = Self::parse(short_text(source, reader)?.as_str())?;
        if time.has_common_year() { Ok(time) } else { Err(LongWay) }
    }
}

impl WireType for Bytes {
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
        field.spec.limits.check_bytes(self.len())?;
        Ok(writer.bytes(self)?)
    }

    fn read<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self, LongWay> {
        match slot::read_item(source, reader, field)? {
            Value::Bytes(bytes) => Ok(bytes),
            _ => Err(LongWay),
        }
    }
}

/// Types that are text on the wire, not read often enough for a way of their own.
macro_rules! texts {
    ($($type:ty),* $(,)?) => {$(
        impl WireType for $type {
            fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
                write_value(self, writer, field)
            }

            fn read<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self, LongWay> {
                let value = slot::read_item(source, reader, field)?;
                <Self as FieldType>::from_slot(value.into())?.ok_or(LongWay)
            }
        }
    )*};
}

texts! {
    Decimal, Date, Duration, IpAddr, Ipv4Addr, Ipv6Addr, IpNet, Ipv4Net, Ipv6Net, MacAddress, PciAddress, VersionPredicate,
}

fn write_value<F: FieldType, S: Sink>(value: &F, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
    let Slot::Value(value) = value.as_slot() else { return Err(LongWay) };
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
/// [`LongWay`].
pub fn read_enum<'m, E: FieldEnum, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec) -> Result<E, LongWay> {
    let kind = field.kind.element().map_or(&field.kind, |element| &element.kind);
    let FieldKind::Enum(spec) = kind else { return Err(LongWay) };
    let text = short_text(source, reader)?;
    let known = spec.values.iter().find(|value| ***value == *text.as_str()).ok_or(LongWay)?;
    Ok(E::from_value(&EnumValue::Known(known.clone())))
}
