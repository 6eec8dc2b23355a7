//! Objects, lists and maps in a cell, defaults of new objects, and states that may not follow one another.

use std::collections::BTreeMap;

use recension::store::sea_orm::ConnectionTrait;
use recension::store::{Caller, Decision, Error, Incompatible, Operation, Policy, Store, SystemCapability};
use recension::{Edit, FieldEnum, Object, ObjectName, ObjectUnion, Persist, Rule, VersionedObject, wire};

/// What is in a box, as two releases have known it.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "cells", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "how much it weighs", add(grams, old_default = 7))]
pub struct Thing {
    pub name: String,
    pub grams: u32,
}

/// Something else that can be in a box.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "cells", default_class = "public")]
#[version("1.0", "first version")]
pub struct Note {
    pub text: Option<String>,
}

/// Either.
#[derive(Clone, Debug, PartialEq, ObjectUnion)]
pub enum Content {
    Thing(Thing),
    Note(Note),
}

/// Where a box is.
#[derive(Clone, Debug, PartialEq, FieldEnum)]
pub enum Place {
    #[field_enum(to(Sent, Lost))]
    Here,
    #[field_enum(to(Lost))]
    Sent,
    #[field_enum(to())]
    Lost,
    #[field_enum(unknown)]
    Unknown(String),
}

#[derive(Clone, PartialEq, VersionedObject, Persist)]
#[object(name = "Box", namespace = "cells", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "boxes", key = "id", revision)]
pub struct Crate {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    #[field(default = "Here")]
    pub place: Place,
    pub top: Option<Thing>,
    #[field(max_items = 3)]
    pub things: Vec<Thing>,
    pub labels: BTreeMap<String, Option<String>>,
    pub either: Option<Content>,
    #[field(default = "none", max_chars = 8)]
    pub remark: Option<String>,
}

struct Open;

impl Policy for Open {
    fn scope(&self, _: &Caller, _: Operation, _: &ObjectName) -> Decision {
        Decision::All
    }
}

/// A store with the table of boxes.
pub async fn boxes() -> Store {
    let store = Store::connect(&crate::engine::fresh().await).policy(Open).await.unwrap();
    let cells = "place TEXT NOT NULL, top TEXT, things TEXT, labels TEXT, either TEXT, remark TEXT";
    run(&store, &format!("CREATE TABLE boxes (id INTEGER PRIMARY KEY, {cells}, revision BIGINT)")).await;
    store
}

async fn run(store: &Store, sql: &str) {
    store.schema_connection(&SystemCapability::named("test")).execute_unprepared(&crate::engine::in_words(sql)).await.unwrap();
}

pub fn full() -> CrateDraft {
    let thing = |name: &str, grams| Thing { name: name.to_owned(), grams };
    let labels = [("colour".to_owned(), Some("red".to_owned())), ("owner".to_owned(), None)];
    let either = Content::Note(Note { text: Some("it's \"fragile\"\n".to_owned()) });
    Crate::draft().top(thing("lid", 3)).things(vec![thing("cup", 250), thing("saucer", 120)]).labels(labels.into()).either(either)
}

#[tokio::test]
async fn objects_lists_and_maps_come_back_from_their_cells() {
    let store = boxes().await;
    let session = store.session(&Caller::nobody());
    let made = session.create(full()).await.unwrap();
    let read = session.get::<Crate>(made.id).await.unwrap();
    assert!(read == made);
    assert_eq!(
        (read.things.len(), &read.labels["owner"], &read.either),
        (2, &None, &Some(Content::Note(Note { text: Some("it's \"fragile\"\n".to_owned()) })))
    );
    let mut edit = read.edit();
    edit.clear_top();
    edit.set_things(Vec::new());
    edit.set_either(Content::Thing(Thing { name: "spoon".to_owned(), grams: 30 }));
    let saved = session.save(&edit).await.unwrap();
    assert!(session.get::<Crate>(made.id).await.unwrap() == saved);
    assert!(saved.top.is_none() && saved.things.is_empty() && matches!(&saved.either, Some(Content::Thing(thing)) if thing.grams == 30));
}

#[tokio::test]
async fn s17_an_object_in_a_cell_has_its_version_and_is_upgraded_when_it_is_read() {
    let store = boxes().await;
    let session = store.session(&Caller::nobody());
    let made = session.create(full()).await.unwrap();
    let envelope = |version: &str, data: &str| {
        format!(
            r#"{{"versioned_object.name":"Thing","versioned_object.namespace":"cells","versioned_object.version":"{version}","versioned_object.data":{data}}}"#
        )
    };
    run(&store, &format!("UPDATE boxes SET top = '{}'", envelope("1.0", r#"{"name":"old"}"#))).await;
    assert!(session.get::<Crate>(made.id).await.unwrap().top == Some(Thing { name: "old".to_owned(), grams: 7 }));

    run(&store, &format!("UPDATE boxes SET top = '{}'", envelope("1.2", r#"{"name":"new"}"#))).await;
    let Err(Error::Incompatible(Incompatible::Object { object, version, supported })) = session.get::<Crate>(made.id).await else {
        panic!("read")
    };
    assert_eq!((object.as_str(), version.to_string(), supported.to_string()), ("Thing", "1.2".to_owned(), "1.1".to_owned()));
}

#[tokio::test]
async fn s17_a_cell_that_is_no_value_of_its_field_is_said_to_be_and_not_shown() {
    for (set, column, rule) in [
        ("top = 'canary'", "top", None),
        ("top = x'37'", "top", None),
        ("top = '7'", "top", Some(Rule::Kind { expected: "object", found: "number" })),
        ("things = NULL", "things", Some(Rule::NotNull)),
        ("things = '{}'", "things", Some(Rule::Kind { expected: "list", found: "map" })),
        ("labels = '[]'", "labels", Some(Rule::Kind { expected: "map", found: "array" })),
        (r#"labels = '{"canary":7}'"#, "labels", Some(Rule::Kind { expected: "text", found: "number" })),
        (r#"labels = '{"canary":"a","canary":"b"}'"#, "labels", Some(Rule::Twice)),
    ] {
        if set.contains("x'") && !crate::engine::TEXTS_TAKE_BYTES {
            continue;
        }
        let store = boxes().await;
        let session = store.session(&Caller::nobody());
        let made = session.create(full()).await.unwrap();
        run(&store, &format!("UPDATE boxes SET {set}")).await;
        let error = session.get::<Crate>(made.id).await.err().unwrap();
        assert!(matches!(error, Error::Integrity { .. }), "{set}: {error:?}");
        assert_eq!(error.rule(), rule.as_ref(), "{set}");
        assert!(error.log().contains(&format!("column={column}")) && !error.log().contains("canary"), "{set}: {}", error.log());
    }
}

#[tokio::test]
async fn a_limit_of_what_is_in_a_cell_is_checked_before_anything_is_sent() {
    let store = boxes().await;
    let session = store.session(&Caller::nobody());
    let four = vec![Thing { name: String::new(), grams: 1 }; 4];
    let sent = store.statements();
    let error = session.create(full().things(four)).await.err().unwrap();
    assert_eq!(error.rule(), Some(&Rule::Items { limit: 3, found: 4 }));
    let error = session.create(full().things(vec![Thing { name: "x".repeat(256), grams: 1 }])).await.err().unwrap();
    assert!(matches!(error.rule(), Some(Rule::Chars { limit: 255, found: 256 })), "{error:?}");
    let four = vec![Thing { name: String::new(), grams: 1 }; 4];
    let many = session.create_many([full(), full().things(four)]).await.map(drop);
    assert_eq!(many.as_ref().err().and_then(Error::rule), Some(&Rule::Items { limit: 3, found: 4 }));
    assert_eq!(store.statements(), sent);
}

#[tokio::test]
async fn a_new_object_gets_its_write_defaults_and_an_explicit_null_stays() {
    let store = boxes().await;
    let session = store.session(&Caller::nobody());
    let made = session.create(full()).await.unwrap();
    assert_eq!((&made.place, made.remark.as_deref()), (&Place::Here, Some("none")));
    let mut draft = full();
    draft.clear_remark();
    assert_eq!(session.create(draft).await.unwrap().remark, None);
}

#[tokio::test]
async fn a_state_goes_only_where_its_machine_allows() {
    let store = boxes().await;
    let session = store.session(&Caller::nobody());
    let made = session.create(full()).await.unwrap();
    let mut edit = made.edit();
    edit.set_place(Place::Sent);
    let sent = session.save(&edit).await.unwrap();
    let mut back = sent.edit();
    back.set_place(Place::Here);
    let forbidden = Rule::Transition("Place".to_owned());
    assert_eq!(session.save(&back).await.err().unwrap().rule(), Some(&forbidden));
    // To stay is no change of state.
    let mut same = sent.edit();
    same.set_place(Place::Sent);
    assert!(session.save(&same).await.is_ok());
}

#[tokio::test]
async fn x13_the_statement_compares_the_state_of_the_row_and_not_that_of_the_edit() {
    let store = boxes().await;
    let session = store.session(&Caller::nobody());
    let made = session.create(full().place(Place::Lost)).await.unwrap();
    // An edit that came in a message says only where the state is sent, not where it was.
    let mut edit = made.edit();
    edit.set_remark("seen");
    let message = String::from_utf8(wire::to_json(&edit, wire::Form::Trusted).unwrap()).unwrap();
    let claimed =
        message.replace("\"Lost\"", "\"Sent\"").replace(r#""versioned_object.changes":["#, r#""versioned_object.changes":["place","#);
    let claimed: Edit<Crate> = wire::from_json(claimed.as_bytes()).unwrap();
    let saved = session.save(&claimed).await;
    assert_eq!(saved.err().as_ref().and_then(Error::rule), Some(&Rule::Transition("Place".to_owned())));
    assert_eq!(session.get::<Crate>(made.id).await.unwrap().place, Place::Lost);
}
