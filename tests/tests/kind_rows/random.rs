//! Random objects in rows: what is made comes back, what is saved comes back, and nothing else changes.

use proptest::test_runner::{Reason, TestCaseError};
use recension::store::Error;
use recension::store::sea_orm::DbBackend;
use recension::versioning::Manifest;
use recension::{Draft, IntegerWidth, ObjectDraft, Persisted, Record, Rule, Slot, Value};
use recension_testkit::Trials;
use recension_testkit::records::complete_records;
use recension_tests::{Kinds, Sample};

use super::database::BACKEND;
use super::numbers::Numbers;
use super::rows::{Rows, Tried, kept_as, wait};

/// The state of a field that fits no column, though it is one of the field.
fn is_too_large(slot: &Slot) -> bool {
    matches!(slot, Slot::Value(Value::Integer(number)) if *number > i128::from(i64::MAX))
}

fn failed(what: &str, error: &Error) -> TestCaseError {
    TestCaseError::Fail(Reason::from(format!("{what}: {}", error.log())))
}

fn equal(what: &str, found: &Slot, expected: &Slot) -> Result<(), TestCaseError> {
    let same = match (found, expected) {
        // Equal is not enough: `-0.0 == 0.0`.
        (Slot::Value(Value::Float(found)), Slot::Value(Value::Float(expected))) => found.to_bits() == expected.to_bits(),
        (found, expected) => found == expected,
    };
    if same { Ok(()) } else { Err(TestCaseError::Fail(Reason::from(format!("another value: {what}")))) }
}

/// A row of the first record, unless a value of it fits no column, which must be said then.
async fn made<T: Tried>(rows: &Rows, record: &Record) -> Result<Option<Persisted<T>>, TestCaseError> {
    let mut record = record.clone();
    record.take(T::mapping().keys()[0]);
    let draft = <Draft<T> as ObjectDraft>::from_record(record.clone()).map_err(|error| failed("draft", &error.into()))?;
    let sent = rows.store.statements();
    match rows.session.create(draft).await {
        Ok(made) => Ok(Some(made)),
        Err(error) if record.slots().iter().any(is_too_large) => {
            assert_eq!((error.rule(), rows.store.statements()), (Some(&Rule::Width(IntegerWidth::I64)), sent));
            Ok(None)
        }
        Err(error) => Err(failed("create", &error)),
    }
}

async fn written_and_read<T: Tried>(first: &Record, second: &Record) -> Result<(), TestCaseError> {
    let rows = Rows::of::<T>().await;
    let Some(made) = made::<T>(&rows, first).await? else { return Ok(()) };
    let spec = first.spec().clone();
    let key = T::mapping().keys()[0];
    let record = rows.read(&made).await;
    let fields = || spec.fields.iter().enumerate().filter(|(index, _)| *index != key);
    for (index, field) in fields() {
        equal(&format!("`{}` of a new row", field.name), record.at(index), &kept_as(field, first.at(index)))?;
    }
    rows.found(&made, None).await;

    let mut edit = made.edit();
    let (mut expected, mut changes) = (record, edit.changes());
    for (index, field) in fields() {
        let slot = second.at(index);
        if field.read_only || field.forbids(expected.at(index), slot).is_some() || is_too_large(slot) {
            continue;
        }
        edit.put(index, slot.clone()).map_err(|rule| failed("edit", &spec.invalid(index, rule).into()))?;
        expected.fill(index, kept_as(field, slot)).map_err(|error| failed("edit", &error.into()))?;
        changes.insert(index);
    }
    edit.set_changes(changes);
    let saved = rows.session.save(&edit).await.map_err(|error| failed("save", &error))?;
    let record = rows.read(&saved).await;
    for (index, field) in spec.fields.iter().enumerate() {
        equal(&format!("`{}` of a saved row", field.name), record.at(index), expected.at(index))?;
    }
    rows.found(&saved, None).await;
    Ok(())
}

fn every_value_comes_back<T: Tried>(cases: u32) {
    let (registry, name) = (T::registry().unwrap(), T::NAME.into());
    let records = || complete_records(registry, &name, &Manifest::default());
    // Each has a table of its own, which takes a server longer.
    let trials = Trials::new(if BACKEND == DbBackend::Sqlite { cases } else { cases / 4 });
    let result = trials.run(&(records(), records()), |(first, second)| wait(written_and_read::<T>(&first, &second)));
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
