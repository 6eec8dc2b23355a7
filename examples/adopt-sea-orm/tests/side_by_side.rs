//! Three releases on one database: the project as it was, as it adopted Recension, and one release later.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../src"]
#[allow(dead_code, reason = "the test takes the parts")]
mod adopted {
    pub(crate) mod migrations;
    pub(crate) mod object;
    pub(crate) mod parcel;
    pub(crate) mod queries;
}
#[path = "../before"]
#[allow(dead_code, reason = "the test takes the parts")]
mod before {
    pub(crate) mod migrations;
    pub(crate) mod parcel;
    pub(crate) mod queries;
}
#[path = "../next"]
#[allow(dead_code, reason = "the test takes the parts")]
mod next {
    pub(crate) mod migrations;
    pub(crate) mod object;
    pub(crate) mod parcel;
    pub(crate) mod queries;
}

use std::path::Path;
use std::process::{Command, Output};

use recension::store::{Error, Session};
use recension::wire::{self, Form};
use recension::{Caller, Persisted, Policy, Store};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, Database, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
};
use sea_orm_migration::MigratorTrait;
use tempfile::TempDir;

fn url(folder: &TempDir) -> String {
    format!("sqlite://{}?mode=rwc", folder.path().join("parcels.db").display())
}

/// A database as one release has it: its tables made by that release's migrations, by way of sea-orm.
async fn migrated<M: MigratorTrait>(folder: &TempDir) -> DatabaseConnection {
    let db = Database::connect(url(folder)).await.unwrap();
    M::up(&db, None).await.unwrap();
    db
}

async fn clerk(folder: &TempDir, policy: impl Policy) -> Session {
    let store = Store::connect(&url(folder)).policy(policy).await.unwrap();
    store.session(&Caller::user("clerk-1", "north"))
}

fn run(binary: &str, file: &Path) -> Output {
    Command::new(binary).arg(file).output().unwrap()
}

#[test]
fn each_release_runs_on_what_the_one_before_left() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("parcels.db");
    let (before, adopted, next) = (env!("CARGO_BIN_EXE_before"), env!("CARGO_BIN_EXE_adopt-sea-orm"), env!("CARGO_BIN_EXE_next"));
    for (release, waiting) in [(before, 1), (adopted, 2), (next, 3)] {
        let output = run(release, &file);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "waiting: M. Chen\n".repeat(waiting));
    }
    // What the README warns of: sea-orm's migrator, which the older release runs at its start.
    let output = run(before, &file);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("m20260301_000002_revision"));
}

#[tokio::test]
async fn old_code_and_new_code_work_on_the_same_rows() {
    let folder = TempDir::new().unwrap();
    // The old node was there first, and goes on with the connection it has.
    let old = migrated::<before::migrations::Migrator>(&folder).await;
    let parcel = before::queries::take_in(&old, "north", "R. Diaz").await.unwrap();
    let new = migrated::<adopted::migrations::Migrator>(&folder).await;
    let clerk = clerk(&folder, adopted::object::ByDepot).await;

    // Taken in by the old node, handed over by the new one.
    let read = clerk.get::<adopted::object::Parcel>(parcel.id).await.unwrap();
    assert_eq!((read.recipient.as_str(), read.depot.as_str(), read.revision().0), ("R. Diaz", "north", 0));
    let handed = adopted::queries::hand_over(&clerk, &read).await.unwrap();
    assert_eq!(handed.revision().0, 1);
    assert_eq!(before::queries::waiting(&old, "north").await.unwrap(), []);

    // Taken in by the new node, seen by both, handed over by the old one.
    let taken = adopted::queries::take_in(&clerk, "M. Chen").await.unwrap();
    let seen = before::queries::waiting(&old, "north").await.unwrap();
    assert_eq!(adopted::queries::waiting(&new, "north").await.unwrap().iter().map(|row| row.id).collect::<Vec<_>>(), [taken.id]);
    let row = before::queries::hand_over(&old, seen[0].clone()).await.unwrap();
    let read = clerk.get::<adopted::object::Parcel>(taken.id).await.unwrap();
    assert_eq!((row.id, read.handed_over_at.is_some()), (taken.id, true));
    // The old node does not count its writes, which the README says.
    assert_eq!(read.revision(), taken.revision());
}

#[tokio::test]
async fn s18_of_two_writers_the_second_is_told() {
    let folder = TempDir::new().unwrap();
    let db = migrated::<adopted::migrations::Migrator>(&folder).await;
    let clerk = clerk(&folder, adopted::object::ByDepot).await;
    let parcel = adopted::queries::take_in(&clerk, "R. Diaz").await.unwrap();
    let first = adopted::queries::hand_over(&clerk, &parcel).await.unwrap();
    let second = adopted::queries::hand_over(&clerk, &parcel).await;
    assert!(matches!(second, Err(Error::Conflict { .. })));
    let stored = clerk.get::<adopted::object::Parcel>(parcel.id).await.unwrap();
    assert_eq!(stored.handed_over_at, first.handed_over_at);

    // As it was before, nobody was told: the later time is the one that stays.
    let row = before::parcel::Entity::find_by_id(parcel.id).one(&db).await.unwrap().unwrap();
    let first = before::queries::hand_over(&db, row.clone()).await.unwrap();
    let second = before::queries::hand_over(&db, row).await.unwrap();
    assert!(first.handed_over_at < second.handed_over_at);
}

#[tokio::test]
async fn s1_a_clerk_of_another_depot_finds_nothing() {
    let folder = TempDir::new().unwrap();
    migrated::<adopted::migrations::Migrator>(&folder).await;
    let store = Store::connect(&url(&folder)).policy(adopted::object::ByDepot).await.unwrap();
    let parcel = adopted::queries::take_in(&store.session(&Caller::user("clerk-1", "north")), "R. Diaz").await.unwrap();
    let stranger = store.session(&Caller::user("clerk-2", "south"));
    assert!(matches!(stranger.get::<adopted::object::Parcel>(parcel.id).await, Err(Error::NotFound { .. })));
    assert!(matches!(adopted::queries::hand_over(&stranger, &parcel).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn queries_of_plain_sea_orm_stay() {
    use adopted::parcel::{ActiveModel, Column, Entity};
    use sea_orm::Set;
    use sea_orm::sea_query::{Expr, ExprTrait};

    let folder = TempDir::new().unwrap();
    let db = migrated::<adopted::migrations::Migrator>(&folder).await;
    let clerk = clerk(&folder, adopted::object::ByDepot).await;
    let parcel = adopted::queries::take_in(&clerk, "R. Diaz").await.unwrap();
    adopted::queries::take_in(&clerk, "M. Chen").await.unwrap();

    // Reading, whatever is asked.
    assert_eq!(Entity::find().filter(Column::Recipient.starts_with("R.")).count(&db).await.unwrap(), 1);
    let names: Vec<String> = Entity::find().select_only().column(Column::Recipient).into_tuple().all(&db).await.unwrap();
    assert_eq!(names, ["R. Diaz", "M. Chen"]);

    // A write that counts itself is one more writer among ours.
    let counted = Expr::col(Column::Revision).if_null(0).add(1);
    let update = Entity::update_many().col_expr(Column::Revision, counted).col_expr(Column::Recipient, Expr::value("R. Diaz-Ruiz"));
    update.filter(Column::Id.eq(parcel.id)).exec(&db).await.unwrap();
    assert!(matches!(adopted::queries::hand_over(&clerk, &parcel).await, Err(Error::Conflict { .. })));

    // One that does not is no conflict, and is not undone either: only changed columns are written.
    let read = clerk.get::<adopted::object::Parcel>(parcel.id).await.unwrap();
    let row = ActiveModel { id: Set(parcel.id), recipient: Set("R. Ruiz".to_owned()), ..Default::default() };
    row.update(&db).await.unwrap();
    let handed = adopted::queries::hand_over(&clerk, &read).await.unwrap();
    assert_eq!((handed.recipient.as_str(), handed.handed_over_at.is_some()), ("R. Ruiz", true));

    // Inserts and deletes are as they were.
    before::queries::take_in(&db, "north", "K. Sato").await.unwrap();
    Entity::delete_by_id(parcel.id).exec(&db).await.unwrap();
    assert!(matches!(clerk.get::<adopted::object::Parcel>(parcel.id).await, Err(Error::NotFound { .. })));
}

/// What the README says of times: SQLite keeps the digits it is given.
#[tokio::test]
async fn a_time_that_is_finer_than_a_microsecond_is_refused_by_the_name_of_its_column() {
    let folder = TempDir::new().unwrap();
    let db = migrated::<adopted::migrations::Migrator>(&folder).await;
    let clerk = clerk(&folder, adopted::object::ByDepot).await;
    let parcel = before::queries::take_in(&db, "north", "R. Diaz").await.unwrap();
    db.execute_unprepared("UPDATE parcels SET received_at = '2026-03-01 10:00:00.123456789'").await.unwrap();
    let refused = clerk.get::<adopted::object::Parcel>(parcel.id).await.unwrap_err();
    assert!(matches!(&refused, Error::Integrity { .. }) && refused.log().to_string().contains("received_at"), "{refused}");
    db.execute_unprepared("UPDATE parcels SET received_at = substr(received_at, 1, 26)").await.unwrap();
    let read = clerk.get::<adopted::object::Parcel>(parcel.id).await.unwrap();
    assert_eq!(read.received_at.display(6).to_string(), "2026-03-01T10:00:00.123456Z");
}

#[tokio::test]
async fn a_version_was_added_and_releases_of_both_lose_nothing() {
    let folder = TempDir::new().unwrap();
    migrated::<next::migrations::Migrator>(&folder).await;
    let older = clerk(&folder, adopted::object::ByDepot).await;
    let newer = clerk(&folder, next::object::ByDepot).await;
    let taken = adopted::queries::take_in(&older, "R. Diaz").await.unwrap();
    let read = newer.get::<next::object::Parcel>(taken.id).await.unwrap();
    let left = next::queries::hand_over(&newer, &read, Some("a neighbour")).await.unwrap();
    assert_eq!(left.left_with.as_deref(), Some("a neighbour"));

    // The older release reads the row, and changes what it knows.
    let mut edit = older.get::<adopted::object::Parcel>(taken.id).await.unwrap().edit();
    edit.set_recipient("R. Ruiz");
    older.save(&edit).await.unwrap();
    let read = newer.get::<next::object::Parcel>(taken.id).await.unwrap();
    assert_eq!((read.recipient.as_str(), read.left_with.as_deref()), ("R. Ruiz", Some("a neighbour")));

    // A message for the older release comes back with what it could not read.
    let message = wire::to_json(&read, Form::Trusted.at("1.0")).unwrap();
    let there: Persisted<adopted::object::Parcel> = wire::from_json(&message).unwrap();
    let back: Persisted<next::object::Parcel> = wire::from_json(&wire::to_json(&there, Form::Trusted).unwrap()).unwrap();
    assert_eq!((back.recipient.as_str(), back.left_with.as_deref()), ("R. Ruiz", Some("a neighbour")));
}
