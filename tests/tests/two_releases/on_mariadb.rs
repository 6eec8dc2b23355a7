//! Two releases on one database, and the service by its URL alone, on MariaDB.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod adopted;
#[path = "place/mariadb.rs"]
mod engine;
mod fleet;
#[path = "place/server.rs"]
mod place;
mod service;
