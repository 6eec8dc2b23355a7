//! One server of `MariaDB`.

#[path = "mysql.rs"]
mod mysql;

pub(crate) use mysql::{BACKEND, CREATE, DROP, KIND, STORY, TEXT, follow_largest_id, in_words, of};

pub(crate) const ENGINE: &str = "mariadb";
pub(crate) const VARIABLE: &str = "RECENSION_MARIADB_URL";
