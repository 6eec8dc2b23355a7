//! A table that another program writes, which counts no writes.

use recension::store::sea_orm::DbBackend;
use recension::store::{Caller, Clock, Decision, Error, Operation, Policy, Session, Store, SystemCapability};
use recension::{Edit, Object, ObjectName, Persist, Persisted, Revision, Timestamp, VersionedObject};
use uuid::Uuid;

use crate::engine::{BACKEND, fresh};
use crate::support::{AllowAll, number, run};

/// What the other program writes too.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "plans", key = "id", revision, soft_delete(mark = "deleted"))]
#[persist(shared_with_reference(until = "2099-12-31"))]
pub struct Plan {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    pub name: String,
    pub note: Option<String>,
    pub at: Option<Timestamp>,
    pub owner: Uuid,
    #[persist(null_as = false)]
    pub urgent: bool,
    pub weight: Option<f64>,
    pub tags: Vec<String>,
    #[field(server_set)]
    #[persist(null_as = false)]
    pub deleted: bool,
}

/// The same rows, of a table without a revision.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "plans", key = "id", shared_with_reference(until = "2099-12-31"))]
pub struct Uncounted {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    pub name: String,
    pub note: Option<String>,
}

/// The same rows once more, of which all that is compared may be null.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "plans", key = "id", revision, shared_with_reference(until = "2099-12-31"))]
pub struct Noted {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    pub note: Option<String>,
}

const TABLE: &str = "CREATE TABLE plans (id INTEGER PRIMARY KEY, name VARCHAR(255), note TEXT, at DATETIME, owner VARCHAR(36), \
                     urgent INTEGER, weight DOUBLE PRECISION, tags TEXT, deleted INTEGER, revision BIGINT)";

async fn store() -> Store {
    let store = Store::connect(&fresh().await).policy(AllowAll).await.unwrap();
    run(&store, TABLE).await;
    store
}

fn caller() -> Caller {
    Caller::user("u", "p")
}

async fn plan(session: &Session) -> Persisted<Plan> {
    let at: Timestamp = Timestamp::parse("2026-11-30T12:00:00Z").unwrap();
    let draft = Plan::draft().name("plan").at(at).owner(Uuid::from_u128(0xabc)).urgent(true).weight(0.1).tags(vec!["a".to_owned()]);
    session.create(draft).await.unwrap()
}

fn is_conflict(error: &Error) -> bool {
    matches!(error, Error::Conflict { expected, actual, .. } if expected == actual)
}

#[tokio::test]
async fn s18_what_a_program_wrote_that_counts_nothing_is_not_lost() {
    for (statement, what) in [
        ("UPDATE plans SET name = 'other'", "another text"),
        ("UPDATE plans SET name = 'Plan'", "a capital letter"),
        ("UPDATE plans SET name = 'plan '", "a blank at the end"),
        ("UPDATE plans SET note = 'new'", "a value in place of null"),
        ("UPDATE plans SET note = ''", "an empty text in place of null"),
        ("UPDATE plans SET at = NULL", "null in place of a value"),
        ("UPDATE plans SET at = '2026-11-30 12:00:00.000001'", "a microsecond"),
        ("UPDATE plans SET urgent = 0", "a truth"),
        ("UPDATE plans SET weight = 0.2", "a number"),
        ("UPDATE plans SET tags = '[\"a\",\"b\"]'", "a list"),
        ("UPDATE plans SET deleted = 1", "its deletion"),
    ] {
        let store = store().await;
        let session = store.session(&caller());
        let read = plan(&session).await;
        run(&store, statement).await;
        let mut edit = read.edit();
        edit.set_name("mine");
        let errors = [session.save(&edit).await.map(|_| ()).unwrap_err(), session.delete(&read).await.unwrap_err()];
        for error in errors {
            let is_gone = statement.contains("deleted") && matches!(error, Error::NotFound { .. });
            assert!(is_gone || is_conflict(&error), "{what}: {error}");
        }
        assert_eq!(number(&store, "SELECT count(*) FROM plans WHERE name = 'mine' OR revision > 1").await, 0, "{what}");
        // Looked at again, it is saved.
        let again = session.get_with_deleted::<Plan>(read.id).await.unwrap();
        if !again.deleted {
            let saved = session.save(&edit.rebase(again)).await.unwrap();
            assert_eq!((saved.name.as_str(), saved.revision()), ("mine", Revision(2)), "{what}");
        }
    }
}

/// The text of a change that compares what was read is not kept for one that has read something else.
#[tokio::test]
async fn s18_a_change_compares_what_was_read_for_it_and_not_for_another() {
    let store = store().await;
    let session = store.session(&caller());
    let changed = |read: &Persisted<Noted>, note: &str| {
        let mut edit = read.edit();
        edit.set_note(note);
        edit
    };
    let empty = session.create(Noted::draft()).await.unwrap();
    // This one compares with null, which binds no value.
    let noted = session.save(&changed(&empty, "first")).await.unwrap();
    run(&store, "UPDATE plans SET note = NULL").await;
    let saved = session.save(&changed(&noted, "second")).await;
    assert!(saved.as_ref().is_err_and(is_conflict), "{saved:?}");
    assert_eq!(number(&store, "SELECT count(*) FROM plans WHERE note IS NULL AND revision = 2").await, 1);
}

#[tokio::test]
async fn one_value_in_another_form_is_no_change() {
    for statement in [
        "UPDATE plans SET owner = '00000000-0000-0000-0000-000000000ABC'",
        "UPDATE plans SET tags = '[ \"a\" ]'",
        "UPDATE plans SET at = '2026-11-30 12:00:00'",
        "UPDATE plans SET urgent = 2",
        "UPDATE plans SET deleted = NULL",
    ] {
        let store = store().await;
        let session = store.session(&caller());
        let read = plan(&session).await;
        run(&store, statement).await;
        let mut edit = read.edit();
        edit.set_name("mine");
        let saved = session.save(&edit).await;
        assert!(saved.is_ok(), "{statement}: {:?}", saved.err());
        let saved = saved.unwrap();
        assert_eq!((saved.name.as_str(), saved.revision()), ("mine", Revision(2)), "{statement}");
        session.delete(&saved).await.unwrap();
        let deleted = session.get_with_deleted::<Plan>(read.id).await.unwrap();
        session.restore(&deleted).await.unwrap();
    }
}

#[tokio::test]
async fn what_a_column_has_no_digits_for_is_no_change() {
    let store = store().await;
    match BACKEND {
        DbBackend::MySql => run(&store, "ALTER TABLE plans MODIFY at datetime, MODIFY weight FLOAT").await,
        DbBackend::Postgres => run(&store, "ALTER TABLE plans ALTER at TYPE timestamp(0)").await,
        _ => {}
    }
    let session = store.session(&caller());
    let mut saved = plan(&session).await;
    for (at, weight) in [("2026-11-30T12:00:00.4Z", 0.3), ("2026-11-30T12:00:00.9Z", 0.7)] {
        let mut edit = saved.edit();
        edit.set_at(Timestamp::parse(at).unwrap());
        edit.set_weight(weight);
        let done = session.save(&edit).await;
        assert!(done.is_ok(), "{:?}", done.err());
        saved = done.unwrap();
    }
    // Who has written nothing since is told of no conflict; who has is noticed.
    let mut edit = saved.edit();
    edit.set_name("mine");
    run(&store, "UPDATE plans SET note = 'theirs'").await;
    assert!(is_conflict(&session.save(&edit).await.map(|_| ()).unwrap_err()));
    run(&store, "UPDATE plans SET note = NULL").await;
    let saved = session.save(&edit).await.unwrap();
    session.delete(&saved).await.unwrap();
}

/// A refusal that turns out to be none leaves nothing behind: the transaction is not run again for it.
#[tokio::test]
async fn one_value_in_another_form_is_no_conflict_of_a_transaction() {
    let store = store().await;
    let session = store.session(&caller());
    let read = plan(&session).await;
    run(&store, "UPDATE plans SET tags = '[ \"a\" ]'").await;
    let runs = std::sync::atomic::AtomicU32::new(0);
    let done = session.transaction(async |tx| -> Result<(), Error> {
        runs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let mut edit = read.edit();
        edit.set_name("mine");
        tx.save(&edit).await?;
        tx.get::<Plan>(0).await.map(|_| ())
    });
    assert!(matches!(done.await, Err(Error::NotFound { .. })));
    assert_eq!(runs.into_inner(), 1);
}

#[tokio::test]
async fn a_table_without_a_revision_compares_what_was_read_all_the_same() {
    let store = store().await;
    let session = store.session(&caller());
    let read = session.create(Uncounted::draft().name("plan")).await.unwrap();
    let mut edit = read.edit();
    edit.set_name("mine");
    run(&store, "UPDATE plans SET note = 'theirs'").await;
    assert!(is_conflict(&session.save(&edit).await.map(|_| ()).unwrap_err()));
    assert!(is_conflict(&session.delete(&read).await.unwrap_err()));
    let saved = session.save(&edit.rebase(session.get(read.id).await.unwrap())).await.unwrap();
    assert_eq!((saved.name.as_str(), saved.note.as_deref()), ("mine", Some("theirs")));
    session.delete(&saved).await.unwrap();
}

#[tokio::test]
async fn an_edit_of_a_message_is_put_on_the_row_as_it_is() {
    let store = store().await;
    let session = store.session(&caller());
    let read = plan(&session).await;
    // A message has the object as it is to become.
    let mut changed = read.edit();
    changed.set_name("mine");
    let mut after: Plan = (*read).clone();
    after.name = "mine".to_owned();
    let edit = Edit::assemble(Persisted::assemble(after, read.revision(), Default::default()), Plan::draft().name("mine"));
    assert!(is_conflict(&session.save(&edit).await.map(|_| ()).unwrap_err()));
    run(&store, "UPDATE plans SET note = 'theirs'").await;
    let saved = session.save_received(&edit, |_| {}).await.unwrap();
    assert_eq!((saved.name.as_str(), saved.note.as_deref(), saved.revision()), ("mine", Some("theirs"), Revision(2)));
    let error = session.save_received(&edit, |_| {}).await.map(|_| ()).unwrap_err();
    assert!(matches!(&error, Error::Conflict { expected: Revision(1), actual: Revision(2), .. }), "{error}");
}

/// The last moment of the year in which the table is still shared, and the first after it.
struct At(&'static str);

impl Clock for At {
    fn now(&self) -> Timestamp {
        Timestamp::parse(self.0).unwrap()
    }
}

#[tokio::test]
async fn the_doctor_says_that_a_table_is_shared_and_when_it_should_not_be_any_more() {
    for (now, id) in [("2099-12-31T23:59:59Z", "DB_TABLE_SHARED"), ("2100-01-01T00:00:00Z", "DB_TABLE_SHARED_EXPIRED")] {
        let store = Store::connect(&fresh().await).policy(AllowAll).clock(At(now)).await.unwrap();
        run(&store, TABLE).await;
        let diagnosis = store.doctor(&SystemCapability::named("doctor")).table::<Plan>().await.unwrap();
        let ids: Vec<&str> =
            diagnosis.findings.iter().map(|finding| finding.check.id).filter(|id| id.starts_with("DB_TABLE_SHARED")).collect();
        assert_eq!(ids, [id], "{diagnosis}");
    }
}

/// Ours, between the read and the write of the other, is not the other's to keep: it counts nothing. But what it wrote is never overwritten.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s18_no_update_is_lost_among_writers_of_which_half_count_nothing() {
    const ROUNDS: i64 = 30;
    struct Nothing;
    impl Policy for Nothing {
        fn scope(&self, _: &Caller, _: Operation, _: &ObjectName) -> Decision {
            Decision::All
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let store = Store::connect(&crate::engine::url(folder.path(), "rwc").await).policy(Nothing).await.unwrap();
    run(&store, TABLE).await;
    let session = store.session(&caller());
    let made = plan(&session).await;
    let id = made.id;
    let mut edit = made.edit();
    edit.set_note("0");
    session.save(&edit).await.unwrap();
    let ours = tokio::spawn(async move {
        let mut conflicts = 0;
        for _ in 0..ROUNDS {
            loop {
                let read: Persisted<Plan> = session.get(id).await.unwrap();
                let mut edit = read.edit();
                edit.set_note((read.note.as_deref().unwrap().parse::<i64>().unwrap() + 1).to_string());
                // The other comes in between as often as not.
                tokio::task::yield_now().await;
                match session.save(&edit).await {
                    Ok(_) => break,
                    Err(error) if is_conflict(&error) => conflicts += 1,
                    Err(error) => panic!("{}", error.log()),
                }
            }
        }
        conflicts
    });
    for _ in 0..ROUNDS {
        run(&store, "UPDATE plans SET note = CAST(CAST(note AS BIGINT) + 1000 AS CHAR(9))").await;
    }
    ours.await.unwrap();
    let end: Persisted<Plan> = store.session(&caller()).get(id).await.unwrap();
    assert_eq!(end.note.as_deref().map(str::trim), Some((ROUNDS * 1_001).to_string().as_str()));
}
