//! Why a command could not do what it was asked.

use std::error::Error as _;
use std::io;
use std::path::PathBuf;

use recension_versioning::{HistoryError, LockError, NotCompared};
use serde_json::json;

use crate::args::Format;

/// Why a command could not do what it was asked. Names files, objects, fields and versions, never a value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A file cannot be read or written.
    #[error("`{}`", path.display())]
    File { path: PathBuf, source: io::Error },
    /// A file is no text, or no JSON.
    #[error("`{}` {what}: line {line}, column {column}", path.display())]
    Json { path: PathBuf, what: &'static str, line: usize, column: usize },
    /// A file of golden data has another form.
    #[error("`{}` is no file of samples", path.display())]
    NoSamples { path: PathBuf },
    /// A file is no lock file.
    #[error("`{path}`")]
    Lock { path: String, source: LockError },
    /// The objects of a lock file do not hold together.
    #[error("`{path}` does not hold together: line {line}")]
    History { path: String, line: usize, source: Box<HistoryError> },
    /// A registry cannot be locked.
    #[error("the objects cannot be locked")]
    Unlockable { source: LockError },
    /// git does not give what was asked of it.
    #[error("`git {command}` failed: {told}")]
    Git { command: String, told: String },
    /// The stock command has no code.
    #[error("the stock command has no code of yours: make your own with `recension_cli::App::new(registry).run()` to {what}")]
    NeedsOwn { what: String },
    /// No such object.
    #[error("there is no object `{0}`")]
    NoObject(String),
    /// No such version of an object.
    #[error("`{object}` has no version `{version}`: it has {known}")]
    NoVersion { object: String, version: String, known: String },
    /// An argument that cannot be read.
    #[error("`{argument}` {what}")]
    Argument { argument: String, what: &'static str },
    /// Arguments that make no command.
    #[error("{0}")]
    Arguments(String),
    /// No such rule.
    #[error("there is no rule `{0}`")]
    NoRule(String),
    /// A sample is no message.
    #[error("`{}`", path.display())]
    Sample { path: PathBuf, source: recension_wire::Error },
    /// A sample cannot be taken to the version.
    #[error("`{}`", path.display())]
    Convert { path: PathBuf, source: recension_versioning::Error },
    /// Schemas cannot be compared.
    #[error(transparent)]
    Schema(NotCompared),
    /// A schema cannot be exported.
    #[error("no schema of `{object}`")]
    Export { object: String, source: recension_versioning::Error },
}

impl Error {
    /// The error with its causes, on one line or as JSON.
    pub(crate) fn told(&self, format: Format) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(inner) = cause {
            text.push_str(": ");
            text.push_str(&inner.to_string());
            cause = inner.source();
        }
        match format {
            Format::Human => format!("error: {text}\n"),
            Format::Json => format!("{:#}\n", json!({ "error": text })),
        }
    }
}
