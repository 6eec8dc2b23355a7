//! A fault on the short way.

use std::fmt;

/// A fault that nobody looks at: the long way finds it again, and names it.
#[derive(Debug)]
pub(crate) struct Fault;

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("malformed message")
    }
}

impl std::error::Error for Fault {}

impl serde::de::Error for Fault {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl From<crate::Error> for Fault {
    fn from(_: crate::Error) -> Self {
        Self
    }
}
