//! What is measured of the object layer without a database: statements that are written and not sent, and rows that were fetched before.

use chrono::NaiveDateTime;
use recension::Persist;
use recension::store::sea_orm::{ColumnTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use recension_bench::{Action, Case, Fault, Rounds, on};
use sqlx::FromRow;
use sqlx::sqlite::SqliteRow;
use tokio::runtime::{Builder, Runtime};
use uuid::fmt::Hyphenated;

use crate::fixture::Fixture;

/// A row as sqlx reads it by position.
pub(crate) type Cells = (
    i64,
    String,
    Hyphenated,
    Option<String>,
    Option<String>,
    Option<String>,
    NaiveDateTime,
    Option<NaiveDateTime>,
    Option<String>,
    NaiveDateTime,
    Option<NaiveDateTime>,
    i64,
    Option<i64>,
);

/// All thousand rows, as sqlx is asked for them.
pub(crate) const SQLX_LIST: &str = "SELECT id, action, instance_uuid, request_id, user_id, project_id, start_time, finish_time, message, \
     created_at, updated_at, attempts, revision FROM actions ORDER BY id LIMIT 1001";

const SERVER: &str = "0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0";

/// Every case. What others are compared with comes first.
pub const CASES: &[Case] = &[
    // The statement of a list: a filter, an order, a limit.
    Case::new("sea-orm-statement", Rounds::SINGLE, || {
        on(SERVER, |server| {
            type Entity = <Action as Persist>::Entity;
            type Column = <Entity as EntityTrait>::Column;
            let find = Entity::find().filter(Column::InstanceUuid.eq(*server)).order_by_asc(Column::Id).limit(1_001);
            Ok::<_, Fault>(find.build(DbBackend::Sqlite).sql)
        })
    }),
    Case::new("statement", Rounds::SINGLE, || {
        let (runtime, fixture) = opened()?;
        let server: uuid::Uuid = SERVER.parse()?;
        on((runtime, fixture), move |(_, fixture)| {
            let find = fixture.session.find::<Action>().filter(Action::COLUMN.instance_uuid.eq(server));
            find.order_by(Action::COLUMN.id.asc()).sql()
        })
    }),
    // A thousand rows, that were fetched before.
    Case::new("sqlx-rows", Rounds::LIST, || {
        let (runtime, fixture) = opened()?;
        let rows: Vec<SqliteRow> = runtime.block_on(sqlx::query(SQLX_LIST).fetch_all(&fixture.sqlx))?;
        on((runtime, fixture, rows), |(.., rows)| rows.iter().map(Cells::from_row).collect::<Result<Vec<_>, _>>())
    }),
    Case::new("rows", Rounds::LIST, || {
        let (runtime, fixture) = opened()?;
        let rows = runtime.block_on(fixture.session.find::<Action>().hold_rows())?;
        on((runtime, fixture, rows), |(.., rows)| rows.decode())
    }),
];

fn opened() -> Result<(Runtime, Fixture), Fault> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let fixture = runtime.block_on(Fixture::new())?;
    Ok((runtime, fixture))
}
