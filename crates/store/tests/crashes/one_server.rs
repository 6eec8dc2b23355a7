//! One server that is killed while many write, again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use recension::store::{Session, Store};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;

use crate::how_many;
use crate::ledger::{Answer, Ledger, Snapshot, Told};
use crate::objects::{Account, accounts, connect, make_tables, session};
use crate::server::{Server, TURN};
use crate::writer::{Dice, Writer};

const WRITERS: usize = 32;
/// Of them, how many are told at once what others find out by themselves.
const HASTY: usize = 8;
const FUNDS: usize = 64;
/// Long enough for a machine that is busy: what takes longer hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// Writes of many, from their beginning to their end.
pub(crate) struct Load {
    writers: JoinSet<Writer>,
    told: UnboundedReceiver<Told>,
    is_back: Arc<AtomicBool>,
}

impl Load {
    /// Lets each writer write in its session.
    pub(crate) fn begin(writers: Vec<Writer>, funds: &Arc<[i64]>, session_of: impl Fn(&Writer) -> Session) -> Self {
        let (tell, told) = unbounded_channel();
        let is_back = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        for writer in writers {
            let (session, tell) = (session_of(&writer), tell.clone());
            tasks.spawn(writer.work(session, funds.clone(), is_back.clone(), move |told| tell.send(told).unwrap()));
        }
        Self { writers: tasks, told, is_back }
    }

    /// Waits until so many writes more were acknowledged of which `counts` holds.
    pub(crate) async fn acknowledged(&mut self, ledger: &mut Ledger, count: usize, counts: impl Fn(&Told) -> bool) {
        let mut done = 0;
        while done < count {
            let told = tokio::time::timeout(PATIENCE, self.told.recv()).await;
            let Ok(Some(told)) = told else { panic!("{done} of {count} writes were acknowledged, and then no more") };
            ledger.add(told);
            done += usize::from(told.answer == Answer::Done && counts(&told));
        }
    }

    /// All that was told until now.
    pub(crate) fn so_far(&mut self, ledger: &mut Ledger) {
        while let Ok(told) = self.told.try_recv() {
            ledger.add(told);
        }
    }

    /// Everything is there again: each writer stops once it got on; how many writes were lost to dead connections meanwhile.
    pub(crate) async fn end(mut self, ledger: &mut Ledger) -> (Vec<Writer>, usize) {
        self.is_back.store(true, Ordering::SeqCst);
        let ended = tokio::time::timeout(PATIENCE, self.writers.join_all()).await;
        let Ok(mut writers) = ended else { panic!("the store does not get on by itself") };
        writers.sort_by_key(|writer| writer.next.writer);
        let mut lost = 0;
        while let Some(told) = self.told.recv().await {
            lost += usize::from(told.is_lost && told.is_late);
            ledger.add(told);
        }
        (writers, lost)
    }
}

/// Kills the server of an engine under load, starts it again, and compares what is there with what was acknowledged.
pub(crate) async fn kills_under_load(engine: &'static str) {
    let _turn = TURN.lock().await;
    let server = Server(engine);
    // A test that failed may have left it down.
    server.start().await;
    let (mut dice, seed) = Dice::seeded();
    // Opened once, before all kills.
    let patient = connect(&server.url(1)).connections(40).await.unwrap();
    let hasty = connect(&server.url(1)).connections(10).retry_timeout(Duration::ZERO).await.unwrap();
    let idle = connect(&server.url(1)).connections(IDLE).await.unwrap();
    make_tables(&patient).await;
    let funds: Arc<[i64]> = accounts(&patient, FUNDS).await.into();
    let own = accounts(&patient, WRITERS).await;
    let mut writers: Vec<Writer> = own.iter().zip(0..).map(|(own, number)| Writer::new(number, *own, seed)).collect();
    let mut ledger = Ledger::of(&funds);
    let (kills, mut lost) = (how_many("RECENSION_SERVER_KILLS", 2), 0);
    for kill in 1..=kills {
        let before = ledger.lost;
        let mut load =
            Load::begin(writers, &funds, |writer| session(if (writer.next.writer as usize) < HASTY { &hasty } else { &patient }));
        load.acknowledged(&mut ledger, 100 + dice.below(400), |_| true).await;
        lend_all(&idle).await;
        server.kill(&[]).await;
        server.start().await;
        begin_on_all(&idle, funds[0]).await;
        let (ended, lost_late) = load.end(&mut ledger).await;
        writers = ended;
        // Each connection that is dead costs one write at most, and is not lent again.
        assert!(lost_late <= 50, "{lost_late} writes were lost after the server was back");
        lost += lost_late;
        let snapshot = Snapshot::of(&patient).await;
        ledger.check(&patient, &snapshot).await;
        assert!(ledger.lost > before, "nobody noticed");
        for writer in &mut writers {
            writer.own.found(snapshot.balance(writer.own.account));
        }
        println!("{engine}, kill {kill}: {ledger}");
    }
    println!("{engine}: {kills} kills under {WRITERS} writers, seed {seed}: {ledger}; {lost} lost to dead connections afterwards");
}

/// How many connections nobody uses while the server is killed.
const IDLE: u32 = 8;

/// Has every connection of a pool lent at once, so that all are there and none is tried before it is lent the next time.
async fn lend_all(store: &Store) {
    let mut lent = Vec::new();
    for _ in 0..IDLE {
        let held = session(store).hold().await.unwrap();
        assert!(held.find::<Account>().count().await.unwrap() > 0);
        lent.push(held);
    }
}

/// Transactions on connections that have died since: their BEGIN does not get anywhere, and is run again.
async fn begin_on_all(store: &Store, account: i64) {
    let mut tasks = JoinSet::new();
    for _ in 0..IDLE {
        let session = session(store);
        tasks.spawn(async move { session.transaction(async |tx| tx.get::<Account>(account).await).await });
    }
    let begun = tasks.join_all().await;
    assert!(begun.iter().all(Result::is_ok), "{begun:?}");
}
