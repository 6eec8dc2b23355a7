//! A schema on the server that `RECENSION_POSTGRES_URL` names.

use std::sync::atomic::{AtomicU32, Ordering};

use instance_actions::{ByProject, MIGRATE};
use recension::Store;
use recension::store::sea_orm::ConnectionTrait;

/// A schema of a test's own, by its name, which is dropped at its end.
pub(crate) struct Place(String);

impl Place {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("recension_actions_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        run(format!("CREATE SCHEMA {name}"));
        Self(name)
    }

    pub(crate) fn url(&self) -> String {
        format!("{}?options[search_path]={}", server(), self.0)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        run(format!("DROP SCHEMA {} CASCADE", self.0));
    }
}

fn server() -> String {
    let Ok(url) = std::env::var("RECENSION_POSTGRES_URL") else {
        panic!("RECENSION_POSTGRES_URL is not set: `cargo xtask db up postgres` prints what it should be");
    };
    url
}

/// On a thread of its own: a test may have a runtime already.
fn run(sql: String) {
    let done = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Store::connect(&server()).policy(ByProject).await.unwrap();
            store.schema_connection(&MIGRATE).execute_unprepared(&sql).await.unwrap();
            store.close().await;
        });
    });
    done.join().unwrap();
}
