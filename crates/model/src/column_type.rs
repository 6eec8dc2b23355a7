//! The plain Rust type that a field has where it is stored.

use chrono::NaiveDateTime;
use uuid::Uuid;

use crate::{FieldEnum, FieldType, Secret, Timestamp};

/// A [`FieldType`] that fits one cell of a table. Objects and lists of objects do not.
///
/// It is here and not with the stores because only the crate that owns [`FieldEnum`] can say "every enum,
/// and these types besides".
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit a column",
    note = "a stored field is a scalar, an enum that derives `FieldEnum`, an object, a list, set or map, or an `Option` of one of these"
)]
pub trait ColumnType: FieldType {
    /// What the cell holds: signed integers, text, a flag or a time in UTC. An unsigned integer is kept in
    /// the next wider signed one, since databases have no unsigned types in common.
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
}

impl<F: ColumnType> ColumnType for Option<F> {
    type Cell = Option<F::Cell>;
}

impl<E: FieldEnum + FieldType> ColumnType for E {
    type Cell = String;
}

/// A [`ColumnType`] that may enter a filter or an order: all but [`Secret`], which must not be found by
/// guessing (security rule 7.2).
#[diagnostic::on_unimplemented(
    message = "columns of `{Self}` cannot be compared or ordered",
    note = "a secret must not enter a filter or an order"
)]
pub trait Filterable: ColumnType {}

macro_rules! filterable {
    ($($type:ty),*) => {$(impl Filterable for $type {})*};
}

filterable!(i8, i16, i32, i64, u8, u16, u32, u64, bool, String, Uuid, Timestamp);

impl<F: Filterable> Filterable for Option<F> {}

impl<E: FieldEnum + FieldType> Filterable for E {}
