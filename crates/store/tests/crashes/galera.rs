//! A cluster that loses nodes while many write on all of them.

use std::sync::Arc;
use std::time::Instant;

use recension::Persisted;
use recension::store::{Error, Session, Store};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::{Connection, Executor};

use crate::how_many;
use crate::ledger::{Ledger, Snapshot, Write};
use crate::objects::{Account, Entry, SCHEMA, accounts, connect, entry, make_tables, session};
use crate::one_server::{Load, PATIENCE};
use crate::server::{Server, TURN};
use crate::writer::{Dice, Writer};

const CLUSTER: Server = Server("galera");
const WRITERS: usize = 24;
const FUNDS: usize = 64;

/// A store on each node, opened once, and who writes there.
struct Cluster {
    nodes: [Store; 3],
    funds: Arc<[i64]>,
    writers: Vec<Writer>,
    ledger: Ledger,
    /// How many writes a node had not been there for when the load began.
    lost_before: u64,
}

/// Which node a writer is at, counted from 0.
fn node_of(write: Write) -> usize {
    write.writer as usize % 3
}

impl Cluster {
    async fn open(seed: u64) -> Self {
        // A test that failed may have left nodes down.
        CLUSTER.start().await;
        let [one, two, three] = [1, 2, 3].map(|number| connect(&CLUSTER.url(number)).connections(12));
        let nodes = [one.await.unwrap(), two.await.unwrap(), three.await.unwrap()];
        make_tables(&nodes[0]).await;
        let funds: Arc<[i64]> = accounts(&nodes[0], FUNDS).await.into();
        let own = accounts(&nodes[0], WRITERS).await;
        catch_up().await;
        let writers = own.iter().zip(0..).map(|(own, number)| Writer::new(number, *own, seed)).collect();
        Self { nodes, ledger: Ledger::of(&funds), funds, writers, lost_before: 0 }
    }

    fn load(&mut self) -> Load {
        self.lost_before = self.ledger.lost;
        let nodes = &self.nodes;
        Load::begin(std::mem::take(&mut self.writers), &self.funds, |writer| session(&nodes[node_of(writer.next)]))
    }

    /// Ends the load once every node is back, and compares what each has with what was acknowledged.
    async fn check(&mut self, load: Load) {
        let (writers, _) = load.end(&mut self.ledger).await;
        self.writers = writers;
        catch_up().await;
        let snapshot = Snapshot::of(&self.nodes[0]).await;
        self.ledger.check(&self.nodes[0], &snapshot).await;
        assert!(self.ledger.lost > self.lost_before, "nobody noticed");
        catch_up().await;
        for node in &self.nodes {
            assert_eq!(Snapshot::of(node).await, snapshot, "the nodes have the same");
        }
        for writer in &mut self.writers {
            writer.own.found(snapshot.balance(writer.own.account));
        }
    }
}

/// Waits until each node has all that was committed anywhere before.
async fn catch_up() {
    for number in [1, 2, 3] {
        let options: MySqlConnectOptions = CLUSTER.url(number).parse().unwrap();
        let mut connection = MySqlConnection::connect_with(&options).await.unwrap();
        connection.execute("SET SESSION wsrep_sync_wait = 15; SELECT count(*) FROM crash_entries").await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_node_that_is_killed_and_rejoins_has_what_all_have_and_nothing_acknowledged_is_lost() {
    let _turn = TURN.lock().await;
    let (mut dice, seed) = Dice::seeded();
    let mut cluster = Cluster::open(seed).await;
    let kills = how_many("RECENSION_NODE_KILLS", 1);
    for kill in 1..=kills {
        let gone = dice.below(3);
        let mut load = cluster.load();
        load.acknowledged(&mut cluster.ledger, 100 + dice.below(200), |_| true).await;
        CLUSTER.kill(&[gone + 1]).await;
        load.so_far(&mut cluster.ledger);
        // The others go on without it, once they have noticed.
        load.acknowledged(&mut cluster.ledger, 200, |told| node_of(told.write) != gone).await;
        CLUSTER.start().await;
        cluster.check(load).await;
        println!("galera, kill {kill} of node {}: {}", gone + 1, cluster.ledger);
    }
    println!("galera: {kills} kills of a node under {WRITERS} writers on three nodes, seed {seed}: {}", cluster.ledger);
}

/// What the node says that is left alone, to everything that may be asked of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_node_without_majority_says_so_at_once_and_works_again_when_it_has_one() {
    let _turn = TURN.lock().await;
    let (mut dice, seed) = Dice::seeded();
    let mut cluster = Cluster::open(seed).await;
    let kills = how_many("RECENSION_NODE_KILLS", 1);
    for kill in 1..=kills {
        let left = dice.below(3);
        let read = session(&cluster.nodes[left]).get::<Account>(cluster.funds[0]).await.unwrap();
        let mut load = cluster.load();
        load.acknowledged(&mut cluster.ledger, 100 + dice.below(200), |_| true).await;
        let gone: Vec<usize> = (0..3).filter(|node| *node != left).map(|node| node + 1).collect();
        CLUSTER.kill(&gone).await;
        let store = cluster.nodes[left].clone();
        // Until the node has noticed it may let something wait, or answer as ever.
        tokio::time::timeout(PATIENCE, until_alone(&store, read.id)).await.unwrap();
        let begun = Instant::now();
        let answers = tokio::time::timeout(PATIENCE, all_answers(&store, &read)).await.unwrap();
        for (what, answer) in &answers {
            let Err(error) = answer else { panic!("{what} was answered") };
            assert!(matches!(error, Error::Unavailable(fault) if fault.code() == Some(1047)), "{what}: {error:?}");
            assert!(error.is_transient(), "{what}: {error:?}");
            assert_eq!(error.user(), "unavailable: the database is not available: node has lost the cluster", "{what}");
        }
        // Its version and settings it tells, so a store is opened, which is told the same.
        let opened = connect(&CLUSTER.url(left + 1)).await.unwrap();
        let refused = session(&opened).get::<Account>(read.id).await;
        assert!(matches!(&refused, Err(Error::Unavailable(fault)) if fault.code() == Some(1047)), "{refused:?}");
        let diagnosis = store.doctor(&SCHEMA).await.unwrap();
        assert!(diagnosis.findings.iter().any(|finding| finding.check.id == "DB_CLUSTER_NOT_PRIMARY"), "{diagnosis}");
        println!("galera: a node alone refused {} operations within {:?}", answers.len(), begun.elapsed());
        CLUSTER.start().await;
        cluster.check(load).await;
        println!("galera, majority lost {kill}, node {} left: {}", left + 1, cluster.ledger);
    }
    println!("galera: {kills} times no majority under {WRITERS} writers on three nodes, seed {seed}: {}", cluster.ledger);
}

/// Asks until the node knows that it is alone.
async fn until_alone(store: &Store, account: i64) {
    let session = session(store);
    loop {
        match session.get::<Account>(account).await {
            Err(Error::Unavailable(fault)) if fault.code() == Some(1047) => return,
            Ok(_) => tokio::task::yield_now().await,
            Err(error) => assert!(error.is_transient(), "{error:?}"),
        }
    }
}

/// What comes of each operation.
async fn all_answers(store: &Store, read: &Persisted<Account>) -> Vec<(&'static str, Result<(), Error>)> {
    let session = session(store);
    let write = Write { writer: -1, number: 0 };
    let mut edit = read.edit();
    edit.set_balance(0);
    vec![
        ("get", session.get::<Account>(read.id).await.map(|_| ())),
        ("count", session.find::<Entry>().count().await.map(|_| ())),
        ("stream", session.find::<Entry>().stream().try_next().await.map(|_| ())),
        ("create", session.create(entry(write)).await.map(|_| ())),
        ("create_many", session.create_many([entry(write), entry(write)]).await.map(|_| ())),
        ("save", session.save(&edit).await.map(|_| ())),
        ("delete", session.delete(read).await.map(|_| ())),
        ("transaction", session.transaction(async |tx| tx.create(entry(write)).await.map(|_| ())).await),
        ("held", held(&session, read.id).await),
    ]
}

async fn held(session: &Session, account: i64) -> Result<(), Error> {
    session.hold().await?.get::<Account>(account).await.map(|_| ())
}
