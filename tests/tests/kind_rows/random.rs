//! Random objects in rows: what is made comes back, what is saved comes back, and nothing else changes. And what a table does to
//! them that has its own mind is found.

use recension::store::sea_orm::DbBackend;
use recension::versioning::Manifest;
use recension::{IntegerWidth, Rule};
use recension_testkit::Trials;
use recension_testkit::records::complete_records;
use recension_testkit::rows::Rows as Proof;
use recension_tests::{Kinds, Sample};

use proptest::test_runner::TestCaseError;

use super::database::BACKEND;
use super::numbers::Numbers;
use super::rows::{Rows, Tried, wait};

fn every_value_comes_back<T: Tried>(cases: u32) {
    let (registry, name) = (T::registry().unwrap(), T::NAME.into());
    let records = || complete_records(registry, &name, &Manifest::default());
    // Each has a table of its own, which takes a server longer.
    let trials = Trials::new(if BACKEND == DbBackend::Sqlite { cases } else { cases / 4 });
    let result = trials.run(&(records(), records()), |(first, second)| {
        wait(async {
            let rows = Rows::of::<T>().await;
            if !Proof::<T>::of(&rows.session).holds(&first, &second).await.map_err(TestCaseError::fail)? {
                return Err(TestCaseError::fail("it is refused"));
            }
            // And it is found by each of its fields.
            let mut record = first;
            record.take(T::mapping().keys()[0]);
            let draft = <recension::Draft<T> as recension::ObjectDraft>::from_record(record).unwrap();
            match rows.session.create(draft).await {
                Ok(made) => rows.found(&made, None).await,
                Err(error) => assert_eq!(error.rule(), Some(&Rule::Width(IntegerWidth::I64))),
            }
            Ok(())
        })
    });
    assert!(result.is_ok(), "{}", result.unwrap_err());
}

#[test]
fn random_kinds_come_back_from_rows() {
    every_value_comes_back::<Kinds>(64);
}

#[test]
fn random_samples_come_back_from_rows() {
    every_value_comes_back::<Sample>(64);
}

#[test]
fn random_numbers_come_back_from_rows() {
    every_value_comes_back::<Numbers>(96);
}

#[test]
fn the_rows_of_a_table_that_was_made_for_an_object_are_proved() {
    wait(async {
        let rows = Rows::of::<Kinds>().await;
        let proof = Proof::<Kinds>::of(&rows.session);
        let proved = proof.prove(Trials::new(16));
        may_be_spawned(&proved);
        assert_eq!(proved.await, Ok(16));
    });
}

const fn may_be_spawned<F: Future + Send>(_: &F) {}
