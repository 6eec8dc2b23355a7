//! SQLite through sqlx.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use recension_model::{Duration as Length, FieldClass, FieldKind, FieldSpec, Finite, Rule, Secret, Slot, Timestamp, Value};
use sea_orm::{DatabaseConnection, DbErr, ExecResult, QueryResult, RuntimeErr, SqlxSqliteConnector, Statement, Value as Bound};
use sea_query_sqlx::SqlxValues;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteValueRef};
use sqlx::{AssertSqlSafe, ConnectOptions, Database, Executor, Row as _, Sqlite, SqlitePool, TypeInfo, ValueRef};
use sqlx_core::transaction::TransactionManager;

use super::{PoolOptions, WrongCell};
use crate::error::{Error, Failure, Malformed, classify, classify_commit};
use crate::value::time_from_text;

pub(super) type Connection = PoolConnection<Sqlite>;
pub(super) type Row = SqliteRow;
type Manager = <Sqlite as Database>::TransactionManager;

/// How many rows the driver's thread may be ahead of the reader, so that neither waits for the other at each row.
const ROWS_AHEAD: usize = 50;

/// One connection that writes, and some that only read. A database in memory has the one alone.
pub(crate) struct Pools {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Pools {
    pub(super) async fn open(url: &str, options: PoolOptions) -> Result<Self, Error> {
        let malformed = |_| Error::Malformed(Malformed::Url);
        let base: SqliteConnectOptions = url.parse().map_err(malformed)?;
        let target = Target::of(url).ok_or(Error::Malformed(Malformed::Url))?;
        let mut base = base.busy_timeout(options.busy_timeout).foreign_keys(true).row_buffer_size(ROWS_AHEAD).disable_statement_logging();
        if target == Target::File {
            base = base.journal_mode(SqliteJournalMode::Wal);
        }
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(options.acquire_timeout)
                // A database in memory lives in its connection, and a file needs no fresh one either.
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
        };
        let writer = connect(&pool(1), &base, options.busy_timeout).await?;
        let readers = match target {
            Target::Memory => writer.clone(),
            Target::File | Target::ReadOnlyFile => pool(options.readers.max(1)).connect_lazy_with(base.pragma("query_only", "ON")),
        };
        Ok(Self { writer, readers })
    }

    pub(super) async fn acquire(&self, writes: bool) -> Result<Connection, Failure> {
        let pool = if writes { &self.writer } else { &self.readers };
        pool.acquire().await.map_err(classify)
    }

    pub(super) fn sea_orm(&self) -> DatabaseConnection {
        SqlxSqliteConnector::from_sqlx_sqlite_pool(self.writer.clone())
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Opens the connection that writes. Making a new file a write-ahead one takes its lock, for which SQLite does
/// not wait as it does for others: so processes that start at once wait here, as long as for any lock.
async fn connect(pool: &SqlitePoolOptions, to: &SqliteConnectOptions, busy_timeout: Duration) -> Result<SqlitePool, Error> {
    let begun = Instant::now();
    loop {
        match pool.clone().connect_with(to.clone()).await.map_err(classify) {
            Ok(pool) => return Ok(pool),
            Err(failure) if failure.is_contention() && begun.elapsed() < busy_timeout => tokio::task::yield_now().await,
            Err(failure) => return Err(failure.plain()),
        }
    }
}

/// What a URL points at, as far as it decides how to open it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Memory,
    File,
    /// The journal mode of a file that may not be written stays as it is.
    ReadOnlyFile,
}

impl Target {
    /// `None` for an empty path: SQLite takes it for a temporary database of each connection's own.
    fn of(url: &str) -> Option<Self> {
        let rest = url.trim_start_matches("sqlite:").trim_start_matches("//");
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let has = |parameter: &str| query.split('&').any(|pair| pair == parameter);
        if path == ":memory:" || has("mode=memory") {
            Some(Self::Memory)
        } else if path.is_empty() {
            None
        } else if has("mode=ro") || has("immutable=1") || has("immutable=true") {
            Some(Self::ReadOnlyFile)
        } else {
            Some(Self::File)
        }
    }
}

pub(super) async fn begin(connection: &mut Connection, statement: Option<&'static str>) -> Result<(), Failure> {
    Manager::begin(connection, statement.map(sqlx::SqlSafeStr::into_sql_str)).await.map_err(classify)
}

/// Closes the connection rather than giving it back: what state it is in is not known.
pub(super) fn discard(connection: &mut Connection) {
    connection.close_on_drop();
}

pub(super) async fn commit(connection: &mut Connection) -> Result<(), Failure> {
    Manager::commit(connection).await.map_err(classify_commit)
}

pub(super) async fn rollback(connection: &mut Connection) -> Result<(), Failure> {
    Manager::rollback(connection).await.map_err(classify)
}

pub(super) fn start_rollback(connection: &mut Connection) {
    Manager::start_rollback(connection);
}

fn query_of(statement: Statement) -> sqlx::query::Query<'static, Sqlite, SqlxValues> {
    let values = statement.values.unwrap_or_else(|| sea_orm::Values(Vec::new()));
    // Written by the query builder from names that are literals of the program; values are bound.
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}

pub(super) async fn execute(connection: &mut Connection, statement: Statement) -> Result<u64, Failure> {
    let done = query_of(statement).execute(&mut **connection).await.map_err(classify)?;
    Ok(done.rows_affected())
}

pub(super) async fn query<E: From<Failure>>(
    connection: &mut Connection,
    statement: Statement,
    mut each: impl FnMut(&super::Row) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    let mut rows = query_of(statement).fetch(&mut **connection);
    while let Some(row) = rows.try_next().await.map_err(classify)? {
        if each(&super::Row::Sqlite(row))?.is_break() {
            break;
        }
    }
    Ok(())
}

pub(super) async fn query_slowly<E, F>(
    connection: &mut Connection,
    statement: Statement,
    mut each: impl FnMut(super::Row) -> F,
) -> Result<(), E>
where
    E: From<Failure>,
    F: Future<Output = Result<ControlFlow<()>, E>>,
{
    let mut rows = query_of(statement).fetch(&mut **connection);
    while let Some(row) = rows.try_next().await.map_err(classify)? {
        if each(super::Row::Sqlite(row)).await?.is_break() {
            break;
        }
    }
    Ok(())
}

fn query_err(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}

fn exec_err(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}

pub(super) async fn raw_execute(connection: &mut Connection, statement: Statement) -> Result<ExecResult, DbErr> {
    query_of(statement).execute(&mut **connection).await.map(ExecResult::from).map_err(exec_err)
}

pub(super) async fn raw_script(connection: &mut Connection, sql: &str) -> Result<ExecResult, DbErr> {
    // Whoever holds the permission answers for the text.
    (&mut **connection).execute(AssertSqlSafe(sql.to_owned())).await.map(ExecResult::from).map_err(exec_err)
}

pub(super) async fn raw_row(connection: &mut Connection, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
    let row = query_of(statement).fetch_optional(&mut **connection).await.map_err(query_err)?;
    Ok(row.map(QueryResult::from))
}

pub(super) async fn raw_rows(connection: &mut Connection, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
    let rows = query_of(statement).fetch_all(&mut **connection).await.map_err(query_err)?;
    Ok(rows.into_iter().map(QueryResult::from).collect())
}

pub(super) fn len(row: &SqliteRow) -> usize {
    row.len()
}

/// The storage class of a cell: the declared type of the column does not bind SQLite.
fn cell(row: &SqliteRow, index: usize) -> Result<Option<(Storage, SqliteValueRef<'_>)>, WrongCell> {
    let value = row.try_get_raw(index).map_err(|_| WrongCell)?;
    let storage = match value.type_info().name() {
        _ if value.is_null() => return Ok(None),
        "INTEGER" => Storage::Integer,
        "REAL" => Storage::Real,
        "TEXT" => Storage::Text,
        "BLOB" => Storage::Blob,
        _ => return Err(WrongCell),
    };
    Ok(Some((storage, value)))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Storage {
    Integer,
    Real,
    Text,
    Blob,
}

fn decode<'r, T: sqlx::Decode<'r, Sqlite>>(value: SqliteValueRef<'r>) -> Result<T, WrongCell> {
    T::decode(value).map_err(|_| WrongCell)
}

pub(super) fn integer(row: &SqliteRow, index: usize) -> Result<Option<i64>, WrongCell> {
    match cell(row, index)? {
        None => Ok(None),
        Some((Storage::Integer, value)) => decode(value).map(Some),
        Some(_) => Err(WrongCell),
    }
}

pub(super) fn raw(row: &SqliteRow, index: usize) -> Result<Option<Bound>, WrongCell> {
    Ok(match cell(row, index)? {
        None => None,
        Some((Storage::Integer, value)) => Some(Bound::BigInt(Some(decode(value)?))),
        Some((Storage::Real, value)) => Some(Bound::Double(Some(decode(value)?))),
        Some((Storage::Text, value)) => Some(Bound::String(Some(decode(value)?))),
        Some((Storage::Blob, value)) => Some(Bound::Bytes(Some(decode(value)?))),
    })
}

pub(super) fn text(row: &SqliteRow, index: usize) -> Result<Option<&str>, WrongCell> {
    match cell(row, index)? {
        None => Ok(None),
        Some((Storage::Text, value)) => decode(value).map(Some),
        Some(_) => Err(WrongCell),
    }
}

pub(super) fn slot(row: &SqliteRow, index: usize, field: &FieldSpec) -> Result<Slot, Rule> {
    let kind = |found| Rule::Kind { expected: field.kind.as_str(), found };
    let found = cell(row, index).map_err(|WrongCell| kind("cell of no known storage class"))?;
    let Some((storage, cell)) = found else { return Ok(Slot::Null) };
    let value = match storage {
        Storage::Integer => integer_value(&field.kind, decode(cell).map_err(|WrongCell| kind("integer"))?)?,
        Storage::Real => match field.kind {
            FieldKind::Float => {
                let number: f64 = decode(cell).map_err(|WrongCell| kind("real"))?;
                Some(Value::Float(Finite::new(number)?.get()))
            }
            _ => None,
        },
        Storage::Text => text_value(field, decode(cell).map_err(|WrongCell| kind("text that is no UTF-8"))?)?,
        Storage::Blob => match field.kind {
            FieldKind::Bytes => decode::<&[u8]>(cell).ok().map(|bytes| Value::Bytes(bytes.into())),
            _ => None,
        },
    };
    value.map(Slot::Value).ok_or(kind(storage.as_str()))
}

impl Storage {
    /// The storage class in a word.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Real => "real",
            Self::Text => "text",
            Self::Blob => "blob",
        }
    }
}

/// The value that an integer cell is to a field; nothing for a kind that no integer stands for.
fn integer_value(kind: &FieldKind, number: i64) -> Result<Option<Value>, Rule> {
    Ok(Some(match kind {
        FieldKind::Integer(width) => {
            let (low, high) = width.bounds();
            let number = i128::from(number);
            if !(low..=high).contains(&number) {
                return Err(Rule::Width(*width));
            }
            Value::Integer(number)
        }
        // As every engine has it where a truth is asked for: the reference marks a deleted row with its id.
        FieldKind::Bool => Value::Bool(number != 0),
        FieldKind::Duration => Value::Duration(Length::from_micros(number)),
        // A column without the affinity of a float keeps whole numbers as such: those are read that a float has exactly.
        // The way back needs more bits: the float nearest to the largest integer is one more than it.
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "the way back shows whether it is exact")]
        FieldKind::Float => match number as f64 {
            float if float as i128 == i128::from(number) => Value::Float(float),
            _ => return Err(Rule::Kind { expected: "float", found: "integer that no float is" }),
        },
        _ => return Ok(None),
    }))
}

/// The value that a text cell is to a field; nothing for a kind that no text stands for.
fn text_value(field: &FieldSpec, text: &str) -> Result<Option<Value>, Rule> {
    Ok(Some(match &field.kind {
        FieldKind::Text if field.class == FieldClass::Secret => Value::Secret(Secret::from(text)),
        // Bytes have a storage class of their own, and times a form of the engine's.
        FieldKind::Bytes => return Ok(None),
        FieldKind::Timestamp => time_from_text(text).map(|time| Value::Timestamp(Timestamp::from_utc(time))).ok_or(Rule::Timestamp)?,
        kind if kind.is_scalar() && !matches!(kind, FieldKind::Integer(_) | FieldKind::Float | FieldKind::Bool | FieldKind::Duration) => {
            Value::from_text(kind, text)?
        }
        _ => return Ok(None),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_what_it_points_at() {
        for (url, target) in [
            ("sqlite::memory:", Target::Memory),
            ("sqlite://:memory:", Target::Memory),
            ("sqlite://x.db?mode=memory&cache=shared", Target::Memory),
            ("sqlite://actions.db?mode=rwc", Target::File),
            ("sqlite:actions.db", Target::File),
            ("sqlite://actions.db?cache=shared&mode=ro", Target::ReadOnlyFile),
            ("sqlite://actions.db?immutable=1", Target::ReadOnlyFile),
        ] {
            assert_eq!(Target::of(url), Some(target), "{url}");
        }
        for url in ["sqlite:", "sqlite://", "sqlite://?mode=rwc", "sqlite:?cache=shared"] {
            assert_eq!(Target::of(url), None, "{url}");
        }
    }
}
