//! Why a step failed, in text that may be stored.

use std::any::type_name;
use std::error::Error as StdError;

use recension::Secret;

/// Bytes of details that are kept.
pub const DETAILS_MAX: usize = 4_096;
/// Bytes of a traceback that are kept.
pub const TRACEBACK_MAX: usize = 16_384;

/// Why a step failed, in words that a user may read.
///
/// It is made from a reviewed template or from what a person stated. An error of any other kind gives the
/// name of its type and nothing else, because its message may hold anything (S10, X15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// A reviewed template; each `{}` in it is replaced by the next argument.
    #[must_use]
    pub fn template(template: &'static str, arguments: &[&str]) -> Self {
        let mut arguments = arguments.iter();
        let mut pieces = template.split("{}");
        let mut text = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            text.push_str(arguments.next().unwrap_or(&"{}"));
            text.push_str(piece);
        }
        Self(text)
    }

    /// What a person, or a peer that was reviewed, stated in so many words.
    #[must_use]
    pub fn stated(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// An error of any kind: the name of its type.
    #[must_use]
    pub fn of_type<E: StdError + ?Sized>(_: &E) -> Self {
        let name = type_name::<E>();
        let generic = name.find('<').unwrap_or(name.len());
        let plain = name.get(..generic).unwrap_or(name);
        Self(plain.rsplit("::").next().unwrap_or(plain).to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a step ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It did what it was to do.
    Success,
    /// It failed.
    Failure(Failure),
}

/// What is kept of a failure.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What a user may read, if anything is known that a user may read.
    pub reason: Option<Reason>,
    /// Where the program stood.
    pub traceback: Secret<String>,
}

impl Failure {
    /// A failure with a reason for the user.
    #[must_use]
    pub fn new(reason: Reason, traceback: impl Into<Secret<String>>) -> Self {
        Self { reason: Some(reason), traceback: traceback.into() }
    }

    /// The failure that an error of any kind means: its type for the user, the chain of its messages in the
    /// traceback.
    #[must_use]
    pub fn from_error<E: StdError>(error: &E) -> Self {
        let mut chain = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            chain.push_str("\ncaused by: ");
            chain.push_str(&error.to_string());
            cause = error.source();
        }
        Self::new(Reason::of_type(error), chain)
    }

    /// The details as they are stored; none for an empty text, as the reference has it.
    #[cfg(feature = "release-2")]
    pub(crate) fn stored_details(&self) -> Option<String> {
        let text = self.reason.as_ref().map(Reason::as_str).filter(|text| !text.is_empty())?;
        Some(storable(text, DETAILS_MAX))
    }

    /// The traceback as it is stored.
    pub(crate) fn stored_traceback(&self) -> Secret<String> {
        Secret::new(storable(self.traceback.expose(), TRACEBACK_MAX))
    }
}

/// Text as a row keeps it: exact, but for NUL (which no database takes in common, and which is shown by
/// its symbol) and for what is past `max` bytes. There the middle is cut, and the cut is flagged (X8).
fn storable(text: &str, max: usize) -> String {
    let text = text.replace('\0', "\u{2400}");
    if text.len() <= max {
        return text;
    }
    // The flag is at most this long: a number of 20 digits and the words around it.
    const FLAG_MAX: usize = 48;
    let room = max.saturating_sub(FLAG_MAX);
    let head = text.floor_char_boundary(room / 4 * 3);
    let tail = text.ceil_char_boundary(text.len() - room / 4);
    let (start, end) = (text.get(..head).unwrap_or_default(), text.get(tail..).unwrap_or_default());
    format!("{start} [... {} bytes cut ...] {end}", tail - head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x8_a_cut_is_flagged_and_never_splits_a_character() {
        for length in [4_096, 4_097, 5_000, 20_000] {
            for text in ["a".repeat(length), "€".repeat(length), format!("x{}", "🦀".repeat(length))] {
                let stored = storable(&text, DETAILS_MAX);
                assert!(stored.len() <= DETAILS_MAX);
                assert_eq!(stored.contains("bytes cut"), text.len() > DETAILS_MAX);
                assert!(text.len() > DETAILS_MAX || stored == text);
            }
        }
    }

    #[cfg(feature = "release-2")]
    #[test]
    fn s10_x15_an_error_gives_its_type_and_no_text() {
        let error = std::io::Error::other("password=hunter2");
        assert_eq!(Reason::of_type(&error).as_str(), "Error");
        let failure = Failure::from_error(&error);
        assert_eq!(failure.stored_details().as_deref(), Some("Error"));
        assert!(failure.traceback.expose().contains("hunter2"));
        assert!(!format!("{failure:?}").contains("hunter2"));
    }

    #[test]
    fn s7_nul_never_reaches_a_row() {
        assert_eq!(storable("a\0b", 10), "a␀b");
    }

    #[test]
    fn a_template_takes_its_arguments_in_order() {
        assert_eq!(Reason::template("cannot start {} on {}", &["vm", "cn-1"]).as_str(), "cannot start vm on cn-1");
    }
}
