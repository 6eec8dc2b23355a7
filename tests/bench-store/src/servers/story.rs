//! The four writes of an action: it is started, an event of it is started and finished, and it is finished. By the service, and by the
//! statements that the reference sends for each, in the same transactions, through sea-orm.

use instance_actions::{Actions, ByProject, MIGRATE, Outcome, Request};
use recension::store::sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement,
    TransactionTrait, Value,
};
use recension::store::{Caller, Store};
use recension_bench::Fault;
use uuid::Uuid;

use super::plain::Plain;
use super::told;
use crate::cpu::{Taken, Watch};

/// What goals call them, behind the name of the engine: one story, by the service and by sea-orm.
pub(super) const NAMES: [&str; 2] = ["story", "sea-orm-story"];

/// Stories in a round.
const STORIES: u64 = 20;

pub(super) async fn timed<P: Plain>(url: &str, rounds: usize) -> Result<Vec<String>, Fault> {
    let store = Store::connect(url).policy(ByProject).await?;
    recension_migrations::apply(store.schema_connection(&MIGRATE)).await?;
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false);
    let sea_orm = Database::connect(options).await?;
    let (mut ours, mut theirs) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    for round in 0..=rounds {
        for (is_ours, (cpu, wall)) in [(true, &mut ours), (false, &mut theirs)] {
            let mut all = Taken::default();
            for _ in 0..STORIES {
                let taken = if is_ours { by_service(&store).await? } else { by_sea_orm(&sea_orm, P::BACKEND).await? };
                all.cpu += taken.cpu;
                all.wall += taken.wall;
            }
            if round > 0 {
                cpu.push(all.cpu / STORIES);
                wall.push(all.wall / STORIES);
            }
        }
    }
    let before = store.statements();
    by_service(&store).await?;
    let statements = format!("statements {}-story {}", P::NAME, store.statements() - before);
    let [one, other] = NAMES;
    Ok([told(P::NAME, one, ours.0, ours.1)?, told(P::NAME, other, theirs.0, theirs.1)?].into_iter().flatten().chain([statements]).collect())
}

async fn by_service(store: &Store) -> Result<Taken, Fault> {
    let caller = Caller::user("u-1", "p-1");
    let request = Request::now(format!("req-{}", Uuid::new_v4()));
    let instance = Uuid::new_v4();
    let watch = Watch::now();
    let actions = Actions::new(store.session(&caller).hold().await?, request);
    actions.start(instance, "stop").await?;
    actions.start_event(instance, "compute_stop_instance", Some("cn-1")).await?;
    actions.finish_event(instance, "compute_stop_instance", Outcome::Success).await?;
    let finished = actions.finish(instance).await?;
    let taken = watch.taken();
    if finished.finish_time.is_some() { Ok(taken) } else { Err("the action is not finished".into()) }
}

/// Statements in the words of an engine.
struct Words(DbBackend);

impl Words {
    fn statement(&self, sql: &str, values: Vec<Value>) -> Statement {
        let mut text = String::with_capacity(sql.len() + 16);
        let mut number = 0;
        for part in sql.split_inclusive('?') {
            match part.strip_suffix('?').filter(|_| self.0 == DbBackend::Postgres) {
                Some(part) => {
                    number += 1;
                    text.push_str(&format!("{part}${number}"));
                }
                None => text.push_str(part),
            }
        }
        Statement::from_sql_and_values(self.0, text, values)
    }

    /// The key of the row that an INSERT makes.
    async fn insert(&self, transaction: &DatabaseTransaction, sql: &str, values: Vec<Value>) -> Result<i32, Fault> {
        let sql = format!("{sql} RETURNING id");
        let row = transaction.query_one_raw(self.statement(&sql, values)).await?.ok_or("no row was made")?;
        Ok(row.try_get_by_index(0)?)
    }

    async fn row(&self, transaction: &DatabaseTransaction, sql: &str, values: Vec<Value>) -> Result<QueryResult, Fault> {
        Ok(transaction.query_one_raw(self.statement(sql, values)).await?.ok_or("no row was found")?)
    }

    async fn update(&self, transaction: &DatabaseTransaction, sql: &str, values: Vec<Value>) -> Result<(), DbErr> {
        transaction.execute_raw(self.statement(sql, values)).await.map(|_| ())
    }
}

const ACTION: &str = "SELECT created_at, updated_at, deleted_at, deleted, id, action, instance_uuid, request_id, user_id, project_id, \
                      start_time, finish_time, message FROM instance_actions WHERE deleted = 0 AND instance_uuid = ? AND request_id = ? \
                      ORDER BY created_at DESC, id DESC LIMIT 1";
const EVENT: &str = "SELECT created_at, updated_at, deleted_at, deleted, id, event, action_id, start_time, finish_time, result, traceback, \
                     host, details FROM instance_actions_events WHERE deleted = 0 AND action_id = ? AND event = ? \
                     ORDER BY created_at DESC, id DESC LIMIT 1";
const TOUCH: &str = "UPDATE instance_actions SET updated_at = ? WHERE id = ?";

async fn by_sea_orm(connection: &DatabaseConnection, backend: DbBackend) -> Result<Taken, Fault> {
    let words = Words(backend);
    let instance = Uuid::new_v4().hyphenated().to_string();
    let request = format!("req-{}", Uuid::new_v4());
    let now = || Value::from(recension::Timestamp::now().naive_utc());
    let text = |text: &str| Value::from(text.to_owned());
    let watch = Watch::now();
    // It is started.
    let transaction = connection.begin().await?;
    let values = vec![now(), now(), text("stop"), text(&instance), text(&request), text("u-1"), text("p-1"), now(), 0_i32.into()];
    let insert = "INSERT INTO instance_actions (created_at, updated_at, action, instance_uuid, request_id, user_id, project_id, \
                  start_time, deleted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    words.insert(&transaction, insert, values).await?;
    transaction.commit().await?;
    // An event of it is started.
    let transaction = connection.begin().await?;
    let action: i32 = words.row(&transaction, ACTION, vec![text(&instance), text(&request)]).await?.try_get("", "id")?;
    let values = vec![now(), text("compute_stop_instance"), action.into(), now(), text("cn-1"), 0_i32.into()];
    let insert = "INSERT INTO instance_actions_events (created_at, event, action_id, start_time, host, deleted) VALUES (?, ?, ?, ?, ?, ?)";
    words.insert(&transaction, insert, values).await?;
    words.update(&transaction, TOUCH, vec![now(), action.into()]).await?;
    transaction.commit().await?;
    // It is finished.
    let transaction = connection.begin().await?;
    let action: i32 = words.row(&transaction, ACTION, vec![text(&instance), text(&request)]).await?.try_get("", "id")?;
    let event: i32 = words.row(&transaction, EVENT, vec![action.into(), text("compute_stop_instance")]).await?.try_get("", "id")?;
    let update = "UPDATE instance_actions_events SET updated_at = ?, finish_time = ?, result = ? WHERE id = ?";
    words.update(&transaction, update, vec![now(), now(), text("Success"), event.into()]).await?;
    words.update(&transaction, TOUCH, vec![now(), action.into()]).await?;
    transaction.commit().await?;
    // The action is finished.
    let transaction = connection.begin().await?;
    let action: i32 = words.row(&transaction, ACTION, vec![text(&instance), text(&request)]).await?.try_get("", "id")?;
    let update = "UPDATE instance_actions SET updated_at = ?, finish_time = ? WHERE id = ?";
    words.update(&transaction, update, vec![now(), now(), action.into()]).await?;
    transaction.commit().await?;
    Ok(watch.taken())
}
