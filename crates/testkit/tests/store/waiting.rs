//! Those who wait for a connection: how many may, and that each has a turn.

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use recension::store::sea_orm::ConnectionTrait;
use recension::store::{Error, Store};
use tempfile::TempDir;

use crate::support::*;

/// A store with one connection that writes, for which so many may wait.
async fn one_connection(waiting_max: u32) -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let url = url(folder.path(), "rwc").await;
    store_at(&url, ByProject).await.close().await;
    let store = Store::connect(&url).policy(ByProject).connections(1).waiting_max(waiting_max).await.unwrap();
    (folder, store)
}

#[tokio::test]
async fn g11_as_many_wait_for_a_connection_as_may() {
    let (_folder, store) = one_connection(2).await;
    let session = store.session(&owner());
    let held = session.hold().await.unwrap();
    let (mut first, mut second) = (Box::pin(session.create(job("r1"))), Box::pin(session.create(job("r2"))));
    assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
    // Writes run in tasks of their own.
    for _ in 0..8 {
        tokio::task::yield_now().await;
    }
    let error = session.create(job("r3")).await.unwrap_err();
    assert_eq!(error.user(), "unavailable: the database is not available: too many operations wait for a connection");
    assert!(error.is_transient());
    drop(held);
    assert_eq!([&*first.await.unwrap().request, &*second.await.unwrap().request], ["r1", "r2"]);
    assert!(session.create(job("r3")).await.is_ok(), "nobody waits any more");
}

#[tokio::test]
async fn who_does_not_come_by_way_of_the_store_has_a_turn() {
    const WRITES: usize = 400;
    let (_folder, store) = one_connection(1_000).await;
    let session = store.session(&owner());
    let writes = join_all((0..WRITES).map(|number| session.create(job(&format!("r{number}")))));
    let schema = async {
        // When the writes have the connection, and wait for it.
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
        store.schema_connection(&SCHEMA).execute_unprepared("SELECT 1").await.unwrap();
        store.statements()
    };
    let (writes, sent) = tokio::join!(writes, schema);
    assert!(writes.iter().all(Result::is_ok), "{writes:?}");
    assert!(sent < WRITES as u64, "the schema waited for all {WRITES}");
}

#[tokio::test]
async fn closing_tells_those_who_wait() {
    let (_folder, store) = one_connection(8).await;
    let session = store.session(&owner());
    let held = session.hold().await.unwrap();
    let mut waiting = Box::pin(session.hold());
    assert!(waiting.as_mut().now_or_never().is_none());
    let mut closing = Box::pin(store.close());
    assert!(closing.as_mut().now_or_never().is_none(), "a connection is in use");
    assert!(matches!(waiting.await, Err(Error::Unavailable(_))));
    assert!(matches!(session.hold().await, Err(Error::Unavailable(_))));
    drop(held);
    closing.await;
}
