//! What `Persist` makes of a struct, seen from a user's crate.
#![deny(missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications, clippy::all)]

use recension::store::Fill;
use recension::store::sea_orm::entity::prelude::Uuid;
use recension::store::sea_orm::{EntityName, Iterable};
use recension::{FieldEnum, Persist, Secret, Timestamp, Value, VersionedObject};

/// How far it is.
#[derive(Clone, Debug, PartialEq, FieldEnum)]
pub enum State {
    /// Not begun.
    Queued,
    /// As another release says.
    #[field_enum(unknown)]
    Unknown(String),
}

/// A task of every kind of field that fits a column.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo", default_class = "internal")]
#[version("1.0", "first version")]
#[persist(table = "tasks", key = "id", revision)]
#[persist(natural_key(project_id, kind))]
pub struct Task {
    /// Made by the database.
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    /// When it was made.
    #[field(server_set)]
    #[persist(fill = "now")]
    pub created_at: Option<Timestamp>,
    /// When it was last written.
    #[field(server_set)]
    #[persist(fill = "touched")]
    pub updated_at: Option<Timestamp>,
    /// Whose it is.
    #[field(server_set)]
    #[persist(fill = "project")]
    pub project_id: Option<String>,
    /// Who made it.
    #[field(server_set)]
    #[persist(fill = "user", column = "user")]
    pub user_id: Option<String>,
    /// What it is.
    pub kind: String,
    /// Whether it is gone.
    #[persist(null_as = false)]
    pub deleted: bool,
    /// How far it is.
    #[persist(null_as = "Queued")]
    pub state: State,
    /// How often it was tried.
    pub tries: u32,
    /// A key to something.
    pub token: Option<Secret<String>>,
    /// The node.
    pub node: Option<Uuid>,
}

#[test]
fn the_mapping_says_what_the_attributes_say() {
    let mapping = Task::mapping();
    assert_eq!((mapping.table(), mapping.keys(), mapping.revision_column()), ("tasks", [0].as_slice(), Some("revision")));
    let natural = mapping.natural().unwrap();
    assert_eq!((natural.column, natural.fields.as_slice()), ("natural_key", [3, 5].as_slice()));
    let columns: Vec<_> = mapping.columns().iter().map(|column| (column.column, column.fill)).collect();
    assert_eq!(
        columns,
        [
            ("id", Fill::Auto),
            ("created_at", Fill::Now),
            ("updated_at", Fill::Touched),
            ("project_id", Fill::Project),
            ("user", Fill::User),
            ("kind", Fill::Given),
            ("deleted", Fill::Given),
            ("state", Fill::Given),
            ("tries", Fill::Given),
            ("token", Fill::Given),
            ("node", Fill::Given),
        ]
    );
    assert_eq!(mapping.columns()[6].null_as, Some(Value::Bool(false)));
    assert_eq!(mapping.columns()[7].null_as.as_ref().map(Value::kind), Some("enum"));
    assert_eq!((Task::COLUMN.user_id.field(), Task::COLUMN.user_id.name()), (4, "user"));
}

#[test]
fn the_generated_entity_is_an_ordinary_one() {
    assert_eq!(task_row::Entity.table_name(), "tasks");
    assert_eq!(task_row::Column::iter().count(), 13);
}

#[test]
fn s9_a_row_does_not_show_its_values() {
    let row = task_row::Model {
        id: 1,
        created_at: None,
        updated_at: None,
        project_id: None,
        user_id: None,
        kind: "boot".to_owned(),
        deleted: None,
        state: None,
        tries: 1_i64,
        token: Some("s3cr3t".to_owned()),
        node: None,
        revision: Some(1),
        natural_key: None,
    };
    assert_eq!(format!("{row:?}"), "Task row");
}

mod given {
    //! An entity that was there before.
    #![allow(missing_docs, unreachable_pub)]

    use recension::store::sea_orm::{self, entity::prelude::*};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "nodes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub uuid: String,
        pub name: Option<String>,
        /// A column that the object does not know.
        pub rack: Option<String>,
        pub revision: Option<i64>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An object in a table that was there before.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(entity = given, key = "uuid", revision)]
struct Node {
    #[persist(fill = "auto")]
    uuid: Uuid,
    #[persist(null_as = "")]
    name: String,
}

#[test]
fn a_given_entity_names_its_table() {
    assert_eq!(Node::mapping().table(), "nodes");
    let node = Node { uuid: Uuid::nil(), name: "node-1".to_owned() };
    assert_eq!(node.key(), Uuid::nil());
    assert_eq!(node.name, "node-1");
}

macro_rules! stored {
    ($name:ident { $($field:ident: $type:ty),* $(,)? }) => {
        /// Written by a macro, as tests and generators do.
        #[derive(Clone, VersionedObject, Persist)]
        #[object(namespace = "demo")]
        #[version("1.0", "first version")]
        #[persist(table = "generated", key = "id")]
        struct $name {
            $($field: $type),*
        }
    };
}
stored!(Generated { id: i64, note: Option<String>, at: Timestamp });

#[test]
fn a_struct_may_be_written_by_a_macro() {
    let mut draft = <Generated as recension::Object>::draft().id(1).note("x");
    draft.clear_note();
    assert_eq!(draft.note_ref(), Some(&None));
    assert_eq!(Generated::mapping().columns().len(), 3);
    assert_eq!(Generated::COLUMN.note.name(), "note");
}
