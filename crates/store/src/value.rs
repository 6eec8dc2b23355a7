//! Values of fields as values that statements bind, and their text forms.

use std::ops::RangeInclusive;

use chrono::Datelike;
use recension_model::{FieldKind, IntegerWidth, Rule, Slot, Value};
use sea_orm::Value as Bound;
use uuid::Uuid;

/// The years, in UTC, that every program and database knows.
const YEARS: RangeInclusive<i32> = 1..=9_999;

/// A value as it is bound.
///
/// # Errors
/// The rule that a value breaks which no column can hold: an integer outside of `i64`, a time before the
/// year 1 or after 9999, an object.
pub(crate) fn bind(value: &Value) -> Result<Bound, Rule> {
    Ok(match value {
        Value::Integer(number) => Bound::BigInt(Some(i64::try_from(*number).map_err(|_| Rule::Width(IntegerWidth::I64))?)),
        Value::Bool(value) => truth(*value),
        Value::Uuid(value) => Bound::String(Some(text_of_uuid(*value))),
        Value::Timestamp(time) if !YEARS.contains(&time.naive_utc().year()) => return Err(Rule::Timestamp),
        Value::Timestamp(time) => Bound::ChronoDateTime(Some(time.naive_utc())),
        Value::Float(number) => Bound::Double(Some(*number + 0.0)),
        Value::Bytes(bytes) => Bound::Bytes(Some(bytes.as_slice().to_vec())),
        Value::Date(day) => Bound::ChronoDate(Some(day.to_chrono())),
        Value::Duration(duration) => Bound::BigInt(Some(duration.as_micros())),
        text => match text.to_text() {
            Some(text) => Bound::String(Some(text.into_owned())),
            None => return Err(Rule::Kind { expected: "a value of one cell", found: text.kind() }),
        },
    })
}

/// With hyphens and in lower case.
pub(crate) fn text_of_uuid(uuid: Uuid) -> String {
    uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()).to_owned()
}

/// A truth as it is bound: nothing else is bound as an integer of this width. The column may be a boolean or, in tables of the
/// reference, an integer; an engine that tells them apart is sent a literal that is either (see `engine::prepared`).
pub(crate) const fn truth(value: bool) -> Bound {
    Bound::TinyInt(Some(if value { 1 } else { 0 }))
}

/// Whether a value that cannot be bound is less than all that can; else it is taken to be greater.
pub(crate) fn is_below(value: &Value) -> bool {
    match value {
        Value::Integer(number) => *number < i128::from(i64::MIN),
        Value::Timestamp(time) => time.naive_utc().year() < *YEARS.start(),
        _ => false,
    }
}

/// A state as it is bound in a column of `kind`.
///
/// # Errors
/// As [`bind`]; [`Rule::Missing`] for unset.
pub(crate) fn bind_slot(kind: &FieldKind, slot: &Slot) -> Result<Bound, Rule> {
    match slot {
        Slot::Unset => Err(Rule::Missing),
        Slot::Null => Ok(null(kind)),
        Slot::Value(value) => bind(value),
    }
}

/// NULL of the type that a column of `kind` has.
const fn null(kind: &FieldKind) -> Bound {
    match kind {
        FieldKind::Integer(_) | FieldKind::Duration => Bound::BigInt(None),
        FieldKind::Float => Bound::Double(None),
        FieldKind::Bytes => Bound::Bytes(None),
        FieldKind::Date => Bound::ChronoDate(None),
        FieldKind::Bool => Bound::TinyInt(None),
        FieldKind::Timestamp => Bound::ChronoDateTime(None),
        _ => Bound::String(None),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
    use recension_model::Timestamp;

    use super::*;

    #[test]
    fn s4_what_fits_no_column_is_not_bound() {
        assert!(bind(&Value::Integer(i128::from(i64::MAX))).is_ok());
        assert_eq!(bind(&Value::Integer(i128::from(i64::MAX) + 1)), Err(Rule::Width(IntegerWidth::I64)));
        assert_eq!(bind(&Value::Integer(i128::from(i64::MIN) - 1)), Err(Rule::Width(IntegerWidth::I64)));
        let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap().and_hms_opt(23, 59, 59).unwrap();
        let time = |time: NaiveDateTime| Value::Timestamp(Timestamp::from_utc(time));
        assert!(bind(&time(last)).is_ok());
        assert_eq!(bind(&time(last + chrono::TimeDelta::seconds(1))), Err(Rule::Timestamp));
        let first = NaiveDate::from_ymd_opt(1, 1, 1).unwrap().and_time(NaiveTime::MIN);
        assert!(bind(&time(first)).is_ok());
        assert_eq!(bind(&time(first - chrono::TimeDelta::microseconds(1))), Err(Rule::Timestamp));
        assert_eq!(bind(&Value::List(Vec::new())), Err(Rule::Kind { expected: "a value of one cell", found: "list" }));
    }
}
