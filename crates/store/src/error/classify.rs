//! From the codes of drivers to classes of errors.

use recension_model::ObjectName;
use sqlx::error::DatabaseError;

use super::{Error, Fault, Sought};
use crate::Operation;

/// A failed statement, before it is known which object it was about.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unique,
    ForeignKey,
    /// Another constraint of the table, which ours should have come before.
    Constraint,
    Contention,
    Unavailable,
    Deadline,
    /// The file is damaged, or a table is not what the object says.
    Unreadable,
    CommitUnknown,
    Internal,
}

impl Failure {
    /// The error, once it is known what was done with which object.
    pub(crate) fn on(self, object: &ObjectName, operation: Operation) -> Error {
        let Self { kind, fault } = self;
        let error = match kind {
            Kind::Unique => Error::AlreadyExists { object: object.clone() },
            // Only a row that exists and is the caller's to delete can be referred to.
            Kind::ForeignKey if operation == Operation::Delete => Error::Denied { object: object.clone(), operation },
            Kind::ForeignKey => Error::NotFound { object: object.clone(), sought: Sought::Reference },
            Kind::Unreadable => Error::Integrity { object: object.clone(), fault },
            kind => Self { kind, fault }.of_no_object(),
        };
        if let Some(fault) = error.fault() {
            tracing::warn!(code = error.code(), %object, %operation, id = %fault.id(), driver_code = fault.code(), "statement failed");
        }
        error
    }

    /// Whether the statement broke a constraint: then the engine took it back as if it had not been sent.
    pub(crate) fn is_of_constraint(&self) -> bool {
        matches!(self.kind, Kind::Unique | Kind::ForeignKey | Kind::Constraint)
    }

    /// Whether others hold the lock.
    pub(crate) fn is_contention(&self) -> bool {
        self.kind == Kind::Contention
    }

    /// The error where no object is concerned.
    pub(crate) fn plain(self) -> Error {
        let error = self.of_no_object();
        if let Some(fault) = error.fault() {
            tracing::warn!(code = error.code(), id = %fault.id(), driver_code = fault.code(), "database failed");
        }
        error
    }

    fn of_no_object(self) -> Error {
        let Self { kind, fault } = self;
        match kind {
            Kind::Contention => Error::Contention(fault),
            Kind::Unavailable | Kind::Unreadable => Error::Unavailable(fault),
            Kind::Deadline => Error::Deadline(fault),
            Kind::CommitUnknown => Error::CommitUnknown(fault),
            Kind::Unique | Kind::ForeignKey | Kind::Constraint | Kind::Internal => Error::Internal(fault),
        }
    }
}

/// Whether somebody must do something before a database that is not available is so again: one that is
/// read-only (8), damaged (11) or none at all (26).
pub(super) fn lasts(fault: &Fault) -> bool {
    fault.code().is_some_and(|code| matches!(code & 0xff, 8 | 11 | 26))
}

/// The class of an error of a statement.
pub(crate) fn classify(error: sqlx::Error) -> Failure {
    let (kind, detail, code) = match &error {
        sqlx::Error::Database(database) => {
            let code = database.code().and_then(|code| code.parse().ok());
            let (kind, detail) = code.map_or((Kind::Internal, "driver error without a code"), |code| sqlite(code, &**database));
            (kind, detail, code)
        }
        sqlx::Error::PoolTimedOut => (Kind::Deadline, "no free connection", None),
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => (Kind::Unavailable, "connection closed", None),
        sqlx::Error::Io(_) => (Kind::Unavailable, "input or output failed", None),
        sqlx::Error::ColumnNotFound(_) | sqlx::Error::ColumnIndexOutOfBounds { .. } => {
            (Kind::Unreadable, "column missing in the row", None)
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => (Kind::Unreadable, "cell of another type", None),
        sqlx::Error::BeginFailed => (Kind::Contention, "transaction did not begin", None),
        _ => (Kind::Internal, "driver error", None),
    };
    Failure { kind, fault: Fault::of_driver(detail, code, error) }
}

/// The class of an error of COMMIT: what says nothing about the outcome leaves it unknown.
pub(crate) fn classify_commit(error: sqlx::Error) -> Failure {
    let unknown = match &error {
        sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(database) => database.code().and_then(|code| code.parse::<i32>().ok()).is_none_or(|code| code & 0xff == 10),
        _ => false,
    };
    let failure = classify(error);
    if unknown { Failure { kind: Kind::CommitUnknown, ..failure } } else { failure }
}

/// SQLite's extended result codes; the low byte is the primary code.
fn sqlite(code: i32, error: &dyn DatabaseError) -> (Kind, &'static str) {
    match code {
        2067 | 1555 | 2579 => return (Kind::Unique, "not unique"),
        787 | 3850 => return (Kind::ForeignKey, "foreign key"),
        _ => {}
    }
    match code & 0xff {
        1 if drifted(error.message()) => (Kind::Unreadable, "table or column missing"),
        5 | 6 => (Kind::Contention, "locked"),
        7 => (Kind::Unavailable, "out of memory"),
        8 => (Kind::Unavailable, "database is read-only"),
        9 => (Kind::Deadline, "interrupted"),
        10 => (Kind::Unavailable, "input or output failed"),
        11 | 26 => (Kind::Unreadable, "database file is damaged"),
        13 => (Kind::Unavailable, "disk is full"),
        14 => (Kind::Unavailable, "database file cannot be opened"),
        19 => (Kind::Constraint, "constraint of the table"),
        _ => (Kind::Internal, "driver error"),
    }
}

/// Whether SQLite's plain error (code 1) is about a table that is not as the object says. It has no code
/// of its own; its text is fixed since version 3.0.
fn drifted(message: &str) -> bool {
    message.starts_with("no such column") || message.starts_with("no such table") || message.contains(" has no column named ")
}
