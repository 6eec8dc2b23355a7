//! Where a session gets its connection from.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::Either;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::Instant;

use super::{Session, Stop};
use crate::Error;
use crate::engine::Connection;
use crate::error::Fault;
use crate::replica::Reads;

/// A place for a connection that several clones of a session share. One operation at a time has it.
pub(super) type Shared = Arc<Mutex<Option<Connection>>>;

/// Where a session gets its connection from.
#[derive(Clone)]
pub(super) enum Line {
    /// From the pools, for each operation.
    Pool,
    /// One connection, held. The place is empty after a transaction on it was dropped halfway; it is
    /// filled again from the pool then.
    Held(Shared),
    /// The connection of a transaction. The place is empty once the transaction has ended.
    Transaction(Shared),
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pool => "pool",
            Self::Held(_) => "held",
            Self::Transaction(_) => "transaction",
        })
    }
}

/// A connection for the duration of one operation.
pub(super) enum Lent {
    Own(Box<Connection>),
    Shared(OwnedMutexGuard<Option<Connection>>),
}

impl Lent {
    pub(super) fn connection(&mut self) -> Result<&mut Connection, Stop> {
        match self {
            Self::Own(connection) => Ok(connection),
            Self::Shared(place) => place.as_mut().ok_or_else(ended),
        }
    }
}

/// Waits for the place of a connection no longer than for one of the pool: whoever has it may be waiting for
/// this very operation, as one does who writes for each object of a stream.
pub(super) async fn lock(place: &Shared, patience: Duration) -> Result<OwnedMutexGuard<Option<Connection>>, Error> {
    let locked = tokio::time::timeout(patience, place.clone().lock_owned()).await;
    locked.map_err(|_| Error::Deadline(Fault::of_us("the connection of the session is in use")))
}

fn ended() -> Stop {
    Stop::Error(Error::Internal(Fault::of_us("the transaction of this session has ended")))
}

impl Session {
    /// The same session on one held connection, until it and its clones are dropped. Worth it for many small
    /// calls in a row: each saves taking a connection from the pool. The connection is one that writes, so
    /// on an engine with a single writer all others wait to write meanwhile.
    ///
    /// # Errors
    /// [`Error::Deadline`] when no connection is free in time; [`Error::Unavailable`] when as many wait for one as
    /// [may](crate::Connect::waiting_max); those of connecting.
    pub async fn hold(&self) -> Result<Self, Error> {
        match &self.line {
            Line::Pool => {
                let connection = self.acquire(true).await.map_err(Stop::plain)?;
                Ok(Self { line: Line::Held(Arc::new(Mutex::new(Some(connection)))), ..self.clone() })
            }
            Line::Held(_) | Line::Transaction(_) => Ok(self.clone()),
        }
    }

    /// Whether the session is that of a transaction.
    #[must_use]
    pub const fn is_in_transaction(&self) -> bool {
        matches!(self.line, Line::Transaction(_))
    }

    /// A connection for one operation.
    pub(super) async fn lend(&self, writes: bool) -> Result<Lent, Stop> {
        match &self.line {
            Line::Pool => {
                let replica = if writes || self.reads == Reads::Writer { None } else { self.acquire_replica().await? };
                Ok(Lent::Own(Box::new(match replica {
                    Some(connection) => connection,
                    None => self.acquire(writes).await?,
                })))
            }
            Line::Held(place) => {
                let mut place = lock(place, self.acquire_timeout()).await?;
                if let Some(connection) = place.as_mut() {
                    connection.set_end(self.until);
                    connection.settle().await;
                }
                if place.as_ref().is_none_or(Connection::is_broken) {
                    *place = None;
                    *place = Some(self.acquire(true).await?);
                }
                Ok(Lent::Shared(place))
            }
            Line::Transaction(place) => {
                let mut place = lock(place, self.acquire_timeout()).await?;
                place.as_mut().ok_or_else(ended)?.set_end(self.until);
                Ok(Lent::Shared(place))
            }
        }
    }

    /// A connection of the pool, if there is one in time.
    pub(super) async fn acquire(&self, writes: bool) -> Result<Connection, Stop> {
        let mut connection = self.in_time(self.store.acquire(writes)).await??;
        connection.set_end(self.until);
        Ok(connection)
    }

    /// What comes of being lent a connection, if it does in time.
    pub(super) fn in_time<R>(&self, lent: impl Future<Output = R>) -> impl Future<Output = Result<R, Error>> {
        // Not `async`: it would have room for the future twice.
        match self.until {
            None => Either::Left(lent.map(Ok)),
            Some(until) => Either::Right(
                tokio::time::timeout_at(until, lent)
                    .map(|lent| lent.map_err(|_| Error::Deadline(Fault::of_us("no free connection in the time allowed")))),
            ),
        }
    }

    /// Whether each operation has a connection of its own.
    pub(super) const fn is_of_pool(&self) -> bool {
        matches!(self.line, Line::Pool)
    }

    /// The same session, whose operations must all be over after that time, counted from now; where it is over sooner already, that
    /// stays. See [`until`](Self::until).
    #[must_use]
    pub fn within(&self, time: Duration) -> Self {
        Instant::now().checked_add(time).map_or_else(|| self.clone(), |until| self.until(until))
    }

    /// The same session, whose operations must all be over at that moment: what is not is [`Error::Deadline`], also when it is still
    /// waiting for a connection, for a lock or for being run again. For a request with a time of its own, on each session that
    /// serves it: `session.within(time).transaction(..)` is a unit of work with a deadline.
    ///
    /// A transaction that has no time left is rolled back, and nothing of it is sent any more. A COMMIT that is on its way then, or a
    /// write by itself, is [`Error::CommitUnknown`] instead. The connection to a server is closed, which takes back what it was at;
    /// SQLite goes on with the statement that it has begun, and who comes next waits for that.
    #[must_use]
    pub fn until(&self, moment: Instant) -> Self {
        Self { until: Some(self.until.map_or(moment, |until| until.min(moment))), ..self.clone() }
    }

    /// How much of a time is left.
    fn left_of(&self, time: Duration) -> Duration {
        self.until.map_or(time, |until| until.saturating_duration_since(Instant::now()).min(time))
    }

    pub(super) fn acquire_timeout(&self) -> Duration {
        self.left_of(self.store.acquire_timeout())
    }

    pub(super) fn retry_timeout(&self) -> Duration {
        self.left_of(self.store.retry_timeout())
    }
}
