//! What is told to the recorder of the program. Labels are names that the program declares, and codes.

use std::time::{Duration, Instant};

use ::metrics::{Key, Label, Level, Metadata, with_recorder};
use recension_model::ObjectName;

use crate::capability::Capability;
use crate::engine::{Connection, Obstacle};
use crate::error::Failure;
use crate::{Error, Operation, metrics};

const OK: &str = "ok";
/// Nobody waited for the end.
const DROPPED: &str = "dropped";
/// The work of a transaction returned an error.
const ROLLED_BACK: &str = "rolled_back";

static ABOUT: Metadata<'static> = Metadata::new("recension_store", Level::INFO, Some(module_path!()));

fn count(name: &'static str, labels: Vec<Label>, by: u64) {
    let key = Key::from_parts(name, labels);
    with_recorder(|recorder| recorder.register_counter(&key, &ABOUT).increment(by));
}

fn lasted(name: &'static str, labels: Vec<Label>, time: Duration) {
    let key = Key::from_parts(name, labels);
    with_recorder(|recorder| recorder.register_histogram(&key, &ABOUT).record(time));
}

/// The keys of a metric for each engine, which are not made anew for each statement.
const fn of_engines(name: &'static str) -> [Key; 4] {
    static ENGINES: [[Label; 1]; 4] = [
        [Label::from_static_parts("engine", "sqlite")],
        [Label::from_static_parts("engine", "postgres")],
        [Label::from_static_parts("engine", "mariadb")],
        [Label::from_static_parts("engine", "mysql")],
    ];
    let [sqlite, postgres, mariadb, mysql] = &ENGINES;
    [
        Key::from_static_parts(name, sqlite),
        Key::from_static_parts(name, postgres),
        Key::from_static_parts(name, mariadb),
        Key::from_static_parts(name, mysql),
    ]
}

static STATEMENTS: [Key; 4] = of_engines(metrics::STATEMENTS);
static CONNECTION_REQUESTS_PENDING: [Key; 4] = of_engines(metrics::CONNECTION_REQUESTS_PENDING);
static CONNECTIONS_IN_USE: [Key; 4] = of_engines(metrics::CONNECTIONS_IN_USE);

/// The key of the engine.
fn key<'k>(keys: &'k [Key; 4], capability: &'static Capability) -> &'k Key {
    let [sqlite, postgres, mariadb, mysql] = keys;
    match capability.engine {
        "sqlite" => sqlite,
        "postgres" => postgres,
        "mariadb" => mariadb,
        _ => mysql,
    }
}

fn one_more(gauge: &[Key; 4], capability: &'static Capability) {
    with_recorder(|recorder| recorder.register_gauge(key(gauge, capability), &ABOUT).increment(1.0));
}

fn one_less(gauge: &[Key; 4], capability: &'static Capability) {
    with_recorder(|recorder| recorder.register_gauge(key(gauge, capability), &ABOUT).decrement(1.0));
}

/// One operation. It is told when this is dropped, so once, however the operation ends.
#[derive(Debug)]
pub(crate) struct Watch {
    operation: &'static str,
    object: Option<&'static ObjectName>,
    begun: Instant,
    outcome: &'static str,
    read: u64,
    written: u64,
}

impl Watch {
    pub(crate) fn of(operation: &'static str, object: &'static ObjectName) -> Self {
        Self::begin(operation, Some(object))
    }

    pub(crate) fn of_transaction() -> Self {
        Self::begin("transaction", None)
    }

    fn begin(operation: &'static str, object: Option<&'static ObjectName>) -> Self {
        Self { operation, object, begun: Instant::now(), outcome: DROPPED, read: 0, written: 0 }
    }

    /// A policy did not let it begin.
    pub(crate) fn refused(operation: Operation, object: &'static ObjectName, error: &Error) {
        Self::of(operation.as_str(), object).failed(error);
    }

    /// So many rows were shown to it.
    pub(crate) const fn rows(&mut self, read: u64) {
        self.read += read;
    }

    pub(crate) fn failed(&mut self, error: &Error) {
        self.outcome = error.code();
        if let Error::CommitUnknown { .. } = error {
            unanswered("unknown");
        }
    }

    pub(crate) const fn rolled_back(&mut self) {
        self.outcome = ROLLED_BACK;
    }

    pub(crate) fn ended<D>(&mut self, done: &Result<D, Error>) {
        match done {
            Ok(_) => self.outcome = OK,
            Err(error) => self.failed(error),
        }
    }

    /// As [`ended`](Self::ended), of a write.
    pub(crate) fn wrote<D>(&mut self, done: &Result<D, Error>, rows: fn(&D) -> usize) {
        self.ended(done);
        self.written = done.as_ref().map_or(0, rows) as u64;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let operation = || Label::from_static_parts("operation", self.operation);
        let outcome = Label::from_static_parts("outcome", self.outcome);
        let Some(object) = self.object else {
            return lasted(metrics::OPERATION_DURATION, vec![operation(), outcome], self.begun.elapsed());
        };
        let object = || Label::from_static_parts("object", object.as_str());
        lasted(metrics::OPERATION_DURATION, vec![operation(), object(), outcome], self.begun.elapsed());
        if self.read > 0 {
            count(metrics::ROWS_READ, vec![object()], self.read);
        }
        if self.written > 0 {
            count(metrics::ROWS_WRITTEN, vec![object(), operation()], self.written);
        }
    }
}

/// One wait for a connection, told as an operation is.
#[derive(Debug)]
pub(crate) struct Wait {
    capability: &'static Capability,
    begun: Instant,
    outcome: &'static str,
}

impl Wait {
    pub(crate) fn of(capability: &'static Capability) -> Self {
        one_more(&CONNECTION_REQUESTS_PENDING, capability);
        Self { capability, begun: Instant::now(), outcome: DROPPED }
    }

    pub(crate) fn ended(mut self, acquired: &Result<Connection, Failure>) {
        self.outcome = acquired.as_ref().map_or_else(Failure::code, |_| OK);
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        one_less(&CONNECTION_REQUESTS_PENDING, self.capability);
        let labels = vec![Label::from_static_parts("engine", self.capability.engine), Label::from_static_parts("outcome", self.outcome)];
        lasted(metrics::CONNECTION_WAIT, labels, self.begun.elapsed());
    }
}

/// One connection that is lent, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lease(&'static Capability);

impl Lease {
    pub(crate) fn of(capability: &'static Capability) -> Self {
        one_more(&CONNECTIONS_IN_USE, capability);
        Self(capability)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        one_less(&CONNECTIONS_IN_USE, self.0);
    }
}

/// A statement is sent.
pub(crate) fn statement(capability: &'static Capability) {
    let key = key(&STATEMENTS, capability);
    with_recorder(|recorder| recorder.register_counter(key, &ABOUT).increment(1));
}

/// A row of the object was written since the revision that a write was based on.
pub(crate) fn conflict(object: &'static ObjectName) {
    count(metrics::CONFLICTS, vec![Label::from_static_parts("object", object.as_str())], 1);
}

/// A transaction is about to be run again.
pub(crate) fn run_again(obstacle: Option<Obstacle>) {
    let obstacle = match obstacle {
        Some(Obstacle::Contention) => "contention",
        Some(Obstacle::Conflict(..)) => "conflict",
        Some(Obstacle::Lost) => "lost",
        None => return,
    };
    count(metrics::TRANSACTIONS_RUN_AGAIN, vec![Label::from_static_parts("obstacle", obstacle)], 1);
}

/// What became of a transaction whose COMMIT was not answered.
pub(crate) fn found_out(is_committed: bool) {
    unanswered(if is_committed { "committed" } else { "not_committed" });
}

fn unanswered(found_out: &'static str) {
    count(metrics::COMMITS_UNANSWERED, vec![Label::from_static_parts("found_out", found_out)], 1);
}
