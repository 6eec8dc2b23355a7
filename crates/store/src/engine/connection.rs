//! One connection, whatever its engine, and transactions on it.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use recension_model::{ObjectName, Revision};
use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};
use tokio::time::Instant;

#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
use super::driver::{self, classifier};
#[cfg(feature = "mysql")]
use super::mysql;
use super::patience::Patience;
#[cfg(feature = "postgres")]
use super::postgres;
use super::progress::Progress;
#[cfg(feature = "sqlite")]
use super::sqlite;
use super::{Prepared, Row};
use crate::CommitToken;
use crate::capability::Capability;
use crate::error::{Failure, classify, classify_commit};
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

    /// Begins a transaction that will write, and has the row of its token in it.
    pub(crate) async fn begin_with(&mut self, token: CommitToken) -> Result<(), Failure> {
        let insert = token.insert_sql();
        if self.capability.takes_batches && !self.patience.is_over() {
            let begun = self.begin_as(AssertSqlSafe(format!("{}; {insert}", self.capability.begin_write)).into_sql_str()).await;
            if begun.is_err() {
                // Whether it had begun is not known.
                self.discard();
            }
            return begun;
        }
        self.begin().await?;
        let inserted = self.execute(Prepared::of(self.capability, insert)).await;
        if inserted.is_err() {
            self.rollback().await?;
        }
        inserted.map(|_| ())
    }

    /// Begins a transaction that will write.
    pub(crate) async fn begin(&mut self) -> Result<(), Failure> {
        self.begin_as(self.capability.begin_write.into_sql_str()).await
    }

    async fn begin_as(&mut self, statement: SqlStr) -> Result<(), Failure> {
        if self.patience.is_over() {
            return Err(Failure::of_silence(false));
        }
        self.count();
        self.spoiled = false;
        self.failed = false;
        self.ended = false;
        self.silent = false;
        self.obstacle = None;
        let patience = self.patience;
        let begun: Option<Result<(), Failure>> = match self.meet(false).await {
            Some(error) => Some(Err(classify(error))),
            None => on_driver!(&mut self.driver, connection => patience.wait(connection.begin(statement)).await),
        };
        let begun = if matches!(begun, Some(Ok(()))) { Some(self.after_begin().await) } else { begun };
        match begun {
            Some(Ok(())) => self.open = true,
            Some(Err(failure)) => {
                // A connection that is merely locked out is as good as before.
                if !failure.is_contention() {
                    self.discard();
                }
                return Err(failure);
            }
            None => {
                self.fall_silent();
                return Err(Failure::of_silence(false));
            }
        }
        Ok(())
    }

    /// Commits the open transaction.
    pub(crate) async fn commit(&mut self) -> Result<(), Failure> {
        if self.patience.is_over() {
            return Err(Failure::of_silence(false));
        }
        self.count();
        self.progress.set(Progress::ON_ITS_WAY);
        let patience = self.patience;
        let committed: Option<Result<(), Failure>> = match self.meet(true).await {
            Some(error) => Some(Err(classify_commit(error))),
            None => on_driver!(&mut self.driver, connection => patience.wait(connection.commit()).await),
        };
        let Some(committed) = committed else {
            self.fall_silent();
            return Err(Failure::of_silence(true));
        };
        let committed = self.after(committed, classify_commit);
        self.progress.set(Progress::DONE);
        self.open = committed.is_err();
        match &committed {
            Err(failure) if failure.is_contention() => self.obstacle = Some(Obstacle::Contention),
            // A late answer must not be taken for that of the next statement.
            Err(failure) if failure.is_of_lost_connection() => self.lose(),
            Err(failure) => self.may_have_ended(failure.ends_transaction()),
            Ok(()) => {}
        }
        committed
    }

    /// Takes the open transaction back.
    pub(crate) async fn rollback(&mut self) -> Result<(), Failure> {
        if self.is_cut() || self.lost {
            // The server takes the transaction back when the connection is closed.
            self.discard();
            self.open = false;
            return Ok(());
        }
        if self.silent || self.patience.is_over() {
            // Who waits for it has no time any more.
            self.abandon();
            return Ok(());
        }
        self.count();
        self.progress.set(Progress::ON_ITS_WAY);
        let patience = self.patience;
        let done: Option<Result<(), Failure>> = match self.meet(false).await {
            Some(error) => Some(Err(classify(error))),
            None => on_driver!(&mut self.driver, connection => patience.wait(connection.rollback()).await),
        };
        let Some(done) = done else {
            if on_driver!(&self.driver, connection => connection.is_remote()) {
                self.open = false;
                self.discard();
            } else {
                self.abandon();
            }
            return Ok(());
        };
        let done = self.after(done, classify);
        self.progress.set(Progress::DONE);
        // Not before the answer: a driver whose ROLLBACK nobody waited for expects that dropping begins another.
        self.open = false;
        if done.is_err() {
            // The engine may have rolled back by itself (a full disk): do not guess.
            self.discard();
        }
        if self.ended { Ok(()) } else { done }
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

    /// Counts a statement that is about to be sent. Where the one before was cut off, its end is waited for: what it says of
    /// its failure is not about this one.
    ///
    /// # Errors
    /// That the transaction has failed already, or that there is no time left: then nothing is sent.
    async fn start(&mut self) -> Result<(), Failure> {
        if self.patience.is_over() {
            self.silent = true;
            self.fail(true, false);
            return Err(Failure::of_silence(false));
        }
        self.count();
        if self.is_cut() {
            self.discard();
            self.fail(true, false);
            return Err(Failure::of_failed_transaction());
        }
        if !self.progress.is(Progress::DONE) {
            let patience = self.patience;
            let settled: Option<Result<(), Failure>> = on_driver!(&mut self.driver, connection => patience.wait(connection.settle()).await);
            match settled {
                Some(Ok(())) => {}
                Some(Err(failure)) => {
                    self.fail(failure.ends_transaction(), failure.is_contention());
                    self.may_have_ended(failure.ends_transaction());
                }
                None => {
                    self.fall_silent();
                    return Err(Failure::of_silence(false));
                }
            }
            self.progress.set(Progress::DONE);
        }
        if self.failed && self.open {
            return Err(Failure::of_failed_transaction());
        }
        self.progress.set(Progress::ON_ITS_WAY);
        Ok(())
    }

    /// What a query has come to. It was cut off where `each` failed.
    fn ended<E: From<Failure>>(&mut self, done: Result<Result<(), E>, Failure>) -> Result<(), E> {
        if let Err(failure) = done.as_ref().map(|_| ())
            && failure.is_of_silence()
        {
            self.fall_silent();
            return done.map(|_| ()).map_err(E::from);
        }
        let is_cut_off = matches!(done, Ok(Err(_)));
        self.progress.set(if is_cut_off { Progress::AT_A_ROW } else { Progress::DONE });
        match done {
            Ok(each) => each,
            Err(failure) => {
                let is_lost = failure.is_of_lost_connection();
                self.fail(is_lost || failure.ends_transaction(), failure.is_contention());
                self.may_have_ended(failure.ends_transaction());
                if is_lost {
                    self.lose();
                } else if failure.is_of_stale_plan() {
                    self.discard();
                }
                Err(failure.into())
            }
        }
    }

    pub(crate) const fn capability(&self) -> &'static Capability {
        self.capability
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
        self.open = false;
        if self.is_cut() || self.ended {
            // A ROLLBACK that finds nothing fails, and SQLite's driver would then refuse to begin another transaction.
            return self.discard();
        }
        self.count();
        on_driver!(&mut self.driver, connection => connection.start_rollback());
        self.progress.set(Progress::TAKING_BACK);
    }

    /// Waits until a transaction that was abandoned is taken back. Where that fails nobody knows what is open, so the connection is
    /// not used again.
    pub(crate) async fn settle(&mut self) {
        if self.progress.is(Progress::TAKING_BACK) {
            self.progress.set(Progress::ON_ITS_WAY);
            let patience = self.patience;
            let settled: Option<Result<(), Failure>> = on_driver!(&mut self.driver, connection => patience.wait(connection.settle()).await);
            match settled {
                Some(settled) => {
                    self.progress.set(Progress::DONE);
                    if settled.is_err() {
                        self.discard();
                    }
                }
                None => self.fall_silent(),
            }
        }
    }

    /// The next statement is a unit by itself: where no answer comes, nobody knows whether it was done.
    pub(crate) const fn next_is_unit(&mut self) {
        self.unit = true;
    }

    /// Runs a statement; how many rows it changed.
    pub(crate) async fn execute(&mut self, statement: Prepared) -> Result<u64, Failure> {
        let (is_unit, patience) = (std::mem::take(&mut self.unit), self.patience);
        self.start().await?;
        let done: Option<Result<u64, Failure>> = match self.meet(false).await {
            Some(error) => Some(Err(classifier(is_unit)(error))),
            None => {
                on_driver!(&mut self.driver, connection => patience.wait(driver::execute(&mut **connection, statement.0, is_unit)).await)
            }
        };
        let done = self.after(done.unwrap_or_else(|| Err(Failure::of_silence(is_unit))), classifier(is_unit));
        let mut changed = 0;
        self.ended(done.map(|rows| {
            changed = rows;
            Ok::<_, Failure>(())
        }))?;
        Ok(changed)
    }

    /// Runs a query and shows each row as it arrives, until `each` breaks off or fails.
    pub(crate) async fn query<E: From<Failure>>(
        &mut self,
        statement: Prepared,
        each: impl FnMut(&Row) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let (is_unit, patience) = (std::mem::take(&mut self.unit), self.patience);
        self.start().await?;
        let done: Option<Result<Result<(), E>, Failure>> = match self.meet(false).await {
            Some(error) => Some(Err(classifier(is_unit)(error))),
            None => {
                on_driver!(&mut self.driver, connection => patience.wait(driver::query(&mut **connection, statement.0, is_unit, each)).await)
            }
        };
        let done = self.after(done.unwrap_or_else(|| Err(Failure::of_silence(is_unit))), classifier(is_unit));
        self.ended(done)
    }

    /// As [`query`](Self::query), where `each` may take its time: no row is fetched before it is done with the
    /// one before, but for those that the driver has fetched ahead.
    pub(crate) async fn query_slowly<E, F>(&mut self, statement: Prepared, mut each: impl FnMut(Row) -> F + Send) -> Result<(), E>
    where
        E: From<Failure>,
        F: Future<Output = Result<ControlFlow<()>, E>> + Send,
    {
        self.start().await?;
        if let Some(error) = self.meet(false).await {
            return self.ended(Err(classify(error)));
        }
        let (progress, patience) = (&self.progress, &self.patience);
        let each = |row| {
            progress.set(Progress::AT_A_ROW);
            let taken = each(row);
            async {
                let taken = taken.await;
                progress.set(Progress::ON_ITS_WAY);
                taken
            }
        };
        let done: Result<Result<(), E>, Failure> =
            on_driver!(&mut self.driver, connection => driver::query_slowly(&mut **connection, statement.0, patience, each).await);
        let done = self.after(done, classify);
        self.ended(done)
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
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("open", &self.open).finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use std::task::{Context, Waker};
    use std::time::Duration;

    use super::super::{PoolOptions, Pools};

    #[tokio::test]
    async fn s21_a_connection_dropped_while_it_rolls_back_is_clean() {
        let (busy_timeout, acquire_timeout) = (Duration::ZERO, Duration::from_secs(5));
        let (retry_timeout, statement_timeout) = (Duration::ZERO, Duration::from_secs(5));
        let options = PoolOptions {
            busy_timeout,
            acquire_timeout,
            retry_timeout,
            statement_timeout,
            readers: 1,
            connections: 1,
            insecure_tls: false,
        };
        let patience = super::Patience { statement: statement_timeout, until: None };
        let pools = Pools::open("sqlite::memory:", options).await.unwrap();
        let statements = std::sync::Arc::default();
        let (mut cut, mut rounds) = (0, 0);
        // The driver may answer before it is asked twice, so not every round catches it in between.
        while cut < 3 {
            rounds += 1;
            assert!(rounds < 5_000, "no rollback was in flight");
            let mut connection = pools.acquire(true, &statements, patience).await.unwrap();
            connection.begin().await.unwrap();
            let mut rollback = Box::pin(connection.rollback());
            cut += u32::from(rollback.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            drop(rollback);
            drop(connection);
            // Abandoned in the middle.
            pools.acquire(true, &statements, patience).await.unwrap().begin().await.unwrap();
            let mut connection = pools.acquire(true, &statements, patience).await.unwrap();
            connection.begin().await.unwrap();
            connection.rollback().await.unwrap();
        }
    }
}
