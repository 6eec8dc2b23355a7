//! Random operations on the store and on a model of it: whatever they are, both answer the same, and have the same rows.
#![expect(clippy::indexing_slicing, reason = "what helps a test may fail as a test does")]

mod model;

use std::collections::BTreeMap;

use recension::store::sea_orm::{Condition, ConnectionTrait};
use recension::store::{Caller, Decision, Error, Operation, Policy, Session, Store, create_table};
use recension::{FieldEnum, Object, ObjectName, Persist, Persisted, Timestamp, VersionedObject};

use crate::campaign::{Dice, how_many};
use crate::engine::{BACKEND, fresh};
use crate::support::*;
use model::{Change, Model, NOTE_MAX, Row, Who};

/// How far a ticket is: it ends once.
#[derive(Clone, Debug, PartialEq, FieldEnum)]
pub enum Stage {
    #[field_enum(to(Finished, Failed))]
    Open,
    #[field_enum(to())]
    Finished,
    #[field_enum(to())]
    Failed,
    #[field_enum(unknown)]
    Unknown(String),
}

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "tickets", key = "id", revision, natural_key(project_id, name))]
#[persist(soft_delete(time = "deleted_at", mark = "deleted"))]
pub struct Ticket {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    #[field(server_set, read_only)]
    #[persist(fill = "project")]
    pub project_id: Option<String>,
    #[field(server_set, read_only)]
    #[persist(fill = "user")]
    pub user_id: Option<String>,
    #[field(max_chars = 64)]
    pub name: String,
    pub stage: Stage,
    #[field(max_chars = 12)]
    pub note: Option<String>,
    #[field(server_set)]
    pub deleted_at: Option<Timestamp>,
    #[field(server_set)]
    #[persist(null_as = false)]
    pub deleted: bool,
}

/// A project sees its tickets, and whoever made one changes and deletes it.
struct Tickets;

impl Policy for Tickets {
    fn scope(&self, caller: &Caller, operation: Operation, _: &ObjectName) -> Decision {
        let (Some(project), Some(user)) = (caller.project_id(), caller.user_id()) else { return Decision::Deny };
        let seen = Condition::all().add(Ticket::COLUMN.project_id.eq(project));
        let changes = matches!(operation, Operation::Update | Operation::Delete);
        Decision::Where(if changes { seen.add(Ticket::COLUMN.user_id.eq(user)) } else { seen })
    }
}

/// What an operation has come to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Done,
    Row(Row),
    Keys(Vec<i64>),
    Conflict { expected: u64, actual: u64 },
    Refused(&'static str),
}

impl Answer {
    fn of<R>(done: Result<R, Error>, told: impl FnOnce(R) -> Self) -> Self {
        match done {
            Ok(done) => told(done),
            Err(Error::Conflict { expected, actual, .. }) => Self::Conflict { expected: expected.0, actual: actual.0 },
            Err(error) => Self::Refused(error.code()),
        }
    }

    const fn is_error(&self) -> bool {
        matches!(self, Self::Conflict { .. } | Self::Refused(_))
    }

    const fn class(&self) -> &'static str {
        match self {
            Self::Done | Self::Row(_) | Self::Keys(_) => "ok",
            Self::Conflict { .. } => "conflict",
            Self::Refused(code) => code,
        }
    }
}

/// One operation. What it is about is a ticket that somebody has read at some time.
#[derive(Clone, Debug)]
enum Op {
    Create(String),
    Read { id: i64, with_deleted: bool },
    List(Option<Stage>),
    Save(usize, Change),
    Delete(usize),
    Restore(usize),
    Purge(usize),
}

impl Op {
    const fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Read { .. } => "read",
            Self::List(_) => "list",
            Self::Save(..) => "save",
            Self::Delete(_) => "delete",
            Self::Restore(_) => "restore",
            Self::Purge(_) => "purge",
        }
    }

    fn on_model(&self, model: &mut Model, who: Who, known: &[Persisted<Ticket>], key: Option<i64>) -> Answer {
        let read = |place: &usize| Row::of(&known[*place]);
        match self {
            Self::Create(name) => model.create(who, name, key),
            Self::Read { id, with_deleted } => model.read(who, *id, *with_deleted),
            Self::List(stage) => model.list(who, stage.as_ref()),
            Self::Save(place, change) => model.save(who, &read(place), change),
            Self::Delete(place) => model.delete(who, &read(place)),
            Self::Restore(place) => model.restore(who, &read(place)),
            Self::Purge(place) => model.purge(who, &read(place)),
        }
    }

    /// What the store answers, and the ticket that came with it.
    async fn on_store(&self, session: &Session, known: &[Persisted<Ticket>]) -> (Answer, Option<Persisted<Ticket>>) {
        let done = match self {
            Self::Create(name) => {
                let draft = Ticket::draft().name(&**name).stage(Stage::Open);
                session.create_filled(draft, |fields| fields.set_deleted(false)).await
            }
            Self::Read { id, with_deleted: true } => session.get_with_deleted(*id).await,
            Self::Read { id, with_deleted: false } => session.get(*id).await,
            Self::List(stage) => {
                let find = session.find::<Ticket>().order_by(Ticket::COLUMN.id.asc());
                let find = match stage {
                    Some(stage) => find.filter(Ticket::COLUMN.stage.eq(stage.clone())),
                    None => find,
                };
                let listed = find.all().await;
                return (Answer::of(listed, |all| Answer::Keys(all.iter().map(|ticket| ticket.id).collect())), None);
            }
            Self::Save(place, Change { name, stage, note }) => {
                let mut edit = known[*place].edit();
                name.iter().for_each(|name| edit.set_name(&**name));
                stage.iter().for_each(|stage| edit.set_stage(stage.clone()));
                match note {
                    Some(Some(note)) => edit.set_note(&**note),
                    Some(None) => edit.clear_note(),
                    None => {}
                }
                session.save(&edit).await
            }
            Self::Delete(place) => return (Answer::of(session.delete(&known[*place]).await, |()| Answer::Done), None),
            Self::Restore(place) => session.restore(&known[*place]).await,
            Self::Purge(place) => return (Answer::of(session.purge(&known[*place]).await, |()| Answer::Done), None),
        };
        let ticket = done.as_ref().ok().cloned();
        (Answer::of(done, |ticket| Answer::Row(Row::of(&ticket))), ticket)
    }
}

/// How many names there are in a project, and how many tickets are known, some of them as they were long ago.
const NAMES: u64 = 30;
const KNOWN: usize = 48;

fn change(dice: &mut Dice) -> Change {
    let mut change = Change::default();
    let what = dice.below(8);
    if what < 3 {
        change.stage = Some(if dice.below(2) == 0 { Stage::Finished } else { Stage::Failed });
    }
    if (2..6).contains(&what) {
        let note = "x".repeat(usize::try_from(dice.below(NOTE_MAX as u64 + 2)).unwrap());
        change.note = Some(Some(note).filter(|note| !note.is_empty()));
    }
    if what > 4 {
        change.name = Some(format!("n{}", dice.below(NAMES)));
    }
    change
}

/// One of the tickets that are known: mostly one that is still as it was read, if one is found soon.
fn some(dice: &mut Dice, known: &[Persisted<Ticket>], model: &Model, who: Who) -> usize {
    let mut place = 0;
    for _ in 0..1 + 12 * dice.below(3) {
        place = usize::try_from(dice.below(known.len() as u64)).unwrap();
        if model.has_as_read(who, &Row::of(&known[place])) {
            break;
        }
    }
    place
}

fn op(dice: &mut Dice, known: &[Persisted<Ticket>], model: &Model, who: Who) -> Op {
    let kind = dice.below(16);
    if known.is_empty() || kind < 3 {
        return Op::Create(format!("n{}", dice.below(NAMES)));
    }
    let place = some(dice, known, model, who);
    match kind {
        3..6 => Op::Read { id: known[place].id, with_deleted: dice.below(2) == 0 },
        6 => Op::List([None, Some(Stage::Open), Some(Stage::Finished)][usize::try_from(dice.below(3)).unwrap()].clone()),
        7..12 => Op::Save(place, change(dice)),
        12 => Op::Delete(place),
        13 | 14 => Op::Restore(place),
        _ => Op::Purge(place),
    }
}

/// Why a transaction ends without a COMMIT.
#[derive(Debug)]
enum Stop {
    Meant,
    Error,
    Store(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

struct Pair {
    store: Store,
    model: Model,
    dice: Dice,
    known: Vec<Persisted<Ticket>>,
    counts: BTreeMap<(&'static str, &'static str), u64>,
}

impl Pair {
    async fn new(dice: Dice) -> Self {
        let store = Store::connect(&fresh().await).policy(Tickets).retry_timeout(std::time::Duration::ZERO).await.unwrap();
        // A key is never given twice: else what was read of a row that is gone could be taken for another.
        store.schema_connection(&SCHEMA).execute(&create_table::<Ticket>(BACKEND)).await.unwrap();
        Self { store, model: Model::default(), dice, known: Vec::new(), counts: BTreeMap::new() }
    }

    fn caller(who: Who) -> Caller {
        match who {
            Who::Owner => owner(),
            Who::Colleague => colleague(),
            Who::Stranger => stranger(),
            Who::Nobody => Caller::nobody(),
        }
    }

    /// One operation on both: whether it was refused.
    async fn both(&mut self, session: &Session, who: Who) -> bool {
        let op = op(&mut self.dice, &self.known, &self.model, who);
        let (answer, ticket) = op.on_store(session, &self.known).await;
        let expected = op.on_model(&mut self.model, who, &self.known, ticket.as_ref().map(|ticket| ticket.id));
        assert_eq!(answer, expected, "{who:?} {op:?} of {:?}", self.known_of(&op));
        *self.counts.entry((op.name(), answer.class())).or_default() += 1;
        if let Some(ticket) = ticket {
            if self.known.len() < KNOWN {
                self.known.push(ticket);
            } else {
                let place = usize::try_from(self.dice.below(KNOWN as u64)).unwrap();
                self.known[place] = ticket;
            }
        }
        answer.is_error()
    }

    fn known_of(&self, op: &Op) -> Option<Row> {
        match op {
            Op::Save(place, _) | Op::Delete(place) | Op::Restore(place) | Op::Purge(place) => Some(Row::of(&self.known[*place])),
            _ => None,
        }
    }

    /// Some operations in a transaction, which ends where one is refused, or at times for no reason; how many there were.
    async fn transaction(&mut self, session: &Session, who: Who) -> u64 {
        let (model, known) = (self.model.clone(), self.known.clone());
        let (length, is_given_up) = (1 + self.dice.below(4), self.dice.below(4) == 0);
        let mut done = 0;
        let pair = tokio::sync::Mutex::new((&mut *self, &mut done));
        let work = async |tx: &Session| {
            let mut pair = pair.lock().await;
            for _ in 0..length {
                *pair.1 += 1;
                if pair.0.both(tx, who).await {
                    return Err(Stop::Error);
                }
            }
            if is_given_up { Err(Stop::Meant) } else { Ok(()) }
        };
        let ended: Result<(), Stop> = session.transaction_as(work).await;
        let class = match ended {
            Ok(()) => "ok",
            Err(Stop::Meant | Stop::Error) => {
                (self.model, self.known) = (model, known);
                "rolled back"
            }
            Err(Stop::Store(error)) => panic!("{error:?}"),
        };
        *self.counts.entry(("transaction", class)).or_default() += 1;
        done
    }

    /// The whole table is as the model says. Where it has become long, another program takes the deleted rows away.
    async fn compare(&mut self) {
        let sql = "SELECT id || '|' || project_id || '|' || user_id || '|' || name || '|' || stage || '|' || coalesce(note, '-') || '|' || \
                   revision || '|' || CASE WHEN deleted = 0 THEN '0' ELSE '1' END FROM tickets ORDER BY id";
        let stored: Vec<String> = rows(&self.store, sql).await.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        let mut rows = self.model.rows.clone();
        rows.sort_by_key(|row| row.id);
        assert_eq!(stored, rows.iter().map(Row::line).collect::<Vec<_>>());
        if stored.len() > 200 {
            run(&self.store, "DELETE FROM tickets WHERE deleted <> 0").await;
            self.model.rows.retain(|row| !row.deleted);
        }
    }
}

#[tokio::test]
async fn g5_the_store_does_what_the_model_of_it_does() {
    let (dice, seed) = Dice::seeded();
    let operations = how_many("RECENSION_OPERATIONS", 3_000);
    println!("seed {seed}");
    let mut pair = Pair::new(dice).await;
    let (mut done, mut rounds) = (0, 0_u64);
    while done < operations {
        let who = Who::ALL[usize::try_from([0, 0, 0, 0, 0, 1, 2, 2, 3][usize::try_from(pair.dice.below(9)).unwrap()]).unwrap()];
        let session = pair.store.session(&Pair::caller(who));
        if pair.dice.below(8) == 0 && who != Who::Nobody {
            done += pair.transaction(&session, who).await;
        } else {
            pair.both(&session, who).await;
            done += 1;
        }
        rounds += 1;
        if rounds.is_multiple_of(128) {
            pair.compare().await;
        }
    }
    pair.compare().await;
    println!("{done} operations, none of which differs: {:?}", pair.counts);
    // A campaign in which nothing is refused, or nothing done, has tried nothing.
    let refused = ["conflict", "not_found", "already_exists", "invalid", "denied", "ok"].map(|class| ("save", class));
    assert!(refused.iter().all(|seen| pair.counts.contains_key(seen)), "{:?}", pair.counts);
}
