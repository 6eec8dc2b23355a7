//! Why a command ended early, and with which exit code.

use std::error::Error as StdError;
use std::io::{self, Write};
use std::process::ExitCode;

use recension::{store, wire};

use super::json::{ErrorDocument, Failed};
use crate::Error;
#[cfg(feature = "release-2")]
use crate::replay::ReplayError;

/// Why a command ended early. Each says what and where, never a value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// The operation was refused, or something was not there.
    #[error(transparent)]
    Refused(#[from] Error),
    /// The database cannot be used.
    #[error("the database cannot be used")]
    Database(#[source] store::Error),
    /// The tables could not be brought up to date.
    #[error(transparent)]
    Tables(#[from] recension_migrations::Error),
    /// A message could not be read or written.
    #[error("the message was refused")]
    Message(#[source] wire::Error),
    /// What was asked for cannot be sent: a field of a stored object breaks its limits, or there is too much
    /// for one message.
    #[error("the answer cannot be sent (ask for less with --limit, or see the table)")]
    Unsendable(#[source] wire::Error),
    /// The command line is malformed.
    #[error("the value of {0} is malformed")]
    Argument(String),
    /// The command line is incomplete, or has something that no command takes.
    #[error("the command line is wrong: {0}")]
    Usage(&'static str),
    /// Objects are pinned that this service does not have.
    #[error("--pin names an object that this service does not have, or a version that it does not know")]
    Pin,
    /// Neither --user and --project nor --system is there.
    #[error("who asks is not said: give --user and --project, or --system")]
    NoCaller,
    /// A replay could not be made.
    #[cfg(feature = "release-2")]
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// Steps of a replay differ without a rule, or otherwise than their rules say.
    #[error("{0} steps are wrong")]
    Differs(usize),
    /// The doctor found other things than notes.
    #[error("the database is not as it should be: {0} findings")]
    Unsound(usize),
    /// Standard input or output failed.
    #[error("standard input or output failed")]
    Output(#[source] io::Error),
}

impl CommandError {
    /// The exit code of the command.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Refused(Error::Store(error)) => of_store(error),
            Self::Refused(_) | Self::Differs(_) | Self::Unsound(_) | Self::Unsendable(_) => 1,
            Self::Message(_) | Self::NoCaller | Self::Argument(_) | Self::Usage(_) | Self::Pin => 2,
            Self::Database(store::Error::Malformed { .. }) => 2,
            Self::Database(_) | Self::Tables(_) | Self::Output(_) => 3,
            #[cfg(feature = "release-2")]
            Self::Replay(ReplayError::Store(_) | ReplayError::Migration(_) | ReplayError::Database { .. }) => 3,
            #[cfg(feature = "release-2")]
            Self::Replay(_) => 2,
        }
    }

    /// What kind of error it is, as a stable word: `code` in what `--json` prints.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Refused(error) => word_of(error),
            Self::Database(error) => error.code(),
            Self::Tables(error) => word_of_tables(error),
            Self::Message(error) => word_of_message(error),
            Self::Unsendable(_) => "unsendable",
            Self::Argument(_) => "argument",
            Self::Usage(_) => "usage",
            Self::Pin => "pin",
            Self::NoCaller => "no_caller",
            #[cfg(feature = "release-2")]
            Self::Replay(error) => word_of_replay(error),
            Self::Differs(_) => "differs",
            Self::Unsound(_) => "unsound",
            Self::Output(_) => "output",
        }
    }

    /// Says the error and its causes on standard error, on one line, and gives the exit code.
    pub(super) fn report(&self, json: bool) -> ExitCode {
        let mut message = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            message.push_str(": ");
            message.push_str(&error.to_string());
            cause = error.source();
        }
        // There is nobody left to tell if standard error is gone as well.
        let _ = if json {
            super::json::write(&ErrorDocument { error: Failed { code: self.word(), message } }, &mut io::stderr())
        } else {
            writeln!(io::stderr(), "instance-actions: {message}").map_err(Self::Output)
        };
        ExitCode::from(self.code())
    }
}

fn word_of(error: &Error) -> &'static str {
    match error {
        Error::ActionNotFound => "action_not_found",
        Error::EventNotFound => "event_not_found",
        Error::MarkerNotFound => "marker_not_found",
        Error::AlreadyFinished => "already_finished",
        Error::Store(error) => error.code(),
    }
}

const fn word_of_tables(error: &recension_migrations::Error) -> &'static str {
    match error {
        recension_migrations::Error::Newer { .. } => "incompatible",
        _ => "migration",
    }
}

const fn word_of_message(error: &wire::Error) -> &'static str {
    match error {
        wire::Error::TooLarge { .. } => "too_large",
        wire::Error::Malformed(_) => "malformed",
        wire::Error::UnknownObject { .. } | wire::Error::OtherObject { .. } => "unknown_object",
        wire::Error::Incompatible { .. } => "incompatible",
        wire::Error::NotConverted(_) => "not_converted",
        _ => "invalid",
    }
}

#[cfg(feature = "release-2")]
const fn word_of_replay(error: &ReplayError) -> &'static str {
    match error {
        ReplayError::Read(..) => "unreadable",
        ReplayError::NotEmpty => "not_empty",
        ReplayError::Migration(error) => word_of_tables(error),
        ReplayError::Store(error) => error.code(),
        ReplayError::Database { .. } => "unavailable",
        _ => "malformed",
    }
}

/// What was asked is refused, or the database cannot be used.
const fn of_store(error: &store::Error) -> u8 {
    match error {
        store::Error::Invalid(_)
        | store::Error::NotFound { .. }
        | store::Error::Denied { .. }
        | store::Error::Conflict { .. }
        | store::Error::AlreadyExists { .. }
        | store::Error::KeyReuse { .. } => 1,
        _ => 3,
    }
}

impl From<wire::Error> for CommandError {
    fn from(error: wire::Error) -> Self {
        Self::Message(error)
    }
}

impl From<store::Error> for CommandError {
    fn from(error: store::Error) -> Self {
        Self::Refused(error.into())
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
