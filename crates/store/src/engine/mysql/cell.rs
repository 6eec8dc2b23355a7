//! Cells of MariaDB and MySQL, which come in binary with the type of their column.

use chrono::{NaiveDate, NaiveDateTime};
use recension_model::{Cell, Date, FieldKind, FieldSpec, Rule, Timestamp};
use sea_orm::Value as Bound;
use sqlx::mysql::{MySqlRow, MySqlTypeInfo, MySqlValueRef};
use sqlx::{Decode, MySql, Row as _, Type, TypeInfo, ValueRef};

use crate::engine::WrongCell;

/// What a cell holds.
enum Stored<'r> {
    Integer(i64),
    Real(f64),
    Text(&'r str),
    Blob(&'r [u8]),
    /// In UTC, as the session is.
    Time(NaiveDateTime),
    Date(NaiveDate),
    /// What no column of ours holds.
    Other(&'static str),
}

fn is<T: Type<MySql> + ?Sized>(found: &MySqlTypeInfo) -> bool {
    T::compatible(found)
}

fn decode<'r, T: Decode<'r, MySql>>(value: MySqlValueRef<'r>) -> Result<T, WrongCell> {
    T::decode(value).map_err(|_| WrongCell)
}

fn stored(row: &MySqlRow, index: usize) -> Result<Option<Stored<'_>>, WrongCell> {
    let value = row.try_get_raw(index).map_err(|_| WrongCell)?;
    if value.is_null() {
        return is_zero_date(value).then_some(Err(WrongCell)).transpose();
    }
    let found = value.type_info();
    Ok(Some(if is::<i64>(&found) {
        Stored::Integer(decode(value)?)
    } else if is::<str>(&found) {
        Stored::Text(decode(value)?)
    } else if is::<NaiveDateTime>(&found) || found.name() == "TIMESTAMP" {
        Stored::Time(decode(value)?)
    } else if is::<f64>(&found) {
        Stored::Real(decode(value)?)
    } else if is::<NaiveDate>(&found) {
        Stored::Date(decode(value)?)
    } else if is::<[u8]>(&found) {
        Stored::Blob(decode(value)?)
    } else {
        match found.name() {
            "JSON" => Stored::Text(decode(value)?),
            "DECIMAL" => Stored::Other("decimal"),
            "BIT" => Stored::Other("bits"),
            _ if is::<u64>(&found) => match decode::<u64>(value)?.try_into() {
                Ok(number) => Stored::Integer(number),
                Err(_) => Stored::Other("integer past 64 bits with a sign"),
            },
            _ => Stored::Other("cell of no known type"),
        }
    }))
}

/// Whether what the driver takes for NULL is the day `0000-00-00` of old tables: it has bytes.
fn is_zero_date(value: MySqlValueRef<'_>) -> bool {
    <&[u8] as Decode<MySql>>::decode(value).is_ok()
}

pub(in crate::engine) fn len(row: &MySqlRow) -> usize {
    row.len()
}

pub(in crate::engine) fn integer(row: &MySqlRow, index: usize) -> Result<Option<i64>, WrongCell> {
    match stored(row, index)? {
        None => Ok(None),
        Some(Stored::Integer(number)) => Ok(Some(number)),
        Some(_) => Err(WrongCell),
    }
}

pub(in crate::engine) fn raw(row: &MySqlRow, index: usize) -> Result<Option<Bound>, WrongCell> {
    let Some(stored) = stored(row, index)? else { return Ok(None) };
    Ok(Some(match stored {
        Stored::Integer(number) => Bound::BigInt(Some(number)),
        Stored::Real(number) => Bound::Double(Some(number)),
        Stored::Text(text) => Bound::String(Some(text.to_owned())),
        Stored::Blob(bytes) => Bound::Bytes(Some(bytes.to_vec())),
        Stored::Time(time) => Bound::ChronoDateTime(Some(time)),
        Stored::Date(day) => Bound::ChronoDate(Some(day)),
        Stored::Other(_) => return Err(WrongCell),
    }))
}

pub(in crate::engine) fn text(row: &MySqlRow, index: usize) -> Result<Option<&str>, WrongCell> {
    match stored(row, index)? {
        None => Ok(None),
        Some(Stored::Text(text)) => Ok(Some(text)),
        Some(_) => Err(WrongCell),
    }
}

pub(in crate::engine) fn cell<'r>(row: &'r MySqlRow, index: usize, field: &FieldSpec) -> Result<Cell<'r>, Rule> {
    let refused = |found| Rule::Kind { expected: field.kind.as_str(), found };
    let found = stored(row, index).map_err(|WrongCell| refused("cell of no known form"))?;
    let Some(found) = found else { return Ok(Cell::Null) };
    Ok(match found {
        Stored::Integer(number) => Cell::Integer(number),
        Stored::Real(number) => Cell::Real(number),
        Stored::Text(text) if field.kind == FieldKind::Timestamp => return Timestamp::parse_sql(text).map(Cell::Time),
        Stored::Text(text) => Cell::Text(text),
        Stored::Blob(bytes) => Cell::Blob(bytes),
        Stored::Time(time) => {
            let time = Timestamp::from_utc(time);
            if !time.has_common_year() {
                return Err(Rule::Timestamp);
            }
            Cell::Time(time)
        }
        Stored::Date(day) => Cell::Date(Date::from_chrono(day)?),
        Stored::Other(found) => return Err(refused(found)),
    })
}
