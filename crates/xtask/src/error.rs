use std::{io, path::PathBuf};

/// Why a command of this package failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// A program could not be started at all.
    #[error("failed to start `{program}`")]
    Start {
        program: String,
        #[source]
        source: io::Error,
    },
    /// A program ran and said no; what it printed says why.
    #[error("`{command}` failed")]
    Command { command: String },
    /// A file could not be read or written.
    #[error("failed to {action} `{}`", path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The workspace's manifests could not be read by cargo.
    #[error("failed to read the workspace's metadata")]
    Metadata(#[from] cargo_metadata::Error),
    /// Programs are missing and nobody asked to install them.
    #[error("missing: {names}; `cargo xtask test --install` installs what it can", names = .missing.join(", "))]
    Missing { missing: Vec<String> },
    /// Debian packages were to be installed by somebody who may not.
    #[error("only root can install Debian packages; run `apt-get install {packages}` as root")]
    NotRoot { packages: String },
    /// Rules about the tracked files are broken; each finding has been printed.
    #[error("{count} findings in the tracked files")]
    Findings { count: usize },
    /// A step of the gate failed.
    #[error("step `{step}` failed")]
    Step {
        step: &'static str,
        #[source]
        source: Box<Error>,
    },
    /// The folder of controls holds none, so nothing would be proven.
    #[error("no controls in `{folder}`")]
    NoControls { folder: &'static str },
    /// A control was asked for by a name that no file has.
    #[error("unknown control `{id}`")]
    UnknownControl { id: String },
    /// A patch file does not say what it must say.
    #[error("control `{id}`: {fault}")]
    Header { id: String, fault: crate::controls::HeaderFault },
    /// Some controls did not turn their test red; each has been printed.
    #[error("{count} of {total} controls prove nothing")]
    Controls { count: usize, total: usize },
    /// The file of goals cannot be read.
    #[error("failed to read `{path}`")]
    GoalsFile {
        path: &'static str,
        #[source]
        source: Box<toml::de::Error>,
    },
    /// An entry of it is wrong.
    #[error("goal `{id}`: {fault}")]
    Goal { id: String, fault: crate::bench::GoalFault },
    /// A program that is measured printed something else.
    #[error("`{line}` is no figure")]
    NotAFigure { line: String },
    /// A program that measures told no number.
    #[error("`{command}` told no number")]
    NoFigure { command: String },
    /// Some figures are past what they may be; each has been printed.
    #[error("{count} of {total} goals are missed")]
    GoalsMissed { count: usize, total: usize },
}

impl Error {
    /// For `map_err` on a file operation: `action` is a verb, such as "read".
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}
