//! What is the same with every engine that is a server: its pool, and the way to it.

mod way;

use std::future::Future;
use std::time::Duration;

use sqlx::pool::PoolOptions as SqlxOptions;
use sqlx::{AssertSqlSafe, Connection as _, Executor};

pub(super) use way::Way;

use super::PoolOptions;
use super::lent::Transactional;
use super::pool::Pool;
use crate::error::{Error, Fault, classify};

/// How long a connection may have been idle to be lent without being tried. A round trip for each would be as much as a
/// read by key; a server that went away meanwhile is noticed by the statement itself.
const TRUSTED_FOR: Duration = Duration::from_secs(5);

/// A pool that connects when it is first asked, and runs `settings` on each connection. Each reads and writes.
pub(super) fn pool<DB: Transactional>(
    to: <DB::Connection as sqlx::Connection>::Options,
    options: &PoolOptions,
    settings: String,
) -> Pool<DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    let connections = SqlxOptions::<DB>::new()
        .max_connections(options.connections.max(1))
        .acquire_timeout(options.acquire_timeout)
        .test_before_acquire(false)
        .before_acquire(|connection, about| {
            Box::pin(async move {
                // One that does not answer is closed, and the next one taken.
                Ok(about.idle_for < TRUSTED_FOR || connection.ping().await.is_ok())
            })
        })
        .after_connect(move |connection, _| {
            let settings = settings.clone();
            Box::pin(async move { connection.execute(AssertSqlSafe(settings)).await.map(|_| ()) })
        })
        .connect_lazy_with(to);
    Pool::of(connections, options)
}

/// What a server answers to a first question on a connection of its own. A pool would try again until its own time is over,
/// and say no more than that.
///
/// # Errors
/// [`Error::Deadline`] when it does not answer in time, and those of connecting.
pub(super) async fn asked<A>(timeout: Duration, ask: impl Future<Output = Result<A, sqlx::Error>>) -> Result<A, Error> {
    let asked = tokio::time::timeout(timeout, ask).await;
    asked.map_err(|_| Error::Deadline(Fault::of_us("the server does not answer")))?.map_err(|error| classify(error).plain())
}

/// What was found out about a server that need not be there now, or `unknown` where it is not.
///
/// # Errors
/// Those that do not pass by themselves.
pub(super) fn may_be_away<A>(checked: Result<A, Error>, unknown: A) -> Result<A, Error> {
    match checked {
        Err(error) if error.is_transient() => {
            tracing::warn!(code = error.code(), "a replica is not there: it is read as soon as it is");
            Ok(unknown)
        }
        checked => checked,
    }
}
