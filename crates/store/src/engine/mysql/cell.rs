//! Cells of MariaDB and MySQL, which come in binary with the type of their column.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use recension_model::{Cell, Date, FieldKind, FieldSpec, Rule, Timestamp};
use sea_orm::Value as Bound;
use sqlx::mysql::{MySqlRow, MySqlTypeInfo, MySqlValueRef};
use sqlx::{Column, Decode, MySql, Row as _, Type, TypeInfo, ValueRef};

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

/// What the cell at `index` holds; `None` for null.
fn stored(row: &MySqlRow, index: usize) -> Result<Option<Stored<'_>>, WrongCell> {
    // Bytes of the binary protocol, since every statement whose rows come here is prepared; those of the other protocol would be read for
    // something else. The most common types are read here: to ask the driver for one after the other is much of the work of a list.
    let Ok(bytes) = decode::<&[u8]>(row.try_get_raw(index).map_err(|_| WrongCell)?) else { return Ok(None) };
    let found = row.try_column(index).map_err(|_| WrongCell)?.type_info();
    if is::<str>(found) {
        return str::from_utf8(bytes).map(|text| Some(Stored::Text(text))).map_err(|_| WrongCell);
    }
    if is::<i64>(found) {
        return integer_of(bytes).map(|number| Some(Stored::Integer(number)));
    }
    if is::<NaiveDateTime>(found) {
        return moment_of(bytes).map(|time| Some(Stored::Time(time))).ok_or(WrongCell);
    }
    other(row, index).map(Some)
}

/// An integer with a sign, of however many bytes.
fn integer_of(bytes: &[u8]) -> Result<i64, WrongCell> {
    Ok(match *bytes {
        [byte] => i8::from_le_bytes([byte]).into(),
        [a, b] => i16::from_le_bytes([a, b]).into(),
        [a, b, c, d] => i32::from_le_bytes([a, b, c, d]).into(),
        _ => i64::from_le_bytes(bytes.try_into().map_err(|_| WrongCell)?),
    })
}

/// A date with a time of day, each part of which is left out with those that follow where all are zero: behind the number of the bytes a
/// year of two, month, day, hour, minute, second, and microseconds of four. `0000-00-00` of old tables is none.
fn moment_of(bytes: &[u8]) -> Option<NaiveDateTime> {
    let (date, time) = bytes.get(1..)?.split_at_checked(4)?;
    let [low, high, month, day] = *date else { return None };
    let date = NaiveDate::from_ymd_opt(u16::from_le_bytes([low, high]).into(), month.into(), day.into())?;
    match *time {
        [] => date.and_hms_opt(0, 0, 0),
        [hour, minute, second] => date.and_hms_opt(hour.into(), minute.into(), second.into()),
        [hour, minute, second, a, b, c, d] => {
            date.and_hms_micro_opt(hour.into(), minute.into(), second.into(), u32::from_le_bytes([a, b, c, d]))
        }
        _ => None,
    }
}

/// What a cell of a less common type holds, which is not null.
fn other(row: &MySqlRow, index: usize) -> Result<Stored<'_>, WrongCell> {
    let value = row.try_get_raw(index).map_err(|_| WrongCell)?;
    if value.is_null() {
        // What the driver takes for that is the day `0000-00-00`.
        return Err(WrongCell);
    }
    let found = value.type_info();
    Ok(if found.name() == "TIMESTAMP" {
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
    })
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
        // What `has_common_year` asks, at once: it is in UTC.
        Stored::Time(time) if !(1..=9999).contains(&time.year()) => return Err(Rule::Timestamp),
        Stored::Time(time) => Cell::Time(Timestamp::from_utc(time)),
        Stored::Date(day) => Cell::Date(Date::from_chrono(day)?),
        Stored::Other(found) => return Err(refused(found)),
    })
}
