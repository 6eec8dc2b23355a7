//! What can go wrong, in a closed set of classes.

mod classify;
mod fault;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tls;

use std::fmt;

use recension_model::{Error as ModelError, ObjectName, ObjectVersion, Revision};

pub(crate) use classify::{
    Failure, SILENCE, classify, classify_commit, ends_transaction, is_contention, is_of_lost, is_of_lost_connection,
};
#[cfg(feature = "faults")]
pub(crate) use fault::Code;
#[cfg(all(feature = "faults", any(feature = "mysql", feature = "postgres")))]
pub(crate) use fault::SqlState;
pub use fault::{CorrelationId, Fault};

use crate::{CommitToken, Operation, SystemCapability};

/// What can go wrong. Closed classes, each with a stable [`code`](Self::code).
///
/// There are three views of one error. `Display` and [`user`](Self::user) are made of fixed texts, names of
/// objects and fields, and limits, and may be shown to anyone. [`log`](Self::log) is one line for the
/// service's own log, without values. [`privileged`](Self::privileged) adds what the driver said, which may
/// hold SQL and values; it takes a named permission. `Debug` is as safe as `log`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What was given breaks a rule.
    #[error("{0}")]
    Invalid(Invalid),
    /// There is no such row, or it is not the caller's to see.
    #[error("{}", Missing { object, sought: *sought })]
    NotFound {
        /// The object.
        object: ObjectName,
        /// What of it was looked for.
        sought: Sought,
    },
    /// The policy does not allow it, and the caller learns nothing from hearing so.
    #[error("operation {operation} is not allowed on `{object}`")]
    Denied {
        /// The object.
        object: ObjectName,
        /// What was about to be done.
        operation: Operation,
    },
    /// The row was written since it was read. Read it again, look, and save once more.
    #[error("{}", Changed { object, expected: *expected, actual: *actual })]
    Conflict {
        /// The object.
        object: ObjectName,
        /// The revision the change was based on.
        expected: Revision,
        /// The revision of the row: the same where a program wrote it that counts nothing.
        actual: Revision,
    },
    /// Another row has the same key, natural key, or other values that must be unique.
    #[error("`{object}` already exists")]
    AlreadyExists {
        /// The object.
        object: ObjectName,
    },
    /// The key of an idempotent request was used for another request.
    #[error("the key was used for another request on `{object}`")]
    KeyReuse {
        /// The object.
        object: ObjectName,
    },
    /// Others hold the lock; nothing was written. Run the whole transaction again, a little later.
    #[error("the database is busy, try again")]
    Contention(Fault),
    /// The database cannot be reached, read or written, or too many wait for it already; a fixed text says why.
    #[error("the database is not available: {}", .0.detail())]
    Unavailable(Fault),
    /// The time allowed ran out.
    #[error("there was no answer in the time allowed, try again later")]
    Deadline(Fault),
    /// Whether the transaction, or the write by itself, was committed is not known. Find out before running it again: with
    /// its token, where it has one, or by reading.
    #[error("{}", Unknown { token: *token, fault })]
    CommitUnknown {
        /// What [`Store::resolve`](crate::Store::resolve) takes; a transaction has one where the store was opened with
        /// [`Connect::commit_tokens`](crate::Connect::commit_tokens), and a single write has none.
        token: Option<CommitToken>,
        /// What is behind it, for the log.
        fault: Fault,
    },
    /// A version or an engine that this program does not know.
    #[error("{0}")]
    Incompatible(Incompatible),
    /// Text that has not the form it should have.
    #[error("{0}")]
    Malformed(Malformed),
    /// A row, or the table it is in, is not what the object says.
    #[error("`{object}` cannot be read")]
    Integrity {
        /// The object.
        object: ObjectName,
        /// What is wrong, for the log.
        fault: Fault,
    },
    /// A fault of this program.
    #[error("internal error ({})", .0.id())]
    Internal(Fault),
}

/// What was looked for and not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sought {
    /// The object itself.
    Object,
    /// The row after which a page should start.
    Marker,
    /// A row that the object refers to.
    Reference,
}

struct Missing<'e> {
    object: &'e ObjectName,
    sought: Sought,
}

impl fmt::Display for Missing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sought {
            Sought::Object => write!(f, "`{}` not found", self.object),
            Sought::Marker => write!(f, "marker of the page of `{}` not found", self.object),
            Sought::Reference => write!(f, "what `{}` refers to was not found", self.object),
        }
    }
}

struct Changed<'e> {
    object: &'e ObjectName,
    expected: Revision,
    actual: Revision,
}

impl fmt::Display for Changed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { object, expected, actual } = self;
        if expected == actual {
            return write!(f, "`{object}` was changed meanwhile, by a program that counts no writes");
        }
        write!(f, "`{object}` was changed meanwhile: expected revision {expected}, found {actual}")
    }
}

struct Unknown<'e> {
    token: Option<CommitToken>,
    fault: &'e Fault,
}

impl fmt::Display for Unknown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the outcome of the transaction is not known (")?;
        match self.token {
            Some(token) => write!(f, "token {token})"),
            None => write!(f, "{})", self.fault.id()),
        }
    }
}

/// What was given breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// A field breaks a rule, or required fields are not set.
    #[error(transparent)]
    Object(Box<ModelError>),
    /// One of several drafts breaks a rule, or required fields of it are not set.
    #[error("draft {index}: {error}")]
    Draft {
        /// Which draft, counted from 0.
        index: usize,
        /// What is wrong with it.
        error: Box<ModelError>,
    },
    /// More drafts than one call takes.
    #[error("one call makes at most {max} of `{object}`")]
    TooManyDrafts {
        /// The object.
        object: ObjectName,
        /// Most drafts of a call.
        max: u32,
    },
    /// A lock of rows outside of a transaction, with which it would end.
    #[error("rows of `{object}` are locked in a transaction only")]
    LockWithoutTransaction {
        /// The object.
        object: ObjectName,
    },
    /// A page of this size is not given.
    #[error("a page has 0 to {max} rows, {found} were asked for")]
    PageSize {
        /// Most rows of a page.
        max: u32,
        /// Rows asked for.
        found: i64,
    },
    /// The list has more rows than one answer may have. Ask for pages.
    #[error("the list of `{object}` has more than {max} rows, ask for pages")]
    TooManyRows {
        /// The object.
        object: ObjectName,
        /// Most rows of an answer.
        max: u32,
    },
}

/// A version or an engine that this program does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Incompatible {
    /// An object in a version that this program does not know.
    #[error("`{object}` {version} is not known here, {supported} is")]
    Object {
        /// The object.
        object: ObjectName,
        /// Its version.
        version: ObjectVersion,
        /// The newest version known.
        supported: ObjectVersion,
    },
    /// The tables were made by a newer release of this program.
    #[error("the schema of the database has version {version}, this program knows up to {supported}")]
    Schema {
        /// The version of the schema.
        version: u64,
        /// The newest version known.
        supported: u64,
    },
    /// A server that is too old.
    #[error("the `{engine}` server is older than version {needed}")]
    EngineVersion {
        /// The engine.
        engine: &'static str,
        /// The oldest version that does.
        needed: &'static str,
    },
    /// A database that does not keep what is stored in it as it is.
    #[error("the `{engine}` database has another `{setting}` than {needed}")]
    EngineSetting {
        /// The engine.
        engine: &'static str,
        /// What it is set to.
        setting: &'static str,
        /// What it must be.
        needed: &'static str,
    },
    /// A table of an object is not there.
    #[error("the database has no table `{table}`: run the migrations first")]
    NoTable {
        /// The table.
        table: &'static str,
    },
    /// A table of an object has not all of its columns.
    #[error("table `{table}` has no column `{}`: run the migrations of this release first", .columns.join("`, `"))]
    NoColumns {
        /// The table.
        table: &'static str,
        /// The columns that it has not.
        columns: Vec<&'static str>,
    },
    /// A server that follows another one and cannot be written.
    #[error("the `{engine}` server is a replica, which cannot be written: the URL of the primary is needed")]
    Replica {
        /// The engine.
        engine: &'static str,
    },
    /// A pooler before the server that lends its sessions for one transaction each, so that settings and prepared statements are those of
    /// another client.
    #[error(
        "a pooler before the `{engine}` server lends its sessions for one transaction each: have it pool sessions (`pool_mode = session`), or connect to the server itself"
    )]
    TransactionPooler {
        /// The engine.
        engine: &'static str,
    },
    /// What the engine cannot do.
    #[error("`{engine}` does not have {what}")]
    Unsupported {
        /// The engine.
        engine: &'static str,
        /// What was asked for.
        what: &'static str,
    },
    /// An engine that the program was built without.
    #[error("`{engine}` is not supported by this build")]
    Engine {
        /// The scheme of the URL.
        engine: &'static str,
    },
}

/// Text that has not the form it should have. The text itself is not repeated: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// The database URL has no known scheme.
    #[error("the database URL has no known scheme")]
    UrlScheme,
    /// The rest of the database URL is not what its scheme takes.
    #[error("the database URL has a malformed path or an unknown parameter")]
    Url,
    /// The database URL leads over the network, and asks for less than an encrypted connection to a server whose
    /// certificate is verified, without a word of the program that this is meant.
    #[error(
        "the database URL weakens TLS: leave its mode out, or ask for the one that verifies the name of the server; less takes `Connect::insecure_tls`"
    )]
    WeakTls,
    /// The key of an idempotent request is none: it has 1 to 255 printable ASCII characters.
    #[error("an idempotency key has 1 to 255 printable ASCII characters")]
    IdempotencyKey,
    /// The position of a database is none.
    #[error("the position of a database is malformed")]
    Position,
    /// The token of a transaction is none.
    #[error("the token of a transaction is malformed")]
    CommitToken,
}

impl Error {
    /// The class as a stable code, part of the public interface.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::NotFound { .. } => "not_found",
            Self::Denied { .. } => "denied",
            Self::Conflict { .. } => "conflict",
            Self::AlreadyExists { .. } => "already_exists",
            Self::KeyReuse { .. } => "key_reuse",
            Self::Contention(_) => "contention",
            Self::Unavailable(_) => "unavailable",
            Self::Deadline(_) => "deadline",
            Self::CommitUnknown { .. } => "commit_unknown",
            Self::Incompatible(_) => "incompatible",
            Self::Malformed(_) => "malformed",
            Self::Integrity { .. } => "integrity",
            Self::Internal(_) => "internal",
        }
    }

    /// Whether the same call may succeed later without anything else being done first.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Contention(_) | Self::Deadline(_) => true,
            Self::Unavailable(fault) => !classify::lasts(fault),
            _ => false,
        }
    }

    /// What may be shown to anyone: the code and a fixed text.
    #[must_use]
    pub fn user(&self) -> String {
        format!("{}: {self}", self.code())
    }

    /// One line for the service's own log, without values.
    #[must_use]
    pub fn log(&self) -> String {
        match self.fault() {
            Some(fault) => format!("{} {fault}", self.user()),
            None => self.user(),
        }
    }

    /// Everything that is known, what the driver said included: it may hold SQL, names and values.
    #[must_use]
    pub fn privileged(&self, capability: &SystemCapability) -> String {
        tracing::debug!(capability = capability.name(), code = self.code(), "an error was opened");
        match self.fault().and_then(Fault::driver_text) {
            Some(text) => format!("{} driver: {text}", self.log()),
            None => self.log(),
        }
    }

    /// The fault behind the error, if the driver or a row is to blame.
    #[must_use]
    pub const fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Contention(fault) | Self::Unavailable(fault) | Self::Deadline(fault) | Self::CommitUnknown { fault, .. } => Some(fault),
            Self::Internal(fault) | Self::Integrity { fault, .. } => Some(fault),
            _ => None,
        }
    }

    /// What of a field is broken, if something is: by what was given, or by a cell of a row.
    #[must_use]
    pub fn broken(&self) -> Option<&ModelError> {
        match self {
            Self::Invalid(Invalid::Object(error) | Invalid::Draft { error, .. }) => Some(error),
            Self::Integrity { fault, .. } => fault.broken(),
            _ => None,
        }
    }

    /// The rule of a field that is broken, if one is: by what was given, or by a cell of a row.
    #[must_use]
    pub fn rule(&self) -> Option<&recension_model::Rule> {
        match self.broken() {
            Some(ModelError::Invalid { rule, .. }) => Some(rule),
            _ => None,
        }
    }

    /// The same, where it is about one of several drafts.
    pub(crate) fn of_draft(self, index: usize) -> Self {
        match self {
            Self::Invalid(Invalid::Object(error)) => Self::Invalid(Invalid::Draft { index, error }),
            other => other,
        }
    }

    pub(crate) const fn not_found(object: ObjectName) -> Self {
        Self::NotFound { object, sought: Sought::Object }
    }

    pub(crate) fn integrity(object: &ObjectName, detail: &'static str, column: Option<&'static str>) -> Self {
        Self::Integrity { object: object.clone(), fault: Fault::of_row(detail, column) }
    }
}

impl From<ModelError> for Error {
    /// A rule of the object that what was given breaks. Errors of the model name no values.
    fn from(error: ModelError) -> Self {
        Self::Invalid(Invalid::Object(Box::new(error)))
    }
}
