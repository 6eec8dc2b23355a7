//! `MariaDB`, one server or a cluster: a database for each test.

use recension::store::sea_orm::DbBackend;

pub(crate) const BACKEND: DbBackend = DbBackend::MySql;
pub(crate) const KIND: &str = "DATABASE";
/// What is said when it is made, and when it is dropped: texts compare as on the other engines.
pub(crate) const CREATE: &str = "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
pub(crate) const DROP: &str = "";

/// The statements of the four writes of an action: only a WITH makes an event and changes its action at once, and a
/// row that is outside of the policy is taken back by its transaction.
pub(crate) const STORY: [u64; 4] = [3, 4, 2, 2];

/// The URL of that part of the server.
pub(crate) fn of(server: &str, name: &str) -> String {
    let (server, _) = server.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

/// The type to which a cell is cast to be read as text.
pub(crate) const TEXT: &str = "char";

/// Statements of the reference, which were recorded on SQLite.
pub(crate) fn in_words(sql: &str) -> String {
    sql.replace(" DATETIME", " DATETIME(6)").replace(" id INTEGER NOT NULL", " id INTEGER NOT NULL AUTO_INCREMENT")
}

/// What lets the next row of a table have the id after the largest one.
pub(crate) const fn follow_largest_id(_table: &str) -> Option<String> {
    None
}
