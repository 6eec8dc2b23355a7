//! The store on PostgreSQL: the tests of `main.rs`, and those of what PostgreSQL has of its own.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test may fail as a test does")]

mod access;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod cells;
mod concurrency;
mod deletion;
#[path = "engine/postgres.rs"]
#[expect(unreachable_pub, reason = "the tests are the only users")]
mod engine;
mod errors;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod files;
mod keys;
mod kinds;
mod limits;
mod loading;
mod many;
mod pages;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod pinned;
mod postgres_alone;
mod postgres_load;
mod reading;
mod relations;
mod rows;
mod streams;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod support;
mod tables;
mod transactions;
mod unscoped;
mod writing;
