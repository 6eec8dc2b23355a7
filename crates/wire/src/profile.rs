//! How an envelope is written.

use std::borrow::Cow;

/// How an envelope is written: its key prefix, the precision of times, and whether our own keys are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub(crate) prefix: Cow<'static, str>,
    pub(crate) time_digits: u8,
    pub(crate) extensions: bool,
}

impl Profile {
    /// The keys `<prefix>.name` and so on, times to the microsecond, with `carry` and `revision`.
    #[must_use]
    pub const fn new(prefix: &'static str) -> Self {
        Self { prefix: Cow::Borrowed(prefix), time_digits: 6, extensions: true }
    }

    /// As the reference writes: whole seconds (fractions are cut off), and neither carry nor revision.
    #[must_use]
    pub const fn reference(prefix: &'static str) -> Self {
        Self { prefix: Cow::Borrowed(prefix), time_digits: 0, extensions: false }
    }

    /// Digits of a second in times, at most six.
    #[must_use]
    pub fn time_digits(mut self, digits: u8) -> Self {
        self.time_digits = digits.min(6);
        self
    }

    /// Whether `carry` and `revision` are written, and accepted when read.
    #[must_use]
    pub const fn extensions(mut self, used: bool) -> Self {
        self.extensions = used;
        self
    }
}

impl Default for Profile {
    /// The reference's default prefix, `versioned_object`, with everything of ours.
    fn default() -> Self {
        Self::new("versioned_object")
    }
}
