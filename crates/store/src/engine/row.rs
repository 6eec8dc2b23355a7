//! Rows of answers.

use recension_model::{Cell, FieldSpec, Rule};
use sea_orm::Value;

#[cfg(feature = "mysql")]
use super::mysql;
#[cfg(feature = "postgres")]
use super::postgres;
#[cfg(feature = "sqlite")]
use super::sqlite;

/// One row of an answer.
pub(crate) enum Row {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Row),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Row),
    #[cfg(feature = "mysql")]
    MySql(mysql::Row),
}

/// A cell whose value is not of the kind that the field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongCell;

impl Row {
    /// How many columns there are.
    pub(crate) fn len(&self) -> usize {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref row) => sqlite::len(row),
            #[cfg(feature = "postgres")]
            Self::Postgres(ref row) => postgres::len(row),
            #[cfg(feature = "mysql")]
            Self::MySql(ref row) => mysql::len(row),
        }
    }

    /// The cell at `index`, as one of `field`.
    ///
    /// # Errors
    /// [`Rule::Kind`] for a cell that cannot be looked into, [`Rule::Timestamp`] for a text that is no time.
    pub(crate) fn cell(&self, index: usize, field: &FieldSpec) -> Result<Cell<'_>, Rule> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref row) => sqlite::cell(row, index, field),
            #[cfg(feature = "postgres")]
            Self::Postgres(ref row) => postgres::cell(row, index, field),
            #[cfg(feature = "mysql")]
            Self::MySql(ref row) => mysql::cell(row, index, field),
        }
    }

    /// The text in the cell at `index`; `None` for null.
    pub(crate) fn text(&self, index: usize) -> Result<Option<&str>, WrongCell> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref row) => sqlite::text(row, index),
            #[cfg(feature = "postgres")]
            Self::Postgres(ref row) => postgres::text(row, index),
            #[cfg(feature = "mysql")]
            Self::MySql(ref row) => mysql::text(row, index),
        }
    }

    /// The integer in the cell at `index`, if there is one.
    pub(crate) fn integer(&self, index: usize) -> Result<Option<i64>, WrongCell> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref row) => sqlite::integer(row, index),
            #[cfg(feature = "postgres")]
            Self::Postgres(ref row) => postgres::integer(row, index),
            #[cfg(feature = "mysql")]
            Self::MySql(ref row) => mysql::integer(row, index),
        }
    }

    /// The cell at `index` just as it is stored, to be bound again; `None` for null.
    pub(crate) fn raw(&self, index: usize) -> Result<Option<Value>, WrongCell> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref row) => sqlite::raw(row, index),
            #[cfg(feature = "postgres")]
            Self::Postgres(ref row) => postgres::raw(row, index),
            #[cfg(feature = "mysql")]
            Self::MySql(ref row) => mysql::raw(row, index),
        }
    }
}
