//! Errors and their views, and how databases are opened.

use std::time::Duration;

use recension::store::sea_orm::sea_query::{Expr, ExprTrait};
use recension::store::{Caller, Error, Incompatible, Malformed, Operation, PageRequest, Store, SystemCapability};
use recension::{Object, ObjectName, Revision};

use crate::engine;
use crate::support::*;

const OPEN: SystemCapability = SystemCapability::named("read-errors");

/// What no user may see: values, SQL, tables, columns that are no fields, paths, and the driver's words.
const CANARIES: [&str; 11] = ["c4n4ry", "SELECT", "INSERT", "UPDATE", "jobs", "steps", "natural_key", "/tmp", "sqlx", "code:", "locked"];

fn is_clean(error: &Error) {
    let mut views = vec![error.user(), error.to_string(), error.log(), format!("{error:?}"), format!("{error:#?}")];
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        views.extend([inner.to_string(), format!("{inner:?}")]);
        source = inner.source();
    }
    for (index, view) in views.iter().enumerate() {
        for canary in CANARIES.into_iter().chain(engine::CANARIES) {
            // The log may name the column at fault, and says in our own words what kind of fault it was.
            let ours = index > 1 && matches!(canary, "locked");
            assert!(ours || !view.contains(canary), "{canary} in {view}");
        }
        assert!(index == 4 || !view.contains('\n'), "one line: {view}");
    }
}

#[tokio::test]
async fn s9_s10_no_error_shows_what_is_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = file_store(folder.path()).await;
    let session = store.session(&owner());
    let made = session.create(job("c4n4ry1").title("c4n4ry2")).await.unwrap();
    let [missing, none] = engine::bad_urls(folder.path());
    assert!(engine::is_missing(&Store::connect(&missing).await.unwrap_err()));
    let mut errors = vec![
        session.create(job("c4n4ry1")).await.unwrap_err(),
        session.create(job(&"c4n4ry".repeat(20))).await.unwrap_err(),
        session.create(Job::draft().title("c4n4ry")).await.unwrap_err(),
        session.create(job("c4n4ry3").progress(66).title("c4n4ry")).await.unwrap_err(),
        session.create(job("c4n4ry4").state(State::Unknown("c4n4ry".into()))).await.unwrap_err(),
        store.session(&Caller::user("c4n4ry", "c4n4ry")).get::<Job>(made.id).await.unwrap_err(),
        store.session(&Caller::nobody()).get::<Job>(made.id).await.unwrap_err(),
        session.find::<Job>().page(PageRequest::after(-77, 5)).await.unwrap_err(),
        session.find::<Job>().page(PageRequest::first(-1)).await.unwrap_err(),
        session.find::<Job>().filter(Expr::col(("jobs", "c4n4ry")).eq("c4n4ry")).all().await.unwrap_err(),
        session.find::<Job>().filter(Expr::cust("c4n4ry(")).all().await.unwrap_err(),
        Store::connect(&missing).await.unwrap_err(),
        Store::connect(&none).await.unwrap_err(),
    ];
    let mut edit = made.edit();
    edit.set_title("c4n4ry");
    session.save(&edit).await.unwrap();
    errors.push(session.save(&edit).await.unwrap_err());
    run(&store, "UPDATE jobs SET server = 'c4n4ry'").await;
    errors.push(session.get::<Job>(made.id).await.unwrap_err());
    run(&store, "DROP TABLE steps").await;
    errors.push(session.find::<Step>().all().await.unwrap_err());
    store.close().await;
    errors.push(session.get::<Job>(made.id).await.unwrap_err());
    for error in &errors {
        is_clean(error);
    }
    let mut codes: Vec<_> = errors.iter().map(Error::code).collect();
    codes.sort_unstable();
    codes.dedup();
    let all = ["already_exists", "conflict", "denied", "integrity", "internal", "invalid", "malformed", "not_found", "unavailable"];
    assert_eq!(codes, all);
}

#[tokio::test]
async fn s9_what_the_driver_said_takes_a_permission() {
    let store = store().await;
    let error = store.session(&owner()).create(job("r1").progress(66)).await.unwrap_err();
    let Error::Internal(fault) = &error else { panic!("{error:?}") };
    assert_eq!(error.user(), format!("internal: internal error ({})", fault.id()));
    assert_eq!(error.log(), format!("{} id={} detail=\"constraint of the table\" {}", error.user(), fault.id(), engine::CHECK.0));
    let opened = error.privileged(&OPEN);
    assert!(opened.starts_with(&error.log()) && opened.contains(engine::CHECK.1), "{opened}");
    let plain = store.session(&owner()).get::<Job>(9).await.unwrap_err();
    assert_eq!(plain.privileged(&OPEN), plain.log());
}

#[tokio::test]
async fn s21_a_lock_that_is_not_let_go_is_contention() {
    let folder = tempfile::tempdir().unwrap();
    let store = file_store(folder.path()).await;
    let made = stored(&store.session(&owner()), "r1").await;
    let connect = Store::connect(&url(folder.path(), "rw").await).policy(ByProject).retry_timeout(Duration::ZERO);
    let other = connect.busy_timeout(Duration::from_millis(20)).await.unwrap();
    let session = other.session(&owner());
    store
        .session(&owner())
        .transaction(async |_| {
            let mut edit = made.edit();
            edit.set_progress(1);
            for error in [
                session.create(job("r2")).await.unwrap_err(),
                session.save(&edit).await.unwrap_err(),
                session.delete(&made).await.unwrap_err(),
                session.transaction(async |tx| tx.find::<Job>().count().await).await.unwrap_err(),
            ] {
                assert!(matches!(&error, Error::Contention(fault) if fault.code() == Some(5)), "{error:?}");
                assert!(error.is_transient());
                is_clean(&error);
            }
            // Readers are not held up.
            assert_eq!(session.find::<Job>().count().await?, 1);
            Ok(())
        })
        .await
        .unwrap();
    stored(&session, "r2").await;
}

#[tokio::test]
async fn s21_a_database_that_may_not_be_written_is_unavailable_for_writing() {
    let folder = tempfile::tempdir().unwrap();
    let store = file_store(folder.path()).await;
    let made = stored(&store.session(&owner()), "r1").await;
    let read_only = Store::connect(&url(folder.path(), "ro").await).policy(ByProject).await.unwrap();
    let session = read_only.session(&owner());
    assert_eq!(session.get::<Job>(made.id).await.unwrap().request, "r1");
    for error in [session.create(job("r2")).await.unwrap_err(), session.delete(&made).await.unwrap_err()] {
        assert!(matches!(&error, Error::Unavailable(fault) if fault.code().is_some_and(|code| code & 0xff == 8)), "{error:?}");
        assert_eq!(error.user(), "unavailable: the database is not available: database is read-only");
        assert!(!error.is_transient());
        is_clean(&error);
    }
    assert_eq!(store.session(&owner()).find::<Job>().count().await.unwrap(), 1);
}

#[tokio::test]
async fn s21_a_file_that_is_no_database_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("jobs.db"), "c4n4ry".repeat(1000)).unwrap();
    let error = Store::connect(&url(folder.path(), "ro").await).policy(ByProject).await;
    let error = match error {
        Ok(store) => store.session(&owner()).get::<Job>(1).await.unwrap_err(),
        Err(error) => error,
    };
    assert!(error.fault().is_some_and(|fault| fault.code() == Some(26)), "{error:?}");
    is_clean(&error);
    // Opened for writing it is looked at at once, and no object is concerned.
    let error = Store::connect(&url(folder.path(), "rw").await).policy(ByProject).await.unwrap_err();
    assert!(matches!(&error, Error::Unavailable(fault) if fault.code() == Some(26)), "{error:?}");
    assert_eq!(error.user(), "unavailable: the database is not available: database file is damaged");
    assert!(!error.is_transient(), "it stays damaged");
    is_clean(&error);
}

#[tokio::test]
async fn s21_a_full_disk_undoes_the_whole_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = file_store(folder.path()).await;
    let session = store.session(&owner());
    let pages = number(&store, "PRAGMA page_count").await;
    run(&store, &format!("PRAGMA max_page_count = {}", pages + 2)).await;
    let error = session
        .transaction(async |tx| {
            for index in 0..1000 {
                tx.create(job(&format!("r{index}")).title("x".repeat(255))).await?;
            }
            Ok(())
        })
        .await
        .unwrap_err();
    assert!(matches!(&error, Error::Unavailable(fault) if fault.code() == Some(13)), "{error:?}");
    assert_eq!(error.user(), "unavailable: the database is not available: disk is full");
    assert!(error.is_transient());
    is_clean(&error);
    assert_eq!(session.find::<Job>().count().await.unwrap(), 0);
    run(&store, "PRAGMA max_page_count = 100000").await;
    stored(&session, "r1").await;
}

#[tokio::test]
async fn s9_a_malformed_url_is_not_repeated() {
    for (url, expected) in
        [("", Malformed::UrlScheme), ("c4n4ry", Malformed::UrlScheme), ("c4n4ry://user:c4n4ry@host", Malformed::UrlScheme)]
            .into_iter()
            .chain(engine::MALFORMED)
    {
        let error = Store::connect(url).await.unwrap_err();
        assert!(matches!(&error, Error::Malformed(found) if *found == expected), "{url}: {error:?}");
        assert!(!format!("{error:?} {} {}", error.log(), error.privileged(&OPEN)).contains("c4n4ry"));
        assert!(!format!("{:?}", Store::connect(url)).contains("c4n4ry"));
    }
}

#[test]
fn codes_are_stable() {
    let object = ObjectName::from("Job");
    for (error, code, text) in [
        (Error::KeyReuse { object: object.clone() }, "key_reuse", "the key was used for another request on `Job`"),
        (
            Error::Conflict { object: object.clone(), expected: Revision(1), actual: Revision(2) },
            "conflict",
            "`Job` was changed meanwhile: expected revision 1, found 2",
        ),
        (Error::Denied { object, operation: Operation::Update }, "denied", "operation update is not allowed on `Job`"),
        (
            Error::Incompatible(Incompatible::Schema { version: 9, supported: 3 }),
            "incompatible",
            "the schema of the database has version 9, this program knows up to 3",
        ),
    ] {
        assert_eq!((error.code(), error.to_string().as_str()), (code, text));
    }
}

#[tokio::test]
async fn a_store_in_a_file_is_there_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = file_store(folder.path()).await;
    stored(&first.session(&owner()), "r1").await;
    assert_eq!(rows(&first, "PRAGMA journal_mode").await[0].try_get_by_index::<String>(0).unwrap(), "wal");
    assert_eq!(number(&first, "PRAGMA foreign_keys").await, 1);
    first.close().await;
    let second = Store::connect(&url(folder.path(), "rw").await).policy(ByProject).await.unwrap();
    assert_eq!(second.session(&owner()).find::<Job>().count().await.unwrap(), 1);
    assert!(matches!(first.session(&owner()).find::<Job>().count().await.unwrap_err(), Error::Unavailable(_)));
}

#[tokio::test]
async fn stores_in_memory_are_apart() {
    let (one, two) = (store().await, store().await);
    stored(&one.session(&owner()), "r1").await;
    assert_eq!(two.session(&owner()).find::<Job>().count().await.unwrap(), 0);
}
