//! A server that has no room: the processes that write a table may not make its file longer. What fails then is not there by half, and
//! once there is room everything goes on.
//!
//! Where the log of its writes has no room either, PostgreSQL ends, as by a crash, and starts again by itself.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Instant;

use recension::store::sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use recension::store::{Error, PageRequest, Session, Store, create_table};
use recension::{Object, Persist, VersionedObject};

use crate::objects::{AllowAll, SCHEMA, session};
use crate::one_server::PATIENCE;
use crate::server::{Server, TURN};

/// Something that takes room.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "crash_notes", key = "id", revision)]
pub struct Note {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    #[field(max_chars = 1000)]
    pub text: String,
}

/// More than any other file that the servers make longer: 16 MB of a log.
const ROWS: u64 = 18_000;

/// What a server does for the tests, past every store.
struct Room<'c> {
    connection: &'c DatabaseConnection,
    engine: DbBackend,
}

impl Room<'_> {
    async fn make_table(&self) {
        self.connection.execute_unprepared("DROP TABLE IF EXISTS crash_notes").await.unwrap();
        self.connection.execute(&create_table::<Note>(self.engine)).await.unwrap();
        let rows = if self.engine == DbBackend::Postgres { format!("generate_series(1, {ROWS})") } else { format!("seq_1_to_{ROWS}") };
        let fill = format!("INSERT INTO crash_notes (text) SELECT repeat('x', 1000) FROM {rows}");
        self.connection.execute_unprepared(&fill).await.unwrap();
    }

    async fn ask(&self, sql: &str) -> recension::store::sea_orm::QueryResult {
        self.connection.query_one_raw(Statement::from_string(self.engine, sql)).await.unwrap().unwrap()
    }

    /// The length of the table's file.
    async fn length(&self) -> u64 {
        let sql = if self.engine == DbBackend::Postgres {
            "SELECT pg_relation_size('crash_notes')"
        } else {
            "SELECT CAST(file_size AS SIGNED) FROM information_schema.innodb_sys_tablespaces WHERE name = concat(database(), '/crash_notes')"
        };
        let length: i64 = self.ask(sql).await.try_get_by_index(0).unwrap();
        length.try_into().unwrap()
    }

    /// The process that writes what is written on this connection.
    async fn process(&self) -> String {
        if self.engine == DbBackend::Postgres {
            let process: i32 = self.ask("SELECT pg_backend_pid()").await.try_get_by_index(0).unwrap();
            return process.to_string();
        }
        let file: String = self.ask("SELECT @@pid_file").await.try_get_by_index(0).unwrap();
        fs::read_to_string(file).unwrap().trim().to_owned()
    }
}

/// Lets a process make files no longer than that; whoever it belongs to may say so.
fn limit(process: &str, length: &str) {
    let of = fs::metadata(format!("/proc/{process}")).unwrap();
    let mut command = Command::new("prlimit");
    command.args(["--pid", process, &format!("--fsize={length}:unlimited")]);
    if fs::metadata("/proc/self").unwrap().uid() != of.uid() {
        command.uid(of.uid()).gid(of.gid());
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Takes a limit back, however the test ends.
struct Limited(String);

impl Drop for Limited {
    fn drop(&mut self) {
        limit(&self.0, "unlimited");
    }
}

/// Writes until there is no room, in each way of writing, and then with room again.
pub(crate) async fn full(engine: &'static str) {
    let _turn = TURN.lock().await;
    let server = Server(engine);
    if engine == "mariadb" {
        // It begins a new binary log then: one that is longer than the table's file would be the first to have no room.
        server.kill(&[]).await;
        server.start().await;
    }
    // One connection, which everything goes by: PostgreSQL has a process for each.
    let store = Store::connect(&server.url(1)).policy(AllowAll).connections(1).await.unwrap();
    let connection = store.schema_connection(&SCHEMA);
    let room = Room { connection, engine: connection.get_database_backend() };
    room.make_table().await;
    let session = session(&store);
    let first = session.find::<Note>().page(PageRequest::first(1)).await.unwrap();
    let first = first.items.first().unwrap().clone();

    let process = room.process().await;
    // Two blocks more, and half of one.
    limit(&process, &(room.length().await + 2 * 8_192 + 4_096).to_string());
    let limited = Limited(process);
    let mut made = 0;
    let error = loop {
        match session.create(note()).await {
            Ok(_) => made += 1,
            Err(error) => break error,
        }
        assert!(made < 2 * ROWS, "there is no end of the room");
    };
    is_full(engine, &error);
    for round in 0..3 {
        // There may be a little left that one row did not get.
        let error = loop {
            match session.create_many(vec![note(); 100]).await {
                Ok(many) => made += many.len() as u64,
                Err(error) => break error,
            }
            assert!(made < 2 * ROWS, "there is no end of the room");
        };
        is_full(engine, &error);
        // What was done before goes with it.
        let changed = session.transaction(async |tx| {
            let mut edit = first.edit();
            edit.set_text("y".repeat(1000));
            tx.save(&edit).await?;
            for _ in 0..2 * ROWS {
                tx.create(note()).await?;
            }
            Ok::<_, Error>(())
        });
        is_full(engine, &changed.await.unwrap_err());
        assert_eq!(notes(&session).await, ROWS + made, "round {round}");
        let read = session.get::<Note>(first.id).await.unwrap();
        assert_eq!((read.revision(), &read.text), (first.revision(), &first.text));
    }
    drop(limited);
    session.transaction(async |tx| tx.create(note()).await).await.unwrap();
    session.create(note()).await.unwrap();
    session.create_many(vec![note(); 100]).await.unwrap();
    assert_eq!(notes(&session).await, ROWS + made + 102);
    println!("{engine}: {made} writes until there was no room, 7 refused and none by half, 102 rows after it");
    connection.execute_unprepared("DROP TABLE crash_notes").await.unwrap();
}

/// Files of the log of PostgreSQL are made as a whole, and one process may write the first half of each.
const LOG_FILE: i64 = 16 * 1_024 * 1_024;
const LOG_ROOM: i64 = LOG_FILE / 2;

/// Has others write the log until little is left of what may be written.
async fn fill_log(others: &DatabaseConnection) {
    // A part of which has the heads of the pages.
    const LEFT: i64 = 192 * 1_024;
    let ask = format!("SELECT ((pg_current_wal_insert_lsn() - '0/0') % {LOG_FILE})::bigint");
    let position = others.query_one_raw(Statement::from_string(DbBackend::Postgres, ask)).await;
    let position: i64 = position.unwrap().unwrap().try_get_by_index(0).unwrap();
    let fill = (LOG_ROOM - LEFT - position).rem_euclid(LOG_FILE);
    others.execute_unprepared(&format!("SELECT pg_logical_emit_message(false, 'fill', repeat('x', {fill}))")).await.unwrap();
}

/// Writes until the log of PostgreSQL has no room, which ends all of it, and then when it is there again.
pub(crate) async fn full_log() {
    const ENGINE: &str = "postgres";
    let _turn = TURN.lock().await;
    let [store, others] = [0; 2].map(|_| Store::connect(&Server(ENGINE).url(1)).policy(AllowAll).connections(1));
    let (store, others) = (store.await.unwrap(), others.await.unwrap());
    let connection = store.schema_connection(&SCHEMA);
    connection.execute_unprepared("DROP TABLE IF EXISTS crash_notes").await.unwrap();
    connection.execute(&create_table::<Note>(DbBackend::Postgres)).await.unwrap();
    let session = session(&store);
    let (made, error) = loop {
        fill_log(others.schema_connection(&SCHEMA)).await;
        // Who comes after the end of this process has no such limit.
        let room = Room { connection, engine: DbBackend::Postgres };
        limit(&room.process().await, &LOG_ROOM.to_string());
        let (made, error) = until_refused(&session).await;
        // The end of a write by itself is its COMMIT, of which nobody knows how far it came.
        let Error::CommitUnknown { fault, .. } = &error else { panic!("{error:?}") };
        // Of a disk that is full it would have the code of that.
        assert_eq!(fault.sqlstate(), Some("XX000"), "{error:?}");
        assert!(fault.to_string().contains("server ends as by a crash"), "{error:?}");
        let there = counted(&session).await;
        assert!([made, made + 1].contains(&there), "{there} rows, and {made} were acknowledged");
        // Others write the log, too.
        if made > 0 {
            break (made, error);
        }
        connection.execute_unprepared("DELETE FROM crash_notes").await.unwrap();
    };
    session.create(note()).await.unwrap();
    println!("{ENGINE}: {made} writes until its log had no room, and all of them there after it: {error}");
    connection.execute_unprepared("DROP TABLE crash_notes").await.unwrap();
}

/// Writes until one is refused; how many were not.
async fn until_refused(session: &Session) -> (u64, Error) {
    for made in 0..1_000 {
        if let Err(error) = session.create(note()).await {
            return (made, error);
        }
    }
    panic!("there is no end of the room")
}

/// How many rows there are, as soon as the server is there to say it.
async fn counted(session: &Session) -> u64 {
    let begun = Instant::now();
    loop {
        match session.within(PATIENCE).find::<Note>().count().await {
            Ok(there) => return there,
            Err(error) => assert!(error.is_transient() && begun.elapsed() < PATIENCE, "{error:?}"),
        }
        tokio::task::yield_now().await;
    }
}

fn note() -> recension::Draft<Note> {
    Note::draft().text("x".repeat(1000))
}

async fn notes(session: &Session) -> u64 {
    session.find::<Note>().count().await.unwrap()
}

fn is_full(engine: &str, error: &Error) {
    let Error::Unavailable(fault) = error else { panic!("{engine}: {error:?}") };
    assert_eq!(fault.sqlstate(), Some(if engine == "postgres" { "53100" } else { "HY000" }));
    assert_eq!(fault.code(), (engine == "mariadb").then_some(1114));
    assert_eq!(error.user(), "unavailable: the database is not available: disk is full");
    assert!(error.is_transient(), "somebody may make room");
}
