//! PostgreSQL through sqlx.

mod address;
mod array;
mod cell;
mod pooler;
mod server;

use std::time::Duration;

use sea_orm::{DatabaseConnection, SqlxPostgresConnector};
use sqlx::Postgres;
use sqlx::postgres::PgRow;

pub(super) use array::Array;
pub(super) use cell::{cell, integer, len, raw, text};

use super::PoolOptions;
use super::lent::{Lent, Transactional};
use super::pool::Pool;
use super::server::{self as any_server, may_be_away};
use crate::error::Error;

pub(super) type Connection = Lent<Postgres>;
pub(super) type Row = PgRow;
pub(crate) type Pools = Pool<Postgres>;

impl Transactional for Postgres {
    const UNDOES_CUT_BEGIN: bool = false;
    const SURVIVES_CUT: bool = true;
    const LEAVES_ROWS: bool = false;
    const IS_REMOTE: bool = true;
}

/// Opens the pool for a URL.
///
/// # Errors
/// As [`address::of`] and [`server::check`].
pub(super) async fn open(url: &str, options: PoolOptions) -> Result<Pools, Error> {
    let to = address::of(url, options.insecure_tls)?;
    server::check(&to, options.acquire_timeout, false).await?;
    Ok(any_server::pool(to, &options, settings(options.busy_timeout)))
}

/// Opens the pool for a server that follows the one that is written.
///
/// # Errors
/// As [`open`], but for being a replica.
pub(super) async fn open_replica(url: &str, options: PoolOptions) -> Result<Pools, Error> {
    let to = address::of(url, options.insecure_tls)?;
    may_be_away(server::check(&to, options.acquire_timeout, true).await, ())?;
    Ok(any_server::pool(to, &options, settings(options.busy_timeout)))
}

pub(super) fn sea_orm(pools: &Pools) -> DatabaseConnection {
    SqlxPostgresConnector::from_sqlx_postgres_pool(pools.connections().clone())
}

/// What each session is set to, whatever the database and the user have for defaults.
fn settings(busy_timeout: Duration) -> String {
    // Zero would be no limit at all.
    let wait = busy_timeout.as_millis().clamp(1, i32::MAX.unsigned_abs().into());
    // A statement that nobody waits for any more ends within the second, where the server's system can tell.
    format!(
        "SET lock_timeout = {wait}; SET default_transaction_isolation = 'read committed'; SET standard_conforming_strings = on; \
         DO $$ BEGIN SET client_connection_check_interval = 1000; EXCEPTION WHEN OTHERS THEN NULL; END $$"
    )
}

impl From<PgRow> for super::Row {
    fn from(row: PgRow) -> Self {
        Self::Postgres(row)
    }
}
