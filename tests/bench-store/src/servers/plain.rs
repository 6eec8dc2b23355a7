//! The same work in sqlx, on a connection that is held: texts of statements that are there, values that are bound, cells by position.

use chrono::NaiveDateTime;
use recension::store::sea_orm::DbBackend;
use recension_bench::{Action, Fault};
use sqlx::Connection;
use sqlx::pool::{PoolConnection, PoolOptions};
use uuid::Uuid;

use crate::cpu::{Taken, Watch};

/// A row by position.
type Cells = (
    i64,
    String,
    String,
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

const COLUMNS: &str = "id, action, instance_uuid, request_id, user_id, project_id, start_time, finish_time, message, created_at, \
                       updated_at, attempts, revision";
/// How many there are.
const WIDTH: usize = 13;

/// How many connections there are: as many as the store has.
const CONNECTIONS: u32 = 10;

/// Texts of statements, made once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Texts {
    get: &'static str,
    list: &'static str,
    insert: &'static str,
    create: &'static str,
    save: &'static str,
}

impl Texts {
    fn of(backend: DbBackend) -> Self {
        let is_postgres = backend == DbBackend::Postgres;
        let text = |sql: String| -> &'static str { numbered(sql, is_postgres).leak() };
        let row = format!("({})", ["?"; WIDTH].join(", "));
        let insert = |rows: usize| format!("INSERT INTO actions ({COLUMNS}) VALUES {}", vec![row.clone(); rows].join(", "));
        let returning = if is_postgres { format!(" RETURNING {COLUMNS}") } else { String::new() };
        Self {
            get: text(format!("SELECT {COLUMNS} FROM actions WHERE id = ?")),
            list: text(format!("SELECT {COLUMNS} FROM actions ORDER BY id LIMIT 1001")),
            insert: text(insert(1_000)),
            create: text(insert(1)),
            save: text(format!(
                "UPDATE actions SET message = ?, revision = coalesce(revision, 0) + 1 WHERE id = ? AND coalesce(revision, 0) = ?{returning}"
            )),
        }
    }
}

/// Marks as the engine wants them.
fn numbered(sql: String, is_postgres: bool) -> String {
    if !is_postgres {
        return sql;
    }
    let mut parts = sql.split('?');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.enumerate().fold(first, |text, (at, part)| format!("{text}${}{part}", at + 1))
}

/// How many of the rows are what they should be.
fn sound(rows: &[Cells]) -> usize {
    rows.iter().filter(|row| Uuid::parse_str(&row.2).is_ok()).count()
}

/// A server as sqlx sees it.
pub(super) trait Plain: Sized {
    const NAME: &'static str;
    const BACKEND: DbBackend;

    /// What is set for the user of the server from then on: a commit that reaches the disk is no cost of a client.
    const SET: Option<&'static str>;

    async fn connect(url: &str) -> Result<Self, Fault>;
    /// The row with that key.
    async fn get(&mut self, id: i64) -> Result<usize, Fault>;
    /// The first thousand rows.
    async fn list(&mut self) -> Result<usize, Fault>;
    /// New rows, taken back: how many there were, and what it took to make them.
    async fn insert(&mut self, actions: &[Action]) -> Result<(usize, Taken), Fault>;
    /// A new row.
    async fn create(&mut self, action: &Action) -> Result<usize, Fault>;
    /// A guarded update.
    async fn save(&mut self, id: i64, message: &str, revision: i64) -> Result<usize, Fault>;
    /// So many guarded updates of one row, one after the other, each on a connection of the pool: how many were let through.
    fn saves(&self, id: i64, revision: i64, times: u64) -> impl Future<Output = Result<u64, sqlx::Error>> + Send + 'static;
}

macro_rules! plain {
    ($name:ident, $database:ident, $engine:literal, $backend:ident, $set:expr) => {
        pub(super) struct $name {
            pool: sqlx::Pool<sqlx::$database>,
            held: PoolConnection<sqlx::$database>,
            texts: Texts,
        }

        impl $name {
            fn row<'q>(
                query: sqlx::query::Query<'q, sqlx::$database, <sqlx::$database as sqlx::Database>::Arguments>,
                action: &'q Action,
            ) -> sqlx::query::Query<'q, sqlx::$database, <sqlx::$database as sqlx::Database>::Arguments> {
                query
                    .bind(action.id)
                    .bind(action.action.as_str())
                    .bind(action.instance_uuid.hyphenated().to_string())
                    .bind(action.request_id.as_deref())
                    .bind(action.user_id.as_deref())
                    .bind(action.project_id.as_deref())
                    .bind(action.start_time.naive_utc())
                    .bind(action.finish_time.map(|time| time.naive_utc()))
                    .bind(action.message.as_deref())
                    .bind(action.created_at.naive_utc())
                    .bind(action.updated_at.map(|time| time.naive_utc()))
                    .bind(action.attempts)
                    .bind(1_i64)
            }
        }

        impl Plain for $name {
            const NAME: &'static str = $engine;
            const BACKEND: DbBackend = DbBackend::$backend;

            const SET: Option<&'static str> = $set;

            async fn connect(url: &str) -> Result<Self, Fault> {
                let pool = PoolOptions::new().max_connections(CONNECTIONS).test_before_acquire(false).connect(url).await?;
                let held = pool.acquire().await?;
                Ok(Self { pool, held, texts: Texts::of(Self::BACKEND) })
            }

            async fn get(&mut self, id: i64) -> Result<usize, Fault> {
                let row: Cells = sqlx::query_as(self.texts.get).bind(id).fetch_one(&mut *self.held).await?;
                Ok(sound(&[row]))
            }

            async fn list(&mut self) -> Result<usize, Fault> {
                Ok(sound(&sqlx::query_as(self.texts.list).fetch_all(&mut *self.held).await?))
            }

            async fn insert(&mut self, actions: &[Action]) -> Result<(usize, Taken), Fault> {
                let mut transaction = self.held.begin().await?;
                let watch = Watch::now();
                let query = actions.iter().fold(sqlx::query(self.texts.insert), Self::row);
                let done = query.execute(&mut *transaction).await?;
                let taken = watch.taken();
                transaction.rollback().await?;
                Ok((usize::try_from(done.rows_affected())?, taken))
            }

            async fn create(&mut self, action: &Action) -> Result<usize, Fault> {
                let done = Self::row(sqlx::query(self.texts.create), action).execute(&mut *self.held).await?;
                Ok(usize::try_from(done.rows_affected())?)
            }

            async fn save(&mut self, id: i64, message: &str, revision: i64) -> Result<usize, Fault> {
                let query = sqlx::query(self.texts.save).bind(message).bind(id).bind(revision);
                Ok(usize::try_from(query.execute(&mut *self.held).await?.rows_affected())?)
            }

            fn saves(&self, id: i64, revision: i64, times: u64) -> impl Future<Output = Result<u64, sqlx::Error>> + Send + 'static {
                let (pool, text) = (self.pool.clone(), self.texts.save);
                async move {
                    let mut changed = 0;
                    for more in 0..times {
                        let query = sqlx::query(text).bind("host lost power").bind(id).bind(revision + i64::try_from(more).unwrap_or(0));
                        changed += query.execute(&pool).await?.rows_affected();
                    }
                    Ok(changed)
                }
            }
        }
    };
}

plain! { Postgres, Postgres, "postgres", Postgres, Some("ALTER ROLE CURRENT_USER SET synchronous_commit = off") }
plain! { Mariadb, MySql, "mariadb", MySql, None }
