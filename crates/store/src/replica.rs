//! Reading from servers that follow the one that is written.
//!
//! A server that follows lags behind. What a session has written itself it shall read there too, so the position of the writer after
//! its last write is asked for when it first reads from a follower, which is then waited for to get there. A cluster waits by itself.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::capability::Positions;
use crate::engine::{Connection, Patience, PoolOptions, Pools, Prepared};
use crate::error::Failure;
use crate::{Error, Malformed};

/// The shortest and the longest wait before a replica is asked again how far it is.
const FIRST_WAIT: Duration = Duration::from_millis(1);
const LONGEST_WAIT: Duration = Duration::from_millis(50);
/// How long one that is there may take to be connected to and to answer.
const SHORTEST_PATIENCE: Duration = Duration::from_secs(1);
/// How long one that was not there is not tried again.
const AWAY_FOR: Duration = Duration::from_secs(5);

/// Where a session reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    /// From the server that it writes.
    Writer,
    /// From one that follows, once that has what the session has written.
    OwnWrites,
    /// From one that follows, as far as that is.
    Stale,
}

/// A position in the history of a database, such as that after a write: what is read from a replica by a session that is
/// [`after`](crate::Session::after) it has that write in it. It may be sent to another program, and its text kept in a cookie; it says
/// nothing of what was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(u64);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

impl FromStr for Position {
    type Err = Error;

    /// Reads the text of a position.
    ///
    /// # Errors
    /// [`Malformed::Position`] for a text that is none.
    fn from_str(text: &str) -> Result<Self, Error> {
        let is_plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let number = is_plain.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        number.map(Self).ok_or(Error::Malformed(Malformed::Position))
    }
}

/// What a session and its clones have written.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// How often something may have been.
    times: AtomicU64,
    /// How many of them the position is after.
    known: AtomicU64,
    position: AtomicU64,
}

impl Written {
    /// Something may have been written.
    pub(crate) fn more(&self) {
        self.times.fetch_add(1, Ordering::AcqRel);
    }

    /// Nothing older is read.
    pub(crate) fn reached(&self, position: Position) {
        self.position.fetch_max(position.0, Ordering::AcqRel);
    }
}

/// Servers that follow the one that is written.
#[derive(Default)]
pub(crate) struct Replicas {
    all: Vec<Replica>,
    next: AtomicUsize,
    /// How long one that lags is waited for.
    patience: Duration,
}

struct Replica {
    /// Connections that see what was written, sooner or later.
    current: Pools,
    /// Those that wait for nothing, where the others do by themselves.
    stale: Option<Pools>,
    /// Until when it is not tried, since it was not there.
    away_until: Mutex<Option<Instant>>,
}

impl Replicas {
    /// Opens the pools of replicas.
    ///
    /// # Errors
    /// As for the writer, but for one that is away; [`Incompatible::Unsupported`](crate::Incompatible::Unsupported) for what cannot
    /// follow it.
    pub(crate) async fn open(urls: &[String], writer: &Pools, options: PoolOptions, patience: Duration) -> Result<Self, Error> {
        let mut all = Vec::with_capacity(urls.len());
        for url in urls {
            let (current, stale) = Pools::open_replica(url, options, writer).await?;
            all.push(Replica { current, stale, away_until: Mutex::default() });
        }
        Ok(Self { all, next: AtomicUsize::new(0), patience })
    }

    fn pools(&self) -> impl Iterator<Item = &Pools> {
        self.all.iter().flat_map(|Replica { current, stale, .. }| [current].into_iter().chain(stale))
    }

    /// Lends no connection any more, and tells those who wait.
    pub(crate) fn refuse(&self) {
        self.pools().for_each(Pools::refuse);
    }

    pub(crate) async fn close(&self) {
        for pools in self.pools() {
            pools.close().await;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// A connection to one of them that is as far as `position`; none where none is in time, and the writer is to be asked.
    pub(crate) async fn acquire(
        &self,
        reads: Reads,
        position: Position,
        statements: &Arc<AtomicU64>,
        patience: Patience,
    ) -> Option<Connection> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        for place in 0..self.all.len() {
            let replica = self.all.get((first.wrapping_add(place)) % self.all.len())?;
            if replica.is_away() {
                continue;
            }
            let wait = self.patience.max(SHORTEST_PATIENCE);
            let patience = Patience { acquire: patience.acquire.min(wait), ..patience };
            let acquire = replica.acquire(reads, position, statements, (patience, self.patience));
            // As long for the connection as for what it says.
            match tokio::time::timeout(2 * wait, acquire).await {
                Ok(Ok(Some(connection))) => return Some(connection),
                Ok(Ok(None)) => tracing::debug!("a replica lags: another server is read"),
                // It has too much to do, and is there.
                Ok(Err(failure)) if failure.is_of_queue() => tracing::debug!("too many wait for a replica: another server is read"),
                Ok(Err(failure)) => {
                    let error = failure.plain();
                    tracing::warn!(code = error.code(), "a replica cannot be read: another server is");
                    replica.set_away();
                }
                Err(_) => {
                    tracing::warn!("a replica does not answer: another server is read");
                    replica.set_away();
                }
            }
        }
        None
    }
}

impl Replica {
    async fn acquire(
        &self,
        reads: Reads,
        position: Position,
        statements: &Arc<AtomicU64>,
        (patience, lag_max): (Patience, Duration),
    ) -> Result<Option<Connection>, Failure> {
        let pools = if reads == Reads::Stale { self.stale.as_ref().unwrap_or(&self.current) } else { &self.current };
        let mut connection = pools.acquire(false, statements, patience).await?;
        connection.set_end(patience.until);
        let positions = match pools.capability().positions {
            Some(positions) if reads == Reads::OwnWrites => positions,
            _ => return Ok(Some(connection)),
        };
        let until = Instant::now() + lag_max;
        let mut wait = FIRST_WAIT;
        loop {
            // One that follows nobody any more may have another history. So it is asked each time, and nothing is kept.
            let Some(replayed) = ask(&mut connection, positions.replayed).await? else { return Ok(None) };
            if replayed >= position {
                return Ok(Some(connection));
            }
            if Instant::now() + wait >= until || patience.is_over() {
                return Ok(None);
            }
            pause(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    fn is_away(&self) -> bool {
        self.away_until.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| Instant::now() < until)
    }

    fn set_away(&self) {
        *self.away_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + AWAY_FOR);
    }
}

#[expect(clippy::disallowed_methods, reason = "a server does not say when it has got somewhere")]
async fn pause(wait: Duration) {
    tokio::time::sleep(wait).await;
}

/// Where the database of a connection is.
async fn ask(connection: &mut Connection, sql: &str) -> Result<Option<Position>, Failure> {
    let mut found = None;
    let query = Prepared::of(sql.to_owned());
    connection
        .query(query, |row| {
            found = row.integer(0).ok().flatten().and_then(|position| u64::try_from(position).ok()).map(Position);
            Ok::<_, Failure>(())
        })
        .await?;
    Ok(found)
}

/// The position after what was written, which is asked for on a connection to the writer where it is not known yet.
pub(crate) async fn position_after(
    written: &Written,
    positions: Option<Positions>,
    writer: impl Future<Output = Result<Connection, Failure>>,
) -> Result<Position, Failure> {
    let times = written.times.load(Ordering::Acquire);
    if let Some(positions) = positions.filter(|_| written.known.load(Ordering::Acquire) < times) {
        let position = ask(&mut writer.await?, positions.now).await?;
        written.reached(position.unwrap_or_default());
        // Last: whoever reads at the same time asks as well, rather than not at all.
        written.known.fetch_max(times, Ordering::AcqRel);
    }
    Ok(Position(written.position.load(Ordering::Acquire)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_was_written() {
        for position in [0, 1, 0x16b_3748, u64::MAX].map(Position) {
            assert_eq!(position.to_string().parse::<Position>().unwrap(), position);
        }
        for text in ["", "0/16B3748", "-1", "+1", "x", "10000000000000000"] {
            assert!(matches!(text.parse::<Position>(), Err(Error::Malformed(Malformed::Position))), "{text}");
        }
    }
}
