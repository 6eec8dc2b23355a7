//! The values of a column in the binary form of an array, which is written as they come: sqlx would take a vector of them first.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo};
use sqlx::{Arguments as _, Postgres, Type};

use crate::error::{Error, Fault};
use crate::value::Bindable;

/// Bytes of an item and its length, as a guess.
const BYTES: usize = 24;

/// An array of one dimension that is being written.
pub(crate) struct Array {
    /// Known once there is an item.
    element: Option<Element>,
    items: Vec<u8>,
    count: usize,
}

/// What the items are: the types that the same values have by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Element {
    Integer,
    Float,
    Text,
    Bytes,
    Time,
    Date,
}

impl Element {
    /// The number of the type, the same in each database.
    const fn oid(self) -> u32 {
        match self {
            Self::Integer => 20,
            Self::Float => 701,
            Self::Text => 25,
            Self::Bytes => 17,
            Self::Time => 1114,
            Self::Date => 1082,
        }
    }

    fn array(self) -> PgTypeInfo {
        match self {
            Self::Integer => <[i64]>::type_info(),
            Self::Float => <[f64]>::type_info(),
            Self::Text => <[&str]>::type_info(),
            Self::Bytes => <[&[u8]]>::type_info(),
            Self::Time => <[NaiveDateTime]>::type_info(),
            Self::Date => <[NaiveDate]>::type_info(),
        }
    }
}

/// Days from the epoch of the years to that of PostgreSQL, the first of January of 2000, from which times and days count.
const EPOCH_DAYS: i32 = 730_120;
/// Microseconds from the epoch of Unix to that.
const EPOCH_MICROS: i64 = 946_684_800_000_000;

impl Array {
    /// With room for about so many items.
    pub(crate) fn with_capacity(items: usize) -> Self {
        Self { element: None, items: Vec::with_capacity(items * BYTES), count: 0 }
    }

    /// Adds an item.
    ///
    /// # Errors
    /// [`Error::Internal`] for a value of another type than those before, for a truth, and for what no array can hold.
    #[inline]
    pub(crate) fn push(&mut self, value: &Bindable<'_>) -> Result<(), Error> {
        let too_large = || Error::Internal(Fault::of_us("a value is too large to be sent"));
        let element = match value {
            Bindable::Integer(_) => Element::Integer,
            Bindable::Float(_) => Element::Float,
            Bindable::Text(_) | Bindable::Uuid(_) => Element::Text,
            Bindable::Bytes(_) => Element::Bytes,
            Bindable::Time(_) => Element::Time,
            Bindable::Date(_) => Element::Date,
            Bindable::Truth(_) => return Err(Error::Internal(Fault::of_us("a truth in an array"))),
        };
        if *self.element.get_or_insert(element) != element {
            return Err(Error::Internal(Fault::of_us("an array of more than one type")));
        }
        match value {
            Bindable::Integer(Some(number)) => self.item(&number.to_be_bytes()),
            Bindable::Float(Some(number)) => self.item(&number.to_be_bytes()),
            Bindable::Text(Some(text)) => self.item(text.as_bytes()),
            Bindable::Uuid(uuid) => self.item(uuid.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()).as_bytes()),
            Bindable::Bytes(Some(bytes)) => self.item(bytes),
            // What is past the sixth digit of a second is cut, on either side of the epoch.
            Bindable::Time(Some(time)) => self.item(&(time.and_utc().timestamp_micros() - EPOCH_MICROS).to_be_bytes()),
            Bindable::Date(Some(day)) => self.item(&(day.num_days_from_ce() - EPOCH_DAYS).to_be_bytes()),
            _ => {
                self.items.extend_from_slice(&(-1_i32).to_be_bytes());
                Some(())
            }
        }
        .ok_or_else(too_large)?;
        self.count += 1;
        Ok(())
    }

    /// Bytes that it takes, with its own length.
    pub(crate) const fn bytes(&self) -> usize {
        24 + self.items.len()
    }

    /// An item behind its length; nothing for one that is longer than the protocol can say.
    #[inline]
    fn item(&mut self, bytes: &[u8]) -> Option<()> {
        let length = i32::try_from(bytes.len()).ok()?;
        self.items.reserve(bytes.len() + 4);
        self.items.extend_from_slice(&length.to_be_bytes());
        self.items.extend_from_slice(bytes);
        Some(())
    }

    /// Adds it to the arguments of a statement.
    ///
    /// # Errors
    /// [`Error::Internal`] when all of it together is too large for the protocol.
    pub(crate) fn bind(self, arguments: &mut PgArguments) -> Result<(), Error> {
        arguments.add(self).map_err(|_| Error::Internal(Fault::of_us("values are too large to be sent together")))
    }
}

impl Type<Postgres> for Array {
    fn type_info() -> PgTypeInfo {
        Element::Text.array()
    }
}

impl Encode<'_, Postgres> for Array {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let element = self.element.unwrap_or(Element::Text);
        // One dimension, nothing said of nulls, of what, how many, and the number of the first.
        for number in [1, 0, i32::try_from(element.oid())?, i32::try_from(self.count)?, 1] {
            buffer.extend(number.to_be_bytes());
        }
        buffer.extend(&self.items);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(self.element.unwrap_or(Element::Text).array())
    }

    fn size_hint(&self) -> usize {
        self.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What sqlx writes for the same values.
    fn by_sqlx<T>(values: Vec<Option<T>>) -> String
    where
        T: for<'q> Encode<'q, Postgres> + Type<Postgres> + sqlx::postgres::PgHasArrayType,
    {
        let mut arguments = PgArguments::default();
        arguments.add(values).unwrap();
        format!("{arguments:?}")
    }

    fn by_hand(values: Vec<Bindable<'_>>) -> String {
        let mut array = Array::with_capacity(values.len());
        values.iter().try_for_each(|value| array.push(value)).unwrap();
        let mut arguments = PgArguments::default();
        array.bind(&mut arguments).unwrap();
        format!("{arguments:?}")
    }

    #[test]
    fn arrays_are_written_as_sqlx_writes_them() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let time = |text: &str| text.parse::<NaiveDateTime>().unwrap();
        for numbers in [vec![Some(1), Some(i64::MIN)], vec![Some(1), None, Some(i64::MAX)]] {
            assert_eq!(by_hand(numbers.iter().copied().map(Bindable::Integer).collect()), by_sqlx(numbers));
        }
        for texts in [vec![Some("a".to_owned()), Some(String::new())], vec![None, Some("\u{1F600}".to_owned())]] {
            let ours = texts.iter().map(|text| Bindable::Text(text.as_deref().map(Into::into))).collect();
            assert_eq!(by_hand(ours), by_sqlx(texts.clone()));
        }
        let uuid = uuid::Uuid::from_u128(0x00ab_cdef << 64);
        assert_eq!(by_hand(vec![Bindable::Uuid(uuid), Bindable::Text(None)]), by_sqlx(vec![Some(uuid.to_string()), None]));
        let floats = vec![Some(0.1), None, Some(f64::MIN)];
        assert_eq!(by_hand(floats.iter().copied().map(Bindable::Float).collect()), by_sqlx(floats));
        let bytes = vec![Some(vec![0_u8, 255]), None, Some(Vec::new())];
        assert_eq!(by_hand(bytes.iter().map(|bytes| Bindable::Bytes(bytes.as_deref().map(Into::into))).collect()), by_sqlx(bytes.clone()));
        let times = vec![
            Some(time("1999-12-31T23:59:59.999999")),
            None,
            Some(time("9999-12-31T23:59:59.000001")),
            Some(time("0001-01-01T00:00:00")),
        ];
        assert_eq!(by_hand(times.iter().copied().map(Bindable::Time).collect()), by_sqlx(times));
        let days = vec![Some(day("2000-02-29")), None, Some(day("0001-01-01"))];
        assert_eq!(by_hand(days.iter().copied().map(Bindable::Date).collect()), by_sqlx(days));
    }

    #[test]
    fn times_are_cut_and_not_rounded_on_either_side_of_the_epoch() {
        for text in ["1969-12-31T23:59:59.123456", "1999-12-31T23:59:59.123456", "2001-12-31T23:59:59.123456"] {
            let time: NaiveDateTime = text.parse().unwrap();
            let more = time + chrono::TimeDelta::nanoseconds(999);
            assert_eq!(by_hand(vec![Bindable::Time(Some(more))]), by_sqlx(vec![Some(time)]));
        }
    }

    #[test]
    fn an_array_is_of_one_type_and_of_no_truths() {
        let mut array = Array::with_capacity(2);
        array.push(&Bindable::Integer(None)).unwrap();
        assert!(array.push(&Bindable::Text(None)).is_err());
        assert!(Array::with_capacity(1).push(&Bindable::Truth(None)).is_err());
    }
}
