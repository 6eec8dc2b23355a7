//! Reading from a server that follows: what a session has written is seen, and nothing older than asked for.

use std::time::{Duration, Instant};

use recension::store::sea_orm::sea_query::Expr;
use recension::store::{Error, Find, Incompatible, Position, Session, Store};
use recension::{Persisted, Revision};
use sqlx::{Executor, Row};
use tokio::sync::{Mutex, MutexGuard};

use crate::engine::{connection, fresh};
use crate::support::*;

/// The follower is one for all tests, and some hold it up.
static FOLLOWER: Mutex<()> = Mutex::const_new(());

/// What holds for a row that a follower gives.
const THERE: &str = "pg_is_in_recovery()";

fn follower(url: &str) -> String {
    let follower = std::env::var("RECENSION_REPLICA_REPLICA_URL").unwrap();
    let (_, parameters) = url.split_once('?').unwrap();
    format!("{follower}?{parameters}")
}

/// A store that reads from the follower, which waits for it so long.
async fn with_replica(lag: Duration) -> (MutexGuard<'static, ()>, Store, String) {
    let alone = FOLLOWER.lock().await;
    let url = fresh().await;
    store_at(&url, ByProject).await.close().await;
    let store = Store::connect(&url).policy(ByProject).replica(&follower(&url)).replica_lag(lag).await.unwrap();
    (alone, store, url)
}

async fn hold_up(url: &str, is_held: bool) {
    let sql = if is_held { "SELECT pg_wal_replay_pause()" } else { "SELECT pg_wal_replay_resume()" };
    let mut follower = superuser(url).await;
    follower.execute(sql).await.unwrap();
    let expected = if is_held { "paused" } else { "not paused" };
    let begun = Instant::now();
    while sqlx::query("SELECT pg_get_wal_replay_pause_state()").fetch_one(&mut follower).await.unwrap().get::<String, _>(0) != expected {
        assert!(begun.elapsed() < Duration::from_secs(60), "the follower is not {expected}");
    }
}

/// A connection to the follower.
async fn superuser(url: &str) -> sqlx::postgres::PgConnection {
    connection(&follower(url)).await
}

/// Jobs, if a follower gives them.
fn read_there(session: &Session) -> Find<Job> {
    session.find::<Job>().filter(Expr::cust(THERE))
}

#[tokio::test]
async fn what_a_session_has_written_it_reads_from_a_replica() {
    let (_alone, store, _) = with_replica(Duration::from_secs(60)).await;
    let session = store.session(&owner()).reading_replicas();
    let mut made = stored(&session, "r0").await;
    for round in 1..50_u64 {
        let mut edit = made.edit();
        edit.set_size(round);
        // Each way of writing counts.
        made = match round % 2 {
            0 => session.save(&edit).await.unwrap(),
            _ => session.transaction(async |tx| tx.save(&edit).await).await.unwrap(),
        };
        // Each of two that read at once sees it, and so does one after a read that was dropped.
        drop(tokio::time::timeout(Duration::ZERO, session.get::<Job>(made.id)).await);
        let (one, two) = tokio::join!(session.get::<Job>(made.id), session.get::<Job>(made.id));
        for read in [one.unwrap(), two.unwrap()] {
            assert_eq!((read.size, read.revision()), (Some(round), Revision(round + 1)));
        }
        assert_eq!(read_there(&session).count().await.unwrap(), 1, "it was read from the follower");
    }
    // What is written is read where it was.
    assert_eq!(read_there(&store.session(&owner())).count().await.unwrap(), 0);
    assert_eq!(session.transaction(async |tx| read_there(tx).count().await).await.unwrap(), 0);
    assert_eq!(read_there(&session.hold().await.unwrap()).count().await.unwrap(), 0);
    let mut rows = read_there(&session).stream();
    assert!(rows.try_next().await.unwrap().is_some());
}

#[tokio::test]
async fn a_replica_that_lags_is_not_read_unless_that_is_meant() {
    let (_alone, store, url) = with_replica(Duration::from_millis(50)).await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    let reading = session.reading_replicas();
    let begun = Instant::now();
    while read_there(&reading).count().await.unwrap() != 1 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the follower does not follow");
    }
    hold_up(&url, true).await;
    let mut edit = made.edit();
    edit.set_size(1);
    let saved = session.save(&edit).await.unwrap();
    let own: Persisted<Job> = reading.get(made.id).await.unwrap();
    let stale: Persisted<Job> = session.reading_stale().get(made.id).await.unwrap();
    // Another session knows of the write where it is told.
    let position: Position = session.position().await.unwrap().to_string().parse().unwrap();
    let others: Persisted<Job> = store.session(&colleague()).reading_replicas().get(made.id).await.unwrap();
    let told: Persisted<Job> = store.session(&colleague()).after(position).reading_replicas().get(made.id).await.unwrap();
    // A change that is based on an old row is found out.
    let mut late = stale.edit();
    late.set_size(9);
    let refused = session.save(&late).await;
    hold_up(&url, false).await;
    assert_eq!([own.size, told.size, stale.size, others.size], [Some(1), Some(1), None, None]);
    assert!(matches!(refused, Err(Error::Conflict { actual, .. }) if actual == saved.revision()), "{refused:?}");
    let begun = Instant::now();
    while read_there(&reading).count().await.unwrap() != 1 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the follower is read again once it is there");
    }
}

#[tokio::test]
async fn a_replica_that_is_away_is_not_missed() {
    let (_alone, _, url) = with_replica(Duration::ZERO).await;
    let (rest, parameters) = url.split_once('?').unwrap();
    let (head, database) = rest.rsplit_once('/').unwrap();
    let away = format!("{}:1/{database}?{parameters}", head.rsplit_once(':').unwrap().0);
    let session = Store::connect(&url).policy(ByProject).replica(&away).await.unwrap().session(&owner()).reading_replicas();
    let made = stored(&session, "r1").await;
    // Well before a connection would be given up.
    assert_eq!(session.within(Duration::from_secs(20)).get::<Job>(made.id).await.unwrap().request, "r1");
    // A server that follows nobody may have another history: this one has.
    let other = fresh().await;
    let elsewhere = store_at(&other, ByProject).await.session(&owner());
    stored(&elsewhere, "r8").await;
    stored(&elsewhere, "r9").await;
    let store = Store::connect(&url).policy(ByProject).replica(&other).await.unwrap();
    assert_eq!(store.session(&owner()).reading_replicas().find::<Job>().count().await.unwrap(), 1);
    assert_eq!(store.session(&owner()).reading_stale().find::<Job>().count().await.unwrap(), 2, "whatever is there");
}

#[tokio::test]
async fn what_cannot_follow_is_refused() {
    let (_alone, _, url) = with_replica(Duration::ZERO).await;
    let to_follower = Store::connect(&follower(&url)).await.map(|_| ());
    assert!(matches!(to_follower, Err(Error::Incompatible(Incompatible::Replica { engine: "postgres" }))), "{to_follower:?}");
    for other in ["mysql://u:c4n4ry@127.0.0.1/d", "sqlite::memory:", "c4n4ry"] {
        let refused = Store::connect(&url).replica(other).await.map(|_| ()).unwrap_err();
        assert_eq!(refused.user(), "incompatible: `postgres` does not have replicas of another engine");
    }
}
