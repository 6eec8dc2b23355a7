//! The store on MariaDB: the tests of `main.rs`, and those of what MariaDB has of its own.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test may fail as a test does")]

#[path = "engine/mariadb.rs"]
#[expect(unreachable_pub, reason = "the tests are the only users")]
mod engine;
mod faults;
mod faults_at_each;
mod faults_commits;
mod mariadb_alone;
mod mariadb_doctor;
#[path = "means/proxy.rs"]
mod means;
mod server_faults;
mod server_load;
mod storms;

include!("modules.rs");
