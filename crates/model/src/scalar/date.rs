//! A day of the calendar.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

use super::digits;
use crate::Rule;

/// A day of the Gregorian calendar in the years 1 to 9999, without a zone. As text `YYYY-MM-DD`.
///
/// ```
/// use recension_model::Date;
/// let day: Date = "2024-02-29".parse()?;
/// assert_eq!(day.to_string(), "2024-02-29");
/// assert!("2023-02-29".parse::<Date>().is_err());
/// # Ok::<(), recension_model::Rule>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(NaiveDate);

const FORM: Rule = Rule::Form("day of the years 1 to 9999 as `YYYY-MM-DD`");

impl Date {
    /// The day of chrono's type.
    ///
    /// # Errors
    /// [`Rule::Form`] for a year before 1 or after 9999: no other is written.
    pub fn from_chrono(day: NaiveDate) -> Result<Self, Rule> {
        if (1..=9999).contains(&day.year()) { Ok(Self(day)) } else { Err(FORM) }
    }

    /// This day as chrono's type.
    #[must_use]
    pub const fn to_chrono(self) -> NaiveDate {
        self.0
    }
}

impl FromStr for Date {
    type Err = Rule;

    /// # Errors
    /// [`Rule::Form`] when the text has another form or names no day.
    fn from_str(text: &str) -> Result<Self, Rule> {
        let day = match text.as_bytes() {
            [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => {
                let year = digits(&[*y1, *y2, *y3, *y4]).and_then(|year| i32::try_from(year).ok());
                year.zip(digits(&[*m1, *m2])).zip(digits(&[*d1, *d2]))
            }
            _ => None,
        };
        let day = day.and_then(|((year, month), day)| NaiveDate::from_ymd_opt(year, month, day));
        Self::from_chrono(day.ok_or(FORM)?)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s15_only_one_form_is_read() {
        for text in [
            "",
            "2024-2-29",
            "2024-02-30",
            "0000-01-01",
            "20240229",
            "2024/02/29",
            "+024-02-29",
            "2024-02-29T",
            "2024-13-01",
            "12024-01-01",
        ] {
            assert_eq!(text.parse::<Date>(), Err(FORM), "{text:?}");
        }
        for text in ["0001-01-01", "9999-12-31", "2000-02-29"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
    }
}
