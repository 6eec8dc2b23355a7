//! Reading from another node of a cluster than the one that is written: it waits by itself for what was committed before.

use std::path::Path;
use std::time::{Duration, Instant};

use recension::store::sea_orm::sea_query::Expr;
use recension::store::{Find, Position, Session, Store};
use recension::{Persisted, Revision};
use sqlx::mysql::MySqlConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor, Row};
use tokio::sync::RwLockWriteGuard;

use crate::engine::{connection, fresh};
use crate::galera_alone::{NODES, catch_up, on_node};
use crate::support::*;

/// What holds for a row that the other node gives.
const THERE: &str = "@@wsrep_node_name = 'node2'";

/// A store that writes on one node and reads from another, and that one.
struct Nodes {
    _alone: RwLockWriteGuard<'static, ()>,
    store: Store,
    url: String,
    other: Other,
}

/// The node that is read.
struct Other {
    superuser: MySqlConnection,
    database: String,
}

impl Nodes {
    async fn new() -> Self {
        let alone = NODES.write().await;
        let url = fresh().await;
        store_at(&url, ByProject).await.close().await;
        let there = on_node(2, &url);
        catch_up(&there, "SELECT 1 FROM jobs").await;
        let store = Store::connect(&url).policy(ByProject).replica(&there).await.unwrap();
        Self { _alone: alone, store, other: Other::of(&url).await, url }
    }
}

impl Other {
    /// The accounts are those of the first node, and the password of the superuser lies beside its data.
    async fn of(url: &str) -> Self {
        let data: String = sqlx::query("SELECT @@datadir").fetch_one(&mut connection(url).await).await.unwrap().get(0);
        let password = std::fs::read_to_string(Path::new(&data).with_file_name("superuser-password")).unwrap();
        let (_, place) = on_node(2, url).split_once('@').map(|(who, place)| (who.to_owned(), place.to_owned())).unwrap();
        let superuser = connection(&format!("mysql://root:{password}@{place}")).await;
        Self { superuser, database: url.rsplit_once('/').unwrap().1.to_owned() }
    }

    /// Whether what the other nodes commit is not written here. Meanwhile the node is as good as in the state in which another copies it.
    async fn hold_up(&mut self, is_held: bool) {
        self.execute(if is_held { "FLUSH TABLES WITH READ LOCK" } else { "UNLOCK TABLES" }).await;
    }

    /// For how long what was committed before is waited for.
    async fn waits(&mut self, seconds: u32) {
        self.execute(&format!("SET GLOBAL wsrep_provider_options = 'repl.causal_read_timeout=PT{seconds}S'")).await;
    }

    async fn rejects(&mut self, what: &str) {
        self.execute(&format!("SET GLOBAL wsrep_reject_queries = {what}")).await;
    }

    async fn execute(&mut self, sql: &str) {
        self.superuser.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
    }

    /// How many statements of clients about jobs the node has not answered yet.
    async fn unanswered(&mut self) -> i64 {
        let sql = format!(
            "SELECT count(*) FROM information_schema.processlist WHERE db = '{}' AND command <> 'Sleep' AND user <> 'system user' \
             AND info LIKE '%jobs%' AND id <> connection_id()",
            self.database
        );
        sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut self.superuser).await.unwrap().get(0)
    }
}

/// A test that failed leaves the node as it was.
impl Drop for Nodes {
    fn drop(&mut self) {
        let url = self.url.clone();
        let undone = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut other = Other::of(&url).await;
                other.rejects("NONE").await;
                other.waits(30).await;
                other.superuser.close().await.unwrap();
            });
        });
        let undone = undone.join();
        assert!(std::thread::panicking() || undone.is_ok());
    }
}

/// Jobs, if the other node gives them.
fn read_there(session: &Session) -> Find<Job> {
    session.find::<Job>().filter(Expr::cust(THERE))
}

#[tokio::test]
async fn what_a_session_has_written_it_reads_from_another_node() {
    let nodes = Nodes::new().await;
    let session = nodes.store.session(&owner()).reading_replicas();
    let mut made = stored(&session, "r0").await;
    for round in 1..50_u64 {
        let mut edit = made.edit();
        edit.set_size(round);
        made = match round % 2 {
            0 => session.save(&edit).await.unwrap(),
            _ => session.transaction(async |tx| tx.save(&edit).await).await.unwrap(),
        };
        let (one, two) = tokio::join!(session.get::<Job>(made.id), session.get::<Job>(made.id));
        for read in [one.unwrap(), two.unwrap()] {
            assert_eq!((read.size, read.revision()), (Some(round), Revision(round + 1)));
        }
        assert_eq!(read_there(&session).count().await.unwrap(), 1, "it was read from the other node");
    }
    // What is written is read where it was.
    assert_eq!(read_there(&nodes.store.session(&owner())).count().await.unwrap(), 0);
    assert_eq!(session.transaction(async |tx| read_there(tx).count().await).await.unwrap(), 0);
    assert_eq!(read_there(&session.hold().await.unwrap()).count().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_node_is_waited_for_unless_that_is_not_meant() {
    let mut nodes = Nodes::new().await;
    let session = nodes.store.session(&owner());
    let made = stored(&session, "r1").await;
    assert_eq!(read_there(&session.reading_replicas()).count().await.unwrap(), 1);
    nodes.other.hold_up(true).await;
    let mut edit = made.edit();
    edit.set_size(1);
    session.save(&edit).await.unwrap();
    let position: Position = session.position().await.unwrap().to_string().parse().unwrap();
    // What anybody has committed is read, whether its position is told or not.
    let readers = [
        session.reading_replicas(),
        nodes.store.session(&colleague()).after(position).reading_replicas(),
        nodes.store.session(&colleague()).reading_replicas(),
    ];
    let reads = readers.map(|reader| tokio::spawn(async move { read_there(&reader).all().await.unwrap() }));
    let begun = Instant::now();
    while nodes.other.unanswered().await < 3 && !reads.iter().all(|read| read.is_finished()) {
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody reads");
    }
    let stale = tokio::time::timeout(Duration::from_secs(20), read_there(&session.reading_stale()).all()).await;
    let waiting = nodes.other.unanswered().await;
    nodes.other.hold_up(false).await;
    for read in reads {
        let read: Vec<Persisted<Job>> = read.await.unwrap();
        assert_eq!(read.iter().map(|job| job.size).collect::<Vec<_>>(), [Some(1)]);
    }
    assert_eq!(waiting, 3, "they waited");
    let stale = stale.map(|stale| stale.unwrap().iter().map(|job| job.size).collect::<Vec<_>>());
    assert_eq!(stale, Ok(vec![None]), "what may be old waits for nobody");
}

#[tokio::test]
async fn a_node_that_is_late_or_takes_no_queries_is_not_missed() {
    let mut nodes = Nodes::new().await;
    let session = nodes.store.session(&owner());
    let reading = session.reading_replicas();
    let made = stored(&session, "r1").await;
    assert_eq!(read_there(&reading).count().await.unwrap(), 1);
    // Later than it waits by its own setting.
    nodes.other.waits(1).await;
    nodes.other.hold_up(true).await;
    let mut edit = made.edit();
    edit.set_size(1);
    let saved = session.save(&edit).await.unwrap();
    let read = reading.get::<Job>(made.id).await;
    nodes.other.hold_up(false).await;
    assert!(read.as_ref().is_ok_and(|read| read.size == Some(1) && read.revision() == saved.revision()), "{:?}", read.err());
    // It is there, and says that it is not ready: as one that joins, or has lost the others. On connections of before, and on new ones.
    nodes.other.rejects("ALL").await;
    for reading in [&reading, &session.reading_stale()] {
        for _ in 0..3 {
            let read = reading.get::<Job>(made.id).await;
            assert!(read.as_ref().is_ok_and(|read| read.size == Some(1)), "{:?}", read.err());
            assert_eq!(read_there(reading).count().await.unwrap(), 0);
        }
    }
    nodes.other.rejects("ALL_KILL").await;
    assert_eq!(reading.get::<Job>(made.id).await.unwrap().size, Some(1));
    nodes.other = Other::of(&nodes.url).await;
    nodes.other.rejects("NONE").await;
    let begun = Instant::now();
    while read_there(&reading).count().await.unwrap() != 1 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the node is read again once it is there");
    }
}

#[tokio::test]
async fn a_node_that_is_away_is_not_missed() {
    let nodes = Nodes::new().await;
    let (head, database) = nodes.url.rsplit_once('/').unwrap();
    let away = format!("{}:1/{database}", head.rsplit_once(':').unwrap().0);
    let session = Store::connect(&nodes.url).policy(ByProject).replica(&away).await.unwrap().session(&owner()).reading_replicas();
    let made = stored(&session, "r1").await;
    // Well before a connection would be given up.
    assert_eq!(session.within(Duration::from_secs(20)).get::<Job>(made.id).await.unwrap().request, "r1");
    assert_eq!(session.reading_stale().get::<Job>(made.id).await.unwrap().request, "r1");
}
