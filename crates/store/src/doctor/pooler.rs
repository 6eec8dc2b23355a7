//! Whether something between us and PostgreSQL lends its sessions for one transaction each, as PgBouncer does in the mode of that name.
//!
//! It says so nowhere. But the session that one connection of ours had is free once its statement is done, and such a pooler
//! gives the next one that asks the session that was freed last: so while a transaction of a second connection has it, the first
//! gets another, or none. A server has a session for each connection, whatever happens.

use std::time::Duration;

use super::ask::Asked;
use crate::Store;
use crate::engine::Connection;
use crate::error::Failure;

/// How long a second connection is waited for, or an answer that a pooler may hold back.
const PATIENCE: Duration = Duration::from_secs(2);

const SESSION: &str = "SELECT pg_backend_pid()::text";

async fn session(connection: &mut Connection, store: &Store) -> Result<String, Failure> {
    let [id] = Asked { connection, capability: store.capability() }.row(SESSION).await?;
    Ok(id)
}

/// Whether the sessions of two connections are shared. Where the store may have but one connection it is not known, and
/// said not to be so.
pub(super) async fn shares_sessions(store: &Store, first: &mut Connection) -> Result<bool, Failure> {
    let Ok(Ok(mut second)) = tokio::time::timeout(PATIENCE, store.acquire(true)).await else { return Ok(false) };
    let before = session(first, store).await?;
    second.begin().await?;
    let shared = shares(store, first, &mut second, &before).await;
    second.rollback().await?;
    shared
}

async fn shares(store: &Store, first: &mut Connection, second: &mut Connection, before: &str) -> Result<bool, Failure> {
    match session(second, store).await {
        Ok(held) if held == before => return Ok(true),
        Ok(_) => {}
        Err(failure) => return failure.is_of_lost_statement().then_some(true).ok_or(failure),
    }
    match tokio::time::timeout(PATIENCE, session(first, store)).await {
        Ok(Ok(after)) => Ok(after != before),
        Ok(Err(failure)) => failure.is_of_lost_statement().then_some(true).ok_or(failure),
        // A pooler that has one session lets us wait for it.
        Err(_) => Ok(true),
    }
}
