//! From the codes of drivers to classes of errors.

use recension_model::ObjectName;
use sqlx::error::DatabaseError;

use super::fault::SqlState;
#[cfg(feature = "postgres")]
use super::postgres;
use super::{Error, Fault, Sought};
use crate::Operation;

/// A failed statement, before it is known which object it was about.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
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

    /// Whether the connection keeps a plan for a table that has been changed, and would fail again.
    pub(crate) fn is_of_stale_plan(&self) -> bool {
        self.fault.detail() == STALE_PLAN
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

/// Whether somebody must do something before a database that is not available is so again: for SQLite one that is
/// read-only (8), damaged (11) or none at all (26).
pub(super) fn lasts(fault: &Fault) -> bool {
    let lasts = fault.sqlstate().is_some_and(|state| {
        #[cfg(feature = "postgres")]
        return postgres::lasts(state);
        #[cfg(not(feature = "postgres"))]
        false
    });
    lasts || fault.detail() == NOT_ENCRYPTED || fault.code().is_some_and(|code| matches!(code & 0xff, 8 | 11 | 26))
}

const NOT_ENCRYPTED: &str = "connection could not be encrypted, or the other end is not who it should be";
pub(super) const STALE_PLAN: &str = "table was changed since the statement was prepared";

/// The class of an error of a statement.
pub(crate) fn classify(error: sqlx::Error) -> Failure {
    let (kind, detail) = match &error {
        sqlx::Error::Database(database) => return of_database(&**database).failure(error),
        sqlx::Error::PoolTimedOut => (Kind::Deadline, "no free connection"),
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => (Kind::Unavailable, "connection closed"),
        sqlx::Error::Io(_) => (Kind::Unavailable, "input or output failed"),
        sqlx::Error::Tls(_) => (Kind::Unavailable, NOT_ENCRYPTED),
        sqlx::Error::ColumnNotFound(_) | sqlx::Error::ColumnIndexOutOfBounds { .. } => (Kind::Unreadable, "column missing in the row"),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => (Kind::Unreadable, "cell of another type"),
        sqlx::Error::BeginFailed => (Kind::Contention, "transaction did not begin"),
        _ => (Kind::Internal, "driver error"),
    };
    Told { kind, detail, code: None, sqlstate: None }.failure(error)
}

/// What a database told by its codes.
struct Told {
    kind: Kind,
    detail: &'static str,
    code: Option<i32>,
    sqlstate: Option<SqlState>,
}

impl Told {
    fn failure(self, error: sqlx::Error) -> Failure {
        let Self { kind, detail, code, sqlstate } = self;
        Failure { kind, fault: Fault::of_driver(detail, code, error).in_state(sqlstate) }
    }
}

fn of_database(database: &dyn DatabaseError) -> Told {
    #[cfg(feature = "postgres")]
    if let Some(error) = database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
        let (kind, detail) = postgres::class(error.code(), error.routine());
        return Told { kind, detail, code: None, sqlstate: SqlState::of(error.code()) };
    }
    let code = database.code().and_then(|code| code.parse().ok());
    let (kind, detail) = code.map_or((Kind::Internal, "driver error without a code"), |code| sqlite(code, database));
    Told { kind, detail, code, sqlstate: None }
}

/// The class of an error of COMMIT: what says nothing about the outcome leaves it unknown.
pub(crate) fn classify_commit(error: sqlx::Error) -> Failure {
    let silent = matches!(&error, sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_));
    let is_told = matches!(&error, sqlx::Error::Database(_));
    let failure = classify(error);
    let leaves_open = match (failure.fault.sqlstate(), failure.fault.code()) {
        #[cfg(feature = "postgres")]
        (Some(state), _) => postgres::leaves_commit_open(state),
        (_, Some(code)) => code & 0xff == 10,
        _ => true,
    };
    if silent || is_told && leaves_open { Failure { kind: Kind::CommitUnknown, ..failure } } else { failure }
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
