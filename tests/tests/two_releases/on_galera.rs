//! Two releases on one database, the service by its URL alone, and rows of every kind, on a cluster of MariaDB nodes, of which it knows one.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod adopted;
#[path = "place/galera.rs"]
mod engine;
mod fleet;
#[path = "../kind_rows/on_server.rs"]
#[expect(dead_code, reason = "some of it is for columns without a type, which only SQLite has")]
mod kind_rows;
#[path = "place/server.rs"]
mod place;
mod service;
