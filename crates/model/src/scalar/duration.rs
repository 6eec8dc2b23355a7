//! A length of time.

use std::fmt;
use std::str::FromStr;

use super::digits;
use crate::Rule;

/// A length of time, to the microsecond: the finest that all supported databases keep. It may be negative.
///
/// As text it is an ISO 8601 duration in seconds, `PT5400S` or `-PT0.5S`: months and days have no fixed
/// length and are not read. The range is that of 64 bits of microseconds, some 292,000 years.
///
/// ```
/// use recension_model::Duration;
/// let duration: Duration = "PT90.5S".parse()?;
/// assert_eq!(duration.as_micros(), 90_500_000);
/// assert_eq!(Duration::from_micros(-1).to_string(), "-PT0.000001S");
/// # Ok::<(), recension_model::Rule>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(i64);

const FORM: Rule = Rule::Form("ISO 8601 duration in seconds, as `PT90.5S`");
const MICROS: u64 = 1_000_000;
/// Digits of the largest number of whole seconds.
const SECOND_DIGITS_MAX: usize = 13;

impl Duration {
    /// A duration of that many microseconds.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// How many microseconds it has.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }
}

impl TryFrom<std::time::Duration> for Duration {
    type Error = Rule;

    /// What is finer than a microsecond is cut off.
    ///
    /// # Errors
    /// [`Rule::Form`] for a duration that does not fit.
    fn try_from(duration: std::time::Duration) -> Result<Self, Rule> {
        i64::try_from(duration.as_micros()).map(Self).map_err(|_| FORM)
    }
}

impl FromStr for Duration {
    type Err = Rule;

    /// # Errors
    /// [`Rule::Form`] when the text has another form, or the duration does not fit.
    fn from_str(text: &str) -> Result<Self, Rule> {
        parse(text).map(Self).ok_or(FORM)
    }
}

fn parse(text: &str) -> Option<i64> {
    let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let number = rest.strip_prefix("PT")?.strip_suffix('S')?;
    let (seconds, fraction) = number.split_once('.').map_or((number, None), |(seconds, fraction)| (seconds, Some(fraction)));
    let plain = (1..=SECOND_DIGITS_MAX).contains(&seconds.len()) && seconds.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || (seconds.len() > 1 && seconds.starts_with('0')) {
        return None;
    }
    let fraction = match fraction {
        None => 0,
        Some(fraction) if fraction.len() <= 6 => {
            u64::from(digits(fraction.as_bytes())?) * 10_u64.pow(6 - u32::try_from(fraction.len()).ok()?)
        }
        Some(_) => return None,
    };
    let micros = seconds.parse::<u64>().ok()?.checked_mul(MICROS)?.checked_add(fraction)?;
    if negative { 0_i64.checked_sub_unsigned(micros) } else { i64::try_from(micros).ok() }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}PT{}", micros / MICROS)?;
        match micros % MICROS {
            0 => f.write_str("S"),
            fraction => write!(f, ".{}S", format!("{fraction:06}").trim_end_matches('0')),
        }
    }
}

impl fmt::Debug for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn s15_only_one_unit_is_read() {
        let malformed = [
            "",
            "PT",
            "PTS",
            "90",
            "PT90",
            "P1D",
            "PT1M",
            "PT1H30M",
            "PT01S",
            "PT-1S",
            "+PT1S",
            "--PT1S",
            "PT1.S",
            "PT.5S",
            "PT1.0000001S",
            "pt1s",
            "PT1,5S",
            "PT1S ",
            "PT٣S",
            "PT9223372036855S",
            "PT10000000000000S",
            "PT9223372036854.775808S",
        ];
        for text in malformed {
            assert_eq!(text.parse::<Duration>(), Err(FORM), "{text:?}");
        }
        for (text, micros) in [
            ("PT0S", 0),
            ("-PT0S", 0),
            ("PT1.50S", 1_500_000),
            ("PT9223372036854.775807S", i64::MAX),
            ("-PT9223372036854.775808S", i64::MIN),
        ] {
            assert_eq!(text.parse::<Duration>().map(Duration::as_micros), Ok(micros), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_microsecond_comes_back(micros in any::<i64>()) {
            let duration = Duration::from_micros(micros);
            prop_assert_eq!(duration.to_string().parse(), Ok(duration));
        }
    }
}
