//! Statements in the words of an engine, with values in the forms that it keeps.

use std::fmt::{self, Write as _};

use chrono::{NaiveDateTime, Timelike};
use recension_model::Timestamp;
use sea_orm::sea_query::{
    Condition, Expr, InsertStatement, MysqlQueryBuilder, PostgresQueryBuilder, Query, QueryBuilder, QueryStatementBuilder, SimpleExpr,
    SqlWriter, SqlWriterValues, SqliteQueryBuilder, Values,
};
use sea_orm::{DbBackend, Statement, Value};

use crate::capability::{Capability, TimeForm};

/// A statement in the words and value forms of an engine.
pub(crate) struct Prepared(pub(super) Statement);

impl Prepared {
    /// A statement that is written already and binds nothing.
    pub(crate) fn of(capability: &Capability, sql: String) -> Self {
        Self(Statement::from_string(capability.sql, sql))
    }

    /// A statement that is written already, with the values that it binds.
    pub(crate) fn written(capability: &Capability, sql: &str, values: Vec<Value>) -> Self {
        Self(Statement::from_sql_and_values(capability.sql, sql, values))
    }

    /// How many values it binds.
    pub(crate) fn parameters(&self) -> usize {
        self.0.values.as_ref().map_or(0, |values| values.0.len())
    }

    /// Its text, and the values that it binds.
    pub(crate) fn into_parts(self) -> (String, Vec<Value>) {
        (self.0.sql, self.0.values.map(|values| values.0).unwrap_or_default())
    }

    /// Its text, with a mark in the place of each value.
    pub(crate) fn into_sql(self) -> String {
        self.0.sql
    }
}

impl Capability {
    /// Writes a statement for the engine, with its values in the forms it keeps them in.
    pub(crate) fn prepare(&self, statement: &impl QueryStatementBuilder) -> Prepared {
        let (sql, mut values) = match self.sql {
            DbBackend::Postgres => Untyped::write(statement),
            DbBackend::MySql => statement.build_any(&MysqlQueryBuilder),
            _ => statement.build_any(&SqliteQueryBuilder),
        };
        for value in &mut values.0 {
            self.adapt(value);
        }
        Prepared(Statement::from_sql_and_values(self.sql, sql, values.0))
    }

    /// Writes an INSERT that gives `cells` of each row back.
    pub(crate) fn prepare_insert(&self, mut insert: InsertStatement, cells: Vec<SimpleExpr>) -> Prepared {
        if self.sql != DbBackend::MySql {
            return self.prepare(insert.returning(Query::returning().exprs(cells)));
        }
        // The query builder has no words for what MariaDB knows, so they are taken from a query for the same.
        let Prepared(mut insert) = self.prepare(&insert);
        let Prepared(select) = self.prepare(&Query::select().exprs(cells).take());
        insert.sql.push_str(" RETURNING ");
        insert.sql.push_str(select.sql.strip_prefix("SELECT ").unwrap_or(&select.sql));
        if let (Some(values), Some(more)) = (&mut insert.values, select.values) {
            values.0.extend(more.0);
        }
        Prepared(insert)
    }

    /// Whether a condition has the name of one of `columns` in it, in whatever way. It may be told where it is another's
    /// name that looks so.
    pub(crate) fn names_any(&self, condition: &Condition, columns: &[&str]) -> bool {
        let sql = Query::select().expr(Expr::val(1)).cond_where(condition.clone()).take();
        let sql = self.prepare(&sql).into_sql().to_lowercase();
        columns.iter().any(|column| sql.contains(&column.to_lowercase()))
    }

    /// Brings one bound value into the form that the engine keeps. What is past the sixth digit of a second is cut.
    pub(crate) fn adapt(&self, value: &mut Value) {
        let time = |time: Option<NaiveDateTime>| match self.times {
            TimeForm::Text => Value::String(time.map(|time| Timestamp::from_utc(time).to_sql())),
            TimeForm::Native => Value::ChronoDateTime(time.map(micros)),
        };
        *value = match value {
            Value::ChronoDateTime(naive) => time(*naive),
            Value::ChronoDateTimeUtc(moment) => time(moment.map(|moment| moment.naive_utc())),
            Value::ChronoDateTimeWithTimeZone(moment) => time(moment.map(|moment| moment.naive_utc())),
            Value::ChronoDate(day) if self.times == TimeForm::Text => Value::String(day.map(|day| day.to_string())),
            Value::Uuid(uuid) => Value::String(uuid.map(|uuid| uuid.hyphenated().to_string())),
            _ => return,
        };
    }
}

/// Whole microseconds. A driver would round those before its epoch the other way.
fn micros(time: NaiveDateTime) -> NaiveDateTime {
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
        // No writing into a string fails.
        _ = match value {
            Value::TinyInt(Some(number)) => write!(self, "'{number}'"),
            Value::TinyInt(None) => self.write_str("NULL"),
            value => return self.0.push_param(value, builder),
        };
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
        let Prepared(statement) = Capability::POSTGRES.prepare(&select);
        assert_eq!(statement.sql, "SELECT $1 WHERE '1' AND NULL");
        assert_eq!(statement.values.unwrap().0, [Value::BigInt(Some(1))]);
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
