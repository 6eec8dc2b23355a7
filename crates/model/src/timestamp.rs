//! A moment, to the microsecond, with its offset from UTC.

mod codec;

use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, Offset, Timelike, Utc};

use crate::Rule;

/// A moment with its offset from UTC, to the microsecond: the finest that all supported databases keep.
///
/// Two timestamps are equal when they are the same moment *and* are written with the same offset, so that
/// a value that travelled is recognised as unchanged; order is by moment.
///
/// ```
/// use recension_model::Timestamp;
/// let time: Timestamp = Timestamp::parse("2024-03-01T10:00:00.5+02:00")?;
/// assert_eq!(time.to_string(), "2024-03-01T10:00:00.500000+02:00");
/// assert_eq!(time.to_utc().to_string(), "2024-03-01T08:00:00.500000Z");
/// # Ok::<(), recension_model::Rule>(())
/// ```
#[derive(Clone, Copy)]
pub struct Timestamp(DateTime<FixedOffset>);

impl Timestamp {
    /// The clock, in UTC.
    #[must_use]
    pub fn now() -> Self {
        Utc::now().into()
    }

    /// A moment in UTC given by date and time of day; what is finer than a microsecond is cut off.
    #[must_use]
    pub fn from_utc(naive: NaiveDateTime) -> Self {
        Self(DateTime::from_naive_utc_and_offset(to_micros(naive), Utc.fix()))
    }

    /// The same moment, written in UTC.
    #[must_use]
    pub fn to_utc(self) -> Self {
        self.0.to_utc().into()
    }

    /// Whether the moment is written in UTC.
    #[must_use]
    pub fn is_utc(self) -> bool {
        self.0.offset().local_minus_utc() == 0
    }

    /// Date and time of day in UTC.
    #[must_use]
    pub fn naive_utc(self) -> NaiveDateTime {
        self.0.naive_utc()
    }

    /// This timestamp as chrono's type.
    #[must_use]
    pub const fn to_chrono(self) -> DateTime<FixedOffset> {
        self.0
    }

    /// Whether its year has four digits, here and in UTC: no other is written, and databases keep UTC.
    #[must_use]
    pub fn has_common_year(self) -> bool {
        let common = |year| (1..=9999).contains(&year);
        let utc = self.0.naive_utc().year();
        // Within a day's reach of neither end it is one here, too.
        (2..=9998).contains(&utc) || common(utc) && common(self.0.year())
    }

    /// Reads `YYYY-MM-DDTHH:MM:SS`, at most six digits of a second, and `Z` or an offset (RFC 3339
    /// without its liberties: upper case only, no blank, no leap second).
    ///
    /// # Errors
    /// [`Rule::Timestamp`] when the text has another form or names no moment.
    pub fn parse(text: &str) -> Result<Self, Rule> {
        codec::parse(text.as_bytes()).map(Self).ok_or(Rule::Timestamp)
    }

    /// Reads the form in which a database keeps a moment as text: `YYYY-MM-DD HH:MM:SS` in UTC, and at most nine
    /// digits of a second, of which those past six are cut off: programs that share a table write what their
    /// clocks give.
    ///
    /// # Errors
    /// [`Rule::Timestamp`] when the text has another form or names no moment.
    pub fn parse_sql(text: &str) -> Result<Self, Rule> {
        codec::parse_sql(text.as_bytes()).map(Self).ok_or(Rule::Timestamp)
    }

    /// Writes the moment as [`parse_sql`](Self::parse_sql) reads it: in UTC and always with six digits, so that the
    /// texts sort as the moments do.
    #[must_use]
    pub fn to_sql(self) -> String {
        let utc = self.0.to_utc().fixed_offset();
        if !(1..=9999).contains(&utc.year()) {
            // No column holds it; in a comparison it must still be before or after what they hold.
            return utc.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
        }
        let mut buffer = [0; Self::TEXT_BYTES_MAX];
        let text = codec::write(&utc, 6, &mut buffer);
        let text = text.strip_suffix(b"Z").unwrap_or(text);
        String::from_utf8_lossy(text).replacen('T', " ", 1)
    }

    /// Bytes of the longest text of a moment.
    pub const TEXT_BYTES_MAX: usize = "2024-03-01T10:00:00.000000+02:00".len();

    /// Writes the moment into a buffer, with `digits` digits of a second (at most six, cut and not rounded);
    /// the part of the buffer that was written, which is ASCII.
    #[must_use]
    pub fn write<'b>(&self, digits: u8, buffer: &'b mut [u8; Self::TEXT_BYTES_MAX]) -> &'b [u8] {
        codec::write(&self.0, digits.min(6), buffer)
    }

    /// Writes the moment with `digits` digits of a second (at most six, cut and not rounded).
    #[must_use]
    pub fn display(&self, digits: u8) -> impl fmt::Display + '_ {
        DisplayDigits { time: self, digits }
    }
}

struct DisplayDigits<'t> {
    time: &'t Timestamp,
    digits: u8,
}

impl fmt::Display for DisplayDigits<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut buffer = [0; Timestamp::TEXT_BYTES_MAX];
        let text = self.time.write(self.digits, &mut buffer);
        f.write_str(std::str::from_utf8(text).unwrap_or_default())
    }
}

impl<Z: chrono::TimeZone> From<DateTime<Z>> for Timestamp {
    /// Keeps the moment; its offset is cut to whole minutes, and what is finer than a microsecond is cut
    /// off. A leap second becomes the last microsecond of the second before it: no database keeps one.
    fn from(time: DateTime<Z>) -> Self {
        let fixed = time.fixed_offset();
        let utc = to_micros(fixed.naive_utc());
        let offset = FixedOffset::east_opt(fixed.offset().local_minus_utc() / 60 * 60).unwrap_or(*fixed.offset());
        Self(DateTime::from_naive_utc_and_offset(utc, offset))
    }
}

/// Whole microseconds, and no leap second.
fn to_micros(utc: NaiveDateTime) -> NaiveDateTime {
    let micros = utc.nanosecond().min(999_999_999) / 1_000;
    utc.with_nanosecond(micros * 1_000).unwrap_or(utc)
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 && self.0.offset() == other.0.offset()
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let offset = |time: &Self| time.0.offset().local_minus_utc();
        self.0.cmp(&other.0).then_with(|| offset(self).cmp(&offset(other)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.display(6).fmt(f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, NaiveTime};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn s15_only_one_form_is_read() {
        for text in [
            "",
            "2024-03-01",
            "2024-03-01T10:00:00",
            "2024-03-01 10:00:00Z",
            "2024-03-01t10:00:00Z",
            "2024-03-01T10:00:00z",
            "2024-03-01T10:00:00.Z",
            "2024-03-01T10:00:00.1234567Z",
            "2024-03-01T10:00:60Z",
            "2024-02-30T10:00:00Z",
            "2024-03-01T24:00:00Z",
            "0000-03-01T10:00:00Z",
            "2024-03-01T10:00:00UTC-08:00",
            "2024-03-01T10:00:00+0200",
            "2024-03-01T10:00:00+24:00",
            "2024-03-01T10:00:00+02:60",
            "2024-03-01T10:00:00Z ",
            "+024-03-01T10:00:00Z",
            "noon",
        ] {
            assert_eq!(Timestamp::parse(text), Err(Rule::Timestamp), "{text:?}");
        }
    }

    #[test]
    fn s17_a_time_in_a_row_is_written_with_six_digits_and_read_with_others() {
        for (text, again) in [
            ("2024-03-01 10:00:00", "2024-03-01 10:00:00.000000"),
            ("2024-03-01 10:00:00.5", "2024-03-01 10:00:00.500000"),
            ("2024-03-01 10:00:00.000001", "2024-03-01 10:00:00.000001"),
            ("2024-03-01 10:00:00.123456789", "2024-03-01 10:00:00.123456"),
            ("0001-01-01 00:00:00", "0001-01-01 00:00:00.000000"),
        ] {
            assert_eq!(Timestamp::parse_sql(text).unwrap().to_sql(), again);
        }
    }

    #[test]
    fn s15_other_forms_of_a_time_in_a_row_are_refused() {
        for text in [
            "",
            "2024-03-01",
            "2024-03-01T10:00:00",
            "2024-03-01 10:00",
            "2024-03-01 10:00:00.",
            "2024-03-01 10:00:00.1234567890",
            "2024-03-01 10:00:00.5x",
            "2024-03-01 10:00:00.123456x",
            "2024-03-01 10:00:00123",
            "2024-03-01 10:00:00Z",
            "2024-02-30 10:00:00",
            "0000-12-31 23:59:59",
            "2024-03-01 24:00:00",
            "2024-03-01 10:00:0١",
        ] {
            assert_eq!(Timestamp::parse_sql(text), Err(Rule::Timestamp), "{text:?}");
        }
    }

    #[test]
    fn seconds_are_cut_and_not_rounded() {
        let time = Timestamp::parse("2024-03-01T10:00:00.999999-03:30").unwrap();
        assert_eq!(time.display(0).to_string(), "2024-03-01T10:00:00-03:30");
        assert_eq!(time.display(3).to_string(), "2024-03-01T10:00:00.999-03:30");
    }

    #[test]
    fn an_offset_is_cut_to_whole_minutes_and_a_leap_second_to_its_last_microsecond() {
        let day = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap();
        for (seconds, shown) in [(1_172, "1900-01-01T00:19:00.000000+00:19"), (-1_172, "1899-12-31T23:41:00.000000-00:19")] {
            let utc = day.and_time(NaiveTime::MIN).and_utc();
            let time = Timestamp::from(utc.with_timezone(&FixedOffset::east_opt(seconds).unwrap()));
            assert_eq!((time.to_string().as_str(), time.naive_utc()), (shown, utc.naive_utc()));
            assert_eq!(Timestamp::parse(shown), Ok(time));
        }
        let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_500_000_000).unwrap();
        let time = Timestamp::from_utc(day.and_time(leap));
        assert_eq!(time.to_string(), "1900-01-01T23:59:59.999999Z");
        assert_eq!(Timestamp::parse(&time.to_string()), Ok(time));
    }

    proptest! {
        #[test]
        fn every_microsecond_comes_back(micros in -62_135_596_800_000_000_i64..253_402_300_799_999_999, minutes in -1_439_i32..1_440) {
            let utc = DateTime::from_timestamp_micros(micros).unwrap();
            let zone = FixedOffset::east_opt(minutes * 60).unwrap();
            prop_assume!((1..=9999).contains(&utc.with_timezone(&zone).year()));
            let time = Timestamp::from(utc.with_timezone(&zone));
            prop_assert_eq!(Timestamp::parse(&time.to_string()), Ok(time));
            prop_assert_eq!(Timestamp::parse_sql(&time.to_sql()), Ok(time.to_utc()));
        }
    }
}
