//! Objects as their rows arrive.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use recension::store::{Error, Operation, Session, Store};
use recension::{EnumSpec, EnumValue, FieldEnum, FieldKind, FieldType, Object, Persist, Value, VersionedObject};

use crate::support::*;

/// Makes `count` jobs, of the project `p1`, past the store.
async fn fill(store: &Store, count: i64) {
    run(
        store,
        &format!(
            "INSERT INTO jobs (project_id, user_id, server, request, progress, deleted, state) \
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
             SELECT 'p1', 'owner', '00000000-0000-0000-0000-000000000007', 'r' || i, i % 50, 0, 'Done' FROM n"
        ),
    )
    .await;
}

async fn titles(session: &Session) -> usize {
    session.find::<Job>().stream().map_ok(|_| 1).try_fold(0, |sum, one| async move { Ok(sum + one) }).await.unwrap()
}

#[tokio::test]
async fn a_stream_gives_all_rows_in_order_beyond_the_cap_of_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    for store in [store().await, file_store(folder.path()).await] {
        fill(&store, 10_000).await;
        let session = store.session(&owner());
        let sent = store.statements();
        let mut jobs = session.find::<Job>().filter(Job::COLUMN.progress.gte(25)).order_by(Job::COLUMN.id.desc()).stream();
        assert_eq!(store.statements(), sent, "nothing is sent before it is polled");
        let mut requests = Vec::new();
        while let Some(job) = jobs.try_next().await.unwrap() {
            requests.push(job.request.clone());
        }
        assert!(jobs.try_next().await.unwrap().is_none(), "after the end as well");
        assert_eq!(store.statements(), sent + 1);
        let expected: Vec<String> = (1..=10_000).rev().filter(|id| id % 50 >= 25).map(|id| format!("r{id}")).collect();
        assert!(requests == expected, "{} rows", requests.len());
    }
}

#[tokio::test]
async fn a_reader_that_stops_leaves_the_connection_usable() {
    let folder = tempfile::tempdir().unwrap();
    for store in [store().await, file_store(folder.path()).await] {
        fill(&store, 10_000).await;
        let session = store.session(&owner());
        let held = session.hold().await.unwrap();
        for _ in 0..20 {
            let first: Vec<_> = held.find::<Job>().stream().take(10).try_collect().await.unwrap();
            assert_eq!(first.len(), 10);
            assert_eq!(held.find::<Job>().count().await.unwrap(), 10_000);
        }
        let mut unread = held.find::<Job>().stream();
        assert!(unread.try_next().await.unwrap().is_some());
        drop(unread);
        stored(&held, "after").await;
        drop(held);
        // More than there are connections.
        for _ in 0..20 {
            assert_eq!(session.find::<Job>().stream().take(10).count().await, 10);
        }
        assert_eq!(titles(&session).await, 10_001);
    }
}

#[tokio::test]
async fn a_stream_in_a_transaction_sees_its_writes_and_leaves_it_whole() {
    let store = store().await;
    fill(&store, 1_000).await;
    let session = store.session(&owner());
    let made = session
        .transaction(async |tx| {
            let made = stored(tx, "mine").await;
            let mut jobs = tx.find::<Job>().order_by(Job::COLUMN.id.desc()).stream();
            assert_eq!(jobs.try_next().await?.map(|job| job.id), Some(made.id));
            assert!(jobs.try_next().await?.is_some());
            drop(jobs);
            stored(tx, "mine too").await;
            Ok(made.id)
        })
        .await
        .unwrap();
    assert_eq!(session.get::<Job>(made).await.unwrap().request, "mine");
    assert_eq!(number(&store, "SELECT count(*) FROM jobs").await, 1_002);
}

#[tokio::test]
async fn what_waits_for_the_connection_of_a_stream_fails_in_time() {
    let store = Store::connect(&crate::engine::fresh().await)
        .policy(AllowAll)
        .connections(1)
        .acquire_timeout(Duration::from_millis(200))
        .await
        .unwrap();
    for sql in ["CREATE TABLE marks (id INTEGER PRIMARY KEY, text TEXT, note TEXT)", "INSERT INTO marks (text) VALUES ('a'), ('b')"] {
        run(&store, sql).await;
    }
    let session = store.session(&owner());
    let held = session.hold().await.unwrap();
    let mut marks = held.find::<Mark>().stream();
    marks.try_next().await.unwrap().unwrap();
    for session in [&held, &session] {
        let waiting = tokio::time::timeout(Duration::from_secs(10), session.create(Mark::draft().text("c"))).await;
        assert!(matches!(waiting, Ok(Err(Error::Deadline(_)))), "{waiting:?}");
    }
    drop(marks);
    // A stream that is kept beyond its transaction keeps it from being committed.
    let kept = held
        .transaction(async |tx| {
            tx.create(Mark::draft().text("c")).await?;
            let mut marks = tx.find::<Mark>().stream();
            marks.try_next().await?;
            Ok(marks)
        })
        .await;
    assert!(matches!(kept, Err(Error::Deadline(_))), "{kept:?}");
    assert_eq!(held.find::<Mark>().count().await.unwrap(), 2, "it was taken back");
}

#[tokio::test]
async fn s1_a_stream_gives_only_what_the_caller_may_read() {
    let store = store().await;
    fill(&store, 100).await;
    assert_eq!(titles(&store.session(&colleague())).await, 100);
    assert_eq!(titles(&store.session(&stranger())).await, 0);
    let mut denied = store.session(&recension::Caller::nobody()).find::<Job>().stream();
    let error = denied.try_next().await.unwrap_err();
    assert!(matches!(error, Error::Denied { operation: Operation::Read, .. }), "{error:?}");
    assert!(denied.try_next().await.unwrap().is_none(), "nothing comes after an error");
}

#[tokio::test]
async fn a_row_that_is_no_object_ends_the_stream() {
    let store = store().await;
    fill(&store, 100).await;
    run(&store, "UPDATE jobs SET server = 'x' WHERE request = 'r3'").await;
    let session = store.session(&owner());
    let held = session.hold().await.unwrap();
    let mut jobs = held.find::<Job>().order_by(Job::COLUMN.id.asc()).stream();
    for request in ["r1", "r2"] {
        assert_eq!(jobs.try_next().await.unwrap().map(|job| job.request.clone()).as_deref(), Some(request));
    }
    assert!(matches!(jobs.try_next().await, Err(Error::Integrity { .. })));
    assert_eq!(held.find::<Job>().count().await.unwrap(), 100, "the connection is given back before the stream is dropped");
    assert!(jobs.try_next().await.unwrap().is_none());
}

static DECODED: AtomicUsize = AtomicUsize::new(0);

/// Counts how often it is read from a row. The rest is as the derive writes it.
#[derive(Clone, Debug, PartialEq)]
struct Counted(String);

impl FieldEnum for Counted {
    fn spec() -> Arc<EnumSpec> {
        State::spec()
    }

    fn to_value(&self) -> EnumValue {
        EnumValue::Known(self.0.as_str().into())
    }

    fn from_value(value: &EnumValue) -> Self {
        DECODED.fetch_add(1, Ordering::Relaxed);
        Self(value.as_str().to_owned())
    }
}

impl FieldType for Counted {
    recension::__private::model::__plain_field_type!(
        FieldKind::Enum(Self::spec()),
        |value| Value::Enum(FieldEnum::to_value(value)),
        |value| recension::__private::model::enum_from_value(value)
    );
}

recension::__private::wire::__impl_wire_enum!(Counted);

/// Some columns of a job.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "jobs", key = "id")]
struct Look {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    id: i64,
    state: Counted,
}

#[tokio::test]
async fn a_stream_decodes_one_row_at_a_time() {
    let store = store_with(AllowAll).await;
    fill(&store, 10_000).await;
    let session = store.session(&owner());
    let mut looks = session.find::<Look>().stream();
    for taken in 1..=500 {
        assert!(matches!(looks.try_next().await, Ok(Some(_))));
        assert_eq!(DECODED.load(Ordering::Relaxed), taken, "no row is decoded ahead");
    }
    drop(looks);
    assert_eq!(DECODED.load(Ordering::Relaxed), 500);
}
