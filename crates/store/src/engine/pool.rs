//! A pool of the driver's, and the queue of those who wait for a connection of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::Pool as SqlxPool;
use sqlx::pool::PoolConnection;
use tokio::time::timeout_at;

use super::PoolOptions;
use super::lent::{Lent, Transactional};
use super::patience::Patience;
use super::queue::{NoTurn, Queue};
use crate::error::{Failure, classify};

/// How long a connection is passed on before it goes back to the driver's pool, which tries it, renews one that is old, and lends it to
/// those who do not come by way of the queue. One that was held for longer is not known to be good.
pub(super) const PASSED_ON_FOR: Duration = Duration::from_secs(1);

/// Connections of one kind, lent in turn.
///
/// A connection that is given back to the driver's pool is tried first, which is a round trip in a task of its own. Where someone waits for it
/// and its last statement has been answered in full, it is passed on as it is.
pub(crate) struct Pool<DB: sqlx::Database> {
    connections: SqlxPool<DB>,
    queue: Arc<Queue<Kept<DB>>>,
}

/// A connection of the driver's pool.
pub(super) struct Kept<DB: sqlx::Database> {
    pub(super) connection: PoolConnection<DB>,
    /// When the driver's pool lent it.
    pub(super) since: Instant,
}

impl<DB: Transactional> Pool<DB> {
    pub(super) fn of(connections: SqlxPool<DB>, options: &PoolOptions) -> Self {
        let turns = connections.options().get_max_connections();
        let as_size = |number| usize::try_from(number).unwrap_or(usize::MAX);
        Self { connections, queue: Queue::of(as_size(turns), as_size(options.waiting_max)) }
    }

    /// Waits for a connection.
    pub(super) async fn acquire(&self, patience: Patience) -> Result<Lent<DB>, Failure> {
        let end = patience.end_of_acquire();
        let turn = timeout_at(end, self.queue.turn()).await.map_err(|_| Failure::of_late_turn())?;
        let mut turn = turn.map_err(|none| match none {
            NoTurn::Full => Failure::of_full_queue(),
            NoTurn::Closed => classify(sqlx::Error::PoolClosed),
        })?;
        if turn.held().is_some_and(|kept| kept.since.elapsed() >= PASSED_ON_FOR) {
            drop(turn.take());
        }
        if turn.held().is_none() {
            // In a box: a pool connects, which is as deep in futures as the compiler follows, and each operation would be as deep.
            let acquired = timeout_at(end, Box::pin(self.connections.acquire())).await;
            let connection = acquired.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map_err(classify)?;
            turn.hold(Kept { connection, since: Instant::now() });
        }
        Ok(Lent::of(turn))
    }

    /// The driver's pool, for those who do not come by way of the queue.
    pub(super) const fn connections(&self) -> &SqlxPool<DB> {
        &self.connections
    }

    /// Lends no connection any more, and tells those who wait.
    pub(super) fn refuse(&self) {
        self.queue.close();
        // Those whose turn it is are told as it is called, whether its end is waited for or not.
        drop(self.connections.close());
    }

    /// Closes all connections, once those in use are given back.
    pub(super) async fn close(&self) {
        self.refuse();
        self.connections.close().await;
    }
}

impl<DB: sqlx::Database> Clone for Pool<DB> {
    /// The same pool.
    fn clone(&self) -> Self {
        Self { connections: self.connections.clone(), queue: self.queue.clone() }
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests;
