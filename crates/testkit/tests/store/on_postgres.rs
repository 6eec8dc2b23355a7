//! The store on PostgreSQL: the tests of `main.rs`, and those of what PostgreSQL has of its own.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test may fail as a test does")]

#[path = "engine/postgres.rs"]
#[expect(unreachable_pub, reason = "the tests are the only users")]
mod engine;
mod faults;
mod faults_at_each;
mod faults_commits;
#[path = "means/proxy.rs"]
mod means;
#[expect(unreachable_pub, reason = "the tests are the only users")]
mod pooler;
mod postgres_alone;
mod postgres_doctor;
mod server_faults;
mod server_load;
mod storms;

include!("modules.rs");
