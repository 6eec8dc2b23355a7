//! What a command answers.

use serde_json::Value as Json;

/// The answer to a command that could do what it was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// For standard output.
    pub(crate) out: String,
    /// For standard error.
    pub(crate) err: String,
    /// Whether something was found that should not be.
    pub(crate) found: bool,
}

impl Answer {
    /// All is well.
    pub(crate) fn clean(out: impl Into<String>) -> Self {
        Self { out: out.into(), err: String::new(), found: false }
    }

    /// The same for a program.
    pub(crate) fn json(out: &Json) -> Self {
        Self::clean(format!("{out:#}\n"))
    }

    /// Something was found, if it was.
    pub(crate) const fn found(mut self, found: bool) -> Self {
        self.found = found;
        self
    }

    /// With what a reader should know beside the answer, if there is something.
    pub(crate) fn warning(self, warning: Option<String>) -> Self {
        match warning {
            Some(warning) => self.err(format!("warning: {warning}\n")),
            None => self,
        }
    }

    /// With something for standard error.
    pub(crate) fn err(mut self, err: impl Into<String>) -> Self {
        self.err = err.into();
        self
    }
}
