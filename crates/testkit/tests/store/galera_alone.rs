//! What a cluster has of its own: three nodes that all take writes, and tell each other at COMMIT.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use recension::store::{Error, PageRequest, Store};
use recension::{Object, Persist, Persisted, Revision, VersionedObject};
use sqlx::{AssertSqlSafe, Executor};
use tokio::sync::{RwLock, RwLockReadGuard};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::adding::{WRITERS, add_at_once, all_are_there};
use crate::campaign::how_many;
use crate::engine::{RACING, connection, fresh};
use crate::support::*;

/// The nodes are the same for all tests, and some hold one up.
pub(crate) static NODES: RwLock<()> = RwLock::const_new(());

/// Where the URLs of the nodes are.
const URLS: [&str; 3] = ["RECENSION_GALERA_URL", "RECENSION_GALERA_URL_2", "RECENSION_GALERA_URL_3"];

/// The URL on the second or third node of the database of a URL.
pub(crate) fn on_node(number: usize, url: &str) -> String {
    let node = std::env::var(URLS.get(number - 1).unwrap()).unwrap();
    format!("{}/{}", node.rsplit_once('/').unwrap().0, url.rsplit_once('/').unwrap().1)
}

/// Stores on one database, one on each node, and its tables. What others were in the way of is run again for so long.
async fn nodes(retry_timeout: Duration) -> (RwLockReadGuard<'static, ()>, [Store; 3]) {
    let as_they_are = NODES.read().await;
    let first = fresh().await;
    let urls = [first.clone(), on_node(2, &first), on_node(3, &first)];
    store_at(&first, ByProject).await;
    let [one, two, three] = urls.map(async |url| {
        catch_up(&url, "SELECT 1 FROM jobs").await;
        Store::connect(&url).policy(ByProject).connections(8).retry_timeout(retry_timeout).await.unwrap()
    });
    (as_they_are, [one.await, two.await, three.await])
}

/// Waits until each node has what was committed on any before.
async fn all_have_it() {
    for url in URLS {
        catch_up(&std::env::var(url).unwrap(), "SELECT 1").await;
    }
}

/// Waits until a node has all that was committed anywhere before.
pub(crate) async fn catch_up(url: &str, sql: &str) {
    let sql = format!("SET SESSION wsrep_sync_wait = 15; {sql}");
    connection(url).await.execute(AssertSqlSafe(sql)).await.unwrap();
}

/// Reads at each node may be behind the others; a write never is let through on what is.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s18_no_update_of_writers_on_three_nodes_is_lost() {
    let times = how_many("RECENSION_WRITES", 10);
    // What a node says is looked at, so nothing is run again.
    let (_as_they_are, nodes) = nodes(Duration::ZERO).await;
    let made = stored(&nodes[0].session(&owner()), "r1").await;
    all_have_it().await;
    let others = add_at_once(&nodes, made.id, times, 3 * RACING).await;
    println!("{WRITERS} writers of {times} each on three nodes: {others:?}");
    assert!(others.conflicts > 0 && others.contended > 0, "there was a race, between nodes too: {others:?}");
    assert_eq!(others.codes, [1213].into(), "the write of another node was first");
    all_have_it().await;
    for node in &nodes {
        all_are_there(node, made.id, times).await;
    }
}

/// A node gives up a query, too, that reads a table while a statement changes it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s21_reads_go_on_while_a_migration_changes_their_table() {
    let (_as_they_are, nodes) = nodes(Duration::from_secs(30)).await;
    let made = stored(&nodes[0].session(&owner()), "r1").await;
    let is_over = Arc::new(AtomicBool::new(false));
    let mut readers = JoinSet::new();
    for _ in 0..4 {
        let (session, id, is_over) = (nodes[0].session(&owner()), made.id, is_over.clone());
        readers.spawn(async move {
            let mut reads = 0_u64;
            while !is_over.load(Ordering::Relaxed) {
                let read = session.get::<Job>(id).await;
                assert!(matches!(&read, Ok(job) if job.request == "r1"), "{read:?}");
                let count = session.find::<Job>().count().await;
                assert!(matches!(count, Ok(1)), "{count:?}");
                reads += 1;
            }
            reads
        });
    }
    for number in 0..60 {
        run(&nodes[0], &format!("ALTER TABLE jobs ADD COLUMN more{number} INTEGER")).await;
        run(&nodes[0], &format!("ALTER TABLE jobs DROP COLUMN more{number}")).await;
    }
    is_over.store(true, Ordering::Relaxed);
    assert!(readers.join_all().await.into_iter().all(|reads| reads > 0));
}

/// A conflict between nodes is told by COMMIT, and the transaction is run again as a whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s21_transactions_that_meet_at_commit_are_run_again() {
    let (_as_they_are, nodes) = nodes(Duration::from_secs(30)).await;
    let made = stored(&nodes[0].session(&owner()), "r1").await;
    let mut tasks = JoinSet::new();
    for node in &nodes {
        let session = node.session(&owner());
        let id = made.id;
        while session.get::<Job>(id).await.is_err() {
            tokio::task::yield_now().await;
        }
        tasks.spawn(async move {
            let mut runs = 0_u32;
            for _ in 0..10 {
                let begun = std::sync::atomic::AtomicU32::new(0);
                let added = session.transaction(async |tx| {
                    begun.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let read: Persisted<Job> = tx.get(id).await?;
                    let mut edit = read.edit();
                    edit.set_size(read.size.unwrap_or(0) + 1);
                    tx.save(&edit).await.map(|_| ())
                });
                added.await.unwrap();
                runs += begun.into_inner();
            }
            runs
        });
    }
    let runs: u32 = tasks.join_all().await.into_iter().sum();
    assert!(runs > 30, "some were run again: {runs}");
    let begun = std::time::Instant::now();
    while nodes[0].session(&owner()).get::<Job>(made.id).await.unwrap().size != Some(30) {
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}

/// The loser is told of the deadlock first, and of the key once it is run again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s19_of_three_nodes_that_create_one_key_one_wins() {
    let (_as_they_are, nodes) = nodes(Duration::from_secs(30)).await;
    for round in 0..10 {
        let mut tasks = JoinSet::new();
        for node in &nodes {
            let session = node.session(&owner());
            tasks.spawn(async move { session.transaction(async |tx| tx.create(job(&format!("r{round}"))).await).await });
        }
        let results = tasks.join_all().await;
        let made = results.iter().filter(|result| result.is_ok()).count();
        let lost = results.iter().filter(|result| matches!(result, Err(Error::AlreadyExists { .. }))).count();
        assert_eq!((made, lost), (1, 2), "round {round}: {results:?}");
    }
    assert_eq!(number(&nodes[0], "SELECT count(*) FROM jobs").await, 10);
}

/// A step that knows its job.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "steps", key = "uuid", revision, belongs_to(job: Job, by = "job_id"))]
struct Part {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    uuid: Uuid,
    #[field(read_only)]
    job_id: i64,
    name: String,
}

/// One UPDATE changes a row and the one that its foreign key refers to, on several nodes at once: every node has both, or neither.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s18_children_saved_with_their_parent_on_three_nodes_are_the_same_on_each() {
    const ROUNDS: u64 = 15;
    let (_as_they_are, nodes) = nodes(Duration::from_secs(60)).await;
    let made = stored(&nodes[0].session(&owner()), "r1").await;
    let mut tasks = JoinSet::new();
    for node in nodes.iter().cycle().take(6) {
        let session = node.session(&owner());
        let id = made.id;
        while session.get::<Job>(id).await.is_err() {
            tokio::task::yield_now().await;
        }
        tasks.spawn(async move {
            let job = || session.find::<Job>().filter(Job::COLUMN.id.eq(id)).touching(Job::draft(), |_| {}).unwrap();
            let mut part = job().create_child(Part::JOB, Part::draft().name("0")).await?;
            for round in 1..=ROUNDS {
                let mut edit = part.edit();
                edit.set_name(round.to_string());
                part = job().save_child(Part::JOB, &edit).await?;
            }
            Ok::<_, Error>(())
        });
    }
    let done = tasks.join_all().await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    all_have_it().await;
    let mut seen = Vec::new();
    for node in &nodes {
        let session = node.session(&owner());
        let job: Persisted<Job> = session.get(made.id).await.unwrap();
        assert_eq!(job.revision(), Revision(1 + 6 * (1 + ROUNDS)), "each write of a part is one of its job");
        let mut parts = session.find::<Part>().page(PageRequest::first(10)).await.unwrap().items;
        parts.sort_by_key(|part| part.uuid);
        seen.push(parts.into_iter().map(|part| (part.uuid, part.name.clone(), part.revision())).collect::<Vec<_>>());
    }
    assert_eq!(seen[0].len(), 6);
    assert!(seen[0].iter().all(|(_, name, revision)| *name == ROUNDS.to_string() && *revision == Revision(1 + ROUNDS)), "{seen:?}");
    assert!(seen.iter().all(|parts| *parts == seen[0]), "{seen:?}");
}
