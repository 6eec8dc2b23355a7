//! The one text form of a moment, written and read without a general parser: times are what a general one
//! spends most of a message on.

use chrono::{DateTime, FixedOffset};

use super::Timestamp;

const DAY_SECONDS: i64 = 86_400;
/// Days from 1 March of the year 0 to 1 January 1970.
const EPOCH_DAYS: i64 = 719_468;
/// Days of four centuries.
const ERA_DAYS: i64 = 146_097;
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

/// Year, month and day of a day since 1970 (the algorithm is Howard Hinnant's `civil_from_days`; years begin in
/// March, so that the leap day is the last of its year).
#[inline]
fn civil(days: i64) -> (u32, u32, u32) {
    let shifted = days + EPOCH_DAYS;
    let era = shifted.div_euclid(ERA_DAYS);
    let day_of_era = shifted.rem_euclid(ERA_DAYS);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let (month, carry) = if month_from_march < 10 { (month_from_march + 3, 0) } else { (month_from_march - 9, 1) };
    let year = era * 400 + year_of_era + carry;
    // All three are in the ranges of a calendar, the year within 1 to 9999 as timestamps are checked.
    (u32::try_from(year).unwrap_or_default(), u32::try_from(month).unwrap_or_default(), u32::try_from(day).unwrap_or_default())
}

/// The day since 1970 of a date (the inverse of [`civil`]).
#[inline]
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - EPOCH_DAYS
}

/// Writes a moment whose year is within 1 to 9999 where it is written.
pub(super) fn write<'b>(time: &DateTime<FixedOffset>, digits: u8, buffer: &'b mut [u8; Timestamp::TEXT_BYTES_MAX]) -> &'b [u8] {
    let offset = time.offset().local_minus_utc();
    let local = time.timestamp() + i64::from(offset);
    let (year, month, day) = civil(local.div_euclid(DAY_SECONDS));
    let second_of_day = u32::try_from(local.rem_euclid(DAY_SECONDS)).unwrap_or_default();
    let [y1, y2] = pair(year / 100);
    let [y3, y4] = pair(year % 100);
    let [m1, m2] = pair(month);
    let [d1, d2] = pair(day);
    let [h1, h2] = pair(second_of_day / 3_600);
    let [n1, n2] = pair(second_of_day / 60 % 60);
    let [s1, s2] = pair(second_of_day % 60);
    let micros = time.timestamp_subsec_micros();
    let [f1, f2] = pair(micros / 10_000);
    let [f3, f4] = pair(micros / 100 % 100);
    let [f5, f6] = pair(micros % 100);
    let head = [
        y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'.', f1, f2, f3, f4, f5, f6, 0, 0, 0, 0, 0,
        0,
    ];
    *buffer = head;
    let at = if digits == 0 { 19 } else { 20 + usize::from(digits) };
    let length = at + zone(offset, buffer.get_mut(at..).unwrap_or_default());
    buffer.get(..length).unwrap_or_default()
}

/// Writes the zone; how many bytes it has.
#[inline]
fn zone(offset: i32, buffer: &mut [u8]) -> usize {
    let put = |buffer: &mut [u8], text: &[u8]| {
        if let Some(place) = buffer.get_mut(..text.len()) {
            place.copy_from_slice(text);
        }
        text.len()
    };
    if offset == 0 {
        return put(buffer, b"Z");
    }
    let minutes = offset.unsigned_abs() / 60;
    let [h1, h2] = pair(minutes / 60);
    let [m1, m2] = pair(minutes % 60);
    put(buffer, &[if offset < 0 { b'-' } else { b'+' }, h1, h2, b':', m1, m2])
}

/// The number that two digits make.
#[inline]
fn two(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens) * 10 + i64::from(ones))
}

/// `None` for anything but the form documented at [`Timestamp::parse`].
pub(super) fn parse(text: &[u8]) -> Option<DateTime<FixedOffset>> {
    let (head, rest) = text.split_first_chunk::<19>()?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2] = *head else { return None };
    let (year, month, day) = (two(y1, y2)? * 100 + two(y3, y4)?, two(m1, m2)?, two(d1, d2)?);
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    if year == 0 || !(1..=12).contains(&month) || day == 0 || day > last_day(year, month) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (micros, zone) = fraction(rest)?;
    let offset = offset(zone)?;
    let local = days(year, month, day) * DAY_SECONDS + hour * 3_600 + minute * 60 + second;
    let utc = DateTime::from_timestamp(local - i64::from(offset.local_minus_utc()), micros * 1_000)?;
    Some(DateTime::from_naive_utc_and_offset(utc.naive_utc(), offset))
}

#[inline]
const fn last_day(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Microseconds of an optional `.123456`, and what follows it.
#[inline]
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    // As all writers of six digits have it.
    if let [b'.', f1, f2, f3, f4, f5, f6, zone @ ..] = text
        && let (Some(a), Some(b), Some(c)) = (two(*f1, *f2), two(*f3, *f4), two(*f5, *f6))
    {
        return (!zone.first().is_some_and(u8::is_ascii_digit)).then_some((u32::try_from(a * 10_000 + b * 100 + c).ok()?, zone));
    }
    let Some(rest) = text.strip_prefix(b".") else { return Some((0, text)) };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=6).contains(&digits) {
        return None;
    }
    let (fraction, zone) = rest.split_at_checked(digits)?;
    let value = fraction.iter().fold(0, |sum, byte| sum * 10 + u32::from(byte - b'0'));
    Some((value * 10_u32.pow(6 - u32::try_from(digits).ok()?), zone))
}

/// The zone at the end of a timestamp: `Z` or `+HH:MM`.
#[inline]
fn offset(zone: &[u8]) -> Option<FixedOffset> {
    let [sign, h1, h2, b':', m1, m2] = zone else {
        return (zone == b"Z").then(|| FixedOffset::east_opt(0)).flatten();
    };
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

#[cfg(test)]
mod tests {
    use chrono::{Datelike, NaiveDate};

    use super::*;

    #[test]
    fn every_day_of_the_calendar_is_the_one_that_chrono_names() {
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        let mut date = NaiveDate::from_ymd_opt(1, 1, 1).unwrap();
        while date.year() <= 9_999 {
            let day = (date - epoch).num_days();
            let (year, month, of_month) = civil(day);
            assert_eq!((year, month, of_month), (u32::try_from(date.year()).unwrap(), date.month(), date.day()));
            assert_eq!(days(year.into(), month.into(), of_month.into()), day);
            if date.month() != date.succ_opt().unwrap().month() {
                assert_eq!(last_day(year.into(), month.into()), i64::from(of_month));
            }
            date = date.succ_opt().unwrap();
        }
    }
}
