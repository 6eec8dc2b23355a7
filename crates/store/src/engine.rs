//! Pools and connections of the engines.
//!
//! What an engine must do is here in one place: open pools, run statements, begin and end transactions,
//! read cells. Everything above speaks of statements, rows and slots.

#[cfg(feature = "sqlite")]
mod sqlite;

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use recension_model::{Cell, FieldSpec, Rule, Timestamp};
use sea_orm::sea_query::{Condition, Expr, Query};
use sea_orm::{DatabaseConnection, DbErr, ExecResult, QueryResult, Statement, StatementBuilder, Value};

use crate::capability::{Capability, TimeForm};
use crate::error::{Error, Failure, Incompatible, Malformed};

/// How a store is opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PoolOptions {
    pub(crate) busy_timeout: std::time::Duration,
    pub(crate) acquire_timeout: std::time::Duration,
    pub(crate) readers: u32,
}

/// The pools of a store.
pub(crate) enum Pools {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Pools),
}

impl Pools {
    /// Opens the pools for a URL.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a URL that names no engine or is not what the engine takes,
    /// [`Error::Incompatible`] for an engine that this build has not, and those of connecting.
    pub(crate) async fn open(url: &str, options: PoolOptions) -> Result<Self, Error> {
        let scheme = url.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
        #[cfg(feature = "sqlite")]
        if Capability::SQLITE.schemes.contains(&scheme) {
            return sqlite::Pools::open(url, options).await.map(Self::Sqlite);
        }
        let known = ["sqlite", "postgres", "postgresql", "mysql", "mariadb"];
        match known.into_iter().find(|known| *known == scheme) {
            Some(engine) => Err(Error::Incompatible(Incompatible::Engine { engine })),
            None => Err(Error::Malformed(Malformed::UrlScheme)),
        }
    }

    pub(crate) const fn capability(&self) -> &'static Capability {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => &Capability::SQLITE,
        }
    }

    /// A connection that may write, or one that may only read.
    pub(crate) async fn acquire(&self, writes: bool, statements: &Arc<AtomicU64>) -> Result<Connection, Failure> {
        let driver: Driver = match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref pools) => Driver::Sqlite(pools.acquire(writes).await?),
        };
        Ok(Connection {
            driver,
            capability: self.capability(),
            statements: statements.clone(),
            open: false,
            broken: false,
            spoiled: false,
            unit: false,
        })
    }

    /// The writing pool as sea-orm's connection.
    pub(crate) fn sea_orm(&self) -> DatabaseConnection {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref pools) => pools.sea_orm(),
        }
    }

    pub(crate) async fn close(&self) {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref pools) => pools.close().await,
        }
    }
}

enum Driver {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Connection),
}

/// One connection, lent by a pool. A transaction that is still open when it is dropped is rolled back
/// before anyone else gets the connection.
pub(crate) struct Connection {
    driver: Driver,
    capability: &'static Capability,
    statements: Arc<AtomicU64>,
    open: bool,
    broken: bool,
    spoiled: bool,
    /// Whether the next statement is a unit by itself.
    unit: bool,
}

impl Connection {
    /// Begins a transaction that will write.
    pub(crate) async fn begin(&mut self) -> Result<(), Failure> {
        self.count();
        let statement = self.capability.begin_write;
        self.spoiled = false;
        let begun: Result<(), Failure> = match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut connection) => sqlite::begin(connection, statement).await,
        };
        match begun {
            Ok(()) => self.open = true,
            Err(failure) => {
                // A connection that is merely locked out is as good as before.
                if !failure.is_contention() {
                    self.discard();
                }
                return Err(failure);
            }
        }
        Ok(())
    }

    /// Commits the open transaction.
    pub(crate) async fn commit(&mut self) -> Result<(), Failure> {
        self.count();
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut connection) => sqlite::commit(connection).await?,
        }
        self.open = false;
        Ok(())
    }

    /// Takes the open transaction back.
    pub(crate) async fn rollback(&mut self) -> Result<(), Failure> {
        self.count();
        let done: Result<(), Failure> = match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut connection) => sqlite::rollback(connection).await,
        };
        // Not before the answer: a driver whose ROLLBACK nobody waited for expects that dropping begins another.
        self.open = false;
        if done.is_err() {
            // The engine may have rolled back by itself (a full disk): do not guess.
            self.discard();
        }
        done
    }

    /// The pool shall not give this connection to anyone else.
    fn discard(&mut self) {
        self.broken = true;
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut connection) => sqlite::discard(connection),
        }
    }

    /// Whether it must not be used any more.
    pub(crate) const fn is_broken(&self) -> bool {
        self.broken
    }

    /// Whether a write of the open transaction was not whole, so that nothing of it may be committed.
    pub(crate) const fn is_spoiled(&self) -> bool {
        self.spoiled
    }

    /// Says whether a write of the open transaction was not whole.
    pub(crate) const fn set_spoiled(&mut self, spoiled: bool) {
        self.spoiled = spoiled;
    }

    /// Whether nothing is begun.
    pub(crate) const fn is_idle(&self) -> bool {
        !self.open
    }

    /// As [`rollback`](Self::rollback), without waiting: it is done before the next statement.
    pub(crate) fn abandon(&mut self) {
        if !self.open {
            return;
        }
        self.count();
        self.open = false;
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut connection) => sqlite::start_rollback(connection),
        }
    }

    /// The next statement is a unit by itself: where no answer comes, nobody knows whether it was done.
    pub(crate) const fn next_is_unit(&mut self) {
        self.unit = true;
    }

    /// Runs a statement; how many rows it changed.
    pub(crate) async fn execute(&mut self, statement: Prepared) -> Result<u64, Failure> {
        self.count();
        let is_unit = std::mem::take(&mut self.unit);
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut connection) => sqlite::execute(connection, statement.0, is_unit).await,
        }
    }

    /// Runs a query and shows each row as it arrives, until `each` breaks off or fails.
    pub(crate) async fn query<E: From<Failure>>(
        &mut self,
        statement: Prepared,
        each: impl FnMut(&Row) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        self.count();
        let is_unit = std::mem::take(&mut self.unit);
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut connection) => sqlite::query(connection, statement.0, is_unit, each).await,
        }
    }

    /// As [`query`](Self::query), where `each` may take its time: no row is fetched before it is done with the
    /// one before, but for those that the driver has fetched ahead.
    pub(crate) async fn query_slowly<E, F>(&mut self, statement: Prepared, each: impl FnMut(Row) -> F + Send) -> Result<(), E>
    where
        E: From<Failure>,
        F: Future<Output = Result<ControlFlow<()>, E>> + Send,
    {
        self.count();
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut connection) => sqlite::query_slowly(connection, statement.0, each).await,
        }
    }

    /// Runs a statement of sea-orm's as it is.
    pub(crate) async fn raw_execute(&mut self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.count();
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut connection) => sqlite::raw_execute(connection, statement).await,
        }
    }

    /// Runs the statements in a text.
    pub(crate) async fn raw_script(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        self.count();
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut connection) => sqlite::raw_script(connection, sql).await,
        }
    }

    /// The first row of a query of sea-orm's.
    pub(crate) async fn raw_row(&mut self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.count();
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut connection) => sqlite::raw_row(connection, statement).await,
        }
    }

    /// The rows of a query of sea-orm's.
    pub(crate) async fn raw_rows(&mut self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.count();
        match self.driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(ref mut connection) => sqlite::raw_rows(connection, statement).await,
        }
    }

    fn count(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.abandon();
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("open", &self.open).finish_non_exhaustive()
    }
}

/// A transaction that is taken back unless it is committed, dropped futures included.
pub(crate) struct Unit<'c> {
    connection: &'c mut Connection,
}

impl<'c> Unit<'c> {
    pub(crate) async fn begin(connection: &'c mut Connection) -> Result<Self, Failure> {
        connection.begin().await?;
        Ok(Self { connection })
    }

    pub(crate) const fn connection(&mut self) -> &mut Connection {
        self.connection
    }

    pub(crate) async fn commit(self) -> Result<(), Failure> {
        // An error leaves the transaction open, and dropping the unit rolls back.
        self.connection.commit().await
    }

    pub(crate) async fn rollback(self) {
        if let Err(failure) = self.connection.rollback().await {
            tracing::warn!(?failure, "rollback failed, the connection is closed");
        }
    }
}

impl Drop for Unit<'_> {
    fn drop(&mut self) {
        self.connection.abandon();
    }
}

/// A statement in the words and value forms of an engine.
pub(crate) struct Prepared(Statement);

impl Prepared {
    /// How many values it binds.
    pub(crate) fn parameters(&self) -> usize {
        self.0.values.as_ref().map_or(0, |values| values.0.len())
    }

    /// Its text, with a mark in the place of each value.
    pub(crate) fn into_sql(self) -> String {
        self.0.sql
    }
}

impl Capability {
    /// Writes a statement for the engine, with its values in the forms it keeps them in.
    pub(crate) fn prepare(&self, statement: &impl StatementBuilder) -> Prepared {
        let mut statement = statement.build(&self.sql);
        for value in statement.values.iter_mut().flat_map(|values| &mut values.0) {
            self.adapt(value);
        }
        Prepared(statement)
    }

    /// Whether a condition has the name of one of `columns` in it, in whatever way. It may be told where it is another's
    /// name that looks so.
    pub(crate) fn names_any(&self, condition: &Condition, columns: &[&str]) -> bool {
        let sql = Query::select().expr(Expr::val(1)).cond_where(condition.clone()).take();
        let sql = self.prepare(&sql).into_sql().to_lowercase();
        columns.iter().any(|column| sql.contains(&column.to_lowercase()))
    }

    /// Brings one bound value into the form that the engine keeps.
    pub(crate) fn adapt(&self, value: &mut Value) {
        let TimeForm::Text = self.times;
        *value = match value {
            Value::ChronoDateTime(time) => Value::String(time.map(|time| Timestamp::from_utc(time).to_sql())),
            Value::ChronoDateTimeUtc(time) => Value::String(time.map(|time| Timestamp::from_utc(time.naive_utc()).to_sql())),
            Value::ChronoDateTimeWithTimeZone(time) => Value::String(time.map(|time| Timestamp::from_utc(time.naive_utc()).to_sql())),
            Value::ChronoDate(day) => Value::String(day.map(|day| day.to_string())),
            Value::Uuid(uuid) => Value::String(uuid.map(|uuid| uuid.hyphenated().to_string())),
            _ => return,
        };
    }
}

/// One row of an answer.
pub(crate) enum Row {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Row),
}

/// A cell whose value is not of the kind that the field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongCell;

impl Row {
    /// How many columns there are.
    pub(crate) fn len(&self) -> usize {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref row) => sqlite::len(row),
        }
    }

    /// The cell at `index`, as one of `field`.
    ///
    /// # Errors
    /// [`Rule::Kind`] for a cell that cannot be looked into, [`Rule::Timestamp`] for a text that is no time.
    pub(crate) fn cell(&self, index: usize, field: &FieldSpec) -> Result<Cell<'_>, Rule> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref row) => sqlite::cell(row, index, field),
        }
    }

    /// The text in the cell at `index`; `None` for null.
    pub(crate) fn text(&self, index: usize) -> Result<Option<&str>, WrongCell> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref row) => sqlite::text(row, index),
        }
    }

    /// The integer in the cell at `index`, if there is one.
    pub(crate) fn integer(&self, index: usize) -> Result<Option<i64>, WrongCell> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref row) => sqlite::integer(row, index),
        }
    }

    /// The cell at `index` just as it is stored, to be bound again; `None` for null.
    pub(crate) fn raw(&self, index: usize) -> Result<Option<Value>, WrongCell> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref row) => sqlite::raw(row, index),
        }
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use std::task::{Context, Waker};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn s21_a_connection_dropped_while_it_rolls_back_is_clean() {
        let options = PoolOptions { busy_timeout: Duration::ZERO, acquire_timeout: Duration::from_secs(5), readers: 1 };
        let pools = Pools::open("sqlite::memory:", options).await.unwrap();
        let statements = Arc::default();
        let (mut cut, mut rounds) = (0, 0);
        // The driver may answer before it is asked twice, so not every round catches it in between.
        while cut < 3 {
            rounds += 1;
            assert!(rounds < 5_000, "no rollback was in flight");
            let mut connection = pools.acquire(true, &statements).await.unwrap();
            connection.begin().await.unwrap();
            let mut rollback = Box::pin(connection.rollback());
            cut += u32::from(rollback.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            drop(rollback);
            drop(connection);
            // Abandoned in the middle.
            pools.acquire(true, &statements).await.unwrap().begin().await.unwrap();
            let mut connection = pools.acquire(true, &statements).await.unwrap();
            connection.begin().await.unwrap();
            connection.rollback().await.unwrap();
        }
    }
}
