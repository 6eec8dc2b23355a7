//! What goes wrong with a server, told alike on each.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use recension::store::sea_orm::ConnectionTrait;
use recension::store::{Error, Store, SystemCapability, commit_table};

use crate::engine::{BACKEND, NOWHERE, end_sessions, fresh, is_lock, is_not_let_in, is_other_database};
use crate::recorder::Recorder;
use crate::support::*;

#[tokio::test]
async fn s21_a_row_that_is_locked_is_contention() {
    let url = fresh().await;
    let store = store_at(&url, ByProject).await;
    let made = stored(&store.session(&owner()), "r1").await;
    // MariaDB counts in whole seconds.
    let connect = Store::connect(&url).policy(ByProject).retry_timeout(Duration::ZERO);
    let other = connect.busy_timeout(Duration::from_millis(50)).await.unwrap();
    let session = other.session(&owner());
    store
        .session(&owner())
        .transaction(async |tx| {
            let mut edit = made.edit();
            edit.set_progress(1);
            tx.save(&edit).await?;
            for error in [session.save(&edit).await.unwrap_err(), session.delete(&made).await.unwrap_err()] {
                assert!(matches!(&error, Error::Contention(fault) if is_lock(fault)), "{error:?}");
                assert!(error.is_transient());
            }
            // Readers are not held up, nor are those who write other rows.
            assert_eq!(session.get::<Job>(made.id).await?.progress, 0);
            stored(&session, "r2").await;
            Ok(())
        })
        .await
        .unwrap();
    let mut edit = made.edit();
    edit.set_progress(2);
    assert!(matches!(session.save(&edit).await, Err(Error::Conflict { .. })));
}

#[tokio::test]
async fn s21_a_session_that_is_ended_is_not_available_and_another_takes_its_place() {
    let url = fresh().await;
    let store = store_at(&url, ByProject).await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    let held = session.hold().await.unwrap();
    held.get::<Job>(made.id).await.unwrap();
    end_sessions(&url).await;
    let error = held.get::<Job>(made.id).await.unwrap_err();
    assert!(matches!(&error, Error::Unavailable(_)) && error.is_transient(), "{error:?}");
    drop(held);
    let begun = Instant::now();
    while session.get::<Job>(made.id).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(5), "the pool gives a connection that is no more");
    }
}

#[tokio::test]
async fn a_transaction_whose_connection_was_lost_before_its_commit_is_found_out_and_run_again() {
    let url = fresh().await;
    let plain = store_at(&url, ByProject).await;
    plain.schema_connection(&SCHEMA).execute(&commit_table(BACKEND)).await.unwrap();
    let recorder = Recorder::default();
    let _told = recorder.listen();
    // A connection that is lost must not keep the one that asks from the pool.
    let with = Store::connect(&url).policy(ByProject).connections(1).commit_tokens().await.unwrap();
    for held in [false, true] {
        for (store, is_found_out) in [(&plain, false), (&with, true)] {
            let session = if held { store.session(&owner()).hold().await.unwrap() } else { store.session(&owner()) };
            let runs = AtomicU32::new(0);
            let request = format!("{held} {is_found_out}");
            let made = session.transaction(async |tx| {
                let made = tx.create(job(&request)).await?;
                if runs.fetch_add(1, Ordering::Relaxed) == 0 {
                    end_sessions(&url).await;
                }
                Ok(made)
            });
            let made = made.await;
            if is_found_out {
                assert!(matches!(&made, Ok(made) if made.request == request), "{made:?}");
            } else {
                let error = made.unwrap_err();
                assert!(matches!(&error, Error::CommitUnknown { token: None, .. }) && !error.is_transient(), "{error:?}");
            }
            assert_eq!(runs.into_inner(), if is_found_out { 2 } else { 1 });
            let begun = Instant::now();
            while session.find::<Job>().count().await.is_err() {
                assert!(begun.elapsed() < Duration::from_secs(5), "the pool gives a connection that is no more");
            }
        }
    }
    let fresh = Store::connect(&url).await.unwrap();
    assert_eq!(number(&fresh, "SELECT count(*) FROM jobs").await, 2);
    let told = recorder.of("recension_store_commits_unanswered_total");
    assert_eq!(told, ["found_out=not_committed 2", "found_out=unknown 2"]);
    // A BEGIN that got nowhere is run again, too.
    let again = recorder.of("recension_store_transactions_run_again_total");
    assert!(matches!(&again[..], [lost] if lost.starts_with("obstacle=lost ")), "{again:?}");
}

#[tokio::test]
async fn s9_who_is_not_let_in_learns_why_and_no_password_is_shown() {
    let url = fresh().await;
    let (before, after) = url.rsplit_once('@').unwrap();
    let (user, _) = before.rsplit_once(':').unwrap();
    let wrong = format!("{user}:c4n4ry@{after}");
    let connect = Store::connect(&wrong);
    assert!(!format!("{connect:?}").contains("c4n4ry"));
    let begun = Instant::now();
    let error = connect.await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(5), "it is not tried again");
    assert!(matches!(&error, Error::Unavailable(fault) if is_not_let_in(fault)), "{error:?}");
    assert!(!error.is_transient());
    assert_eq!(
        error.user(),
        "unavailable: the database is not available: server does not let this user in: see to the user and the password in the URL"
    );
    let opened = error.privileged(&SystemCapability::named("test"));
    assert!(!format!("{error:?} {opened}").contains("c4n4ry"), "{opened}");
    let (server, _) = url.rsplit_once('/').unwrap();
    let other = Store::connect(&format!("{server}/c4n4ry_of_nobody")).await.unwrap_err();
    assert!(matches!(&other, Error::Unavailable(fault) if is_other_database(fault)) && !other.is_transient(), "{other:?}");
    assert!(!format!("{other:?} {}", other.user()).contains("c4n4ry"), "{other:?}");
    let nowhere = Store::connect(NOWHERE).await.unwrap_err();
    assert!(matches!(&nowhere, Error::Unavailable(_)) && nowhere.is_transient(), "{nowhere:?}");
    assert!(begun.elapsed() < Duration::from_secs(10), "nor where nobody listens");
}
