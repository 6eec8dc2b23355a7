//! A cluster of `MariaDB` nodes: what one server has, by the URL of a node.

#[path = "mariadb.rs"]
mod mariadb;

pub(crate) use mariadb::{BACKEND, CREATE, DROP, KIND, STORY, TEXT, follow_largest_id, in_words, of};

pub(crate) const ENGINE: &str = "galera";
pub(crate) const VARIABLE: &str = "RECENSION_GALERA_URL";
