//! A part of a server: of which engine, `engine` says.

use std::sync::atomic::{AtomicU32, Ordering};

use instance_actions::{ByProject, MIGRATE};
use recension::Store;
use recension::store::sea_orm::ConnectionTrait;

use crate::engine::{CREATE, DROP, ENGINE, KIND, VARIABLE, of};
pub(crate) use crate::engine::{TEXT, follow_largest_id, in_words};

/// A part of the server for a test alone, by its name, which is dropped at its end.
pub(crate) struct Place(String);

impl Place {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("recension_actions_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        run(format!("CREATE {KIND} {name} {CREATE}"));
        Self(name)
    }

    pub(crate) fn url(&self) -> String {
        of(&server(), &self.0)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        run(format!("DROP {KIND} {} {DROP}", self.0));
    }
}

fn server() -> String {
    let Ok(url) = std::env::var(VARIABLE) else {
        panic!("{VARIABLE} is not set: `cargo xtask db up {ENGINE}` prints what it should be");
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
