//! Relations, marked deletion and keys of several fields: what does not fit.
use recension::{Persist, Timestamp, VersionedObject};

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "shelves", key(room, room), soft_delete(time = "at", mark = "name", when = "x"))]
#[persist(has_many(books: Book), has_many(column: Book, by = "shelf"), belongs_to(house: House, by = "huose"))]
pub struct Shelf {
    #[persist(fill = "auto")]
    pub room: i64,
    #[field(server_set)]
    pub name: String,
    pub at: Option<Timestamp>,
    pub house: i64,
}

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "rooms", key(id, floor), soft_delete())]
pub struct Room {
    #[persist(fill = "auto")]
    pub id: i64,
    pub floor: u8,
}

/// The field that is named holds no key of the other object, or is not there.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "books", key = "id", has_many(pages: Page, by = "book"), has_many(lost: Page, by = "buch"))]
pub struct Book {
    pub id: i64,
}

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "pages", key = "id")]
pub struct Page {
    pub id: i64,
    pub book: String,
}

async fn no_marks(session: recension::Session, page: recension::Persisted<Page>) {
    let _ = session.restore(&page).await;
}

fn main() {}
