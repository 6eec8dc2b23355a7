//! Objects that have to do with each other, and whose rows are marked when they are deleted.

use recension::store::sea_orm::Condition;
use recension::store::{Caller, Decision, Operation, Policy, Session, Store};
use recension::{Object, ObjectName, Persist, Persisted, Timestamp, VersionedObject};

use crate::engine::fresh;
use crate::support::*;

/// A folder of a project: nothing of it is kept when it is deleted.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "folders", key = "name", revision, has_many(files: File, by = "folder"))]
pub struct Folder {
    #[field(read_only)]
    pub name: String,
}

/// A file in a folder. The row of a deleted one is kept, as the reference keeps its rows.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "files", key = "id", revision, natural_key(project_id, name))]
#[persist(soft_delete(time = "deleted_at", mark = "deleted"))]
#[persist(has_many(notes: Note, by = "file_id"), belongs_to(folder: Folder, by = "folder"))]
pub struct File {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    #[field(server_set, read_only)]
    #[persist(fill = "project")]
    pub project_id: Option<String>,
    #[field(server_set, read_only)]
    #[persist(fill = "user")]
    pub user_id: Option<String>,
    pub folder: Option<String>,
    pub name: String,
    #[field(server_set)]
    pub deleted_at: Option<Timestamp>,
    #[field(server_set)]
    #[persist(null_as = false)]
    pub deleted: bool,
}

/// A note on a file: marked by a time alone, in a table that counts no writes.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "file_notes", key = "id", soft_delete(time = "gone_at"), belongs_to(file: File, by = "file_id"))]
pub struct Note {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    #[field(server_set, read_only)]
    #[persist(fill = "project")]
    pub project_id: Option<String>,
    pub file_id: Option<i64>,
    pub text: String,
    #[field(server_set)]
    pub gone_at: Option<Timestamp>,
}

const TABLES: [&str; 3] = [
    "CREATE TABLE folders (name VARCHAR(64) PRIMARY KEY, revision BIGINT)",
    "CREATE TABLE files (id INTEGER PRIMARY KEY, project_id VARCHAR(255), user_id VARCHAR(255), folder VARCHAR(64), name VARCHAR(64), \
     deleted_at DATETIME, deleted INTEGER, revision BIGINT, natural_key VARCHAR(64) UNIQUE)",
    "CREATE TABLE file_notes (id INTEGER PRIMARY KEY, project_id VARCHAR(255), file_id BIGINT, text VARCHAR(64), gone_at DATETIME)",
];

/// A project sees what is its own, and only who made a file changes or deletes it. Folders are for all.
pub struct Files;

impl Policy for Files {
    fn scope(&self, caller: &Caller, operation: Operation, object: &ObjectName) -> Decision {
        let (Some(project), Some(user)) = (caller.project_id(), caller.user_id()) else { return Decision::Deny };
        if *object == "Folder" {
            return Decision::All;
        }
        if *object == "Note" {
            return Decision::Where(Condition::all().add(Note::COLUMN.project_id.eq(project)));
        }
        let files = Condition::all().add(File::COLUMN.project_id.eq(project));
        let changes = matches!(operation, Operation::Update | Operation::Delete);
        Decision::Where(if changes { files.add(File::COLUMN.user_id.eq(user)) } else { files })
    }
}

/// A store with the tables, under that policy.
pub async fn files() -> Store {
    files_at(&fresh().await).await
}

/// The same, at a URL.
pub async fn files_at(url: &str) -> Store {
    let store = store_at(url, Files).await;
    make_file_tables(&store).await;
    store
}

/// Makes the tables.
pub async fn make_file_tables(store: &Store) {
    for table in TABLES {
        run(store, table).await;
    }
}

/// A stored file.
pub async fn file(session: &Session, name: &str) -> Persisted<File> {
    session.create_filled(File::draft().folder("inbox").name(name), |fields| fields.set_deleted(false)).await.unwrap()
}

/// A stored note on a file.
pub async fn note(session: &Session, file: i64, text: &str) -> Persisted<Note> {
    session.create(Note::draft().file_id(file).text(text)).await.unwrap()
}
