//! SQLite, in memory.

use recension::store::sea_orm::DbBackend;

pub(crate) const BACKEND: DbBackend = DbBackend::Sqlite;

/// A database of a test's own.
pub(crate) struct Database;

impl Database {
    pub(crate) const fn new() -> Self {
        Self
    }

    pub(crate) fn url(&self) -> String {
        "sqlite::memory:".to_owned()
    }
}
