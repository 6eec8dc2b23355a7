//! A database in a file with a thousand rows, opened by each side.

use recension::store::sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use recension::store::{Caller, Decision, Operation, Policy, Session, Store, SystemCapability};
use recension::{Object, ObjectName};
use recension_bench::{Action, Fault, samples};
use sqlx::SqlitePool;
use tempfile::TempDir;

const TABLE: &str = "CREATE TABLE actions (
    id INTEGER PRIMARY KEY NOT NULL, action TEXT NOT NULL, instance_uuid TEXT NOT NULL, request_id TEXT, user_id TEXT, project_id TEXT,
    start_time TEXT NOT NULL, finish_time TEXT, message TEXT, created_at TEXT NOT NULL, updated_at TEXT, attempts INTEGER NOT NULL,
    revision INTEGER)";

/// The same file, through each side's own pool.
pub(crate) struct Fixture {
    store: Store,
    pub(crate) session: Session,
    pub(crate) sea_orm: DatabaseConnection,
    pub(crate) sqlx: SqlitePool,
    /// Dropped last: the file is in it.
    _folder: TempDir,
}

/// Everything is everybody's, so that no side has a condition that the others have not.
pub(crate) struct Open;

impl Policy for Open {
    fn scope(&self, _: &Caller, _: Operation, _: &ObjectName) -> Decision {
        Decision::All
    }
}

impl Fixture {
    pub(crate) async fn new() -> Result<Self, Fault> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}/actions.db?mode=rwc", folder.path().display());
        let store = Store::connect(&url).policy(Open).await?;
        store.schema_connection(&SystemCapability::named("make-tables")).execute_unprepared(TABLE).await?;
        let session = store.session(&Caller::user("u-1", "p-1"));
        let actions = samples::list()?.objects;
        let fill = async move |session: &Session| {
            for action in actions {
                session.create(action.into_draft()).await?;
            }
            Ok(())
        };
        session.transaction(fill).await?;
        let sea_orm = Database::connect(&url).await?;
        let sqlx = SqlitePool::connect(&url).await?;
        Ok(Self { store, session, sea_orm, sqlx, _folder: folder })
    }

    /// How many statements a guarded update sends.
    pub(crate) async fn statements_of_update(&self) -> Result<u64, Fault> {
        let mut edit = self.session.get::<Action>(1).await?.edit();
        edit.set_message("host lost power");
        let before = self.store.statements();
        self.session.save(&edit).await?;
        Ok(self.store.statements() - before)
    }
}
