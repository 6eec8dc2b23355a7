//! Beginning, committing and taking back a transaction.

use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};

use super::{Connection, Driver, Obstacle};
use crate::CommitToken;
use crate::engine::Prepared;
use crate::engine::progress::Progress;
use crate::error::{Failure, classify, classify_commit};

impl Connection {
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
        let inserted = self.execute(Prepared::of(insert)).await;
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
        self.progress.set(Progress::ON_ITS_WAY);
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
                if failure.is_contention() {
                    self.progress.set(Progress::DONE);
                } else {
                    self.discard();
                }
                return Err(failure);
            }
            None => {
                self.fall_silent();
                return Err(Failure::of_silence(false));
            }
        }
        self.progress.set(Progress::DONE);
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
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use std::task::{Context, Waker};
    use std::time::Duration;

    use crate::engine::patience::Patience;
    use crate::engine::{PoolOptions, Pools};

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
            waiting_max: 8,
            insecure_tls: false,
        };
        let patience = Patience { acquire: acquire_timeout, statement: statement_timeout, until: None };
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
