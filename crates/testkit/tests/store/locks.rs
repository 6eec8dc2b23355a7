//! Rows that are locked until the transaction ends.

use std::time::Duration;

use recension::ObjectName;
use recension::store::{Caller, Decision, Error, Incompatible, Invalid, Operation, Policy, RowLock, RowLocks, Store};

use crate::engine::{fresh, is_lock};
use crate::support::*;

#[tokio::test]
async fn a_lock_outside_of_a_transaction_is_refused() {
    let store = store().await;
    let error = store.session(&owner()).find::<Job>().lock(RowLock::Wait).all().await.unwrap_err();
    assert!(matches!(&error, Error::Invalid(Invalid::LockWithoutTransaction { .. })), "{error}");
    assert_eq!(error.user(), "invalid: rows of `Job` are locked in a transaction only");
}

#[tokio::test]
async fn what_an_engine_has_no_locks_for_is_unsupported() {
    let store = store().await;
    for lock in [RowLock::Wait, RowLock::SkipLocked, RowLock::NoWait] {
        let found = store.session(&owner()).transaction(async |tx| tx.find::<Job>().lock(lock).one().await).await;
        let is_there = match store.capability().row_locks {
            RowLocks::None => false,
            RowLocks::Wait => lock == RowLock::Wait,
            _ => true,
        };
        match found {
            Ok(None) => assert!(is_there, "{lock:?}"),
            Err(Error::Incompatible(Incompatible::Unsupported { .. })) => assert!(!is_there, "{lock:?}"),
            other => panic!("{lock:?}: {other:?}"),
        }
    }
}

/// Those of one project read, and only who made a job may change it.
struct Readers;

impl Policy for Readers {
    fn scope(&self, caller: &Caller, operation: Operation, object: &ObjectName) -> Decision {
        if operation == Operation::Update && caller.user_id() == Some("reader") {
            return Decision::Deny;
        }
        ByProject.scope(caller, operation, object)
    }
}

/// A store on an engine that has locks of rows.
async fn locking() -> Option<(String, Store)> {
    let url = fresh().await;
    let store = store_at(&url, Readers).await;
    (store.capability().row_locks == RowLocks::All).then_some((url, store))
}

#[tokio::test]
async fn a_row_that_is_locked_is_left_out_or_refused_and_free_again_at_the_end() {
    let Some((url, store)) = locking().await else { return };
    let session = store.session(&owner());
    let made = [stored(&session, "r1").await, stored(&session, "r2").await];
    let other = Store::connect(&url).policy(Readers).retry_timeout(Duration::ZERO).await.unwrap().session(&owner());
    session
        .transaction(async |tx| {
            let order = Job::COLUMN.id.asc();
            let first = tx.find::<Job>().order_by(order).lock(RowLock::Wait).one().await?.unwrap();
            assert_eq!(first.id, made[0].id);
            let left = other.transaction(async |tx| tx.find::<Job>().order_by(Job::COLUMN.id.asc()).lock(RowLock::SkipLocked).all().await);
            assert_eq!(left.await?.iter().map(|job| job.id).collect::<Vec<_>>(), [made[1].id], "one row was locked, and one only");
            let refused = other.transaction(async |tx| tx.find::<Job>().lock(RowLock::NoWait).all().await).await.unwrap_err();
            assert!(matches!(&refused, Error::Contention(fault) if is_lock(fault)), "{refused:?}");
            Ok(())
        })
        .await
        .unwrap();
    let all = other.transaction(async |tx| tx.find::<Job>().lock(RowLock::NoWait).all().await).await.unwrap();
    assert_eq!(all.len(), 2);
}

#[tokio::test]
async fn s4_who_may_not_change_a_row_does_not_lock_it() {
    let Some((_, store)) = locking().await else { return };
    stored(&store.session(&owner()), "r1").await;
    for (caller, is_denied) in [(colleague(), false), (stranger(), false), (Caller::user("reader", "p1"), true)] {
        let session = store.session(&caller);
        let found = session.transaction(async |tx| tx.find::<Job>().lock(RowLock::NoWait).all().await).await;
        match found {
            Ok(found) => assert!(found.is_empty() && !is_denied, "{caller:?}"),
            Err(error) => assert!(matches!(error, Error::Denied { .. }) && is_denied, "{caller:?} {error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_that_leave_out_what_is_locked_do_each_job_once() {
    let Some((url, _)) = locking().await else { return };
    // Nothing is run again: no two have the same job.
    let store = Store::connect(&url).policy(Readers).retry_timeout(Duration::ZERO).await.unwrap();
    let session = store.session(&owner());
    for number in 0..8 {
        stored(&session, &format!("r{number}")).await;
    }
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let session = session.clone();
        workers.spawn(async move {
            let mut done = 0;
            loop {
                let one = session.transaction(async |tx| {
                    let open = tx.find::<Job>().filter(Job::COLUMN.progress.eq(0)).lock(RowLock::SkipLocked).one().await?;
                    let Some(open) = open else { return Ok(false) };
                    let mut edit = open.edit();
                    edit.set_progress(100);
                    tx.save(&edit).await.map(|_| true)
                });
                match one.await {
                    Ok(true) => done += 1,
                    Ok(false) => return done,
                    Err(error) => panic!("{}", error.log()),
                }
            }
        });
    }
    let done: u64 = workers.join_all().await.into_iter().sum();
    let left = session.find::<Job>().filter(Job::COLUMN.progress.eq(0)).count().await.unwrap();
    assert_eq!((done + left, left), (8, 0), "each was done once");
}
