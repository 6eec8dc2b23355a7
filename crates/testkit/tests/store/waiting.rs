//! Those who wait for a connection: how many may, and that each has a turn.

use std::cell::Cell;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use recension::store::sea_orm::ConnectionTrait;
use recension::store::{Error, Session, Store};
use tempfile::TempDir;

use crate::engine::READERS_ARE_APART;
use crate::requests;
use crate::support::*;

/// How long a turn is waited for that does not come.
const SOON: Duration = Duration::from_secs(10);

/// A store with one connection that writes, for which so many may wait.
async fn one_connection(waiting_max: u32) -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let url = url(folder.path(), "rwc").await;
    store_at(&url, ByProject).await.close().await;
    let connect = Store::connect(&url).policy(ByProject).connections(1).waiting_max(waiting_max);
    (folder, connect.acquire_timeout(SOON).await.unwrap())
}

#[tokio::test]
async fn g11_as_many_wait_for_a_connection_as_may() {
    let (_folder, store) = one_connection(2).await;
    let session = store.session(&owner());
    let held = session.hold().await.unwrap();
    let (mut first, mut second) = (Box::pin(session.create(job("r1"))), Box::pin(session.create(job("r2"))));
    assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
    let error = session.create(job("r3")).await.unwrap_err();
    assert_eq!(error.user(), "unavailable: the database is not available: too many operations wait for a connection");
    assert!(error.is_transient());
    drop(held);
    assert_eq!([&*first.await.unwrap().request, &*second.await.unwrap().request], ["r1", "r2"]);
    assert!(session.create(job("r3")).await.is_ok(), "nobody waits any more");
}

#[tokio::test]
async fn a_request_that_is_not_let_in_is_not_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let url = url(folder.path(), "rwc").await;
    requests::open(&url).await.close().await;
    let store = requests::connect(&url).connections(1).waiting_max(0).await.unwrap();
    let session = store.session(&owner());
    let held = session.hold().await.unwrap();
    let error = refused_at_once(&session).await;
    assert!(error.user().ends_with("too many operations wait for a connection") && error.is_transient(), "{error:?}");
    drop(held);
    store.close().await;
    let error = refused_at_once(&session).await;
    assert!(error.user().ends_with("store is closed") && !error.is_transient(), "{error:?}");
}

/// What a request is told for which nobody waits.
async fn refused_at_once(session: &Session) -> Error {
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let refused = requests::once(session, "k1", requests::order(1)).await.map(drop);
    assert_eq!(begun.elapsed(), Duration::ZERO, "it was tried again: {refused:?}");
    tokio::time::resume();
    refused.unwrap_err()
}

#[tokio::test]
async fn who_does_not_come_by_way_of_the_store_has_a_turn() {
    let (_folder, store) = one_connection(1_000).await;
    let session = store.session(&owner());
    let made = stored(&session, "r0").await;
    let is_done = Cell::new(false);
    let held = session.hold().await.unwrap();
    // One writes and one waits, at each moment.
    let writers = join_all([made.clone(), stored(&held, "r1").await].map(async |mut job| {
        while !is_done.get() {
            let mut edit = job.edit();
            edit.set_progress((job.progress + 1) % 50);
            job = session.save(&edit).await.unwrap();
        }
    }));
    let schema = async {
        let done = store.schema_connection(&SCHEMA).execute_unprepared("SELECT 1").await;
        is_done.set(true);
        done.map(drop)
    };
    let begun = async { drop(held) };
    let (_, done, ()) = tokio::join!(writers, schema, begun);
    assert!(done.is_ok(), "{done:?}");
}

#[tokio::test]
async fn closing_tells_those_who_wait() {
    let (_folder, store) = one_connection(8).await;
    let session = store.session(&owner());
    session.create_many([job("r1"), job("r2"), job("r3")]).await.unwrap();
    let held = session.hold().await.unwrap();
    let mut waiting = Box::pin(session.hold());
    assert!(waiting.as_mut().now_or_never().is_none());
    // A reader, where they are apart, is waited for before the connection that writes.
    let mut stream = if READERS_ARE_APART { session.find::<Job>().stream() } else { held.find::<Job>().stream() };
    stream.try_next().await.unwrap();
    let mut closing = Box::pin(store.close());
    assert!(closing.as_mut().now_or_never().is_none(), "a connection is in use");
    let told = waiting.now_or_never();
    assert!(matches!(told, Some(Err(Error::Unavailable(_)))), "{told:?}");
    assert!(matches!(session.hold().await, Err(Error::Unavailable(_))));
    drop((stream, held));
    closing.await;
}
