//! Many objects that are changed and deleted at once.

use recension::store::{Caller, Decision, Error, Invalid, Operation, Policy, Store};
use recension::{Object, ObjectName, Persisted, Revision, Rule};

use crate::cells::{self, Crate, Place};
use crate::engine::fresh;
use crate::files::{File, file, files};
use crate::support::*;

async fn three(store: &Store) -> [Persisted<Job>; 3] {
    let session = store.session(&owner());
    [stored(&session, "r1").await, stored(&session, "r2").await, stored(&session, "r3").await]
}

#[tokio::test]
async fn s18_a_change_of_all_that_is_found_is_one_statement_and_counts_in_each_row() {
    let store = store().await;
    let session = store.session(&owner());
    let made = three(&store).await;
    let sent = store.statements();
    let some = session.find::<Job>().filter(Job::COLUMN.id.gt(made[0].id));
    assert_eq!(some.update(Job::draft().title("all").progress(7)).await.unwrap(), 2);
    assert_eq!(store.statements() - sent, 1);
    for (before, title) in made.iter().zip([None, Some("all"), Some("all")]) {
        let now: Persisted<Job> = session.get(before.id).await.unwrap();
        assert_eq!((now.title.as_deref(), now.revision()), (title, Revision(1 + u64::from(title.is_some()))));
        assert_eq!(now.updated_at > before.updated_at, title.is_some(), "when it was written is written");
        // Who has read it before is told.
        let mut edit = before.edit();
        edit.set_progress(8);
        assert_eq!(matches!(session.save(&edit).await, Err(Error::Conflict { .. })), title.is_some());
    }
    assert_eq!(session.find::<Job>().update(Job::draft()).await.unwrap(), 0, "nothing is nothing");
    let mut cleared = Job::draft();
    cleared.clear_title();
    assert_eq!(session.find::<Job>().update(cleared).await.unwrap(), 3);
    assert_eq!(session.find::<Job>().filter(Job::COLUMN.title.is_null()).count().await.unwrap(), 3);
}

#[tokio::test]
async fn s2_s4_only_what_the_caller_may_read_and_change_is_changed_or_deleted() {
    let store = store().await;
    let made = three(&store).await;
    for (caller, changed) in [(colleague(), 0), (stranger(), 0), (owner(), 3)] {
        let session = store.session(&caller);
        assert_eq!(session.find::<Job>().update(Job::draft().title("mine")).await.unwrap(), changed, "{caller:?}");
    }
    let before = dump(&store).await;
    for caller in [colleague(), stranger()] {
        assert_eq!(store.session(&caller).find::<Job>().delete().await.unwrap(), 0, "{caller:?}");
    }
    let nobody = store.session(&Caller::system(recension::store::SystemCapability::named("nothing")));
    assert!(matches!(nobody.find::<Job>().update(Job::draft().title("x")).await, Err(Error::Denied { operation: Operation::Update, .. })));
    assert!(matches!(nobody.find::<Job>().delete().await, Err(Error::Denied { operation: Operation::Delete, .. })));
    assert_eq!(dump(&store).await, before);
    assert_eq!(store.session(&owner()).find::<Job>().filter(Job::COLUMN.id.eq(made[0].id)).delete().await.unwrap(), 1);
    assert_eq!(number(&store, "SELECT count(*) FROM jobs").await, 2);
}

#[tokio::test]
async fn s6_what_only_the_service_sets_and_what_names_a_row_is_not_changed_in_many() {
    let store = store().await;
    let session = store.session(&owner());
    three(&store).await;
    let before = dump(&store).await;
    for (draft, rule) in
        [(Job::draft().request("all the same"), Rule::ReadOnly), (Job::draft().server(uuid::Uuid::from_u128(9)), Rule::ReadOnly)]
    {
        let done = session.find::<Job>().update(draft).await;
        let found = broken(&done);
        assert!(found.is_some_and(|found| std::mem::discriminant(found) == std::mem::discriminant(&rule)), "{found:?} {rule:?}");
    }
    assert_eq!(dump(&store).await, before);
}

/// Jobs below a number are anyone's.
struct Below;

impl Policy for Below {
    fn scope(&self, _: &Caller, _: Operation, _: &ObjectName) -> Decision {
        Decision::Where(recension::store::sea_orm::Condition::all().add(Job::COLUMN.progress.lt(50)))
    }
}

#[tokio::test]
async fn s2_a_change_of_many_cannot_take_rows_out_of_what_is_allowed() {
    let store = store_with(Below).await;
    let session = store.session(&owner());
    three(&store).await;
    let before = dump(&store).await;
    for progress in [49, 51] {
        let error = session.find::<Job>().update(Job::draft().progress(progress)).await.unwrap_err();
        assert!(matches!(error, Error::Denied { operation: Operation::Update, .. }), "{error}");
    }
    assert_eq!(dump(&store).await, before);
    assert_eq!(session.find::<Job>().update(Job::draft().title("of no interest to the policy")).await.unwrap(), 3);
}

#[tokio::test]
async fn deleting_many_marks_them_once_and_gives_their_names_free() {
    let store = files().await;
    let session = store.session(&owner());
    let (a, b) = (file(&session, "a").await, file(&session, "b").await);
    session.delete(&a).await.unwrap();
    let marked: Persisted<File> = session.get_with_deleted(a.id).await.unwrap();
    let mut named = File::draft();
    named.clear_folder();
    assert_eq!(session.find::<File>().with_deleted().update(named).await.unwrap(), 1, "nor is it changed");
    let sent = store.statements();
    assert_eq!(session.find::<File>().with_deleted().delete().await.unwrap(), 1, "what is marked already stays as it is");
    assert_eq!(store.statements() - sent, 1);
    let again: Persisted<File> = session.get_with_deleted(a.id).await.unwrap();
    assert_eq!((again.revision(), again.deleted_at), (marked.revision(), marked.deleted_at));
    let gone: Persisted<File> = session.get_with_deleted(b.id).await.unwrap();
    assert!(gone.deleted && gone.deleted_at.is_some() && gone.revision() == Revision(3));
    assert_eq!(number(&store, &format!("SELECT deleted FROM files WHERE id = {}", b.id)).await, b.id);
    file(&session, "b").await;
    session.restore(&marked).await.unwrap();
}

#[tokio::test]
async fn x13_a_row_whose_state_may_not_follow_is_left_alone() {
    let store = cells::boxes().await;
    let session = store.session(&owner());
    let made: Vec<Persisted<Crate>> = session.create_many([cells::full(), cells::full()]).await.unwrap();
    let mut lost = made[0].edit();
    lost.set_place(Place::Lost);
    session.save(&lost).await.unwrap();
    assert_eq!(session.find::<Crate>().update(Crate::draft().place(Place::Sent)).await.unwrap(), 1);
    let places: Vec<Place> = session.find::<Crate>().all().await.unwrap().iter().map(|it| it.place.clone()).collect();
    assert!(places.contains(&Place::Lost) && places.contains(&Place::Sent), "{places:?}");
}

#[tokio::test]
async fn s18_many_edits_are_saved_all_or_none_each_compared_with_its_row() {
    let url = fresh().await;
    let store = store_at(&url, ByProject).await;
    let session = store.session(&owner());
    let made = three(&store).await;
    let edits: Vec<_> = made
        .iter()
        .map(|job| {
            let mut edit = job.edit();
            edit.set_progress(5);
            edit
        })
        .collect();
    let mut meanwhile = made[1].edit();
    meanwhile.set_title("meanwhile");
    session.save(&meanwhile).await.unwrap();
    let before = dump(&store).await;
    assert!(matches!(session.save_many(&edits).await, Err(Error::Conflict { .. })));
    assert!(matches!(session.delete_many(&made).await, Err(Error::Conflict { .. })));
    assert_eq!(dump(&store).await, before);
    let saved = session.save_many(&[edits[2].clone(), edits[0].clone()]).await.unwrap();
    assert_eq!(saved.iter().map(|job| (job.id, job.progress)).collect::<Vec<_>>(), [(made[2].id, 5), (made[0].id, 5)]);
    session.delete_many(&saved).await.unwrap();
    assert_eq!(session.find::<Job>().count().await.unwrap(), 1);
    let few = Store::connect(&url).policy(ByProject).drafts_max(1).await;
    // A database in memory is another one for another store, and what is refused is refused before anything is sent.
    let few = few.unwrap().session(&owner());
    assert!(matches!(few.save_many(&edits).await, Err(Error::Invalid(Invalid::TooManyDrafts { max: 1, .. }))));
    assert!(matches!(few.delete_many(&made).await, Err(Error::Invalid(Invalid::TooManyDrafts { max: 1, .. }))));
}
