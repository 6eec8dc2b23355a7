//! How long the database is waited for.

use std::time::Duration;

use tokio::time::Instant;

/// How long a connection, and the answer to a statement on it, are waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For the connection: for a turn, and for the pool of the driver.
    pub(crate) acquire: Duration,
    /// For each answer, and for each row of one that is taken row by row.
    pub(crate) statement: Duration,
    /// When all must be over.
    pub(crate) until: Option<Instant>,
}

impl Patience {
    /// Until when the answer to what is sent now is waited for.
    fn end(&self) -> Instant {
        let end = after(self.statement);
        self.until.map_or(end, |until| until.min(end))
    }

    /// Until when a connection that is asked for now is waited for.
    pub(super) fn end_of_acquire(&self) -> Instant {
        after(self.acquire)
    }

    /// Whether there is no time left.
    pub(crate) fn is_over(&self) -> bool {
        self.until.is_some_and(|until| until <= Instant::now())
    }

    /// What is answered, if it is in time.
    pub(super) async fn wait<A>(&self, answer: impl Future<Output = A>) -> Option<A> {
        tokio::time::timeout_at(self.end(), answer).await.ok()
    }
}

/// The moment so long from now. A time that no clock reaches is none at all.
fn after(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).unwrap_or_else(|| now + Duration::from_secs(86_400 * 365))
}
