//! What objects have to do with each other, loaded in batches.

use recension::store::{Error, Invalid};
use recension::{Object, Persisted};

use crate::files::*;
use crate::support::*;

fn texts(notes: &[Persisted<Note>]) -> Vec<&str> {
    notes.iter().map(|note| note.text.as_str()).collect()
}

#[tokio::test]
async fn children_come_in_the_order_of_their_parents() {
    let store = files().await;
    let session = store.session(&owner());
    let (a, b, c) = (file(&session, "a").await, file(&session, "b").await, file(&session, "c").await);
    for (parent, text) in [(&c, "c1"), (&a, "a1"), (&c, "c2"), (&a, "a2")] {
        note(&session, parent.id, text).await;
    }
    session.create(Note::draft().text("of nothing")).await.unwrap();
    let loaded = session.load_many(&[c.clone(), b, a, c], File::NOTES).await.unwrap();
    assert_eq!(loaded.iter().map(|notes| texts(notes)).collect::<Vec<_>>(), [vec!["c1", "c2"], vec![], vec!["a1", "a2"], vec!["c1", "c2"]]);
}

#[tokio::test]
async fn one_statement_loads_the_children_of_a_hundred_parents() {
    let store = files().await;
    let session = store.session(&owner());
    let mut parents = Vec::new();
    for index in 0..129 {
        parents.push(file(&session, &format!("f{index}")).await);
    }
    for parent in [0, 50, 99, 128] {
        note(&session, parents[parent].id, "x").await;
    }
    for (count, statements, found) in [(0, 0, 0), (1, 1, 1), (100, 1, 3), (128, 1, 3), (129, 2, 4)] {
        let sent = store.statements();
        let loaded = session.load_many(&parents[..count], File::NOTES).await.unwrap();
        assert_eq!(store.statements() - sent, statements, "{count} parents");
        assert_eq!((loaded.len(), loaded.iter().flatten().count()), (count, found));
    }
    let sent = store.statements();
    let folders = session.load_one(&parents, File::FOLDER).await.unwrap();
    assert_eq!((store.statements() - sent, folders.len()), (1, 129), "all of them are in one folder");
}

#[tokio::test]
async fn s1_relations_give_only_what_the_caller_may_read() {
    let store = files().await;
    let (session, other) = (store.session(&owner()), store.session(&stranger()));
    let parent = file(&session, "a").await;
    let ours = note(&session, parent.id, "ours").await;
    let theirs = note(&other, parent.id, "theirs").await;
    let loaded = session.load_many(std::slice::from_ref(&parent), File::NOTES).await.unwrap();
    assert_eq!(texts(&loaded[0]), ["ours"]);
    let files = session.load_one(&[ours], Note::FILE).await.unwrap();
    assert_eq!(files[0].as_ref().map(|file| file.id), Some(parent.id));
    let files = other.load_one(&[theirs], Note::FILE).await.unwrap();
    assert!(files[0].is_none());
    let nobody = store.session(&system());
    assert!(matches!(nobody.load_many(&[parent], File::NOTES).await, Err(Error::Denied { .. })));
    let none: [Persisted<File>; 0] = [];
    assert!(matches!(nobody.load_many(&none, File::NOTES).await, Err(Error::Denied { .. })));
}

#[tokio::test]
async fn deleted_objects_are_in_no_relation() {
    let store = files().await;
    let session = store.session(&owner());
    let parent = file(&session, "a").await;
    let (kept, gone) = (note(&session, parent.id, "kept").await, note(&session, parent.id, "gone").await);
    session.delete(&gone).await.unwrap();
    let loaded = session.load_many(std::slice::from_ref(&parent), File::NOTES).await.unwrap();
    assert_eq!(texts(&loaded[0]), ["kept"]);
    session.delete(&parent).await.unwrap();
    assert!(session.load_one(&[kept], Note::FILE).await.unwrap()[0].is_none());
}

#[tokio::test]
async fn each_child_gets_its_parent() {
    let store = files().await;
    let session = store.session(&owner());
    let folder = session.create(Folder::draft().name("inbox")).await.unwrap();
    let (a, b) = (file(&session, "a").await, file(&session, "b").await);
    let lost = session.create_filled(File::draft().folder("lost").name("c"), |fields| fields.set_deleted(false)).await.unwrap();
    let loose = session.create_filled(File::draft().name("d"), |fields| fields.set_deleted(false)).await.unwrap();
    let folders = session.load_one(&[b, lost, loose, a], File::FOLDER).await.unwrap();
    let names: Vec<Option<&str>> = folders.iter().map(|folder| folder.as_ref().map(|folder| folder.name.as_str())).collect();
    assert_eq!(names, [Some("inbox"), None, None, Some("inbox")]);
    let files = session.load_many(&[folder], Folder::FILES).await.unwrap();
    assert_eq!(files[0].iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
}

#[tokio::test]
async fn s16_children_are_never_cut_off_silently() {
    let store = files().await;
    let session = store.session(&owner());
    let (a, b) = (file(&session, "a").await, file(&session, "b").await);
    for index in 0..10 {
        note(&session, if index % 2 == 0 { a.id } else { b.id }, "x").await;
    }
    let parents = [a, b];
    assert_eq!(session.load_many(&parents, File::NOTES).await.unwrap().iter().flatten().count(), 10);
    note(&session, parents[0].id, "one too many").await;
    let error = session.load_many(&parents, File::NOTES).await;
    assert!(matches!(error, Err(Error::Invalid(Invalid::TooManyRows { max: 10, .. }))), "{error:?}");
}
