//! Keys of other types than an integer, and of several fields.

use recension::store::{Error, PageRequest, Sought, Store};
use recension::{Object, Persist, Revision, VersionedObject};
use uuid::Uuid;

use crate::support::*;

/// What a host may use of a resource.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "quotas", key(host, shelf), revision, natural_key(note))]
struct Quota {
    #[field(read_only)]
    host: String,
    #[field(read_only)]
    shelf: i32,
    size: i64,
    note: Option<String>,
}

/// A key of three fields.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "slots", key(node, shelf, number))]
struct Place {
    label: Option<String>,
    #[field(read_only)]
    number: i64,
    #[field(read_only)]
    node: Uuid,
    #[field(read_only)]
    shelf: i32,
}

/// A key of text.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "words", key = "word", revision)]
struct Word {
    #[field(read_only)]
    word: String,
    count: i64,
}

/// A short key, which the database makes.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "shorts", key(id))]
struct Short {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    id: i32,
    text: String,
}

const TABLES: [&str; 4] = [
    "CREATE TABLE quotas (host VARCHAR(64), shelf INTEGER, size BIGINT, note VARCHAR(64), revision BIGINT, \
     natural_key VARCHAR(64) UNIQUE, PRIMARY KEY (host, shelf))",
    "CREATE TABLE slots (label VARCHAR(64), number INTEGER, node VARCHAR(36), shelf INTEGER, PRIMARY KEY (node, shelf, number))",
    "CREATE TABLE words (word VARCHAR(64) PRIMARY KEY, count INTEGER, revision BIGINT)",
    "CREATE TABLE shorts (id INTEGER PRIMARY KEY, text VARCHAR(64))",
];

async fn tables() -> Store {
    let store = store_with(AllowAll).await;
    for table in TABLES {
        run(&store, table).await;
    }
    store
}

fn quota(host: &str, shelf: i32, size: i64) -> recension::Draft<Quota> {
    Quota::draft().host(host).shelf(shelf).size(size)
}

#[tokio::test]
async fn a_row_is_named_by_all_fields_of_its_key() {
    let store = tables().await;
    let session = store.session(&owner());
    for (host, shelf) in [("a", 1), ("a", 2), ("b", 1)] {
        session.create(quota(host, shelf, 10)).await.unwrap();
    }
    assert!(matches!(session.create(quota("a", 2, 5)).await, Err(Error::AlreadyExists { .. })));
    let read = session.get::<Quota>(("a".to_owned(), 2)).await.unwrap();
    assert_eq!(read.key(), ("a".to_owned(), 2));
    let mut edit = read.edit();
    edit.set_size(11);
    let saved = session.save(&edit).await.unwrap();
    assert_eq!((saved.size, saved.revision()), (11, Revision(2)));
    assert_eq!(number(&store, "SELECT CAST(sum(size) AS BIGINT) FROM quotas").await, 31, "one row was changed");
    assert!(matches!(session.delete(&read).await, Err(Error::Conflict { .. })));
    session.delete(&saved).await.unwrap();
    assert_eq!(number(&store, "SELECT count(*) FROM quotas").await, 2, "one row was deleted");
    assert!(matches!(session.get::<Quota>(("a".to_owned(), 2)).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn s19_a_row_is_no_clash_with_itself() {
    let store = tables().await;
    let session = store.session(&owner());
    let first = session.create(quota("a", 1, 1).note("x")).await.unwrap();
    let second = session.create(quota("a", 2, 1).note("y")).await.unwrap();
    // As a program leaves them that does not know natural keys.
    run(&store, "UPDATE quotas SET natural_key = NULL").await;
    let mut edit = second.edit();
    edit.set_note("x");
    assert!(matches!(session.save(&edit).await, Err(Error::AlreadyExists { .. })));
    let mut edit = first.edit();
    edit.set_note("x");
    session.save(&edit).await.unwrap();
}

#[tokio::test]
async fn s16_pages_of_a_composite_key_give_every_row_once() {
    let store = tables().await;
    let session = store.session(&owner());
    for (host, shelf) in [("b", 2), ("a", 3), ("b", 1), ("a", 1), ("c", 1), ("a", 2), ("b", 3)] {
        session.create(quota(host, shelf, i64::from(shelf % 2))).await.unwrap();
    }
    let whole = [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2), ("b", 3), ("c", 1)];
    let by_size = [("a", 2), ("b", 2), ("a", 1), ("a", 3), ("b", 1), ("b", 3), ("c", 1)];
    for size in 1..=8 {
        for (ordered, expected) in [(false, whole), (true, by_size)] {
            let mut seen = Vec::new();
            let mut request = PageRequest::first(size);
            loop {
                let find = session.find::<Quota>();
                let find = if ordered { find.order_by(Quota::COLUMN.size.asc()) } else { find };
                let page = find.page(request).await.unwrap();
                seen.extend(page.items.iter().map(|quota| quota.key()));
                match page.next {
                    Some(next) => request = PageRequest::after(next, size),
                    None => break,
                }
            }
            assert_eq!(seen, expected.map(|(host, shelf)| (host.to_owned(), shelf)), "pages of {size}");
        }
    }
    let gone = session.find::<Quota>().page(PageRequest::after(("a".to_owned(), 9), 2)).await;
    assert!(matches!(gone, Err(Error::NotFound { sought: Sought::Marker, .. })));
}

#[tokio::test]
async fn a_key_has_up_to_three_fields_in_an_order_of_their_own() {
    let store = tables().await;
    let session = store.session(&owner());
    let node = Uuid::from_u128(5);
    for number in [1, 2] {
        session.create(Place::draft().node(node).shelf(7).number(number).label(format!("slot {number}"))).await.unwrap();
    }
    let place = session.get::<Place>((node, 7, 2)).await.unwrap();
    assert_eq!((place.label.as_deref(), place.key()), (Some("slot 2"), (node, 7, 2)));
    assert!(matches!(session.get::<Place>((node, 2, 7)).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn a_key_may_be_text_or_a_short_integer() {
    let store = tables().await;
    let session = store.session(&owner());
    for word in ["one", "two"] {
        session.create(Word::draft().word(word).count(1)).await.unwrap();
    }
    let word = session.get::<Word>("two".to_owned()).await.unwrap();
    session.delete(&word).await.unwrap();
    let page = session.find::<Word>().page(PageRequest::first(1)).await.unwrap();
    assert_eq!((page.items[0].count, page.next), (1, None));
    let none = session.find::<Word>().page(PageRequest::after("one".to_owned(), 5)).await.unwrap();
    assert!(none.items.is_empty());

    let short = session.create(Short::draft().text("x")).await.unwrap();
    assert_eq!(short.id, 1_i32);
    assert_eq!(session.get::<Short>(1).await.unwrap().text, "x");
    run(&store, "INSERT INTO shorts (id, text) VALUES (2147483648, 'too far')").await;
    assert!(matches!(session.find::<Short>().all().await, Err(Error::Integrity { .. })));
}
