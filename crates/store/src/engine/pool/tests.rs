use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;

use super::PASSED_ON_MAX;
use crate::engine::patience::Patience;
use crate::engine::{Connection, PoolOptions, Pools, Prepared};
use crate::error::Failure;

const LONG: Duration = Duration::from_secs(5);

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
    pools.acquire(true, &Arc::default(), Patience { statement: LONG, until: None }).await.unwrap()
}

/// How often the connection had been passed on that the next one gets after something was done with it: never, if it went
/// back to the driver's pool.
async fn passed_on_after(done: impl AsyncFnOnce(&mut Connection)) -> u8 {
    let pools = one().await;
    let mut connection = acquired(&pools).await;
    done(&mut connection).await;
    let mut next = Box::pin(acquired(&pools));
    assert!(next.as_mut().now_or_never().is_none(), "there is one");
    drop(connection);
    next.await.passed_on()
}

const TWO: &str = "SELECT 1 UNION ALL SELECT 2";
/// Is not answered when it is first asked for.
const SLOW: &str = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000) SELECT count(*) FROM n";

async fn asked(connection: &mut Connection, sql: &str) {
    connection.query(Prepared::of(sql.to_owned()), |_| Ok::<_, Failure>(ControlFlow::Continue(()))).await.unwrap();
}

async fn read(connection: &mut Connection) {
    asked(connection, TWO).await;
}

#[tokio::test]
async fn what_is_done_with_is_passed_on() {
    assert_eq!(passed_on_after(async |_| {}).await, 1);
    assert_eq!(passed_on_after(read).await, 1);
    let committed = async |connection: &mut Connection| {
        connection.begin().await.unwrap();
        read(connection).await;
        connection.commit().await.unwrap();
    };
    assert_eq!(passed_on_after(committed).await, 1);
}

#[tokio::test]
async fn s21_what_is_open_or_on_its_way_goes_back_first() {
    let begun = async |connection: &mut Connection| connection.begin().await.unwrap();
    assert_eq!(passed_on_after(begun).await, 0, "a ROLLBACK is on its way");
    let cut_begin = async |connection: &mut Connection| {
        let mut begin = Box::pin(connection.begin());
        _ = begin.as_mut().now_or_never();
    };
    assert_eq!(passed_on_after(cut_begin).await, 0, "a BEGIN is on its way, or what it began is taken back");
    let broken_off = async |connection: &mut Connection| {
        connection.query(Prepared::of(TWO.to_owned()), |_| Err(Failure::of_us("enough"))).await.unwrap_err();
    };
    assert_eq!(passed_on_after(broken_off).await, 0, "there is another row");
    let dropped = async |connection: &mut Connection| {
        let mut read = Box::pin(asked(connection, SLOW));
        assert!(read.as_mut().now_or_never().is_none());
    };
    assert_eq!(passed_on_after(dropped).await, 0, "its answer is on its way");
}

#[tokio::test]
async fn s21_what_is_broken_is_not_passed_on() {
    let ended = async |connection: &mut Connection| {
        connection.begin().await.unwrap();
        // Behind the back of the driver, as an engine does that takes a transaction back: its own ROLLBACK fails then.
        connection.execute(Prepared::of("ROLLBACK".to_owned())).await.unwrap();
        connection.rollback().await.unwrap_err();
    };
    assert_eq!(passed_on_after(ended).await, 0);
}

#[tokio::test]
async fn a_connection_goes_back_after_so_many() {
    let pools = one().await;
    let mut connection = acquired(&pools).await;
    let mut often = Vec::new();
    for _ in 0..=PASSED_ON_MAX {
        let mut next = Box::pin(acquired(&pools));
        assert!(next.as_mut().now_or_never().is_none(), "there is one");
        drop(connection);
        connection = next.await;
        often.push(connection.passed_on());
    }
    let expected: Vec<u8> = (1..PASSED_ON_MAX).chain([0, 1]).collect();
    assert_eq!(often, expected);
}
