//! What an engine can do.

use sea_orm::DbBackend;

/// What an engine can do. The store asks for an ability and never for the name of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capability {
    /// The name of the engine, for people and for metrics.
    pub engine: &'static str,
    /// The schemes of its database URLs.
    pub schemes: &'static [&'static str],
    /// Which SQL it is sent.
    pub sql: DbBackend,
    /// How it keeps times.
    pub times: TimeForm,
    /// How many values one statement may bind.
    pub parameters_max: usize,
    /// The statement that begins a transaction which will write. It takes the lock at once where a lock
    /// taken later could fail without waiting.
    pub begin_write: &'static str,
    /// Whether several statements may be sent together, for one round trip. Where nothing is sent anywhere that saves nothing.
    pub takes_batches: bool,
    /// Which locks of rows a query can take.
    pub row_locks: RowLocks,
    /// Whether a statement that fails takes the rest of its transaction with it, so that it can only be taken back.
    pub errors_end_transactions: bool,
    /// Whether an INSERT gives back the rows that it makes.
    pub insert_returns: bool,
    /// Whether the values of a column can be bound together, as an array, and read as a table.
    pub binds_arrays: bool,
    /// Whether an UPDATE gives back the rows that it changes.
    pub update_returns: bool,
    /// Whether a WITH may change rows, so that one statement does so in several tables.
    pub writes_in_with: bool,
    /// Whether an UPDATE changes rows of two tables at once, also where its condition asks for others of them.
    pub updates_two_tables: bool,
    /// How it tells where it is in its history, for reading from replicas; `None` where it has none, or they wait by themselves.
    pub positions: Option<Positions>,
    /// Whether NULL sorts before everything else unless a statement says so.
    pub null_is_smallest: bool,
}

/// Which locks of rows a query can take, until its transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RowLocks {
    /// None: a transaction that writes has the whole database.
    None,
    /// Such as are waited for.
    Wait,
    /// Those that are left out, or not waited for, too.
    All,
}

/// Queries for a position in the history of a database, as an integer of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Positions {
    /// The end of what was written, on the server that is written.
    pub now: &'static str,
    /// How far a replica is; NULL on a server that is none.
    pub replayed: &'static str,
}

/// How an engine keeps times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeForm {
    /// As text `YYYY-MM-DD HH:MM:SS.ffffff` in UTC, always with six digits so that text sorts as times do.
    Text,
    /// As a moment of the engine's own, in UTC and without a zone, in microseconds.
    Native,
}

impl Capability {
    /// Whether parameters have numbers and types, so that a truth is not bound: its column is a boolean in one table and an integer in
    /// another.
    pub(crate) fn types_parameters(&self) -> bool {
        self.sql == DbBackend::Postgres
    }

    /// SQLite 3.35 or newer.
    #[cfg(feature = "sqlite")]
    pub const SQLITE: Self = Self {
        engine: "sqlite",
        schemes: &["sqlite"],
        sql: DbBackend::Sqlite,
        times: TimeForm::Text,
        parameters_max: 32_766,
        begin_write: "BEGIN IMMEDIATE",
        takes_batches: false,
        row_locks: RowLocks::None,
        errors_end_transactions: false,
        insert_returns: true,
        binds_arrays: false,
        update_returns: true,
        writes_in_with: false,
        updates_two_tables: false,
        positions: None,
        null_is_smallest: true,
    };

    /// PostgreSQL 15 or newer.
    #[cfg(feature = "postgres")]
    pub const POSTGRES: Self = Self {
        engine: "postgres",
        schemes: &["postgres", "postgresql"],
        sql: DbBackend::Postgres,
        times: TimeForm::Native,
        parameters_max: 65_535,
        // Whatever the database has for its default.
        begin_write: "BEGIN ISOLATION LEVEL READ COMMITTED",
        takes_batches: true,
        row_locks: RowLocks::All,
        errors_end_transactions: true,
        insert_returns: true,
        binds_arrays: true,
        update_returns: true,
        writes_in_with: true,
        updates_two_tables: false,
        positions: Some(Positions {
            // Not what is flushed: a database may not wait for that at COMMIT.
            now: "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint",
            replayed: "SELECT CASE WHEN pg_is_in_recovery() THEN (pg_last_wal_replay_lsn() - '0/0')::bigint END",
        }),
        null_is_smallest: false,
    };

    /// MariaDB 10.11 or newer.
    #[cfg(feature = "mysql")]
    pub const MARIADB: Self = Self {
        engine: "mariadb",
        schemes: &["mysql", "mariadb"],
        sql: DbBackend::MySql,
        times: TimeForm::Native,
        parameters_max: 65_535,
        // At the isolation level of the session, which is set when it begins.
        begin_write: "BEGIN",
        takes_batches: true,
        row_locks: RowLocks::All,
        errors_end_transactions: false,
        insert_returns: true,
        binds_arrays: false,
        update_returns: false,
        writes_in_with: false,
        updates_two_tables: true,
        positions: None,
        null_is_smallest: true,
    };

    /// MySQL 8.0 or newer, and 5.6 for what that can do.
    #[cfg(feature = "mysql")]
    pub const MYSQL: Self =
        Self { engine: "mysql", insert_returns: false, updates_two_tables: false, row_locks: RowLocks::Wait, ..Self::MARIADB };
}
