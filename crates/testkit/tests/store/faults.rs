//! What the store says, and what is in the table, when the connection is cut or a statement fails on its way to a real server.

use std::time::{Duration, Instant};

use recension::store::sea_orm::DbBackend;
use recension::store::{Error, Store};
use recension_testkit::faults::{Cut, Fault, FaultProxy};
use sqlx::{AssertSqlSafe, Executor};

use crate::engine::{BACKEND, connection, fresh};
use crate::support::*;

/// A store by way of a proxy, and one past it, on the same new tables.
struct Ways {
    proxy: FaultProxy,
    store: Store,
    past: Store,
}

impl Ways {
    async fn new() -> Self {
        Self::with_retries(Duration::ZERO).await
    }

    /// With a store that runs transactions again for so long.
    async fn with_retries(timeout: Duration) -> Self {
        let url = fresh().await;
        let past = store_at(&url, ByProject).await;
        let proxy = FaultProxy::start(&url).await.unwrap();
        // One connection, which is there and set up before the first fault is armed.
        let connect = Store::connect(&proxy.url()).policy(ByProject).clock(Ticking::default());
        let store = connect.connections(1).retry_timeout(timeout).await.unwrap();
        store.session(&owner()).find::<Job>().count().await.unwrap();
        Self { proxy, store, past }
    }

    /// How many jobs of this name there are.
    async fn jobs(&self, request: &str) -> i64 {
        number(&self.past, &format!("SELECT count(*) FROM jobs WHERE request = '{request}'")).await
    }

    /// The connection that comes after one that was cut is as good as new.
    async fn recovers(&self) {
        stored(&self.store.session(&owner()), "after").await;
        assert_eq!(self.proxy.armed(), 0);
        let made = self.past.session(&owner()).find::<Job>().filter(Job::COLUMN.request.eq("after")).one().await.unwrap().unwrap();
        self.past.session(&owner()).delete(&made).await.unwrap();
    }
}

async fn two_writes(store: &Store, request: &str) -> Result<(), Error> {
    let work = async |tx: &recension::Session| {
        let mut edit = tx.create(job(request)).await?.edit();
        edit.set_progress(1);
        tx.save(&edit).await.map(|_| ())
    };
    store.session(&owner()).transaction(work).await
}

#[tokio::test]
async fn s21_a_cut_at_commit_leaves_the_outcome_unknown_whichever_it_is() {
    let ways = Ways::new().await;
    for (cut, is_there) in [(Cut::RequestLost, 0), (Cut::ReplyLost, 1), (Cut::HalfReply, 1)] {
        let fired = ways.proxy.fired();
        ways.proxy.at_commit(cut);
        let error = two_writes(&ways.store, &format!("{cut:?}")).await.unwrap_err();
        assert_eq!(ways.proxy.fired() - fired, 1, "{cut:?}");
        assert!(matches!(&error, Error::CommitUnknown { .. }) && !error.is_transient(), "{cut:?}: {error:?}");
        assert_eq!(ways.jobs(&format!("{cut:?}")).await, is_there, "{cut:?}");
        ways.recovers().await;
    }
}

#[tokio::test]
async fn s21_an_error_at_commit_says_whether_it_was_done_as_far_as_its_code_does() {
    let ways = Ways::new().await;
    for (fault, code, is_there) in [
        (Fault::errno(1213, "40001"), "contention", 0),
        (Fault::errno(1053, "57P01").closing(), "commit_unknown", 0),
        (Fault::errno(1053, "57P01").after().closing(), "commit_unknown", 1),
        (Fault::errno(1180, "40003").after(), "commit_unknown", 1),
    ] {
        let (fired, request) = (ways.proxy.fired(), format!("{code}{is_there}"));
        ways.proxy.at_commit(fault.clone());
        let error = two_writes(&ways.store, &request).await.unwrap_err();
        assert_eq!(ways.proxy.fired() - fired, 1, "{fault:?}");
        assert_eq!(error.code(), code, "{fault:?}: {error:?}");
        assert_eq!(ways.jobs(&request).await, is_there, "{fault:?}");
        ways.recovers().await;
        run(&ways.past, "DELETE FROM jobs").await;
    }
}

#[tokio::test]
async fn s21_a_rollback_that_fails_takes_everything_back_all_the_same() {
    let ways = Ways::new().await;
    let error = Fault::errno(1047, "08S01");
    let cuts = [Cut::RequestLost, Cut::ReplyLost, Cut::HalfReply].map(Fault::from);
    for fault in cuts.into_iter().chain([error.clone(), error.clone().after(), error.closing()]) {
        let fired = ways.proxy.fired();
        let proxy = &ways.proxy;
        let work = async |tx: &recension::Session| -> Result<(), Error> {
            stored(tx, "taken back").await;
            // Behind the statement that finds nothing.
            proxy.at_statement(2, fault.clone());
            tx.get::<Job>(0).await.map(|_| ())
        };
        let error = ways.store.session(&owner()).transaction(work).await.unwrap_err();
        assert!(matches!(error, Error::NotFound { .. }), "{fault:?}: {error:?}");
        assert_eq!(ways.proxy.fired() - fired, 1, "{fault:?}");
        ways.recovers().await;
        assert_eq!(ways.jobs("taken back").await, 0, "{fault:?}");
    }
}

#[tokio::test]
async fn s21_only_what_is_known_not_to_be_committed_is_run_again() {
    let ways = Ways::with_retries(Duration::from_secs(30)).await;
    let before = ways.proxy.counts();
    ways.proxy.at_commit(Fault::errno(1213, "40001"));
    ways.proxy.at_statement(2, Fault::errno(1213, "40001"));
    two_writes(&ways.store, "again").await.unwrap();
    let counts = ways.proxy.counts().since(&before);
    // A write met the one, and the COMMIT of the second run the other.
    assert_eq!((counts.fired, counts.commits, ways.jobs("again").await), (2, 2, 1));
    for (cut, is_there) in [(Cut::RequestLost, 0), (Cut::ReplyLost, 1), (Cut::HalfReply, 1)] {
        let before = ways.proxy.counts();
        ways.proxy.at_commit(cut);
        let error = two_writes(&ways.store, &format!("{cut:?}")).await.unwrap_err();
        let counts = ways.proxy.counts().since(&before);
        assert_eq!((error.code(), counts.fired, counts.commits), ("commit_unknown", 1, 1), "{cut:?}");
        assert_eq!(ways.jobs(&format!("{cut:?}")).await, is_there, "{cut:?}");
    }
}

/// A transaction with a row in it, one of whose statements is answered with an error; how many rows there are when it is committed
/// with another row all the same.
async fn rows_of_a_failed_transaction(fault: Fault) -> i64 {
    let ways = Ways::new().await;
    let mut client = connection(&ways.proxy.url()).await;
    client.execute("CREATE TABLE kept (n BIGINT)").await.unwrap();
    client.execute("BEGIN").await.unwrap();
    client.execute("INSERT INTO kept VALUES (1)").await.unwrap();
    ways.proxy.at_statement(1, fault);
    assert!(client.execute("SELECT 1").await.is_err());
    let next = client.execute("INSERT INTO kept VALUES (2)").await;
    let code = next.as_ref().err().and_then(|error| error.as_database_error()?.code()).map(|code| code.into_owned());
    assert_eq!(code.as_deref(), matches!(BACKEND, DbBackend::Postgres).then_some("25P02"), "{next:?}");
    client.execute("COMMIT").await.unwrap();
    assert_eq!(ways.proxy.fired(), 1);
    number(&ways.past, "SELECT count(*) FROM kept").await
}

#[tokio::test]
async fn the_server_has_the_transaction_that_an_error_of_the_proxy_says() {
    let is_postgres = matches!(BACKEND, DbBackend::Postgres);
    for fault in [Fault::errno(1213, "40001"), Fault::errno(1020, "HY000"), Fault::errno(1213, "40001").after()] {
        // On MariaDB what comes after a deadlock is outside of the transaction.
        assert_eq!(rows_of_a_failed_transaction(fault).await, if is_postgres { 0 } else { 1 });
    }
    for fault in [Fault::errno(1205, "HY000"), Fault::errno(1062, "23000").after()] {
        assert_eq!(rows_of_a_failed_transaction(fault).await, if is_postgres { 0 } else { 2 });
    }
}

#[tokio::test]
async fn a_commit_is_known_however_it_is_sent() {
    let ways = Ways::new().await;
    for sql in ["COMMIT", "/* so */ commit work"] {
        for is_prepared in [false, true] {
            let mut client = connection(&ways.proxy.url()).await;
            client.execute("BEGIN").await.unwrap();
            ways.proxy.at_commit(Cut::ReplyLost);
            let (commits, fired) = (ways.proxy.counts().commits, ways.proxy.fired());
            client.execute("SELECT 1").await.unwrap();
            assert_eq!((ways.proxy.fired() - fired, ways.proxy.armed()), (0, 1));
            let done = if is_prepared {
                sqlx::query(AssertSqlSafe(sql)).execute(&mut client).await
            } else {
                client.execute(AssertSqlSafe(sql)).await
            };
            assert!(matches!(done, Err(sqlx::Error::Io(_))), "{sql} {is_prepared}: {done:?}");
            assert_eq!((ways.proxy.fired() - fired, ways.proxy.counts().commits - commits), (1, 1));
        }
    }
}

#[tokio::test]
async fn s13_a_client_that_insists_on_tls_is_told_that_the_proxy_has_none() {
    let ways = Ways::new().await;
    let mode = if matches!(BACKEND, DbBackend::Postgres) { "&sslmode=require" } else { "?ssl-mode=REQUIRED" };
    let error = Store::connect(&format!("{}{mode}", ways.proxy.url())).await.unwrap_err();
    assert!(matches!(&error, Error::Unavailable(_)) && !error.is_transient(), "{error:?}");
    assert!(error.user().contains("encrypted"), "{error}");
}

#[tokio::test]
async fn s21_a_server_that_is_gone_is_not_available_until_it_is_back() {
    let ways = Ways::new().await;
    let session = ways.store.session(&owner());
    let made = stored(&session, "r1").await;
    let connections = ways.proxy.counts().connections;
    ways.proxy.kill();
    for _ in 0..2 {
        let error = session.get::<Job>(made.id).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_) | Error::Deadline(_)) && error.is_transient(), "{error:?}");
    }
    assert_eq!(ways.proxy.counts().connections, connections);
    ways.proxy.resume();
    assert_eq!(session.get::<Job>(made.id).await.unwrap().request, "r1");
}

#[tokio::test]
async fn s21_a_connection_that_fails_while_it_is_set_up_is_replaced() {
    let ways = Ways::new().await;
    let session = ways.store.session(&owner());
    let made = stored(&session, "r1").await;
    for fault in [Fault::from(Cut::RequestLost), Cut::ReplyLost.into(), Cut::HalfReply.into(), Fault::errno(1053, "57P01").closing()] {
        ways.proxy.kill();
        session.get::<Job>(made.id).await.unwrap_err();
        ways.proxy.resume();
        let before = ways.proxy.counts();
        ways.proxy.at_statement(1, fault.clone());
        let done = session.get::<Job>(made.id).await;
        assert!(done.is_ok(), "{fault:?}: {done:?}");
        let counts = ways.proxy.counts().since(&before);
        assert_eq!((counts.fired, counts.connections), (1, 2), "{fault:?}");
    }
}

#[tokio::test]
async fn s21_a_write_to_a_server_that_is_silent_is_done_once_it_speaks() {
    let ways = Ways::new().await;
    let session = ways.store.session(&owner()).hold().await.unwrap();
    ways.proxy.pause();
    let write = tokio::time::timeout(Duration::from_millis(100), session.create(job("r1"))).await;
    assert!(write.is_err(), "nobody answers");
    assert_eq!(ways.jobs("r1").await, 0);
    ways.proxy.resume();
    // Nobody waits for it any more, and it comes to its end.
    let begun = Instant::now();
    while ways.jobs("r1").await == 0 {
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
    stored(&session, "r2").await;
}

#[tokio::test]
async fn statements_take_the_round_trips_and_the_time_that_they_take() {
    let ways = Ways::new().await;
    let session = ways.store.session(&owner()).hold().await.unwrap();
    let made = stored(&session, "r1").await;
    session.get::<Job>(made.id).await.unwrap();
    // Prepared by now.
    let before = ways.proxy.counts();
    session.get::<Job>(made.id).await.unwrap();
    let counts = ways.proxy.counts().since(&before);
    assert_eq!((counts.statements, counts.round_trips, counts.commits, counts.connections), (1, 1, 0, 0));
    assert!(counts.bytes_to_server > 0 && counts.bytes_to_client > 0, "{counts:?}");
    drop(session);

    const HELD: Duration = Duration::from_millis(30);
    ways.proxy.delay(HELD);
    let begun = Instant::now();
    let before = ways.proxy.counts();
    two_writes(&ways.store, "r2").await.unwrap();
    ways.proxy.delay(Duration::ZERO);
    let counts = ways.proxy.counts().since(&before);
    let statements = u32::try_from(counts.statements).unwrap();
    assert!(statements >= 4 && begun.elapsed() >= HELD * statements, "{counts:?}");
    assert_eq!((counts.commits, counts.fired), (1, 0));
}

/// Its next call is on another connection, as the error says that it may do later.
#[tokio::test]
async fn s21_a_held_session_whose_connection_was_lost_gets_another() {
    let ways = Ways::new().await;
    let made = stored(&ways.store.session(&owner()), "r1").await;
    let held = ways.store.session(&owner()).hold().await.unwrap();
    held.get::<Job>(made.id).await.unwrap();
    ways.proxy.at_statement(1, Cut::RequestLost);
    let error = held.get::<Job>(made.id).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)) && error.is_transient(), "{error:?}");
    let again = held.get::<Job>(made.id).await;
    assert!(again.is_ok(), "{again:?}");
}

/// Else the connection would be used on, and on MariaDB the next BEGIN would commit what was to be taken back.
#[tokio::test]
async fn s21_what_was_dropped_is_not_committed_where_its_rollback_fails() {
    let ways = Ways::new().await;
    let held = ways.store.session(&owner()).hold().await.unwrap();
    let proxy = &ways.proxy;
    let work = async |tx: &recension::Session| -> Result<(), Error> {
        stored(tx, "dropped").await;
        proxy.at_statement(1, Fault::errno(1047, "08S01"));
        std::future::pending().await
    };
    assert!(tokio::time::timeout(Duration::from_millis(200), held.transaction(work)).await.is_err());
    let next = held.find::<Job>().count().await;
    let created = held.create(job("next")).await.map(|_| ());
    assert_eq!((ways.jobs("dropped").await, ways.proxy.fired()), (0, 1), "{next:?} {created:?}");
    assert!(created.is_ok(), "the connection is as good as new: {created:?}");
}

/// COMMIT is not even tried then, so the outcome is known.
#[tokio::test]
async fn s21_a_transaction_whose_connection_was_lost_is_known_to_be_taken_back() {
    let ways = Ways::new().await;
    for cut in [Cut::RequestLost, Cut::ReplyLost, Cut::HalfReply] {
        let proxy = &ways.proxy;
        let work = async |tx: &recension::Session| -> Result<(), Error> {
            stored(tx, "lost").await;
            proxy.at_statement(1, cut);
            tx.get::<Job>(0).await.unwrap_err();
            Ok(())
        };
        let error = ways.store.session(&owner()).transaction(work).await.unwrap_err();
        assert_eq!(ways.jobs("lost").await, 0);
        assert_eq!(error.code(), "unavailable", "{cut:?}: {error:?}");
    }
}
