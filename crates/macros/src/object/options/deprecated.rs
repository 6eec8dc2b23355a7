//! `deprecated(since = "1.2", until = "2027-03-01", reason = "..")`.

use syn::LitStr;

use crate::arg::{Arg, Rest};
use crate::errors::Errors;
use crate::object::history;
use crate::object::model::Version;

const FORM: &str = "write `deprecated(since = \"1.2\", until = \"2027-03-01\", reason = \"..\")`; a day may be missing";

/// That a field will go.
#[derive(Clone, Debug)]
pub(crate) struct Deprecated {
    pub(crate) since: Version,
    /// The last day on which it is there, as `YYYY-MM-DD`.
    pub(crate) until: Option<String>,
    pub(crate) reason: String,
}

/// Reads what is in the brackets.
pub(super) fn read(arg: &Arg, errors: &mut Errors) -> Option<Deprecated> {
    let Rest::List(args) = &arg.rest else {
        errors.at(&arg.name, FORM);
        return None;
    };
    let (mut since, mut until, mut reason) = (None, None, None);
    for arg in args {
        match arg.key().as_str() {
            "since" => since = arg.text(errors),
            "until" => until = arg.text(errors),
            "reason" => reason = arg.text(errors),
            _ => errors.unknown("argument", &arg.name, ["since", "until", "reason"]),
        }
    }
    if let Some(day) = until.as_ref().filter(|day| !is_day(&day.value())) {
        errors.at(day, "a day is written as `2027-03-01`");
    }
    let (Some(since), Some(reason)) = (since, reason) else {
        errors.at(&arg.name, FORM);
        return None;
    };
    let since = errors.take(history::version(&since))?;
    Some(Deprecated { since, until: until.as_ref().map(LitStr::value), reason: reason.value() })
}

/// Whether a text is a day of the calendar, `YYYY-MM-DD`.
fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = bytes.iter().enumerate().all(|(place, byte)| if place == 4 || place == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or_default();
    let (year, month, day) = (part(0..4), part(5..7), part(8..10));
    let leaps = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leaps => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    bytes.len() == 10 && digits && year > 0 && (1..=days).contains(&day)
}
