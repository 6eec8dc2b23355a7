//! Rows in a database: what an operation of the store costs next to the same in sea-orm and sqlx.
//!
//! Not here: goals and ratios, which are for `cargo xtask bench`.
//!
//! | module | what it holds |
//! |---|---|
//! | `cases` | **the operations on SQLite**, of which the CPU time is told |
//! | `servers` | **the operations on a server**: PostgreSQL and MariaDB |
//! | `memory` | **what is measured without one**: statements that are not sent, rows that were fetched before |
//! | `rounds` | how the time of the former is taken |
//! | `fixture` | a database in a file with a thousand rows, opened by each side |
//! | `cpu` | the CPU time of this process, the thread of SQLite included, and the clock on the wall |
//!
//! The program `recension-bench-store` takes the times, on SQLite or on a server, or runs a case of `memory` a given number of times;
//! `recension-bench-store-allocations` runs each of these once under a counting allocator, which would distort the first.

mod cases;
mod cpu;
mod fixture;
mod memory;
mod rounds;
mod servers;

pub use memory::CASES;
pub use rounds::timed;
pub use servers::{streamed_on_server, timed_on_server};
