//! The plain Rust type that a field has where it is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::{NaiveDate, NaiveDateTime};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use uuid::Uuid;

use crate::{
    Bytes, Date, Decimal, Duration, ElementType, FieldEnum, FieldType, MacAddress, PciAddress, Secret, SetElement, Timestamp,
    VersionPredicate,
};

/// A [`FieldType`] that fits one cell of a table. Objects, lists, sets and maps are JSON in theirs.
///
/// It is here and not with the stores because only the crate that owns [`FieldEnum`] can say "every enum,
/// and these types besides".
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit a column",
    note = "a stored field is a scalar, an enum that derives `FieldEnum`, an object, a list, set or map, or an `Option` of one of these"
)]
pub trait ColumnType: FieldType {
    /// What the cell holds: signed integers, a float, text, bytes, a flag, a day, or a time in UTC. An unsigned
    /// integer is kept in the next wider signed one, since databases have no unsigned types in common. A
    /// decimal number is text, which nothing rounds; a duration is microseconds.
    type Cell: Clone + Send + Sync + 'static;
}

macro_rules! cells {
    ($($type:ty => $cell:ty),* $(,)?) => {$(
        impl ColumnType for $type {
            type Cell = $cell;
        }
    )*};
}

cells! {
    i8 => i8, i16 => i16, i32 => i32, i64 => i64,
    u8 => i16, u16 => i32, u32 => i64, u64 => i64,
    bool => bool,
    String => String,
    Secret<String> => String,
    Uuid => String,
    Timestamp => NaiveDateTime,
    f64 => f64,
    Bytes => Vec<u8>,
    Decimal => String,
    Date => NaiveDate,
    Duration => i64,
    IpAddr => String, Ipv4Addr => String, Ipv6Addr => String,
    IpNet => String, Ipv4Net => String, Ipv6Net => String,
    MacAddress => String,
    PciAddress => String,
    VersionPredicate => String,
}

impl<F: ElementType> ColumnType for Vec<F> {
    type Cell = String;
}

impl<F: SetElement> ColumnType for BTreeSet<F> {
    type Cell = String;
}

impl<F: ElementType> ColumnType for BTreeMap<String, F> {
    type Cell = String;
}

impl<F: ColumnType> ColumnType for Option<F> {
    type Cell = Option<F::Cell>;
}

impl<E: FieldEnum + FieldType> ColumnType for E {
    type Cell = String;
}

/// A [`ColumnType`] that may be compared for equality in a filter: all scalars but [`Secret`], which must not be
/// found by guessing (security rule 7.2), and [`Bytes`], which mostly are one.
#[diagnostic::on_unimplemented(
    message = "columns of `{Self}` cannot be compared",
    note = "a secret must not enter a filter, and an object, list, set or map is JSON in its cell"
)]
pub trait Filterable: ColumnType {}

/// A [`Filterable`] type whose cells stand in the order of its values: those that are text in their cells
/// without being texts (decimal numbers, addresses, predicates) do not.
#[diagnostic::on_unimplemented(
    message = "columns of `{Self}` cannot be ordered",
    note = "the order of the texts in the cells is not that of the values"
)]
pub trait Ordered: Filterable {}

macro_rules! filterable {
    ($trait:ident: $($type:ty),* $(,)?) => {$(impl $trait for $type {})*};
}

filterable! {
    Filterable: i8, i16, i32, i64, u8, u16, u32, u64, f64, bool, String, Decimal, Uuid, Timestamp, Date, Duration, IpAddr, Ipv4Addr, Ipv6Addr,
    IpNet, Ipv4Net, Ipv6Net, MacAddress, PciAddress, VersionPredicate,
}

filterable!(Ordered: i8, i16, i32, i64, u8, u16, u32, u64, f64, bool, String, Uuid, Timestamp, Date, Duration, MacAddress, PciAddress);

impl<F: Filterable> Filterable for Option<F> {}

impl<E: FieldEnum + FieldType> Filterable for E {}

impl<F: Ordered> Ordered for Option<F> {}

impl<E: FieldEnum + FieldType> Ordered for E {}
