//! The tests on SQLite, in memory and in files. Nothing is left out.

use std::path::Path;

use recension::store::sea_orm::DbBackend;
use recension::store::{Error, Fault, Malformed, Store};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Executor};

use crate::support::run;

pub const BACKEND: DbBackend = DbBackend::Sqlite;

/// Whether readers have connections of their own.
pub const READERS_ARE_APART: bool = true;

/// Whether an UPDATE gives back the row that it changed.
pub const UPDATE_RETURNS: bool = true;

/// Whether a column of texts takes bytes.
pub const TEXTS_TAKE_BYTES: bool = true;

/// How many writers of one row race at a time, where there are many.
pub const RACING: usize = 2;

/// How many values a statement may bind.
pub const PARAMETERS: usize = 32_766;

/// The URL of a new database that nobody else uses.
pub async fn fresh() -> String {
    "sqlite::memory:".to_owned()
}

/// The URL of the database that stands for a folder: of a file in it.
pub async fn url(folder: &Path, mode: &str) -> String {
    format!("sqlite://{}?mode={mode}", folder.join("jobs.db").display())
}

/// Statements of the tests in the words of the engine.
pub fn in_words(sql: &str) -> String {
    sql.to_owned()
}

/// A statement that counts the tables there are.
pub const TABLES: &str = "SELECT count(*) FROM sqlite_master";

/// Makes an insert of a job last long enough for its first poll to come back before it is done.
pub async fn slow_inserts(store: &Store) {
    run(store, "CREATE TRIGGER slow AFTER INSERT ON jobs BEGIN SELECT length(hex(randomblob(20000000))); END").await;
}

/// A query that takes long.
pub const SLOW: &str = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 3000000) SELECT count(*) FROM n";

/// Takes that back.
pub const UNSTICK: &str = "DROP TRIGGER stuck";

/// Makes each insert of a job take long.
pub async fn stuck_inserts(store: &Store) {
    let blob = "SELECT length(hex(randomblob(20000000)));";
    run(store, &format!("CREATE TRIGGER stuck AFTER INSERT ON jobs BEGIN {} END", blob.repeat(5))).await;
}

/// Whether a fault is of the constraint that only the table knows.
pub fn is_check(fault: &Fault) -> bool {
    fault.code() == Some(275)
}

/// How the log tells it, and what the driver says.
pub const CHECK: (&str, &str) = ("driver_code=275", "CHECK constraint failed");

/// What no user may see of this engine.
pub const CANARIES: [&str; 3] = ["sqlite", "SQLITE", "jobs.db"];

/// A URL of a database that is not there, and one that is none.
pub fn bad_urls(folder: &Path) -> [String; 2] {
    [format!("sqlite://{}?mode=rw", folder.join("c4n4ry").join("jobs.db").display()), "sqlite://x?c4n4ry=1".to_owned()]
}

/// What the engine says when the first of those is opened.
pub fn is_missing(error: &Error) -> bool {
    matches!(error, Error::Unavailable(_))
}

/// URLs that are refused, and as what.
pub const MALFORMED: [(&str, Malformed); 7] = [
    ("SQLITE::memory:", Malformed::UrlScheme),
    ("sqlite://x.db?mode=c4n4ry", Malformed::Url),
    ("sqlite://x.db?c4n4ry=1", Malformed::Url),
    ("sqlite://%ffc4n4ry", Malformed::Url),
    // Each connection would have a database of its own.
    ("sqlite:", Malformed::Url),
    ("sqlite://", Malformed::Url),
    ("sqlite://?mode=rwc", Malformed::Url),
];

/// Whether a fault is that a lock was waited for in vain.
pub fn is_lock(fault: &Fault) -> bool {
    fault.code() == Some(5)
}

/// How many transactions hold the lock of a file, and how many rows they have locked: none by itself.
pub async fn left_behind(url: &str) -> (i64, i64) {
    let options: SqliteConnectOptions = url.parse().unwrap();
    let mut other = SqliteConnection::connect_with(&options.busy_timeout(std::time::Duration::ZERO)).await.unwrap();
    let is_free = other.execute("BEGIN IMMEDIATE").await.is_ok();
    other.close().await.unwrap();
    (i64::from(!is_free), 0)
}
