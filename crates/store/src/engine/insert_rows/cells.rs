//! An INSERT of several rows that binds a value for each cell. A query builder makes an expression of every value, which would be most of
//! the work of such a statement.

use sea_orm::Value;
use sea_orm::sea_query::{Query, SimpleExpr};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use super::{begun, push_returned};
use crate::capability::Capability;
use crate::engine::Prepared;
use crate::engine::arguments::Parameters;
use crate::engine::prepared::literal_of;
use crate::error::Error;
use crate::value::Bindable;

/// Such a statement, as it is written. Its text and what it binds are those that the query builder would make of it, but that parameters
/// with numbers have others.
pub(crate) struct Cells {
    text: Text,
    parameters: Parameters,
    /// What comes behind the cells.
    besides: Vec<Value>,
    /// Whether it has no row yet.
    is_empty: bool,
}

/// The text of the statement.
enum Text {
    /// It is the same whatever the cells hold.
    Whole(String),
    /// Parameters have numbers, and truths none, so it grows with the cells.
    Growing { sql: String, returned: String, number: usize },
}

impl Cells {
    /// Begins one of so many rows, that gives `cells` of each back, if there are such.
    pub(super) fn begin(
        capability: &'static Capability,
        table: &'static str,
        columns: &[&'static str],
        rows: usize,
        cells: Vec<SimpleExpr>,
    ) -> Self {
        let returned = (!cells.is_empty()).then(|| capability.write(&Query::select().exprs(cells).take()));
        let (returned, values) = returned.unwrap_or_default();
        let mut sql = begun(capability, table, columns);
        sql.push_str(" VALUES ");
        let text = if capability.types_parameters() {
            // `$1234, ` for each.
            sql.reserve(rows * columns.len() * 7 + returned.len() + 16);
            Text::Growing { sql, returned, number: values.len() }
        } else {
            let row = format!("({})", vec!["?"; columns.len()].join(", "));
            sql.push_str(&vec![row.as_str(); rows].join(", "));
            push_returned(&mut sql, &returned);
            Text::Whole(sql)
        };
        // Where parameters have numbers those of what is given back come first, as they are written already.
        let (mut parameters, besides) = match text {
            Text::Growing { .. } => (Parameters::begin(capability.sql, values), Vec::new()),
            Text::Whole(_) if values.iter().all(|value| Bindable::of_bound(value).is_some()) => {
                (Parameters::begin(capability.sql, Vec::new()), values)
            }
            Text::Whole(_) => (Parameters::Values(Vec::new()), values),
        };
        parameters.reserve(rows * columns.len() + besides.len());
        Self { text, parameters, besides, is_empty: true }
    }

    /// Adds the cells of the next row, in the form that the engine keeps.
    ///
    /// # Errors
    /// [`Error::Internal`] for a value that is too large for the protocol.
    pub(super) fn add(&mut self, row: &[Bindable<'_>]) -> Result<(), Error> {
        let Text::Growing { sql, number, .. } = &mut self.text else { return self.parameters.add(row) };
        for (place, value) in row.iter().enumerate() {
            sql.push_str(match place {
                0 if self.is_empty => "(",
                0 => "), (",
                _ => ", ",
            });
            if let Bindable::Truth(truth) = value {
                sql.push_str(literal_of(*truth));
            } else {
                *number += 1;
                sql.push('$');
                sql.push_str(itoa::Buffer::new().format(*number));
                self.parameters.add(std::slice::from_ref(value))?;
            }
        }
        self.is_empty = false;
        Ok(())
    }

    /// The statement.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub(super) fn end(self) -> Result<Prepared, Error> {
        let Self { text, mut parameters, besides, .. } = self;
        match &mut parameters {
            Parameters::Values(values) => values.extend(besides),
            parameters @ Parameters::Arguments(_) => {
                parameters.add(&besides.iter().filter_map(Bindable::of_bound).collect::<Vec<_>>())?;
            }
        }
        let sql = match text {
            Text::Whole(sql) => sql,
            Text::Growing { mut sql, returned, .. } => {
                sql.push(')');
                push_returned(&mut sql, &returned);
                sql
            }
        };
        let sql = AssertSqlSafe(sql).into_sql_str();
        Ok(Prepared { sql, parameters })
    }
}
