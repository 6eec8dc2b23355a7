//! PostgreSQL through sqlx.

mod address;
mod cell;
mod server;

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use sea_orm::{DatabaseConnection, SqlxPostgresConnector};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPoolOptions, PgRow};
use sqlx::{Connection as _, Database, Executor, PgPool, Postgres};
use sqlx_core::transaction::TransactionManager;

pub(super) use cell::{cell, integer, len, raw, text};

use super::PoolOptions;
use crate::error::{Error, Failure, classify, classify_commit};

pub(super) type Row = PgRow;
type Manager = <Postgres as Database>::TransactionManager;

/// How long a connection may have been idle to be lent without being tried. A round trip for each would be as much as a
/// read by key; a server that went away meanwhile is noticed by the statement itself.
const TRUSTED_FOR: Duration = Duration::from_secs(5);

/// Connections of one kind: each reads and writes.
pub(crate) struct Pools {
    pool: PgPool,
}

impl Pools {
    pub(super) async fn open(url: &str, options: PoolOptions) -> Result<Self, Error> {
        let to = address::of(url, options.insecure_tls)?;
        // Tried by itself: the pool would try again until its own time is over, and say no more than that.
        server::check(&to, options.acquire_timeout).await?;
        let settings = settings(options.busy_timeout);
        let pool = PgPoolOptions::new()
            .max_connections(options.connections.max(1))
            .acquire_timeout(options.acquire_timeout)
            .test_before_acquire(false)
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    // One that does not answer is closed, and the next one taken.
                    Ok(about.idle_for < TRUSTED_FOR || connection.ping().await.is_ok())
                })
            })
            .after_connect(move |connection, _| {
                let settings = settings.clone();
                Box::pin(async move { connection.execute(sqlx::AssertSqlSafe(settings)).await.map(|_| ()) })
            })
            .connect_lazy_with(to);
        Ok(Self { pool })
    }

    pub(super) async fn acquire(&self) -> Result<Connection, Failure> {
        let lent = self.pool.acquire().await.map_err(classify)?;
        Ok(Connection { lent, beginning: false })
    }

    pub(super) fn sea_orm(&self) -> DatabaseConnection {
        SqlxPostgresConnector::from_sqlx_postgres_pool(self.pool.clone())
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// What each session is set to, whatever the database and the user have for defaults.
fn settings(busy_timeout: Duration) -> String {
    // Zero would be no limit at all.
    let wait = busy_timeout.as_millis().clamp(1, i32::MAX.unsigned_abs().into());
    format!("SET lock_timeout = {wait}; SET default_transaction_isolation = 'read committed'; SET standard_conforming_strings = on")
}

/// A connection, lent by the pool.
pub(crate) struct Connection {
    lent: PoolConnection<Postgres>,
    /// BEGIN was sent and not answered. Here the driver does not roll back by itself when the answer is not waited for.
    beginning: bool,
}

impl Connection {
    pub(super) const fn is_beginning(&self) -> bool {
        self.beginning
    }
}

impl Deref for Connection {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.lent
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.lent
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.beginning {
            self.lent.close_on_drop();
        }
    }
}

pub(super) async fn begin(connection: &mut Connection, statement: Option<&'static str>) -> Result<(), Failure> {
    connection.beginning = true;
    Manager::begin(connection, statement.map(sqlx::SqlSafeStr::into_sql_str)).await.map_err(classify)?;
    connection.beginning = false;
    Ok(())
}

/// Closes the connection rather than giving it back: what state it is in is not known.
pub(super) fn discard(connection: &mut Connection) {
    connection.lent.close_on_drop();
}

pub(super) async fn commit(connection: &mut Connection) -> Result<(), Failure> {
    Manager::commit(connection).await.map_err(classify_commit)
}

pub(super) async fn rollback(connection: &mut Connection) -> Result<(), Failure> {
    Manager::rollback(connection).await.map_err(classify)
}

pub(super) fn start_rollback(connection: &mut Connection) {
    Manager::start_rollback(connection);
}

/// Waits for the end of a statement that was cut off.
///
/// # Errors
/// That it failed.
pub(super) async fn settle(connection: &mut Connection) -> Result<(), Failure> {
    connection.ping().await.map_err(classify)
}

impl From<PgRow> for super::Row {
    fn from(row: PgRow) -> Self {
        Self::Postgres(row)
    }
}
