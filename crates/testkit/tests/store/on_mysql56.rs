//! The store on MySQL 5.6: of the tests of `main.rs` those of making, reading, changing and deleting.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test may fail as a test does")]

#[path = "engine/mariadb.rs"]
#[expect(unreachable_pub, dead_code, reason = "the tests are the only users, and these are few of them")]
mod engine;

mod access;
mod adding;
mod bulk;
mod campaign;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod cells;
mod deletion;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod files;
mod keys;
mod loading;
mod many;
mod pages;
mod reading;
mod relations;
mod rows;
mod streams;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod support;
mod times;
mod transactions;
mod unscoped;
mod walks;
mod writing;
