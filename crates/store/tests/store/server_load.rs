//! A server with many at once: nothing is lost, and nothing is left behind.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use recension::store::{Error, Store};
use recension::{Persisted, Revision};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::engine::{IN_TRANSACTION, fresh, is_deadlock, left_behind};
use crate::support::*;

const TASKS: u64 = 64;

/// How much of something a campaign does: `usual` unless the variable says more.
fn how_many(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |many| many.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s18_no_update_of_sixty_four_writers_is_lost() {
    let writes = how_many("RECENSION_WRITES", 200);
    let url = fresh().await;
    let store = store_at(&url, ByProject).await;
    let made = stored(&store.session(&owner()), "r1").await;
    // So many race at a time; the others wait for their turn, so that it has an end.
    let racing = Store::connect(&url).policy(ByProject).connections(4).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let session = racing.session(&owner());
        let id = made.id;
        tasks.spawn(async move {
            let mut conflicts = 0_u64;
            for _ in 0..writes {
                let held = session.hold().await.unwrap();
                loop {
                    let read: Persisted<Job> = held.get(id).await.unwrap();
                    let mut edit = read.edit();
                    edit.set_size(read.size.unwrap_or(0) + 1);
                    match held.save(&edit).await {
                        Ok(_) => break,
                        Err(Error::Conflict { .. }) => conflicts += 1,
                        Err(error) => panic!("{error:?} {}", error.log()),
                    }
                }
            }
            conflicts
        });
    }
    let conflicts: u64 = tasks.join_all().await.into_iter().sum();
    let end = store.session(&owner()).get::<Job>(made.id).await.unwrap();
    assert_eq!((end.size, end.revision()), (Some(TASKS * writes), Revision(TASKS * writes + 1)));
    assert!(conflicts >= TASKS, "there was a race: {conflicts}");
    println!("{TASKS} tasks of {writes} writes, {conflicts} conflicts");
}

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
    assert_eq!(left_behind(&url).await, (0, 0));
}

/// Numbers that differ enough.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

async fn some_work(session: &recension::Session, kind: u64, request: &str) -> Result<(), Error> {
    match kind {
        0 => session.create(job(request)).await.map(|_| ()),
        1 => session.find::<Job>().filter(Job::COLUMN.request.eq("r1")).count().await.map(|_| ()),
        2 => {
            session
                .transaction(async |tx| {
                    tx.create(job(request)).await?;
                    let found = tx.find::<Job>().filter(Job::COLUMN.request.eq(request)).one().await?;
                    let mut edit = found.ok_or(Error::Malformed(recension::store::Malformed::Url))?.edit();
                    edit.set_progress(1);
                    tx.save(&edit).await.map(|_| ())
                })
                .await
        }
        3 => session.transaction(async |_| Err(Error::Malformed(recension::store::Malformed::Url))).await,
        4 => {
            let mut rows = session.find::<Job>().stream();
            rows.try_next().await?;
            rows.try_next().await.map(|_| ())
        }
        _ => session.create_many([job(request), job(&format!("{request}b"))]).await.map(|_| ()),
    }
}

/// Begins a transaction and stops waiting at each of its first steps: the answer to BEGIN is one of them.
#[tokio::test]
async fn s21_dropped_futures_leave_no_transaction_and_no_lock() {
    let url = fresh().await;
    let store = store_at(&url, ByProject).await;
    let mut dice = Dice(20_261_129);
    let mut cut = 0;
    for round in 0..how_many("RECENSION_CANCELLED", 1_500) {
        let session = store.session(&owner());
        let session = if round % 3 == 0 { session.hold().await.unwrap() } else { session };
        let kind = dice.below(6);
        let request = format!("r{round}");
        let wait = Duration::from_micros(dice.below(2_500));
        cut += u32::from(tokio::time::timeout(wait, some_work(&session, kind, &request)).await.is_err());
        if round % 3 == 0 {
            // The held connection is as good as new.
            let made = tokio::time::timeout(Duration::from_secs(20), stored(&session, &format!("after{round}"))).await;
            assert!(made.is_ok_and(|made| made.revision() == Revision(1)), "round {round}");
        }
    }
    assert!(cut > 300, "{cut} were cut off");
    println!("{cut} futures were cut off");
    let begun = Instant::now();
    while left_behind(&url).await != (0, 0) {
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", left_behind(&url).await);
        tokio::task::yield_now().await;
    }
    // What is there is whole: of two made at once, both or none, and of a transaction its end.
    let of_two = "SELECT count(*) FROM jobs a WHERE request LIKE '%b' AND NOT EXISTS \
                  (SELECT 1 FROM jobs b WHERE b.request || 'b' = a.request)";
    assert_eq!(number(&store, of_two).await, 0);
    assert_eq!(number(&store, "SELECT count(*) FROM jobs WHERE (progress = 1) <> (revision = 2)").await, 0);
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
    assert_eq!(left_behind(&url).await.0, 0);
}
