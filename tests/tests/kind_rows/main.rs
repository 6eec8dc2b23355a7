//! Every kind of field in rows of a table that `create_table` made: the boundary values of its limits come back as they
//! went in, what is past them is refused before anything is sent, and a cell that is no value of its field is
//! said to be, with the rule that a message would break. `on_server.rs` is for servers.
#![cfg(test)]

mod bad_cells;
mod bad_json;
mod boundaries;
#[path = "on_sqlite.rs"]
mod database;
mod numbers;
mod own_mind;
mod past;
mod random;
mod rows;
mod tables;
