//! A file.

use tempfile::TempDir;

/// A database of a test's own.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}?mode=rwc", self.0.path().join("actions.db").display())
    }
}

/// The type to which a cell is cast to be read as text.
pub(crate) const TEXT: &str = "text";

/// Statements of the reference, which were recorded here.
pub(crate) fn in_words(sql: &str) -> String {
    sql.to_owned()
}

/// What lets the next row of a table have the id after the largest one.
pub(crate) const fn follow_largest_id(_table: &str) -> Option<String> {
    None
}
