//! Work that nobody waits for any more leaves nothing behind.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use recension::Revision;
use recension::store::{Error, Store};

use crate::campaign::{Dice, how_many};
use crate::engine::{left_behind, url};
use crate::support::*;

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

/// When work is dropped. It is told in what has come of it, not in time: machines are slow and quick.
struct Patience {
    /// How often it may go on.
    steps: u64,
    /// How often others may go on, before it is dropped after its last step: what it waits for may have come by then, or not.
    turns: u64,
}

impl Patience {
    fn of(dice: &mut Dice) -> Self {
        // Few more often than many: most work has few.
        let most = 1 + dice.below(15);
        Self { steps: dice.below(most), turns: dice.below(60) }
    }
}

/// Waits for some of the work, and drops it where it has not come to its end by then; whether it was dropped.
async fn cut_off(work: impl Future<Output = Result<(), Error>>, patience: Patience) -> bool {
    let mut work = pin!(work);
    let mut left = patience.steps;
    let is_done = poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        match work.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if left == 0 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    });
    if is_done.await {
        return false;
    }
    for _ in 0..patience.turns {
        tokio::task::yield_now().await;
    }
    true
}

/// Waits until no transaction of a store is open and no row is locked any more. Engines are slow to say so, and what was left behind
/// stays for good.
#[expect(clippy::disallowed_methods, reason = "MariaDB tells nothing new as long as it is asked more often than every tenth of a second")]
pub(crate) async fn nothing_is_left_behind(url: &str) {
    let mut left = left_behind(url).await;
    for _ in 0..50 {
        if left == (0, 0) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        left = left_behind(url).await;
    }
    assert_eq!(left, (0, 0), "transactions and locks");
}

#[tokio::test]
async fn s21_dropped_futures_leave_no_transaction_and_no_lock() {
    let folder = tempfile::tempdir().unwrap();
    let store = file_store(folder.path()).await;
    run(&store, "CREATE INDEX jobs_by_request ON jobs (request)").await;
    let (mut dice, seed) = Dice::seeded();
    let rounds = how_many("RECENSION_CANCELLED", 1_500);
    let mut cut = 0;
    for round in 0..rounds {
        let session = store.session(&owner());
        let session = if round % 3 == 0 { session.hold().await.unwrap() } else { session };
        let kind = dice.below(6);
        let request = format!("r{round}");
        cut += u64::from(cut_off(some_work(&session, kind, &request), Patience::of(&mut dice)).await);
        if round % 3 == 0 {
            // The held connection is as good as new.
            let made = tokio::time::timeout(Duration::from_secs(20), session.create(job(&format!("after{round}")))).await;
            assert!(matches!(&made, Ok(Ok(made)) if made.revision() == Revision(1)), "round {round}: {made:?}");
        }
    }
    println!("{cut} of {rounds} futures were cut off, seed {seed}");
    assert!((rounds / 5..rounds / 5 * 4).contains(&cut), "{cut} were cut off");
    nothing_is_by_half(&store, &url(folder.path(), "rw").await).await;
}

#[tokio::test]
async fn s21_futures_that_are_dropped_in_a_queue_take_nothing_from_those_behind() {
    /// What is begun at once, on so few connections that most of it waits.
    const AT_ONCE: u64 = 8;
    let folder = tempfile::tempdir().unwrap();
    file_store(folder.path()).await.close().await;
    let url = url(folder.path(), "rw").await;
    let store = Store::connect(&url).policy(ByProject).connections(2).readers(2).await.unwrap();
    run(&store, "CREATE INDEX jobs_by_request ON jobs (request)").await;
    let session = store.session(&owner());
    let (mut dice, seed) = Dice::seeded();
    let rounds = how_many("RECENSION_CANCELLED", 1_500) / AT_ONCE;
    let mut cut = 0;
    for round in 0..rounds {
        let all = (0..AT_ONCE).map(|place| {
            let (kind, request, patience) = (dice.below(6), format!("r{round}x{place}"), Patience::of(&mut dice));
            let session = &session;
            async move { u64::from(cut_off(some_work(session, kind, &request), patience).await) }
        });
        // Each goes on when what it waits for has come, and not when another's has.
        let all: FuturesUnordered<_> = all.collect();
        let stays = async {
            let made = stored(&session, &format!("stays{round}")).await;
            session.get::<Job>(made.id).await.unwrap().revision()
        };
        let both = async { tokio::join!(all.fold(0, |sum, cut| std::future::ready(sum + cut)), stays) };
        let (dropped, revision) = tokio::time::timeout(Duration::from_secs(20), both).await.unwrap_or_else(|_| panic!("round {round}"));
        assert_eq!(revision, Revision(1), "round {round}");
        cut += dropped;
    }
    println!("{cut} of {} futures in a queue were cut off, seed {seed}", rounds * AT_ONCE);
    assert!((rounds..rounds * AT_ONCE / 5 * 4).contains(&cut), "{cut} were cut off");
    nothing_is_by_half(&store, &url).await;
    assert_eq!(number(&store, "SELECT count(*) FROM jobs WHERE request LIKE 'stays%'").await, i64::try_from(rounds).unwrap());
}

/// Nothing is left behind, and what is there is whole: of two made at once, both or none, and of a transaction its end.
async fn nothing_is_by_half(store: &Store, url: &str) {
    nothing_is_left_behind(url).await;
    let of_two = "SELECT count(*) FROM jobs a WHERE request LIKE '%b' AND NOT EXISTS \
                  (SELECT 1 FROM jobs b WHERE b.request = substr(a.request, 1, length(a.request) - 1))";
    assert_eq!(number(store, of_two).await, 0);
    assert_eq!(number(store, "SELECT count(*) FROM jobs WHERE (progress = 1) <> (revision = 2)").await, 0);
}
