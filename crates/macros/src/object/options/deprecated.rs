//! `deprecated(since = "1.2", until = "2027-03-01", reason = "..")`.

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
            "until" => until = arg.day(errors),
            "reason" => reason = arg.text(errors),
            _ => errors.unknown("argument", &arg.name, ["since", "until", "reason"]),
        }
    }
    let (Some(since), Some(reason)) = (since, reason) else {
        errors.at(&arg.name, FORM);
        return None;
    };
    let since = errors.take(history::version(&since))?;
    Some(Deprecated { since, until, reason: reason.value() })
}
