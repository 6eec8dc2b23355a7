//! Statements in the words of an engine, with values in the forms that it keeps.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use chrono::{NaiveDateTime, Timelike};
use recension_model::Timestamp;
use sea_orm::sea_query::{
    Condition, Expr, InsertStatement, MysqlQueryBuilder, PostgresQueryBuilder, Query, QueryBuilder, QueryStatementBuilder, SimpleExpr,
    SqlWriter, SqlWriterValues, SqliteQueryBuilder, Values,
};
use sea_orm::{DbBackend, Statement, Value};

use crate::capability::{Capability, TimeForm};
use crate::value::text_of_uuid;

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
    pub(crate) fn prepare_insert(&self, mut insert: InsertStatement, cells: impl IntoIterator<Item = SimpleExpr>) -> Prepared {
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

    /// Writes an INSERT of several rows, whose values stand one row behind the other, that gives `cells` of each back, if there are such.
    /// What is the same in each row is written once: a query builder makes an expression of every value, which would be most of the work
    /// of such a statement. The text of one `before` of as many rows of the same table, columns and cells is taken where it is the same.
    pub(crate) fn prepare_rows(
        &self,
        table: &'static str,
        columns: &[&'static str],
        mut rows: Vec<Value>,
        cells: Vec<SimpleExpr>,
        before: Option<&Prepared>,
    ) -> Prepared {
        let returned = (!cells.is_empty()).then(|| self.prepare(&Query::select().exprs(cells).take()).into_parts());
        let (returned, besides) = returned.unwrap_or_default();
        rows.iter_mut().for_each(|value| self.adapt(value));
        let is_numbered = self.sql == DbBackend::Postgres;
        let is_bound = |value: &Value| !is_numbered || literal(value).is_none();
        let same = before.filter(|before| before.parameters() == rows.len() + besides.len() && rows.iter().all(is_bound));
        let sql = match same {
            Some(before) => before.0.sql.clone(),
            None => self.text_of_rows(table, columns, &rows, besides.len(), &returned),
        };
        rows.retain(is_bound);
        // Where parameters have numbers those of the cells come first, as they are written already.
        let (first, last) = if is_numbered { (besides, rows) } else { (rows, besides) };
        let mut values = first;
        values.extend(last);
        Prepared(Statement::from_sql_and_values(self.sql, sql, values))
    }

    /// The text of such a statement, behind so many parameters of the cells where they have numbers.
    fn text_of_rows(&self, table: &'static str, columns: &[&'static str], rows: &[Value], besides: usize, returned: &str) -> String {
        let mut into = Query::insert();
        into.into_table(table).columns(columns.iter().copied());
        // As many as there are columns, and cut off again.
        _ = into.values(columns.iter().map(|_| Expr::cust("0")));
        let Prepared(into) = self.prepare(&into);
        let mut sql = into.sql;
        sql.truncate(sql.find(" VALUES (").unwrap_or(sql.len()));
        sql.push_str(" VALUES ");
        let is_numbered = self.sql == DbBackend::Postgres;
        // `$1234, ` for each.
        sql.reserve(rows.len() * if is_numbered { 7 } else { 3 });
        let (mut digits, mut number) = (itoa::Buffer::new(), besides);
        for (place, value) in rows.iter().enumerate() {
            sql.push_str(match place {
                0 => "(",
                _ if place % columns.len() == 0 => "), (",
                _ => ", ",
            });
            if !is_numbered {
                sql.push('?');
            } else if let Some(literal) = literal(value) {
                sql.push_str(&literal);
            } else {
                number += 1;
                sql.push('$');
                sql.push_str(digits.format(number));
            }
        }
        sql.push(')');
        if !returned.is_empty() {
            sql.push_str(" RETURNING ");
            sql.push_str(returned.strip_prefix("SELECT ").unwrap_or(returned));
        }
        sql
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
            Value::Uuid(uuid) => Value::String(uuid.map(text_of_uuid)),
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

/// A truth, written out.
fn literal(value: &Value) -> Option<Cow<'static, str>> {
    match value {
        Value::TinyInt(None) => Some("NULL".into()),
        Value::TinyInt(Some(0)) => Some("'0'".into()),
        Value::TinyInt(Some(1)) => Some("'1'".into()),
        Value::TinyInt(Some(number)) => Some(format!("'{number}'").into()),
        _ => None,
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
    use sea_orm::sea_query::ExprTrait;

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
    fn rows_are_written_as_the_query_builder_writes_them() {
        let rows = [(Some(1_i8), "a"), (None, "b"), (Some(0), "c")];
        let values = || rows.map(|(truth, text)| vec![Value::TinyInt(truth), Value::from(text)]);
        let cells = || vec![Expr::col("id"), Expr::col("text").eq("?1 $1"), Expr::cust("1")];
        let mut insert = Query::insert().into_table("a table").columns(["is", "text"]).to_owned();
        for row in values() {
            insert.values(row.into_iter().map(Expr::value)).unwrap();
        }
        let engines = [
            Capability::POSTGRES,
            #[cfg(feature = "mysql")]
            Capability::MARIADB,
            #[cfg(feature = "sqlite")]
            Capability::SQLITE,
        ];
        for capability in engines {
            let (by_builder, bound) = capability.prepare_insert(insert.clone(), cells()).into_parts();
            let (by_hand, ours) = capability.prepare_rows("a table", &["is", "text"], values().concat(), cells(), None).into_parts();
            // Numbers are given in another order, and stand for the same.
            let filled = |sql: &str, values: &[Value]| {
                let number = |part: &str| part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
                let mut places = values.iter();
                let mut text = String::new();
                for (at, part) in sql.split(if capability.sql == DbBackend::Postgres { '$' } else { '?' }).enumerate() {
                    let digits = number(part);
                    match part[..digits].parse::<usize>() {
                        Ok(place) => text.push_str(&format!("{:?}", values[place - 1])),
                        Err(_) if at > 0 => text.push_str(&format!("{:?}", places.next().unwrap())),
                        Err(_) => {}
                    }
                    text.push_str(&part[digits..]);
                }
                text
            };
            assert_eq!(filled(&by_hand, &ours), filled(&by_builder, &bound));
            assert_eq!(ours.len(), bound.len());
        }
    }

    #[test]
    fn the_text_of_the_rows_before_is_taken_only_where_it_is_the_same() {
        let cells = || vec![Expr::col("text").eq("b"), Expr::cust("1")];
        let texts = |count: usize| (0..count).flat_map(|row| [Value::from("a"), Value::from(format!("{row}"))]).collect::<Vec<_>>();
        let truths = |count: usize| (0..count).flat_map(|row| [Value::TinyInt(Some(1)), Value::from(format!("{row}"))]).collect();
        let rows = |values: Vec<Value>, before: Option<&Prepared>| {
            Capability::POSTGRES.prepare_rows("a table", &["is", "text"], values, cells(), before)
        };
        for before in [rows(texts(4), None), rows(truths(4), None)] {
            for values in [texts(4), truths(4)] {
                let (alone, after) = (rows(values.clone(), None).into_parts(), rows(values, Some(&before)).into_parts());
                assert_eq!(alone, after);
            }
        }
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
