//! What goes wrong with a server, told alike on each.

use std::time::{Duration, Instant};

use recension::store::{Error, Store, SystemCapability};

use crate::engine::{NOWHERE, end_sessions, fresh, is_lock, is_not_let_in};
use crate::support::*;

#[tokio::test]
async fn s21_a_row_that_is_locked_is_contention() {
    let url = fresh().await;
    let store = store_at(&url, ByProject).await;
    let made = stored(&store.session(&owner()), "r1").await;
    // MariaDB counts in whole seconds.
    let other = Store::connect(&url).policy(ByProject).busy_timeout(Duration::from_millis(50)).await.unwrap();
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
    assert_eq!(error.user(), "unavailable: the database is not available: server does not let this user in");
    let opened = error.privileged(&SystemCapability::named("test"));
    assert!(!format!("{error:?} {opened}").contains("c4n4ry"), "{opened}");
    let nowhere = Store::connect(NOWHERE).await.unwrap_err();
    assert!(matches!(&nowhere, Error::Unavailable(_)) && nowhere.is_transient(), "{nowhere:?}");
    assert!(begun.elapsed() < Duration::from_secs(10), "nor where nobody listens");
}
