//! A database on the server that `RECENSION_MARIADB_URL` names.

use std::sync::atomic::{AtomicU32, Ordering};

use instance_actions::{ByProject, MIGRATE};
use recension::Store;
use recension::store::sea_orm::ConnectionTrait;

/// A database of a test's own, by its name, which is dropped at its end.
pub(crate) struct Place(String);

impl Place {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("recension_actions_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        run(format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"));
        Self(name)
    }

    pub(crate) fn url(&self) -> String {
        let server = server();
        let (server, _) = server.rsplit_once('/').unwrap();
        format!("{server}/{}", self.0)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        run(format!("DROP DATABASE {}", self.0));
    }
}

fn server() -> String {
    let Ok(url) = std::env::var("RECENSION_MARIADB_URL") else {
        panic!("RECENSION_MARIADB_URL is not set: `cargo xtask db up mariadb` prints what it should be");
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

/// The type to which a cell is cast to be read as text.
pub(crate) const TEXT: &str = "char";

/// Statements of the reference, which were recorded on SQLite.
pub(crate) fn in_words(sql: &str) -> String {
    sql.replace(" DATETIME", " DATETIME(6)").replace(" id INTEGER NOT NULL", " id INTEGER NOT NULL AUTO_INCREMENT")
}

/// What lets the next row of a table have the id after the largest one.
pub(crate) const fn follow_largest_id(_table: &str) -> Option<String> {
    None
}
