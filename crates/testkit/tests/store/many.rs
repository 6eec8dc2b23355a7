//! Making many objects at once.

use recension::store::sea_orm::Condition;
use recension::store::{Caller, Decision, Error, Invalid, Operation, Policy, Store};
use recension::{Object, ObjectName, Persist, Revision, Rule, VersionedObject};
use uuid::Uuid;

use crate::engine::PARAMETERS;
use crate::support::*;

fn jobs(count: usize) -> Vec<recension::Draft<Job>> {
    (0..count).map(|number| job(&format!("r{number}"))).collect()
}

async fn jobs_stored(store: &Store) -> i64 {
    number(store, "SELECT count(*) FROM jobs").await
}

#[tokio::test]
async fn create_many_gives_the_objects_in_the_order_of_the_drafts() {
    let store = store().await;
    let session = store.session(&owner());
    let made = session.create_many(jobs(300)).await.unwrap();
    assert_eq!(made.len(), 300);
    for (number, job) in made.iter().enumerate() {
        assert_eq!(job.request, format!("r{number}"));
        assert_eq!((job.revision(), job.user_id.as_deref(), job.project_id.as_deref()), (Revision(1), Some("owner"), Some("p1")));
        assert_eq!(session.get::<Job>(job.id).await.unwrap().request, job.request);
    }
    // A table whose keys the store makes.
    let steps = (0..300).map(|number| Step::draft().job_id(made[number % 7].id).name(format!("s{number}")));
    for (number, step) in session.create_many(steps).await.unwrap().iter().enumerate() {
        assert_eq!(step.name, format!("s{number}"));
    }
    assert!(session.create_many(Vec::<recension::Draft<Job>>::new()).await.unwrap().is_empty());
}

#[tokio::test]
async fn create_many_gives_each_of_equal_drafts_a_row() {
    let store = store_with(AllowAll).await;
    let texts = ["b", "a", "b", "b", "a", "c"];
    let made = store.session(&owner()).create_many(texts.map(|text| Mark::draft().text(text))).await.unwrap();
    assert_eq!(made.iter().map(|mark| mark.text.as_str()).collect::<Vec<_>>(), texts);
    assert!(made.is_sorted_by(|one, next| one.id < next.id), "keys that the database makes rise");
}

/// A mark whose key may be given.
#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "test", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "marks", key = "id")]
struct Numbered {
    #[persist(fill = "auto")]
    id: i64,
    text: String,
}

#[tokio::test]
async fn create_many_takes_given_keys_among_others() {
    let store = store_with(AllowAll).await;
    let draft = |text: &str| Numbered::draft().text(text);
    let drafts = [draft("a").id(9), draft("b").id(3), draft("c"), draft("d"), draft("e").id(1)];
    let made = store.session(&owner()).create_many(drafts).await.unwrap();
    let found: Vec<_> = made.iter().map(|mark| (mark.id, mark.text.as_str())).collect();
    let (c, d) = (made[2].id, made[3].id);
    assert!(9 < c && c < d, "{c} {d}");
    assert_eq!(found, [(9, "a"), (3, "b"), (c, "c"), (d, "d"), (1, "e")]);
}

/// MySQL would take it for a key that is to be made.
#[tokio::test]
async fn a_key_that_is_given_as_zero_is_zero() {
    let store = store_with(AllowAll).await;
    let session = store.session(&owner());
    let made = session.create_many([Numbered::draft().id(0).text("a")]).await.unwrap();
    let read = session.get::<Numbered>(0).await;
    assert!(made[0].id == 0 && read.as_ref().is_ok_and(|read| read.text == "a"), "{read:?}");
    for again in [
        session.create_many([Numbered::draft().id(0).text("b")]).await.map(drop),
        session.create(Numbered::draft().id(0).text("b")).await.map(drop),
    ] {
        assert!(matches!(again, Err(Error::AlreadyExists { .. })), "{again:?}");
    }
}

#[tokio::test]
async fn create_many_sends_a_statement_a_chunk() {
    let store = store_with(AllowAll).await;
    let session = store.session(&owner());
    // Where a statement binds arrays all numbers of rows have one text.
    let binds_arrays = store.capability().binds_arrays;
    for (count, sizes) in [(1_usize, 1), (2, 1), (3, 2), (128, 5), (300, 2), (1_000, 1), (1_280, 5)] {
        let chunks = if binds_arrays { count.div_ceil(1_000) as u64 } else { sizes };
        let sent = store.statements();
        let marks = session.create_many((0..count).map(|number| Mark::draft().text(number.to_string()))).await.unwrap();
        assert_eq!((marks.len(), store.statements() - sent), (count, chunks + 2), "and one that begins and one that commits");
    }
    // With a natural key a query before each looks for rows of programs that do not know it.
    let sent = store.statements();
    let made = session.create_many(jobs(1_050)).await.map(|made| made.len());
    assert!(made.as_ref().is_ok_and(|made| *made == 1_050), "{made:?}");
    assert_eq!(store.statements() - sent, 11 * 2 + 2, "a hundred at a time");
}

/// A condition that binds nearly as much as a statement may.
struct Wordy;

impl Policy for Wordy {
    fn scope(&self, _: &Caller, _: Operation, _: &ObjectName) -> Decision {
        let texts = (0..PARAMETERS - 66).map(|number| number.to_string());
        Decision::Where(Condition::all().add(Mark::COLUMN.text.is_in(texts)))
    }
}

#[tokio::test]
async fn create_many_keeps_to_the_parameters_of_a_statement() {
    let store = store_with(Wordy).await;
    assert_eq!(store.capability().parameters_max, PARAMETERS);
    let sent = store.statements();
    let made = store.session(&owner()).create_many((0..120).map(|number| Mark::draft().text(number.to_string()))).await;
    assert!(made.is_ok_and(|made| made.len() == 120));
    let chunks = if store.capability().binds_arrays { 1 } else { 120 / 20 };
    assert_eq!(store.statements() - sent, chunks + 2, "two parameters a row, and 64 are left besides those of the policy");
}

#[tokio::test]
async fn s2_create_many_checks_the_policy_on_every_row() {
    let store = store().await;
    let mine = stored(&store.session(&owner()), "mine").await;
    let theirs = stored(&store.session(&stranger()), "theirs").await;
    let session = store.session(&owner());
    let (mine, theirs) = (mine.id, theirs.id);
    let steps = |wrong: usize| {
        let job_id = move |number| if number == wrong { theirs } else { mine };
        (0..1_050).map(move |number| Step::draft().job_id(job_id(number)).name(number.to_string()))
    };
    for wrong in [0, 999, 1_000, 1_049] {
        let denied = session.create_many(steps(wrong)).await;
        assert!(matches!(denied, Err(Error::Denied { operation: Operation::Create, .. })), "{denied:?}");
        assert_eq!(number(&store, "SELECT count(*) FROM steps").await, 0);
        // Even if the error is not heeded.
        let spoiled = session
            .transaction(async |tx| {
                assert!(tx.create_many(steps(wrong)).await.is_err());
                Ok(())
            })
            .await;
        assert!(matches!(spoiled, Err(Error::Internal(_))), "{spoiled:?}");
        assert_eq!(number(&store, "SELECT count(*) FROM steps").await, 0);
    }
    assert_eq!(session.create_many(steps(1_050)).await.unwrap().len(), 1_050);
    let sent = store.statements();
    let nobody = store.session(&Caller::nobody());
    assert!(matches!(nobody.create_many(jobs(2)).await, Err(Error::Denied { .. })));
    assert!(matches!(nobody.create_each(jobs(2)).await, Err(Error::Denied { .. })));
    assert_eq!(store.statements(), sent);
}

#[tokio::test]
async fn s4_create_many_checks_every_draft_before_anything_is_sent() {
    let store = store().await;
    let session = store.session(&owner());
    let sent = store.statements();
    let mut drafts = jobs(200);
    drafts[150] = job("x").progress(101);
    let done = session.create_many(drafts).await.map(|made| made.len());
    assert!(matches!(done, Err(Error::Invalid(Invalid::Draft { index: 150, .. }))), "{done:?}");
    let error = done.unwrap_err();
    assert_eq!(error.rule(), Some(&Rule::Range { min: 0, max: 100 }));
    assert!(error.to_string().starts_with("draft 150: ") && error.to_string().contains("`progress`"), "{error}");
    let error = session.create_many([job("a"), Job::draft().request("b")]).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(Invalid::Draft { index: 1, .. })), "{error:?}");
    assert_eq!(store.statements(), sent);
}

#[tokio::test]
async fn s14_create_many_checks_every_natural_key() {
    let store = store().await;
    let session = store.session(&owner());
    let exists = |result: Result<Vec<_>, Error>| assert!(matches!(result, Err(Error::AlreadyExists { .. })), "{result:?}");
    for twice in [1, 150] {
        let mut drafts = jobs(200);
        drafts[twice] = job("r0");
        exists(session.create_many(drafts).await);
        assert_eq!(jobs_stored(&store).await, 0, "within the call, in one chunk or two");
    }
    stored(&session, "r199").await;
    exists(session.create_many(jobs(200)).await);
    // A row of a program that does not know natural keys.
    run(&store, "UPDATE jobs SET natural_key = NULL").await;
    exists(session.create_many(jobs(200)).await);
    assert_eq!(jobs_stored(&store).await, 1);
    let mut mixed = jobs(199);
    mixed.push(job("r199").server(Uuid::from_u128(8)));
    assert_eq!(session.create_many(mixed).await.unwrap().len(), 200);
}

#[tokio::test]
async fn a_chunk_that_fails_takes_back_all_chunks() {
    let store = store().await;
    let session = store.session(&owner());
    stored(&session, "r199").await;
    assert!(matches!(session.create_many(jobs(200)).await, Err(Error::AlreadyExists { .. })));
    assert_eq!(jobs_stored(&store).await, 1);
    // One that is found by a query, and one that breaks a constraint.
    for natural_key in ["natural_key", "NULL"] {
        run(&store, &format!("UPDATE jobs SET natural_key = {natural_key}")).await;
        let heedless = session
            .transaction(async |tx| {
                assert!(matches!(tx.create_many(jobs(200)).await, Err(Error::AlreadyExists { .. })));
                Ok(())
            })
            .await;
        assert!(matches!(heedless, Err(Error::Internal(_))), "{heedless:?}");
        assert_eq!(jobs_stored(&store).await, 1);
    }
    // The first chunk leaves no trace, so the transaction goes on.
    run(&store, "UPDATE jobs SET request = 'r0'").await;
    session
        .transaction(async |tx| {
            assert!(matches!(tx.create_many(jobs(200)).await, Err(Error::AlreadyExists { .. })));
            tx.create_many(jobs(200).split_off(1)).await
        })
        .await
        .unwrap();
    assert_eq!(jobs_stored(&store).await, 200);
}

#[tokio::test]
async fn a_call_takes_no_more_drafts_than_its_cap() {
    let store = Store::connect(&crate::engine::fresh().await).policy(AllowAll).drafts_max(3).await.unwrap();
    run(&store, "CREATE TABLE marks (id INTEGER PRIMARY KEY, text TEXT, note TEXT)").await;
    let session = store.session(&owner());
    let endless = || std::iter::repeat_with(|| Mark::draft().text("x"));
    let sent = store.statements();
    let too_many = |error: &Error| matches!(error, Error::Invalid(Invalid::TooManyDrafts { max: 3, .. }));
    assert!(session.create_many(endless()).await.is_err_and(|error| too_many(&error)));
    assert!(session.create_each(endless().take(4)).await.is_err_and(|error| too_many(&error)));
    assert_eq!(store.statements(), sent);
    assert_eq!(session.create_many(endless().take(3)).await.unwrap().len(), 3);
    assert_eq!(session.create_each(endless().take(3)).await.unwrap().len(), 3);
}

#[tokio::test]
async fn create_each_says_of_each_draft_how_it_went() {
    let store = store().await;
    let session = store.session(&owner());
    let drafts = [job("a"), job("b").progress(101), job("a"), job("c").progress(66), job("d")];
    let results = session.create_each(drafts).await.unwrap();
    let [Ok(a), Err(rule), Err(Error::AlreadyExists { .. }), Err(Error::Internal(_)), Ok(d)] = &results[..] else { panic!("{results:?}") };
    assert_eq!((a.request.as_str(), d.request.as_str()), ("a", "d"));
    assert_eq!(rule.rule(), Some(&Rule::Range { min: 0, max: 100 }));
    assert_eq!(jobs_stored(&store).await, 2);
    // What is left out of a transaction does not spoil it.
    let results = session.transaction(async |tx| tx.create_each([job("a"), job("e")]).await).await.unwrap();
    assert!(matches!(&results[..], [Err(Error::AlreadyExists { .. }), Ok(_)]), "{results:?}");
    assert_eq!(jobs_stored(&store).await, 3);
    // Denied are those of another project alone.
    let theirs = stored(&store.session(&stranger()), "theirs").await;
    let steps = [a.id, theirs.id, d.id].map(|job_id| Step::draft().job_id(job_id).name("s"));
    let results = session.create_each(steps).await.unwrap();
    assert!(matches!(&results[..], [Ok(_), Err(Error::Denied { .. }), Ok(_)]), "{results:?}");
    assert_eq!(number(&store, "SELECT count(*) FROM steps").await, 2);
}
