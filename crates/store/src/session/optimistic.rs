//! Work that needs no transaction, run again where what it read was changed meanwhile.

use super::Session;
use super::retry::Runs;
use crate::Error;
use crate::engine::Obstacle;
use crate::observe;

impl Session {
    /// Runs `work` on one connection, without a transaction: for work that reads, and ends with one write that compares what was
    /// read, such as [`save`](Self::save). That write alone is whole or nothing; BEGIN and COMMIT would be two more round trips.
    ///
    /// After a [`Conflict`](Error::Conflict) that `work` returned an error for it is run again, from the first read, as
    /// [`transaction`](Self::transaction) is. Where the same conflict comes back, what it is based on was read before, and the error
    /// is the answer. What `work` has of its own is a clone each time, and it must use the session that it is given. On the session of a
    /// transaction it is a part of that.
    ///
    /// What a transaction has beside that it has not: there is no [token](crate::Connect::commit_tokens) by which a write that was not answered
    /// is found out, and a connection that turns out to be dead is an error.
    ///
    /// # Errors
    /// Those of `work`, and of connecting.
    pub async fn optimistic<T, W>(&self, work: W) -> Result<T, Error>
    where
        W: AsyncFnOnce(&Self) -> Result<T, Error> + Clone,
    {
        self.optimistic_as(work).await
    }

    /// As [`optimistic`](Self::optimistic), for work with an error type of its own.
    ///
    /// # Errors
    /// As [`optimistic`](Self::optimistic).
    pub async fn optimistic_as<T, E, W>(&self, work: W) -> Result<T, E>
    where
        E: From<Error>,
        W: AsyncFnOnce(&Self) -> Result<T, E> + Clone,
    {
        if self.is_in_transaction() {
            return work(self).await;
        }
        let mut runs = Runs::begin(self.retry_timeout());
        let mut before = None;
        loop {
            let (result, obstacle) = {
                // It is not held while the next run is waited for.
                let session = self.hold().await?;
                session.forget_obstacle().await?;
                let result = work.clone()(&session).await;
                let obstacle = if result.is_err() { session.obstacle().await } else { None };
                (result, obstacle)
            };
            let may_do = matches!(obstacle, Some(Obstacle::Conflict(..))) && obstacle != before;
            if result.is_ok() || !may_do || !runs.again().await {
                return result;
            }
            before = obstacle;
            observe::run_again(obstacle);
            tracing::debug!(?obstacle, "what was read was changed meanwhile: it is read again");
        }
    }

    async fn forget_obstacle(&self) -> Result<(), Error> {
        let mut lent = self.lend(true).await.map_err(super::Stop::plain)?;
        lent.connection().map_err(super::Stop::plain)?.forget_obstacle();
        Ok(())
    }

    /// What was in the way of what was done last.
    async fn obstacle(&self) -> Option<Obstacle> {
        self.lend(true).await.ok()?.connection().ok()?.obstacle()
    }
}
