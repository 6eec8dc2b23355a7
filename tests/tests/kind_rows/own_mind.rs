//! Tables with a mind of their own: what they do to rows is found by the laws of `recension_testkit::rows`, which tell no value.

use recension::{Draft, Persist};
use recension_testkit::Trials;
use recension_testkit::rows::Rows as Proof;
use recension_tests::Sample;

use super::rows::{Rows, wait};

/// What the laws say of the rows of a table to which `sql` was done.
fn found(sql: &[&str]) -> String {
    found_with(sql, |draft| draft)
}

fn found_with(sql: &[&str], adapt: impl Fn(Draft<Sample>) -> Draft<Sample> + Send + Sync) -> String {
    wait(async {
        let rows = Rows::of::<Sample>().await;
        for statement in sql {
            rows.run(&statement.replace("TABLE", Sample::mapping().table())).await;
        }
        let told = Proof::<Sample>::of(&rows.session).drafts(adapt).prove(Trials::new(24).seed(7)).await;
        told.map_or_else(|broken| broken, |rows| format!("{rows} rows"))
    })
}

fn is_said(told: &str, expected: &str) {
    assert!(told.starts_with(expected) && told.ends_with("\nthe same trials again: RECENSION_SEED=7"), "{told}");
    assert!(!told.contains("c4n4ry"), "{told}");
}

#[test]
fn a_trigger_that_writes_something_else_is_found() {
    let on =
        |event: &str, set: &str| format!("CREATE TRIGGER own AFTER {event} ON TABLE BEGIN UPDATE TABLE SET {set} WHERE id = new.id; END");
    is_said(&found(&[&on("INSERT", "name = 'c4n4ry'")]), "a new row, told and read: `name` has another value");
    is_said(&found(&[&on("INSERT", "revision = 7")]), "a new row has another revision when it is read");
    is_said(&found(&[&on("UPDATE OF name", "weight = 7")]), "a saved row, told and read: `weight` has another value");
}

#[test]
fn rows_that_cannot_be_stored_are_no_proof() {
    is_said(&found(&["CREATE TRIGGER own BEFORE INSERT ON TABLE BEGIN SELECT raise(ABORT, 'c4n4ry'); END"]), "create: ");
    let told = found_with(&[], |draft| draft.name("c4n4ry".repeat(1_000)));
    is_said(&told, "of 24 random objects 0 could be stored and changed");
}
