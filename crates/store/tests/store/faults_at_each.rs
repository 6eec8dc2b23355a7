//! Each statement of each operation fails once, in every way: what is in the table afterwards is all of the operation or nothing of
//! it, and the error is of the class that says so.

use std::sync::Mutex;
use std::time::Duration;

use futures_util::TryStreamExt;
use recension::store::sea_orm::{ConnectionTrait, DbBackend};
use recension::store::{Error, PageRequest, Store};
use recension::{Object, Persisted, Session};
use recension_testkit::faults::{Cut, Fault, FaultProxy};

use crate::engine::{BACKEND, fresh};
use crate::files::*;
use crate::support::*;

/// What is done, on three files that are there: `a`, `b` and `c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Create,
    CreateMany,
    Save,
    /// A save that needs a transaction, since the natural key changes.
    Rename,
    SoftDelete,
    Purge,
    Get,
    Page,
    Stream,
    /// Three writes in one transaction.
    Transaction,
}

const ALL: [Work; 10] = [
    Work::Create,
    Work::CreateMany,
    Work::Save,
    Work::Rename,
    Work::SoftDelete,
    Work::Purge,
    Work::Get,
    Work::Page,
    Work::Stream,
    Work::Transaction,
];

impl Work {
    async fn run(self, session: &Session, files: &[Persisted<File>]) -> Result<(), Error> {
        let [a, b, ..] = files else { panic!("there are three files") };
        let draft = |name: &str| File::draft().folder("inbox").name(name);
        match self {
            Self::Create => session.create(draft("d")).await.map(|_| ()),
            Self::CreateMany => session.create_many(["d", "e", "f"].map(draft)).await.map(|_| ()),
            Self::Save => {
                let mut edit = a.edit();
                edit.set_folder("outbox");
                session.save(&edit).await.map(|_| ())
            }
            Self::Rename => {
                let mut edit = a.edit();
                edit.set_name("z");
                session.save(&edit).await.map(|_| ())
            }
            Self::SoftDelete => session.delete(a).await,
            Self::Purge => session.purge(a).await,
            Self::Get => session.get::<File>(a.id).await.map(|_| ()),
            Self::Page => session.find::<File>().page(PageRequest::after(a.id, 1)).await.map(|_| ()),
            Self::Stream => session.find::<File>().stream().try_collect::<Vec<_>>().await.map(|_| ()),
            Self::Transaction => {
                let work = async |tx: &Session| {
                    tx.create(draft("d")).await?;
                    let mut edit = a.edit();
                    edit.set_name("z");
                    tx.save(&edit).await?;
                    tx.delete(b).await
                };
                session.transaction(work).await
            }
        }
    }

    const fn reads(self) -> bool {
        matches!(self, Self::Get | Self::Page | Self::Stream)
    }
}

/// An error of a server, and the classes that it is told as: where an object is concerned, and where none is.
struct Code {
    number: u16,
    state: &'static str,
    of_object: &'static [&'static str],
    of_none: &'static str,
    /// Whether it does not say of a COMMIT that nothing was committed.
    leaves_open: bool,
}

const fn code(number: u16, state: &'static str, of_object: &'static [&'static str], of_none: &'static str, leaves_open: bool) -> Code {
    Code { number, state, of_object, of_none, leaves_open }
}

const CONTENTION: &[&str] = &["contention"];
const DEADLINE: &[&str] = &["deadline"];
const UNAVAILABLE: &[&str] = &["unavailable"];
const INTERNAL: &[&str] = &["internal"];
const EXISTS: &[&str] = &["already_exists"];
const REFERENCE: &[&str] = &["not_found", "denied"];
const INTEGRITY: &[&str] = &["integrity"];
const UNKNOWN: &[&str] = &["commit_unknown"];

const OF_POSTGRES: [Code; 17] = [
    code(1105, "40001", CONTENTION, "contention", false),
    code(1105, "40P01", CONTENTION, "contention", false),
    code(1105, "55P03", CONTENTION, "contention", false),
    code(1105, "57014", DEADLINE, "deadline", false),
    code(1105, "57P01", UNAVAILABLE, "unavailable", true),
    code(1105, "08006", UNAVAILABLE, "unavailable", true),
    code(1105, "53300", UNAVAILABLE, "unavailable", false),
    code(1105, "53100", UNAVAILABLE, "unavailable", false),
    code(1105, "25006", UNAVAILABLE, "unavailable", false),
    code(1105, "42501", UNAVAILABLE, "unavailable", false),
    code(1105, "42P01", INTEGRITY, "unavailable", false),
    code(1105, "XX001", INTEGRITY, "unavailable", true),
    code(1105, "23505", EXISTS, "internal", false),
    code(1105, "23503", REFERENCE, "internal", false),
    code(1105, "23514", INTERNAL, "internal", false),
    code(1105, "P0001", INTERNAL, "internal", false),
    code(1105, "40003", UNKNOWN, "commit_unknown", true),
];

const OF_MARIADB: [Code; 18] = [
    code(1213, "40001", CONTENTION, "contention", false),
    code(1205, "HY000", CONTENTION, "contention", false),
    code(1020, "HY000", CONTENTION, "contention", false),
    code(1317, "70100", DEADLINE, "deadline", true),
    code(1969, "70100", DEADLINE, "deadline", true),
    code(1053, "08S01", UNAVAILABLE, "unavailable", true),
    code(1927, "70100", UNAVAILABLE, "unavailable", true),
    code(1047, "08S01", UNAVAILABLE, "unavailable", false),
    code(1180, "HY000", UNAVAILABLE, "unavailable", true),
    code(1114, "HY000", UNAVAILABLE, "unavailable", true),
    code(1040, "08004", UNAVAILABLE, "unavailable", false),
    code(1290, "HY000", UNAVAILABLE, "unavailable", false),
    code(1142, "42000", UNAVAILABLE, "unavailable", false),
    code(1146, "42S02", INTEGRITY, "unavailable", false),
    code(1062, "23000", EXISTS, "internal", false),
    code(1452, "23000", REFERENCE, "internal", false),
    code(4025, "23000", INTERNAL, "internal", false),
    code(1105, "HY000", INTERNAL, "internal", false),
];

const GOING: Code = code(1053, "57P01", UNAVAILABLE, "unavailable", true);

const fn codes() -> &'static [Code] {
    if matches!(BACKEND, DbBackend::Postgres) { &OF_POSTGRES } else { &OF_MARIADB }
}

/// Which of the statements of an operation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Begin,
    Within,
    Commit,
    /// A statement that is committed by itself.
    Alone,
    Read,
}

impl Place {
    /// The classes of an error there.
    fn classes(self, work: Work, code: &Code) -> &[&'static str] {
        let ends = matches!(self, Self::Commit | Self::Alone);
        if ends && code.leaves_open {
            return UNKNOWN;
        }
        let is_of_none = work == Work::Transaction && matches!(self, Self::Begin | Self::Commit);
        if is_of_none { std::slice::from_ref(&code.of_none) } else { code.of_object }
    }

    /// The class of a cut there.
    fn cut(self) -> &'static [&'static str] {
        if matches!(self, Self::Commit | Self::Alone) { UNKNOWN } else { UNAVAILABLE }
    }
}

/// Two ways to the same tables.
struct Ways {
    proxy: FaultProxy,
    store: Store,
    past: Store,
}

impl Ways {
    async fn new() -> Self {
        let url = fresh().await;
        let past = files_at(&url).await;
        let proxy = FaultProxy::start(&url).await.unwrap();
        let connect = Store::connect(&proxy.url()).policy(Files).clock(Ticking::default());
        let store = connect.connections(1).retry_timeout(Duration::ZERO).await.unwrap();
        Self { proxy, store, past }
    }

    /// Three files and nothing else.
    async fn files(&self) -> Vec<Persisted<File>> {
        let work = async |tx: &Session| {
            tx.unscoped(&SCHEMA).execute_unprepared("DELETE FROM files").await.unwrap();
            tx.create_many(["a", "b", "c"].map(|name| File::draft().folder("inbox").name(name))).await
        };
        self.past.session(&owner()).transaction(work).await.unwrap()
    }

    /// A connection that is there and set up, so that the next statement is the first of what is tried.
    async fn connected(&self) {
        let session = self.store.session(&owner());
        if session.find::<File>().count().await.is_err() {
            session.find::<File>().count().await.unwrap();
        }
    }

    /// What is in the table.
    async fn state(&self) -> Vec<String> {
        let sql = "SELECT name || '|' || folder || '|' || revision || CASE WHEN deleted_at IS NULL THEN '' ELSE '|deleted' END \
                   FROM files ORDER BY name";
        rows(&self.past, sql).await.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// The places of an operation's statements, and what is in the table before and after it.
    async fn shape(&self, work: Work) -> (Vec<Place>, [Vec<String>; 2]) {
        let files = self.files().await;
        self.connected().await;
        let (before, counts) = (self.state().await, self.proxy.counts());
        work.run(&self.store.session(&owner()), &files).await.unwrap();
        let counts = self.proxy.counts().since(&counts);
        let statements = usize::try_from(counts.statements).unwrap();
        let mut places = match (counts.commits, work.reads()) {
            (0, true) => vec![Place::Read; statements],
            (0, false) => vec![Place::Alone; statements],
            (1, _) => vec![Place::Within; statements],
            (commits, _) => panic!("{work:?} commits {commits} times"),
        };
        if counts.commits == 1 {
            *places.first_mut().unwrap() = Place::Begin;
            *places.last_mut().unwrap() = Place::Commit;
        } else {
            assert!(places.len() == 1 || work.reads(), "{work:?} has {statements} statements and no transaction");
        }
        let after = self.state().await;
        assert_eq!(before == after, work.reads(), "{work:?}");
        (places, [before, after])
    }

    /// Runs an operation whose `n`-th statement fails; the class of its error.
    async fn fail(&self, work: Work, files: &[Persisted<File>], n: usize, fault: Fault) -> Option<&'static str> {
        self.connected().await;
        let fired = self.proxy.fired();
        self.proxy.at_statement(n as u64 + 1, fault);
        let done = work.run(&self.store.session(&owner()), files).await;
        assert_eq!((self.proxy.fired() - fired, self.proxy.armed()), (1, 0), "{work:?} {n}: {done:?}");
        done.err().map(|error| error.code())
    }
}

/// Fails each statement of `works` in every way; how often.
async fn fail_each(works: &[Work]) -> usize {
    let ways = Ways::new().await;
    let mut failed = 0;
    for work in works.iter().copied() {
        let (places, [before, after]) = ways.shape(work).await;
        let mut files = ways.files().await;
        for (n, place) in places.into_iter().enumerate() {
            // What a statement did stays if it was the last of a unit, whatever its client was told.
            let stays = matches!(place, Place::Commit | Place::Alone);
            let cuts =
                [Cut::RequestLost, Cut::ReplyLost, Cut::HalfReply].map(|cut| (Fault::from(cut), cut != Cut::RequestLost, place.cut()));
            let errors = codes().iter().flat_map(|code| {
                let fault = Fault::errno(code.number, code.state);
                let classes = place.classes(work, code);
                [(fault.clone(), false, classes), (fault.after(), true, classes)]
            });
            // A server that is shut down says so and closes the connection.
            let going = Fault::errno(GOING.number, GOING.state).closing();
            let goings = [(going.clone(), false, place.classes(work, &GOING)), (going.after(), true, place.classes(work, &GOING))];
            for (fault, has_run, classes) in cuts.into_iter().chain(errors).chain(goings) {
                let class = ways.fail(work, &files, n, fault.clone()).await;
                // A read has all it needs when its last row has arrived.
                let is_enough = place == Place::Read && fault == Cut::HalfReply.into();
                let is_told = class.map_or(is_enough, |class| classes.contains(&class));
                assert!(is_told, "{work:?} {n} {place:?} {fault:?}: {class:?}, not {classes:?}");
                let expected = if has_run && stays { &after } else { &before };
                assert_eq!(ways.state().await, *expected, "{work:?} {n} {place:?} {fault:?}: {class:?}");
                if *expected != before {
                    files = ways.files().await;
                }
                failed += 1;
            }
        }
    }
    failed
}

#[tokio::test]
async fn s21_whichever_statement_fails_a_write_is_whole_or_not_there() {
    let writes: Vec<Work> = ALL.into_iter().filter(|work| !work.reads() && *work != Work::Transaction).collect();
    let failed = fail_each(&writes).await;
    assert!(failed > 500, "{failed}");
}

#[tokio::test]
async fn s21_whichever_statement_fails_a_transaction_is_whole_or_not_there() {
    let failed = fail_each(&[Work::Transaction]).await;
    assert!(failed > 250, "{failed}");
}

#[tokio::test]
async fn s21_whichever_statement_fails_a_read_says_so() {
    let failed = fail_each(&[Work::Get, Work::Page, Work::Stream]).await;
    assert!(failed > 100, "{failed}");
}

/// What is in the table when each write of [`Work::Transaction`] that was told to be done is, and no other.
fn told(done: &[bool]) -> Vec<String> {
    let [created, saved, deleted] = done else { return Vec::new() };
    let mut lines =
        vec![if *saved { "z|inbox|2" } else { "a|inbox|1" }, if *deleted { "b|inbox|2|deleted" } else { "b|inbox|1" }, "c|inbox|1"];
    lines.extend(created.then_some("d|inbox|1"));
    lines.sort_unstable();
    lines.into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn s21_a_transaction_that_passes_over_its_errors_has_what_was_told_to_be_done_or_nothing() {
    let ways = Ways::new().await;
    let (places, [before, _]) = ways.shape(Work::Transaction).await;
    let (mut committed, mut files) = (0, ways.files().await);
    for (n, place) in places.into_iter().enumerate() {
        let errors = codes().iter().map(|code| Fault::errno(code.number, code.state));
        for fault in errors.chain([Fault::from(Cut::RequestLost), Cut::ReplyLost.into(), Cut::HalfReply.into()]) {
            ways.connected().await;
            ways.proxy.at_statement(n as u64 + 1, fault.clone());
            let done = Mutex::new(Vec::new());
            let work = async |tx: &Session| -> Result<(), Error> {
                let mut edit = files[0].edit();
                edit.set_name("z");
                let created = tx.create(File::draft().folder("inbox").name("d")).await.is_ok();
                let saved = tx.save(&edit).await.is_ok();
                let deleted = tx.delete(&files[1]).await.is_ok();
                done.lock().unwrap().extend([created, saved, deleted]);
                Ok(())
            };
            let result = ways.store.session(&owner()).transaction(work).await;
            let done = done.into_inner().unwrap();
            committed += u32::from(result.is_ok());
            let is_lost = place == Place::Commit && [Fault::from(Cut::ReplyLost), Cut::HalfReply.into()].contains(&fault);
            let expected = if result.is_ok() || is_lost { told(&done) } else { before.clone() };
            assert_eq!(ways.state().await, expected, "{n} {place:?} {fault:?}: {result:?}");
            if expected != before {
                files = ways.files().await;
            }
        }
    }
    // Where errors do not end transactions, what else was done is kept.
    assert_eq!(committed > 0, !matches!(BACKEND, DbBackend::Postgres), "{committed}");
}
