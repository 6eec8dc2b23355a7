//! Values of fields as values that statements bind, and their text forms.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use recension_model::{FieldKind, IntegerWidth, Rule, Slot, Value};
use sea_orm::Value as Bound;

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
        Value::Bool(value) => Bound::Bool(Some(*value)),
        Value::Uuid(value) => Bound::String(Some(value.hyphenated().to_string())),
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
        FieldKind::Bool => Bound::Bool(None),
        FieldKind::Timestamp => Bound::ChronoDateTime(None),
        _ => Bound::String(None),
    }
}

/// A time as text that sorts as the times do: always six digits of a second, as the reference writes it.
pub(crate) fn time_to_text(time: &NaiveDateTime) -> String {
    let micros = time.nanosecond() / 1_000 % 1_000_000;
    format!("{}.{micros:06}", time.format("%Y-%m-%d %H:%M:%S"))
}

/// Reads `YYYY-MM-DD HH:MM:SS` and at most nine digits of a second, of which those past six are cut off: other
/// programs on the same table write what their clocks give. `None` for any other form.
pub(crate) fn time_from_text(text: &str) -> Option<NaiveDateTime> {
    let bytes = text.as_bytes();
    let digits = |from: usize, to: usize| -> Option<u32> {
        bytes.get(from..to)?.iter().try_fold(0_u32, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
    };
    let separators = [(4, b'-'), (7, b'-'), (10, b' '), (13, b':'), (16, b':')];
    if !separators.iter().all(|(at, byte)| bytes.get(*at) == Some(byte)) {
        return None;
    }
    let micros = match bytes.get(19..)? {
        [] => 0,
        [b'.', fraction @ ..] if (1..=9).contains(&fraction.len()) => {
            digits(20, bytes.len())? * 10_u32.pow(9 - u32::try_from(fraction.len()).ok()?) / 1_000
        }
        _ => return None,
    };
    let year = i32::try_from(digits(0, 4)?).ok().filter(|year| YEARS.contains(year))?;
    let date = NaiveDate::from_ymd_opt(year, digits(5, 7)?, digits(8, 10)?)?;
    Some(date.and_time(NaiveTime::from_hms_micro_opt(digits(11, 13)?, digits(14, 16)?, digits(17, 19)?, micros)?))
}

#[cfg(test)]
mod tests {
    use recension_model::Timestamp;

    use super::*;

    #[test]
    fn times_are_written_with_six_digits_and_read_with_fewer() {
        for (text, again) in [
            ("2024-03-01 10:00:00", "2024-03-01 10:00:00.000000"),
            ("2024-03-01 10:00:00.5", "2024-03-01 10:00:00.500000"),
            ("2024-03-01 10:00:00.000001", "2024-03-01 10:00:00.000001"),
            ("2024-03-01 10:00:00.123456789", "2024-03-01 10:00:00.123456"),
            ("0001-01-01 00:00:00", "0001-01-01 00:00:00.000000"),
        ] {
            assert_eq!(time_to_text(&time_from_text(text).unwrap()), again);
        }
    }

    #[test]
    fn s15_other_forms_of_times_are_refused() {
        for text in [
            "",
            "2024-03-01",
            "2024-03-01T10:00:00",
            "2024-03-01 10:00",
            "2024-03-01 10:00:00.",
            "2024-03-01 10:00:00.1234567890",
            "2024-03-01 10:00:00Z",
            "2024-02-30 10:00:00",
            "0000-12-31 23:59:59",
            "2024-03-01 24:00:00",
            "2024-03-01 10:00:0١",
        ] {
            assert_eq!(time_from_text(text), None, "{text:?}");
        }
    }

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
