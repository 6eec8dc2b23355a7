//! What `cargo xtask bench` measures without a database: each operation of the library next to the same
//! work in plain serde.
//!
//! Not here: the counting, which needs valgrind and is in `xtask`; the goals, which are in `goals.toml`; rows in
//! a database (`recension-bench-store`).
//!
//! | module | what it holds |
//! |---|---|
//! | `cases` | **the measured operations**, one entry each; a new one is added there |
//! | `case` | what a case is |
//! | `record` | the object that is measured, its list, the plain struct beside it, and a sample of each |
//! | `history` | long histories, of one object and of a lock file |
//! | `message` | messages that cases read |
//!
//! The program `recension-bench` runs a case a given number of times; `recension-bench-allocations` runs each once
//! under a counting allocator, which would distort the first.

mod case;
mod cases;
mod history;
mod message;
mod record;

pub use case::{Case, Fault, Rounds, Work, answer, on};
pub use cases::{CASES, sizes};
pub use history::lock_file;
pub use record::{
    Action, ActionDraft, ActionList, ActionListDraft, ActionListServerFields, ActionServerFields, LIST_ITEMS, Plain, samples,
};
