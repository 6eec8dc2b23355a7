//! MariaDB and MySQL through sqlx: one protocol, and two servers that can do different things.

mod address;
mod cell;
mod server;

use std::time::Duration;

use sea_orm::{DatabaseConnection, SqlxMySqlConnector};
use sqlx::MySql;
use sqlx::mysql::MySqlRow;

pub(super) use cell::{cell, integer, len, raw, text};

use super::PoolOptions;
use super::lent::{Lent, Transactional};
use super::patience::Patience;
use super::pool::Pool;
use super::server::{self as any_server, may_be_away};
use crate::capability::Capability;
use crate::error::{Error, Failure};

pub(super) type Connection = Lent<MySql>;
pub(super) type Row = MySqlRow;

impl Transactional for MySql {
    const UNDOES_CUT_BEGIN: bool = false;
    // It waits for the answer of what it was about to send, and takes that to PREPARE for another's (sqlx 0.9.0).
    const SURVIVES_CUT: bool = false;
    const LEAVES_ROWS: bool = true;
    const IS_REMOTE: bool = true;
}

/// The pool of a server, of which its own answer tells what it can do.
pub(crate) struct Pools {
    pool: Pool<MySql>,
    capability: &'static Capability,
}

impl Pools {
    /// Opens the pool for a URL.
    ///
    /// # Errors
    /// As [`address::of`] and [`server::check`].
    pub(super) async fn open(url: &str, options: PoolOptions) -> Result<Self, Error> {
        let to = address::of(url, options.insecure_tls)?;
        let capability = server::check(&to, options.acquire_timeout).await?;
        Ok(Self { pool: any_server::pool(to, &options, settings(options.busy_timeout)), capability })
    }

    /// Opens the pools for another node of the cluster that is written: one whose connections wait until the node has
    /// what was committed before, on whichever, and one whose do not.
    ///
    /// # Errors
    /// As [`open`](Self::open); [`Incompatible::Unsupported`] for a server that is no node of a cluster: nobody could say how far it is.
    pub(super) async fn open_nodes(url: &str, options: PoolOptions, writer: &'static Capability) -> Result<(Self, Self), Error> {
        let to = address::of(url, options.insecure_tls)?;
        let capability = may_be_away(server::check_node(&to, options.acquire_timeout).await, writer)?;
        let settings = settings(options.busy_timeout);
        // A server that was away, and turns out to be no node when it comes, fails here.
        let of_node = format!("{settings}; SELECT IF(@@wsrep_on, 1, (SELECT 1 UNION SELECT 2)); SET SESSION wsrep_sync_wait =");
        let (waiting, stale) = (format!("{of_node} 1"), format!("{of_node} 0"));
        let of = |settings| Self { pool: any_server::pool(to.clone(), &options, settings), capability };
        Ok((of(waiting), of(stale)))
    }

    pub(super) const fn capability(&self) -> &'static Capability {
        self.capability
    }

    pub(super) async fn acquire(&self, patience: Patience) -> Result<Connection, Failure> {
        self.pool.acquire(patience).await
    }

    pub(super) fn sea_orm(&self) -> DatabaseConnection {
        SqlxMySqlConnector::from_sqlx_mysql_pool(self.pool.connections().clone())
    }

    pub(super) fn refuse(&self) {
        self.pool.refuse();
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// What each session is set to, whatever the server has for defaults.
///
/// Strict, so that no value is cut or changed to fit, no date is half zero, and no table is made by an engine without
/// transactions; `||` joins texts as on the other engines, and a key that is given as zero is zero. A transaction reads what is committed, as on PostgreSQL: one that
/// repeats its reads would look at an old row to say why a write was refused. Times go in and out in UTC.
fn settings(busy_timeout: Duration) -> String {
    // Whole seconds, and at least one: zero does not wait at all.
    let wait = busy_timeout.as_millis().div_ceil(1_000).clamp(1, 1_073_741_824);
    format!(
        "SET NAMES utf8mb4 COLLATE utf8mb4_bin; SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,\
         ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,PIPES_AS_CONCAT,NO_UNSIGNED_SUBTRACTION,NO_AUTO_VALUE_ON_ZERO', \
         time_zone = '+00:00', autocommit = 1, innodb_lock_wait_timeout = {wait}, foreign_key_checks = 1, unique_checks = 1; \
         SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE"
    )
}

impl From<MySqlRow> for super::Row {
    fn from(row: MySqlRow) -> Self {
        Self::MySql(row)
    }
}
