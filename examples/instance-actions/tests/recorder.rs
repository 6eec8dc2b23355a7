//! Work bracketed by events, against what the reference recorded, and where it must do better.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::fs;
use std::future::pending;
use std::path::Path;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use instance_actions::{Actions, ByProject, Error, Failure, MIGRATE, Reason, RecordError, Recorder, Request};
use recension::Timestamp;
use recension::store::sea_orm::{ConnectionTrait, Statement};
use recension::store::{Caller, Clock, Store};
use serde_json::{Map, Value, json};
use uuid::Uuid;

const FIRST: &str = "c0ffee00-0000-4000-8000-000000000000";
const SECOND: &str = "c0ffee00-0000-4000-8000-000000000001";

/// A clock that is set by hand.
#[derive(Clone)]
struct Hands(Arc<Mutex<Timestamp>>);

impl Hands {
    fn set(&self, second: u8) {
        *self.0.lock().unwrap() = at(second);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

fn at(second: u8) -> Timestamp {
    Timestamp::parse(&format!("2024-03-01T08:00:{second:02}Z")).unwrap()
}

/// An action on each of the two servers, begun by the request `req-r`.
struct Bench {
    store: Store,
    clock: Hands,
}

impl Bench {
    async fn new() -> Self {
        let clock = Hands(Arc::new(Mutex::new(at(0))));
        let store = Store::connect("sqlite::memory:").policy(ByProject).clock(clock.clone()).await.unwrap();
        recension_migrations::apply(store.schema_connection(&MIGRATE)).await.unwrap();
        let bench = Self { store, clock };
        for instance in [FIRST, SECOND] {
            bench.actions("req-r").start(uuid(instance), "op").await.unwrap();
        }
        bench.clock.set(1);
        bench
    }

    fn actions(&self, request: &str) -> Actions {
        Actions::new(self.store.session(&Caller::user("u", "p")), Request { id: request.to_owned(), began: at(0) })
    }

    fn recorder(&self, request: &str) -> Recorder {
        Recorder::new(self.actions(request), "the_event", Some("h1"))
    }

    async fn sql(&self, sql: &str) {
        self.store.schema_connection(&MIGRATE).execute_unprepared(sql).await.unwrap();
    }

    /// Takes an action with its events away, or all of them.
    async fn vanish(&self, which: &str) {
        self.sql(&format!("DELETE FROM instance_actions_events WHERE action_id IN (SELECT id FROM instance_actions {which})")).await;
        self.sql(&format!("DELETE FROM instance_actions {which}")).await;
    }

    /// The rows of a table, as the recorded ones are.
    async fn rows(&self, table: &str, columns: &Map<String, Value>) -> Vec<Value> {
        let connection = self.store.schema_connection(&MIGRATE);
        let texts: Vec<String> = columns.keys().map(|column| format!("CAST({column} AS TEXT) AS {column}")).collect();
        let sql = format!("SELECT {} FROM {table} ORDER BY id", texts.join(", "));
        let found = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await.unwrap();
        let cell = |row: &recension::store::sea_orm::QueryResult, column: &String| {
            let text: Option<String> = row.try_get("", column).unwrap();
            let number = ["id", "action_id", "deleted"].contains(&column.as_str());
            text.map_or(Value::Null, |text| if number { json!(text.parse::<i64>().unwrap()) } else { json!(text) })
        };
        found.iter().map(|row| Value::Object(columns.keys().map(|column| (column.clone(), cell(row, column))).collect())).collect()
    }

    /// The results of all events, oldest first.
    async fn results(&self) -> Vec<Value> {
        let columns = Map::from_iter([("result".to_owned(), Value::Null)]);
        self.rows("instance_actions_events", &columns).await.into_iter().map(|mut row| row["result"].take()).collect()
    }

    /// Waits until no event is open: the guard closes them from a task of its own.
    async fn all_closed(&self) {
        for _ in 0..10_000 {
            let results = self.results().await;
            if !results.is_empty() && results.iter().all(|result| !result.is_null()) {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("an event stayed open");
    }
}

fn uuid(text: &str) -> Uuid {
    text.parse().unwrap()
}

/// What the recorded work fails with.
#[derive(Debug, PartialEq, thiserror::Error)]
enum WorkError {
    #[error("Cannot start {0}")]
    Formatted(&'static str),
    #[error(transparent)]
    Foreign(RuntimeError),
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("hidden")]
struct RuntimeError;

impl WorkError {
    fn describe(&self) -> Failure {
        match self {
            Self::Formatted(what) => Failure::new(Reason::template("Cannot start {}", &[what]), "trace"),
            Self::Foreign(error) => Failure::from_error(error),
        }
    }
}

async fn work(bench: &Bench, kind: &str) -> Result<&'static str, WorkError> {
    bench.clock.set(2);
    if kind.starts_with("vanish") {
        bench.vanish("").await;
    }
    match kind {
        "succeeds" | "vanish" => Ok("finished"),
        "nova" => Err(WorkError::Formatted("it")),
        "python" | "vanish-fail" => Err(WorkError::Foreign(RuntimeError)),
        other => panic!("{other}"),
    }
}

/// The outcome in the recorded words.
fn outcome(result: &Result<&str, RecordError<WorkError>>) -> Value {
    match result {
        Ok(text) => json!({ "ok": text }),
        Err(RecordError::Work { error: WorkError::Formatted(_), .. }) => json!({ "error": "Formatted" }),
        Err(RecordError::Work { error: WorkError::Foreign(_), .. }) => json!({ "error": "RuntimeError" }),
        Err(RecordError::Begin(Error::ActionNotFound)) => json!({ "error": "InstanceActionNotFound" }),
        Err(RecordError::End { open }) if matches!(open.as_slice(), [(_, Error::ActionNotFound)]) => {
            json!({ "error": "InstanceActionNotFound" })
        }
        Err(other) => json!({ "error": format!("{other:?}") }),
    }
}

#[tokio::test]
async fn b_e1_events_are_as_the_reference_records_them() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/nova_event_reporter.json");
    let recorded: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let cases = recorded["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 10);
    for case in cases {
        let (name, bench) = (case["name"].as_str().unwrap(), Bench::new().await);
        let instances: Vec<Uuid> = case["instances"].as_array().unwrap().iter().map(|text| uuid(text.as_str().unwrap())).collect();
        let mut recorder = bench.recorder(case["request_id"].as_str().unwrap());
        if case["graceful_exit"] == true {
            recorder = recorder.tolerate_vanished();
        }
        let kind = case["work"].as_str().unwrap();
        let result = recorder.record(&instances, work(&bench, kind), WorkError::describe).await;
        // B-E2: the reference swallows the error of the work when the action vanished and it was told not to mind.
        let expected = match (&case["ok"], kind) {
            (Value::Null, _) => json!({ "error": case["error"]["class"] }),
            (_, "vanish-fail") => json!({ "error": "RuntimeError" }),
            (ok, _) => json!({ "ok": ok }),
        };
        assert_eq!(outcome(&result), expected, "{name}");
        for (table, rows) in case["rows"].as_object().unwrap() {
            let rows = rows.as_array().unwrap();
            let columns =
                rows.first().map_or_else(|| Map::from_iter([("id".to_owned(), Value::Null)]), |row| row.as_object().unwrap().clone());
            let mut found = bench.rows(table, &columns).await;
            for (found, row) in found.iter_mut().zip(rows) {
                if row["traceback"].is_object() && found["traceback"].is_string() {
                    found["traceback"] = row["traceback"].clone();
                }
            }
            assert_eq!(&found, rows, "{name}: {table}");
        }
    }
}

#[tokio::test]
async fn b_e2_events_of_other_servers_are_ended_when_one_action_vanished() {
    for tolerant in [true, false] {
        let bench = Bench::new().await;
        let recorder = if tolerant { bench.recorder("req-r").tolerate_vanished() } else { bench.recorder("req-r") };
        let lost = async {
            bench.vanish("WHERE id = 1").await;
            Err::<(), _>(WorkError::Formatted("it"))
        };
        let error = recorder.record(&[uuid(FIRST), uuid(SECOND)], lost, WorkError::describe).await.unwrap_err();
        let RecordError::Work { error, open } = error else { panic!("{error:?}") };
        assert_eq!(error, WorkError::Formatted("it"));
        assert_eq!(open.len(), usize::from(!tolerant));
        assert!(open.iter().all(|(instance, error)| *instance == uuid(FIRST) && matches!(error, Error::ActionNotFound)));
        assert_eq!(bench.results().await, [json!("Error")]);
    }
}

#[tokio::test]
async fn a_panic_in_the_work_goes_on_after_its_events_are_closed() {
    let bench = Bench::new().await;
    let recorder = bench.recorder("req-r");
    let panics = async { if bench.clock.now() == at(1) { panic!("by the test") } else { Ok::<(), WorkError>(()) } };
    let instances = [uuid(FIRST), uuid(SECOND)];
    let recorded = recorder.record(&instances, panics, WorkError::describe);
    let panic = std::panic::AssertUnwindSafe(recorded).catch_unwind().await.unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"by the test"));
    assert_eq!(bench.results().await, [json!("Error"), json!("Error")]);
}

#[tokio::test]
async fn work_that_is_dropped_halfway_leaves_no_event_open() {
    let bench = Bench::new().await;
    let recorder = bench.recorder("req-r");
    let begun = Arc::new(tokio::sync::Notify::new());
    let (instances, signal) = ([uuid(FIRST), uuid(SECOND)], begun.clone());
    let task = tokio::spawn(async move {
        let endless = async {
            signal.notify_one();
            pending::<Result<(), WorkError>>().await
        };
        recorder.record(&instances, endless, WorkError::describe).await
    });
    begun.notified().await;
    assert_eq!(bench.results().await, [Value::Null, Value::Null]);
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    bench.all_closed().await;
    assert_eq!(bench.results().await, [json!("Error"), json!("Error")]);
}

#[tokio::test]
async fn when_a_second_event_cannot_begin_the_first_is_closed_and_no_work_is_done() {
    let bench = Bench::new().await;
    bench.vanish("WHERE id = 2").await;
    let never = async { panic!("the work must not begin") };
    let result: Result<(), RecordError<WorkError>> =
        bench.recorder("req-r").record(&[uuid(FIRST), uuid(SECOND)], never, WorkError::describe).await;
    assert!(matches!(result, Err(RecordError::Begin(Error::ActionNotFound))));
    assert_eq!(bench.results().await, [json!("Error")]);
}
