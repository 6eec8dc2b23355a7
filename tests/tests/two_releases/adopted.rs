//! A database that the reference has written: opened, expanded while it stays usable by the reference, and used beside it.

use instance_actions::{Actions, ByProject, Deleted, InstanceAction, ListOptions, MIGRATE, Outcome, Request};
use recension::store::Error as StoreError;
use recension::store::sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use recension::{Caller, Persisted, Revision, Store, Timestamp};
use uuid::Uuid;

use crate::place::{self, Place};

/// What the reference left behind, statement by statement, as its own ORM made and filled the tables.
const WRITTEN: &str = include_str!("../../golden/nova_action_sequence.sql");

const INSTANCES: [Uuid; 3] = [
    Uuid::from_u128(0xc0ff_ee00_0000_4000_8000_0000_0000_0000),
    Uuid::from_u128(0xc0ff_ee00_0000_4000_8000_0000_0000_0001),
    Uuid::from_u128(0xc0ff_ee00_0000_4000_8000_0000_0000_0003),
];

/// The reference: it knows its own columns, and nothing of ours.
struct Reference<'s>(&'s DatabaseConnection);

impl Reference<'_> {
    async fn run(&self, sql: &str) {
        self.0.execute_unprepared(&place::in_words(sql)).await.unwrap();
    }

    /// The rows of its tables by its columns, as texts.
    async fn rows(&self) -> Vec<String> {
        let text = |column: &str| format!("coalesce(CAST({column} AS {}), '-')", place::TEXT);
        let mut rows = Vec::new();
        for (table, columns) in [
            ("instance_actions", "id,action,instance_uuid,request_id,user_id,project_id,start_time,finish_time,message,deleted"),
            ("instance_actions_events", "id,event,action_id,start_time,finish_time,result,traceback,host,details,deleted"),
        ] {
            let cells = columns.split(',').map(text).collect::<Vec<_>>().join(" || '|' || ");
            let sql = format!("SELECT {cells} AS cells FROM {table} ORDER BY id");
            let found = self.0.query_all_raw(Statement::from_string(self.0.get_database_backend(), sql)).await.unwrap();
            rows.extend(found.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()));
        }
        rows
    }
}

async fn written_by_the_reference(store: &Store) -> Reference<'_> {
    let reference = Reference(store.schema_connection(&MIGRATE));
    reference.run("CREATE TABLE instances (uuid VARCHAR(36) NOT NULL PRIMARY KEY)").await;
    for instance in INSTANCES {
        reference.run(&format!("INSERT INTO instances VALUES ('{instance}')")).await;
    }
    reference.run(WRITTEN).await;
    for table in ["instance_actions", "instance_actions_events"] {
        if let Some(sql) = place::follow_largest_id(table) {
            reference.run(&sql).await;
        }
    }
    reference
}

#[tokio::test]
async fn x4_s18_s19_a_database_of_the_reference_is_expanded_and_used_beside_it() {
    let place = Place::new();
    let store = Store::connect(&place.url()).policy(ByProject).await.unwrap();
    let reference = written_by_the_reference(&store).await;
    let before = reference.rows().await;
    assert_eq!(before.len(), 16);

    // Expanded, twice, and nothing of the reference's has changed.
    for _ in 0..2 {
        recension_migrations::apply(store.schema_connection(&MIGRATE)).await.unwrap();
    }
    assert_eq!(reference.rows().await, before);

    // What it wrote is read, and an action that it began is ended.
    let alice = Caller::user("alice", "proj-a");
    let by = |request: &str| Actions::new(store.session(&alice), Request::now(request));
    let listed = by("req-bbbb").list(INSTANCES[0], &ListOptions::default()).await.unwrap();
    assert_eq!(listed.items.iter().map(|action| action.id).collect::<Vec<_>>(), [3, 2]);
    let begun = by("req-bbbb").start_event(INSTANCES[0], "compute_reboot", Some("cn-7")).await.unwrap();
    assert_eq!(begun.action_id, Some(2));
    assert!(begun.id > 9, "{}", begun.id);
    by("req-bbbb").finish_event(INSTANCES[0], "compute_reboot", Outcome::Success).await.unwrap();
    let finished = by("req-bbbb").finish(INSTANCES[0]).await.unwrap();
    assert!(finished.finish_time.is_some() && finished.revision() > Revision(0));

    // The reference goes on beside us, and its rows are ours to read and to guard.
    let theirs = "INSERT INTO instance_actions (created_at, action, instance_uuid, request_id, user_id, project_id, start_time, deleted)";
    let at = "2024-03-02 10:00:00.000000";
    reference.run(&format!("{theirs} VALUES ('{at}', 'pause', '{}', 'req-dddd', 'alice', 'proj-a', '{at}', 0)", INSTANCES[1])).await;
    let found = by("req-dddd").by_request(INSTANCES[1], "req-dddd", Deleted::No).await.unwrap().unwrap();
    assert_eq!((found.revision(), found.action.as_deref()), (Revision(0), Some("pause")));
    let id = found.id;
    assert!(by("req-dddd").start(INSTANCES[1], "pause").await.is_err(), "whoever wrote it");

    // Both change one row, the other between our read and our write, and counts nothing: that is noticed, and neither loses what is
    // its own.
    let session = store.session(&alice);
    let read: Persisted<InstanceAction> = session.get(id).await.unwrap();
    reference.run(&format!("UPDATE instance_actions SET message = 'theirs' WHERE id = {id}")).await;
    let mut edit = read.edit();
    edit.set_finish_time(Timestamp::parse("2024-03-02T11:00:00Z").unwrap());
    let refused = session.save(&edit).await.map(|_| ()).unwrap_err();
    assert!(matches!(&refused, StoreError::Conflict { expected, actual, .. } if expected == actual), "{refused}");
    session.save(&edit.rebase(session.get(id).await.unwrap())).await.unwrap();
    let both: Persisted<InstanceAction> = session.get(id).await.unwrap();
    assert_eq!((both.message.as_deref(), both.finish_time.is_some(), both.revision()), (Some("theirs"), true, Revision(1)));

    // And what we began is theirs to read, and to end.
    let ours = by("req-eeee").start(INSTANCES[1], "unpause").await.unwrap();
    reference.run("UPDATE instance_actions SET message = 'seen' WHERE request_id = 'req-eeee' AND deleted = 0").await;
    assert_eq!(session.get::<InstanceAction>(ours.id).await.unwrap().message.as_deref(), Some("seen"));
    assert_eq!(reference.rows().await.len(), before.len() + 3);
}
