//! Pools and connections of the engines.
//!
//! What an engine must do is here in one place: open pools, run statements, begin and end transactions,
//! read cells. Everything above speaks of statements, rows and slots.

mod arguments;
mod connection;
#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
mod driver;
mod insert_rows;
#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
mod lent;
#[cfg(feature = "mysql")]
mod mysql;
mod outside;
mod patience;
#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
mod pool;
#[cfg(feature = "postgres")]
mod postgres;
mod prepared;
mod progress;
#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
mod queue;
mod row;
#[cfg(any(feature = "mysql", feature = "postgres"))]
mod server;
#[cfg(feature = "sqlite")]
mod sqlite;
mod unit;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use sea_orm::DatabaseConnection;

pub(crate) use connection::{Connection, Obstacle};
pub(crate) use insert_rows::{InsertRows, Shape};
pub(crate) use patience::Patience;
pub(crate) use prepared::{Prepared, names_any};
pub(crate) use row::{Row, WrongCell};
pub(crate) use unit::Unit;

use crate::capability::Capability;
use crate::error::{Error, Failure, Incompatible, Malformed};
use connection::Driver;

/// How a store is opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PoolOptions {
    pub(crate) busy_timeout: std::time::Duration,
    pub(crate) acquire_timeout: std::time::Duration,
    pub(crate) retry_timeout: std::time::Duration,
    pub(crate) statement_timeout: std::time::Duration,
    /// Connections of an engine with one writer that only read.
    pub(crate) readers: u32,
    /// Connections to a server.
    pub(crate) connections: u32,
    /// How many may wait for a connection of one pool.
    pub(crate) waiting_max: u32,
    /// Whether the URL may ask for a connection that is not encrypted, or whose other end is not verified.
    pub(crate) insecure_tls: bool,
}

/// The pools of a store.
pub(crate) enum Pools {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Pools),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Pools),
    #[cfg(feature = "mysql")]
    MySql(mysql::Pools),
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
        #[cfg(feature = "postgres")]
        if Capability::POSTGRES.schemes.contains(&scheme) {
            return postgres::open(url, options).await.map(Self::Postgres);
        }
        #[cfg(feature = "mysql")]
        if Capability::MARIADB.schemes.contains(&scheme) {
            return mysql::Pools::open(url, options).await.map(Self::MySql);
        }
        Err(not_built(scheme))
    }

    /// Opens the pools for a server that follows the one that is written: connections that see what was written, sooner or
    /// later, and those that wait for nothing, where the others do. It need not be there now.
    ///
    /// # Errors
    /// As [`open`](Self::open), but for being a replica.
    pub(crate) async fn open_replica(url: &str, options: PoolOptions, writer: &Self) -> Result<(Self, Option<Self>), Error> {
        let scheme = url.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
        let engine = writer.capability().engine;
        if !writer.capability().schemes.contains(&scheme) {
            return Err(Error::Incompatible(Incompatible::Unsupported { engine, what: "replicas of another engine" }));
        }
        #[cfg(feature = "sqlite")]
        if Capability::SQLITE.schemes.contains(&scheme) {
            return Err(Error::Incompatible(Incompatible::Unsupported { engine, what: "replicas" }));
        }
        #[cfg(feature = "postgres")]
        if Capability::POSTGRES.schemes.contains(&scheme) {
            return postgres::open_replica(url, options).await.map(|pools| (Self::Postgres(pools), None));
        }
        #[cfg(feature = "mysql")]
        if Capability::MARIADB.schemes.contains(&scheme) {
            let (waiting, stale) = mysql::Pools::open_nodes(url, options, writer.capability()).await?;
            return Ok((Self::MySql(waiting), Some(Self::MySql(stale))));
        }
        let _ = options;
        Err(not_built(scheme))
    }

    pub(crate) const fn capability(&self) -> &'static Capability {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => &Capability::SQLITE,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => &Capability::POSTGRES,
            #[cfg(feature = "mysql")]
            Self::MySql(ref pools) => pools.capability(),
        }
    }

    /// A connection that may write, or one that may only read.
    pub(crate) async fn acquire(&self, writes: bool, statements: &Arc<AtomicU64>, patience: Patience) -> Result<Connection, Failure> {
        let driver: Driver = match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref pools) => Driver::Sqlite(pools.acquire(writes, patience).await?),
            #[cfg(feature = "postgres")]
            Self::Postgres(ref pools) => Driver::Postgres(pools.acquire(patience).await?),
            #[cfg(feature = "mysql")]
            Self::MySql(ref pools) => Driver::MySql(pools.acquire(patience).await?),
        };
        Ok(Connection::of(driver, self.capability(), statements.clone(), patience))
    }

    /// The writing pool as sea-orm's connection.
    pub(crate) fn sea_orm(&self) -> DatabaseConnection {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref pools) => pools.sea_orm(),
            #[cfg(feature = "postgres")]
            Self::Postgres(ref pools) => postgres::sea_orm(pools),
            #[cfg(feature = "mysql")]
            Self::MySql(ref pools) => pools.sea_orm(),
        }
    }

    /// Lends no connection any more, and tells those who wait.
    pub(crate) fn refuse(&self) {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref pools) => pools.refuse(),
            #[cfg(feature = "postgres")]
            Self::Postgres(ref pools) => pools.refuse(),
            #[cfg(feature = "mysql")]
            Self::MySql(ref pools) => pools.refuse(),
        }
    }

    pub(crate) async fn close(&self) {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref pools) => pools.close().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(ref pools) => pools.close().await,
            #[cfg(feature = "mysql")]
            Self::MySql(ref pools) => pools.close().await,
        }
    }
}

/// Why a URL is not opened whose scheme no engine of this build has.
fn not_built(scheme: &str) -> Error {
    let known = ["sqlite", "postgres", "postgresql", "mysql", "mariadb"];
    match known.into_iter().find(|known| *known == scheme) {
        Some(engine) => Error::Incompatible(Incompatible::Engine { engine }),
        None => Error::Malformed(Malformed::UrlScheme),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_that_are_not_built_in_are_named() {
        for engine in ["sqlite", "postgres", "postgresql", "mysql", "mariadb"] {
            assert_eq!(not_built(engine).user(), format!("incompatible: `{engine}` is not supported by this build"));
        }
        assert!(matches!(not_built("c4n4ry"), Error::Malformed(Malformed::UrlScheme)));
    }
}
