//! The store on PostgreSQL with a server that follows: what is read where.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test may fail as a test does")]

#[path = "engine/postgres.rs"]
#[expect(unreachable_pub, dead_code, reason = "the tests are the only users, and these are few of them")]
mod engine;
mod replicas;
#[expect(unreachable_pub, dead_code, reason = "generated code has the visibility of its struct, and these tests are few of its users")]
mod support;
