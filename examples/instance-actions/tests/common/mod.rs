//! A store with the service's tables, and those who ask of it.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use instance_actions::{Actions, ByProject, MIGRATE, READ_ALL_ACTIONS, RECOVER_ACTIONS, Request};
use recension::store::sea_orm::{ConnectionTrait, Statement};
use recension::{Caller, Store};
use uuid::Uuid;

pub(crate) const INSTANCE: Uuid = Uuid::from_u128(0xc0ff_ee00_0000_4000_8000_0000_0000_0000);

/// A database of its own for each test, with the policy of the service.
pub(crate) struct Service {
    pub(crate) store: Store,
}

impl Service {
    pub(crate) async fn in_memory() -> Self {
        Self::at("sqlite::memory:").await
    }

    pub(crate) async fn at(url: &str) -> Self {
        Self::of(Store::connect(url).policy(ByProject).await.unwrap()).await
    }

    pub(crate) async fn of(store: Store) -> Self {
        recension_migrations::apply(store.schema_connection(&MIGRATE)).await.unwrap();
        Self { store }
    }

    pub(crate) fn by(&self, caller: &Caller, request: &str) -> Actions {
        Actions::new(self.store.session(caller), Request::now(request))
    }

    /// Alice of project a, working on `request`.
    pub(crate) fn alice(&self, request: &str) -> Actions {
        self.by(&alice(), request)
    }

    /// Runs a statement past the policy, as a program does that does not know us.
    pub(crate) async fn sql(&self, statement: &str) {
        self.store.schema_connection(&MIGRATE).execute_unprepared(statement).await.unwrap();
    }

    /// Both tables as text, to see that nothing changed.
    pub(crate) async fn dump(&self) -> String {
        let connection = self.store.schema_connection(&MIGRATE);
        let mut dump = String::new();
        for table in ["instance_actions", "instance_actions_events"] {
            let columns = match table {
                "instance_actions" => {
                    "id, action, instance_uuid, request_id, user_id, project_id, start_time, finish_time, message, created_at, updated_at, deleted_at, deleted, revision, natural_key"
                }
                _ => {
                    "id, event, action_id, start_time, finish_time, result, traceback, host, details, created_at, updated_at, deleted_at, deleted, revision"
                }
            };
            let quoted = columns.split(", ").map(|column| format!("quote({column})")).collect::<Vec<_>>().join(" || ',' || ");
            let select = format!("SELECT group_concat(line, char(10)) FROM (SELECT {quoted} AS line FROM {table} ORDER BY id)");
            let statement = Statement::from_string(connection.get_database_backend(), select);
            let row = connection.query_one_raw(statement).await.unwrap().unwrap();
            dump.push_str(&row.try_get_by_index::<Option<String>>(0).unwrap().unwrap_or_default());
            dump.push('\n');
        }
        dump
    }
}

pub(crate) fn alice() -> Caller {
    Caller::user("alice", "project-a")
}

/// Another user of the same project.
pub(crate) fn bob() -> Caller {
    Caller::user("bob", "project-a")
}

pub(crate) fn mallory() -> Caller {
    Caller::user("mallory", "project-b")
}

pub(crate) fn recovery() -> Caller {
    Caller::system(RECOVER_ACTIONS)
}

pub(crate) fn auditor() -> Caller {
    Caller::system(READ_ALL_ACTIONS)
}
