//! What PostgreSQL has of its own.

use std::time::Duration;

use recension::Rule;
use recension::store::sea_orm::ConnectionTrait;
use recension::store::sea_orm::sea_query::{Expr, ExprTrait};
use recension::store::{Error, Incompatible, Store, SystemCapability};
use sqlx::{AssertSqlSafe, Executor};

use crate::engine::{admin, connection, database};
use crate::pooler;
use crate::support::*;

#[tokio::test]
async fn s17_a_cell_of_another_type_is_said_to_be() {
    let kind = |expected, found| Some(Rule::Kind { expected, found });
    for (column, to, rule) in [
        ("progress", "text USING 'half'", kind("integer", "text")),
        ("progress", "double precision USING 0.5", kind("integer", "real")),
        ("progress", "real USING 0.5", kind("integer", "real")),
        ("progress", "boolean USING true", kind("integer", "boolean")),
        ("progress", "numeric USING 0.5", kind("integer", "numeric")),
        ("progress", "bigint USING 3000000000", Some(Rule::Width(recension::IntegerWidth::I32))),
        ("progress", "interval USING '1 day'", kind("integer", "cell of no known type")),
        ("tiny", "integer USING 256", Some(Rule::Width(recension::IntegerWidth::U8))),
        ("size", "bigint USING -1", Some(Rule::Width(recension::IntegerWidth::U64))),
        ("server", "text USING 'not-a-uuid'", Some(Rule::Uuid)),
        ("server", "bytea USING '\\x00'", kind("uuid", "blob")),
        ("server", "date USING '2024-02-29'", kind("uuid", "date")),
        ("title", "bytea USING '\\xff'", kind("text", "blob")),
        ("title", "uuid USING '00000000-0000-0000-0000-000000000007'", kind("text", "uuid")),
        ("started_at", "text USING 'noon'", Some(Rule::Timestamp)),
        ("started_at", "timestamp USING 'infinity'", Some(Rule::Timestamp)),
        ("started_at", "timestamp USING '-infinity'", Some(Rule::Timestamp)),
        ("started_at", "timestamptz USING '10000-01-01 00:00:00Z'", Some(Rule::Timestamp)),
        ("deleted", "text USING 'no'", kind("bool", "text")),
    ] {
        let store = store().await;
        let session = store.session(&owner());
        stored(&session, "r1").await;
        run(&store, &format!("ALTER TABLE jobs DROP CONSTRAINT IF EXISTS jobs_progress_check, ALTER {column} TYPE {to}")).await;
        let error = session.get::<Job>(1).await.unwrap_err();
        assert!(matches!(&error, Error::Integrity { object, .. } if *object == "Job"), "{column} {to}: {} {error:?}", error.log());
        assert_eq!(error.rule(), rule.as_ref(), "{column} {to}");
    }
}

#[tokio::test]
async fn cells_are_read_by_the_type_they_have() {
    for (column, to) in [
        ("progress", "smallint"),
        ("progress", "bigint"),
        ("tiny", "smallint"),
        ("deleted", "boolean USING deleted <> 0"),
        ("server", "uuid USING server::uuid"),
        ("server", "char(36)"),
        ("title", "varchar(40)"),
        ("title", "json USING to_json(title)"),
        ("started_at", "timestamptz"),
        ("started_at", "timestamp(0)"),
        ("started_at", "text USING '2024-03-01 10:00:00'"),
    ] {
        let store = store().await;
        let session = store.session(&owner());
        let draft = job("r1").title("1").tiny(7).progress(5).started_at(recension::Timestamp::parse("2024-03-01T10:00:00Z").unwrap());
        let made = session.create(draft).await.unwrap();
        run(&store, &format!("ALTER TABLE jobs ALTER {column} TYPE {to}")).await;
        let read = session.get::<Job>(made.id).await.unwrap();
        let title = if to.starts_with("json") { "\"1\"" } else { "1" };
        assert_eq!(read.title.as_deref(), Some(title), "{column} {to}");
        assert_eq!((read.tiny, read.progress, read.deleted, read.server), (Some(7), 5, false, made.server), "{column} {to}");
        assert_eq!(read.started_at, made.started_at, "{column} {to}");
        if to.contains("uuid") || to.contains("text") || to.contains("json") {
            continue;
        }
        // And written again, whatever the column is.
        let edited = session.save_filled(&read.edit(), |fields| fields.set_deleted(true)).await.unwrap();
        assert!(edited.deleted, "{column} {to}");
        assert_eq!(session.find::<Job>().filter(Job::COLUMN.deleted.eq(true)).count().await.unwrap(), 1, "{column} {to}");
    }
}

/// COMMIT of a transaction that has failed is answered as if nothing was wrong, and rolls back.
#[tokio::test]
async fn a_statement_that_failed_spoils_its_transaction() {
    let store = store().await;
    let session = store.session(&owner());
    let first = stored(&session, "first").await;
    for failing in 0..5 {
        let committed = session
            .transaction(async |tx| {
                stored(tx, "lost").await;
                match failing {
                    0 => assert!(matches!(tx.create(job("r2").progress(66)).await, Err(Error::Internal(_)))),
                    1 => {
                        let mut edit = first.edit();
                        edit.set_request("lost");
                        assert!(matches!(tx.save(&edit).await, Err(Error::AlreadyExists { .. })));
                    }
                    2 => assert!(tx.find::<Job>().filter(Expr::col(("jobs", "id")).div(0).eq(1)).count().await.is_err()),
                    3 => assert!(tx.unscoped(&SystemCapability::named("test")).execute_unprepared("SELECT nothing").await.is_err()),
                    _ => {
                        // Cut off before its failure was told.
                        let divided = tx.find::<Job>().filter(Expr::col(("jobs", "id")).div(0).eq(1));
                        let mut cut = Box::pin(divided.count());
                        let polled = std::future::Future::poll(cut.as_mut(), &mut std::task::Context::from_waker(std::task::Waker::noop()));
                        // A server that was faster has told it.
                        if polled.is_pending() {
                            // Let it be sent.
                            _ = tokio::time::timeout(Duration::from_millis(20), std::future::pending::<()>()).await;
                            _ = std::future::Future::poll(cut.as_mut(), &mut std::task::Context::from_waker(std::task::Waker::noop()));
                        }
                    }
                }
                Ok(())
            })
            .await;
        if failing < 4 {
            assert!(matches!(committed, Err(Error::Internal(_))), "{failing}: {committed:?}");
            assert_eq!(session.find::<Job>().count().await.unwrap(), 1, "{failing}");
        } else {
            // Either the statement never got there, and all was kept, or it did, and nothing was.
            let kept = u64::from(committed.is_ok());
            assert_eq!(session.find::<Job>().count().await.unwrap(), 1 + kept, "{committed:?}");
        }
    }
}

#[tokio::test]
async fn what_was_cut_off_on_a_held_connection_says_nothing_of_what_comes_after() {
    let store = store().await;
    let held = store.session(&owner()).hold().await.unwrap();
    stored(&held, "r1").await;
    for wait in [0, 1, 5, 20] {
        let divided = held.find::<Job>().filter(Expr::col(("jobs", "id")).div(0).eq(1));
        _ = tokio::time::timeout(Duration::from_millis(wait), divided.count()).await;
        assert_eq!(held.find::<Job>().count().await.unwrap(), 1);
    }
}

/// Each code, from the server itself: what cannot easily be brought about it is made to tell.
#[tokio::test]
async fn s21_codes_of_the_server_have_their_classes() {
    let store = store().await;
    let session = store.session(&owner());
    run(&store, "CREATE TABLE told (code text)").await;
    run(&store, "INSERT INTO told VALUES ('')").await;
    let raise = "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE what text; BEGIN SELECT code INTO what FROM told; \
                 IF what <> '' THEN RAISE EXCEPTION 'c4n4ry' USING ERRCODE = what; END IF; RETURN NEW; END $$";
    run(&store, raise).await;
    run(&store, "CREATE TRIGGER tells BEFORE INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION tell()").await;
    for (class, is_transient, codes) in [
        ("already_exists", false, "23505 23P01"),
        ("not_found", false, "23503 23001"),
        ("internal", false, "23502 23514 22001 22003 22012 22021 25P02 42601 P0001 XX000 99999 40002"),
        ("contention", true, "40001 40P01 55P03"),
        ("deadline", true, "57014"),
        ("commit_unknown", false, "40003"),
        ("unavailable", true, "57P01 57P02 57P03 57P05 25P03 53000 53100 53200 53300 08000 08006 58030"),
        ("unavailable", false, "57P04 3D000 25006 42501 28000 28P01 26000 42P05"),
        ("integrity", false, "42P01 42703 3F000 42804 42883 XX001"),
    ] {
        for code in codes.split(' ') {
            run(&store, &format!("UPDATE told SET code = '{code}'")).await;
            // A statement that is a unit by itself may have been committed for all that some of them say.
            let error = session.transaction(async |tx| tx.create(job("r1")).await.map(drop)).await.unwrap_err();
            assert_eq!((error.code(), error.is_transient()), (class, is_transient), "{code}: {error:?}");
            assert!(!format!("{error:?} {}", error.log()).contains("c4n4ry"), "{code}");
            if let Some(fault) = error.fault() {
                assert_eq!(fault.sqlstate(), Some(code));
                assert!(error.log().ends_with(&format!("sqlstate={code}")), "{}", error.log());
            }
        }
    }
    run(&store, "UPDATE told SET code = 'XX000'").await;
    assert_eq!(session.create(job("r1")).await.unwrap_err().code(), "commit_unknown");
    assert_eq!(number(&store, "SELECT count(*) FROM jobs").await, 0);
}

#[tokio::test]
async fn s21_a_database_that_may_not_be_written_says_so() {
    let (url, name) = database().await;
    let store = store_at(&url, ByProject).await;
    let made = stored(&store.session(&owner()), "r1").await;
    connection(&url).await.execute(AssertSqlSafe(format!("ALTER DATABASE {name} SET default_transaction_read_only = on"))).await.unwrap();
    let read_only = Store::connect(&url).policy(ByProject).await.unwrap();
    let session = read_only.session(&owner());
    assert_eq!(session.get::<Job>(made.id).await.unwrap().request, "r1");
    for error in [session.create(job("r2")).await.unwrap_err(), session.delete(&made).await.unwrap_err()] {
        assert!(matches!(&error, Error::Unavailable(fault) if fault.sqlstate() == Some("25006")), "{error:?}");
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn a_pooler_that_lends_sessions_for_a_transaction_is_refused() {
    let (url, _) = database().await;
    Store::connect(&url).policy(AllowAll).await.unwrap();
    let opened = Store::connect(&pooler::before(&url).await).policy(AllowAll).await.map(|_| ());
    assert!(matches!(&opened, Err(Error::Incompatible(Incompatible::TransactionPooler { engine: "postgres" }))), "{opened:?}");
    let error = opened.unwrap_err();
    assert!(error.user().contains("`pool_mode = session`") && !error.is_transient(), "{}", error.user());
}

#[tokio::test]
async fn g11_a_server_that_is_out_of_connections_is_waited_for_and_used_again() {
    let (url, name) = database().await;
    store_at(&url, ByProject).await.close().await;
    let store = Store::connect(&url).policy(ByProject).acquire_timeout(Duration::from_secs(3)).await.unwrap();
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    admin().await.execute(AssertSqlSafe(format!("ALTER DATABASE {name} CONNECTION LIMIT 2"))).await.unwrap();
    // The pool may have more than the server gives.
    let mut held = Vec::new();
    let error = loop {
        match session.hold().await {
            Ok(one) => held.push(one),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Deadline(_)) && error.is_transient() && held.len() < 10, "{error:?}");
    for one in &held {
        assert_eq!(one.get::<Job>(made.id).await.unwrap().request, "r1", "the others go on");
    }
    drop(held);
    // The pool may be at asking the server for a new one when those come back to it.
    let mut tries = 0;
    while let Err(error) = session.get::<Job>(made.id).await {
        tries += 1;
        assert!(error.is_transient() && tries < 5, "{error:?}");
    }
}

#[tokio::test]
async fn s21_an_error_that_nobody_waited_for_is_not_told_to_who_is_next() {
    const LATE: &str = "DO $$ BEGIN PERFORM pg_sleep(0.3); RAISE EXCEPTION 'late'; END $$";
    let (url, _) = database().await;
    store_at(&url, ByProject).await.close().await;
    let store = Store::connect(&url).policy(ByProject).connections(1).await.unwrap();
    let session = store.session(&owner());
    // Connects.
    assert_eq!(session.find::<Job>().count().await.unwrap(), 0);
    let sent = store.statements();
    let late = session.unscoped(&SCHEMA);
    let mut late = Box::pin(late.execute_unprepared(LATE));
    // On its way, and one who waits.
    let answered = tokio::time::timeout(Duration::from_millis(100), &mut late).await;
    assert!(answered.is_err());
    assert_eq!(store.statements(), sent + 1);
    let mut next = Box::pin(session.find::<Job>().count());
    assert!(futures_util::FutureExt::now_or_never(next.as_mut()).is_none());
    drop(late);
    let next = next.await;
    assert!(matches!(next, Ok(0)), "{next:?}");
}
