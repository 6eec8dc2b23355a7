//! The store on SQLite, in memory and in files. The same tests run on other engines from files such as `on_postgres.rs`, by the
//! gate; what an engine has of its own is in `engine/`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test may fail as a test does")]

mod access;
mod adding;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod against_model;
mod bulk;
mod campaign;
mod cancelled;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod cells;
mod children;
mod commits;
mod concurrency;
mod deadlines;
mod deletion;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod doctor;
#[path = "engine/sqlite.rs"]
#[expect(unreachable_pub, reason = "the tests are the only users")]
mod engine;
mod errors;
mod faults_at_each;
mod faults_inside;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod files;
mod keys;
mod kinds;
mod limits;
mod loading;
mod locks;
mod lost_update;
mod many;
#[path = "means/inside.rs"]
mod means;
mod metrics;
mod pages;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod pinned;
mod reading;
#[expect(unreachable_pub, reason = "the tests are the only users")]
mod recorder;
mod relations;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod requests;
mod round_trips;
mod rows;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod sharing;
mod sqlite_alone;
mod sqlite_doctor;
mod streams;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod support;
mod tables;
mod times;
mod transactions;
mod unscoped;
mod waiting;
mod walks;
mod writing;
