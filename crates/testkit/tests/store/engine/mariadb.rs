//! The tests on the server that `RECENSION_MARIADB_URL` names, on the first node of a cluster, that `RECENSION_GALERA_URL` names, or on a MySQL 5.6;
//! its user may make databases that begin with its name. Each store of a test has a database of its own, which is dropped when the
//! test has ended. What is left out is in `mariadb.excluded` and `galera.excluded`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use recension::store::sea_orm::DbBackend;
use recension::store::{Error, Fault, Malformed, Store};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::{AssertSqlSafe, Connection, Executor, Row};

use crate::support::run;

pub const BACKEND: DbBackend = DbBackend::MySql;

/// SQLite's function `quote`: the one of that name here has quotes about numbers, too.
const QUOTE: &str = "CREATE FUNCTION shown(cell TEXT) RETURNS TEXT NO SQL RETURN IF(cell REGEXP '^[0-9]+$', cell, quote(cell))";

fn server() -> String {
    // All may be up, for the controls.
    let program = env!("CARGO_CRATE_NAME");
    let variable = match program {
        "galera" => "RECENSION_GALERA_URL",
        "mysql56" => "RECENSION_MYSQL56_URL",
        _ => "RECENSION_MARIADB_URL",
    };
    let Ok(url) = std::env::var(variable) else {
        panic!("{variable} is not set: `cargo xtask db up {program}` prints what it should be");
    };
    url
}

/// The URL of another database of the server.
fn of(database: &str) -> String {
    let server = server();
    let (server, _) = server.rsplit_once('/').unwrap();
    format!("{server}/{database}")
}

/// A connection past every store.
pub async fn connection(url: &str) -> MySqlConnection {
    let options: MySqlConnectOptions = url.parse().unwrap();
    MySqlConnection::connect_with(&options).await.unwrap()
}

pub async fn admin() -> MySqlConnection {
    connection(&server()).await
}

/// Whether readers have connections of their own.
pub const READERS_ARE_APART: bool = false;

/// Whether an UPDATE gives back the row that it changed. Here it does not, so that a save answers what was read and what it wrote.
pub const UPDATE_RETURNS: bool = false;

/// Whether a column of texts takes bytes.
pub const TEXTS_TAKE_BYTES: bool = false;

/// How many writers of one row race at a time, where there are many.
pub const RACING: usize = 4;

/// How many values a statement may bind.
pub const PARAMETERS: usize = 65_535;

/// A database that a test has made.
struct Made(String);

impl Drop for Made {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE {}", self.0);
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { admin().await.execute(AssertSqlSafe(sql)).await.map(|_| ()) })
        });
        let dropped = dropped.join();
        assert!(std::thread::panicking() || matches!(dropped, Ok(Ok(()))), "{dropped:?}");
    }
}

thread_local! {
    /// What the test that runs on this thread has made: each has a thread of its own, which ends with it.
    static MADE: RefCell<Vec<Made>> = const { RefCell::new(Vec::new()) };
    static OF_FOLDERS: RefCell<HashMap<PathBuf, String>> = RefCell::new(HashMap::new());
}

/// The URL of a new database that nobody else uses. Its texts compare as those of [`create_table`] do.
///
/// [`create_table`]: recension::store::create_table
pub async fn fresh() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("recension_{}_{}", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let sql = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    let mut admin = admin().await;
    admin.execute(AssertSqlSafe(sql)).await.unwrap();
    admin.execute(AssertSqlSafe(QUOTE.replace("shown", &format!("{name}.shown")))).await.unwrap();
    MADE.with_borrow_mut(|made| made.push(Made(name.clone())));
    of(&name)
}

/// The URL of the database that stands for a folder.
pub async fn url(folder: &Path, _mode: &str) -> String {
    let known = OF_FOLDERS.with_borrow(|urls| urls.get(folder).cloned());
    match known {
        Some(url) => url,
        None => {
            let url = fresh().await;
            OF_FOLDERS.with_borrow_mut(|urls| urls.insert(folder.to_owned(), url.clone()));
            url
        }
    }
}

/// Statements of the tests in the words of the engine.
pub fn in_words(sql: &str) -> String {
    // It takes a query that calls itself for one without an end after a thousand rounds.
    let rounds = if sql.contains("WITH RECURSIVE") { "SET STATEMENT max_recursive_iterations = 1000000 FOR " } else { "" };
    format!("{rounds}{sql}")
        .replace("id INTEGER PRIMARY KEY", "id BIGINT AUTO_INCREMENT PRIMARY KEY")
        .replace("DATETIME", "DATETIME(6)")
        .replace(" AS BIGINT)", " AS SIGNED)")
        .replace("quote(", "shown(")
}

/// A statement that counts the tables there are.
pub const TABLES: &str = "SELECT count(*) FROM information_schema.tables WHERE table_schema = database()";

/// Makes an insert of a job last long enough for its first poll to come back before it is done.
pub async fn slow_inserts(store: &Store) {
    run(store, "CREATE TRIGGER slow AFTER INSERT ON jobs FOR EACH ROW DO sleep(0.1)").await;
}

/// A query that takes long.
pub const SLOW: &str = "SELECT sleep(10)";

/// Takes that back.
pub const UNSTICK: &str = "DROP TRIGGER stuck";

/// Makes each insert of a job take long.
pub async fn stuck_inserts(store: &Store) {
    run(store, "CREATE TRIGGER stuck AFTER INSERT ON jobs FOR EACH ROW DO sleep(10)").await;
}

/// How many sessions of a store are in a transaction, and how many rows they have locked. The server tells what was so up to a
/// tenth of a second ago, and for longer where others ask it all the time.
pub async fn left_behind(url: &str) -> (i64, i64) {
    let (_, name) = url.rsplit_once('/').unwrap();
    let sql = format!(
        "SELECT count(*), CAST(coalesce(sum(trx_rows_locked), 0) AS SIGNED) FROM information_schema.innodb_trx \
         JOIN information_schema.processlist ON id = trx_mysql_thread_id WHERE db = '{name}'"
    );
    let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut admin().await).await.unwrap();
    (row.get(0), row.get(1))
}

/// Ends every session of a store.
pub async fn end_sessions(url: &str) {
    let (_, name) = url.rsplit_once('/').unwrap();
    let sql = format!("SELECT CAST(id AS SIGNED) FROM information_schema.processlist WHERE db = '{name}'");
    let mut admin = admin().await;
    let sessions: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut admin).await.unwrap();
    for id in sessions {
        admin.execute(AssertSqlSafe(format!("KILL {id}"))).await.unwrap();
    }
}

/// A URL that leads to nobody.
pub const NOWHERE: &str = "mariadb://u:c4n4ry@127.0.0.1:1/d";

/// Whether a fault is that a row was waited for in vain.
pub fn is_lock(fault: &Fault) -> bool {
    fault.code() == Some(1205)
}

/// Whether a fault is a wrong password.
pub fn is_not_let_in(fault: &Fault) -> bool {
    fault.code() == Some(1045)
}

/// Whether a fault is that the database of a URL is not there, or not for this user.
pub fn is_other_database(fault: &Fault) -> bool {
    matches!(fault.code(), Some(1044 | 1049))
}

/// Whether a fault is that two waited for each other.
pub fn is_deadlock(fault: &Fault) -> bool {
    fault.code() == Some(1213)
}

/// One in a statement of a transaction that was begun before it, and else zero.
pub const IN_TRANSACTION: &str = "@@in_transaction";

/// Whether a fault is of the constraint that only the table knows.
pub fn is_check(fault: &Fault) -> bool {
    fault.code() == Some(4025)
}

/// How the log tells it, and what the driver says.
pub const CHECK: (&str, &str) = ("driver_code=4025 sqlstate=23000", "failed for `");

/// What no user may see of this engine.
pub const CANARIES: [&str; 4] = ["mysql", "mariadb", "recension_", "127.0.0.1"];

/// A URL of a database that is not there, and one that is none.
pub fn bad_urls(_folder: &Path) -> [String; 2] {
    [of("recension_c4n4ry"), format!("{}?c4n4ry=1", server())]
}

/// What the engine says when the first of those is opened.
pub fn is_missing(error: &Error) -> bool {
    matches!(error, Error::Unavailable(fault) if fault.code() == Some(1049))
}

/// URLs that are refused, and as what.
pub const MALFORMED: [(&str, Malformed); 5] = [
    ("MYSQL://u:c4n4ry@127.0.0.1/d", Malformed::UrlScheme),
    ("mysql://u:c4n4ry@/d", Malformed::Url),
    ("mariadb://u:c4n4ry@127.0.0.1/d?c4n4ry=1", Malformed::Url),
    ("mysql://u:c4n4ry@127.0.0.1/d?ssl-mode=c4n4ry", Malformed::Url),
    ("mysql://u:c4n4ry@db.example/d?ssl-mode=DISABLED", Malformed::WeakTls),
];
