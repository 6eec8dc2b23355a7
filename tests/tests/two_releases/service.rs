//! The service on a server, by its URL alone.

use std::path::Path;

use instance_actions::replay::{ReplayOptions, replay};
use instance_actions::{Actions, ByProject, MIGRATE, Request};
use recension::{Caller, Store};
use uuid::Uuid;

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
