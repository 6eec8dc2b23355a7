//! SQLite through sqlx.

use std::time::{Duration, Instant};

use recension_model::{Cell, FieldKind, FieldSpec, Rule, Timestamp};
use sea_orm::{DatabaseConnection, SqlxSqliteConnector, Value as Bound};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteValueRef};
use sqlx::{ConnectOptions, Row as _, Sqlite, SqlitePool, TypeInfo, ValueRef};

use super::lent::{Lent, Transactional};
use super::patience::Patience;
use super::pool::Pool;
use super::{PoolOptions, WrongCell};
use crate::error::{Error, Failure, Malformed, classify};

pub(super) type Connection = Lent<Sqlite>;
pub(super) type Row = SqliteRow;

impl Transactional for Sqlite {
    // And closing it would be the end of a database in memory.
    const UNDOES_CUT_BEGIN: bool = true;
    const SURVIVES_CUT: bool = true;
    const LEAVES_ROWS: bool = false;
    const IS_REMOTE: bool = false;
}

/// How many rows the driver's thread may be ahead of the reader, so that neither waits for the other at each row.
const ROWS_AHEAD: usize = 50;

/// One connection that writes, and some that only read. A database in memory has the one alone.
pub(crate) struct Pools {
    writer: Pool<Sqlite>,
    readers: Pool<Sqlite>,
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
        let writer = Pool::of(connect(&pool(1), &base, options.busy_timeout).await?, &options);
        let readers = match target {
            Target::Memory => writer.clone(),
            Target::File | Target::ReadOnlyFile => {
                Pool::of(pool(options.readers.max(1)).connect_lazy_with(base.pragma("query_only", "ON")), &options)
            }
        };
        Ok(Self { writer, readers })
    }

    pub(super) async fn acquire(&self, writes: bool, patience: Patience) -> Result<Connection, Failure> {
        let pool = if writes { &self.writer } else { &self.readers };
        pool.acquire(patience).await
    }

    pub(super) fn sea_orm(&self) -> DatabaseConnection {
        SqlxSqliteConnector::from_sqlx_sqlite_pool(self.writer.connections().clone())
    }

    pub(super) fn refuse(&self) {
        self.readers.refuse();
        self.writer.refuse();
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

impl From<SqliteRow> for super::Row {
    fn from(row: SqliteRow) -> Self {
        Self::Sqlite(row)
    }
}

pub(super) fn len(row: &SqliteRow) -> usize {
    row.len()
}

/// The storage class of a cell: the declared type of the column does not bind SQLite.
fn stored(row: &SqliteRow, index: usize) -> Result<Option<(Storage, SqliteValueRef<'_>)>, WrongCell> {
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
    match stored(row, index)? {
        None => Ok(None),
        Some((Storage::Integer, value)) => decode(value).map(Some),
        Some(_) => Err(WrongCell),
    }
}

pub(super) fn raw(row: &SqliteRow, index: usize) -> Result<Option<Bound>, WrongCell> {
    Ok(match stored(row, index)? {
        None => None,
        Some((Storage::Integer, value)) => Some(Bound::BigInt(Some(decode(value)?))),
        Some((Storage::Real, value)) => Some(Bound::Double(Some(decode(value)?))),
        Some((Storage::Text, value)) => Some(Bound::String(Some(decode(value)?))),
        Some((Storage::Blob, value)) => Some(Bound::Bytes(Some(decode(value)?))),
    })
}

pub(super) fn text(row: &SqliteRow, index: usize) -> Result<Option<&str>, WrongCell> {
    match stored(row, index)? {
        None => Ok(None),
        Some((Storage::Text, value)) => decode(value).map(Some),
        Some(_) => Err(WrongCell),
    }
}

pub(super) fn cell<'r>(row: &'r SqliteRow, index: usize, field: &FieldSpec) -> Result<Cell<'r>, Rule> {
    let refused = |found| Rule::Kind { expected: field.kind.as_str(), found };
    let found = stored(row, index).map_err(|WrongCell| refused("cell of no known storage class"))?;
    let Some((storage, value)) = found else { return Ok(Cell::Null) };
    let decoded = match storage {
        Storage::Integer => decode(value).map(Cell::Integer),
        Storage::Real => decode(value).map(Cell::Real),
        Storage::Blob => decode(value).map(Cell::Blob),
        Storage::Text => match decode(value) {
            Ok(text) if matches!(field.kind, FieldKind::Timestamp) => return Timestamp::parse_sql(text).map(Cell::Time),
            Ok(text) => Ok(Cell::Text(text)),
            Err(WrongCell) => return Err(refused("text that is no UTF-8")),
        },
    };
    decoded.map_err(|WrongCell| refused("cell of no known form"))
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
