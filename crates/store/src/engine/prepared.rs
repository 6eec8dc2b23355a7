//! Statements in the words of an engine, with values in the forms that it keeps.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use chrono::{NaiveDate, NaiveDateTime, Timelike};
use recension_model::Timestamp;
use sea_orm::sea_query::{
    Condition, Expr, InsertStatement, MysqlQueryBuilder, PostgresQueryBuilder, Query, QueryBuilder, QueryStatementBuilder, SelectStatement,
    SimpleExpr, SqlWriter, SqlWriterValues, SqliteQueryBuilder, Values,
};
use sea_orm::{DbBackend, Value};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use super::arguments::Parameters;
use super::insert_rows::push_returned;
use crate::capability::{Capability, TimeForm};
use crate::value::{Bindable, text_of_uuid};

/// A statement in the words and value forms of an engine.
pub(crate) struct Prepared {
    pub(super) sql: SqlStr,
    pub(super) parameters: Parameters,
}

impl Prepared {
    /// A statement that is written already and binds nothing.
    pub(crate) fn of(sql: String) -> Self {
        Self::written(sql, Vec::new())
    }

    /// A statement that is written already, with the values that it binds.
    pub(crate) fn written(sql: String, values: Vec<Value>) -> Self {
        // By the query builder, or by us, from names that are literals of the program; values are bound.
        Self::of_text(AssertSqlSafe(sql).into_sql_str(), values)
    }

    /// The same with a text that others have, too.
    pub(crate) const fn of_text(sql: SqlStr, values: Vec<Value>) -> Self {
        Self { sql, parameters: Parameters::Values(values) }
    }

    /// The values that it binds, where they are not in the form of a driver yet.
    pub(crate) const fn values(&self) -> Option<&Vec<Value>> {
        match &self.parameters {
            Parameters::Values(values) => Some(values),
            Parameters::Arguments(_) => None,
        }
    }

    /// Its text, with a mark in the place of each value, for statements that come after it.
    pub(crate) fn text(&self) -> SqlStr {
        AssertSqlSafe(std::sync::Arc::<str>::from(self.sql.as_str())).into_sql_str()
    }
}

impl Capability {
    /// Writes a statement for the engine, with its values in the forms it keeps them in.
    pub(crate) fn prepare(&self, statement: &impl QueryStatementBuilder) -> Prepared {
        let (sql, values) = self.write(statement);
        Prepared::written(sql, values)
    }

    /// The text of such a statement, and its values.
    pub(crate) fn write(&self, statement: &impl QueryStatementBuilder) -> (String, Vec<Value>) {
        let (sql, Values(mut values)) = match self.sql {
            DbBackend::Postgres => Untyped::write(statement),
            DbBackend::MySql => statement.build_any(&MysqlQueryBuilder),
            _ => statement.build_any(&SqliteQueryBuilder),
        };
        for value in &mut values {
            self.adapt(value);
        }
        (sql, values)
    }

    /// Writes a query for its first so many rows; it has no LIMIT and no locks. The number stands in the text: SQLite prepares a statement anew for each
    /// that is bound there, and the others see from it how few rows it takes.
    pub(crate) fn prepare_first(&self, select: &SelectStatement, rows: u64) -> Prepared {
        let (mut sql, values) = self.write(select);
        _ = write!(sql, " LIMIT {rows}");
        Prepared::written(sql, values)
    }

    /// Writes an INSERT that gives `cells` of each row back.
    pub(crate) fn prepare_insert(&self, mut insert: InsertStatement, cells: impl IntoIterator<Item = SimpleExpr>) -> Prepared {
        if self.sql != DbBackend::MySql {
            return self.prepare(insert.returning(Query::returning().exprs(cells)));
        }
        // The query builder has no words for what MariaDB knows, so they are taken from a query for the same.
        let (mut sql, mut values) = self.write(&insert);
        let (select, more) = self.write(&Query::select().exprs(cells).take());
        push_returned(&mut sql, &select);
        values.extend(more);
        Prepared::written(sql, values)
    }

    /// A condition as it is written by itself, and its values.
    pub(crate) fn write_condition(&self, condition: &Condition) -> (String, Vec<Value>) {
        self.write(&Query::select().expr(Expr::cust("1")).cond_where(condition.clone()).take())
    }

    /// Brings one bound value into the form that the engine keeps.
    pub(crate) fn adapt(&self, value: &mut Value) {
        *value = match value {
            Value::ChronoDateTime(naive) => self.time(*naive).into(),
            Value::ChronoDateTimeUtc(moment) => self.time(moment.map(|moment| moment.naive_utc())).into(),
            Value::ChronoDateTimeWithTimeZone(moment) => self.time(moment.map(|moment| moment.naive_utc())).into(),
            Value::ChronoDate(day) => self.day(*day).into(),
            Value::Uuid(uuid) => Value::String(uuid.map(text_of_uuid)),
            _ => return,
        };
    }

    /// The same of a value that is borrowed.
    #[inline]
    pub(super) fn adapt_bindable(&self, value: &mut Bindable<'_>) {
        match value {
            Bindable::Time(time) => *value = self.time(*time),
            Bindable::Date(day) => *value = self.day(*day),
            _ => {}
        }
    }

    /// What is past the sixth digit of a second is cut.
    fn time(&self, time: Option<NaiveDateTime>) -> Bindable<'static> {
        match self.times {
            TimeForm::Text => Bindable::Text(time.map(|time| Timestamp::from_utc(time).to_sql().into())),
            TimeForm::Native => Bindable::Time(time.map(micros)),
        }
    }

    fn day(&self, day: Option<NaiveDate>) -> Bindable<'static> {
        match self.times {
            TimeForm::Text => Bindable::Text(day.map(|day| day.to_string().into())),
            TimeForm::Native => Bindable::Date(day),
        }
    }
}

/// Whether a condition has the name of one of `columns` in it, in whatever way. It may be told where it is another's name that looks so.
pub(crate) fn names_any(condition: &str, columns: &[&str]) -> bool {
    let condition = condition.to_lowercase();
    columns.iter().any(|column| condition.contains(&column.to_lowercase()))
}

/// Whole microseconds. A driver would round those before its epoch the other way.
fn micros(time: NaiveDateTime) -> NaiveDateTime {
    if time.nanosecond().is_multiple_of(1_000) {
        return time;
    }
    time.with_nanosecond(time.nanosecond() / 1_000 * 1_000).unwrap_or(time)
}

/// Writes a statement for PostgreSQL, where each value that is bound has a type. A truth must not have one: its column is a
/// boolean in one table and an integer in another. So it is written out, as a literal that takes the type of what it is
/// compared with or assigned to.
struct Untyped(SqlWriterValues);

impl Untyped {
    fn write(statement: &impl QueryStatementBuilder) -> (String, Values) {
        let (placeholder, numbered) = QueryBuilder::placeholder(&PostgresQueryBuilder);
        let mut writer = Self(SqlWriterValues::new(placeholder, numbered));
        statement.build_collect_any_into(&PostgresQueryBuilder, &mut writer);
        writer.0.into_parts()
    }
}

/// A truth, written out.
fn literal(value: &Value) -> Option<Cow<'static, str>> {
    match value {
        Value::TinyInt(None) => Some(literal_of(None).into()),
        Value::TinyInt(Some(number @ (0 | 1))) => Some(literal_of(Some(*number == 1)).into()),
        Value::TinyInt(Some(number)) => Some(format!("'{number}'").into()),
        _ => None,
    }
}

/// The same.
pub(super) const fn literal_of(truth: Option<bool>) -> &'static str {
    match truth {
        None => "NULL",
        Some(false) => "'0'",
        Some(true) => "'1'",
    }
}

impl fmt::Write for Untyped {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write_str(text)
    }
}

impl fmt::Display for Untyped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl SqlWriter for Untyped {
    fn push_param<B: QueryBuilder>(&mut self, value: Value, builder: &B) {
        match literal(&value) {
            // No writing into a string fails.
            Some(literal) => _ = self.write_str(&literal),
            None => self.0.push_param(value, builder),
        }
    }

    fn as_writer(&mut self) -> &mut dyn fmt::Write {
        self
    }
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use super::*;

    #[test]
    fn a_truth_has_no_type_on_postgres_and_a_number_no_more_than_there_is() {
        let select =
            Query::select().expr(Expr::val(1_i64)).cond_where(Condition::all().add(Expr::val(1_i8)).add(Expr::val(None::<i8>))).take();
        let (sql, values) = Capability::POSTGRES.write(&select);
        assert_eq!(sql, "SELECT $1 WHERE '1' AND NULL");
        assert_eq!(values, [Value::BigInt(Some(1))]);
    }

    #[test]
    fn times_are_cut_and_not_rounded_on_either_side_of_the_epoch_of_the_engine() {
        for text in ["1999-12-31T23:59:59.123456", "2001-12-31T23:59:59.123456"] {
            let time: NaiveDateTime = text.parse().unwrap();
            let mut value = Value::ChronoDateTime(Some(time + chrono::TimeDelta::nanoseconds(999)));
            Capability::POSTGRES.adapt(&mut value);
            assert_eq!(value, Value::ChronoDateTime(Some(time)));
        }
    }
}
