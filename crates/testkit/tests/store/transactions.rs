//! Transactions and held connections.

use std::future::Future;
use std::task::{Context, Waker};
use std::time::Duration;

use recension::Revision;
use recension::store::{Error, Malformed, Store};

use crate::engine::{READERS_ARE_APART, slow_inserts};
use crate::support::*;

#[tokio::test]
async fn a_transaction_commits_on_ok() {
    let store = store().await;
    let session = store.session(&owner());
    let id = session
        .transaction(async |tx| {
            assert!(tx.is_in_transaction());
            let made = stored(tx, "r1").await;
            let mut edit = made.edit();
            edit.set_progress(1);
            Ok(tx.save(&edit).await?.id)
        })
        .await
        .unwrap();
    assert_eq!(session.get::<Job>(id).await.unwrap().revision(), Revision(2));
}

#[tokio::test]
async fn a_transaction_is_rolled_back_on_err() {
    let store = store().await;
    let session = store.session(&owner());
    let error = session
        .transaction(async |tx| -> Result<(), Error> {
            stored(tx, "r1").await;
            tx.get::<Job>(99).await?;
            Ok(())
        })
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }));
    assert_eq!(session.find::<Job>().count().await.unwrap(), 0);
}

#[tokio::test]
async fn work_may_have_an_error_of_its_own() {
    #[derive(Debug)]
    enum Mine {
        Store(Error),
        Own,
    }
    impl From<Error> for Mine {
        fn from(error: Error) -> Self {
            Self::Store(error)
        }
    }
    let store = store().await;
    let session = store.session(&owner());
    let own = session
        .transaction_as(async |tx| {
            tx.create(job("r1")).await?;
            Err::<(), _>(Mine::Own)
        })
        .await;
    assert!(matches!(own, Err(Mine::Own)));
    let theirs = session.transaction_as(async |tx| Ok::<_, Mine>(tx.get::<Job>(1).await?.id)).await;
    assert!(matches!(theirs, Err(Mine::Store(Error::NotFound { .. }))));
}

#[tokio::test]
async fn a_transaction_is_rolled_back_when_it_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    for store in [store().await, file_store(folder.path()).await] {
        for held in [false, true] {
            let session = store.session(&owner());
            let session = if held { session.hold().await.unwrap() } else { session };
            let work = session.transaction(async |tx| {
                stored(tx, "r1").await;
                std::future::pending::<Result<(), Error>>().await
            });
            assert!(tokio::time::timeout(Duration::from_millis(100), work).await.is_err());
            assert_eq!(session.find::<Job>().count().await.unwrap(), 0);
            // The connection is as good as new.
            stored(&session, "r2").await;
            assert_eq!(session.find::<Job>().count().await.unwrap(), 1);
            session.delete(&session.find::<Job>().one().await.unwrap().unwrap()).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s21_a_rollback_whose_future_was_dropped_leaves_no_transaction_open() {
    let folder = tempfile::tempdir().unwrap();
    for store in [store().await, file_store(folder.path()).await] {
        for held in [false, true] {
            let session = store.session(&owner());
            let session = if held { session.hold().await.unwrap() } else { session };
            // BEGIN, and then the one to come.
            let rollback = store.statements() + 2;
            let mut failing = Box::pin(session.transaction(async |_| Err::<(), _>(Error::Malformed(Malformed::Url))));
            let mut cx = Context::from_waker(Waker::noop());
            while store.statements() < rollback && failing.as_mut().poll(&mut cx).is_pending() {}
            drop(failing);
            let halfway = session.transaction(async |tx| {
                stored(tx, "r1").await;
                std::future::pending::<Result<(), Error>>().await
            });
            assert!(tokio::time::timeout(Duration::from_millis(100), halfway).await.is_err());
            let made = stored(&session, "r2").await;
            assert_eq!(session.find::<Job>().count().await.unwrap(), 1);
            session.delete(&made).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_session_does_not_outlive_its_transaction() {
    let store = store().await;
    let session = store.session(&owner());
    let leaked = session.transaction(async |tx| Ok(tx.clone())).await.unwrap();
    assert!(matches!(leaked.create(job("r1")).await.unwrap_err(), Error::Internal(_)));
    assert!(matches!(leaked.find::<Job>().count().await.unwrap_err(), Error::Internal(_)));
    assert_eq!(session.find::<Job>().count().await.unwrap(), 0);
}

#[tokio::test]
async fn a_write_that_changed_nothing_leaves_the_rest_of_its_transaction() {
    let store = store().await;
    let session = store.session(&owner());
    session
        .transaction(async |tx| {
            stored(tx, "r1").await;
            assert!(matches!(tx.create(job("r1")).await.unwrap_err(), Error::AlreadyExists { .. }));
            assert!(matches!(tx.get::<Job>(99).await.unwrap_err(), Error::NotFound { .. }));
            stored(tx, "r3").await;
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(session.find::<Job>().count().await.unwrap(), 2);
}

#[tokio::test]
async fn a_statement_that_broke_a_constraint_leaves_the_rest_of_its_transaction() {
    let store = store().await;
    let session = store.session(&owner());
    session
        .transaction(async |tx| {
            let first = stored(tx, "r1").await;
            assert!(matches!(tx.create(job("r2").progress(66)).await.unwrap_err(), Error::Internal(_)));
            stored(tx, "r3").await;
            let mut edit = first.edit();
            edit.set_request("r3");
            assert!(matches!(tx.save(&edit).await.unwrap_err(), Error::AlreadyExists { .. }));
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(session.find::<Job>().count().await.unwrap(), 2);
}

#[tokio::test]
async fn a_write_that_was_dropped_halfway_is_never_committed() {
    let store = store().await;
    let session = store.session(&owner());
    slow_inserts(&store).await;
    let committed = session
        .transaction(async |tx| {
            stored(tx, "r1").await;
            // Polled once, so that its statements are on their way, and dropped.
            let mut write = Box::pin(tx.create(job("r2")));
            assert!(write.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            drop(write);
            Ok(())
        })
        .await;
    assert!(matches!(committed, Err(Error::Internal(_))));
    assert_eq!(session.find::<Job>().count().await.unwrap(), 0);
}

#[tokio::test]
async fn a_nested_transaction_joins_the_outer_one() {
    let store = store().await;
    let session = store.session(&owner());
    let error = session
        .transaction(async |tx| {
            tx.transaction(async |inner| {
                stored(inner, "r1").await;
                Ok(())
            })
            .await?;
            assert_eq!(tx.find::<Job>().count().await?, 1);
            tx.get::<Job>(99).await.map(|_| ())
        })
        .await;
    assert!(error.is_err());
    assert_eq!(session.find::<Job>().count().await.unwrap(), 0);
}

#[tokio::test]
async fn a_held_session_keeps_its_connection() {
    let folder = tempfile::tempdir().unwrap();
    let store = file_store(folder.path()).await;
    let held = store.session(&owner()).hold().await.unwrap();
    let made = stored(&held, "r1").await;
    assert_eq!(held.get::<Job>(made.id).await.unwrap().request, "r1");
    let both = held
        .transaction(async |tx| {
            let mut edit = made.edit();
            edit.set_progress(3);
            tx.save(&edit).await
        })
        .await
        .unwrap();
    assert_eq!(both.revision(), Revision(2));
    let clone = held.clone();
    drop(held);
    assert_eq!(clone.find::<Job>().count().await.unwrap(), 1);
    drop(clone);
    stored(&store.session(&owner()), "r2").await;
}

#[tokio::test]
async fn waiting_for_a_connection_has_an_end() {
    let folder = tempfile::tempdir().unwrap();
    file_store(folder.path()).await.close().await;
    let store = Store::connect(&url(folder.path(), "rw").await)
        .policy(ByProject)
        .connections(1)
        .acquire_timeout(Duration::from_millis(500))
        .await
        .unwrap();
    let held = store.session(&owner()).hold().await.unwrap();
    let error = store.session(&owner()).create(job("r1")).await.unwrap_err();
    assert!(matches!(&error, Error::Deadline(_)), "{error:?}");
    assert!(error.is_transient());
    if READERS_ARE_APART {
        assert_eq!(store.session(&owner()).find::<Job>().count().await.unwrap(), 0);
    }
    drop(held);
    stored(&store.session(&owner()), "r1").await;
}

#[tokio::test]
async fn a_transaction_begins_and_ends_once() {
    let store = store().await;
    let session = store.session(&owner());
    let sent = store.statements();
    session.transaction(async |tx| tx.get::<Job>(1).await.map(|_| ()).or(Ok(()))).await.unwrap();
    assert_eq!(store.statements() - sent, 3);
}

#[tokio::test]
async fn a_write_runs_to_its_end_when_its_future_is_dropped() {
    let store = store().await;
    for index in 0..50_u64 {
        let session = store.session(&owner());
        let request = format!("r{index}");
        let write = session.create(job(&request));
        let _ = tokio::time::timeout(Duration::from_micros(index * 20), write).await;
        // Whole or not at all, and the connection is clean either way.
        let found = session.find::<Job>().filter(Job::COLUMN.request.eq(&request)).all().await.unwrap();
        assert!(found.iter().all(|job| job.revision() == Revision(1)));
        session.transaction(async |tx| tx.find::<Job>().count().await).await.unwrap();
    }
}

#[tokio::test]
async fn sessions_can_be_sent_to_other_tasks() {
    let store = store().await;
    let session = store.session(&owner());
    let task = tokio::spawn(async move {
        session
            .transaction(async |tx| {
                stored(tx, "r1").await;
                Ok(())
            })
            .await
    });
    task.await.unwrap().unwrap();
}

/// What was read before the transaction is as old the second time.
#[tokio::test]
async fn a_conflict_with_what_was_read_before_is_an_answer() {
    let store = store().await;
    let session = store.session(&owner());
    let old = stored(&session, "r1").await;
    let mut edit = old.edit();
    edit.set_progress(1);
    session.save(&edit).await.unwrap();
    let runs = std::sync::atomic::AtomicU32::new(0);
    let again = session
        .transaction(async |tx| {
            runs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            stored(tx, "lost").await;
            tx.save(&edit).await.map(|_| ())
        })
        .await;
    assert!(matches!(again, Err(Error::Conflict { expected: Revision(1), actual: Revision(2), .. })), "{again:?}");
    assert_eq!(runs.into_inner(), 2);
    assert_eq!(session.find::<Job>().count().await.unwrap(), 1);
}
