//! From the codes of drivers to classes of errors.

use recension_model::ObjectName;
use sqlx::error::DatabaseError;

use super::fault::Code;
#[cfg(any(feature = "mysql", feature = "postgres"))]
use super::fault::SqlState;
#[cfg(feature = "mysql")]
use super::mysql;
#[cfg(feature = "postgres")]
use super::postgres;
#[cfg(feature = "sqlite")]
use super::sqlite;
use super::{Error, Fault, Sought, tls};
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
        if let Some(fault) = worth_a_line(&error) {
            tracing::warn!(code = error.code(), %object, %operation, id = %fault.id(), driver_code = fault.code(), "statement failed");
        }
        error
    }

    /// Whether the statement broke a constraint: then the engine took it back as if it had not been sent.
    pub(crate) fn is_of_constraint(&self) -> bool {
        matches!(self.kind, Kind::Unique | Kind::ForeignKey | Kind::Constraint)
    }

    /// Whether another row has something that must be unique.
    pub(crate) fn is_of_unique(&self) -> bool {
        self.kind == Kind::Unique
    }

    /// Whether a row was outside of what the policy allows, where the statement fails for it
    /// ([`one_or_fail`](crate::capability::Capability::one_or_fail)).
    pub(crate) fn is_of_row_outside(&self) -> bool {
        match self.fault.engine_code() {
            #[cfg(feature = "postgres")]
            Some(Code::Postgres(state)) => state.as_str() == postgres::NO_BUCKETS,
            _ => false,
        }
    }

    /// Whether the engine has ended the transaction, as [`ends_transaction`] says.
    pub(crate) fn ends_transaction(&self) -> bool {
        ends(self.fault.engine_code())
    }

    /// A statement of a transaction that has failed already: not sent, since some engines would run it outside of it.
    pub(crate) fn of_failed_transaction() -> Self {
        Self { kind: Kind::Internal, fault: Fault::of_us(TRANSACTION_HAS_FAILED) }
    }

    /// No answer came in the time allowed; `is_commit` where nobody knows then what was done.
    pub(crate) fn of_silence(is_commit: bool) -> Self {
        Self { kind: if is_commit { Kind::CommitUnknown } else { Kind::Deadline }, fault: Fault::of_us(SILENCE) }
    }

    /// Whether no answer came in the time allowed.
    pub(crate) fn is_of_silence(&self) -> bool {
        self.fault.detail() == SILENCE
    }

    /// What it is, in fixed words.
    pub(crate) const fn detail(&self) -> &'static str {
        self.fault.detail()
    }

    /// Others were in the way.
    pub(crate) fn of_contention(detail: &'static str) -> Self {
        Self { kind: Kind::Contention, fault: Fault::of_us(detail) }
    }

    /// A fault of this program, or of what is in a table of its own.
    pub(crate) fn of_us(detail: &'static str) -> Self {
        Self { kind: Kind::Internal, fault: Fault::of_us(detail) }
    }

    /// As many wait for a connection as may.
    pub(crate) fn of_full_queue() -> Self {
        Self { kind: Kind::Unavailable, fault: Fault::of_us(FULL_QUEUE) }
    }

    /// No connection was given back in time.
    pub(crate) fn of_late_turn() -> Self {
        Self { kind: Kind::Deadline, fault: Fault::of_us(LATE_TURN) }
    }

    /// Whether it was others who had all connections.
    pub(crate) fn is_of_queue(&self) -> bool {
        matches!(self.fault.detail(), FULL_QUEUE | LATE_TURN)
    }

    /// Whether the file is damaged.
    pub(crate) fn is_of_damage(&self) -> bool {
        self.kind == Kind::Unreadable
    }

    /// Whether the connection keeps a plan for a table that has been changed, and would fail again.
    pub(crate) fn is_of_stale_plan(&self) -> bool {
        self.fault.detail() == STALE_PLAN
    }

    /// Whether others hold the lock.
    pub(crate) fn is_contention(&self) -> bool {
        self.kind == Kind::Contention
    }

    /// Whether somebody ended the statement, and not its connection: an administrator, or a node of a cluster that has to write itself.
    pub(crate) fn is_of_interruption(&self) -> bool {
        match self.fault.engine_code() {
            #[cfg(feature = "mysql")]
            Some(Code::MySql { number, .. }) => *number == mysql::INTERRUPTED,
            _ => false,
        }
    }

    /// Whether there is nobody at the other end of the connection any more.
    pub(crate) fn is_of_lost_connection(&self) -> bool {
        !self.is_of_silence() && is_lost(self.kind, self.fault.detail(), self.fault.engine_code())
    }

    /// The code of the error that it will be.
    #[cfg(feature = "metrics")]
    pub(crate) const fn code(&self) -> &'static str {
        match self.kind {
            Kind::Contention => "contention",
            Kind::Deadline => "deadline",
            Kind::Unavailable | Kind::Unreadable => "unavailable",
            Kind::CommitUnknown => "commit_unknown",
            Kind::Unique | Kind::ForeignKey | Kind::Constraint | Kind::Internal => "internal",
        }
    }

    /// The error where no object is concerned.
    pub(crate) fn plain(self) -> Error {
        let error = self.of_no_object();
        if let Some(fault) = worth_a_line(&error) {
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
            Kind::CommitUnknown => Error::CommitUnknown { token: None, fault },
            Kind::Unique | Kind::ForeignKey | Kind::Constraint | Kind::Internal => Error::Internal(fault),
        }
    }
}

/// The fault behind an error, which goes to the log. When more is asked than can be done, a line for each would be more of it.
fn worth_a_line(error: &Error) -> Option<&Fault> {
    error.fault().filter(|fault| fault.detail() != FULL_QUEUE)
}

/// Whether somebody must do something before a database that is not available is so again.
pub(super) fn lasts(fault: &Fault) -> bool {
    let lasts = fault.engine_code().is_some_and(|code| match *code {
        #[cfg(feature = "sqlite")]
        Code::Sqlite(code) => sqlite::lasts(code),
        #[cfg(feature = "postgres")]
        Code::Postgres(ref state) => postgres::lasts(state.as_str()),
        #[cfg(feature = "mysql")]
        Code::MySql { number, .. } => mysql::lasts(number),
    });
    lasts || tls::is_of(fault.detail()) || matches!(fault.detail(), MISSING | CLOSED)
}

/// Nothing is wrong with the database, but that it has too much to do.
const FULL_QUEUE: &str = "too many operations wait for a connection";
const LATE_TURN: &str = "no connection was given back in the time allowed";
/// The store was closed.
const CLOSED: &str = "store is closed";
pub(crate) const SILENCE: &str = "no answer in the time allowed";
const TRANSACTION_HAS_FAILED: &str = "transaction has failed already";
/// A table is not what an object says.
pub(super) const MISSING: &str = "table or column missing";
/// A server ends, whatever it was that it could not do, and takes all of its sessions with it.
const CRASH: &str = "server ends as by a crash";
pub(super) const STALE_PLAN: &str = "table was changed since the statement was prepared";

/// The class of an error of a statement.
pub(crate) fn classify(error: sqlx::Error) -> Failure {
    told(&error).failure(error)
}

/// Whether an error says that there is nobody at the other end of the connection any more.
pub(crate) fn is_of_lost_connection(error: &sqlx::Error) -> bool {
    let Told { kind, code, detail } = told(error);
    is_lost(kind, detail, code.as_ref())
}

/// As [`is_of_lost_connection`], of an error that is told.
pub(crate) fn is_of_lost(error: &Error) -> bool {
    matches!(error, Error::Unavailable(fault) if is_lost(Kind::Unavailable, fault.detail(), fault.engine_code()))
}

fn is_lost(kind: Kind, detail: &str, code: Option<&Code>) -> bool {
    let is_of_server = code.is_none_or(|code| match *code {
        #[cfg(feature = "sqlite")]
        Code::Sqlite(_) => false,
        #[cfg(feature = "postgres")]
        Code::Postgres(ref state) => postgres::ends_session(state.as_str()),
        #[cfg(feature = "mysql")]
        Code::MySql { number, .. } => mysql::ends_session(number),
    });
    matches!(kind, Kind::Unavailable | Kind::CommitUnknown)
        && !tls::is_of(detail)
        && !matches!(detail, FULL_QUEUE | CLOSED)
        && (detail == CRASH || is_of_server)
}

/// Whether an error says that others were in the way.
pub(crate) fn is_contention(error: &sqlx::Error) -> bool {
    told(error).kind == Kind::Contention
}

fn told(error: &sqlx::Error) -> Told {
    let (kind, detail) = match error {
        sqlx::Error::Database(database) => return of_database(&**database),
        sqlx::Error::PoolTimedOut => (Kind::Deadline, "no free connection"),
        sqlx::Error::PoolClosed => (Kind::Unavailable, CLOSED),
        sqlx::Error::WorkerCrashed => (Kind::Unavailable, "connection closed"),
        sqlx::Error::Io(error) => (Kind::Unavailable, tls::of_io(error).unwrap_or("input or output failed")),
        // Answers and questions do not fit any more.
        sqlx::Error::Protocol(_) => (Kind::Unavailable, "server does not speak as it should"),
        sqlx::Error::Tls(error) => (Kind::Unavailable, tls::of(&**error)),
        sqlx::Error::ColumnNotFound(_) | sqlx::Error::ColumnIndexOutOfBounds { .. } => (Kind::Unreadable, "column missing in the row"),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => (Kind::Unreadable, "cell of another type"),
        sqlx::Error::BeginFailed => (Kind::Contention, "transaction did not begin"),
        _ => (Kind::Internal, "driver error"),
    };
    Told { kind, detail, code: None }
}

/// What a database told by its codes.
struct Told {
    kind: Kind,
    detail: &'static str,
    code: Option<Code>,
}

impl Told {
    fn failure(self, error: sqlx::Error) -> Failure {
        let Self { kind, detail, code } = self;
        Failure { kind, fault: Fault::of_driver(detail, code, error) }
    }
}

fn of_database(database: &dyn DatabaseError) -> Told {
    #[cfg(feature = "faults")]
    if let Some(fault) = database.try_downcast_ref::<crate::faults::Told>() {
        return of_fault(fault);
    }
    #[cfg(feature = "postgres")]
    if let Some(error) = database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
        let (kind, detail) = match error.severity() {
            sqlx::postgres::PgSeverity::Panic => (Kind::Unavailable, CRASH),
            _ => postgres::class(error.code(), error.routine()),
        };
        return Told { kind, detail, code: SqlState::of(error.code()).map(Code::Postgres) };
    }
    #[cfg(feature = "mysql")]
    if let Some(error) = database.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        let (kind, detail) = mysql::class(error.number(), error.code());
        return Told { kind, detail, code: Some(Code::MySql { number: error.number(), state: error.code().and_then(SqlState::of) }) };
    }
    #[cfg(feature = "sqlite")]
    if let Some(code) = database.code().and_then(|code| code.parse().ok()) {
        let (kind, detail) = sqlite::class(code, database.message());
        return Told { kind, detail, code: Some(Code::Sqlite(code)) };
    }
    let _ = database;
    Told { kind: Kind::Internal, detail: "driver error without a code", code: None }
}

/// What a fault of a test tells, as the error of a driver with its code would.
#[cfg(feature = "faults")]
fn of_fault(fault: &crate::faults::Told) -> Told {
    let (kind, detail) = match fault.code {
        #[cfg(feature = "sqlite")]
        Some(Code::Sqlite(code)) => sqlite::class(code, fault.text),
        #[cfg(feature = "postgres")]
        Some(Code::Postgres(ref state)) => postgres::class(state.as_str(), None),
        #[cfg(feature = "mysql")]
        Some(Code::MySql { number, ref state }) => mysql::class(number, state.as_ref().map(SqlState::as_str)),
        None => (Kind::Internal, "driver error without a code"),
    };
    Told { kind, detail, code: fault.code }
}

/// The class of an error of COMMIT: what says nothing about the outcome leaves it unknown.
pub(crate) fn classify_commit(error: sqlx::Error) -> Failure {
    let silent = matches!(&error, sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_));
    let is_told = matches!(&error, sqlx::Error::Database(_));
    let failure = classify(error);
    if silent || is_told && leaves_commit_open(&failure.fault) { Failure { kind: Kind::CommitUnknown, ..failure } } else { failure }
}

/// Whether the engine does not say that it did nothing.
fn leaves_commit_open(fault: &Fault) -> bool {
    let may_have_done_it = fault.engine_code().is_none_or(|code| match *code {
        #[cfg(feature = "sqlite")]
        Code::Sqlite(code) => sqlite::leaves_commit_open(code),
        #[cfg(feature = "postgres")]
        Code::Postgres(ref state) => postgres::leaves_commit_open(state.as_str()),
        #[cfg(feature = "mysql")]
        Code::MySql { number, .. } => mysql::leaves_commit_open(number),
    });
    fault.detail() == CRASH || may_have_done_it
}

/// Whether an error says that the engine has ended the transaction, or that it must be ended, where the engine itself would
/// take the next statement for one outside of it.
pub(crate) fn ends_transaction(error: &sqlx::Error) -> bool {
    ends(told(error).code.as_ref())
}

fn ends(code: Option<&Code>) -> bool {
    match code {
        #[cfg(feature = "sqlite")]
        Some(Code::Sqlite(code)) => sqlite::ends_transaction(*code),
        #[cfg(feature = "mysql")]
        Some(Code::MySql { number, .. }) => mysql::ends_transaction(*number),
        _ => false,
    }
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use super::*;

    /// An error of a server, with the code of a full disk.
    fn full(detail: &'static str) -> Failure {
        let code = SqlState::of("53100").map(Code::Postgres);
        Failure { kind: Kind::Unavailable, fault: Fault::of_driver(detail, code, sqlx::Error::BeginFailed) }
    }

    #[test]
    fn s21_a_server_that_ends_itself_leaves_open_what_it_was_at_whatever_its_code() {
        assert!(!leaves_commit_open(&full("disk is full").fault));
        assert!(leaves_commit_open(&full(CRASH).fault));
    }

    #[test]
    fn s21_a_server_that_ends_itself_is_not_at_the_other_end_any_more() {
        assert!(!full("disk is full").is_of_lost_connection());
        assert!(full(CRASH).is_of_lost_connection());
    }
}
