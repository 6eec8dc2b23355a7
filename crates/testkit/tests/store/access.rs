//! Who may do what.

use recension::store::sea_orm::DbBackend;
use recension::store::sea_orm::sea_query::{Cond, Expr};
use recension::store::{Caller, Decision, Error, Operation, PageRequest, Policy, Session, Store};
use recension::{Object, ObjectName};

use crate::engine::url;
use crate::files::*;
use crate::support::*;

/// What a caller found: nothing but this may differ between a row that is hidden and one that is missing.
#[derive(Debug, PartialEq)]
enum Outcome {
    Done,
    Absent,
    Denied,
    Failed(&'static str),
}

use Outcome::{Absent, Denied, Done};

fn outcome<R>(result: Result<R, Error>) -> Outcome {
    match result {
        Ok(_) => Done,
        Err(Error::NotFound { .. }) => Absent,
        Err(Error::Denied { .. }) => Denied,
        Err(error) => Outcome::Failed(error.code()),
    }
}

fn found<R>(result: Result<R, Error>, any: impl FnOnce(R) -> bool) -> Outcome {
    match result {
        Ok(result) => {
            if any(result) {
                Done
            } else {
                Absent
            }
        }
        other => outcome(other),
    }
}

async fn reads(session: &Session, id: i64) -> [Outcome; 7] {
    let this = || session.find::<Job>().filter(Job::COLUMN.id.eq(id));
    [
        outcome(session.get::<Job>(id).await),
        found(this().one().await, |one| one.is_some()),
        found(this().all().await, |all| !all.is_empty()),
        found(this().count().await, |count| count > 0),
        found(this().exists().await, |exists| exists),
        found(this().page(PageRequest::first(5)).await, |page| !page.items.is_empty()),
        found(this().select([Job::COLUMN.id]).await, |all| !all.is_empty()),
    ]
}

/// The callers, and whether each may read and write a job of the owner's.
fn matrix() -> [(&'static str, Caller, Outcome, Outcome); 5] {
    [
        ("owner", owner(), Done, Done),
        ("same project", colleague(), Done, Absent),
        ("other project", stranger(), Absent, Absent),
        ("system", system(), Done, Done),
        ("nobody", Caller::nobody(), Denied, Denied),
    ]
}

#[tokio::test]
async fn s1_every_read_keeps_to_the_policy() {
    let store = store().await;
    let made = stored(&store.session(&owner()), "r1").await;
    for (who, caller, read, _) in matrix() {
        for (index, outcome) in reads(&store.session(&caller), made.id).await.into_iter().enumerate() {
            assert_eq!(outcome, read, "{who}, read {index}");
        }
        // As a marker it is no way round either.
        let page = store.session(&caller).find::<Job>().page(PageRequest::after(made.id, 5)).await;
        assert_eq!(outcome(page), read, "{who}, marker");
    }
}

#[tokio::test]
async fn s1_a_foreign_row_and_a_missing_one_look_the_same() {
    let store = store().await;
    let made = stored(&store.session(&owner()), "r1").await;
    let session = store.session(&stranger());
    let told = |error: Error| (error.code(), error.user(), error.log(), format!("{error:?}"));
    let foreign = told(session.get::<Job>(made.id).await.unwrap_err());
    let missing = told(session.get::<Job>(made.id + 1).await.unwrap_err());
    assert_eq!(foreign, missing);
    let mut edit = made.edit();
    edit.set_progress(9);
    let foreign = told(session.save(&edit).await.unwrap_err());
    store.session(&owner()).delete(&made).await.unwrap();
    assert_eq!(foreign, told(session.save(&edit).await.unwrap_err()));
}

#[tokio::test]
async fn s2_every_write_keeps_to_the_policy() {
    for (who, caller, _, write) in matrix() {
        let store = store().await;
        let made = stored(&store.session(&owner()), "r1").await;
        let before = dump(&store).await;
        let session = store.session(&caller);
        let mut edit = made.edit();
        edit.set_progress(42);
        assert_eq!(outcome(session.save(&edit).await), write, "{who}, save");
        if write == Done {
            assert_eq!(number(&store, "SELECT progress FROM jobs").await, 42, "{who}");
        } else {
            assert_eq!(dump(&store).await, before, "{who}: not a byte changes");
            assert_eq!(outcome(session.delete(&made).await), write, "{who}, delete");
            assert_eq!(dump(&store).await, before, "{who}: not a byte changes");
        }
        let current = store.session(&owner()).get::<Job>(made.id).await.unwrap();
        assert_eq!(outcome(session.delete(&current).await), write, "{who}, delete of the current row");
        assert_eq!(number(&store, "SELECT count(*) FROM jobs").await, i64::from(write != Done), "{who}");
    }
}

#[tokio::test]
async fn s2_what_is_created_must_be_the_callers() {
    let store = store().await;
    for (who, caller, project, expected) in [
        ("own project", owner(), "p1", Done),
        ("foreign project", owner(), "p2", Denied),
        ("system", system(), "p2", Done),
        ("nobody", Caller::nobody(), "p1", Denied),
    ] {
        let before = dump(&store).await;
        let result = store.session(&caller).create_filled(job(who), |fields| fields.set_project_id(project)).await;
        assert_eq!(outcome(result), expected, "{who}");
        assert_eq!(dump(&store).await.len(), before.len() + usize::from(expected == Done), "{who}");
    }
}

#[tokio::test]
async fn s2_a_change_cannot_take_a_row_out_of_what_is_allowed() {
    let store = store().await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    let before = dump(&store).await;
    let given_away = session.save_filled(&made.edit(), |fields| fields.set_project_id("p2")).await;
    assert_eq!(outcome(given_away), Denied);
    assert_eq!(dump(&store).await, before);
    // The same inside a transaction that goes on regardless: all of it is taken back.
    for gives_away in [true, false] {
        let committed = session
            .transaction(async |tx| {
                stored(tx, "r2").await;
                if gives_away {
                    assert_eq!(outcome(tx.save_filled(&made.edit(), |fields| fields.set_project_id("p2")).await), Denied);
                } else {
                    assert_eq!(outcome(tx.create_filled(job("r3"), |fields| fields.set_project_id("p2")).await), Denied);
                }
                Ok(())
            })
            .await;
        assert!(matches!(committed, Err(Error::Internal(_))));
        assert_eq!(dump(&store).await, before);
    }
}

#[tokio::test]
async fn s2_one_statement_is_enough_where_the_policy_names_nothing_of_what_is_written() {
    let store = store().await;
    let session = store.session(&owner());
    let made = stored(&session, "r1").await;
    let mut edit = made.edit();
    edit.set_title("mine");
    let sent = store.statements();
    let saved = session.save(&edit).await.unwrap();
    assert_eq!(store.statements() - sent, 1);
    // The project is named, so the row that was written is looked at before it is kept.
    let sent = store.statements();
    let given_away = session.save_filled(&saved.edit(), |fields| fields.set_project_id("p2")).await;
    let statements = match crate::engine::BACKEND {
        DbBackend::Postgres => 1,
        DbBackend::Sqlite => 3,
        // The row, which an UPDATE does not give back.
        _ => 4,
    };
    assert_eq!((outcome(given_away), store.statements() - sent), (Denied, statements));
    let sent = store.statements();
    session.delete(&saved).await.unwrap();
    assert_eq!(store.statements() - sent, 1);
}

#[tokio::test]
async fn s1_s2_parts_follow_the_whole() {
    let store = store().await;
    let session = store.session(&owner());
    let parent = stored(&session, "r1").await;
    let step = session.create(Step::draft().job_id(parent.id).name("a")).await.unwrap();
    assert_eq!(outcome(store.session(&colleague()).get::<Step>(step.uuid).await), Done);
    let foreign = store.session(&stranger());
    assert_eq!(outcome(foreign.get::<Step>(step.uuid).await), Absent);
    assert_eq!(foreign.find::<Step>().count().await.unwrap(), 0);
    let planted = foreign.create(Step::draft().job_id(parent.id).name("b")).await;
    assert_eq!(outcome(planted), Denied);
    assert_eq!(number(&store, "SELECT count(*) FROM steps").await, 1);
}

/// A policy whose condition cannot be worked out for what is written, since a number in it is past what an integer holds: for a new
/// row, and for one that is at its end.
struct Fails;

impl Policy for Fails {
    fn scope(&self, _: &Caller, operation: Operation, object: &ObjectName) -> Decision {
        let fails = "abs(-9223372036854775807 - 1 + id * 0)";
        match operation {
            Operation::Create => Decision::Where(Cond::all().add(Expr::cust(format!("{fails} > 0")))),
            Operation::Update if *object == "Job" => {
                Decision::Where(Cond::all().add(Expr::cust(format!("CASE WHEN progress = 100 THEN {fails} ELSE 1 END > 0"))))
            }
            _ => Decision::All,
        }
    }
}

/// The writes of which nobody can say whether they are allowed, by their names.
const UNDECIDED: [&str; 5] = ["plain", "named", "under", "touched", "saved"];

async fn undecided(session: &Session, write: &str) -> Result<(), Error> {
    let note = Note::draft().text("x");
    match write {
        "plain" => session.create(Mark::draft().text("x")).await.map(|_| ()),
        "named" => session.create(job("r2")).await.map(|_| ()),
        "under" => session.find::<File>().create_child(Note::FILE, note).await.map(|_| ()),
        "touched" => {
            let touching = session.find::<File>().touching(File::draft().folder("outbox"), |_| {})?;
            touching.create_child(Note::FILE, note).await.map(|_| ())
        }
        _ => {
            let mut edit = session.find::<Job>().one().await?.unwrap().edit();
            edit.set_progress(100);
            session.save(&edit).await.map(|_| ())
        }
    }
}

#[tokio::test]
async fn s2_nothing_is_kept_of_which_nobody_can_say_whether_it_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let url = url(folder.path(), "rwc").await;
    let past = store_at(&url, AllowAll).await;
    make_file_tables(&past).await;
    file(&past.session(&owner()), "a").await;
    stored(&past.session(&owner()), "r1").await;
    let before =
        "SELECT (SELECT count(*) FROM jobs WHERE progress < 100) + (SELECT count(*) FROM files WHERE folder = 'inbox' AND revision = 1)";
    let made = "SELECT (SELECT count(*) FROM jobs) + (SELECT count(*) FROM marks) + (SELECT count(*) FROM file_notes)";
    let store = Store::connect(&url).clock(Ticking::default()).policy(Fails).await.unwrap();
    let session = store.session(&owner());
    for write in UNDECIDED {
        // MariaDB may have nothing to say of a plain new row but that it gives none back.
        let is_failed = |done: &Result<(), Error>| matches!(done, Err(Error::Internal(_) | Error::Integrity { .. }));
        assert!(is_failed(&undecided(&session, write).await), "{write}");
        let done = session.transaction(async |tx| {
            // One that goes on as if it was nothing to it.
            assert!(is_failed(&undecided(tx, write).await), "{write}");
            Ok(())
        });
        _ = done.await;
        assert_eq!((number(&past, before).await, number(&past, made).await), (2, 1), "{write}");
    }
}

async fn all_denied(store: &Store) {
    let session = store.session(&system());
    for outcome in reads(&session, 1).await {
        assert_eq!(outcome, Denied);
    }
    assert_eq!(outcome(session.create(job("r1")).await), Denied);
    assert_eq!(store.statements(), 0);
}

#[tokio::test]
async fn s3_a_store_without_a_policy_denies_everything() {
    all_denied(&Store::connect(&crate::engine::fresh().await).await.unwrap()).await;
}

#[tokio::test]
async fn s3_a_policy_that_panics_denies_everything() {
    struct Broken;
    impl Policy for Broken {
        fn scope(&self, _: &Caller, _: Operation, _: &ObjectName) -> Decision {
            panic!("broken")
        }
    }
    all_denied(&Store::connect(&crate::engine::fresh().await).policy(Broken).await.unwrap()).await;
}

#[test]
fn s11_callers_do_not_show_their_ids() {
    for (caller, shown) in
        [(Caller::user("alice", "p-7"), "Caller(user)"), (system(), "Caller(system recover-jobs)"), (Caller::nobody(), "Caller(nobody)")]
    {
        assert_eq!(format!("{caller:?}"), shown);
    }
    assert_eq!(Caller::nobody().project_id(), None);
    assert!(!owner().has_capability("recover-jobs"));
}

/// The text of a change is kept, and the condition of the policy is a part of it.
#[tokio::test]
async fn s2_what_is_kept_of_the_change_of_one_caller_lets_no_other_change_more() {
    let store = store().await;
    let id = store.session(&owner()).create(job("r1")).await.unwrap().id;
    let all = store.session(&system());
    for _ in 0..3 {
        for (caller, may) in [(system(), true), (stranger(), false), (owner(), true), (colleague(), false)] {
            let read = all.get::<Job>(id).await.unwrap();
            let mut edit = read.edit();
            edit.set_progress(read.progress + 1);
            let saved = outcome(store.session(&caller).save(&edit).await);
            assert_eq!(saved == Done, may, "{saved:?}");
            assert_eq!(all.get::<Job>(id).await.unwrap().progress - read.progress, i32::from(may));
        }
    }
}
