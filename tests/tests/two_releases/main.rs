//! Two releases on one database, on SQLite; `on_postgres.rs` and `on_mariadb.rs` run the same on servers.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod adopted;
mod fleet;
#[path = "place/sqlite.rs"]
mod place;
