//! Reading from a server that follows: what a session has written is seen, and nothing older than asked for.

use std::time::{Duration, Instant};

use recension::store::sea_orm::ConnectionTrait;
use recension::store::sea_orm::sea_query::Expr;
use recension::store::{Error, Find, Incompatible, Position, Session, Store, commit_table};
use recension::{Persisted, Revision};
use recension_testkit::faults::FaultProxy;
use sqlx::{AssertSqlSafe, Executor, Row};
use tokio::sync::{Mutex, MutexGuard};

use crate::engine::{BACKEND, admin, connection, fresh, schema};
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
async fn a_replica_that_has_too_much_to_do_is_not_away() {
    let alone = FOLLOWER.lock().await;
    let url = fresh().await;
    store_at(&url, ByProject).await.close().await;
    let connect = |lag| Store::connect(&url).policy(ByProject).connections(1).replica(&follower(&url)).replica_lag(lag);
    let session = connect(Duration::from_secs(60)).await.unwrap().session(&owner());
    session.create_many([job("r1"), job("r2"), job("r3")]).await.unwrap();
    assert_eq!(read_there(&session.reading_replicas()).count().await.unwrap(), 3, "the follower has them");
    let reading = connect(Duration::ZERO).await.unwrap().session(&owner()).reading_stale();
    // The one connection to it is in use, so the other server is read.
    let mut stream = read_there(&reading).stream();
    assert!(stream.try_next().await.unwrap().is_some());
    assert_eq!(read_there(&reading).count().await.unwrap(), 0);
    drop(stream);
    assert_eq!(read_there(&reading).count().await.unwrap(), 3, "it is read as soon as it has time");
    drop(alone);
}

/// Waits until a session of the store waits for that.
async fn waits_for(url: &str, event: &str) {
    let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = '{}' AND wait_event = '{event}'", schema(url));
    let (mut admin, begun) = (admin().await, Instant::now());
    while sqlx::query(AssertSqlSafe(sql.clone())).fetch_one(&mut admin).await.unwrap().get::<i64, _>(0) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody waits for `{event}`");
    }
}

/// A COMMIT that the server is still busy with when the connection is lost: who reads meanwhile has asked for a position before it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_was_found_out_is_read_from_a_replica() {
    let (_alone, past, url) = with_replica(Duration::from_secs(60)).await;
    past.schema_connection(&SCHEMA).execute(&commit_table(BACKEND)).await.unwrap();
    stored(&past.session(&owner()), "r0").await;
    // What is waited for at COMMIT; nor does the server look whether the client is gone.
    let busy = "CREATE FUNCTION busy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(hashtext(current_schema())); \
                RETURN NULL; END $$";
    run(&past, busy).await;
    run(&past, "CREATE CONSTRAINT TRIGGER busy AFTER INSERT ON jobs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION busy()")
        .await;
    let mut lock = connection(&url).await;
    lock.execute("SELECT pg_advisory_lock(hashtext(current_schema()))").await.unwrap();

    let proxy = FaultProxy::start(&url).await.unwrap();
    let connect = Store::connect(&proxy.url()).policy(ByProject).commit_tokens().retry_timeout(Duration::from_secs(60));
    let connect = connect.busy_timeout(Duration::from_secs(60));
    let store = connect.replica(&follower(&url)).replica_lag(Duration::from_millis(50)).await.unwrap();
    let session = store.session(&owner()).reading_replicas();
    let writer = session.clone();
    let written = tokio::spawn(async move {
        let work = async |tx: &Session| {
            tx.unscoped(&SCHEMA).execute_unprepared("SET LOCAL client_connection_check_interval = 0").await.unwrap();
            tx.create(job("r1")).await
        };
        writer.transaction(work).await
    });
    waits_for(&url, "advisory").await;
    proxy.kill();
    proxy.resume();
    // The outcome is asked for, and is not final yet.
    waits_for(&url, "transactionid").await;
    session.position().await.unwrap();
    // What is not committed is sent to the follower no later than what is.
    run(&past, "CREATE TABLE meanwhile (id int)").await;
    let begun = Instant::now();
    while read_there(&session).count().await.unwrap() != 1 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the follower does not follow");
    }
    hold_up(&url, true).await;
    lock.execute("SELECT pg_advisory_unlock(hashtext(current_schema()))").await.unwrap();
    let made = written.await.unwrap().unwrap();
    let read = session.get::<Job>(made.id).await;
    let stale = session.reading_stale().find::<Job>().count().await;
    hold_up(&url, false).await;
    assert!(read.is_ok(), "{:?}", read.err());
    assert_eq!(stale.unwrap(), 1, "the follower did not have it");
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
