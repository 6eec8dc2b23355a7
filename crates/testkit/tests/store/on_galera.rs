//! The store on a cluster of three MariaDB nodes: the tests of `main.rs` on one of them, and those of all three.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test may fail as a test does")]

#[path = "engine/mariadb.rs"]
#[expect(unreachable_pub, reason = "the tests are the only users")]
mod engine;
mod galera_alone;
mod galera_replicas;
mod mariadb_doctor;
mod server_faults;
mod server_load;

include!("modules.rs");
