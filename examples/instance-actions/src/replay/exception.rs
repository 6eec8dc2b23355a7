//! How the work of an event ended.

use std::fmt;

use serde_json::Value;

use super::error::{Fault, ReplayError};
use super::read::Node;
use crate::{Failure, Outcome, Reason};

/// What a call says about how the work ended. Without a traceback the reference takes it for a success,
/// whatever the value is.
#[derive(Clone, Debug, Default)]
pub(super) struct Exception {
    value: Thrown,
    traceback: Option<String>,
}

/// What was thrown.
#[derive(Clone, Debug, Default)]
enum Thrown {
    #[default]
    Nothing,
    /// A text that somebody stated.
    Stated(String),
    /// An error of the service, whose text is a template with this argument.
    Template(String),
    /// An error of any other kind, of which nothing but its type may be told.
    Foreign,
}

/// The type that the recorded foreign errors have.
#[derive(Debug)]
struct RuntimeError;

impl fmt::Display for RuntimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error of the recorded program")
    }
}

impl std::error::Error for RuntimeError {}

impl Exception {
    pub(super) fn read(args: Node<'_>) -> Result<Self, ReplayError> {
        let value = args.get("exc_val").map_or(Ok(Thrown::Nothing), |value| Thrown::read(args, value))?;
        let traceback = args.get("exc_tb").map(|value| text(args, "exc_tb", value)).transpose()?;
        Ok(Self { value, traceback })
    }

    /// The traceback, which is what makes it a failure.
    pub(super) fn traceback(&self) -> Option<&str> {
        self.traceback.as_deref()
    }

    /// What a user may read of the failure, whole.
    pub(super) fn details(&self) -> Option<String> {
        self.traceback.as_ref()?;
        self.reason().map(|reason| reason.as_str().to_owned()).filter(|text| !text.is_empty())
    }

    pub(super) fn outcome(&self) -> Outcome {
        match &self.traceback {
            None => Outcome::Success,
            Some(traceback) => Outcome::Failure(Failure { reason: self.reason(), traceback: traceback.clone().into() }),
        }
    }

    fn reason(&self) -> Option<Reason> {
        match &self.value {
            Thrown::Nothing => None,
            Thrown::Stated(text) => Some(Reason::stated(text)),
            Thrown::Template(what) => Some(Reason::template("Cannot start {}", &[what])),
            Thrown::Foreign => Some(Reason::of_type(&RuntimeError)),
        }
    }
}

impl Thrown {
    fn read(args: Node<'_>, value: &Value) -> Result<Self, ReplayError> {
        match value.get("$").and_then(Value::as_str) {
            Some("nova_exception") => {
                let what = value.get("what").and_then(Value::as_str).ok_or_else(|| args.fault("exc_val.what", Fault::Missing))?;
                Ok(Self::Template(what.to_owned()))
            }
            Some("python_exception") => Ok(Self::Foreign),
            _ => text(args, "exc_val", value).map(Self::Stated),
        }
    }
}

/// A text, written out or as one that is repeated.
fn text(args: Node<'_>, name: &str, value: &Value) -> Result<String, ReplayError> {
    repeated(value).ok_or_else(|| args.fault(name, Fault::Kind("text")))
}

/// The most bytes that a text in the notation may unfold to.
const UNFOLDED_MAX: usize = 64 << 20;

/// A text, or `{"$": "repeat", "text": .., "times": ..}`; `None` for anything else.
pub(super) fn repeated(value: &Value) -> Option<String> {
    if let Value::String(text) = value {
        return Some(text.clone());
    }
    if value.get("$")?.as_str()? != "repeat" {
        return None;
    }
    let (text, times) = (value.get("text")?.as_str()?, usize::try_from(value.get("times")?.as_u64()?).ok()?);
    text.len().checked_mul(times).filter(|length| *length <= UNFOLDED_MAX)?;
    Some(text.repeat(times))
}
