//! Objects, tables, policies and stores for the tests.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use recension::store::sea_orm::sea_query::{Alias, Cond, Expr, Query};
use recension::store::sea_orm::{ConnectionTrait, QueryResult, Statement};
use recension::store::{Caller, Clock, Decision, Error, Operation, Policy, Session, Store, SystemCapability};
use recension::{FieldEnum, Object, ObjectName, Persist, Persisted, Rule, Secret, Timestamp, VersionedObject};
use uuid::Uuid;

pub use crate::engine::url;
use crate::engine::{BACKEND, fresh, in_words};

/// How far a job is.
#[derive(Clone, Debug, PartialEq, FieldEnum)]
pub enum State {
    Queued,
    Done,
    #[field_enum(unknown)]
    Unknown(String),
}

/// An object with every kind of field that fits a column.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "internal")]
#[version("1.0", "first version")]
#[persist(table = "jobs", key = "id", revision)]
#[persist(natural_key(server, request))]
pub struct Job {
    #[field(server_set, read_only, class = "public")]
    #[persist(fill = "auto")]
    pub id: i64,
    #[field(server_set, read_only)]
    #[persist(fill = "now")]
    pub created_at: Option<Timestamp>,
    #[field(server_set)]
    #[persist(fill = "touched")]
    pub updated_at: Option<Timestamp>,
    #[field(server_set, read_only, class = "personal")]
    #[persist(fill = "user")]
    pub user_id: Option<String>,
    #[field(server_set, class = "personal")]
    #[persist(fill = "project")]
    pub project_id: Option<String>,
    #[field(read_only)]
    pub server: Uuid,
    #[field(max_chars = 64, class = "public")]
    pub request: String,
    #[field(class = "public")]
    pub title: Option<String>,
    #[field(max_bytes = 16, class = "secret")]
    pub token: Option<Secret<String>>,
    #[field(min = 0, max = 100, class = "public")]
    pub progress: i32,
    pub size: Option<u64>,
    pub tiny: Option<u8>,
    #[persist(null_as = "Queued")]
    pub state: State,
    #[field(server_set)]
    #[persist(null_as = false)]
    pub deleted: bool,
    pub started_at: Option<Timestamp>,
}

/// A part of a job: its own key is a UUID, and it is visible to whoever may see the job.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "steps", key = "uuid", revision)]
pub struct Step {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub uuid: Uuid,
    #[field(read_only)]
    pub job_id: i64,
    pub name: String,
}

/// An object whose table counts no writes.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "marks", key = "id")]
pub struct Mark {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    pub text: String,
    pub note: Option<String>,
}

const TABLES: [&str; 3] = [
    "CREATE TABLE marks (id INTEGER PRIMARY KEY, text VARCHAR(255), note VARCHAR(255))",
    "CREATE TABLE jobs (id INTEGER PRIMARY KEY, created_at DATETIME, updated_at DATETIME, user_id VARCHAR(255), \
     project_id VARCHAR(255), server VARCHAR(36) NOT NULL, request VARCHAR(64), title TEXT, token TEXT, progress INTEGER, \
     size BIGINT, tiny INTEGER, state VARCHAR(20), deleted INTEGER, started_at DATETIME, revision BIGINT, \
     natural_key VARCHAR(64) UNIQUE, CHECK (progress <> 66))",
    "CREATE TABLE steps (uuid VARCHAR(36) PRIMARY KEY, job_id BIGINT NOT NULL REFERENCES jobs (id), name VARCHAR(255), revision BIGINT)",
];

/// The project of a caller reads and makes jobs; only who made a job changes or deletes it. Steps follow
/// their jobs. The service has a permission of its own, and nobody has none.
pub struct ByProject;

impl Policy for ByProject {
    fn scope(&self, caller: &Caller, operation: Operation, object: &ObjectName) -> Decision {
        if caller.has_capability("recover-jobs") {
            return Decision::All;
        }
        let (Some(project), Some(user)) = (caller.project_id(), caller.user_id()) else { return Decision::Deny };
        let mut jobs = Cond::all().add(Job::COLUMN.project_id.eq(project));
        if matches!(operation, Operation::Update | Operation::Delete) {
            jobs = jobs.add(Job::COLUMN.user_id.eq(user));
        }
        if *object == "Job" {
            return Decision::Where(jobs);
        }
        let keys = Query::select().expr(Expr::col(Alias::new("id"))).from(Alias::new("jobs")).cond_where(jobs).take();
        Decision::Where(Cond::all().add(Step::COLUMN.job_id.in_subquery(keys)))
    }
}

/// Everyone may do everything.
pub struct AllowAll;

impl Policy for AllowAll {
    fn scope(&self, _: &Caller, _: Operation, _: &ObjectName) -> Decision {
        Decision::All
    }
}

/// A clock that goes on by a second and a bit at each look.
pub struct Ticking(AtomicI64);

impl Default for Ticking {
    fn default() -> Self {
        Self(AtomicI64::new(1_700_000_000_000_000))
    }
}

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        let micros = self.0.fetch_add(1_000_001, Ordering::Relaxed);
        chrono::DateTime::from_timestamp_micros(micros).unwrap().into()
    }
}

pub const SCHEMA: SystemCapability = SystemCapability::named("make-tables");

/// A store with the tables, in a database of its own, under `policy`.
pub async fn store_with(policy: impl Policy) -> Store {
    store_at(&fresh().await, policy).await
}

/// A store with the tables, at a URL.
pub async fn store_at(url: &str, policy: impl Policy) -> Store {
    let store = Store::connect(url).policy(policy).clock(Ticking::default()).page_max(10).await.unwrap();
    make_tables(&store).await;
    store
}

/// A store with the tables, in a database of its own, under [`ByProject`].
pub async fn store() -> Store {
    store_with(ByProject).await
}

/// A store with the tables, in the database that stands for a folder.
pub async fn file_store(folder: &Path) -> Store {
    let store = Store::connect(&url(folder, "rwc").await).policy(ByProject).clock(Ticking::default()).await.unwrap();
    make_tables(&store).await;
    store
}

/// Makes the tables.
pub async fn make_tables(store: &Store) {
    for table in TABLES {
        run(store, table).await;
    }
}

/// Runs a statement past the store, as a program that does not know it would.
pub async fn run(store: &Store, sql: &str) {
    store.schema_connection(&SCHEMA).execute_unprepared(&in_words(sql)).await.unwrap();
}

pub async fn rows(store: &Store, sql: &str) -> Vec<QueryResult> {
    let statement = Statement::from_string(BACKEND, in_words(sql));
    store.schema_connection(&SCHEMA).query_all_raw(statement).await.unwrap()
}

/// What the first cell of the first row holds.
pub async fn number(store: &Store, sql: &str) -> i64 {
    let rows = rows(store, sql).await;
    let row = rows.first().unwrap();
    // Engines that have short integers give no long ones for them.
    row.try_get_by_index(0).or_else(|_| row.try_get_by_index::<i32>(0).map(i64::from)).unwrap()
}

/// Every byte of the table.
pub async fn dump(store: &Store) -> Vec<String> {
    let columns = "id, created_at, updated_at, user_id, project_id, server, request, title, token, progress, size, tiny, state, deleted, \
                   started_at, revision, natural_key";
    let cells: Vec<String> = columns.split(", ").map(|column| format!("quote({column})")).collect();
    let sql = format!("SELECT {} FROM jobs ORDER BY id", cells.join(" || '|' || "));
    rows(store, &sql).await.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

pub fn owner() -> Caller {
    Caller::user("owner", "p1")
}

pub fn colleague() -> Caller {
    Caller::user("colleague", "p1")
}

pub fn stranger() -> Caller {
    Caller::user("owner", "p2")
}

pub fn system() -> Caller {
    Caller::system(SystemCapability::named("recover-jobs"))
}

/// The rule that a refused value broke; `None` when it was let through, or refused for another reason.
pub fn broken<R>(result: &Result<R, Error>) -> Option<&Rule> {
    result.as_ref().err().and_then(Error::rule)
}

/// A job that can be stored.
pub fn job(request: &str) -> recension::Draft<Job> {
    Job::draft().server(Uuid::from_u128(7)).request(request).progress(0)
}

/// A stored job of the owner's.
pub async fn stored(session: &Session, request: &str) -> Persisted<Job> {
    session.create(job(request)).await.unwrap()
}
