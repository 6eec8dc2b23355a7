//! A cluster of `MariaDB` nodes, by the URL of one.

#[path = "mysql.rs"]
mod mysql;

pub(crate) use mysql::{BACKEND, CREATE, DROP, KIND, STORY, TEXT, follow_largest_id, in_words, of};

pub(crate) const ENGINE: &str = "galera";
pub(crate) const VARIABLE: &str = "RECENSION_GALERA_URL";
