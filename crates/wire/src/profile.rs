//! How an envelope is written.

use std::borrow::Cow;
use std::sync::Arc;

use crate::sink::Ready;

/// How an envelope is written: its key prefix, the precision of times, and whether our own keys are used.
#[derive(Clone, Debug)]
pub struct Profile {
    pub(crate) prefix: Cow<'static, str>,
    pub(crate) time_digits: u8,
    pub(crate) extensions: bool,
    keys: Arc<EnvelopeKeys>,
}

/// The keys of an envelope with their prefix.
#[derive(Debug)]
pub(crate) struct EnvelopeKeys {
    pub(crate) name: EnvelopeKey,
    pub(crate) namespace: EnvelopeKey,
    pub(crate) version: EnvelopeKey,
    pub(crate) data: EnvelopeKey,
    pub(crate) changes: EnvelopeKey,
    pub(crate) carry: EnvelopeKey,
    pub(crate) revision: EnvelopeKey,
    /// The parts of a hop have no prefix.
    pub(crate) hop_data: Ready,
    pub(crate) hop_changes: Ready,
}

/// A key of an envelope.
#[derive(Debug)]
pub(crate) struct EnvelopeKey {
    pub(crate) text: String,
    pub(crate) ready: Ready,
}

impl EnvelopeKeys {
    fn new(prefix: &str) -> Self {
        let key = |key: &str| {
            let text = format!("{prefix}.{key}");
            EnvelopeKey { ready: Ready::key(&text), text }
        };
        Self {
            name: key("name"),
            namespace: key("namespace"),
            version: key("version"),
            data: key("data"),
            changes: key("changes"),
            carry: key("carry"),
            revision: key("revision"),
            hop_data: Ready::key("data"),
            hop_changes: Ready::key("changes"),
        }
    }
}

impl PartialEq for Profile {
    fn eq(&self, other: &Self) -> bool {
        (&self.prefix, self.time_digits, self.extensions) == (&other.prefix, other.time_digits, other.extensions)
    }
}

impl Eq for Profile {}

impl Profile {
    /// The keys `<prefix>.name` and so on, times to the microsecond, with `carry` and `revision`.
    #[must_use]
    pub fn new(prefix: impl Into<Cow<'static, str>>) -> Self {
        Self::of(prefix.into(), 6, true)
    }

    fn of(prefix: Cow<'static, str>, time_digits: u8, extensions: bool) -> Self {
        let keys = Arc::new(EnvelopeKeys::new(&prefix));
        Self { prefix, time_digits, extensions, keys }
    }

    pub(crate) fn keys(&self) -> &EnvelopeKeys {
        &self.keys
    }

    /// As the reference writes: whole seconds (fractions are cut off), and neither carry nor revision.
    #[must_use]
    pub fn reference(prefix: impl Into<Cow<'static, str>>) -> Self {
        Self::of(prefix.into(), 0, false)
    }

    /// Digits of a second in times, at most six.
    #[must_use]
    pub fn time_digits(mut self, digits: u8) -> Self {
        self.time_digits = digits.min(6);
        self
    }

    /// Whether `carry` and `revision` are written, and accepted when read.
    #[must_use]
    pub fn extensions(mut self, used: bool) -> Self {
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
