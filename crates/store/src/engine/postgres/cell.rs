//! Cells of PostgreSQL, which come in binary and say what they are.

use chrono::{DateTime, NaiveDate, TimeDelta};
use recension_model::{Cell, Date, FieldKind, FieldSpec, Rule, Timestamp};
use sea_orm::Value as Bound;
use sqlx::Row as _;
use sqlx::ValueRef;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::engine::WrongCell;

/// What a cell holds. Types are told apart by their numbers, which are the same in every database.
enum Stored<'r> {
    Bool(bool),
    Integer(i64),
    Real(f64),
    Text(&'r str),
    Blob(&'r [u8]),
    /// Microseconds since the beginning of the year 2000, in UTC, with or without a zone.
    Time(i64),
    /// Days since the beginning of the year 2000.
    Date(i32),
    Uuid(Uuid),
    /// What no column of ours holds.
    Other(&'static str),
}

fn stored(row: &PgRow, index: usize) -> Result<Option<Stored<'_>>, WrongCell> {
    let value = row.try_get_raw(index).map_err(|_| WrongCell)?;
    if value.is_null() {
        return Ok(None);
    }
    let oid = value.type_info().oid().ok_or(WrongCell)?.0;
    let bytes = value.as_bytes().map_err(|_| WrongCell)?;
    let text = |bytes| str::from_utf8(bytes).map(Stored::Text).map_err(|_| WrongCell);
    Ok(Some(match oid {
        16 => Stored::Bool(fixed::<1>(bytes)? != [0]),
        17 => Stored::Blob(bytes),
        20 => Stored::Integer(i64::from_be_bytes(fixed(bytes)?)),
        21 => Stored::Integer(i16::from_be_bytes(fixed(bytes)?).into()),
        23 => Stored::Integer(i32::from_be_bytes(fixed(bytes)?).into()),
        // text, varchar, char(n), name, json
        25 | 1043 | 1042 | 19 | 114 => text(bytes)?,
        // jsonb begins with the version of its form.
        3802 => text(bytes.strip_prefix(&[1]).ok_or(WrongCell)?)?,
        700 => Stored::Real(f32::from_be_bytes(fixed(bytes)?).into()),
        701 => Stored::Real(f64::from_be_bytes(fixed(bytes)?)),
        1114 | 1184 => Stored::Time(i64::from_be_bytes(fixed(bytes)?)),
        1082 => Stored::Date(i32::from_be_bytes(fixed(bytes)?)),
        2950 => Stored::Uuid(Uuid::from_bytes(fixed(bytes)?)),
        1700 => Stored::Other("numeric"),
        _ => Stored::Other("cell of no known type"),
    }))
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], WrongCell> {
    bytes.try_into().map_err(|_| WrongCell)
}

/// Microseconds from 1970 to 2000.
const EPOCH: i64 = 946_684_800_000_000;

/// `infinity` is no moment.
fn moment(micros: i64) -> Option<DateTime<chrono::Utc>> {
    micros.checked_add(EPOCH).and_then(DateTime::from_timestamp_micros)
}

fn day(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2000, 1, 1)?.checked_add_signed(TimeDelta::try_days(days.into())?)
}

pub(in crate::engine) fn len(row: &PgRow) -> usize {
    row.len()
}

pub(in crate::engine) fn integer(row: &PgRow, index: usize) -> Result<Option<i64>, WrongCell> {
    match stored(row, index)? {
        None => Ok(None),
        Some(Stored::Integer(number)) => Ok(Some(number)),
        Some(_) => Err(WrongCell),
    }
}

pub(in crate::engine) fn raw(row: &PgRow, index: usize) -> Result<Option<Bound>, WrongCell> {
    let Some(stored) = stored(row, index)? else { return Ok(None) };
    Ok(Some(match stored {
        Stored::Bool(truth) => Bound::Bool(Some(truth)),
        Stored::Integer(number) => Bound::BigInt(Some(number)),
        Stored::Real(number) => Bound::Double(Some(number)),
        Stored::Text(text) => Bound::String(Some(text.to_owned())),
        Stored::Blob(bytes) => Bound::Bytes(Some(bytes.to_vec())),
        Stored::Time(micros) => Bound::ChronoDateTime(Some(moment(micros).ok_or(WrongCell)?.naive_utc())),
        Stored::Date(days) => Bound::ChronoDate(Some(day(days).ok_or(WrongCell)?)),
        Stored::Uuid(uuid) => Bound::Uuid(Some(uuid)),
        Stored::Other(_) => return Err(WrongCell),
    }))
}

pub(in crate::engine) fn text(row: &PgRow, index: usize) -> Result<Option<&str>, WrongCell> {
    match stored(row, index)? {
        None => Ok(None),
        Some(Stored::Text(text)) => Ok(Some(text)),
        Some(_) => Err(WrongCell),
    }
}

pub(in crate::engine) fn cell<'r>(row: &'r PgRow, index: usize, field: &FieldSpec) -> Result<Cell<'r>, Rule> {
    let refused = |found| Rule::Kind { expected: field.kind.as_str(), found };
    let found = stored(row, index).map_err(|WrongCell| refused("cell of no known form"))?;
    let Some(found) = found else { return Ok(Cell::Null) };
    Ok(match found {
        // Zero and one are what others have for it; it is no number to a field that wants one.
        Stored::Bool(truth) if field.kind == FieldKind::Bool => Cell::Integer(truth.into()),
        Stored::Bool(_) => return Err(refused("boolean")),
        Stored::Integer(number) => Cell::Integer(number),
        Stored::Real(number) => Cell::Real(number),
        Stored::Text(text) if field.kind == FieldKind::Timestamp => return Timestamp::parse_sql(text).map(Cell::Time),
        Stored::Text(text) => Cell::Text(text),
        Stored::Blob(bytes) => Cell::Blob(bytes),
        Stored::Time(micros) => {
            let time = moment(micros).map(|moment| Timestamp::from_utc(moment.naive_utc()));
            Cell::Time(time.filter(|time| time.has_common_year()).ok_or(Rule::Timestamp)?)
        }
        Stored::Date(days) => match day(days).map(Date::from_chrono) {
            Some(day) => Cell::Date(day?),
            None => return Err(refused("date of no calendar")),
        },
        Stored::Uuid(uuid) => Cell::Uuid(uuid),
        Stored::Other(found) => return Err(refused(found)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_infinite_is_no_moment_and_no_day() {
        assert_eq!(moment(0).unwrap().to_rfc3339(), "2000-01-01T00:00:00+00:00");
        assert_eq!(moment(-1).unwrap().timestamp_micros(), EPOCH - 1);
        assert_eq!((moment(i64::MAX), moment(i64::MIN)), (None, None));
        assert_eq!(day(59).unwrap().to_string(), "2000-02-29");
        assert_eq!((day(i32::MAX), day(i32::MIN)), (None, None));
    }
}
