//! One connection, whatever its engine, and transactions on it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use recension_model::{ObjectName, Revision};
use tokio::time::Instant;

#[cfg(feature = "mysql")]
use super::mysql;
use super::patience::Patience;
#[cfg(feature = "postgres")]
use super::postgres;
use super::progress::Progress;
#[cfg(feature = "sqlite")]
use super::sqlite;
use crate::capability::Capability;
use crate::observe::{self, Lease};

/// The same with the connection of each driver.
macro_rules! on_driver {
    ($driver:expr, $connection:ident => $run:expr) => {
        match $driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite($connection) => $run,
            #[cfg(feature = "postgres")]
            Driver::Postgres($connection) => $run,
            #[cfg(feature = "mysql")]
            Driver::MySql($connection) => $run,
        }
    };
}

#[cfg(feature = "faults")]
mod armed;
mod raw;
mod statement;
mod transaction;
#[cfg(not(feature = "faults"))]
mod unarmed;

/// The connection of a driver.
pub(super) enum Driver {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Connection),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Connection),
    #[cfg(feature = "mysql")]
    MySql(mysql::Connection),
}

/// What was in the way of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// The locks or the writes of others, as the engine says.
    Contention,
    /// The connection was lost before the COMMIT got there, for certain.
    Lost,
    /// A row of this object had been written since it had this revision.
    Conflict(&'static ObjectName, Revision),
}

/// One connection, lent by a pool. A transaction that is still open when it is dropped is rolled back
/// before anyone else gets the connection.
pub(crate) struct Connection {
    driver: Driver,
    capability: &'static Capability,
    statements: Arc<AtomicU64>,
    open: bool,
    broken: bool,
    /// Whether there is nobody at the other end any more.
    lost: bool,
    /// Whether an answer was not waited for to its end.
    silent: bool,
    spoiled: bool,
    /// Whether a statement failed that takes its transaction with it.
    failed: bool,
    /// Whether the engine may have taken the transaction back without the driver, which thinks that it is open.
    ended: bool,
    /// What was in the way of the transaction, so that it may do if it is run again.
    obstacle: Option<Obstacle>,
    /// How far the last statement has come.
    progress: Progress,
    /// Whether the next statement is a unit by itself.
    unit: bool,
    patience: Patience,
    /// What is to go wrong in a test.
    #[cfg(feature = "faults")]
    gate: armed::Gate,
    _lease: Lease,
}

impl Connection {
    pub(super) fn of(driver: Driver, capability: &'static Capability, statements: Arc<AtomicU64>, patience: Patience) -> Self {
        Self {
            driver,
            capability,
            statements,
            open: false,
            broken: false,
            lost: false,
            silent: false,
            spoiled: false,
            failed: false,
            ended: false,
            obstacle: None,
            progress: Progress::default(),
            unit: false,
            patience,
            #[cfg(feature = "faults")]
            gate: armed::Gate::default(),
            _lease: Lease::of(capability),
        }
    }

    /// The answers to what is sent from now on are waited for until then at most.
    pub(crate) const fn set_end(&mut self, until: Option<Instant>) {
        self.patience.until = until;
    }

    /// No answer came in the time allowed. A server is told so by closing the connection; a database that is here goes on with the
    /// statement, and whatever comes next waits for that.
    fn fall_silent(&mut self) {
        self.silent = true;
        self.fail(true, false);
        if on_driver!(&self.driver, connection => connection.is_remote()) {
            self.lose();
        }
    }

    /// There is nobody at the other end any more.
    fn lose(&mut self) {
        self.lost = true;
        self.discard();
    }

    /// Whether there is nobody at the other end any more.
    pub(crate) const fn is_lost(&self) -> bool {
        self.lost
    }

    /// Whether the time was over before something of the transaction was answered.
    pub(crate) const fn is_silent(&self) -> bool {
        self.silent
    }

    /// The pool shall not give this connection to anyone else.
    fn discard(&mut self) {
        self.broken = true;
        on_driver!(&mut self.driver, connection => connection.discard());
    }

    /// Whether it must not be used any more.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken || self.is_cut() || on_driver!(&self.driver, connection => connection.is_beginning())
    }

    /// Whether a statement was dropped on its way, and nobody can tell its answer from that of the next one.
    fn is_cut(&self) -> bool {
        let survives: bool = on_driver!(&self.driver, connection => connection.survives_cut());
        !survives && self.progress.is(Progress::ON_ITS_WAY)
    }

    /// Whether a write of the open transaction was not whole, the engine has given the transaction up, or nobody can tell what it would
    /// answer, so that nothing of it may be committed.
    pub(crate) fn is_spoiled(&self) -> bool {
        self.spoiled || self.failed || self.is_cut()
    }

    /// Says whether a write of the open transaction was not whole.
    pub(crate) const fn set_spoiled(&mut self, spoiled: bool) {
        self.spoiled = spoiled;
    }

    /// What was in the way is of no interest any more.
    pub(crate) const fn forget_obstacle(&mut self) {
        self.obstacle = None;
    }

    /// What was in the way of the transaction that was begun last, or of a write since.
    pub(crate) const fn obstacle(&self) -> Option<Obstacle> {
        self.obstacle
    }

    /// A row was found at another revision than was expected.
    pub(crate) fn found_conflict(&mut self, object: &'static ObjectName, expected: Revision) {
        observe::conflict(object);
        if self.obstacle.is_none() {
            self.obstacle = Some(Obstacle::Conflict(object, expected));
        }
    }

    /// A statement failed. Some engines then refuse all others of its transaction, and answer COMMIT as if nothing was
    /// wrong while they roll back. Others do so after some errors (`has_ended`), and run what comes next outside of it.
    const fn fail(&mut self, has_ended: bool, is_contention: bool) {
        if self.open && is_contention {
            self.obstacle = Some(Obstacle::Contention);
        }
        self.failed = self.failed || self.open && (has_ended || self.capability.errors_end_transactions);
    }

    /// A statement failed in a way in which SQLite may have taken the whole transaction back, without its driver.
    fn may_have_ended(&mut self, ends_transaction: bool) {
        let is_remote: bool = on_driver!(&self.driver, connection => connection.is_remote());
        self.ended = self.ended || self.open && ends_transaction && !is_remote;
    }

    /// Whether nothing is begun.
    pub(crate) const fn is_idle(&self) -> bool {
        !self.open
    }

    /// When the driver's pool lent it to whoever had it first.
    #[cfg(all(test, feature = "sqlite"))]
    pub(super) fn since(&self) -> Option<std::time::Instant> {
        on_driver!(&self.driver, connection => connection.since())
    }

    fn count(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
        observe::statement(self.capability);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.abandon();
        if self.is_cut() {
            self.discard();
        }
        if self.progress.is(Progress::DONE) && !self.is_broken() {
            on_driver!(&mut self.driver, connection => connection.set_clean());
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("open", &self.open).finish_non_exhaustive()
    }
}
