//! What the recorder of metrics is told.

use std::time::Duration;

use futures_util::FutureExt as _;
use recension::ObjectName;
use recension::store::sea_orm::ConnectionTrait;
use recension::store::{Caller, Decision, Error, Operation, Policy, Store, commit_table, metrics};

use crate::engine::{BACKEND, fresh};
use crate::recorder::Recorder;
use crate::support::*;

const OPERATIONS: &str = metrics::OPERATION_DURATION;

/// The engine of these tests, as labels name it.
fn engine(store: &Store) -> &'static str {
    store.capability().engine
}

#[tokio::test]
async fn each_operation_is_told_once_with_its_rows_and_how_it_ended() {
    let store = store().await;
    let session = store.session(&owner());
    let recorder = Recorder::default();
    let told = recorder.listen();
    let made = stored(&session, "r1").await;
    session.create_many([job("r2"), job("r3"), job("r4")]).await.unwrap();
    assert!(matches!(session.create(job("r1")).await, Err(Error::AlreadyExists { .. })));
    let mut edit = made.edit();
    edit.set_progress(1);
    let saved = session.save(&edit).await.unwrap();
    assert!(matches!(session.save(&edit).await, Err(Error::Conflict { .. })));
    session.get::<Job>(made.id).await.unwrap();
    assert!(session.get::<Job>(99).await.is_err(), "a read that finds nothing is one that did what it should");
    assert_eq!(session.find::<Job>().all().await.unwrap().len(), 4);
    let mut stream = session.find::<Job>().stream();
    while stream.try_next().await.unwrap().is_some() {}
    session.delete(&saved).await.unwrap();
    let nobody = store.session(&Caller::nobody());
    assert!(matches!(nobody.create(job("r5")).await, Err(Error::Denied { .. })));
    assert!(matches!(nobody.find::<Job>().count().await, Err(Error::Denied { .. })));
    // Refused by a rule of the object, before anything is sent.
    assert!(session.create(job("r5").progress(101)).await.is_err());
    drop(told);
    session.find::<Job>().all().await.unwrap();
    assert_eq!(
        recorder.of(OPERATIONS),
        [
            "operation=create object=Job outcome=already_exists 1",
            "operation=create object=Job outcome=denied 1",
            "operation=create object=Job outcome=ok 2",
            "operation=delete object=Job outcome=ok 1",
            "operation=read object=Job outcome=denied 1",
            "operation=read object=Job outcome=ok 3",
            "operation=stream object=Job outcome=ok 1",
            "operation=update object=Job outcome=conflict 1",
            "operation=update object=Job outcome=ok 1",
        ]
    );
    assert_eq!(recorder.of(metrics::ROWS_READ), ["object=Job 9"]);
    assert_eq!(
        recorder.of(metrics::ROWS_WRITTEN),
        ["object=Job operation=create 4", "object=Job operation=delete 1", "object=Job operation=update 1"]
    );
    assert_eq!(recorder.of(metrics::CONFLICTS), ["object=Job 1"]);
    assert!(recorder.values().iter().all(|seconds| (0.0..60.0).contains(seconds)), "seconds: {:?}", recorder.values());
}

#[tokio::test]
async fn a_transaction_is_told_once_however_often_it_is_run() {
    let store = store().await;
    let session = store.session(&owner());
    let old = stored(&session, "r1").await;
    let mut edit = old.edit();
    edit.set_progress(1);
    session.save(&edit).await.unwrap();
    let recorder = Recorder::default();
    let _told = recorder.listen();
    session.transaction(async |tx| tx.find::<Job>().count().await).await.unwrap();
    // What was read before it is as old the second time.
    session.transaction(async |tx| tx.save(&edit).await).await.unwrap_err();
    let operations = recorder.of(OPERATIONS);
    assert_eq!(
        operations.iter().filter(|told| told.contains("transaction")).collect::<Vec<_>>(),
        ["operation=transaction outcome=ok 1", "operation=transaction outcome=rolled_back 1"]
    );
    assert!(operations.contains(&"operation=update object=Job outcome=conflict 2".to_owned()), "{operations:?}");
    assert_eq!(recorder.of(metrics::TRANSACTIONS_RUN_AGAIN), ["obstacle=conflict 1"]);
    assert_eq!(recorder.of(metrics::CONFLICTS), ["object=Job 2"]);
    assert_eq!(recorder.of(metrics::COMMITS_UNANSWERED), [""; 0]);
}

#[tokio::test]
async fn connections_and_statements_are_counted() {
    let recorder = Recorder::default();
    let _told = recorder.listen();
    let url = fresh().await;
    let store = Store::connect(&url).policy(ByProject).connections(1).acquire_timeout(Duration::from_millis(200)).await.unwrap();
    let engine = engine(&store);
    let held = store.session(&owner()).hold().await.unwrap();
    assert_eq!(recorder.of(metrics::CONNECTIONS_IN_USE), [format!("engine={engine} 1")]);
    {
        let session = store.session(&owner());
        let mut late = std::pin::pin!(session.hold());
        assert!(late.as_mut().now_or_never().is_none());
        assert_eq!(recorder.of(metrics::CONNECTION_REQUESTS_PENDING), [format!("engine={engine} 1")]);
        assert!(matches!(late.await, Err(Error::Deadline(_))));
    }
    assert_eq!(recorder.of(metrics::CONNECTION_REQUESTS_PENDING), [format!("engine={engine} 0")]);
    drop(held);
    assert_eq!(recorder.of(metrics::CONNECTIONS_IN_USE), [format!("engine={engine} 0")]);
    assert_eq!(
        recorder.of(metrics::CONNECTION_WAIT),
        [format!("engine={engine} outcome=deadline 1"), format!("engine={engine} outcome=ok 1")]
    );
    store.schema_connection(&SCHEMA).execute(&commit_table(BACKEND)).await.unwrap();
    store.session(&owner()).transaction(async |_| Ok(())).await.unwrap();
    assert_eq!(recorder.of(metrics::STATEMENTS), [format!("engine={engine} {}", store.statements())]);
}

#[tokio::test]
async fn what_nobody_waited_for_is_told_to_be_dropped() {
    let store = store().await;
    let session = store.session(&owner());
    session.create_many([job("r1"), job("r2"), job("r3")]).await.unwrap();
    let recorder = Recorder::default();
    let _told = recorder.listen();
    let mut stream = session.find::<Job>().stream();
    stream.try_next().await.unwrap();
    drop(stream);
    let left = session.transaction(async |_| std::future::pending::<Result<(), Error>>().await);
    assert!(tokio::time::timeout(Duration::from_millis(50), left).await.is_err());
    let operations = recorder.of(OPERATIONS);
    assert_eq!(operations, ["operation=stream object=Job outcome=dropped 1", "operation=transaction outcome=dropped 1"]);
}

struct Keyed;

impl Policy for Keyed {
    fn scope(&self, _: &Caller, _: Operation, _: &ObjectName) -> Decision {
        Decision::Where(recension::store::sea_orm::Condition::all().add(Job::COLUMN.request.ne("c4n4ry-policy")))
    }
}

#[tokio::test]
async fn s11_no_name_and_no_label_holds_a_value() {
    let recorder = Recorder::default();
    let _told = recorder.listen();
    let store = store_with(Keyed).await;
    let session = store.session(&Caller::user("c4n4ry-user", "c4n4ry-project"));
    let made = session.create(job("c4n4ry-1").title("c4n4ry-2").token("c4n4ry-3")).await.unwrap();
    session.find::<Job>().filter(Job::COLUMN.title.eq("c4n4ry-2")).all().await.unwrap();
    let mut edit = made.edit();
    edit.set_title("c4n4ry-4");
    session.transaction(async |tx| tx.save(&edit).await).await.unwrap();
    session.transaction(async |tx| tx.save(&edit).await).await.unwrap_err();
    assert!(session.create(job("c4n4ry-1")).await.is_err());
    assert!(session.create(job("c4n4ry-policy")).await.is_err());
    let text = recorder.text();
    assert!(text.contains("object=Job outcome=denied") && text.contains("obstacle=conflict"), "{text}");
    assert!(!text.contains("c4n4ry"), "{text}");
    // Nothing is told that is not described.
    metrics::describe();
    let described = recorder.described();
    assert_eq!(described.len(), 10, "{described:?}");
    for name in recorder.names() {
        let unit = if name.ends_with("_seconds") { "seconds" } else { "count" };
        assert!(described.contains(&format!("{name} {unit}")), "{name}: {described:?}");
    }
}
