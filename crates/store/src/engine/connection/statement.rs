//! Sending a statement, and what its end says of the connection.

use super::{Connection, Driver};
#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
use crate::engine::driver::{self, classifier};
use crate::engine::progress::Progress;
use crate::engine::{Prepared, Row};
use crate::error::{Failure, classify};

impl Connection {
    /// Counts a statement that is about to be sent. Where the one before was cut off, its end is waited for: what it says of
    /// its failure is not about this one.
    ///
    /// # Errors
    /// That the transaction has failed already, or that there is no time left: then nothing is sent.
    pub(super) async fn start(&mut self) -> Result<(), Failure> {
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
                on_driver!(&mut self.driver, connection => patience.wait(driver::execute(&mut **connection, statement, is_unit)).await)
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

    /// Runs a query and shows each row as it arrives, to the last one or until `each` fails.
    pub(crate) async fn query<E: From<Failure>>(&mut self, statement: Prepared, each: impl FnMut(&Row) -> Result<(), E>) -> Result<(), E> {
        let (is_unit, patience) = (std::mem::take(&mut self.unit), self.patience);
        self.start().await?;
        let done: Option<Result<Result<(), E>, Failure>> = match self.meet(false).await {
            Some(error) => Some(Err(classifier(is_unit)(error))),
            None => {
                on_driver!(&mut self.driver, connection => patience.wait(driver::query(&mut **connection, statement, is_unit, each)).await)
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
        F: Future<Output = Result<(), E>> + Send,
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
            on_driver!(&mut self.driver, connection => driver::query_slowly(&mut **connection, statement, patience, each).await);
        let done = self.after(done, classify);
        self.ended(done)
    }
}
