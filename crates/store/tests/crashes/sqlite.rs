//! Clients of one file that are killed while they write.

use std::io::{BufRead, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use recension::store::sea_orm::{ConnectionTrait, Statement};
use recension::store::{Session, Store};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::how_many;
use crate::ledger::{Answer, Ledger, Snapshot, Told, Write};
use crate::objects::{SCHEMA, accounts, connect, make_tables, session};
use crate::writer::{Dice, Writer};

/// Where a client is told what it is to do: its file, its number, and the number of its first write.
const CLIENT: &str = "RECENSION_CLIENT";
/// How many write at once in each client.
const TASKS: usize = 4;
const FUNDS: usize = 32;
/// Long enough for a machine that is busy: what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// Two clients write to one file. One is killed, and the file is looked at while the other writes; then the other is.
#[test]
fn g9b_a_client_that_is_killed_leaves_what_it_acknowledged_and_nothing_by_half() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if let Ok(order) = std::env::var(CLIENT) {
        return runtime.block_on(client(&order));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crash.db");
    let (mut dice, seed) = Dice::seeded();
    let mut file = runtime.block_on(File::make(&path));
    let rounds = how_many("RECENSION_CLIENT_KILLS", 6).div_ceil(2);
    for round in 0..rounds {
        let mut clients = [0, 1].map(|number| Client::start(&path, number, round));
        let first = dice.below(2);
        for victim in [first, 1 - first] {
            let count = 20 + dice.below(60);
            clients[victim].acknowledged(&mut file, count);
            clients[victim].kill(&mut file);
            clients[1 - victim].so_far(&mut file);
            let alive = (victim == first).then_some(1 - victim);
            file.check(&runtime, alive);
        }
    }
    let kills = 2 * rounds;
    println!("sqlite: {kills} kills of a client of two, with {TASKS} writers each, seed {seed}: {}", file.ledger);
}

/// The file, and what is known of it.
struct File {
    url: String,
    ledger: Ledger,
    /// The account that is a writer's alone, and how much there is in it at least.
    own: Vec<(i64, i64)>,
}

impl File {
    async fn make(path: &Path) -> Self {
        let url = format!("sqlite://{}", path.display());
        let store = connect(&format!("{url}?mode=rwc")).await.unwrap();
        make_tables(&store).await;
        let funds = accounts(&store, FUNDS).await;
        let own = accounts(&store, 2 * TASKS).await.into_iter().map(|account| (account, 0)).collect();
        store.close().await;
        Self { url, ledger: Ledger::of(&funds), own }
    }

    fn add(&mut self, told: Told) {
        if told.entries == 0 && told.answer == Answer::Done {
            self.own[told.write.writer as usize].1 += 1;
        }
        self.ledger.add(told);
    }

    /// Looks at the file as a program does that comes next. Who is `alive` may have written more than was told.
    fn check(&mut self, runtime: &Runtime, alive: Option<usize>) {
        runtime.block_on(async {
            let store = connect(&self.url).await.unwrap();
            assert_eq!(pragma(&store, "integrity_check").await, ["ok"]);
            assert_eq!(pragma(&store, "foreign_key_check").await, [""; 0]);
            let snapshot = Snapshot::of(&store).await;
            let untold = self.ledger.take_untold(&snapshot, |entries| entries == 1 || entries == 2);
            for (writer, (account, least)) in self.own.iter_mut().enumerate() {
                let balance = snapshot.balance(*account);
                assert!(balance >= *least, "writer {writer} was told of {least} saves, and there were {balance}");
                if alive == Some(writer / TASKS) {
                    continue;
                }
                // It was at one write when it was killed.
                let untold = untold.iter().filter(|untold| **untold == writer as i64).count();
                let untold = untold + usize::try_from(balance - *least).unwrap();
                assert!(untold <= 1, "{untold} writes of {writer} were done of which it was not told");
                self.ledger.untold += untold as u64;
                *least = balance;
            }
            self.ledger.check(&store, &snapshot).await;
            store.close().await;
        });
    }
}

async fn pragma(store: &Store, name: &str) -> Vec<String> {
    let connection = store.schema_connection(&SCHEMA);
    let statement = Statement::from_string(connection.get_database_backend(), format!("PRAGMA {name}"));
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// Another process, which writes to the file and tells of each write in a line.
struct Client {
    child: Child,
    told: Receiver<Told>,
}

impl Client {
    fn start(path: &Path, number: usize, round: usize) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "sqlite::g9b_a_client_that_is_killed_leaves_what_it_acknowledged_and_nothing_by_half"]);
        command.env(CLIENT, format!("{number} {round} {}", path.display()));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, told) = channel();
        std::thread::spawn(move || {
            for told in lines.map_while(Result::ok).filter_map(|line| parsed(&line)) {
                let _ = tell.send(told); // Nobody may want to know any more.
            }
        });
        Self { child, told }
    }

    fn acknowledged(&mut self, file: &mut File, count: usize) {
        let mut done = 0;
        while done < count {
            let Ok(told) = self.told.recv_timeout(PATIENCE) else { panic!("a client told of {done} writes, and then of no more") };
            done += usize::from(told.answer == Answer::Done);
            file.add(told);
        }
    }

    fn so_far(&mut self, file: &mut File) {
        self.told.try_iter().for_each(|told| file.add(told));
    }

    /// Kills it, and takes note of all that it told before.
    fn kill(&mut self, file: &mut File) {
        self.child.kill().unwrap();
        assert_eq!(self.child.wait().unwrap().signal(), Some(9), "it had ended by itself");
        while let Ok(told) = self.told.recv() {
            file.add(told);
        }
    }
}

impl Drop for Client {
    /// Where a test fails.
    fn drop(&mut self) {
        let _ = self.child.kill(); // It may have ended.
        let _ = self.child.wait();
    }
}

/// A line of a client: `told WRITER NUMBER ENTRIES WORD`.
fn parsed(line: &str) -> Option<Told> {
    let words: Vec<&str> = line.strip_prefix("told ")?.split(' ').collect();
    let number = |index: usize| words[index].parse().unwrap();
    let answer = if words[3] == "done" { Answer::Done } else { Answer::Refused };
    Some(Told {
        write: Write { writer: number(0), number: number(1) },
        entries: number(2) as usize,
        answer,
        is_lost: false,
        is_late: false,
    })
}

/// What a client does until it is killed.
async fn client(order: &str) {
    let mut words = order.splitn(3, ' ');
    let mut next = || words.next().unwrap();
    let (number, round, path): (usize, i64, &str) = (next().parse().unwrap(), next().parse().unwrap(), next());
    let store = connect(&format!("sqlite://{path}")).await.unwrap();
    let (_, seed) = Dice::seeded();
    let mut tasks = JoinSet::new();
    for task in number * TASKS..(number + 1) * TASKS {
        // The accounts were made first, one after the other.
        let funds: Arc<[i64]> = (1..=FUNDS as i64).collect();
        let mut writer = Writer::new(task, (FUNDS + task + 1) as i64, seed ^ round as u64);
        writer.own.most = i64::MAX;
        writer.next.number = round * 1_000_000;
        tasks.spawn(write(writer, session(&store), funds));
    }
    tasks.join_all().await;
}

async fn write(mut writer: Writer, session: Session, funds: Arc<[i64]>) {
    loop {
        let Told { write, entries, answer, .. } = writer.write(&session, &funds, false).await;
        let word = match answer {
            Answer::Done => "done",
            Answer::Refused => "refused",
            Answer::Unknown(_) => panic!("a file that does not answer"),
        };
        // At once and whole: what is told must have been so, and what comes next is another line.
        let line = format!("told {} {} {entries} {word}\n", write.writer, write.number);
        std::io::stdout().write_all(line.as_bytes()).unwrap();
        std::io::stdout().flush().unwrap();
    }
}
