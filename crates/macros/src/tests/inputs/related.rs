//! Objects that have to do with each other, with a key of several fields and rows that are marked when they are deleted.
#![deny(missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications, dead_code)]
use recension::{Persist, Timestamp, VersionedObject};

/// A shelf.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "shelves", key = "id", soft_delete(time = "deleted_at", mark = "deleted"))]
#[persist(has_many(books: Book, by = "shelf_id"))]
pub struct Shelf {
    /// Given by who makes it.
    pub id: String,
    /// When it was deleted.
    #[field(server_set)]
    pub deleted_at: Option<Timestamp>,
    /// Whether it is deleted.
    #[field(server_set)]
    #[persist(null_as = false)]
    pub deleted: bool,
}

/// A book on it.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "books", key(shelf_id, number), belongs_to(shelf: Shelf, by = "shelf_id"))]
pub struct Book {
    /// The shelf.
    pub shelf_id: String,
    /// The place on it.
    pub number: i32,
}
