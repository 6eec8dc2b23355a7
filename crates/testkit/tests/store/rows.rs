//! Rows as others left them.

use std::sync::LazyLock;

use recension::store::sea_orm::sea_query::{Expr, Query};
use recension::store::{ColumnMap, Error, Fill, Mapping};
use recension::{Carry, Hop, IntegerWidth, Object, Persist, Rule, VersionedObject};

use crate::support::*;

#[tokio::test]
async fn s17_what_another_release_wrote_is_kept_and_not_written() {
    let store = store().await;
    let session = store.session(&owner());
    stored(&session, "r1").await;
    run(&store, "UPDATE jobs SET state = 'Paused'").await;
    let read = session.get::<Job>(1).await.unwrap();
    assert_eq!(read.state, State::Unknown("Paused".into()));
    let mut edit = read.edit();
    edit.set_progress(5);
    let saved = session.save(&edit).await.unwrap();
    assert_eq!(saved.state, State::Unknown("Paused".into()));
    assert_eq!(rows(&store, "SELECT 1 FROM jobs WHERE state = 'Paused' AND progress = 5").await.len(), 1);
    // It is kept, but never written.
    let mut edit = saved.edit();
    edit.set_state(State::Unknown("Paused".into()));
    assert_eq!(broken(&session.save(&edit).await), Some(&Rule::UnknownEnum("State".into())));
    let draft = job("r2").state(State::Unknown("Paused".into()));
    assert_eq!(broken(&session.create(draft.clone()).await), Some(&Rule::UnknownEnum("State".into())));
    assert_eq!(broken(&session.create_many([job("r3"), draft]).await), Some(&Rule::UnknownEnum("State".into())));
    // Nor does naming a known value "unknown" get past the check.
    edit.set_state(State::Unknown("Done".into()));
    assert!(session.save(&edit).await.is_err());
    assert_eq!(number(&store, "SELECT count(*) FROM jobs").await, 1);
}

#[tokio::test]
async fn null_is_read_as_declared() {
    let store = store().await;
    let session = store.session(&owner());
    stored(&session, "r1").await;
    run(&store, "UPDATE jobs SET deleted = NULL, state = NULL").await;
    let read = session.get::<Job>(1).await.unwrap();
    assert_eq!((read.deleted, read.state.clone()), (false, State::Queued));
    let mut edit = read.edit();
    edit.set_progress(1);
    session.save(&edit).await.unwrap();
    assert_eq!(rows(&store, "SELECT 1 FROM jobs WHERE deleted IS NULL AND state IS NULL").await.len(), 1, "and not written back");
}

#[tokio::test]
async fn any_number_but_zero_is_true() {
    let store = store().await;
    let session = store.session(&owner());
    let mut made = Vec::new();
    for request in ["r1", "r2", "r3"] {
        made.push(stored(&session, request).await.id);
    }
    // As the reference marks a deleted row, and as one that knows no such mark.
    run(&store, "UPDATE jobs SET deleted = id WHERE request = 'r2'").await;
    run(&store, "UPDATE jobs SET deleted = NULL, state = NULL WHERE request = 'r3'").await;
    let read = session.get::<Job>(made[1]).await.unwrap();
    assert!(read.deleted);
    let mut edit = read.edit();
    edit.set_progress(1);
    session.save(&edit).await.unwrap();
    assert_eq!(number(&store, "SELECT deleted FROM jobs WHERE request = 'r2'").await, made[1], "and it is not written back");
    let c = Job::COLUMN;
    for (name, condition, expected) in [
        ("eq true", c.deleted.eq(true), vec![2]),
        ("eq false", c.deleted.eq(false), vec![1, 3]),
        ("ne true", c.deleted.ne(true), vec![1, 3]),
        ("ne false", c.deleted.ne(false), vec![2]),
        ("in true", c.deleted.is_in([true]), vec![2]),
        ("in both", c.deleted.is_in([true, false]), vec![1, 2, 3]),
        ("in none", c.deleted.is_in(Vec::<bool>::new()), vec![]),
        ("lt true", c.deleted.lt(true), vec![1, 3]),
        ("lte true", c.deleted.lte(true), vec![1, 2, 3]),
        ("lte false", c.deleted.lte(false), vec![1, 3]),
        ("gt true", c.deleted.gt(true), vec![]),
        ("gt false", c.deleted.gt(false), vec![2]),
        ("gte true", c.deleted.gte(true), vec![2]),
        ("is_null", c.deleted.is_null(), vec![3]),
        ("among true", c.deleted.in_subquery(Query::select().expr(Expr::val(true)).take()), vec![2]),
        ("among queued", c.state.in_subquery(Query::select().expr(Expr::val("Queued")).take()), vec![1, 2, 3]),
        ("null read as a value, eq", c.state.eq(State::Queued), vec![1, 2, 3]),
        ("null read as a value, ne", c.state.ne(State::Done), vec![1, 2, 3]),
        ("null read as a value, in", c.state.is_in([State::Queued]), vec![1, 2, 3]),
        ("null read as a value, gt", c.state.gt(State::Done), vec![1, 2, 3]),
    ] {
        let found = session.find::<Job>().filter(condition).order_by(c.id.asc()).all().await.unwrap();
        // Which of them, from one.
        let expected: Vec<i64> = expected.into_iter().map(|which: usize| made[which - 1]).collect();
        assert_eq!(found.iter().map(|job| job.id).collect::<Vec<_>>(), expected, "{name}");
    }
}

#[tokio::test]
async fn s17_a_row_that_is_no_object_is_said_to_be() {
    let kind = |expected, found| Some(Rule::Kind { expected, found });
    for (set, column, rule) in [
        ("progress = NULL", "progress", Some(Rule::NotNull)),
        ("progress = 'half'", "progress", kind("integer", "text")),
        ("progress = 0.5", "progress", kind("integer", "real")),
        ("progress = 3000000000", "progress", Some(Rule::Width(IntegerWidth::I32))),
        ("tiny = 256", "tiny", Some(Rule::Width(IntegerWidth::U8))),
        ("size = -1", "size", Some(Rule::Width(IntegerWidth::U64))),
        ("server = 'not-a-uuid'", "server", Some(Rule::Uuid)),
        ("server = x'00'", "server", kind("uuid", "blob")),
        ("request = NULL", "request", Some(Rule::NotNull)),
        ("started_at = 'noon'", "started_at", Some(Rule::Timestamp)),
        ("deleted = 'no'", "deleted", kind("bool", "text")),
        ("title = x'ff'", "title", kind("text", "blob")),
        ("title = CAST(x'ff' AS TEXT)", "title", kind("text", "text that is no UTF-8")),
        ("revision = -1", "revision", None),
        ("revision = 'many'", "revision", None),
    ] {
        let store = store().await;
        let session = store.session(&owner());
        stored(&session, "r1").await;
        run(&store, &format!("UPDATE jobs SET {set}")).await;
        let (all, some) = (Job::COLUMN, |columns| session.find::<Job>().select(columns));
        let columns = [all.progress.any(), all.tiny.any(), all.size.any(), all.server.any(), all.request.any()];
        let columns = columns.into_iter().chain([all.started_at.any(), all.deleted.any(), all.title.any()]);
        // Whole objects are read field by field, parts by way of a record.
        for error in [session.get::<Job>(1).await.unwrap_err(), some(columns).await.unwrap_err()] {
            assert!(matches!(&error, Error::Integrity { object, .. } if *object == "Job"), "{set}: {error:?}");
            assert_eq!(error.user(), "integrity: `Job` cannot be read", "{set}");
            assert_eq!(error.rule(), rule.as_ref(), "{set}");
            let detail = if rule.is_some() { "cell that is no value of its field" } else { "revision is no count" };
            assert!(error.log().contains(&format!("detail=\"{detail}\" column={column}")), "{set}: {}", error.log());
        }
    }
}

#[tokio::test]
async fn s17_a_missing_column_is_not_null() {
    let store = store().await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    run(&store, "ALTER TABLE jobs DROP COLUMN title").await;
    let mut edit = made.edit();
    edit.set_title("x");
    for error in [
        session.get::<Job>(1).await.unwrap_err(),
        session.find::<Job>().all().await.unwrap_err(),
        session.find::<Job>().select([Job::COLUMN.title]).await.unwrap_err(),
        session.save(&edit).await.unwrap_err(),
        session.create(job("r2").title("x")).await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::Integrity { .. }), "{error:?}");
    }
    run(&store, "DROP TABLE steps").await;
    let error = session.find::<Step>().count().await.unwrap_err();
    assert!(matches!(error, Error::Integrity { .. }), "{error:?}");
}

#[tokio::test]
async fn limits_are_for_writing() {
    let store = store().await;
    let session = store.session(&owner());
    stored(&session, "r1").await;
    run(&store, &format!("UPDATE jobs SET title = '{}', progress = 500", "x".repeat(300))).await;
    let read = session.get::<Job>(1).await.unwrap();
    assert_eq!((read.title.as_ref().map(String::len), read.progress), (Some(300), 500));
    let mut edit = read.edit();
    edit.set_request("r9");
    let saved = session.save(&edit).await.unwrap();
    assert_eq!((saved.title.as_ref().map(String::len), saved.progress), (Some(300), 500), "untouched columns stay");
}

#[tokio::test]
async fn times_of_fewer_digits_are_read() {
    let store = store().await;
    let session = store.session(&owner());
    stored(&session, "r1").await;
    for (text, shown) in [
        ("2024-01-01 00:00:00", "2024-01-01T00:00:00.000000Z"),
        ("2024-01-01 00:00:00.5", "2024-01-01T00:00:00.500000Z"),
        ("2024-01-01 00:00:00.123456", "2024-01-01T00:00:00.123456Z"),
    ] {
        run(&store, &format!("UPDATE jobs SET started_at = '{text}'")).await;
        assert_eq!(session.get::<Job>(1).await.unwrap().started_at.unwrap().to_string(), shown);
    }
}

#[tokio::test]
async fn s20_a_carry_stays_with_its_object() {
    let store = store().await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    let mut carry = Carry::default();
    carry.put("1.1".parse().unwrap(), Hop::Opaque("{}".into()));
    let arrived = recension::Persisted::assemble(made.clone().into_inner(), made.revision(), carry.clone());
    let mut edit = arrived.edit();
    edit.set_progress(7);
    let saved = session.save(&edit).await.unwrap();
    assert_eq!(saved.carry(), Some(&carry));
    assert_eq!(saved.progress, 7);
}

/// An object whose table is said by hand, its columns in another order than its fields.
#[derive(Clone, VersionedObject)]
#[object(name = "HandMade", namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
struct HandMade {
    #[field(server_set, read_only)]
    id: i64,
    text: String,
    note: Option<String>,
}

impl Persist for HandMade {
    type Entity = <Mark as Persist>::Entity;
    type Key = i64;

    fn mapping() -> &'static Mapping {
        static MAPPING: LazyLock<Mapping> = LazyLock::new(|| {
            let columns = [ColumnMap::new(2, "note"), ColumnMap::new(0, "id").fill(Fill::Auto), ColumnMap::new(1, "text")];
            columns.into_iter().fold(Mapping::new("marks", [0]), Mapping::column)
        });
        &MAPPING
    }

    fn key(&self) -> i64 {
        self.id
    }
}

#[tokio::test]
async fn a_table_that_is_said_by_hand_is_read_and_written_in_its_own_order() {
    let store = store_with(AllowAll).await;
    let session = store.session(&owner());
    let made = session.create(HandMade::draft().text("a").note("b")).await.unwrap();
    assert_eq!((made.id, made.text.as_str(), made.note.as_deref()), (1, "a", Some("b")));
    let read = session.get::<HandMade>(1).await.unwrap();
    assert_eq!(read.to_record(), made.to_record());
    let mut edit = read.edit();
    edit.clear_note();
    session.save(&edit).await.unwrap();
    let listed = session.find::<HandMade>().all().await.unwrap();
    assert_eq!(listed.iter().map(|object| (object.id, &*object.text, object.note.as_deref())).collect::<Vec<_>>(), [(1, "a", None)]);
    let sql = session.find::<HandMade>().sql().unwrap().replace('`', "\"");
    assert!(sql.starts_with(r#"SELECT "marks"."note", "marks"."id", "marks"."text" FROM "marks""#), "{sql}");
}
