//! A connection that a pool has lent, and transactions on it: the same with every driver.

use std::ops::{Deref, DerefMut};
#[cfg(test)]
use std::time::Instant;

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, Database, SqlStr};
use sqlx_core::transaction::TransactionManager;

use super::pool::Kept;
use super::queue::Turn;
use crate::error::{Failure, classify, classify_commit};

/// What is particular to a driver about transactions.
pub(crate) trait Transactional: Database {
    /// Whether the driver takes a transaction back whose BEGIN nobody waited for.
    const UNDOES_CUT_BEGIN: bool;
    /// Whether the driver knows what a connection has yet to answer when a statement was dropped while it was on its way.
    const SURVIVES_CUT: bool;
    /// Whether the driver leaves the other rows where they are when it is asked for one, for whatever comes next to read.
    const LEAVES_ROWS: bool;
    /// Whether the database is elsewhere, and hears of a connection that is closed.
    const IS_REMOTE: bool;
}

/// A connection, lent by a pool.
pub(crate) struct Lent<DB: Transactional> {
    /// Holds the connection until this is dropped.
    turn: Turn<Kept<DB>>,
    /// Whether nothing is open on it, and nothing on its way.
    is_clean: bool,
    /// BEGIN was sent and not answered, and the driver does not undo it.
    beginning: bool,
}

impl<DB: Transactional> Lent<DB> {
    pub(super) const fn of(turn: Turn<Kept<DB>>) -> Self {
        Self { turn, is_clean: false, beginning: false }
    }

    /// When the driver's pool lent it to whoever had it first.
    #[cfg(test)]
    pub(super) fn since(&self) -> Option<Instant> {
        self.turn.held().map(|kept| kept.since)
    }

    /// Nothing is open on it, and nothing on its way: whoever is next may have it as it is.
    pub(super) const fn set_clean(&mut self) {
        self.is_clean = true;
    }

    /// Whether the BEGIN of a transaction was sent and nobody saw its answer, so that nobody knows whether one is open.
    pub(super) const fn is_beginning(&self) -> bool {
        self.beginning
    }

    /// See [`Transactional::SURVIVES_CUT`].
    #[expect(clippy::unused_self, reason = "asked of a connection whose driver is not known")]
    pub(super) const fn survives_cut(&self) -> bool {
        DB::SURVIVES_CUT
    }

    /// See [`Transactional::IS_REMOTE`].
    #[expect(clippy::unused_self, reason = "asked of a connection whose driver is not known")]
    pub(super) const fn is_remote(&self) -> bool {
        DB::IS_REMOTE
    }

    pub(super) async fn begin(&mut self, statement: SqlStr) -> Result<(), Failure> {
        self.beginning = !DB::UNDOES_CUT_BEGIN;
        DB::TransactionManager::begin(self, Some(statement)).await.map_err(classify)?;
        self.beginning = false;
        Ok(())
    }

    pub(super) async fn commit(&mut self) -> Result<(), Failure> {
        DB::TransactionManager::commit(self).await.map_err(classify_commit)
    }

    pub(super) async fn rollback(&mut self) -> Result<(), Failure> {
        DB::TransactionManager::rollback(self).await.map_err(classify)
    }

    pub(super) fn start_rollback(&mut self) {
        DB::TransactionManager::start_rollback(self);
    }

    /// Closes the connection rather than giving it back: what state it is in is not known.
    pub(super) fn discard(&mut self) {
        self.connection_mut().close_on_drop();
    }

    /// Waits for the end of a statement that was cut off.
    ///
    /// # Errors
    /// That it failed.
    pub(super) async fn settle(&mut self) -> Result<(), Failure> {
        self.ping().await.map_err(classify)
    }

    #[expect(clippy::expect_used, reason = "it is taken by `drop` alone")]
    const fn connection(&self) -> &PoolConnection<DB> {
        &self.turn.held().expect("there until it is dropped").connection
    }

    #[expect(clippy::expect_used, reason = "it is taken by `drop` alone")]
    const fn connection_mut(&mut self) -> &mut PoolConnection<DB> {
        &mut self.turn.held_mut().expect("there until it is dropped").connection
    }
}

impl<DB: Transactional> Deref for Lent<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        self.connection()
    }
}

impl<DB: Transactional> DerefMut for Lent<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        self.connection_mut()
    }
}

impl<DB: Transactional> Drop for Lent<DB> {
    fn drop(&mut self) {
        if self.beginning {
            self.discard();
        }
        if !self.is_clean {
            // It goes back before the turn is over.
            drop(self.turn.take());
        }
    }
}
