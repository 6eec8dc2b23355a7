#![expect(clippy::unwrap_used, reason = "what helps a test may fail as a test does")]

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;

use super::PASSED_ON_FOR;
use crate::engine::patience::Patience;
use crate::engine::{Connection, PoolOptions, Pools, Prepared};
use crate::error::Failure;

const LONG: Duration = Duration::from_secs(60);
const TWO: &str = "SELECT 1 UNION ALL SELECT 2";
/// Is not answered when it is first asked for.
const SLOW: &str = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000000) SELECT count(*) FROM n";

/// A pool of one connection.
async fn one() -> Pools {
    let options = PoolOptions {
        busy_timeout: Duration::ZERO,
        acquire_timeout: LONG,
        retry_timeout: Duration::ZERO,
        statement_timeout: LONG,
        readers: 1,
        connections: 1,
        waiting_max: 8,
        insecure_tls: false,
    };
    Pools::open("sqlite::memory:", options).await.unwrap()
}

async fn acquired(pools: &Pools) -> Connection {
    pools.acquire(true, &Arc::default(), Patience { acquire: LONG, statement: LONG, until: None }).await.unwrap()
}

/// What the next one gets who waits for that connection, and whether it was passed on to them: the driver's pool has not lent it since.
async fn next(pools: &Pools, connection: Connection) -> (Connection, bool) {
    let since = connection.since();
    let mut next = Box::pin(acquired(pools));
    assert!(next.as_mut().now_or_never().is_none(), "there is one");
    drop(connection);
    let next = next.await;
    let is_passed_on = next.since() == since;
    (next, is_passed_on)
}

/// Whether a connection is passed on after something was done with it.
async fn is_passed_on_after(done: impl AsyncFn(&mut Connection)) -> bool {
    loop {
        let pools = one().await;
        let mut connection = acquired(&pools).await;
        let since = connection.since();
        done(&mut connection).await;
        let (_, is_passed_on) = next(&pools, connection).await;
        // On a machine that stands still meanwhile it goes back for being old.
        if since.is_some_and(|since| since.elapsed() < PASSED_ON_FOR) {
            return is_passed_on;
        }
    }
}

async fn read(connection: &mut Connection, sql: &str) {
    connection.query(Prepared::of(sql.to_owned()), |_| Ok::<_, Failure>(())).await.unwrap();
}

#[tokio::test]
async fn what_is_done_with_is_passed_on() {
    assert!(is_passed_on_after(async |_| {}).await);
    assert!(is_passed_on_after(async |connection| read(connection, TWO).await).await);
    let committed = async |connection: &mut Connection| {
        connection.begin().await.unwrap();
        read(connection, TWO).await;
        connection.commit().await.unwrap();
    };
    assert!(is_passed_on_after(committed).await);
}

#[tokio::test]
async fn s21_what_is_open_or_on_its_way_goes_back_first() {
    let begun = async |connection: &mut Connection| connection.begin().await.unwrap();
    assert!(!is_passed_on_after(begun).await, "a ROLLBACK is on its way");
    let broken_off = async |connection: &mut Connection| {
        connection.query(Prepared::of(TWO.to_owned()), |_| Err(Failure::of_us("enough"))).await.unwrap_err();
    };
    assert!(!is_passed_on_after(broken_off).await, "there is another row");
    let dropped = async |connection: &mut Connection| {
        let mut read = Box::pin(read(connection, SLOW));
        assert!(read.as_mut().now_or_never().is_none());
    };
    assert!(!is_passed_on_after(dropped).await, "its answer is on its way");
}

#[tokio::test]
async fn s21_a_begin_that_was_cut_goes_back_first() {
    let is_cut = Cell::new(false);
    // The driver may answer before it is asked twice.
    while !is_cut.get() {
        let cut = async |connection: &mut Connection| {
            let mut begin = Box::pin(connection.begin());
            is_cut.set(begin.as_mut().now_or_never().is_none());
        };
        assert!(!is_passed_on_after(cut).await, "it is on its way, or what it began is taken back");
    }
}

#[tokio::test]
async fn s21_what_is_broken_is_not_passed_on() {
    let ended = async |connection: &mut Connection| {
        connection.begin().await.unwrap();
        // Behind the back of the driver, as an engine does that takes a transaction back: its own ROLLBACK fails then.
        connection.execute(Prepared::of("ROLLBACK".to_owned())).await.unwrap();
        connection.rollback().await.unwrap_err();
    };
    assert!(!is_passed_on_after(ended).await);
}

#[tokio::test]
async fn a_connection_goes_back_after_a_while() {
    let begun = Instant::now();
    let pools = one().await;
    let mut connection = acquired(&pools).await;
    loop {
        let is_passed_on;
        (connection, is_passed_on) = next(&pools, connection).await;
        if !is_passed_on {
            break;
        }
        assert!(begun.elapsed() < LONG, "it is passed on for ever");
    }
    assert!(begun.elapsed() >= PASSED_ON_FOR);
    assert!(connection.since().is_some_and(|since| since > begun), "it is as one that was lent for the first time");
}
