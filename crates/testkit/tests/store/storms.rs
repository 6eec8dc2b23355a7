//! Transactions that wait for one another, or cannot be put in an order, again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use recension::Persisted;
use recension::store::sea_orm::ConnectionTrait;
use recension::store::{Error, RowLock, Session, Store};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::campaign::how_many;
use crate::cancelled::nothing_is_left_behind;
use crate::engine::fresh;
use crate::support::*;

/// How many pairs are in a storm at once. Each has rows of its own.
const PAIRS: u64 = 16;

/// How the two of a pair are in each other's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Storm {
    /// Each writes the row that the other one has written, and then that of the other.
    Deadlock,
    /// Each reads both rows and writes one, so that neither can have been before the other.
    Order,
}

/// What a storm has come to.
#[derive(Debug, Default)]
struct Sums {
    runs: AtomicU64,
    done: AtomicU64,
    contention: AtomicU64,
    /// What the transactions that were done have added.
    added: AtomicU64,
}

async fn save(tx: &Session, read: Persisted<Job>) -> Result<(), Error> {
    let mut edit = read.edit();
    edit.set_size(read.size.unwrap_or(0) + 1);
    tx.save(&edit).await.map(|_| ())
}

/// Adds one to a row that is locked before it is read: so nobody changes it in between.
async fn add(tx: &Session, id: i64) -> Result<(), Error> {
    let locked = tx.find::<Job>().filter(Job::COLUMN.id.eq(id)).lock(RowLock::Wait).one().await?;
    save(tx, locked.unwrap()).await
}

/// One of the two of a pair, which meets the other one when it first comes to the middle.
async fn one(session: &Session, storm: Storm, [first, second]: [i64; 2], middle: &Barrier, sums: &Sums) {
    let (runs, has_met) = (AtomicU32::new(0), AtomicBool::new(false));
    let meet = async || {
        if !has_met.swap(true, Ordering::Relaxed) {
            middle.wait().await;
        }
    };
    let work = async |tx: &Session| {
        runs.fetch_add(1, Ordering::Relaxed);
        match storm {
            Storm::Deadlock => {
                add(tx, first).await?;
                meet().await;
                add(tx, second).await
            }
            Storm::Order => {
                tx.unscoped(&SCHEMA).execute_unprepared("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE").await.unwrap();
                let read: Persisted<Job> = tx.get(first).await?;
                tx.get::<Job>(second).await?;
                meet().await;
                save(tx, read).await
            }
        }
    };
    let done = session.transaction(work).await;
    // The other one waits in the middle, if this one never got there.
    meet().await;
    let runs = runs.load(Ordering::Relaxed);
    assert!((1..=10).contains(&runs), "{runs} runs: {done:?}");
    sums.runs.fetch_add(u64::from(runs), Ordering::Relaxed);
    match done {
        Ok(()) => {
            sums.done.fetch_add(1, Ordering::Relaxed);
            sums.added.fetch_add(if storm == Storm::Deadlock { 2 } else { 1 }, Ordering::Relaxed);
        }
        Err(error) => {
            assert_eq!(error.code(), "contention", "{storm:?}: {error:?}");
            sums.contention.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Lets so many runs fail, and looks at what is there afterwards.
async fn rages(storm: Storm, provoked: u64) -> String {
    let url = fresh().await;
    let past = store_at(&url, ByProject).await;
    let connections = u32::try_from(2 * PAIRS).unwrap();
    let store = Store::connect(&url).policy(ByProject).connections(connections).await.unwrap();
    let sums = Arc::new(Sums::default());
    let mut pairs = JoinSet::new();
    for pair in 0..PAIRS {
        let session = past.session(&owner());
        let [a, b] = [stored(&session, &format!("a{pair}")).await.id, stored(&session, &format!("b{pair}")).await.id];
        let (session, sums) = (store.session(&owner()), sums.clone());
        pairs.spawn(async move {
            let failed = || sums.runs.load(Ordering::Relaxed).saturating_sub(sums.done.load(Ordering::Relaxed));
            while failed() < provoked {
                let middle = Barrier::new(2);
                tokio::join!(one(&session, storm, [a, b], &middle, &sums), one(&session, storm, [b, a], &middle, &sums));
            }
        });
    }
    pairs.join_all().await;
    let Sums { runs, done, contention, added } = &*sums;
    let [runs, done, contention, added] = [runs, done, contention, added].map(|sum| sum.load(Ordering::Relaxed));
    assert!(runs - done >= provoked && contention <= runs - done);
    assert_eq!(number(&past, "SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM jobs").await, i64::try_from(added).unwrap());
    let writes = number(&past, "SELECT CAST(sum(revision - 1) AS BIGINT) FROM jobs").await;
    assert_eq!(writes, i64::try_from(added).unwrap(), "each write is counted once");
    nothing_is_left_behind(&url).await;
    format!("{storm:?}: {runs} runs, {done} done, {contention} contention, {} provoked", runs - done)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g4_each_of_many_that_wait_for_one_another_is_done_or_told_so() {
    println!("{}", rages(Storm::Deadlock, how_many("RECENSION_STORMS", 48)).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g4_each_of_many_that_have_no_order_is_done_or_told_so() {
    println!("{}", rages(Storm::Order, how_many("RECENSION_STORMS", 200)).await);
}
