//! Each statement of each operation fails once, in every way: what is in the table afterwards is all of the operation or nothing of
//! it, and the error is of the class that says so.

use std::sync::Mutex;
use std::time::Duration;

use futures_util::TryStreamExt;
use recension::store::sea_orm::{ConnectionTrait, DbBackend};
use recension::store::{Error, PageRequest, Store};
use recension::{Object, Persisted, Session};

use crate::engine::BACKEND;
use crate::files::*;
use crate::means::{Case, Fault, Means, cases, passed_over};
use crate::support::*;

/// What is done, on three files that are there: `a`, `b` and `c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
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
    /// Four writes in one transaction.
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
        let [a, b, c] = files else { panic!("there are three files") };
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
                    tx.delete(b).await?;
                    move_out(tx, c).await
                };
                session.transaction(work).await
            }
        }
    }

    const fn reads(self) -> bool {
        matches!(self, Self::Get | Self::Page | Self::Stream)
    }
}

/// Changes a file without having looked at it.
async fn move_out(tx: &Session, file: &Persisted<File>) -> Result<(), Error> {
    let changed = tx.find::<File>().filter(File::COLUMN.id.eq(file.id)).update(File::draft().folder("outbox")).await?;
    assert_eq!(changed, 1);
    Ok(())
}

/// Which of the statements of an operation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Begin,
    Within,
    Commit,
    /// A statement that is committed by itself.
    Alone,
    Read,
}

/// An error, and the classes that it is told as: where an object is concerned, and where none is.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) fault: Fault,
    pub(crate) of_object: &'static [&'static str],
    pub(crate) of_none: &'static str,
    /// Whether it does not say of a COMMIT that nothing was committed.
    pub(crate) leaves_open: bool,
}

pub(crate) const CONTENTION: &[&str] = &["contention"];
pub(crate) const DEADLINE: &[&str] = &["deadline"];
pub(crate) const UNAVAILABLE: &[&str] = &["unavailable"];
pub(crate) const INTERNAL: &[&str] = &["internal"];
pub(crate) const EXISTS: &[&str] = &["already_exists"];
pub(crate) const REFERENCE: &[&str] = &["not_found", "denied"];
pub(crate) const INTEGRITY: &[&str] = &["integrity"];
pub(crate) const UNKNOWN: &[&str] = &["commit_unknown"];

impl Place {
    /// The classes of an error there.
    pub(crate) fn classes(self, work: Work, code: &Code) -> Vec<&'static str> {
        let ends = matches!(self, Self::Commit | Self::Alone);
        if ends && code.leaves_open {
            return UNKNOWN.to_vec();
        }
        let is_of_none = work == Work::Transaction && matches!(self, Self::Begin | Self::Commit);
        if is_of_none { vec![code.of_none] } else { code.of_object.to_vec() }
    }

    /// The class of a connection that is gone there.
    pub(crate) fn gone(self) -> Vec<&'static str> {
        if matches!(self, Self::Commit | Self::Alone) { UNKNOWN.to_vec() } else { UNAVAILABLE.to_vec() }
    }
}

/// Two ways to the same tables.
struct Ways {
    means: Means,
    store: Store,
    past: Store,
}

impl Ways {
    async fn new() -> Self {
        let means = Means::new().await;
        let past = files_at(&means.past()).await;
        let connect = means.connect().policy(Files).clock(Ticking::default());
        let store = connect.connections(1).retry_timeout(Duration::ZERO).await.unwrap();
        Self { means, store, past }
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
        let (before, counts) = (self.state().await, self.means.counts());
        work.run(&self.store.session(&owner()), &files).await.unwrap();
        let counts = self.means.counts().since(&counts);
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
        let fired = self.means.fired();
        self.means.at_statement(n as u64 + 1, fault);
        let done = work.run(&self.store.session(&owner()), files).await;
        assert_eq!((self.means.fired() - fired, self.means.armed()), (1, 0), "{work:?} {n}: {done:?}");
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
            for Case { fault, has_run, classes, may_do } in cases(work, place) {
                let class = ways.fail(work, &files, n, fault.clone()).await;
                let is_told = class.map_or(may_do, |class| classes.contains(&class));
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
    println!("{failed} statements failed");
    assert!(failed > 500, "{failed}");
}

#[tokio::test]
async fn s21_whichever_statement_fails_a_transaction_is_whole_or_not_there() {
    let failed = fail_each(&[Work::Transaction]).await;
    println!("{failed} statements failed");
    assert!(failed > 250, "{failed}");
}

#[tokio::test]
async fn s21_whichever_statement_fails_a_read_says_so() {
    let failed = fail_each(&[Work::Get, Work::Page, Work::Stream]).await;
    println!("{failed} statements failed");
    assert!(failed > 100, "{failed}");
}

/// What is in the table when each write of [`Work::Transaction`] that was told to be done is, and no other.
fn told(done: &[bool]) -> Vec<String> {
    let [created, saved, deleted, moved] = done else { return Vec::new() };
    let mut lines = vec![
        if *saved { "z|inbox|2" } else { "a|inbox|1" },
        if *deleted { "b|inbox|2|deleted" } else { "b|inbox|1" },
        if *moved { "c|outbox|2" } else { "c|inbox|1" },
    ];
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
        for (fault, loses_the_answer) in passed_over() {
            ways.connected().await;
            ways.means.at_statement(n as u64 + 1, fault.clone());
            let done = Mutex::new(Vec::new());
            let work = async |tx: &Session| -> Result<(), Error> {
                let mut edit = files[0].edit();
                edit.set_name("z");
                let created = tx.create(File::draft().folder("inbox").name("d")).await.is_ok();
                let saved = tx.save(&edit).await.is_ok();
                let deleted = tx.delete(&files[1]).await.is_ok();
                let moved = move_out(tx, &files[2]).await.is_ok();
                done.lock().unwrap().extend([created, saved, deleted, moved]);
                Ok(())
            };
            let result = ways.store.session(&owner()).transaction(work).await;
            let done = done.into_inner().unwrap();
            committed += u32::from(result.is_ok());
            let is_lost = place == Place::Commit && loses_the_answer;
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
