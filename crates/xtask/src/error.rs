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
    #[error("missing: {names}; `cargo xtask test --install`, run as root, installs what it can", names = .missing.join(", "))]
    Missing { missing: Vec<String> },
    /// Programs of a database server are missing.
    #[error("missing: {names}; `cargo xtask test --install --engines {engine}`, run as root, installs what it can", names = .missing.join(", "))]
    MissingServer { missing: Vec<String>, engine: &'static str },
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
    /// A test is left out of the suite of an engine without a word about why.
    #[error("no reason for leaving a test out in `{line}`")]
    NoReason { line: String },
    /// What is left out of the suite of an engine is not in it.
    #[error("`{test}`, which is left out on {engine}, is no test")]
    UnknownTest { engine: &'static str, test: String },
    /// An engine was to be started or ended that is no server.
    #[error("`{engine}` has no server: it is part of the programs that use it")]
    NoServer { engine: &'static str },
    /// TLS was asked for where there is none.
    #[error("`{engine}` has no TLS that a client of today accepts")]
    NoTls { engine: &'static str },
    /// An engine is up, but not as it was asked for.
    #[error("`{engine}` is up {with} TLS; `cargo xtask db down {engine}` takes it down")]
    OtherTls { engine: &'static str, with: &'static str },
    /// An engine was to be up.
    #[error("`{engine}` is not up; `cargo xtask db up {engine}` starts it")]
    NotUp { engine: &'static str },
    /// Every node of a cluster was killed.
    #[error("every node of `{engine}` has ended; `cargo xtask db down {engine}` removes what is left")]
    AllGone { engine: &'static str },
    /// A server was named that an engine has not.
    #[error("`{engine}` has {count} servers, and no number {number}")]
    NoSuchServer { engine: &'static str, count: usize, number: usize },
    /// A server ended where it should have come up.
    #[error("`{name}` ended before it answered; the end of its log is above")]
    ServerEnded { name: String },
    /// A server runs and lets nobody in.
    #[error("`{name}` did not answer within {seconds} seconds; the end of its log is above")]
    ServerSilent { name: String, seconds: u64 },
    /// A server was killed and is still there.
    #[error("`{name}` (process {pid}) did not end when it was killed")]
    ServerSurvived { name: String, pid: u32 },
    /// A client could not log in, or its statement was refused; what it said has been printed.
    #[error("the server at {host}:{port} refused a statement")]
    Login { host: String, port: u16 },
    /// The file that says what is up cannot be read. What stands in it is not told: there are passwords in it.
    #[error("`{}` is not what `cargo xtask db up` writes", path.display())]
    StateFile { path: PathBuf },
    /// A process cannot be looked at or signalled.
    #[error("failed to reach process {pid}")]
    Process {
        pid: u32,
        #[source]
        source: io::Error,
    },
    /// Not on Linux: what recognises a process is not there.
    #[error("servers can be started on Linux only")]
    NoProcesses,
    /// Root has nobody to run a server as.
    #[error("no user `{names}` to run a server as, which refuses root")]
    NoAccount { names: String },
    /// The user of a server cannot reach its folder, wherever that is.
    #[error("`{}` cannot be reached by the user of the server", path.display())]
    Closed { path: PathBuf },
    /// Every port that was tried is taken.
    #[error("no free port")]
    NoPort,
    /// An archive is not the one that was meant.
    #[error("`{}` is not the archive that it should be", path.display())]
    Sum { path: PathBuf },
}

impl Error {
    /// For `map_err` on a file operation: `action` is a verb, such as "read".
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}
