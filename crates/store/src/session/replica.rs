//! Reading from replicas.

use futures_util::future::BoxFuture;

use super::{Session, Stop};
use crate::Error;
use crate::engine::Connection;
use crate::error::Failure;
use crate::replica::{Position, Reads};

impl Session {
    /// The same session, which reads from the replicas of the store ([`Connect::replica`](crate::Connect::replica)). What this session
    /// and its clones have written is read there too: a replica that lags behind it is waited for, and if that takes too
    /// long ([`Connect::replica_lag`](crate::Connect::replica_lag)) the server that is written is read instead, as where there is no
    /// replica, and where it fails before it has given a row; a stream is not begun again. What others have written may be missing. On a cluster everything is read that was committed before, wherever.
    ///
    /// Writes, transactions and held sessions use the server that is written, as ever; a change that is based on an old row is
    /// found out by its revision.
    #[must_use]
    pub fn reading_replicas(&self) -> Self {
        Self { reads: Reads::OwnWrites, ..self.clone() }
    }

    /// As [`reading_replicas`](Self::reading_replicas), as far as a replica happens to be: also what the session has written may be
    /// missing. For lists that need not be of this moment.
    #[must_use]
    pub fn reading_stale(&self) -> Self {
        Self { reads: Reads::Stale, ..self.clone() }
    }

    /// Where the database is after all that this session has written, for another session that shall see it
    /// ([`after`](Self::after)). It may ask the server that is written.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn position(&self) -> Result<Position, Error> {
        self.in_time(self.store.position(&self.written)).await?.map_err(Failure::plain)
    }

    /// The same session, which reads nothing older than that position.
    #[must_use]
    pub fn after(&self, position: Position) -> Self {
        self.written.reached(position);
        self.clone()
    }

    /// A connection for reading that is not to the server that is written, if that is asked for and there is one in time. Its type is
    /// forgotten, since it is deep in futures, and each read would be as deep.
    pub(super) fn acquire_replica(&self) -> BoxFuture<'_, Result<Option<Connection>, Stop>> {
        Box::pin(async { Ok(self.in_time(self.store.acquire_replica(self.reads, &self.written, self.until)).await?) })
    }

    /// The same session, which reads from the server that it writes: what a write is based on.
    pub(super) fn of_writer(&self) -> Self {
        Self { reads: Reads::Writer, ..self.clone() }
    }

    /// Whether it may read from a server that follows.
    pub(super) fn may_read_replicas(&self) -> bool {
        self.reads != Reads::Writer && self.is_of_pool()
    }
}
