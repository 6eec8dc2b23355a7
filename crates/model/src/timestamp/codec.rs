//! The one text form of a moment, written and read without a general parser: times are what a general one spends
//! most of a message on.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::Timestamp;

/// The two digits of each number below a hundred.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        #[expect(clippy::indexing_slicing, reason = "the loop ends at the length")]
        #[expect(clippy::cast_possible_truncation, reason = "both digits are below ten")]
        {
            pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        }
        number += 1;
    }
    pairs
};

/// The two digits of a number below a hundred.
#[inline]
fn pair(number: u32) -> [u8; 2] {
    PAIRS.get(number as usize).copied().unwrap_or([b'?'; 2])
}

/// Writes a moment whose year is within 1 to 9999 where it is written.
#[inline]
pub(super) fn write<'b>(time: &DateTime<FixedOffset>, digits: u8, buffer: &'b mut [u8; Timestamp::TEXT_BYTES_MAX]) -> &'b [u8] {
    let offset = time.offset().local_minus_utc();
    // Most times are in UTC, and need no adding.
    let local = if offset == 0 { time.naive_utc() } else { time.naive_local() };
    let (date, time) = (local.date(), local.time());
    let year = date.year().unsigned_abs();
    let ([y1, y2], [y3, y4]) = (pair(year / 100), pair(year % 100));
    let ([m1, m2], [d1, d2]) = (pair(date.month()), pair(date.day()));
    let second = time.num_seconds_from_midnight();
    let ([h1, h2], [n1, n2], [s1, s2]) = (pair(second / 3_600), pair(second / 60 % 60), pair(second % 60));
    let micros = time.nanosecond() / 1_000;
    let ([f1, f2], [f3, f4], [f5, f6]) = (pair(micros / 10_000), pair(micros / 100 % 100), pair(micros % 100));
    // In UTC and with all digits, which is how most times are written.
    *buffer = [
        y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'.', f1, f2, f3, f4, f5, f6, b'Z', 0, 0, 0,
        0, 0,
    ];
    let length = if offset == 0 && digits == 6 { 27 } else { rest(offset, digits, buffer) };
    buffer.get(..length).unwrap_or_default()
}

/// Writes what follows the digits of a second that are asked for; how long the whole is.
fn rest(offset: i32, digits: u8, buffer: &mut [u8; Timestamp::TEXT_BYTES_MAX]) -> usize {
    let at = if digits == 0 { 19 } else { 20 + usize::from(digits) };
    let minutes = offset.unsigned_abs() / 60;
    let ([h1, h2], [m1, m2]) = (pair(minutes / 60), pair(minutes % 60));
    let zone = [if offset < 0 { b'-' } else { b'+' }, h1, h2, b':', m1, m2];
    let zone = if offset == 0 { &b"Z"[..] } else { &zone[..] };
    if let Some(place) = buffer.get_mut(at..at + zone.len()) {
        place.copy_from_slice(zone);
    }
    at + zone.len()
}

/// The number that two digits make.
#[inline]
fn two(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}

/// `None` for anything but the form documented at [`Timestamp::parse`].
#[inline]
pub(super) fn parse(text: &[u8]) -> Option<DateTime<FixedOffset>> {
    let (head, tail) = text.split_first_chunk::<19>()?;
    let (micros, zone) = fraction(tail)?;
    let local = second(*head, b'T', micros)?;
    let (offset, utc) = match zone {
        b"Z" => (FixedOffset::east_opt(0)?, local),
        zone => {
            let offset = offset(zone)?;
            (offset, local.checked_sub_offset(offset)?)
        }
    };
    Some(DateTime::from_naive_utc_and_offset(utc, offset))
}

/// `None` for anything but the form documented at [`Timestamp::parse_sql`].
#[inline]
pub(super) fn parse_sql(text: &[u8]) -> Option<DateTime<FixedOffset>> {
    let (head, tail) = text.split_first_chunk::<19>()?;
    let micros = match fraction(tail) {
        Some((micros, [])) => micros,
        // What is finer than a microsecond is cut off.
        Some((micros, finer)) if tail.len() > 7 && finer.len() <= 3 && finer.iter().all(u8::is_ascii_digit) => micros,
        _ => return None,
    };
    Some(DateTime::from_naive_utc_and_offset(second(*head, b' ', micros)?, FixedOffset::east_opt(0)?))
}

/// The moment of a text `YYYY-MM-DD HH:MM:SS`, with another separator or this, and microseconds.
#[inline]
fn second(text: [u8; 19], separator: u8, micros: u32) -> Option<NaiveDateTime> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, between, h1, h2, b':', n1, n2, b':', s1, s2] = text else { return None };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    // The year 0 is in nobody's calendar.
    let year = i32::try_from(year).ok().filter(|year| *year > 0 && between == separator)?;
    let date = NaiveDate::from_ymd_opt(year, two(m1, m2)?, two(d1, d2)?)?;
    Some(NaiveDateTime::new(date, NaiveTime::from_hms_micro_opt(two(h1, h2)?, two(n1, n2)?, two(s1, s2)?, micros)?))
}

/// Microseconds of an optional `.123456`, and what follows it.
#[inline]
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let Some((b'.', rest)) = text.split_first() else { return Some((0, text)) };
    // As most writers have it.
    if let [f1, f2, f3, f4, f5, f6, zone @ ..] = rest
        && let (Some(a), Some(b), Some(c)) = (two(*f1, *f2), two(*f3, *f4), two(*f5, *f6))
    {
        return Some((a * 10_000 + b * 100 + c, zone));
    }
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (fraction, zone) = rest.split_at_checked(digits).filter(|_| (1..=6).contains(&digits))?;
    let value = fraction.iter().fold(0, |sum, byte| sum * 10 + u32::from(byte - b'0'));
    Some((value * 10_u32.pow(6 - u32::try_from(digits).ok()?), zone))
}

/// An offset `+HH:MM`.
fn offset(zone: &[u8]) -> Option<FixedOffset> {
    let [sign, h1, h2, b':', m1, m2] = zone else { return None };
    let (hours, minutes) = (two(*h1, *h2)?, two(*m1, *m2)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from((hours * 60 + minutes) * 60).ok()?;
    match sign {
        b'+' => FixedOffset::east_opt(seconds),
        b'-' => FixedOffset::west_opt(seconds),
        _ => None,
    }
}
