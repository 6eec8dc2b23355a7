//! An object in a table of its own.
#![deny(missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications, dead_code)]
use recension::{Persist, Secret, Timestamp, VersionedObject};

/// An event.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "events", key = "id", revision, natural_key(project_id, kind))]
pub struct Event {
    /// Made by the database.
    #[field(server_set)]
    #[persist(fill = "auto")]
    pub id: i64,
    /// When it was last written.
    #[field(server_set)]
    #[persist(fill = "touched")]
    pub updated_at: Option<Timestamp>,
    /// Whose it is.
    #[field(server_set)]
    #[persist(fill = "project", column = "project")]
    pub project_id: Option<String>,
    /// What it is.
    pub kind: Secret<String>,
    /// Whether it is gone.
    #[persist(null_as = false)]
    pub deleted: bool,
}
