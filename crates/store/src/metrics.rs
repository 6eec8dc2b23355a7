//! What the store tells the recorder of metrics that the program has installed: its names, and what they mean.
//!
//! The store knows the facade [`metrics`](https://docs.rs/metrics) alone. Where the numbers go, a program says once, with a
//! recorder such as an exporter; before that they go nowhere. Install it before a store is opened, or the connections that are
//! in use by then are missing from their gauge. Without the feature `metrics` nothing of this is in the program.
//!
//! | name | kind | labels | what |
//! |---|---|---|---|
//! | [`OPERATION_DURATION`] | histogram, seconds | `operation`, `object`, `outcome` | one operation of a session, from its beginning to its end, waiting for a connection included |
//! | [`ROWS_READ`] | counter | `object` | rows that an operation was shown |
//! | [`ROWS_WRITTEN`] | counter | `object`, `operation` | rows that were made, changed or deleted |
//! | [`CONFLICTS`] | counter | `object` | writes that were refused because the row had been written meanwhile |
//! | [`TRANSACTIONS_RUN_AGAIN`] | counter | `obstacle` | runs of a transaction, or of a write by itself, after the first one: `contention`, `conflict` or `lost` (the connection) |
//! | [`COMMITS_UNANSWERED`] | counter | `found_out` | units of work whose end was not answered, and what was found out: `committed`, `not_committed` or `unknown` |
//! | [`CONNECTION_WAIT`] | histogram, seconds | `engine`, `outcome` | one wait for a connection of a pool, opening one included |
//! | [`CONNECTION_REQUESTS_PENDING`] | gauge | `engine` | operations that wait for a connection now, of all stores of the program; past what [`Connect::waiting_max`](crate::Connect::waiting_max) lets wait, more are refused |
//! | [`CONNECTIONS_IN_USE`] | gauge | `engine` | connections that are lent, of all stores of the program |
//! | [`STATEMENTS`] | counter | `engine` | statements that were sent, BEGIN, COMMIT and ROLLBACK included, as [`Store::statements`](crate::Store::statements) counts them |
//!
//! - `operation` is `read`, `stream`, `create`, `update`, `delete` (with `restore` and `purge`) or `transaction`; the last has
//!   no `object`, and one duration however often it is run. A stream lasts until its reader has had enough.
//! - `object` is the name of the object as declared.
//! - `outcome` is `ok`, the [code](crate::Error::code) of the error, `dropped` where nobody waited for the end, and `rolled_back`
//!   for a transaction whose work returned an error. A read that finds nothing is `ok`.
//! - `engine` is `sqlite`, `postgres`, `mariadb` or `mysql`.
//!
//! No label has a value, a key, a user or a project in it, so there are as many series as the program has objects, and no more. What is
//! refused before anything is sent, by a rule of the object, is no operation; what a policy denies is one.

use ::metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// How long an operation took.
pub const OPERATION_DURATION: &str = "recension_store_operation_duration_seconds";
/// Rows that were read.
pub const ROWS_READ: &str = "recension_store_rows_read_total";
/// Rows that were written.
pub const ROWS_WRITTEN: &str = "recension_store_rows_written_total";
/// Writes that met a row that was written meanwhile.
pub const CONFLICTS: &str = "recension_store_conflicts_total";
/// Transactions, and writes by themselves, that were run again.
pub const TRANSACTIONS_RUN_AGAIN: &str = "recension_store_transactions_run_again_total";
/// Units of work whose end was not answered.
pub const COMMITS_UNANSWERED: &str = "recension_store_commits_unanswered_total";
/// How long a connection was waited for.
pub const CONNECTION_WAIT: &str = "recension_store_connection_wait_seconds";
/// Operations that have no connection yet.
pub const CONNECTION_REQUESTS_PENDING: &str = "recension_store_connection_requests_pending";
/// Connections that are lent.
pub const CONNECTIONS_IN_USE: &str = "recension_store_connections_in_use";
/// Statements that were sent.
pub const STATEMENTS: &str = "recension_store_statements_total";

/// Tells the recorder the unit of each metric and what it means. Call it once, after the recorder is installed.
///
/// # Examples
/// ```
/// // Here a program installs its recorder.
/// recension_store::metrics::describe();
/// ```
pub fn describe() {
    describe_histogram!(OPERATION_DURATION, Unit::Seconds, "Duration of one operation of a session");
    describe_counter!(ROWS_READ, Unit::Count, "Rows that operations were shown");
    describe_counter!(ROWS_WRITTEN, Unit::Count, "Rows that were made, changed or deleted");
    describe_counter!(CONFLICTS, Unit::Count, "Writes refused because the row had been written meanwhile");
    describe_counter!(TRANSACTIONS_RUN_AGAIN, Unit::Count, "Runs of a transaction after its first one");
    describe_counter!(COMMITS_UNANSWERED, Unit::Count, "Units of work whose end was not answered, by what was found out");
    describe_histogram!(CONNECTION_WAIT, Unit::Seconds, "Wait for a connection of a pool");
    describe_gauge!(CONNECTION_REQUESTS_PENDING, Unit::Count, "Operations that wait for a connection of a pool");
    describe_gauge!(CONNECTIONS_IN_USE, Unit::Count, "Connections that are lent");
    describe_counter!(STATEMENTS, Unit::Count, "Statements that were sent");
}
