//! How many statements each public operation sends, and how many round trips to a server that is: as the table in
//! `docs/round_trips.md` says.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use recension::store::sea_orm::{Condition, ConnectionTrait, DbBackend};
use recension::store::{
    AnyColumn, BelongsTo, Caller, Connect, Decision, Error, Load, Operation, PageRequest, Policy, RowLock, RowLocks, Store, commit_table,
};
use recension::{Object, ObjectName, Partial, Persisted, Session};
use recension_testkit::faults::{FaultProxy, FaultsError};

use crate::engine::{BACKEND, fresh};
use crate::files::*;
use crate::support::*;

/// Who may do what to files and jobs, and everything to marks and steps.
struct Ours;

impl Policy for Ours {
    fn scope(&self, caller: &Caller, operation: Operation, object: &ObjectName) -> Decision {
        match &*object.to_string() {
            "Mark" | "Step" => Decision::All,
            // It may be given to another project.
            "Job" if operation == Operation::Update => Decision::Where(Condition::all().add(Job::COLUMN.project_id.is_in(["p1", "p2"]))),
            "Job" => ByProject.scope(caller, operation, object),
            _ => Files.scope(caller, operation, object),
        }
    }
}

/// What is there before an operation.
struct Given {
    number: usize,
    files: Vec<Persisted<File>>,
    deleted: Persisted<File>,
    note: Persisted<Note>,
    deleted_note: Persisted<Note>,
    job: Persisted<Job>,
    step: Persisted<Step>,
    mark: Persisted<Mark>,
    /// A file of which only the key was read.
    partial: Partial<File>,
}

/// A store whose way to the server is counted, and one past it.
struct Ways {
    /// None before an engine that is no server.
    proxy: Option<FaultProxy>,
    store: Store,
    past: Store,
}

/// What was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sent {
    statements: u64,
    /// Those of the statements where nothing is sent anywhere.
    round_trips: u64,
}

impl Sent {
    const fn each(count: u64) -> Self {
        Self { statements: count, round_trips: count }
    }
}

impl Ways {
    async fn new() -> Self {
        Self::by(|connect| connect).await
    }

    async fn by(set: impl Fn(Connect) -> Connect) -> Self {
        let url = fresh().await;
        let connect = |url: &str| set(Store::connect(url).policy(Ours).clock(Ticking::default()).connections(1));
        let past = connect(&url).await.unwrap();
        make_tables(&past).await;
        make_file_tables(&past).await;
        past.schema_connection(&SCHEMA).execute(&commit_table(BACKEND)).await.unwrap();
        match FaultProxy::start(&url).await {
            Ok(proxy) => Self { store: connect(&proxy.url()).await.unwrap(), proxy: Some(proxy), past },
            Err(FaultsError::Scheme) => Self { proxy: None, store: past.clone(), past },
            Err(error) => panic!("{error}"),
        }
    }

    fn counts(&self) -> Sent {
        let statements = self.store.statements();
        let round_trips = self.proxy.as_ref().map_or(statements, |proxy| proxy.counts().round_trips);
        Sent { statements, round_trips }
    }

    fn since(&self, before: Sent) -> Sent {
        let Sent { statements, round_trips } = self.counts();
        Sent { statements: statements - before.statements, round_trips: round_trips - before.round_trips }
    }

    async fn given(&self, number: usize) -> Given {
        let session = self.past.session(&owner());
        let drafts = ["a", "b", "c", "d"].map(|name| File::draft().folder("inbox").name(format!("{name}{number}")));
        let mut files = session.create_many(drafts).await.unwrap();
        let deleted = files.pop().unwrap();
        session.delete(&deleted).await.unwrap();
        let deleted = session.get_with_deleted(deleted.id).await.unwrap();
        let first = files.first().unwrap().id;
        let note = note(&session, first, "x").await;
        let gone = session.create(Note::draft().file_id(first).text("y")).await.unwrap();
        session.delete(&gone).await.unwrap();
        let deleted_note = session.get_with_deleted(gone.id).await.unwrap();
        let mark = session.create(Mark::draft().text("m")).await.unwrap();
        let found = session.find::<File>().filter(File::COLUMN.id.eq(first));
        let partial = found.select_one([File::COLUMN.id]).await.unwrap().unwrap();
        let job = stored(&session, &format!("r{number}")).await;
        let of = stored(&session, &format!("s{number}")).await;
        let step = session.create(Step::draft().job_id(of.id).name("s")).await.unwrap();
        Given { number, partial, files, deleted, note, deleted_note, job, step, mark }
    }

    /// What `operation` sends when it is done for the third time on one connection: the driver has prepared all it will by then.
    async fn sent_by<F>(&self, operation: F) -> Sent
    where
        F: AsyncFn(&Session, Given) -> Result<(), Error>,
    {
        static NUMBER: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let mut sent = Vec::new();
        for _ in 0..3 {
            let given = self.given(NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed)).await;
            let held = self.store.session(&owner()).hold().await.unwrap();
            // So that it is warm and idle.
            held.find::<Mark>().exists().await.unwrap();
            let before = self.counts();
            operation(&held, given).await.unwrap();
            sent.push(self.since(before));
        }
        let [_, second, third] = sent[..] else { panic!("it was done three times") };
        assert_eq!(second, third, "once it is prepared it is the same each time");
        third
    }
}

/// What the documentation says of each operation on this engine; `None` where the engine has none.
fn documented() -> BTreeMap<&'static str, Option<u64>> {
    let page = include_str!("../../../store/docs/round_trips.md");
    let place = match BACKEND {
        DbBackend::Sqlite => 0,
        DbBackend::Postgres => 1,
        _ => 2,
    };
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let rows = rows.map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, row, counts @ .., _, _] = &cells[..] else { panic!("{line} is no row") };
        let count = counts.get(place).unwrap();
        (*row, (*count != "-").then(|| count.parse().unwrap()))
    });
    rows.collect()
}

/// Compares what was counted with what is written, row by row.
struct Held {
    ways: Ways,
    documented: BTreeMap<&'static str, Option<u64>>,
    seen: Vec<&'static str>,
    wrong: Vec<String>,
}

impl Held {
    async fn new() -> Self {
        Self::by(|connect| connect).await
    }

    async fn by(set: impl Fn(Connect) -> Connect) -> Self {
        Self { ways: Ways::by(set).await, documented: documented(), seen: Vec::new(), wrong: Vec::new() }
    }

    /// The row of the table that begins so, or has it among its operations.
    async fn row<F>(&mut self, row: &'static str, operation: F)
    where
        F: AsyncFn(&Session, Given) -> Result<(), Error>,
    {
        let Some(Some(expected)) = self.documented.get(row).copied() else { panic!("the table has no row {row}") };
        let sent = self.ways.sent_by(operation).await;
        if sent != Sent::each(expected) {
            self.wrong.push(format!("{row}: {sent:?}, not {expected}"));
        }
        self.seen.push(row);
    }

    /// Whether all rows were looked at, those that this engine has none for aside, and were right.
    fn ended(self, rows: impl Fn(&str) -> bool) {
        assert!(self.wrong.is_empty(), "{:#?}", self.wrong);
        let unseen = self.documented.iter().filter(|(row, count)| count.is_some() && rows(row) && !self.seen.contains(row));
        assert_eq!(unseen.count(), 0, "rows that no test has: seen are {:?}", self.seen);
    }
}

fn is_of_writing(row: &str) -> bool {
    ["`create", "`find().create_child", "`find().touching", "`save", "`delete", "`restore", "`find().update"]
        .iter()
        .any(|begin| row.starts_with(begin))
}

fn is_of_transactions(row: &str) -> bool {
    ["`transaction", "`hold", "`optimistic"].iter().any(|begin| row.starts_with(begin))
}

#[tokio::test]
async fn reads_are_one_round_trip_and_a_marker_is_one_more() {
    let mut held = Held::new().await;
    const GET: &str = "`get`, `get_with_deleted`";
    held.row(GET, async |session, given| session.get::<File>(given.files[0].id).await.map(drop)).await;
    held.row(GET, async |session, given| session.get_with_deleted::<File>(given.deleted.id).await.map(drop)).await;
    const FIND: &str = "`find().one()`, `all()`, `select()`, `select_one()`, `count()`, `exists()`, `stream()`";
    let found = |session: &Session, given: &Given| session.find::<File>().filter(File::COLUMN.id.eq(given.files[0].id));
    held.row(FIND, async |session, given| found(session, &given).one().await.map(drop)).await;
    held.row(FIND, async |session, given| found(session, &given).all().await.map(drop)).await;
    held.row(FIND, async |session, given| found(session, &given).select([File::COLUMN.name]).await.map(drop)).await;
    held.row(FIND, async |session, given| found(session, &given).select_one([File::COLUMN.name]).await.map(drop)).await;
    held.row(FIND, async |session, given| found(session, &given).count().await.map(drop)).await;
    held.row(FIND, async |session, given| found(session, &given).exists().await.map(drop)).await;
    held.row(FIND, async |session, given| found(session, &given).stream().try_collect::<Vec<_>>().await.map(drop)).await;
    held.row("`find().page()`, the first", async |session, _| session.find::<File>().page(PageRequest::first(2)).await.map(drop)).await;
    held.row("`find().page()`, after a marker", async |session, given| {
        session.find::<File>().page(PageRequest::after(given.files[0].id, 2)).await.map(drop)
    })
    .await;
    const LOAD: &str = "`load_many()`, `load_one()` of up to 128 keys, `load()`, `load_fields()`";
    held.row(LOAD, async |session, given| session.load_many(&given.files, File::NOTES).await.map(drop)).await;
    held.row(LOAD, async |session, given| session.load_one(&[given.note], Note::FILE).await.map(drop)).await;
    held.row(LOAD, async |session, given| {
        let mut partial = given.partial;
        partial.load(session, File::COLUMN.name).await.map(drop)
    })
    .await;
    held.row(LOAD, async |session, given| {
        let mut partial = given.partial;
        partial.load_fields(session, [AnyColumn::from(File::COLUMN.name), File::COLUMN.folder.into()]).await
    })
    .await;
    held.ended(|row| !is_of_writing(row) && !is_of_transactions(row) && !row.contains("lock"));
}

#[tokio::test]
async fn rows_are_locked_in_the_round_trip_that_reads_them() {
    let mut held = Held::new().await;
    const LOCK: &str = "`find().lock(..).all()`";
    if held.ways.store.capability().row_locks == RowLocks::None {
        assert_eq!(held.documented[LOCK], None);
        return;
    }
    // Of what it takes, two are those of the transaction.
    let sent = held
        .ways
        .sent_by(async |session, given| {
            session
                .transaction(async |tx| {
                    let found = tx.find::<File>().filter(File::COLUMN.id.eq(given.files[0].id));
                    found.lock(RowLock::Wait).all().await.map(drop)
                })
                .await
        })
        .await;
    assert_eq!(sent, Sent::each(2 + held.documented[LOCK].unwrap()));
    held.seen.push(LOCK);
    held.ended(|row| row.contains("lock"));
}

#[tokio::test]
async fn a_new_object_is_one_round_trip_where_no_natural_key_is_looked_for() {
    let mut held = Held::new().await;
    held.row("`create()` where the policy has no condition", async |session, given| {
        session.create(Folder::draft().name(format!("f{}", given.number))).await.map(drop)
    })
    .await;
    held.row("`create()` where it has one", async |session, _| session.create(Note::draft().text("z")).await.map(drop)).await;
    let file = |given: &Given, place: usize| File::draft().folder("inbox").name(format!("n{}-{place}", given.number));
    held.row("`create()` with a natural key", async |session, given| session.create(file(&given, 0)).await.map(drop)).await;
    held.row("`create_each()`, for each", async |session, _| session.create_each([Note::draft().text("z")]).await.map(drop)).await;
    held.row("`create_many()` of 100", async |session, _| session.create_many((0..100).map(|_| Note::draft().text("z"))).await.map(drop))
        .await;
    held.row("`create_many()` with a natural key of 100", async |session, given| {
        session.create_many((0..100).map(|place| file(&given, place))).await.map(drop)
    })
    .await;
    held.ended(|row| row.starts_with("`create"));
}

#[tokio::test]
async fn a_guarded_change_is_one_round_trip() {
    let mut held = Held::new().await;
    const SAVE: &str = "`save()`, `save_filled()`, `save_received()`";
    let moved = |file: &Persisted<File>| {
        let mut edit = file.edit();
        edit.set_folder("outbox");
        edit
    };
    held.row(SAVE, async |session, given| session.save(&moved(&given.files[0])).await.map(drop)).await;
    held.row(SAVE, async |session, given| session.save_filled(&moved(&given.files[0]), |_| {}).await.map(drop)).await;
    held.row(SAVE, async |session, given| session.save_received(&moved(&given.files[0]), |_| {}).await.map(drop)).await;
    let past = held.ways.past.session(&owner());
    held.row("`save()` that changes the natural key", async |session, given| {
        let mut edit = given.files[0].edit();
        edit.set_name(format!("z{}", given.number));
        session.save(&edit).await.map(drop)
    })
    .await;
    held.row("`save()` where the policy names what is written", async |session, given| {
        session.save_filled(&given.job.edit(), |fields| fields.set_project_id("p2")).await.map(drop)
    })
    .await;
    held.row("`save()` where the table counts no writes", async |session, given| {
        let mut edit = given.mark.edit();
        edit.set_note("n");
        session.save(&edit).await.map(drop)
    })
    .await;
    held.row("`save_many()`, `delete_many()` of three", async |session, given| {
        let edits: Vec<_> = given.files.iter().map(moved).collect();
        session.save_many(&edits).await.map(drop)
    })
    .await;
    // Of a conflict only what was sent tells, since somebody else has to write first.
    let given = held.ways.given(1_000_000).await;
    past.save(&moved(&given.files[0])).await.unwrap();
    for expected in [None, None, held.documented["`save()` that is refused"]] {
        let session = held.ways.store.session(&owner()).hold().await.unwrap();
        let before = held.ways.counts();
        let refused = session.save(&moved(&given.files[0])).await;
        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
        let sent = held.ways.since(before);
        assert!(expected.is_none_or(|expected| sent == Sent::each(expected)), "{sent:?}, not {expected:?}");
    }
    held.seen.push("`save()` that is refused");
    held.ended(|row| row.starts_with("`save"));
}

#[tokio::test]
async fn a_child_is_written_in_the_round_trip_that_looks_at_its_parent() {
    let mut held = Held::new().await;
    let file = |session: &Session, given: &Given| session.find::<File>().filter(File::COLUMN.id.eq(given.files[0].id));
    held.row("`find().create_child()`", async |session, given| {
        file(session, &given).create_child(Note::FILE, Note::draft().text("z")).await.map(drop)
    })
    .await;
    held.row("`find().touching(..).create_child()`", async |session, given| {
        let touching = file(session, &given).touching(File::draft().folder("outbox"), |_| {})?;
        touching.create_child(Note::FILE, Note::draft().text("z")).await.map(drop)
    })
    .await;
    held.row("`find().touching(..).save_child()`", async |session, given| {
        let mut edit = given.step.edit();
        edit.set_name("z");
        let touching = session.find::<Job>().touching(Job::draft(), |_| {})?;
        touching.save_child(BelongsTo::new(Step::COLUMN.job_id), &edit).await.map(drop)
    })
    .await;
    held.ended(|row| row.contains("child"));
}

#[tokio::test]
async fn deleting_is_one_round_trip_however_it_is_done() {
    let mut held = Held::new().await;
    const DELETE: &str = "`delete()`, `purge()`";
    held.row(DELETE, async |session, given| session.delete(&given.files[0]).await).await;
    held.row(DELETE, async |session, given| session.delete(&given.job).await).await;
    held.row(DELETE, async |session, given| session.purge(&given.files[0]).await).await;
    held.row("`restore()`", async |session, given| session.restore(&given.deleted_note).await.map(drop)).await;
    held.row("`restore()` with a natural key", async |session, given| session.restore(&given.deleted).await.map(drop)).await;
    held.row("`save_many()`, `delete_many()` of three", async |session, given| session.delete_many(&given.files).await).await;
    const BULK: &str = "`find().update()`, `find().delete()`";
    let found = |session: &Session, given: &Given| session.find::<File>().filter(File::COLUMN.id.eq(given.files[0].id));
    held.row(BULK, async |session, given| found(session, &given).update(File::draft().folder("outbox")).await.map(drop)).await;
    held.row(BULK, async |session, given| found(session, &given).delete().await.map(drop)).await;
    held.ended(|row| ["`delete", "`restore", "`find().update"].iter().any(|begin| row.starts_with(begin)));
}

#[tokio::test]
async fn a_transaction_is_begin_and_commit_beside_its_work() {
    let mut held = Held::new().await;
    held.row("`optimistic()` round nothing", async |session, _| session.optimistic(async |_| Ok(())).await).await;
    held.row("`hold()`", async |session, _| session.hold().await.map(drop)).await;
    held.row("`transaction()` round nothing", async |session, _| session.transaction(async |_| Ok(())).await).await;
    const WITH_TOKENS: &str = "`transaction()` round nothing, with tokens";
    let mut with_tokens = Held::by(Connect::commit_tokens).await;
    with_tokens.row(WITH_TOKENS, async |session, _| session.transaction(async |_| Ok(())).await).await;
    with_tokens.ended(|row| row == WITH_TOKENS);
    // What is in it costs what it costs, and no more: reads and writes that are one round trip are one here.
    let sent = held
        .ways
        .sent_by(async |session, given| {
            session
                .transaction(async |tx| {
                    let read = tx.get::<File>(given.files[0].id).await?;
                    let mut edit = read.edit();
                    edit.set_folder("outbox");
                    tx.save(&edit).await?;
                    tx.create(Note::draft().text("z")).await.map(drop)
                })
                .await
        })
        .await;
    assert_eq!(sent, Sent::each(2 + 3));
    held.ended(|row| is_of_transactions(row) && row != WITH_TOKENS);
}

#[tokio::test]
async fn what_is_promised_of_the_commonest_operations_is_what_is_written() {
    let documented = documented();
    for row in ["`get`, `get_with_deleted`", "`create()` where the policy has no condition", "`save()`, `save_filled()`, `save_received()`"]
    {
        assert_eq!(documented[row], Some(1), "{row}");
    }
    let takes_back = BACKEND == DbBackend::Postgres;
    assert_eq!(documented["`create()` where it has one"], Some(if takes_back { 1 } else { 3 }));
}

#[tokio::test]
async fn an_operation_from_the_pool_costs_the_driver_one_round_trip_more_that_nobody_waits_for() {
    let ways = Ways::new().await;
    let given = ways.given(0).await;
    let session = ways.store.session(&owner());
    for _ in 0..3 {
        session.get::<File>(given.files[0].id).await.unwrap();
    }
    // There is one connection: whoever has it, has it after it was given back and had answered.
    let held = session.hold().await.unwrap();
    let before = ways.counts();
    drop(held);
    for _ in 0..5 {
        session.get::<File>(given.files[0].id).await.unwrap();
    }
    let held = session.hold().await.unwrap();
    let sent = ways.since(before);
    drop(held);
    let asked = if ways.proxy.is_some() { 5 + 1 } else { 0 };
    // The one more is for the session that was held before.
    assert_eq!(sent, Sent { statements: 5, round_trips: 5 + asked });
}

#[tokio::test]
async fn a_connection_that_someone_waits_for_is_not_tried_first() {
    const READS: u64 = 40;
    let ways = Ways::new().await;
    let session = ways.store.session(&owner());
    // So that the statement is prepared.
    for _ in 0..2 {
        session.find::<Mark>().exists().await.unwrap();
    }
    let (before, begun) = (ways.counts(), std::time::Instant::now());
    let reads = futures_util::future::join_all((0..READS).map(|_| session.find::<Mark>().exists()));
    assert!(reads.await.iter().all(Result::is_ok));
    let Sent { statements, round_trips } = ways.since(before);
    assert_eq!(statements, READS);
    // One connection that was given back before, one that nobody waits for in the end, and each second one that has been passed on for long.
    assert!(round_trips <= READS + 2 + begun.elapsed().as_secs(), "{round_trips}");
}

#[tokio::test]
async fn a_search_for_one_row_is_sent_no_other() {
    let ways = Ways::new().await;
    let past = ways.past.session(&owner());
    past.create_many(vec![Mark::draft().text("a mark as any other"); 2_000]).await.unwrap();
    let held = ways.store.session(&owner()).hold().await.unwrap();
    let bytes = || ways.proxy.as_ref().map_or(0, |proxy| proxy.counts().bytes_to_client);
    for _ in 0..2 {
        let before = bytes();
        assert!(held.find::<Mark>().exists().await.unwrap());
        assert!(held.find::<Mark>().one().await.unwrap().is_some());
        assert!(held.find::<Mark>().select_one([Mark::COLUMN.text]).await.unwrap().is_some());
        let sent = bytes() - before;
        assert!(sent < 4_096, "{sent} bytes");
    }
}
