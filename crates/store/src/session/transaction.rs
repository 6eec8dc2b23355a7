//! Several operations that happen together or not at all.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};

use super::hold::{Lent, Line, Shared, lock};
use super::retry::{Runs, Tries};
use super::{Session, Stop};
use crate::engine::{Connection, Obstacle};
use crate::error::{Failure, Fault};
use crate::observe::{self, Watch};
use crate::replica::Written;
use crate::session::write::as_task;
use crate::{CommitToken, Error, Outcome};

impl Session {
    /// Runs `work` in a transaction: committed when it returns `Ok`, rolled back when it returns `Err` or
    /// its future is dropped. COMMIT and ROLLBACK run to their end even if the future is dropped meanwhile.
    ///
    /// Where others were in the way (a deadlock, an order that could not be kept, a lock that was not let go, a cluster that
    /// took another's write first), all of it is run again, from the first read, whatever `work` returned: ten times at most,
    /// within [`Connect::retry_timeout`](crate::Connect::retry_timeout), after a wait that is random and grows, and as long as
    /// not more than a tenth of the transactions of the process are run again. So `work` must do nothing but through the session
    /// that it is given; what it has of its own is a clone each time.
    ///
    /// It is run again after a [`Conflict`](Error::Conflict) that it returned an error for, too: what it read within itself is
    /// read anew. Where the same conflict comes back, what it is based on was read before, and the error is the answer.
    ///
    /// So it is where the connection turned out to be dead when it was begun, and where its COMMIT was lost and is known not to have got
    /// there ([`Connect::commit_tokens`](crate::Connect::commit_tokens)).
    ///
    /// A write in it that did not get to its end, or wrote what the policy does not allow, spoils the
    /// transaction: even if `work` returns `Ok` afterwards, all of it is taken back. On PostgreSQL so does every statement that
    /// fails, but for a [`create`](Self::create) of what exists already.
    ///
    /// `work` must use the session it is given. What this one does is not of the transaction: it takes another connection, where there is one,
    /// is committed by itself, and again for each run; where there is none, it waits for the one that the transaction has. Called on the session of a transaction, `work` joins that transaction: nothing is committed
    /// before the outer one ends, and what it wrote before it failed is taken back only if the outer one
    /// fails too.
    ///
    /// # Errors
    /// Those of `work`; [`Error::Internal`] for a spoiled transaction; [`Error::Contention`] when the lock cannot be had;
    /// [`Error::CommitUnknown`] when the database did not say whether it committed, and it could not be found out
    /// ([`Connect::commit_tokens`](crate::Connect::commit_tokens)); [`Error::Unavailable`] when it was found out that it was not; and
    /// others of the database.
    pub async fn transaction<T, W>(&self, work: W) -> Result<T, Error>
    where
        W: AsyncFnOnce(&Self) -> Result<T, Error> + Clone,
    {
        self.transaction_as(work).await
    }

    /// As [`transaction`](Self::transaction), for work with an error type of its own.
    ///
    /// # Errors
    /// As [`transaction`](Self::transaction).
    pub async fn transaction_as<T, E, W>(&self, work: W) -> Result<T, E>
    where
        E: From<Error>,
        W: AsyncFnOnce(&Self) -> Result<T, E> + Clone,
    {
        if self.is_in_transaction() {
            return work(self).await;
        }
        let mut runs = Runs::begin(self.retry_timeout());
        let mut before = None;
        let mut watch = Watch::of_transaction();
        loop {
            let Run { result, obstacle } = self.run(work.clone(), &mut watch).await;
            let may_do = match obstacle {
                None => false,
                Some(Obstacle::Contention | Obstacle::Lost) => true,
                Some(Obstacle::Conflict(..)) => obstacle != before,
            };
            if result.is_ok() || !may_do || !runs.again().await {
                return result;
            }
            before = obstacle;
            observe::run_again(obstacle);
            tracing::debug!(?obstacle, "others were in the way of a transaction: it is run again");
        }
    }

    /// Runs the transaction once.
    async fn run<T, E, W>(&self, work: W, watch: &mut Watch) -> Run<T, E>
    where
        E: From<Error>,
        W: AsyncFnOnce(&Self) -> Result<T, E>,
    {
        let open = match Open::begin(self).await {
            Ok(open) => open,
            Err((stop, obstacle)) => {
                let error = stop.plain();
                watch.failed(&error);
                return Run { result: Err(error.into()), obstacle };
            }
        };
        let session = Self { line: Line::Transaction(open.place.clone()), ..self.clone() };
        match work(&session).await {
            Ok(value) => {
                let token = open.token;
                let Run { result, obstacle } = open.commit(self.written.clone()).await;
                let Run { result, obstacle } = match (result, token) {
                    (Err(Error::CommitUnknown { fault, .. }), Some(token)) => self.found_out(token, fault).await,
                    (result, _) => Run { result, obstacle },
                };
                watch.ended(&result);
                Run { result: result.map(|()| value).map_err(E::from), obstacle }
            }
            Err(error) => {
                watch.rolled_back();
                Run { obstacle: open.rollback().await, result: Err(error) }
            }
        }
    }
}

impl Session {
    /// What has come of a transaction whose COMMIT was not answered.
    async fn found_out(&self, token: CommitToken, fault: Fault) -> Run<(), Error> {
        let (result, obstacle) = match self.outcome(token).await {
            Some(Outcome::Committed) => (Ok(()), None),
            Some(Outcome::NotCommitted) => (Err(Error::Unavailable(fault)), Some(Obstacle::Lost)),
            _ => (Err(Error::CommitUnknown { token: Some(token), fault }), None),
        };
        if !matches!(result, Err(Error::CommitUnknown { .. })) {
            observe::found_out(result.is_ok());
        }
        // Where it was committed, that may have been since its COMMIT was given up.
        self.written.more();
        tracing::warn!(%token, code = result.as_ref().err().map(Error::code), "COMMIT was not answered, and its outcome was asked for");
        Run { result, obstacle }
    }

    /// The outcome, if it can be found out in the time that a transaction has to be run again.
    async fn outcome(&self, token: CommitToken) -> Option<Outcome> {
        let mut tries = Tries::within(self.retry_timeout());
        loop {
            match tries.in_time(self.store.resolve(token)).await? {
                Ok(outcome) => return Some(outcome),
                Err(error) if error.is_transient() && tries.again().await => {}
                Err(_) => return None,
            }
        }
    }
}

/// What has come of a transaction.
struct Run<T, E> {
    result: Result<T, E>,
    /// What was in its way, where it may do if it is run again: not where its outcome is not known.
    obstacle: Option<Obstacle>,
}

impl Stop {
    pub(super) fn plain(self) -> Error {
        match self {
            Self::Failure(failure) => failure.plain(),
            Self::Error(error) | Self::TakeBack(error) => error,
        }
    }
}

/// An open transaction: its connection, and the held session that it came from.
struct Open {
    place: Shared,
    held: Option<OwnedMutexGuard<Option<Connection>>>,
    /// The session that it is of: how long the end waits for an operation that has the connection, and when all must be over.
    session: Session,
    /// What tells later whether it was committed.
    token: Option<CommitToken>,
}

impl Open {
    /// What went wrong, and what was in the way.
    async fn begin(session: &Session) -> Result<Self, (Stop, Option<Obstacle>)> {
        let (mut connection, held) = Self::connection(session).await.map_err(|stop| (stop, None))?;
        let token = session.store.commit_token();
        let begun = match token {
            Some(token) => connection.begin_with(token).await,
            None => connection.begin().await,
        };
        begun.map_err(|failure| {
            let lost = failure.is_of_lost_connection().then_some(Obstacle::Lost);
            let obstacle = if failure.is_contention() { Some(Obstacle::Contention) } else { lost };
            (Stop::Failure(failure), obstacle)
        })?;
        Ok(Self { place: Arc::new(Mutex::new(Some(connection))), held, session: session.clone(), token })
    }

    /// A connection, and the place of the held session that it is from.
    async fn connection(session: &Session) -> Result<(Connection, Option<OwnedMutexGuard<Option<Connection>>>), Stop> {
        Ok(match session.lend(true).await? {
            Lent::Own(connection) => (*connection, None),
            Lent::Shared(mut place) => match place.take() {
                Some(connection) => (connection, Some(place)),
                None => (session.acquire(true).await?, Some(place)),
            },
        })
    }

    async fn commit(self, written: Arc<Written>) -> Run<(), Error> {
        let refused = |error| Run { result: Err(error), obstacle: None };
        // A clone of the session that outlives the work must not find the connection any more.
        let taken = match lock(&self.place, self.session.acquire_timeout()).await {
            Ok(mut place) => place.take(),
            Err(error) => return refused(error),
        };
        let Some(mut connection) = taken else {
            return refused(Error::Internal(Fault::of_us("the connection of a transaction is gone")));
        };
        connection.set_end(self.session.until);
        let mut open = self;
        let done = async move {
            let result = end(&mut connection).await;
            written.more();
            let obstacle = connection.obstacle().filter(|_| !matches!(result, Err(Error::CommitUnknown { .. })));
            open.give_back(connection);
            Ok(Run { result, obstacle })
        };
        as_task(done).await.unwrap_or_else(refused)
    }

    /// What was in the way.
    async fn rollback(mut self) -> Option<Obstacle> {
        // A clone that keeps it beyond the end has it rolled back when it lets go.
        let Ok(mut place) = lock(&self.place, self.session.acquire_timeout()).await else { return None };
        let mut connection = place.take()?;
        connection.set_end(self.session.until);
        let obstacle = connection.obstacle();
        let done = async move {
            if let Err(failure) = connection.rollback().await {
                tracing::warn!(?failure, "rollback failed, the connection is closed");
            }
            self.give_back(connection);
            Ok(())
        };
        if let Err(error) = as_task(done).await {
            tracing::warn!(code = error.code(), "rollback did not get to its end, the connection is dropped");
        }
        obstacle
    }

    fn give_back(&mut self, connection: Connection) {
        if let Some(held) = &mut self.held {
            // One that is broken keeps its place in the pool for as long as somebody has it.
            **held = Some(connection).filter(|connection| !connection.is_broken());
        }
    }
}

/// Commits what is whole, and takes the rest back.
async fn end(connection: &mut Connection) -> Result<(), Error> {
    if connection.is_spoiled() {
        connection.rollback().await.map_err(Failure::plain)?;
        if connection.is_silent() {
            return Err(Failure::of_silence(false).plain());
        }
        if connection.is_lost() {
            return Err(Error::Unavailable(Fault::of_us("connection was lost, and the transaction with it")));
        }
        if connection.obstacle() == Some(Obstacle::Contention) {
            return Err(Error::Contention(Fault::of_us("others were in the way of the transaction")));
        }
        return Err(Error::Internal(Fault::of_us("a write was not whole, so its transaction was taken back")));
    }
    let committed = connection.commit().await;
    if committed.is_err() && connection.rollback().await.is_err() {
        tracing::warn!("rollback after a failed commit failed, the connection is closed");
    }
    committed.map_err(Failure::plain)
}

impl Drop for Open {
    /// The future of the transaction was dropped: roll back before anyone else gets the connection. If a clone
    /// of the session is just using it elsewhere, it is rolled back when the last clone is dropped.
    fn drop(&mut self) {
        let taken = self.place.try_lock().ok().and_then(|mut place| place.take());
        if let Some(mut connection) = taken {
            connection.abandon();
            self.give_back(connection);
        }
    }
}
