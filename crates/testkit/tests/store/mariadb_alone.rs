//! What MariaDB has of its own.

use recension::store::sea_orm::{ConnectionTrait, Statement};
use recension::store::{Error, Incompatible, Store, SystemCapability};
use recension::{Object, Rule};
use sqlx::{AssertSqlSafe, Executor};

use crate::engine::{BACKEND, connection, fresh};
use crate::server_load::run_once;
use crate::support::*;

#[tokio::test]
async fn s17_a_cell_of_another_type_is_said_to_be() {
    let kind = |expected, found| Some(Rule::Kind { expected, found });
    for (column, of, to, rule) in [
        ("progress", "TEXT", "'half'", kind("integer", "text")),
        ("progress", "DOUBLE", "0.5", kind("integer", "real")),
        ("progress", "FLOAT", "0.5", kind("integer", "real")),
        ("progress", "DECIMAL(5,2)", "0.5", kind("integer", "decimal")),
        ("progress", "BIT(3)", "5", kind("integer", "bits")),
        ("progress", "BIGINT", "3000000000", Some(Rule::Width(recension::IntegerWidth::I32))),
        ("progress", "TIME", "'10:00:00'", kind("integer", "cell of no known type")),
        ("tiny", "INTEGER", "256", Some(Rule::Width(recension::IntegerWidth::U8))),
        ("size", "BIGINT", "-1", Some(Rule::Width(recension::IntegerWidth::U64))),
        ("size", "BIGINT UNSIGNED", "18446744073709551615", kind("integer", "integer past 64 bits with a sign")),
        ("server", "TEXT", "'not-a-uuid'", Some(Rule::Uuid)),
        ("server", "BLOB", "x'00'", kind("uuid", "blob")),
        ("server", "DATE", "'2024-02-29'", kind("uuid", "date")),
        ("title", "BLOB", "x'ff'", kind("text", "blob")),
        ("title", "VARBINARY(8)", "x'ff'", kind("text", "blob")),
        ("started_at", "TEXT", "'noon'", Some(Rule::Timestamp)),
        // What the driver takes for NULL.
        ("started_at", "DATETIME", "'0000-00-00 00:00:00'", kind("timestamp", "cell of no known form")),
        ("started_at", "TIMESTAMP NULL", "'0000-00-00 00:00:00'", kind("timestamp", "cell of no known form")),
        ("deleted", "TEXT", "'no'", kind("bool", "text")),
    ] {
        let store = store().await;
        let session = store.session(&owner());
        stored(&session, "r1").await;
        let script = format!(
            "SET SESSION sql_mode = ''; ALTER TABLE jobs DROP CONSTRAINT CONSTRAINT_1, DROP COLUMN {column}; \
             ALTER TABLE jobs ADD COLUMN {column} {of}; UPDATE jobs SET {column} = {to}; SET SESSION sql_mode = DEFAULT"
        );
        let script = if column == "progress" { script } else { script.replace("DROP CONSTRAINT CONSTRAINT_1, ", "") };
        run(&store, &script).await;
        let error = session.get::<Job>(1).await.unwrap_err();
        assert!(matches!(&error, Error::Integrity { object, .. } if *object == "Job"), "{column} {of}: {} {error:?}", error.log());
        assert_eq!(error.rule(), rule.as_ref(), "{column} {of}");
    }
}

#[tokio::test]
async fn cells_are_read_by_the_type_they_have() {
    for (column, to) in [
        ("progress", "SMALLINT"),
        ("progress", "BIGINT UNSIGNED"),
        ("tiny", "TINYINT UNSIGNED"),
        ("tiny", "MEDIUMINT"),
        ("deleted", "BOOLEAN"),
        ("server", "CHAR(36)"),
        ("title", "VARCHAR(40) CHARACTER SET latin1"),
        ("title", "LONGTEXT"),
        ("title", "ENUM('0','1')"),
        ("started_at", "TIMESTAMP(6) NULL"),
        ("started_at", "datetime"),
        ("started_at", "VARCHAR(40)"),
    ] {
        let store = store().await;
        let session = store.session(&owner());
        let draft = job("r1").title("1").tiny(7).progress(5).started_at(recension::Timestamp::parse("2024-03-01T10:00:00Z").unwrap());
        let made = session.create(draft).await.unwrap();
        run(&store, &format!("ALTER TABLE jobs MODIFY {column} {to}")).await;
        let read = session.get::<Job>(made.id).await.unwrap();
        assert_eq!(read.title.as_deref(), Some("1"), "{column} {to}");
        assert_eq!((read.tiny, read.progress, read.deleted, read.server), (Some(7), 5, false, made.server), "{column} {to}");
        assert_eq!(read.started_at, made.started_at, "{column} {to}");
        // And written again, whatever the column is.
        let edited = session.save_filled(&read.edit(), |fields| fields.set_deleted(true)).await.unwrap();
        assert!(edited.deleted, "{column} {to}");
        assert_eq!(session.find::<Job>().filter(Job::COLUMN.deleted.eq(true)).count().await.unwrap(), 1, "{column} {to}");
    }
}

/// Neither what the server nor what the user has for defaults: a value that does not fit is an error, and times are in UTC.
#[tokio::test]
async fn each_session_is_set_as_the_store_needs_it() {
    let store = store().await;
    let settings = "SELECT count(*) FROM (SELECT @@sql_mode AS mode, @@time_zone AS zone, @@tx_isolation AS level, @@autocommit AS auto, \
                    @@collation_connection AS collation, @@innodb_lock_wait_timeout AS wait) AS s WHERE mode LIKE '%STRICT_ALL_TABLES%' \
                    AND mode LIKE '%NO_ZERO_DATE%' AND mode LIKE '%PIPES_AS_CONCAT%' AND mode LIKE '%NO_ENGINE_SUBSTITUTION%' \
                    AND zone = '+00:00' AND level = 'READ-COMMITTED' AND auto = 1 AND collation = 'utf8mb4_bin' AND wait = 5";
    assert_eq!(number(&store, settings).await, 1);
    let session = store.session(&owner());
    run(&store, "ALTER TABLE jobs MODIFY title VARCHAR(3)").await;
    for title in ["four", "ab  c", "\u{1f600}\u{1f600}\u{1f600}\u{1f600}"] {
        let error = session.create(job("r1").title(title)).await.unwrap_err();
        assert!(matches!(&error, Error::Internal(fault) if fault.code() == Some(1406)), "{error:?}");
    }
    assert_eq!(session.find::<Job>().count().await.unwrap(), 0);
}

/// After a deadlock no transaction is open any more, and the server would take the next statement for one outside of it.
#[tokio::test]
async fn s21_after_a_deadlock_nothing_is_written_outside_of_the_transaction() {
    let store = run_once(&fresh().await).await;
    let session = store.session(&owner());
    let (a, b) = (stored(&session, "a").await, stored(&session, "b").await);
    let both_have_one = tokio::sync::Barrier::new(2);
    let both = async |first: &recension::Persisted<Job>, second: &recension::Persisted<Job>, name: &str| {
        session
            .transaction(async |tx| {
                let (mut one, mut two) = (first.edit(), second.edit());
                one.set_progress(1);
                two.set_progress(1);
                tx.save(&one).await?;
                // Each has one row before either asks for the other.
                both_have_one.wait().await;
                let lost = tx.save(&two).await.err();
                if let Some(Error::Contention(fault)) = &lost {
                    assert_eq!(fault.code(), Some(1213));
                }
                // Whoever does not look at the error goes on.
                let more = tx.create(job(name)).await;
                let past = tx.unscoped(&SystemCapability::named("test")).execute_unprepared("UPDATE jobs SET size = 13").await;
                assert_eq!((more.is_ok(), past.is_ok()), (lost.is_none(), lost.is_none()));
                Ok(lost.is_some())
            })
            .await
    };
    let (one, two) = tokio::join!(both(&a, &b, "more a"), both(&b, &a, "more b"));
    let (won, lost): (Vec<_>, Vec<_>) = [one, two].into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 1), "{won:?} {lost:?}");
    assert!(matches!(won[0], Ok(false)));
    assert!(matches!(&lost[0], Err(Error::Contention(_))), "it was not whole: {lost:?}");
    assert_eq!(number(&store, "SELECT count(*) FROM jobs WHERE progress = 1 AND revision = 2 AND size = 13").await, 2);
    assert_eq!(number(&store, "SELECT count(*) FROM jobs WHERE request LIKE 'more%'").await, 1);
}

/// Each number, from the server itself: what cannot easily be brought about it is made to tell.
#[tokio::test]
async fn s21_codes_of_the_server_have_their_classes() {
    let store = store().await;
    let session = store.session(&owner());
    run(&store, "CREATE TABLE told (code INT)").await;
    run(&store, "INSERT INTO told VALUES (0)").await;
    let tell = "CREATE TRIGGER tells BEFORE INSERT ON jobs FOR EACH ROW BEGIN DECLARE n INT DEFAULT (SELECT code FROM told); \
                IF n <> 0 THEN SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = n, MESSAGE_TEXT = 'c4n4ry'; END IF; END";
    run(&store, tell).await;
    for (class, is_transient, codes) in [
        ("already_exists", false, "1062 1022 1586"),
        ("not_found", false, "1451 1452 1216"),
        ("internal", false, "1048 4025 3819 1406 1264 1365 1366 1292 1064 1105 1235 1243 9999"),
        ("contention", true, "1213 1205 1020 3572 1614"),
        ("deadline", true, "1969 1317 3024"),
        ("unavailable", true, "1040 1203 1021 1114 1041 1047 1180 1053 1927 4031 1158 1030 1461"),
        ("unavailable", false, "1044 1045 1049 1142 1143 1227 1290 1792 1836 1698 1820"),
        ("integrity", false, "1054 1146 1034"),
    ] {
        for code in codes.split(' ') {
            run(&store, &format!("UPDATE told SET code = {code}")).await;
            // A statement that is a unit by itself may have been committed for all that some of them say.
            let error = session.transaction(async |tx| tx.create(job("r1")).await.map(drop)).await.unwrap_err();
            assert_eq!((error.code(), error.is_transient()), (class, is_transient), "{code}: {error:?}");
            assert!(!format!("{error:?} {}", error.log()).contains("c4n4ry"), "{code}");
            if let Some(fault) = error.fault() {
                assert_eq!(fault.code().map(|code| code.to_string()).as_deref(), Some(code));
                assert!(error.log().contains(&format!("driver_code={code} ")), "{}", error.log());
            }
        }
    }
    assert_eq!(number(&store, "SELECT count(*) FROM jobs").await, 0);
    run(&store, "UPDATE told SET code = 0").await;
    stored(&session, "r1").await;
    run(&store, &tell.replace("tells BEFORE INSERT", "tells_too BEFORE UPDATE")).await;
    run(&store, "UPDATE told SET code = 1180").await;
    assert_eq!(session.find::<Job>().update(Job::draft().title("t")).await.unwrap_err().code(), "commit_unknown");
    assert_eq!(number(&store, "SELECT count(*) FROM jobs WHERE title IS NULL").await, 1);
}

/// Two that have read the same row: the second is told, though its reads would be repeated if it asked for that.
#[tokio::test]
async fn s18_a_transaction_that_repeats_its_reads_loses_no_update() {
    let url = fresh().await;
    let store = run_once(&url).await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    let error = session
        .transaction(async |tx| {
            let past = tx.unscoped(&SystemCapability::named("test"));
            past.execute_unprepared("COMMIT; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION").await.unwrap();
            let read: recension::Persisted<Job> = tx.get(made.id).await?;
            let mut other = connection(&url).await;
            other.execute(AssertSqlSafe("UPDATE jobs SET progress = 7, revision = 2".to_owned())).await.unwrap();
            let mut edit = read.edit();
            edit.set_progress(8);
            tx.save(&edit).await.map(|_| ())
        })
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Conflict { .. }), "{error:?}");
    assert_eq!(number(&store, "SELECT count(*) FROM jobs WHERE progress = 7 AND revision = 2").await, 1);
}

/// Nobody could say how far it is.
#[tokio::test]
async fn a_server_that_is_no_node_of_a_cluster_is_no_replica() {
    let url = fresh().await;
    let refused = Store::connect(&url).replica(&url).await.map(drop);
    assert!(matches!(refused, Err(Error::Incompatible(Incompatible::Unsupported { engine: "mariadb", .. }))), "{refused:?}");
}

#[tokio::test]
async fn s21_an_error_behind_the_first_row_is_of_the_statement_that_has_it() {
    const LATE: &str = "SELECT (SELECT higher.id FROM jobs higher WHERE higher.progress >= jobs.progress) FROM jobs ORDER BY id";
    let store = store().await;
    let session = store.session(&owner()).hold().await.unwrap();
    // Of the first there is none higher, and of the second there is.
    for (request, progress) in [("r1", 2), ("r2", 1)] {
        session.create(job(request).progress(progress)).await.unwrap();
    }
    let asked = session.unscoped(&SCHEMA).query_one_raw(Statement::from_string(BACKEND, LATE)).await;
    assert!(asked.is_err(), "it was told to nobody");
    assert!(matches!(session.find::<Job>().count().await, Ok(2)));
}
