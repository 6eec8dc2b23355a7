//! Values of fields as values that statements bind, and their text forms.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use recension_model::{FieldKind, Slot, Value};
use sea_orm::Value as Bound;

/// A value as it is bound; `None` for what fits no column: an integer outside of `i64`, an object.
pub(crate) fn bind(value: &Value) -> Option<Bound> {
    Some(match value {
        Value::Integer(number) => Bound::BigInt(Some(i64::try_from(*number).ok()?)),
        Value::Bool(value) => Bound::Bool(Some(*value)),
        Value::Uuid(value) => Bound::String(Some(value.hyphenated().to_string())),
        Value::Timestamp(time) => Bound::ChronoDateTime(Some(time.naive_utc())),
        text => Bound::String(Some(text.as_text()?.to_owned())),
    })
}

/// A state as it is bound in a column of `kind`; `None` for what fits no column, and for unset.
pub(crate) fn bind_slot(kind: &FieldKind, slot: &Slot) -> Option<Bound> {
    match slot {
        Slot::Unset => None,
        Slot::Null => Some(null(kind)),
        Slot::Value(value) => bind(value),
    }
}

/// NULL of the type that a column of `kind` has.
const fn null(kind: &FieldKind) -> Bound {
    match kind {
        FieldKind::Integer(_) => Bound::BigInt(None),
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

/// Reads `YYYY-MM-DD HH:MM:SS` and at most six digits of a second; `None` for any other form.
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
        [b'.', fraction @ ..] if (1..=6).contains(&fraction.len()) => {
            digits(20, bytes.len())? * 10_u32.pow(6 - u32::try_from(fraction.len()).ok()?)
        }
        _ => return None,
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(digits(0, 4)?).ok()?, digits(5, 7)?, digits(8, 10)?)?;
    Some(date.and_time(NaiveTime::from_hms_micro_opt(digits(11, 13)?, digits(14, 16)?, digits(17, 19)?, micros)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_six_digits_and_read_with_fewer() {
        for (text, again) in [
            ("2024-03-01 10:00:00", "2024-03-01 10:00:00.000000"),
            ("2024-03-01 10:00:00.5", "2024-03-01 10:00:00.500000"),
            ("2024-03-01 10:00:00.000001", "2024-03-01 10:00:00.000001"),
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
            "2024-03-01 10:00:00.1234567",
            "2024-03-01 10:00:00Z",
            "2024-02-30 10:00:00",
            "2024-03-01 24:00:00",
            "2024-03-01 10:00:0١",
        ] {
            assert_eq!(time_from_text(text), None, "{text:?}");
        }
    }

    #[test]
    fn integers_that_fit_no_column_are_not_bound() {
        assert!(bind(&Value::Integer(i128::from(i64::MAX))).is_some());
        assert!(bind(&Value::Integer(i128::from(i64::MAX) + 1)).is_none());
        assert!(bind(&Value::Integer(i128::from(i64::MIN) - 1)).is_none());
    }
}
