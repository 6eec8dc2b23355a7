//! Whether something between us and the server lends its sessions for one transaction each, as PgBouncer does in the mode of that
//! name. Settings and prepared statements of the store would then be those of another client, so it is refused.
//!
//! It says so nowhere. But the session that one connection of ours had is free once its statement is done, and such a pooler
//! gives the next one that asks the session that was freed last: so while a transaction of a second connection has it, the first
//! gets another, or none. A server has a session for each connection, whatever happens.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, Executor, Row};

/// How long a second connection is waited for, or an answer that a pooler may hold back.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the session of `first` is lent to others. Where it cannot be told it is said not to be.
pub(super) async fn shares_sessions(first: &mut PgConnection, to: &PgConnectOptions) -> bool {
    let told = tokio::time::timeout(PATIENCE, is_lent(first, to)).await;
    told.is_ok_and(|told| told.unwrap_or_default())
}

async fn is_lent(first: &mut PgConnection, to: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    let mut second = PgConnection::connect_with(to).await?;
    let before = session(first).await?;
    second.execute("BEGIN").await?;
    let is_lent = before == session(&mut second).await? || before != session(first).await?;
    second.execute("ROLLBACK").await?;
    second.close().await?;
    Ok(is_lent)
}

/// The session that answers: asked for without preparing anything.
async fn session(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    sqlx::raw_sql("SELECT pg_backend_pid()::text").fetch_one(connection).await?.try_get(0)
}
