//! An INSERT of several rows that binds a value for each cell. A query builder makes an expression of every value, which would be most of
//! the work of such a statement.

use sea_orm::Value;
use sea_orm::sea_query::{Query, SimpleExpr};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use super::{begun, push_returned};
use crate::capability::Capability;
use crate::engine::Prepared;
use crate::engine::arguments::Parameters;
use crate::engine::prepared::literal_of;
use crate::error::{Error, Fault};
use crate::value::Bindable;

/// Such a statement, as it is written. Its text and what it binds are those that the query builder would make of it, but that parameters
/// with numbers have others.
pub(crate) struct Cells {
    capability: &'static Capability,
    columns: usize,
    text: Text,
    parameters: Parameters,
    /// What comes behind the cells.
    besides: Vec<Value>,
    /// How many cells there are already.
    cells: usize,
}

/// The text of the statement.
enum Text {
    /// That of another one.
    Known(SqlStr),
    /// It grows with the cells; parameters that have numbers have so many.
    Growing { sql: String, returned: String, number: usize },
}

impl Cells {
    /// Begins one of so many rows, that gives `cells` of each back, if there are such. The text of another one of as many rows of the
    /// same table, columns and cells may be `known`, where none of its values is a truth.
    pub(super) fn begin(
        capability: &'static Capability,
        table: &'static str,
        columns: &[&'static str],
        rows: usize,
        cells: Vec<SimpleExpr>,
        known: Option<SqlStr>,
    ) -> Self {
        let returned = (!cells.is_empty()).then(|| capability.write(&Query::select().exprs(cells).take()));
        let (returned, values) = returned.unwrap_or_default();
        let (is_numbered, number) = (capability.types_parameters(), values.len());
        // Where parameters have numbers those of the cells come first, as they are written already.
        let (mut parameters, besides) = match () {
            () if is_numbered => (Parameters::begin(capability.sql, values), Vec::new()),
            () if values.iter().all(|value| Bindable::of_bound(value).is_some()) => (Parameters::begin(capability.sql, Vec::new()), values),
            () => (Parameters::Values(Vec::new()), values),
        };
        parameters.reserve(rows * columns.len() + besides.len());
        let text = known.map_or_else(
            || {
                let mut sql = begun(capability, table, columns);
                sql.push_str(" VALUES ");
                // `$1234, ` for each.
                sql.reserve(rows * columns.len() * if is_numbered { 7 } else { 3 } + returned.len() + 16);
                Text::Growing { sql, returned, number }
            },
            Text::Known,
        );
        Self { capability, columns: columns.len(), text, parameters, besides, cells: 0 }
    }

    /// Adds the next cell.
    ///
    /// # Errors
    /// [`Error::Internal`] for a value that is too large for the protocol, and for a truth whose text is said to be known.
    #[inline]
    pub(super) fn add(&mut self, value: Bindable<'_>) -> Result<(), Error> {
        let value = self.capability.adapted(value);
        let literal = match value {
            Bindable::Truth(truth) if self.capability.types_parameters() => Some(literal_of(truth)),
            _ => None,
        };
        match &mut self.text {
            Text::Growing { sql, number, .. } => {
                sql.push_str(match self.cells {
                    0 => "(",
                    cells if cells % self.columns == 0 => "), (",
                    _ => ", ",
                });
                match literal {
                    Some(literal) => sql.push_str(literal),
                    None if self.capability.types_parameters() => {
                        *number += 1;
                        sql.push('$');
                        sql.push_str(itoa::Buffer::new().format(*number));
                    }
                    None => sql.push('?'),
                }
            }
            Text::Known(_) if literal.is_some() => return Err(Error::Internal(Fault::of_us("a text that is not the same"))),
            Text::Known(_) => {}
        }
        self.cells += 1;
        if literal.is_some() { Ok(()) } else { self.parameters.add(value) }
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
                besides.iter().filter_map(Bindable::of_bound).try_for_each(|value| parameters.add(value))?
            }
        }
        let sql = match text {
            Text::Known(sql) => sql,
            Text::Growing { mut sql, returned, .. } => {
                sql.push(')');
                push_returned(&mut sql, &returned);
                // Where it is that of others, too, it is not copied for each.
                AssertSqlSafe(std::sync::Arc::<str>::from(sql)).into_sql_str()
            }
        };
        Ok(Prepared { sql, parameters })
    }
}
