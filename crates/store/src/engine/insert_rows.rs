//! An INSERT of several rows, in the shape that costs the engine and the way to it least.

mod cells;
#[cfg(feature = "postgres")]
mod columns;

use sea_orm::sea_query::{Expr, Query, SimpleExpr};

use self::cells::Cells;
#[cfg(feature = "postgres")]
use self::columns::Columns;
use super::Prepared;
use crate::capability::Capability;
use crate::error::{Error, Fault};
use crate::value::Bindable;

/// Most rows of one statement.
const ROWS_MAX: usize = 1_000;
/// Most values that a statement has for its cells: the server keeps room for each as long as it keeps the statement.
const VALUES_MAX: usize = 16_384;

/// Most bytes of the cells of one statement, but for those of a single row: a quarter of the largest message that MariaDB takes unless it is
/// set to more.
const BYTES_MAX: usize = 4 * 1_024 * 1_024;

/// In which shape rows are bound, and how many by one statement at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A value for each cell, so that each number of rows has a text of its own.
    Cells(usize),
    /// An array for each column: one text for any number of rows.
    #[cfg(feature = "postgres")]
    Columns(usize),
}

impl Shape {
    /// For rows of so many columns, in a statement that binds so many values besides. An array has a type, which a truth must not have
    /// where [parameters have types](Capability::types_parameters).
    pub(crate) fn of(capability: &Capability, columns: usize, besides: usize, has_truths: bool) -> Self {
        #[cfg(feature = "postgres")]
        if capability.binds_arrays && !has_truths {
            return Self::Columns(ROWS_MAX);
        }
        let _ = has_truths;
        let values = capability.parameters_max.saturating_sub(besides).min(VALUES_MAX);
        Self::Cells(ROWS_MAX.min(values / columns.max(1)))
    }

    /// The same of so many rows at most.
    pub(crate) fn at_most(self, rows: usize) -> Self {
        match self {
            Self::Cells(most) => Self::Cells(most.min(rows)),
            #[cfg(feature = "postgres")]
            Self::Columns(most) => Self::Columns(most.min(rows)),
        }
    }

    /// How many of the rows that are left the next statement makes. Where each number has a text of its own, it is one of 1, 2, 5, 10, 20,
    /// 50 and so on: there are few of them, so that they stay in the caches of the driver and the server, and those of which people make
    /// batches are among them.
    pub(crate) fn rows(self, left: usize) -> usize {
        match self {
            Self::Cells(most) => {
                let left = left.min(most).max(1);
                let ten = 10_usize.pow(left.ilog10());
                [5, 2].into_iter().map(|times| times * ten).find(|rows| *rows <= left).unwrap_or(ten)
            }
            #[cfg(feature = "postgres")]
            Self::Columns(most) => left.min(most),
        }
    }
}

/// An INSERT of several rows that is being written, one row behind the other.
pub(crate) struct InsertRows {
    capability: &'static Capability,
    columns: usize,
    rows: Rows,
    /// Bytes of the cells so far.
    bytes: usize,
}

enum Rows {
    Cells(Cells),
    #[cfg(feature = "postgres")]
    Columns(Columns),
}

impl InsertRows {
    /// Begins one of so many rows, that gives `cells` of each back, if there are such.
    pub(crate) fn begin(
        capability: &'static Capability,
        shape: Shape,
        (table, columns): (&'static str, &[&'static str]),
        rows: usize,
        cells: Vec<SimpleExpr>,
    ) -> Self {
        let rows = match shape {
            Shape::Cells(_) => Rows::Cells(Cells::begin(capability, table, columns, rows, cells)),
            #[cfg(feature = "postgres")]
            Shape::Columns(_) => Rows::Columns(Columns::begin(capability, table, columns, rows, cells)),
        };
        Self { capability, columns: columns.len(), rows, bytes: 0 }
    }

    /// Adds a row: a cell for each column. They are brought into the form that the engine keeps.
    ///
    /// # Errors
    /// [`Error::Internal`] for a value that is too large for the protocol, and for a row that the shape is not for.
    pub(crate) fn add(&mut self, row: &mut [Bindable<'_>]) -> Result<(), Error> {
        if row.len() != self.columns {
            return Err(Error::Internal(Fault::of_us("a row of other columns")));
        }
        for value in &mut *row {
            self.bytes += value.bytes();
            self.capability.adapt_bindable(value);
        }
        match &mut self.rows {
            Rows::Cells(insert) => insert.add(row),
            #[cfg(feature = "postgres")]
            Rows::Columns(insert) => insert.add(row),
        }
    }

    /// Whether it has as many bytes as a statement should have, so that the last row that was added had better be another's.
    pub(crate) const fn is_full(&self) -> bool {
        self.bytes > BYTES_MAX
    }

    /// The statement.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub(crate) fn end(self) -> Result<Prepared, Error> {
        match self.rows {
            Rows::Cells(insert) => insert.end(),
            #[cfg(feature = "postgres")]
            Rows::Columns(insert) => insert.end(),
        }
    }
}

/// The text up to what is inserted.
fn begun(capability: &Capability, table: &'static str, columns: &[&'static str]) -> String {
    let mut insert = Query::insert();
    insert.into_table(table).columns(columns.iter().copied());
    // As many as there are columns, and cut off again.
    _ = insert.values(columns.iter().map(|_| Expr::cust("0")));
    let (mut sql, _) = capability.write(&insert);
    sql.truncate(sql.find(" VALUES (").unwrap_or(sql.len()));
    sql
}

/// Adds what is given back, which a query for it says.
pub(super) fn push_returned(sql: &mut String, query: &str) {
    if !query.is_empty() {
        sql.push_str(" RETURNING ");
        sql.push_str(query.strip_prefix("SELECT ").unwrap_or(query));
    }
}

#[cfg(all(test, feature = "postgres"))]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what helps a test may fail as a test does")]
mod tests;
