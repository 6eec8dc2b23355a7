//! Values of fields as values that statements bind, and their text forms.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use recension_model::{Cell, FieldKind, IntegerWidth, Rule, Slot, Timestamp, Value};
use sea_orm::Value as Bound;
use uuid::Uuid;

/// The years, in UTC, that every program and database knows.
const YEARS: RangeInclusive<i32> = 1..=9_999;

/// A value as it is bound, borrowed where it can be. Null is bound with the type that its column has.
#[derive(Clone, PartialEq)]
pub(crate) enum Bindable<'v> {
    /// Integers and durations.
    Integer(Option<i64>),
    /// See [`truth`].
    Truth(Option<bool>),
    Float(Option<f64>),
    Text(Option<Cow<'v, str>>),
    /// A text, too.
    Uuid(Uuid),
    Bytes(Option<Cow<'v, [u8]>>),
    /// In UTC.
    Time(Option<NaiveDateTime>),
    Date(Option<NaiveDate>),
}

impl<'v> Bindable<'v> {
    /// A value.
    ///
    /// # Errors
    /// The rule that a value breaks which no column can hold: an integer outside of `i64`, a time before the
    /// year 1 or after 9999, an object.
    #[inline]
    pub(crate) fn of(value: &'v Value) -> Result<Self, Rule> {
        Ok(match value {
            Value::Integer(number) => Self::Integer(Some(i64::try_from(*number).map_err(|_| Rule::Width(IntegerWidth::I64))?)),
            Value::Bool(value) => Self::Truth(Some(*value)),
            Value::Uuid(value) => Self::Uuid(*value),
            Value::Timestamp(time) => Self::Time(Some(utc(*time)?)),
            Value::Float(number) => Self::Float(Some(*number + 0.0)),
            Value::Bytes(bytes) => Self::Bytes(Some(Cow::Borrowed(bytes.as_slice()))),
            Value::Date(day) => Self::Date(Some(day.to_chrono())),
            Value::Duration(duration) => Self::Integer(Some(duration.as_micros())),
            text => match text.to_text() {
                Some(text) => Self::Text(Some(text)),
                None => return Err(Rule::Kind { expected: "a value of one cell", found: text.kind() }),
            },
        })
    }

    /// Takes what a cell of a column of `kind` is to hold: where it is to lie, since it would be copied once more.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    #[inline]
    pub(crate) fn take_cell(&mut self, kind: &FieldKind, cell: Cell<'v>) -> Result<(), Rule> {
        match cell {
            Cell::Integer(number) if matches!(kind, FieldKind::Bool) => *self = Self::Truth(Some(number != 0)),
            Cell::Integer(number) => *self = Self::Integer(Some(number)),
            Cell::Real(number) => *self = Self::Float(Some(number)),
            Cell::Text(text) => *self = Self::Text(Some(Cow::Borrowed(text))),
            Cell::Blob(bytes) => *self = Self::Bytes(Some(Cow::Borrowed(bytes))),
            Cell::Time(time) => *self = Self::Time(Some(utc(time)?)),
            Cell::Date(day) => *self = Self::Date(Some(day.to_chrono())),
            Cell::Uuid(uuid) => *self = Self::Uuid(uuid),
            _ => *self = Self::null(kind),
        }
        Ok(())
    }

    /// A state in a column of `kind`.
    ///
    /// # Errors
    /// As [`of`](Self::of); [`Rule::Missing`] for unset.
    #[inline]
    pub(crate) fn of_slot(kind: &FieldKind, slot: &'v Slot) -> Result<Self, Rule> {
        match slot {
            Slot::Unset => Err(Rule::Missing),
            Slot::Null => Ok(Self::null(kind)),
            Slot::Value(value) => Self::of(value),
        }
    }

    /// A value that is bound without a type of its own, as SQLite and MySQL do; nothing for a form that the store does not make.
    pub(crate) fn of_bound(value: &'v Bound) -> Option<Self> {
        Some(match value {
            Bound::TinyInt(number) => Self::Integer(number.map(Into::into)),
            Bound::SmallInt(number) => Self::Integer(number.map(Into::into)),
            Bound::Int(number) => Self::Integer(number.map(Into::into)),
            Bound::BigInt(number) => Self::Integer(*number),
            Bound::Double(number) => Self::Float(*number),
            Bound::String(text) => Self::Text(text.as_deref().map(Cow::Borrowed)),
            Bound::Bytes(bytes) => Self::Bytes(bytes.as_deref().map(Cow::Borrowed)),
            Bound::ChronoDateTime(time) => Self::Time(*time),
            Bound::ChronoDate(day) => Self::Date(*day),
            _ => return None,
        })
    }

    /// The same value, of which nothing is borrowed.
    pub(crate) fn into_owned(self) -> Bindable<'static> {
        match self {
            Self::Integer(number) => Bindable::Integer(number),
            Self::Truth(truth) => Bindable::Truth(truth),
            Self::Float(number) => Bindable::Float(number),
            Self::Text(text) => Bindable::Text(text.map(|text| text.into_owned().into())),
            Self::Uuid(uuid) => Bindable::Uuid(uuid),
            Self::Bytes(bytes) => Bindable::Bytes(bytes.map(|bytes| bytes.into_owned().into())),
            Self::Time(time) => Bindable::Time(time),
            Self::Date(day) => Bindable::Date(day),
        }
    }

    /// About how many bytes it takes in a message.
    #[inline]
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Text(Some(text)) => text.len(),
            Self::Bytes(Some(bytes)) => bytes.len(),
            Self::Uuid(_) => 36,
            _ => 8,
        }
    }

    /// NULL of the type that a column of `kind` has.
    const fn null(kind: &FieldKind) -> Self {
        match kind {
            FieldKind::Integer(_) | FieldKind::Duration => Self::Integer(None),
            FieldKind::Float => Self::Float(None),
            FieldKind::Bytes => Self::Bytes(None),
            FieldKind::Date => Self::Date(None),
            FieldKind::Bool => Self::Truth(None),
            FieldKind::Timestamp => Self::Time(None),
            _ => Self::Text(None),
        }
    }
}

/// A time as columns have it.
#[inline]
fn utc(time: Timestamp) -> Result<NaiveDateTime, Rule> {
    let time = time.naive_utc();
    if YEARS.contains(&time.year()) { Ok(time) } else { Err(Rule::Timestamp) }
}

impl From<Bindable<'_>> for Bound {
    fn from(value: Bindable<'_>) -> Self {
        match value {
            Bindable::Integer(number) => Self::BigInt(number),
            Bindable::Truth(value) => value.map_or(Self::TinyInt(None), truth),
            Bindable::Float(number) => Self::Double(number),
            Bindable::Text(text) => Self::String(text.map(Cow::into_owned)),
            Bindable::Uuid(uuid) => Self::String(Some(text_of_uuid(uuid))),
            Bindable::Bytes(bytes) => Self::Bytes(bytes.map(Cow::into_owned)),
            Bindable::Time(time) => Self::ChronoDateTime(time),
            Bindable::Date(day) => Self::ChronoDate(day),
        }
    }
}

/// A value as it is bound in a condition.
///
/// # Errors
/// As [`Bindable::of`].
pub(crate) fn bind(value: &Value) -> Result<Bound, Rule> {
    Bindable::of(value).map(Bound::from)
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

#[cfg(test)]
mod tests {
    use chrono::NaiveTime;

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
