//! Creating, saving and deleting.

use recension::store::{Caller, Error, Invalid, Sought};
use recension::{Carry, Object, Persist, Persisted, Revision, Rule, Secret, Timestamp, VersionedObject};
use uuid::Uuid;

use crate::support::*;

#[tokio::test]
async fn a_created_object_is_complete() {
    let store = store().await;
    let session = store.session(&owner());
    let started = Timestamp::parse("2024-03-01T10:00:00.5+02:00").unwrap();
    let draft = job("r1").title("boot").token("s3cr3t").size(1 << 40).started_at(started);
    let made = session.create(draft).await.unwrap();
    assert_eq!((made.id, made.revision()), (1, Revision(1)));
    assert_eq!((made.user_id.as_deref(), made.project_id.as_deref()), (Some("owner"), Some("p1")));
    assert_eq!((made.title.as_deref(), made.size, made.tiny, made.progress), (Some("boot"), Some(1 << 40), None, 0));
    assert_eq!(made.started_at, Some(started.to_utc()));
    assert!(made.created_at.is_some() && made.updated_at.is_some());
    assert_eq!((made.state.clone(), made.deleted), (State::Queued, false));
    assert!(made.token.as_ref().unwrap().same(&Secret::from("s3cr3t")));
    let read = session.get::<Job>(1).await.unwrap();
    assert_eq!(format!("{read:?}"), format!("{made:?}"));
    assert_eq!(
        dump(&store).await,
        ["1|'2023-11-14 22:13:20.000000'|'2023-11-14 22:13:21.000001'|'owner'|'p1'|'00000000-0000-0000-0000-000000000007'|'r1'|'boot'|\
          's3cr3t'|0|1099511627776|NULL|'Queued'|0|'2024-03-01 08:00:00.500000'|1|\
          'f'"]
        .map(|line| line.replace("'f'", &format!("'{}'", digest("r1")))),
    );
}

fn digest(request: &str) -> String {
    recension::store::NaturalKey::digest([Uuid::from_u128(7).to_string().as_str(), request])
}

#[tokio::test]
async fn a_key_of_the_store_is_random() {
    let store = store().await;
    let session = store.session(&owner());
    let parent = stored(&session, "r1").await;
    let one = session.create(Step::draft().job_id(parent.id).name("a")).await.unwrap();
    let two = session.create(Step::draft().job_id(parent.id).name("a")).await.unwrap();
    assert_ne!(one.uuid, two.uuid);
    assert_eq!(one.uuid.get_version_num(), 4);
    assert_eq!(session.get::<Step>(one.uuid).await.unwrap().name, "a");
}

#[tokio::test]
async fn missing_fields_are_named_before_anything_is_sent() {
    let store = store().await;
    let sent = store.statements();
    let error = store.session(&owner()).create(Job::draft().title("boot")).await.unwrap_err();
    assert_eq!(error.to_string(), "`Job` is not complete: `server`, `request`, `progress` not set");
    assert_eq!(store.statements(), sent);
}

#[tokio::test]
async fn a_save_writes_the_changed_columns_only() {
    let store = store().await;
    let session = store.session(&owner());
    let made = session.create(job("r1").title("boot").token("s3cr3t")).await.unwrap();
    // Another program changes a column that the edit does not touch, without counting.
    run(&store, "UPDATE jobs SET size = 5 WHERE id = 1").await;
    let mut edit = made.edit();
    edit.set_progress(50);
    edit.clear_title();
    let saved = session.save(&edit).await.unwrap();
    assert_eq!(saved.revision(), Revision(2));
    let seen = if crate::engine::UPDATE_RETURNS { Some(5) } else { None };
    assert_eq!((saved.progress, saved.title.as_deref(), saved.size), (50, None, seen));
    let read = session.get::<Job>(1).await.unwrap();
    assert_eq!((read.progress, read.title.as_deref(), read.size), (50, None, Some(5)));
    assert!(saved.updated_at > made.updated_at, "touched at every write");
    assert_eq!(saved.created_at, made.created_at);
    assert!(saved.token.is_some());
}

#[tokio::test]
async fn an_edit_without_changes_sends_nothing() {
    let store = store().await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    let sent = store.statements();
    let same = session.save(&made.edit()).await.unwrap();
    assert_eq!((same.revision(), store.statements()), (Revision(1), sent));
}

#[tokio::test]
async fn s18_the_second_of_two_edits_is_a_conflict() {
    let store = store().await;
    let (first, second) = (store.session(&owner()), store.session(&owner()));
    let made = stored(&first, "r1").await;
    let other = second.get::<Job>(made.id).await.unwrap();
    let mut winner = made.edit();
    winner.set_progress(10);
    let winner = first.save(&winner).await.unwrap();
    let before = dump(&store).await;
    let mut edit = other.edit();
    edit.set_title("mine");
    let error = second.save(&edit).await.unwrap_err();
    assert!(matches!(&error, Error::Conflict { expected: Revision(1), actual: Revision(2), object } if *object == "Job"), "{error:?}");
    assert!(matches!(second.delete(&other).await.unwrap_err(), Error::Conflict { .. }));
    assert_eq!(dump(&store).await, before);
    let saved = second.save(&edit.rebase(winner)).await.unwrap();
    assert_eq!((saved.revision(), saved.progress, saved.title.as_deref()), (Revision(3), 10, Some("mine")));
}

#[tokio::test]
async fn s18_a_revision_past_every_column_is_a_conflict() {
    let store = store().await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    run(&store, &format!("UPDATE jobs SET revision = {}", i64::MAX)).await;
    for revision in [i64::MAX as u64 + 1, u64::MAX] {
        let claimed = Persisted::assemble(made.clone().into_inner(), Revision(revision), Carry::default());
        let mut edit = claimed.edit();
        edit.set_progress(1);
        for error in [session.save(&edit).await.unwrap_err(), session.delete(&claimed).await.unwrap_err()] {
            let Error::Conflict { expected, actual, .. } = error else { panic!("{error:?}") };
            assert_eq!((expected, actual), (Revision(revision), Revision(i64::MAX as u64)));
        }
    }
    assert_eq!(session.get::<Job>(made.id).await.unwrap().progress, 0);
}

#[tokio::test]
async fn a_deleted_object_is_gone() {
    let store = store().await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    session.delete(&made).await.unwrap();
    let mut edit = made.edit();
    edit.set_progress(1);
    for error in
        [session.get::<Job>(made.id).await.unwrap_err(), session.save(&edit).await.unwrap_err(), session.delete(&made).await.unwrap_err()]
    {
        assert!(matches!(&error, Error::NotFound { sought: Sought::Object, .. }), "{error:?}");
    }
}

#[tokio::test]
async fn s18_a_row_without_a_count_counts_as_zero() {
    let store = store().await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    run(&store, "UPDATE jobs SET revision = NULL").await;
    let read = session.get::<Job>(made.id).await.unwrap();
    assert_eq!(read.revision(), Revision(0));
    let mut edit = read.edit();
    edit.set_progress(1);
    assert_eq!(session.save(&edit).await.unwrap().revision(), Revision(1));
    assert!(matches!(session.save(&edit).await.unwrap_err(), Error::Conflict { expected: Revision(0), actual: Revision(1), .. }));
    run(&store, "UPDATE jobs SET revision = NULL").await;
    session.delete(&read).await.unwrap();
}

#[tokio::test]
async fn s6_no_draft_sets_what_the_service_sets() {
    let store = store().await;
    let sent = store.statements();
    // A draft that came over the wire can have any field set.
    for field in ["id", "created_at", "updated_at", "user_id", "project_id", "deleted"] {
        let mut record = recension::ObjectDraft::to_record(&job("r1"));
        let value: recension::Value = match field {
            "id" => 5_i64.into(),
            "deleted" => true.into(),
            "created_at" | "updated_at" => Timestamp::now().into(),
            _ => "victim".into(),
        };
        record.set(field, value).unwrap();
        let draft: recension::Draft<Job> = recension::ObjectDraft::from_record(record).unwrap();
        let made = store.session(&owner()).create(draft.clone()).await;
        assert_eq!(broken(&made), Some(&Rule::ServerSet), "{field}");
        let made = store.session(&owner()).create_many([job("r0"), draft.clone()]).await;
        assert_eq!(broken(&made), Some(&Rule::ServerSet), "{field} of one of many");
        let made = store.session(&system()).create_filled(draft, |fields| fields.set_project_id("p1")).await;
        assert_eq!(broken(&made), Some(&Rule::ServerSet), "{field} past the service's own value");
    }
    assert_eq!(store.statements(), sent);
}

#[tokio::test]
async fn s6_the_service_sets_its_fields_itself() {
    let store = store().await;
    let session = store.session(&system());
    let made = session
        .create_filled(job("r1"), |fields| {
            fields.set_user_id("u9");
            fields.set_project_id("p9");
        })
        .await
        .unwrap();
    assert_eq!((made.user_id.as_deref(), made.project_id.as_deref()), (Some("u9"), Some("p9")));
    let saved = session.save_filled(&made.edit(), |fields| fields.set_deleted(true)).await.unwrap();
    assert!(saved.deleted);
    assert_eq!(saved.revision(), Revision(2));
    let stolen = session.save_filled(&saved.edit(), |fields| fields.set_user_id("u10")).await;
    assert_eq!(broken(&stolen), Some(&Rule::ReadOnly));
    // A system caller has no user and no project to fill in.
    let plain = session.create(job("r2")).await.unwrap();
    assert_eq!((plain.user_id.as_deref(), plain.project_id.as_deref()), (None, None));
}

#[tokio::test]
async fn s6_an_edit_cannot_give_what_the_service_sets() {
    let store = store().await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    for (field, rule) in
        [("project_id", Rule::ServerSet), ("user_id", Rule::ServerSet), ("id", Rule::ServerSet), ("server", Rule::ReadOnly)]
    {
        let mut edit = made.edit();
        let mut record = recension::ObjectDraft::to_record(&*edit);
        let value: recension::Value = match field {
            "id" => 9_i64.into(),
            "server" => Uuid::nil().into(),
            _ => "victim".into(),
        };
        record.set(field, value).unwrap();
        *edit = recension::ObjectDraft::from_record(record).unwrap();
        assert_eq!(broken(&session.save(&edit).await), Some(&rule), "{field}");
    }
}

#[tokio::test]
async fn s19_a_natural_key_is_taken_once() {
    let store = store().await;
    let session = store.session(&owner());
    stored(&session, "r1").await;
    assert!(matches!(session.create(job("r1")).await, Err(Error::AlreadyExists { .. })));
    let other = stored(&session, "r2").await;
    let mut edit = other.edit();
    edit.set_request("r1");
    assert!(matches!(session.save(&edit).await, Err(Error::AlreadyExists { .. })));
    edit.set_request("r3");
    session.save(&edit).await.unwrap();
    stored(&session, "r2").await;
    assert!(matches!(session.create(job("r3")).await, Err(Error::AlreadyExists { .. })));
    assert_eq!(number(&store, "SELECT count(*) FROM jobs").await, 3);
}

#[tokio::test]
async fn s19_a_row_of_a_program_without_natural_keys_counts_too() {
    let store = store().await;
    let session = store.session(&owner());
    run(&store, "INSERT INTO jobs (server, request, progress, project_id) VALUES ('00000000-0000-0000-0000-000000000007', 'r1', 0, 'p2')")
        .await;
    assert!(matches!(session.create(job("r1")).await, Err(Error::AlreadyExists { .. })));
    let other = stored(&session, "r2").await;
    let mut edit = other.edit();
    edit.set_request("r1");
    assert!(matches!(session.save(&edit).await, Err(Error::AlreadyExists { .. })));
    assert_eq!(number(&store, "SELECT count(*) FROM jobs WHERE request = 'r1'").await, 1);
    // Saving that row itself does not clash with itself.
    let theirs = store.session(&stranger()).get::<Job>(1).await.unwrap();
    let mut edit = theirs.edit();
    edit.set_request("r1");
    let saved = store.session(&system()).save(&edit).await.unwrap();
    assert_eq!(saved.revision(), Revision(1));
}

#[tokio::test]
async fn s19_a_natural_key_is_not_made_of_what_the_row_has_no_more() {
    let store = store().await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    // A program that knows no revision moves the row; only the edit's own column would be written.
    run(&store, "UPDATE jobs SET server = '00000000-0000-0000-0000-000000000008'").await;
    let before = dump(&store).await;
    let mut edit = made.edit();
    edit.set_request("r2");
    assert!(matches!(session.save(&edit).await.unwrap_err(), Error::Conflict { .. }));
    assert_eq!(dump(&store).await, before);
    // What the key does not depend on is not held up, and who reads again may go on.
    let mut other = made.edit();
    other.set_progress(1);
    session.save(&other).await.unwrap();
    let saved = session.save(&edit.rebase(session.get(1).await.unwrap())).await.unwrap();
    assert_eq!((saved.server, saved.request.as_str()), (Uuid::from_u128(8), "r2"));
    let digest = recension::store::NaturalKey::digest([saved.server.to_string().as_str(), "r2"]);
    assert_eq!(rows(&store, &format!("SELECT 1 FROM jobs WHERE natural_key = '{digest}'")).await.len(), 1);
}

/// An object whose natural key has every kind of cell that is not read as it is stored.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "slots", key = "id", natural_key(name, free, state, note))]
struct Slot {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    id: i64,
    name: String,
    #[persist(null_as = false)]
    free: bool,
    #[persist(null_as = "Queued")]
    state: State,
    note: Option<String>,
}

#[tokio::test]
async fn s19_a_natural_key_is_compared_as_it_is_read() {
    let store = store_with(AllowAll).await;
    let session = store.session(&Caller::nobody());
    run(&store, "CREATE TABLE slots (id INTEGER PRIMARY KEY, name TEXT, free INTEGER, state TEXT, note TEXT, natural_key TEXT UNIQUE)")
        .await;
    for (id, cells) in [(1, "'a', NULL, NULL, 'x'"), (2, "'b', 2, 'Done', 'x'"), (3, "'c', 0, 'Queued', NULL")] {
        run(&store, &format!("INSERT INTO slots (id, name, free, state, note) VALUES ({id}, {cells})")).await;
        let mut edit = session.get::<Slot>(id).await.unwrap().edit();
        edit.set_name(format!("new{id}"));
        assert_eq!(session.save(&edit).await.unwrap().name, format!("new{id}"));
        run(&store, "UPDATE slots SET free = CASE WHEN coalesce(free, 0) = 0 THEN 1 ELSE 0 END").await;
        assert!(matches!(session.save(&edit).await.unwrap_err(), Error::NotFound { .. }), "{id}");
    }
}

/// An object that is nothing but its key.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "tickets", key = "id")]
struct Ticket {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    id: i64,
}

#[tokio::test]
async fn an_object_that_sets_no_column_is_made() {
    let store = store_with(AllowAll).await;
    let session = store.session(&Caller::nobody());
    run(&store, "CREATE TABLE tickets (id INTEGER PRIMARY KEY)").await;
    let [first, second] = [session.create(Ticket::draft()).await.unwrap(), session.create(Ticket::draft()).await.unwrap()];
    assert!(first.id > 0 && first.id < second.id);
    assert_eq!(number(&store, "SELECT count(*) FROM tickets").await, 2);
}

#[tokio::test]
async fn what_an_object_refers_to_must_be_there() {
    let store = store_with(AllowAll).await;
    let session = store.session(&Caller::nobody());
    let error = session.create(Step::draft().job_id(99).name("a")).await.unwrap_err();
    assert!(matches!(&error, Error::NotFound { sought: Sought::Reference, .. }), "{error:?}");
    let parent = session.create(job("r1")).await.unwrap();
    session.create(Step::draft().job_id(parent.id).name("a")).await.unwrap();
    assert!(matches!(session.delete(&parent).await.unwrap_err(), Error::Denied { .. }));
}

#[tokio::test]
async fn a_constraint_that_only_the_table_knows_is_a_fault_of_ours() {
    let store = store().await;
    let error = store.session(&owner()).create(job("r1").progress(66)).await.unwrap_err();
    assert!(matches!(&error, Error::Internal(fault) if crate::engine::is_check(fault)), "{error:?}");
    assert!(!matches!(error, Error::Invalid(Invalid::Object(_))));
}

#[tokio::test]
async fn a_table_without_a_count_has_no_guard() {
    let store = store_with(AllowAll).await;
    let session = store.session(&Caller::nobody());
    let made = session.create(Mark::draft().text("a")).await.unwrap();
    assert_eq!(made.revision(), Revision(0));
    let (mut first, mut second) = (made.edit(), made.edit());
    first.set_text("b");
    second.set_note("c");
    session.save(&first).await.unwrap();
    let last = session.save(&second).await.unwrap();
    assert_eq!((last.text.as_str(), last.note.as_deref()), ("b", Some("c")), "only the changed column is written");
    session.delete(&made).await.unwrap();
    assert!(matches!(session.save(&first).await.unwrap_err(), Error::NotFound { .. }));
}

#[tokio::test]
async fn a_save_is_done_even_where_the_rest_of_its_row_is_no_object() {
    let store = store().await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    // A program that knows no revision leaves something that is no UUID.
    run(&store, "UPDATE jobs SET server = 'many'").await;
    let mut edit = made.edit();
    edit.set_title("mine");
    let saved = session.save(&edit).await;
    assert!(if crate::engine::UPDATE_RETURNS { matches!(saved, Err(Error::Integrity { .. })) } else { saved.is_ok() });
    assert!(matches!(session.get::<Job>(1).await, Err(Error::Integrity { .. })));
    assert_eq!(number(&store, "SELECT count(*) FROM jobs WHERE title = 'mine' AND revision = 2 AND server = 'many'").await, 1);
}
