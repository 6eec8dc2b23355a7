//! A server with many at once: nothing is lost, and nothing is left behind.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use recension::Persisted;
use recension::store::{Error, Store};
use tokio::sync::Barrier;

use crate::cancelled::nothing_is_left_behind;
use crate::engine::{IN_TRANSACTION, fresh, is_deadlock};
use crate::support::*;

/// A store with the tables, whose transactions are not run again.
pub(crate) async fn run_once(url: &str) -> Store {
    store_at(url, ByProject).await;
    Store::connect(url).policy(ByProject).retry_timeout(Duration::ZERO).await.unwrap()
}

/// Two transactions, each of which writes the rows of the other in the other order; how often they were begun.
async fn cross(store: &Store) -> (Vec<Result<(), Error>>, u32) {
    let session = store.session(&owner());
    let (a, b) = (stored(&session, "a").await, stored(&session, "b").await);
    let both_have_one = Barrier::new(2);
    let begun = AtomicU32::new(0);
    let both = async |first: &Persisted<Job>, second: &Persisted<Job>| {
        session
            .transaction(async |tx| {
                let is_first = begun.fetch_add(1, Ordering::Relaxed) < 2;
                let (one, two): (Persisted<Job>, Persisted<Job>) = (tx.get(first.id).await?, tx.get(second.id).await?);
                let sizes = (one.size.unwrap_or(0) + 1, two.size.unwrap_or(0) + 1);
                let (mut one, mut two) = (one.edit(), two.edit());
                one.set_size(sizes.0);
                two.set_size(sizes.1);
                tx.save(&one).await?;
                if is_first {
                    // Each has one row before either asks for the other.
                    both_have_one.wait().await;
                }
                tx.save(&two).await.map(|_| ())
            })
            .await
    };
    let (one, two) = tokio::join!(both(&a, &b), both(&b, &a));
    (vec![one, two], begun.into_inner())
}

#[tokio::test]
async fn s21_of_two_that_wait_for_each_other_one_is_contention() {
    let store = run_once(&fresh().await).await;
    let (done, begun) = cross(&store).await;
    let (won, lost): (Vec<_>, Vec<_>) = done.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len(), begun), (1, 1, 2));
    assert!(matches!(&lost[0], Err(Error::Contention(fault)) if is_deadlock(fault)), "{lost:?}");
    assert_eq!(number(&store, "SELECT count(*) FROM jobs WHERE size = 1 AND revision = 2").await, 2);
}

#[tokio::test]
async fn s21_a_transaction_that_others_were_in_the_way_of_is_run_again_from_its_first_read() {
    let url = fresh().await;
    let store = store_at(&url, ByProject).await;
    let (done, begun) = cross(&store).await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    assert!(begun > 2, "one was run again");
    assert_eq!(number(&store, "SELECT count(*) FROM jobs WHERE size = 2 AND revision = 3").await, 2, "both are there, each once");
    nothing_is_left_behind(&url).await;
}

/// The driver leaves a transaction open when nobody waits for the answer to BEGIN; such a connection is closed.
#[tokio::test]
async fn s21_a_begin_that_was_dropped_is_not_lent_again() {
    let url = fresh().await;
    let store = Store::connect(&url).policy(ByProject).connections(1).await.unwrap();
    run(&store, "CREATE TABLE looks (inside BIGINT)").await;
    let session = store.session(&owner());
    let mut cut = 0;
    for round in 0..200_u32 {
        // BEGIN is the first statement that is counted.
        let sent = store.statements();
        let mut work = Box::pin(session.transaction(async |_| {
            std::future::pending::<()>().await;
            Ok(())
        }));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        while store.statements() == sent {
            assert!(std::future::Future::poll(work.as_mut(), &mut context).is_pending());
            tokio::task::yield_now().await;
        }
        for _ in 0..round % 20 {
            tokio::task::yield_now().await;
        }
        drop(work);
        cut += 1;
        for _ in 0..2 {
            run(&store, &format!("INSERT INTO looks VALUES ({IN_TRANSACTION})")).await;
        }
    }
    assert_eq!(cut, 200);
    // Those of a transaction that was left open would have been lost with it, or seen to be in one.
    let other = Store::connect(&url).policy(ByProject).await.unwrap();
    assert_eq!(number(&other, "SELECT count(*) FROM looks WHERE inside = 0").await, 400);
    nothing_is_left_behind(&url).await;
}
