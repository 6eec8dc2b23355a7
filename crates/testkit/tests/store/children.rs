//! Children that are written together with their parent: both, or neither.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use recension::store::sea_orm::sea_query::ExprTrait;
use recension::store::{Error, Find, Session, Store};
use recension::{Edit, Object, Persisted, Revision, Rule};
use tokio::task::JoinSet;

use crate::engine::url;
use crate::files::*;
use crate::support::*;

/// The text of each note, by key, with the file that it is on.
async fn notes(store: &Store) -> Vec<(String, Option<i64>)> {
    let session = store.session(&owner());
    let notes = session.find::<Note>().order_by(Note::COLUMN.id.asc()).all().await.unwrap();
    notes.iter().map(|note| (note.text.clone(), note.file_id)).collect()
}

/// The folder and the revision of a file.
async fn now(store: &Store, file: &Persisted<File>) -> (String, Revision) {
    let read = store.session(&owner()).get_with_deleted::<File>(file.id).await.unwrap();
    (read.folder.clone().unwrap(), read.revision())
}

fn named(session: &Session, name: &str) -> Find<File> {
    session.find::<File>().filter(File::COLUMN.name.eq(name)).order_by(File::COLUMN.id.desc())
}

fn is_no_file<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::NotFound { object, .. }) if *object == "File")
}

const OUTBOX: (&str, u64) = ("outbox", 2);

#[tokio::test]
async fn a_child_is_made_under_the_first_object_found_which_is_left_as_it_is() {
    let store = files().await;
    let session = store.session(&owner());
    let (first, other) = (file(&session, "a").await, file(&session, "b").await);
    let made = named(&session, "a").create_child(Note::FILE, Note::draft().text("x")).await.unwrap();
    assert_eq!((made.file_id, &*made.text, made.project_id.as_deref()), (Some(first.id), "x", Some("p1")));
    let newest = session.find::<File>().order_by(File::COLUMN.id.desc());
    assert_eq!(newest.create_child(Note::FILE, Note::draft().text("y")).await.unwrap().file_id, Some(other.id));
    assert_eq!(now(&store, &first).await, ("inbox".to_owned(), Revision(1)));
    let none = named(&session, "c").create_child(Note::FILE, Note::draft().text("z")).await;
    assert!(is_no_file(&none), "{none:?}");
    assert_eq!(notes(&store).await, [("x".to_owned(), Some(first.id)), ("y".to_owned(), Some(other.id))]);
}

#[tokio::test]
async fn s18_a_child_and_the_change_of_its_parent_are_made_together_or_not_at_all() {
    let store = files().await;
    let session = store.session(&owner());
    let parent = file(&session, "a").await;
    let outbox = |session: &Session| named(session, "a").touching(File::draft().folder("outbox"), |_| {});
    let made = outbox(&session).unwrap().create_child(Note::FILE, Note::draft().text("x")).await.unwrap();
    assert_eq!(made.file_id, Some(parent.id));
    assert_eq!(now(&store, &parent).await, (OUTBOX.0.to_owned(), Revision(OUTBOX.1)));
    session.delete(&session.get::<File>(parent.id).await.unwrap()).await.unwrap();
    let before = (notes(&store).await, now(&store, &parent).await);
    let none = outbox(&session).unwrap().create_child(Note::FILE, Note::draft().text("y")).await;
    assert!(is_no_file(&none), "{none:?}");
    assert_eq!((notes(&store).await, now(&store, &parent).await), before);
}

#[tokio::test]
async fn s2_nothing_is_made_under_what_is_not_the_callers_nor_changed_with_it() {
    let store = files().await;
    let parent = file(&store.session(&owner()), "a").await;
    // The colleague sees the file, and may not change it; the stranger does not see it.
    let colleague = store.session(&colleague());
    let touching = |session: &Session| named(session, "a").touching(File::draft().folder("outbox"), |_| {}).unwrap();
    for session in [&colleague, &store.session(&stranger())] {
        let none = touching(session).create_child(Note::FILE, Note::draft().text("x")).await;
        assert!(is_no_file(&none), "{none:?}");
    }
    let none = named(&store.session(&stranger()), "a").create_child(Note::FILE, Note::draft().text("x")).await;
    assert!(is_no_file(&none), "{none:?}");
    // A note of another project is none that the policy allows.
    let foreign = touching(&store.session(&owner()))
        .create_child_filled(Note::FILE, Note::draft().text("x"), |fields| fields.set_project_id("p9"))
        .await;
    assert!(matches!(foreign, Err(Error::Denied { ref object, .. }) if *object == "Note"), "{foreign:?}");
    assert_eq!(now(&store, &parent).await, ("inbox".to_owned(), Revision(1)));
    assert!(notes(&store).await.is_empty());
    named(&colleague, "a").create_child(Note::FILE, Note::draft().text("seen")).await.unwrap();
    assert_eq!(notes(&store).await, [("seen".to_owned(), Some(parent.id))]);
}

#[tokio::test]
async fn a_child_that_is_named_by_its_parent_is_made_when_that_is_known() {
    let store = files().await;
    let session = store.session(&owner());
    session.create(Folder::draft().name("inbox")).await.unwrap();
    let folder = || session.find::<Folder>().filter(Folder::COLUMN.name.eq("inbox"));
    let made = folder().create_child(File::FOLDER, File::draft().name("a")).await.unwrap();
    assert_eq!(made.folder.as_deref(), Some("inbox"));
    let touching = || folder().touching(Folder::draft(), |_| {}).unwrap();
    touching().create_child(File::FOLDER, File::draft().name("b")).await.unwrap();
    let again = touching().create_child(File::FOLDER, File::draft().name("b")).await;
    assert!(matches!(again, Err(Error::AlreadyExists { ref object }) if *object == "File"), "{again:?}");
    let revision = session.get::<Folder>("inbox".to_owned()).await.unwrap().revision();
    assert_eq!(revision, Revision(2), "touched once");
    let nowhere = session.find::<Folder>().filter(Folder::COLUMN.name.eq("x"));
    let none = nowhere.create_child(File::FOLDER, File::draft().name("c")).await;
    assert!(matches!(none, Err(Error::NotFound { ref object, .. }) if *object == "Folder"), "{none:?}");
    assert_eq!(session.find::<File>().count().await.unwrap(), 2);
}

#[tokio::test]
async fn whose_child_it_is_is_not_the_callers_to_say() {
    let store = files().await;
    let session = store.session(&owner());
    let parent = file(&session, "a").await;
    let given = named(&session, "a").create_child(Note::FILE, Note::draft().text("x").file_id(parent.id)).await;
    assert_eq!(broken(&given), Some(&Rule::ServerSet));
    let note = note(&session, parent.id, "x").await;
    let mut edit = note.edit();
    edit.set_file_id(parent.id + 1);
    let moved = session.find::<File>().touching(File::draft(), |_| {}).unwrap().save_child(Note::FILE, &edit).await;
    assert_eq!(broken(&moved), Some(&Rule::ReadOnly));
    // Nor does a touch change what a save would not.
    let renamed = session.find::<File>().touching(File::draft().name("b"), |_| {});
    assert_eq!(broken(&renamed), Some(&Rule::ReadOnly));
}

fn changed(note: &Persisted<Note>) -> Edit<Note> {
    let mut edit = note.edit();
    edit.set_text("changed");
    edit
}

#[tokio::test]
async fn s18_a_child_is_saved_together_with_its_parent_or_neither_is() {
    let store = files().await;
    let session = store.session(&owner());
    let (parent, other) = (file(&session, "a").await, file(&session, "b").await);
    let note = note(&session, parent.id, "x").await;
    let outbox = |name: &str| named(&session, name).touching(File::draft().folder("outbox"), |_| {}).unwrap();
    let saved = outbox("a").save_child(Note::FILE, &changed(&note)).await.unwrap();
    assert_eq!((&*saved.text, saved.file_id), ("changed", Some(parent.id)));
    assert_eq!(now(&store, &parent).await, (OUTBOX.0.to_owned(), Revision(OUTBOX.1)));
    assert_eq!(now(&store, &other).await, ("inbox".to_owned(), Revision(1)));
    // Without changes nothing is written.
    outbox("a").save_child(Note::FILE, &saved.edit()).await.unwrap();
    // Its parent is another one than the search finds.
    let mut edit = saved.edit();
    edit.set_text("again");
    let none = outbox("b").save_child(Note::FILE, &edit).await;
    assert!(is_no_file(&none), "{none:?}");
    // The child is gone, and so is not the parent.
    session.delete(&saved).await.unwrap();
    let none = outbox("a").save_child(Note::FILE, &edit).await;
    assert!(matches!(none, Err(Error::NotFound { ref object, .. }) if *object == "Note"), "{none:?}");
    assert_eq!(now(&store, &parent).await, (OUTBOX.0.to_owned(), Revision(OUTBOX.1)));
    assert_eq!(cell(&store, "SELECT text FROM file_notes").await, "changed");
}

async fn cell(store: &Store, sql: &str) -> String {
    rows(store, sql).await.first().unwrap().try_get_by_index::<String>(0).unwrap()
}

#[tokio::test]
async fn s18_a_conflict_of_the_child_leaves_its_parent_alone() {
    let store = files().await;
    let session = store.session(&owner());
    session.create(Folder::draft().name("inbox")).await.unwrap();
    let read = file(&session, "a").await;
    let mut edit = read.edit();
    edit.set_name("theirs");
    session.save(&edit).await.unwrap();
    edit.set_name("ours");
    let touching = || session.find::<Folder>().touching(Folder::draft(), |_| {}).unwrap();
    let lost = touching().save_child(File::FOLDER, &edit).await;
    assert!(matches!(lost, Err(Error::Conflict { ref object, .. }) if *object == "File"), "{lost:?}");
    assert_eq!(session.get::<Folder>("inbox".to_owned()).await.unwrap().revision(), Revision(1));
    let mut edit = read.edit().rebase(session.get(read.id).await.unwrap());
    edit.set_name("ours");
    let elsewhere = session.find::<Folder>().filter(Folder::COLUMN.name.eq("x")).touching(Folder::draft(), |_| {}).unwrap();
    let none = elsewhere.save_child(File::FOLDER, &edit).await;
    assert!(matches!(none, Err(Error::NotFound { ref object, .. }) if *object == "Folder"), "{none:?}");
    assert_eq!(now(&store, &read).await.1, Revision(2));
    let mut edit = session.get::<File>(read.id).await.unwrap().edit();
    edit.set_name("ours");
    assert_eq!(touching().save_child(File::FOLDER, &edit).await.unwrap().revision(), Revision(3));
    assert_eq!(session.get::<Folder>("inbox".to_owned()).await.unwrap().revision(), Revision(2));
}

#[tokio::test]
async fn s2_a_child_is_not_saved_under_a_parent_that_is_not_the_callers_to_change() {
    let store = files().await;
    let parent = file(&store.session(&owner()), "a").await;
    let colleague = store.session(&colleague());
    let note = note(&colleague, parent.id, "x").await;
    let touching = || named(&colleague, "a").touching(File::draft().folder("outbox"), |_| {}).unwrap();
    let none = touching().save_child(Note::FILE, &changed(&note)).await;
    assert!(is_no_file(&none), "{none:?}");
    assert_eq!(now(&store, &parent).await, ("inbox".to_owned(), Revision(1)));
    assert_eq!(notes(&store).await, [("x".to_owned(), Some(parent.id))]);
}

#[tokio::test]
async fn in_a_transaction_a_child_without_its_parent_spoils_it() {
    let store = files().await;
    let session = store.session(&owner());
    let parent = file(&session, "a").await;
    let note = note(&session, parent.id, "x").await;
    let done: Result<(), Error> = session
        .transaction(async |tx| {
            let touching = || named(tx, "a").touching(File::draft().folder("outbox"), |_| {}).unwrap();
            touching().create_child(Note::FILE, Note::draft().text("y")).await?;
            touching().save_child(Note::FILE, &changed(&note)).await.map(drop)
        })
        .await;
    done.unwrap();
    assert_eq!(now(&store, &parent).await, ("outbox".to_owned(), Revision(3)));
    let both = vec![("changed".to_owned(), Some(parent.id)), ("y".to_owned(), Some(parent.id))];
    assert_eq!(notes(&store).await, both);
    // Whatever the work makes of it, the child is not kept alone.
    let note = session.get::<Note>(note.id).await.unwrap();
    let mut edit = note.edit();
    edit.set_text("alone");
    let swallowed: Result<bool, Error> = session
        .transaction(async |tx| {
            let elsewhere = named(tx, "b").touching(File::draft(), |_| {}).unwrap();
            Ok(is_no_file(&elsewhere.save_child(Note::FILE, &edit).await))
        })
        .await;
    // Where one statement does both, or neither, nothing has to be taken back.
    assert!(matches!(swallowed, Ok(true) | Err(Error::Internal(_))), "{swallowed:?}");
    assert_eq!(notes(&store).await, both);
}

#[tokio::test]
async fn s18_a_child_that_was_given_to_another_parent_meanwhile_is_not_saved_under_the_first() {
    let store = files().await;
    let session = store.session(&owner());
    let (first, second) = (file(&session, "a").await, file(&session, "b").await);
    // Its table counts no writes.
    let note = note(&session, first.id, "x").await;
    let mut moved = note.edit();
    moved.set_file_id(second.id);
    session.save(&moved).await.unwrap();
    let touching = session.find::<File>().touching(File::draft().folder("outbox"), |_| {}).unwrap();
    let lost = touching.save_child(Note::FILE, &changed(&note)).await;
    assert!(matches!(lost, Err(Error::NotFound { ref object, .. }) if *object == "Note"), "{lost:?}");
    assert_eq!(notes(&store).await, [("x".to_owned(), Some(second.id))]);
    assert_eq!((now(&store, &first).await.1, now(&store, &second).await.1), (Revision(1), Revision(1)));
}

/// The text of a change is kept; that of one with a parent is another.
#[tokio::test]
async fn s18_a_child_that_counts_its_writes_is_not_saved_as_if_it_had_no_parent() {
    let store = store().await;
    let session = store.session(&owner());
    let (parent, other) = (stored(&session, "r1").await, stored(&session, "r2").await);
    let mut step = session.create(Step::draft().job_id(parent.id).name("0")).await.unwrap();
    let renamed = |step: &Persisted<Step>, name: &str| {
        let mut edit = step.edit();
        edit.set_name(name);
        edit
    };
    let relation = recension::store::BelongsTo::<Step, Job>::new(Step::COLUMN.job_id);
    for name in ["1", "2"] {
        step = session.save(&renamed(&step, name)).await.unwrap();
        let under = |job: &Persisted<Job>| {
            let job = session.find::<Job>().filter(Job::COLUMN.id.eq(job.id));
            job.touching(Job::draft().progress(name.parse().unwrap()), |_| {}).unwrap()
        };
        let lost = under(&other).save_child(relation, &renamed(&step, "lost")).await;
        assert!(matches!(lost, Err(Error::NotFound { .. })), "{lost:?}");
        let saved = under(&parent).save_child(relation, &renamed(&step, "kept")).await;
        assert!(saved.is_ok(), "{:?}", saved.err());
        step = saved.unwrap();
        let progress = async |job: &Persisted<Job>| session.get::<Job>(job.id).await.unwrap().progress;
        assert_eq!((&*step.name, progress(&parent).await, progress(&other).await), ("kept", name.parse().unwrap(), 0));
    }
}

#[tokio::test]
async fn a_parent_without_anything_to_change_must_be_there_all_the_same() {
    let store = files().await;
    let session = store.session(&owner());
    let note = note(&session, 1, "x").await;
    // A note under a note: the table of both counts no writes.
    let relation = recension::store::BelongsTo::<Note, Note>::new(Note::COLUMN.file_id);
    let named = |text: &str| session.find::<Note>().filter(Note::COLUMN.text.eq(text)).touching(Note::draft(), |_| {}).unwrap();
    let below = named("x").create_child(relation, Note::draft().text("below")).await.unwrap();
    assert_eq!(below.file_id, Some(note.id));
    let saved = named("x").save_child(relation, &changed(&below)).await.unwrap();
    assert_eq!(&*saved.text, "changed");
    // One that is its own parent.
    let mut edit = note.edit();
    edit.set_file_id(note.id);
    let own = session.save(&edit).await.unwrap();
    let saved = session.find::<Note>().touching(Note::draft(), |_| {}).unwrap().save_child(relation, &changed(&own)).await;
    assert!(saved.is_ok(), "{saved:?}");
    let none = named("y").create_child(relation, Note::draft().text("z")).await;
    assert!(matches!(none, Err(Error::NotFound { ref object, .. }) if *object == "Note"), "{none:?}");
    assert_eq!(session.find::<Note>().count().await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s18_each_of_eight_that_take_the_first_one_has_another() {
    let folder = tempfile::tempdir().unwrap();
    let store = files_at(&url(folder.path(), "rwc").await).await;
    let session = store.session(&owner());
    for name in 0..8 {
        file(&session, &format!("f{name}")).await;
    }
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let session = session.clone();
        tasks.spawn(async move {
            let free = session.find::<File>().filter(File::COLUMN.folder.eq("inbox")).order_by(File::COLUMN.id.asc());
            let taking = free.touching(File::draft().folder("taken"), |_| {}).unwrap();
            taking.create_child(Note::FILE, Note::draft().text("mine")).await
        });
    }
    let made = tasks.join_all().await;
    assert!(made.iter().all(Result::is_ok), "{made:?}");
    let taken: BTreeSet<_> = made.into_iter().map(|made| made.unwrap().file_id).collect();
    assert_eq!(taken.len(), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s18_no_touch_of_eight_that_make_children_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let store = files_at(&url(folder.path(), "rwc").await).await;
    let parent = file(&store.session(&owner()), "a").await;
    let mut tasks = JoinSet::new();
    for writer in 0..8 {
        let session = store.session(&owner());
        tasks.spawn(async move {
            for _ in 0..10 {
                let touching = named(&session, "a").touching(File::draft().folder(format!("f{writer}")), |_| {}).unwrap();
                let made = touching.create_child(Note::FILE, Note::draft().text("x")).await.unwrap();
                let mut edit = made.edit();
                edit.set_text("y");
                let touching = session.find::<File>().touching(File::draft(), |_| {}).unwrap();
                touching.save_child(Note::FILE, &edit).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(now(&store, &parent).await.1, Revision(1 + 8 * 20));
    assert_eq!(store.session(&owner()).find::<Note>().count().await.unwrap(), 80);
}

#[tokio::test]
async fn the_first_key_found_is_a_condition_of_another_search() {
    let store = files().await;
    let session = store.session(&owner());
    let (first, second) = (file(&session, "a").await, file(&session, "b").await);
    for (file, text) in [(&first, "x"), (&second, "y")] {
        note(&session, file.id, text).await;
    }
    let before = store.statements();
    let newest = session.find::<File>().order_by(File::COLUMN.id.desc()).first_key().unwrap();
    let found = session.find::<Note>().filter(Note::COLUMN.file_id.expr().eq(newest)).all().await.unwrap();
    assert_eq!(found.iter().map(|note| &*note.text).collect::<Vec<_>>(), ["y"]);
    assert_eq!(store.statements() - before, 1);
    let foreign = store.session(&stranger()).find::<File>().first_key().unwrap();
    let found = session.find::<Note>().filter(Note::COLUMN.file_id.expr().eq(foreign)).count().await.unwrap();
    assert_eq!(found, 0, "what the stranger does not see has no key");
}

#[tokio::test]
async fn s18_what_was_changed_since_it_was_read_is_read_again() {
    let store = files().await;
    let session = store.session(&owner());
    let made = file(&session, "a").await;
    let before = store.statements();
    let rename = async |to: &'static str, meanwhile: u32| {
        let runs = AtomicU32::new(0);
        let work = async |session: &Session| {
            let read = session.get::<File>(made.id).await?;
            if runs.fetch_add(1, Ordering::Relaxed) < meanwhile {
                session.find::<File>().update(File::draft().folder("theirs")).await?;
            }
            let mut edit = read.edit();
            edit.set_folder(to);
            session.save(&edit).await
        };
        let done = session.optimistic(work).await;
        (done, runs.load(Ordering::Relaxed))
    };
    let (done, runs) = rename("b", 0).await;
    let revision = |done: Result<Persisted<File>, Error>| done.map(|done| done.revision()).map_err(|error| error.code());
    assert_eq!((revision(done), runs, store.statements() - before), (Ok(Revision(2)), 1, 2), "no BEGIN and no COMMIT");
    let (done, runs) = rename("c", 1).await;
    assert_eq!((revision(done), runs), (Ok(Revision(4)), 2));
    // A conflict that the work has dealt with is not in the way of what it does then.
    let runs = AtomicU32::new(0);
    let work = async |session: &Session| {
        runs.fetch_add(1, Ordering::Relaxed);
        let mut edit = made.edit();
        edit.set_folder("c");
        assert!(session.save(&edit).await.is_err());
        let mut edit = session.get::<File>(made.id).await?.edit();
        edit.set_folder("c");
        session.save(&edit).await?;
        session.get::<File>(made.id + 1_000_000).await.map(drop)
    };
    assert!(session.optimistic(work).await.is_err());
    assert_eq!(runs.into_inner(), 1);
    // What was read before it began is the same each time.
    let mut edit = made.edit();
    edit.set_folder("late");
    let runs = AtomicU32::new(0);
    let work = async |session: &Session| {
        runs.fetch_add(1, Ordering::Relaxed);
        session.save(&edit).await
    };
    let done = session.optimistic(work).await;
    assert!(matches!(done, Err(Error::Conflict { .. })), "{done:?}");
    assert_eq!(runs.into_inner(), 2);
    assert_eq!(now(&store, &made).await, ("c".to_owned(), Revision(5)));
}
