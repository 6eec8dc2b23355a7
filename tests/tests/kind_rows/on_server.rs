//! Every kind of field in rows of a table that `create_table` made, on a server: the same values come back and the same are refused as on
//! SQLite. What other programs may have written is tried there alone, where a column need not have a type.

mod boundaries;
mod numbers;
mod past;
mod random;
mod rows;

/// A part of the server for a test alone.
mod database {
    pub(crate) use crate::engine::BACKEND;
    pub(crate) use crate::place::Place as Database;
}
