//! Several operations that happen together or not at all.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};

use super::hold::{Lent, Line, Shared, lock};
use super::{Session, Stop};
use crate::Error;
use crate::engine::Connection;
use crate::error::{Failure, Fault};
use crate::session::write::to_the_end;

impl Session {
    /// Runs `work` in a transaction: committed when it returns `Ok`, rolled back when it returns `Err` or
    /// its future is dropped. COMMIT and ROLLBACK run to their end even if the future is dropped meanwhile.
    ///
    /// A write in it that did not get to its end, or wrote what the policy does not allow, spoils the
    /// transaction: even if `work` returns `Ok` afterwards, all of it is taken back. On PostgreSQL so does every statement that
    /// fails, but for a [`create`](Self::create) of what exists already.
    ///
    /// `work` must use the session it is given; this one would wait for the connection that the transaction
    /// has. Called on the session of a transaction, `work` joins that transaction: nothing is committed
    /// before the outer one ends, and what it wrote before it failed is taken back only if the outer one
    /// fails too.
    ///
    /// # Errors
    /// Those of `work`; [`Error::Internal`] for a spoiled transaction; [`Error::Contention`] when the lock cannot be had, [`Error::CommitUnknown`] when the
    /// database did not say whether it committed, and others of the database.
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
        let open = Open::begin(self).await.map_err(Stop::plain)?;
        let session = Self { line: Line::Transaction(open.place.clone()), ..self.clone() };
        // The clone is for running the work again; the bound is there before the feature, so that adding it
        // breaks nobody.
        let result = work.clone()(&session).await;
        match result {
            Ok(value) => {
                open.commit().await?;
                Ok(value)
            }
            Err(error) => {
                open.rollback().await;
                Err(error)
            }
        }
    }
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
    /// How long the end waits for an operation that has the connection.
    patience: Duration,
}

impl Open {
    async fn begin(session: &Session) -> Result<Self, Stop> {
        let (mut connection, held) = match session.lend(true).await? {
            Lent::Own(connection) => (connection, None),
            Lent::Shared(mut place) => match place.take() {
                Some(connection) => (connection, Some(place)),
                None => (session.store.acquire(true).await?, Some(place)),
            },
        };
        connection.begin().await?;
        Ok(Self { place: Arc::new(Mutex::new(Some(connection))), held, patience: session.store.acquire_timeout() })
    }

    async fn commit(self) -> Result<(), Error> {
        // A clone of the session that outlives the work must not find the connection any more.
        let taken = lock(&self.place, self.patience).await?.take();
        let Some(mut connection) = taken else {
            return Err(Error::Internal(Fault::of_us("the connection of a transaction is gone")));
        };
        let mut open = self;
        let done = async move {
            if connection.is_spoiled() {
                let taken_back = connection.rollback().await;
                open.give_back(connection);
                taken_back.map_err(Failure::plain)?;
                return Err(Error::Internal(Fault::of_us("a write was not whole, so its transaction was taken back")));
            }
            let committed = connection.commit().await;
            if committed.is_err() && connection.rollback().await.is_err() {
                tracing::warn!("rollback after a failed commit failed, the connection is closed");
            }
            open.give_back(connection);
            committed.map_err(Failure::plain)
        };
        to_the_end(done).await
    }

    async fn rollback(mut self) {
        // A clone that keeps it beyond the end has it rolled back when it lets go.
        let Ok(mut place) = lock(&self.place, self.patience).await else { return };
        let Some(mut connection) = place.take() else { return };
        let done = async move {
            if let Err(failure) = connection.rollback().await {
                tracing::warn!(?failure, "rollback failed, the connection is closed");
            }
            self.give_back(connection);
            Ok(())
        };
        if let Err(error) = to_the_end(done).await {
            tracing::warn!(code = error.code(), "rollback did not get to its end, the connection is dropped");
        }
    }

    fn give_back(&mut self, connection: Connection) {
        if let Some(held) = &mut self.held {
            **held = Some(connection);
        }
    }
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
