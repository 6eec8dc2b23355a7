//! The service on the server that `RECENSION_POSTGRES_URL` names, by its URL alone.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::path::Path;

use instance_actions::replay::{ReplayOptions, replay};
use instance_actions::{ByProject, MIGRATE};
use recension::Store;
use recension::store::sea_orm::ConnectionTrait;

/// A schema of a test's own, which is dropped at its end.
struct Schema {
    store: Store,
    name: String,
    url: String,
}

impl Schema {
    async fn make(about: &str) -> Self {
        let Ok(server) = std::env::var("RECENSION_POSTGRES_URL") else {
            panic!("RECENSION_POSTGRES_URL is not set: `cargo xtask db up postgres` prints what it should be");
        };
        let name = format!("actions_{about}_{}", std::process::id());
        let store = Store::connect(&server).policy(ByProject).await.unwrap();
        store.schema_connection(&MIGRATE).execute_unprepared(&format!("CREATE SCHEMA {name}")).await.unwrap();
        let url = format!("{server}?options[search_path]={name}");
        Self { store, name, url }
    }

    async fn drop(self) {
        let sql = format!("DROP SCHEMA {} CASCADE", self.name);
        self.store.schema_connection(&MIGRATE).execute_unprepared(&sql).await.unwrap();
    }
}

#[tokio::test]
async fn a_replay_gives_the_same_rows_as_on_sqlite() {
    let schema = Schema::make("replay").await;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/nova_action_sequence.json");
    let options = ReplayOptions { file, differences: None };
    let here = replay(&options, &schema.url).await.unwrap();
    assert_eq!((here.equal, here.by_rule, here.wrong), (58, 20, 0), "{here}");
    assert_eq!(here, replay(&options, "sqlite::memory:").await.unwrap());
    schema.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_that_start_at_once_make_the_tables_once() {
    let schema = Schema::make("start").await;
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let url = schema.url.clone();
            tokio::spawn(async move { common::Service::at(&url).await })
        })
        .collect();
    for start in starts {
        start.await.unwrap();
    }
    let service = common::Service::at(&schema.url).await;
    let made = service.alice("req-1").start(common::INSTANCE, "reboot").await.unwrap();
    assert_eq!(made.id, 1);
    schema.drop().await;
}
