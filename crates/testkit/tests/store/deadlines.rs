//! What takes too long is given up, and nothing of it stays behind.
//!
//! What must not be late is done by a store that has time: only what is late for certain has little.

use std::cell::Cell;
use std::time::{Duration, Instant};

use recension::Persisted;
use recension::store::sea_orm::{ConnectionTrait, Statement};
use recension::store::{Error, Store};
use tempfile::TempDir;

use crate::engine::{BACKEND, READERS_ARE_APART, SLOW, UNSTICK, stuck_inserts};
use crate::support::*;

/// Shorter than anything slow.
const SHORT: Duration = Duration::from_millis(200);
/// Longer than anything.
const LONG: Duration = Duration::from_secs(300);

/// A store that has time, and one with a single connection that waits so long for a statement.
async fn stores(statement_timeout: Duration) -> (TempDir, Store, Store) {
    let folder = tempfile::tempdir().unwrap();
    let url = url(folder.path(), "rwc").await;
    store_at(&url, ByProject).await.close().await;
    let patient = Store::connect(&url).policy(ByProject).busy_timeout(LONG).await.unwrap();
    let connect = Store::connect(&url).policy(ByProject).connections(1).retry_timeout(Duration::ZERO);
    (folder, patient, connect.statement_timeout(statement_timeout).await.unwrap())
}

/// Waits until whoever is at it has heard that nobody waits any more.
async fn settled(store: &Store, sql: &str, expected: i64) {
    let begun = Instant::now();
    while number(store, sql).await != expected {
        assert!(begun.elapsed() < LONG, "{sql}");
        tokio::task::yield_now().await;
    }
}

/// Waits until then.
async fn over(late: Instant) {
    while Instant::now() <= late {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn g11_a_statement_that_is_not_answered_is_given_up() {
    let (_folder, patient, store) = stores(SHORT).await;
    let session = store.session(&owner());
    let asked = session.unscoped(&SCHEMA).query_one_raw(Statement::from_string(BACKEND, SLOW)).await;
    let asked = asked.map(|_| ()).map_err(|error| error.to_string());
    assert!(matches!(&asked, Err(error) if error.contains("no answer in the time allowed")), "{asked:?}");
    stuck_inserts(&patient).await;
    let error = session.create(job("r1")).await.unwrap_err();
    assert!(matches!(error, Error::CommitUnknown { token: None, .. } | Error::Deadline(_)), "{error:?}");
    let error = session.transaction(async |tx| tx.create(job("r2")).await).await.unwrap_err();
    assert!(matches!(error, Error::Deadline(_)) && error.is_transient(), "{error:?}");
    settled(&patient, "SELECT count(*) FROM jobs WHERE request = 'r2'", 0).await;
    // The one connection is a new one, or it has waited for the end.
    let begun = Instant::now();
    while let Err(error) = session.find::<Job>().count().await {
        assert!(error.is_transient() && begun.elapsed() < LONG, "{error:?}");
    }
}

#[tokio::test]
async fn g11_a_session_that_has_no_time_left_sends_nothing() {
    let (_folder, store, _) = stores(LONG).await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    let mut edit = made.edit();
    edit.set_progress(1);
    let sent = store.statements();
    let late = session.within(Duration::ZERO);
    assert!(matches!(late.get::<Job>(made.id).await, Err(Error::Deadline(_))));
    assert!(matches!(late.save(&edit).await, Err(Error::Deadline(_))));
    assert!(matches!(late.create(job("r2")).await, Err(Error::Deadline(_))));
    let is_begun = Cell::new(false);
    let done = late.transaction(async |_| {
        is_begun.set(true);
        Ok(())
    });
    assert!(matches!(done.await, Err(Error::Deadline(_))) && !is_begun.get());
    // A longer time does not bring it back.
    assert!(matches!(late.within(LONG).get::<Job>(made.id).await, Err(Error::Deadline(_))));
    assert_eq!(store.statements(), sent);
    assert!(session.within(Duration::MAX).get::<Job>(made.id).await.is_ok(), "the session that it was made of has all its time");
}

#[tokio::test]
async fn g11_a_unit_of_work_that_is_late_is_taken_back() {
    let (_folder, patient, store) = stores(LONG).await;
    let session = store.session(&owner());
    // Late at COMMIT.
    let late = Instant::now() + SHORT;
    let in_time = session.within(SHORT);
    let done = in_time.transaction(async |tx| {
        tx.create(job("r1")).await?;
        over(late).await;
        Ok(())
    });
    let done = done.await;
    assert!(matches!(done, Err(Error::Deadline(_))), "{done:?}");
    // Late before a statement, and the work does not heed its error.
    let late = Instant::now() + SHORT;
    let in_time = session.within(SHORT);
    let done = in_time.transaction(async |tx| {
        tx.create(job("r2")).await?;
        over(late).await;
        assert!(matches!(tx.create(job("r3")).await, Err(Error::Deadline(_))));
        Ok(())
    });
    let done = done.await;
    assert!(matches!(done, Err(Error::Deadline(_))), "{done:?}");
    // Late while a statement is on its way.
    stuck_inserts(&patient).await;
    let done = session.within(SHORT).transaction(async |tx| tx.create(job("r4")).await.map(|_| ())).await;
    assert!(matches!(done, Err(Error::Deadline(_))), "{done:?}");
    settled(&patient, "SELECT count(*) FROM jobs", 0).await;
    // The connection is as good as new.
    run(&patient, UNSTICK).await;
    let made: Persisted<Job> = session.transaction(async |tx| tx.create(job("r5")).await).await.unwrap();
    assert_eq!(session.get::<Job>(made.id).await.unwrap().request, "r5");
}

#[tokio::test]
async fn g11_waiting_for_a_connection_is_part_of_the_time() {
    let (_folder, _, store) = stores(LONG).await;
    let session = store.session(&owner());
    let held = session.hold().await.unwrap();
    let error = session.within(SHORT).create(job("r1")).await.unwrap_err();
    assert!(matches!(&error, Error::Deadline(fault) if fault.to_string().contains("no free connection in the time allowed")), "{error:?}");
    if !READERS_ARE_APART {
        assert!(matches!(session.within(SHORT).find::<Job>().count().await, Err(Error::Deadline(_))));
    }
    // Whoever uses the held one is waited for no longer.
    let mut stream = held.find::<Job>().stream();
    held.create(job("r2")).await.unwrap();
    held.create(job("r3")).await.unwrap();
    assert!(stream.try_next().await.unwrap().is_some());
    assert!(matches!(held.within(SHORT).find::<Job>().count().await, Err(Error::Deadline(_))));
    drop((stream, held));
    assert!(session.within(LONG).create(job("r1")).await.is_ok());
}
