//! The Rust types of scalar fields.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use uuid::Uuid;

use super::{mismatch, plain};
use crate::value::uuid_of_text;
use crate::{
    Bytes, Cell, Date, Decimal, Duration, FieldKind, FieldSpec, FieldType, IntegerWidth, IpFamily, MacAddress, PciAddress, Rule, Secret,
    Timestamp, Value, VersionPredicate,
};

macro_rules! integers {
    ($($type:ident $width:ident),*) => {$(
        impl FieldType for $type {
            plain!(
                FieldKind::Integer(IntegerWidth::$width),
                |number| Value::Integer((*number).into()),
                |value| match value {
                    Value::Integer(number) => number.try_into().map_err(|_| Rule::Width(IntegerWidth::$width)),
                    other => Err(mismatch("integer", &other)),
                }
            );

            #[inline]
            fn as_cell(number: &Self) -> Option<Cell<'_>> {
                (*number).try_into().ok().map(Cell::Integer)
            }

            #[inline]
            fn from_cell(cell: Cell<'_>, field: &FieldSpec) -> Result<Self, Rule> {
                match cell {
                    Cell::Integer(number) => number.try_into().map_err(|_| Rule::Width(IntegerWidth::$width)),
                    other => other.value(field),
                }
            }
        }
    )*};
}

integers!(i8 I8, i16 I16, i32 I32, i64 I64, u8 U8, u16 U16, u32 U32, u64 U64);

impl FieldType for bool {
    plain!(FieldKind::Bool, |value| Value::Bool(*value), |value| match value {
        Value::Bool(value) => Ok(value),
        other => Err(mismatch("bool", &other)),
    });

    #[inline]
    fn as_cell(value: &Self) -> Option<Cell<'_>> {
        Some(Cell::Integer((*value).into()))
    }

    #[inline]
    fn from_cell(cell: Cell<'_>, field: &FieldSpec) -> Result<Self, Rule> {
        match cell {
            Cell::Integer(number) => Ok(number != 0),
            other => other.value(field),
        }
    }
}

impl FieldType for String {
    plain!(FieldKind::Text, |text| Value::Text(text.clone()), |value| match value {
        Value::Text(text) => Ok(text),
        // A field that declares no class is secret, whatever its Rust type.
        Value::Secret(text) => Ok(text.expose().clone()),
        other => Err(mismatch("text", &other)),
    });

    #[inline]
    fn as_cell(text: &Self) -> Option<Cell<'_>> {
        Some(Cell::Text(text))
    }

    #[inline]
    fn from_cell(cell: Cell<'_>, field: &FieldSpec) -> Result<Self, Rule> {
        match cell {
            Cell::Text(text) => Ok(text.to_owned()),
            other => other.value(field),
        }
    }
}

impl FieldType for Secret<String> {
    plain!(FieldKind::Text, |text| Value::Secret(text.clone()), |value| match value {
        Value::Secret(text) => Ok(text),
        Value::Text(text) => Ok(Self::new(text)),
        other => Err(mismatch("text", &other)),
    });

    #[inline]
    fn as_cell(text: &Self) -> Option<Cell<'_>> {
        Some(Cell::Text(text.expose()))
    }

    #[inline]
    fn from_cell(cell: Cell<'_>, field: &FieldSpec) -> Result<Self, Rule> {
        match cell {
            Cell::Text(text) => Ok(Self::from(text)),
            other => other.value(field),
        }
    }
}

/// Types that have a variant of [`Value`] of their own.
macro_rules! own_variant {
    ($($type:ident $kind:literal $(, |$value:ident| $cell:expr)?);* $(;)?) => {$(
        impl FieldType for $type {
            plain!(FieldKind::$type, |value| Value::$type(value.clone()), |value| match value {
                Value::$type(value) => Ok(value),
                other => Err(mismatch($kind, &other)),
            });

            $(
                #[inline]
                fn as_cell($value: &Self) -> Option<Cell<'_>> {
                    Some($cell)
                }
            )?
        }
    )*};
}

own_variant! {
    Bytes "bytes", |bytes| Cell::Blob(bytes.as_slice());
    Decimal "decimal";
    Date "date", |day| Cell::Date(*day);
    Duration "duration", |duration| Cell::Integer(duration.as_micros());
    MacAddress "MAC address";
    PciAddress "PCI address";
    VersionPredicate "version predicate";
}

impl FieldType for Uuid {
    plain!(FieldKind::Uuid, |uuid| Value::Uuid(*uuid), |value| match value {
        Value::Uuid(uuid) => Ok(uuid),
        other => Err(mismatch("uuid", &other)),
    });

    #[inline]
    fn as_cell(uuid: &Self) -> Option<Cell<'_>> {
        Some(Cell::Uuid(*uuid))
    }

    #[inline]
    fn from_cell(cell: Cell<'_>, field: &FieldSpec) -> Result<Self, Rule> {
        match cell {
            Cell::Text(text) => uuid_of_text(text),
            Cell::Uuid(uuid) => Ok(uuid),
            other => other.value(field),
        }
    }
}

impl FieldType for Timestamp {
    plain!(FieldKind::Timestamp, |time| Value::Timestamp(*time), |value| match value {
        Value::Timestamp(time) => Ok(time),
        other => Err(mismatch("timestamp", &other)),
    });

    #[inline]
    fn as_cell(time: &Self) -> Option<Cell<'_>> {
        Some(Cell::Time(*time))
    }

    #[inline]
    fn from_cell(cell: Cell<'_>, field: &FieldSpec) -> Result<Self, Rule> {
        match cell {
            Cell::Time(time) => Ok(time),
            other => other.value(field),
        }
    }
}

impl FieldType for f64 {
    plain!(FieldKind::Float, |number| Value::Float(*number), |value| match value {
        Value::Float(number) => Ok(number),
        other => Err(mismatch("float", &other)),
    });

    #[inline]
    fn as_cell(number: &Self) -> Option<Cell<'_>> {
        Some(Cell::Real(*number + 0.0))
    }
}

impl FieldType for IpAddr {
    plain!(FieldKind::IpAddress(IpFamily::Any), |address| Value::IpAddress(*address), |value| match value {
        Value::IpAddress(address) => Ok(address),
        other => Err(mismatch("IP address", &other)),
    });
}

impl FieldType for IpNet {
    plain!(FieldKind::IpNetwork(IpFamily::Any), |network| Value::IpNetwork(*network), |value| match value {
        Value::IpNetwork(network) => Ok(network),
        other => Err(mismatch("IP network", &other)),
    });
}

/// Addresses and networks of one family.
macro_rules! family {
    ($($type:ident $family:ident $kind:ident $form:ident of $of:ident $word:literal),* $(,)?) => {$(
        impl FieldType for $type {
            plain!(FieldKind::$kind(IpFamily::$family), |value| Value::$kind((*value).into()), |value| match value {
                Value::$kind($of::$family(value)) => Ok(value),
                Value::$kind(_) => Err(Rule::Form(IpFamily::$family.$form())),
                other => Err(mismatch($word, &other)),
            });
        }
    )*};
}

family! {
    Ipv4Addr V4 IpAddress address_form of IpAddr "IP address",
    Ipv6Addr V6 IpAddress address_form of IpAddr "IP address",
    Ipv4Net V4 IpNetwork network_form of IpNet "IP network",
    Ipv6Net V6 IpNetwork network_form of IpNet "IP network",
}
