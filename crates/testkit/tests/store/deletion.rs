//! Objects whose rows are marked when they are deleted.

use recension::Revision;
use recension::store::{Error, PageRequest, Sought};

use crate::files::*;
use crate::support::*;

const CELLS: &str = "SELECT quote(id) || '|' || quote(deleted_at) || '|' || quote(deleted) || '|' || quote(revision) || '|' || \
                     CASE WHEN natural_key IS NULL THEN 1 ELSE 0 END FROM files ORDER BY id";

async fn cells(store: &recension::Store, sql: &str) -> Vec<String> {
    rows(store, sql).await.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

#[tokio::test]
async fn deleting_marks_the_row_in_one_statement() {
    let store = files().await;
    let session = store.session(&owner());
    let (first, second) = (file(&session, "a").await, file(&session, "b").await);
    let sent = store.statements();
    session.delete(&second).await.unwrap();
    assert_eq!(store.statements() - sent, 1);
    let marked = format!("{0}|'2023-11-14 22:13:20.000000'|{0}|2|1", second.id);
    assert_eq!(cells(&store, CELLS).await, [format!("{}|NULL|0|1|0", first.id), marked]);

    let note = note(&session, first.id, "x").await;
    session.delete(&note).await.unwrap();
    assert_eq!(cells(&store, "SELECT quote(gone_at) FROM file_notes").await, ["'2023-11-14 22:13:21.000001'"]);
}

#[tokio::test]
async fn deleted_rows_are_absent_from_every_read() {
    let store = files().await;
    let session = store.session(&owner());
    let (kept, gone, unmarked) = (file(&session, "a").await, file(&session, "b").await, file(&session, "c").await);
    run(&store, "UPDATE files SET deleted = NULL WHERE name = 'c'").await;
    session.delete(&gone).await.unwrap();
    let ids = async |find: recension::store::Find<File>| -> Vec<i64> {
        find.order_by(File::COLUMN.id.asc()).all().await.unwrap().iter().map(|file| file.id).collect()
    };
    let live = [kept.id, unmarked.id];

    assert!(matches!(session.get::<File>(gone.id).await, Err(Error::NotFound { sought: Sought::Object, .. })));
    assert_eq!(ids(session.find()).await, live);
    assert_eq!(ids(session.find::<File>().filter(File::COLUMN.deleted.eq(true))).await, [0_i64; 0]);
    assert_eq!(session.find::<File>().count().await.unwrap(), 2);
    assert!(!session.find::<File>().filter(File::COLUMN.id.eq(gone.id)).exists().await.unwrap());
    assert!(session.find::<File>().filter(File::COLUMN.id.eq(gone.id)).one().await.unwrap().is_none());
    assert_eq!(session.find::<File>().select([File::COLUMN.id]).await.unwrap().len(), 2);
    let page = session.find::<File>().page(PageRequest::first(10)).await.unwrap();
    assert_eq!(page.items.iter().map(|file| file.id).collect::<Vec<_>>(), live);
    let marker = session.find::<File>().page(PageRequest::after(gone.id, 10)).await;
    assert!(matches!(marker, Err(Error::NotFound { sought: Sought::Marker, .. })));

    assert_eq!(ids(session.find().with_deleted()).await, [kept.id, gone.id, unmarked.id]);
    assert_eq!(ids(session.find().with_deleted().filter(File::COLUMN.deleted.eq(true))).await, [gone.id]);
    let page = session.find::<File>().with_deleted().page(PageRequest::after(gone.id, 10)).await.unwrap();
    assert_eq!(page.items.iter().map(|file| file.id).collect::<Vec<_>>(), [unmarked.id]);
    let read = session.get_with_deleted::<File>(gone.id).await.unwrap();
    assert!(read.deleted && read.deleted_at.is_some());
    assert_eq!(read.revision(), Revision(2));
}

#[tokio::test]
async fn a_mark_of_time_alone_hides_a_row() {
    let store = files().await;
    let session = store.session(&owner());
    let (kept, gone) = (note(&session, 1, "x").await, note(&session, 1, "y").await);
    session.delete(&gone).await.unwrap();
    let all = session.find::<Note>().all().await.unwrap();
    assert_eq!(all.iter().map(|note| note.id).collect::<Vec<_>>(), [kept.id]);
    let read = session.get_with_deleted::<Note>(gone.id).await.unwrap();
    assert_eq!(session.restore(&read).await.unwrap().gone_at, None);
    assert_eq!(session.find::<Note>().count().await.unwrap(), 2);
}

#[tokio::test]
async fn s18_a_soft_delete_compares_the_revision() {
    let store = files().await;
    let session = store.session(&owner());
    let first = file(&session, "a").await;
    let mut edit = first.edit();
    edit.set_name("b");
    let second = session.save(&edit).await.unwrap();
    let error = session.delete(&first).await;
    assert!(matches!(error, Err(Error::Conflict { expected: Revision(1), actual: Revision(2), .. })), "{error:?}");
    session.delete(&second).await.unwrap();
    // Deleted rows are neither deleted again nor changed.
    assert!(matches!(session.delete(&second).await, Err(Error::NotFound { .. })));
    assert!(matches!(session.save(&edit).await, Err(Error::NotFound { .. })));
    let read = session.get_with_deleted::<File>(first.id).await.unwrap();
    let mut edit = read.edit();
    edit.set_name("c");
    assert!(matches!(session.save(&edit).await, Err(Error::NotFound { .. })));
    let stale = session.restore(&second).await;
    assert!(matches!(stale, Err(Error::Conflict { expected: Revision(2), actual: Revision(3), .. })), "{stale:?}");
}

#[tokio::test]
async fn s2_marking_restoring_and_purging_take_the_policy_on_the_row() {
    let store = files().await;
    let session = store.session(&owner());
    let made = file(&session, "a").await;
    for caller in [colleague(), stranger()] {
        assert!(matches!(store.session(&caller).delete(&made).await, Err(Error::NotFound { .. })), "{caller:?}");
    }
    session.delete(&made).await.unwrap();
    let deleted = session.get_with_deleted::<File>(made.id).await.unwrap();
    for caller in [colleague(), stranger()] {
        let session = store.session(&caller);
        assert!(matches!(session.restore(&deleted).await, Err(Error::NotFound { .. })), "{caller:?}");
        assert!(matches!(session.purge(&deleted).await, Err(Error::NotFound { .. })), "{caller:?}");
    }
    assert!(matches!(store.session(&stranger()).get_with_deleted::<File>(made.id).await, Err(Error::NotFound { .. })));
    assert_eq!(store.session(&stranger()).find::<File>().with_deleted().count().await.unwrap(), 0);
    assert_eq!(number(&store, "SELECT count(*) FROM files WHERE id = 1 AND deleted = 1 AND revision = 2").await, 1);
}

#[tokio::test]
async fn a_deleted_row_is_restored_whole() {
    let store = files().await;
    let session = store.session(&owner());
    let made = file(&session, "a").await;
    assert!(matches!(session.restore(&made).await, Err(Error::NotFound { .. })), "it is not deleted");
    session.delete(&made).await.unwrap();
    let deleted = session.get_with_deleted::<File>(made.id).await.unwrap();
    let restored = session.restore(&deleted).await.unwrap();
    assert_eq!((restored.deleted, restored.deleted_at, restored.revision()), (false, None, Revision(3)));
    assert_eq!(cells(&store, CELLS).await, ["1|NULL|0|3|0"]);
    assert_eq!(session.get::<File>(made.id).await.unwrap().name, "a");
}

#[tokio::test]
async fn a_deleted_row_gives_its_natural_key_free() {
    let store = files().await;
    let session = store.session(&owner());
    let first = file(&session, "a").await;
    session.delete(&first).await.unwrap();
    let second = file(&session, "a").await;
    let deleted = session.get_with_deleted::<File>(first.id).await.unwrap();
    assert!(matches!(session.restore(&deleted).await, Err(Error::AlreadyExists { .. })));
    // As a program leaves it that does not know natural keys.
    run(&store, &format!("UPDATE files SET natural_key = NULL WHERE id = {}", second.id)).await;
    assert!(matches!(session.restore(&deleted).await, Err(Error::AlreadyExists { .. })));
    session.delete(&second).await.unwrap();
    session.restore(&deleted).await.unwrap();
    let draft = <File as recension::Object>::draft().name("a");
    let again = session.create_filled(draft, |fields| fields.set_deleted(false)).await;
    assert!(matches!(again, Err(Error::AlreadyExists { .. })), "a restored row has its natural key again");
}

#[tokio::test]
async fn a_purged_row_is_gone() {
    let store = files().await;
    let session = store.session(&owner());
    let made = file(&session, "a").await;
    session.delete(&made).await.unwrap();
    assert!(matches!(session.purge(&made).await, Err(Error::Conflict { .. })), "the revision is compared");
    session.purge(&session.get_with_deleted::<File>(made.id).await.unwrap()).await.unwrap();
    let live = file(&session, "b").await;
    session.purge(&live).await.unwrap();
    assert_eq!(number(&store, "SELECT count(*) FROM files").await, 0);
}
