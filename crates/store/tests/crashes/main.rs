//! Servers, nodes and clients that are killed under load: what was acknowledged is there afterwards, what was not is there once or
//! not at all, and nothing is there by half. The store is opened once, and goes on by itself.
//!
//! The servers are killed and started by `cargo xtask db`, so nobody else may use them meanwhile: the gate runs these tests after
//! all others of an engine, and tells where its command is (`RECENSION_XTASK`) and which folder has the servers
//! (`RECENSION_DB_FOLDER`). The tests of an engine have its name in front of theirs. Beside them are those that start a server of their
//! own by the same command.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "what helps a test may fail and print as a test does"
)]

#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod disk;
mod galera;
mod ledger;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod objects;
mod one_server;
mod server;
mod sqlite;
mod tls;
mod writer;

/// How much of something a campaign does: `usual` unless the variable says more.
fn how_many(variable: &str, usual: usize) -> usize {
    std::env::var(variable).map_or(usual, |many| many.parse().unwrap())
}

mod postgres {
    use crate::disk::{full, full_log};
    use crate::one_server::kills_under_load;
    use crate::tls::refused;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn g9_what_was_acknowledged_outlives_the_server() {
        kills_under_load("postgres").await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn s13_who_is_not_the_server_learns_nothing() {
        refused("postgres").await;
    }

    #[tokio::test]
    async fn s21_a_server_without_room_writes_nothing_by_half() {
        full("postgres").await;
    }

    #[tokio::test]
    async fn s21_a_server_whose_log_has_no_room_comes_back_with_what_was_acknowledged() {
        full_log().await;
    }
}

mod mariadb {
    use crate::disk::full;
    use crate::one_server::kills_under_load;
    use crate::tls::refused;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn g9_what_was_acknowledged_outlives_the_server() {
        kills_under_load("mariadb").await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn s13_who_is_not_the_server_learns_nothing() {
        refused("mariadb").await;
    }

    #[tokio::test]
    async fn s21_a_server_without_room_writes_nothing_by_half() {
        full("mariadb").await;
    }
}
