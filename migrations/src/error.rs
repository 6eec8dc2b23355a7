//! Why the tables could not be brought up to date.

use std::fmt;

use sea_orm_migration::DbErr;
use sea_orm_migration::sea_orm::RuntimeErr;

/// Why the tables could not be brought up to date.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database was migrated by a newer release.
    #[error("the database has migration `{name}`, which this release does not know: it is of a newer release")]
    Newer {
        /// The name of the first unknown migration.
        name: String,
    },
    /// Another node has been at the migrations for a minute.
    #[error("another node is migrating the database, and did not end in time")]
    Locked,
    /// A statement failed.
    #[error("a migration failed")]
    Database(#[source] Sealed),
}

impl Error {
    pub(crate) fn database(error: DbErr) -> Self {
        Self::Database(error.into())
    }

    /// Whether others were in the way of a statement: it may do if it is sent again.
    pub(crate) fn is_of_contention(&self) -> bool {
        let Self::Database(Sealed(DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)))) = self else {
            return false;
        };
        error.as_database_error().and_then(|error| error.code()).is_some_and(|state| state == "40001")
    }
}

/// The driver's error. Its text may hold statements and values, so `Debug` and `Display` do not show it.
pub struct Sealed(DbErr);

impl Sealed {
    /// The driver's own text, for the person at the database.
    #[must_use]
    pub const fn expose(&self) -> &DbErr {
        &self.0
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the database refused a statement")
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}

impl std::error::Error for Sealed {}

impl From<DbErr> for Sealed {
    fn from(error: DbErr) -> Self {
        Self(error)
    }
}
