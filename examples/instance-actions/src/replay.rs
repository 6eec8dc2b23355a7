//! Replaying a recorded sequence: the calls that were made on the reference, made on us, step by step.
//!
//! Answers, objects and rows are compared. Where we differ on purpose, a rule says so: what it is about (a
//! named condition over the call and the rows before it), why, and what comes of it here. A step that
//! differs without a rule is wrong, and so is one that a rule matches although it is equal. After a step
//! that differs the tables are made what the reference has, so that each step is judged by itself.
//!
//! | module | what it holds |
//! |---|---|
//! | `sequence`, `call`, `given`, `exception`, `read` | the notation of the file |
//! | `row`, `tables` | the rows, in the file and in the database |
//! | `runner`, `kept`, `clock` | our own operations in the place of the reference's |
//! | `rules`, `predicates`, `situation` | the differences on purpose, and when they arise |
//! | `judge`, `kind`, `report` | the comparison, and what came of it |

mod call;
mod clock;
mod engine;
mod error;
mod exception;
mod given;
mod judge;
mod kept;
mod kind;
mod predicates;
mod read;
mod report;
mod row;
mod rules;
mod runner;
mod sequence;
mod situation;
mod tables;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use recension::store::Store;
use serde_json::{Value, json};

pub use self::error::{Fault, Input, Place, ReplayError, RulesError, Sealed};
use self::judge::{Frame, Outcome, Verdict, judge};
pub use self::kind::Kind;
pub use self::report::{Report, StepReport};
use self::row::Tables;
use self::rules::Rules;
use self::runner::Runner;
use self::sequence::{Answer, Asked, Sequence, Step, What};
use self::situation::Situation;
use self::tables::Database;
use crate::{ByProject, MIGRATE};

/// The rules that hold unless others are given.
const DIFFERENCES: &str = include_str!("../replay-differences.toml");

/// What to replay. The database is the command's own `--database`.
#[derive(Clone, Debug, Args)]
pub struct ReplayOptions {
    /// The recorded sequence, a JSON file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Rules of the differences on purpose, a TOML file, in the place of those of this program.
    #[arg(long, value_name = "FILE")]
    pub differences: Option<PathBuf>,
}

/// Replays a recorded sequence on the database at `url`, which must be empty.
///
/// # Errors
/// [`ReplayError`]; differences are no errors but part of the report.
pub async fn replay(options: &ReplayOptions, url: &str) -> Result<Report, ReplayError> {
    let rules = match &options.differences {
        Some(path) => Rules::read(&read(path, Input::Differences)?)?,
        None => Rules::read(DIFFERENCES)?,
    };
    let sequence = Sequence::read(&read(&options.file, Input::Sequence)?)?;
    let now = sequence.steps.first().map_or_else(recension::Timestamp::now, |step| step.now);
    let clock = clock::SetClock::at(now);
    let store = Store::connect(url).policy(ByProject).clock(clock.clone()).commit_tokens().await?;
    let database = Database::make(store.schema_connection(&MIGRATE), &sequence).await?;
    let mut replay = Replay {
        sequence: &sequence,
        rules,
        database,
        runner: Runner::new(store.clone(), clock),
        theirs: Tables::default(),
        created_there: BTreeSet::new(),
    };
    let mut report = Report::default();
    for step in &sequence.steps {
        let verdict = replay.step(step).await?;
        report.add(step.number, step.name(), verdict);
    }
    store.close().await;
    Ok(report)
}

fn read(path: &Path, input: Input) -> Result<String, ReplayError> {
    std::fs::read_to_string(path).map_err(|error| ReplayError::Read(input, error))
}

/// A replay under way.
struct Replay<'r> {
    sequence: &'r Sequence,
    rules: Rules,
    database: Database<'r>,
    runner: Runner,
    /// The rows that the reference had last.
    theirs: Tables,
    /// The kept objects that the reference has in its tables.
    created_there: BTreeSet<String>,
}

impl Replay<'_> {
    async fn step(&mut self, step: &Step) -> Result<Verdict, ReplayError> {
        self.database.follow_ids().await?;
        let before = self.database.read().await?;
        if let Some(rows) = &step.rows {
            self.theirs.clone_from(rows);
        }
        let asked = match &step.what {
            What::Call(asked) => asked,
            What::Sql(sql) => return self.statement(step, sql, &before).await,
        };
        let object = self.runner.object(asked).cloned();
        let situation = Situation {
            asked,
            now: step.now,
            before: &before,
            instances: &self.sequence.instances,
            object: object.as_ref(),
            created_there: asked.on.as_ref().is_some_and(|name| self.created_there.contains(name)),
        };
        let expected = self.rules.of(&situation);
        let frame = Frame {
            before: &before,
            visible: visible(&situation),
            wants_result: asked.call.wants_result,
            apart: self.runner.is_apart(asked),
        };

        let answer = self.runner.call(asked, step.now).await?;
        let rows = self.database.read().await?;
        let object_after = self.runner.object(asked).map(kept::Kept::wire);
        let recorded_after = step.object_after.clone().map(Answer::Object);
        let ours = Outcome { answer: Some(&answer), object: object_after.as_ref(), rows: &rows };
        let theirs = Outcome { answer: Some(&asked.answer), object: recorded_after.as_ref(), rows: &self.theirs };
        let verdict = judge(&frame, &ours, &theirs, expected.as_ref());
        if verdict != Verdict::Equal {
            self.follow(Some((asked, object))).await?;
        }
        self.note(asked, step);
        Ok(verdict)
    }

    /// Notes what the reference has of the object that the step was about.
    fn note(&mut self, asked: &Asked, step: &Step) {
        let recorded = match (&step.object_after, &asked.answer) {
            (Some(object), _) | (None, Answer::Object(object)) => object,
            _ => return,
        };
        if let Some(name) = asked.on.as_ref().or(asked.keep.as_ref())
            && recorded.get("nova_object.data").is_some_and(|data| data.get("id").is_some())
        {
            self.created_there.insert(name.clone());
        }
        self.runner.note(asked, recorded);
    }

    async fn statement(&mut self, step: &Step, sql: &str, before: &Tables) -> Result<Verdict, ReplayError> {
        let failed = |fault| ReplayError::Database { place: Place { step: Some(step.number), field: "sql".to_owned() }, fault };
        self.database.run(sql).await.map_err(|error| failed(Sealed::from(error)))?;
        let rows = self.database.read().await?;
        let frame = Frame { before, visible: None, wants_result: false, apart: false };
        let ours = Outcome { answer: None, object: None, rows: &rows };
        let verdict = judge(&frame, &ours, &Outcome { answer: None, object: None, rows: &self.theirs }, None);
        if verdict != Verdict::Equal {
            self.follow(None).await?;
        }
        Ok(verdict)
    }

    /// Goes on from where the reference is.
    async fn follow(&mut self, called: Option<(&Asked, Option<kept::Kept>)>) -> Result<(), ReplayError> {
        self.database.replace(&self.theirs).await?;
        let (on, before) = called.map_or((None, None), |(asked, before)| (asked.on.as_deref(), before));
        self.runner.read_again(on, before).await
    }
}

/// What a reading call gives that shows just what the caller may see, as it is on the wire.
fn visible(situation: &Situation<'_>) -> Option<Value> {
    use self::call::Arguments;
    let table = situation.table();
    let mut rows: Vec<Value> = situation.read(true)?.into_iter().map(|row| row.wire(table)).collect();
    match situation.arguments() {
        Arguments::ListActions { .. } | Arguments::ListEvents { .. } => Some(json!({
            "nova_object.name": format!("{}List", table.object),
            "nova_object.namespace": "nova",
            "nova_object.version": "1.1",
            "nova_object.data": { "objects": rows },
        })),
        _ => Some(rows.pop().unwrap_or(Value::Null)),
    }
}
