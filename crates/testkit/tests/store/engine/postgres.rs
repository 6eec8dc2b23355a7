//! The tests on the server that `RECENSION_POSTGRES_URL` names, or on the one with a replica that `RECENSION_REPLICA_URL` names, whose user may make databases. Each store of a test has a
//! schema of its own, which is dropped when the test has ended. What is left out is in `postgres.excluded`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use recension::store::sea_orm::DbBackend;
use recension::store::{Error, Fault, Malformed, Store};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection, Executor, Row};

use crate::support::run;

pub const BACKEND: DbBackend = DbBackend::Postgres;

/// SQLite's function of this name, for each type that a test asks for.
const QUOTE: [&str; 3] = [
    "; CREATE FUNCTION quote(bigint) RETURNS text LANGUAGE sql AS $$ SELECT coalesce($1::text, 'NULL') $$",
    "; CREATE FUNCTION quote(text) RETURNS text LANGUAGE sql AS $$ SELECT quote_nullable($1) $$",
    "; CREATE FUNCTION quote(timestamp) RETURNS text LANGUAGE sql AS \
     $$ SELECT quote_nullable(to_char($1, 'YYYY-MM-DD HH24:MI:SS.US')) $$",
];

fn server() -> String {
    let url = std::env::var("RECENSION_REPLICA_URL").or_else(|_| std::env::var("RECENSION_POSTGRES_URL"));
    let Ok(url) = url else {
        panic!("RECENSION_POSTGRES_URL is not set: `cargo xtask db up postgres` prints what it should be");
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
pub async fn connection(url: &str) -> PgConnection {
    let options: PgConnectOptions = url.parse().unwrap();
    PgConnection::connect_with(&options).await.unwrap()
}

pub async fn admin() -> PgConnection {
    connection(&server()).await
}

/// Whether readers have connections of their own.
pub const READERS_ARE_APART: bool = false;

/// Whether an UPDATE gives back the row that it changed.
pub const UPDATE_RETURNS: bool = true;

/// Whether a column of texts takes bytes.
pub const TEXTS_TAKE_BYTES: bool = true;

/// How many writers of one row race at a time, where there are many.
pub const RACING: usize = 4;

/// How many values a statement may bind.
pub const PARAMETERS: usize = 65_535;

/// What a test has made on the server, by the statement that drops it.
struct Made(String);

impl Drop for Made {
    fn drop(&mut self) {
        let sql = std::mem::take(&mut self.0);
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

fn new_name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("recension_{}_{}", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

async fn make(kind: &str, name: &str, rest: &str) {
    admin().await.execute(AssertSqlSafe(format!("CREATE {kind} {name} {rest}"))).await.unwrap();
    let with = if kind == "DATABASE" { "WITH (FORCE)" } else { "CASCADE" };
    MADE.with_borrow_mut(|made| made.push(Made(format!("DROP {kind} {name} {with}"))));
}

/// The URL of a new schema that nobody else uses.
pub async fn fresh() -> String {
    let name = new_name();
    make("SCHEMA", &name, &QUOTE.map(|function| function.replace("quote(", &format!("{name}.quote("))).concat()).await;
    let server = server();
    format!("{server}?options[search_path]={name}&application_name={name}")
}

/// The URL of a new database, and its name.
pub async fn database() -> (String, String) {
    let name = new_name();
    make("DATABASE", &name, "TEMPLATE template0 ENCODING 'UTF8'").await;
    (of(&name), name)
}

/// The name of the schema of a URL, by which its sessions are known to the server, too.
pub fn schema(url: &str) -> &str {
    url.rsplit_once('=').unwrap().1
}

/// The URL of the schema that stands for a folder.
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
    sql.replace("id INTEGER PRIMARY KEY", "id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY").replace("DATETIME", "TIMESTAMP(6)")
}

/// A statement that counts the tables there are.
pub const TABLES: &str = "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace";

/// Makes an insert of a job last long enough for its first poll to come back before it is done.
pub async fn slow_inserts(store: &Store) {
    run(store, "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.1); RETURN NULL; END $$").await;
    run(store, "CREATE TRIGGER slow AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION wait()").await;
}

/// A query that takes long.
pub const SLOW: &str = "SELECT pg_sleep(100)::text";

/// Takes that back.
pub const UNSTICK: &str = "DROP TRIGGER stuck ON jobs";

/// Makes each insert of a job take long.
pub async fn stuck_inserts(store: &Store) {
    run(store, "CREATE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(100); RETURN NULL; END $$").await;
    run(store, "CREATE TRIGGER stuck AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION stuck()").await;
}

/// How many sessions of a store are in a transaction, and how many locks they have that outlive a statement.
pub async fn left_behind(url: &str) -> (i64, i64) {
    let name = schema(url);
    let sql = format!(
        "SELECT (SELECT count(*) FROM pg_stat_activity WHERE application_name = '{name}' AND state <> 'idle'), \
         (SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE application_name = '{name}')"
    );
    let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut admin().await).await.unwrap();
    (row.get(0), row.get(1))
}

/// Ends every session of a store.
pub async fn end_sessions(url: &str) {
    let name = schema(url);
    let sql = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}'");
    admin().await.execute(AssertSqlSafe(sql)).await.unwrap();
}

/// A URL that leads to nobody.
pub const NOWHERE: &str = "postgres://u:c4n4ry@127.0.0.1:1/d";

/// Whether a fault is that a row was waited for in vain.
pub fn is_lock(fault: &Fault) -> bool {
    fault.sqlstate() == Some("55P03")
}

/// Whether a fault is a wrong password.
pub fn is_not_let_in(fault: &Fault) -> bool {
    fault.sqlstate() == Some("28P01")
}

/// Whether a fault is that the database of a URL is not there.
pub fn is_other_database(fault: &Fault) -> bool {
    fault.sqlstate() == Some("3D000")
}

/// Whether a fault is that two waited for each other.
pub fn is_deadlock(fault: &Fault) -> bool {
    fault.sqlstate() == Some("40P01")
}

/// One in a statement of a transaction that was begun before it, and else zero.
pub const IN_TRANSACTION: &str = "(now() <> statement_timestamp())::int";

/// Whether a fault is of the constraint that only the table knows.
pub fn is_check(fault: &Fault) -> bool {
    fault.sqlstate() == Some("23514")
}

/// How the log tells it, and what the driver says.
pub const CHECK: (&str, &str) = ("sqlstate=23514", "violates check constraint");

/// What no user may see of this engine.
pub const CANARIES: [&str; 3] = ["postgres", "recension_", "127.0.0.1"];

/// A URL of a database that is not there, and one that is none.
pub fn bad_urls(_folder: &Path) -> [String; 2] {
    [of("c4n4ry"), format!("{}?c4n4ry=1", server())]
}

/// What the engine says when the first of those is opened.
pub fn is_missing(error: &Error) -> bool {
    matches!(error, Error::Unavailable(fault) if fault.sqlstate() == Some("3D000"))
}

/// URLs that are refused, and as what.
pub const MALFORMED: [(&str, Malformed); 5] = [
    ("POSTGRES://u:c4n4ry@127.0.0.1/d", Malformed::UrlScheme),
    ("postgres://u:c4n4ry@/d", Malformed::Url),
    ("postgres://u:c4n4ry@127.0.0.1/d?c4n4ry=1", Malformed::Url),
    ("postgres://u:c4n4ry@127.0.0.1/d?sslmode=c4n4ry", Malformed::Url),
    ("postgres://u:c4n4ry@db.example/d?sslmode=disable", Malformed::WeakTls),
];
