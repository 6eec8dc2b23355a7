//! What is said of a field that will go.

use std::fmt;

use crate::{Date, ObjectVersion};

/// That a field will go, and what to do meanwhile. It changes nothing of what an object looks like: readers are told, and the
/// field is not taken away before its day.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deprecation {
    /// The version since which nobody should use it.
    pub since: ObjectVersion,
    /// The last day on which it is there, if there is one.
    pub until: Option<Date>,
    /// Why, or what to take in its place.
    pub reason: String,
}

impl Deprecation {
    /// A deprecation without a last day.
    pub fn new(since: ObjectVersion, reason: &str) -> Self {
        Self { since, until: None, reason: reason.to_owned() }
    }

    /// The last day on which the field is there.
    #[must_use]
    pub const fn until(mut self, day: Date) -> Self {
        self.until = Some(day);
        self
    }
}

impl fmt::Display for Deprecation {
    /// `deprecated since 1.2, until 2027-03-01: the reason`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { since, until, reason } = self;
        write!(f, "deprecated since {since}")?;
        if let Some(day) = until {
            write!(f, ", until {day}")?;
        }
        write!(f, ": {reason}")
    }
}
