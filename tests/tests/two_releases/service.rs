//! The service on a server, by its URL alone.

use std::path::Path;

use instance_actions::replay::{ReplayOptions, replay};
use instance_actions::{Actions, ByProject, Failure, MIGRATE, Outcome, Reason, Request};
use recension::{Caller, Revision, Store};
use uuid::Uuid;

use crate::engine::STORY;
use crate::place::Place;

#[tokio::test]
async fn a_replay_gives_the_same_rows_as_on_sqlite() {
    let place = Place::new();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/instance-actions/tests/golden/nova_action_sequence.json");
    let options = ReplayOptions { file, differences: None };
    let here = replay(&options, &place.url()).await.unwrap();
    assert_eq!((here.equal, here.by_rule, here.wrong), (58, 20, 0), "{here}");
    assert_eq!(here, replay(&options, "sqlite::memory:").await.unwrap());
}

/// What each of the four writes of an action sends, once its statements are prepared.
#[tokio::test]
async fn an_event_is_started_in_one_statement_where_the_engine_can_and_finished_in_two() {
    let place = Place::new();
    let store = Store::connect(&place.url()).policy(ByProject).await.unwrap();
    recension_migrations::apply(store.schema_connection(&MIGRATE)).await.unwrap();
    let mut sent = Vec::new();
    for round in 0..3 {
        let session = store.session(&Caller::user("alice", "project-a")).hold().await.unwrap();
        let actions = Actions::new(session, Request::now(format!("req-{round}")));
        let instance = Uuid::from_u128(7);
        let mut counts = vec![store.statements()];
        actions.start(instance, "reboot").await.unwrap();
        counts.push(store.statements());
        actions.start_event(instance, "stop", Some("cn-1")).await.unwrap();
        counts.push(store.statements());
        actions.finish_event(instance, "stop", Outcome::Failure(Failure::new(Reason::template("Full", &[]), "at 7"))).await.unwrap();
        counts.push(store.statements());
        let finished = actions.finish(instance).await.unwrap();
        counts.push(store.statements());
        assert_eq!((finished.message.as_deref(), finished.revision()), (Some("Error"), Revision(4)));
        sent.push(counts.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>());
    }
    assert_eq!(sent, vec![STORY.to_vec(); 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_that_start_at_once_make_the_tables_once() {
    let place = Place::new();
    let start = async |url: String| {
        let store = Store::connect(&url).policy(ByProject).await.unwrap();
        recension_migrations::apply(store.schema_connection(&MIGRATE)).await.unwrap();
        store
    };
    let starts: Vec<_> = (0..8).map(|_| tokio::spawn(start(place.url()))).collect();
    for started in starts {
        started.await.unwrap();
    }
    let store = start(place.url()).await;
    let actions = Actions::new(store.session(&Caller::user("alice", "project-a")), Request::now("req-1"));
    let made = actions.start(Uuid::from_u128(7), "reboot").await.unwrap();
    assert_eq!(made.id, 1);
}
