//! Fields that are loaded when they are needed.

use recension::store::Load;
use recension::store::{Error, Invalid};
use recension::{Error as ModelError, ObjectDraft, Partial};

use crate::files::*;
use crate::support::*;

async fn partial(session: &recension::Session, id: i64) -> Partial<Job> {
    session.find::<Job>().filter(Job::COLUMN.id.eq(id)).select_one([Job::COLUMN.id]).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_field_is_loaded_once_and_is_no_change() {
    let store = store().await;
    let session = store.session(&owner());
    let made = session.create(job("r1").title("t").token("s3cret")).await.unwrap();
    let mut job = partial(&session, made.id).await;
    assert!(job.title_ref().is_none());
    let sent = store.statements();
    assert_eq!(job.load(&session, Job::COLUMN.title).await.unwrap().as_deref(), Some("t"));
    assert_eq!(store.statements() - sent, 1);
    assert_eq!(job.title_ref(), Some(&Some("t".to_owned())));
    assert!(job.changes().is_empty() && job.progress_ref().is_none());
    assert_eq!(job.load(&session, Job::COLUMN.title).await.unwrap().as_deref(), Some("t"));
    assert_eq!(store.statements() - sent, 1, "a field that is set is not loaded again");
    assert!(job.load(&session, Job::COLUMN.token).await.unwrap().is_some());
}

#[tokio::test]
async fn several_fields_take_one_statement_and_what_is_set_stays() {
    let store = store().await;
    let session = store.session(&owner());
    let made = session.create(job("r1").title("t").progress(5)).await.unwrap();
    let mut job = partial(&session, made.id).await;
    job.set_title("mine");
    let sent = store.statements();
    let columns = [Job::COLUMN.title.any(), Job::COLUMN.progress.any(), Job::COLUMN.state.any(), Job::COLUMN.size.any()];
    job.load_fields(&session, columns).await.unwrap();
    job.load_fields(&session, columns).await.unwrap();
    assert_eq!(store.statements() - sent, 1);
    assert_eq!((job.title_ref(), job.progress_ref()), (Some(&Some("mine".to_owned())), Some(&5)));
    assert_eq!((job.state_ref(), job.size_ref()), (Some(&State::Queued), Some(&None)));
    assert_eq!(job.changes().iter().count(), 1, "only what the program set is changed");
}

#[tokio::test]
async fn the_row_is_found_by_its_key() {
    let store = store().await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    let mut job = session.find::<Job>().select_one([Job::COLUMN.title]).await.unwrap().unwrap();
    let error = job.load(&session, Job::COLUMN.progress).await.unwrap_err();
    let Error::Invalid(Invalid::Object(error)) = error else { panic!("{error:?}") };
    assert!(matches!(&*error, ModelError::Incomplete { missing, .. } if *missing == ["id"]), "{error:?}");
    assert_eq!(job.load(&session, Job::COLUMN.title).await.unwrap(), None, "what is set needs no key");

    let mut job = partial(&session, made.id).await;
    session.delete(&made).await.unwrap();
    assert!(matches!(job.load(&session, Job::COLUMN.title).await, Err(Error::NotFound { .. })));
    assert!(job.title_ref().is_none());
}

#[tokio::test]
async fn s1_a_field_is_loaded_only_for_who_may_read_the_row() {
    let store = store().await;
    let session = store.session(&owner());
    let made = session.create(job("r1").title("t")).await.unwrap();
    let mut job = partial(&session, made.id).await;
    let other = job.load(&store.session(&stranger()), Job::COLUMN.title).await;
    assert!(matches!(other, Err(Error::NotFound { .. })), "{other:?}");
    assert!(job.title_ref().is_none());
    assert!(job.load(&store.session(&colleague()), Job::COLUMN.title).await.unwrap().is_some());
}

#[tokio::test]
async fn a_field_of_a_deleted_row_is_not_loaded() {
    let store = files().await;
    let session = store.session(&owner());
    let made = file(&session, "a").await;
    let mut partial = session.find::<File>().select_one([File::COLUMN.id]).await.unwrap().unwrap();
    session.delete(&made).await.unwrap();
    assert!(matches!(partial.load(&session, File::COLUMN.name).await, Err(Error::NotFound { .. })));
}
