//! What is the same with every driver of sqlx.

use futures_util::TryStreamExt;
use sea_orm::{DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, Database, Executor, IntoArguments};

use super::arguments::{Driven, Parameters};
use super::lent::Transactional;
use super::{Patience, Prepared, Row};
use crate::error::{Failure, classify, classify_commit};

fn query_of<DB: Driven>(statement: Prepared) -> Result<sqlx::query::Query<'static, DB, DB::Arguments>, Failure>
where
    SqlxValues: IntoArguments<DB>,
{
    let Prepared { sql, parameters } = statement;
    let arguments = match parameters {
        Parameters::Values(values) => SqlxValues(Values(values)).into_arguments(),
        Parameters::Arguments(arguments) => DB::take(*arguments).ok_or_else(|| Failure::of_us("a statement of another engine"))?,
    };
    Ok(sqlx::query_with(sql, arguments))
}

/// A statement of sea-orm's, as it is.
fn raw_query_of<DB: Database>(statement: Statement) -> sqlx::query::Query<'static, DB, SqlxValues>
where
    SqlxValues: IntoArguments<DB>,
{
    let values = statement.values.unwrap_or_else(|| Values(Vec::new()));
    // Whoever holds the permission answers for the text; values are bound.
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}

/// How the errors of a statement are classed. One that is a unit by itself ends with its own COMMIT.
pub(super) fn classifier(is_unit: bool) -> fn(sqlx::Error) -> Failure {
    if is_unit { classify_commit } else { classify }
}

/// Runs a statement; how many rows it changed.
pub(super) async fn execute<'c, DB, C>(connection: C, statement: Prepared, is_unit: bool) -> Result<u64, Failure>
where
    DB: Driven<QueryResult: Into<ExecResult>>,
    C: Executor<'c, Database = DB>,
    SqlxValues: IntoArguments<DB>,
{
    let done = query_of(statement)?.execute(connection).await.map_err(classifier(is_unit))?;
    let done: ExecResult = done.into();
    Ok(done.rows_affected())
}

/// Runs a query and shows each row as it arrives, to the last one or until `each` fails: what came of `each`.
///
/// # Errors
/// What the database says.
pub(super) async fn query<'c, DB, C, E>(
    connection: C,
    statement: Prepared,
    is_unit: bool,
    mut each: impl FnMut(&Row) -> Result<(), E>,
) -> Result<Result<(), E>, Failure>
where
    DB: Driven<Row: Into<Row>>,
    C: Executor<'c, Database = DB>,
    SqlxValues: IntoArguments<DB>,
{
    let mut rows = query_of(statement)?.fetch(connection);
    while let Some(row) = rows.try_next().await.map_err(classifier(is_unit))? {
        if let Err(error) = each(&row.into()) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

/// As [`query`], where `each` may take its time: what is waited for is each row.
pub(super) async fn query_slowly<'c, DB, C, E, F>(
    connection: C,
    statement: Prepared,
    patience: &Patience,
    mut each: impl FnMut(Row) -> F,
) -> Result<Result<(), E>, Failure>
where
    DB: Driven<Row: Into<Row>>,
    C: Executor<'c, Database = DB>,
    SqlxValues: IntoArguments<DB>,
    F: Future<Output = Result<(), E>>,
{
    let mut rows = query_of(statement)?.fetch(connection);
    loop {
        let next = patience.wait(rows.try_next()).await.ok_or_else(|| Failure::of_silence(false))?;
        let Some(row) = next.map_err(classify)? else { break };
        if let Err(error) = each(row.into()).await {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

/// Takes the open transaction back behind the driver's back.
#[cfg(feature = "faults")]
pub(super) async fn take_back<'c, DB, C>(connection: C) -> Result<(), Failure>
where
    DB: Database,
    C: Executor<'c, Database = DB>,
{
    connection.execute("ROLLBACK").await.map(|_| ()).map_err(classify)
}

fn query_err(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}

fn exec_err(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}

pub(super) async fn raw_execute<'c, DB, C>(connection: C, statement: Statement) -> Result<ExecResult, DbErr>
where
    DB: Database<QueryResult: Into<ExecResult>>,
    C: Executor<'c, Database = DB>,
    SqlxValues: IntoArguments<DB>,
{
    raw_query_of(statement).execute(connection).await.map(Into::into).map_err(exec_err)
}

pub(super) async fn raw_script<'c, DB, C>(connection: C, sql: &str) -> Result<ExecResult, DbErr>
where
    DB: Database<QueryResult: Into<ExecResult>>,
    C: Executor<'c, Database = DB>,
{
    // Whoever holds the permission answers for the text.
    connection.execute(AssertSqlSafe(sql.to_owned())).await.map(Into::into).map_err(exec_err)
}

pub(super) async fn raw_row<'c, DB, C>(connection: C, statement: Statement) -> Result<Option<QueryResult>, DbErr>
where
    DB: Transactional<Row: Into<QueryResult>>,
    C: Executor<'c, Database = DB>,
    SqlxValues: IntoArguments<DB>,
{
    if !DB::LEAVES_ROWS {
        let row = raw_query_of(statement).fetch_optional(connection).await.map_err(query_err)?;
        return Ok(row.map(Into::into));
    }
    let mut rows = raw_query_of(statement).fetch(connection);
    let first = rows.try_next().await.map_err(query_err)?;
    // An error among the others is of this statement, and of no other.
    while rows.try_next().await.map_err(query_err)?.is_some() {}
    Ok(first.map(Into::into))
}

pub(super) async fn raw_rows<'c, DB, C>(connection: C, statement: Statement) -> Result<Vec<QueryResult>, DbErr>
where
    DB: Database<Row: Into<QueryResult>>,
    C: Executor<'c, Database = DB>,
    SqlxValues: IntoArguments<DB>,
{
    let rows = raw_query_of(statement).fetch_all(connection).await.map_err(query_err)?;
    Ok(rows.into_iter().map(Into::into).collect())
}
