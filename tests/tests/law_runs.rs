//! The laws as evidence for the gate.
#![cfg(test)]

use std::sync::atomic::{AtomicU64, Ordering};

use recension::{Declaration, FieldClass, FieldKind, FieldSpec, Misfit, ObjectSpec, Op, Regrouping, Release, Slot, Value};
use recension_testkit::{Trials, law_runs};
use recension_versioning::Registry;
use recension_versioning::rules::{LawOutcome, LawRun};

fn text(name: &str) -> FieldSpec {
    FieldSpec::new(name, FieldKind::Text).class(FieldClass::Public)
}

/// A history of three versions, the second by `op`, which makes `name` of `title`.
fn runs(op: Op) -> Vec<LawRun> {
    let version = |minor: u32| format!("1.{minor}").parse().unwrap();
    let head = ObjectSpec::new("Book", "demo", version(2)).field(text("name")).field(text("note").nullable()).build().unwrap();
    let releases = vec![
        Release::new(version(0), "first version"),
        Release::new(version(1), "another name").op(op),
        Release::new(version(2), "a note").op(Op::Add { field: "note".into(), old_default: Slot::Unset }),
    ];
    let registry = Registry::builder().declaration(Declaration { head, releases }).build().unwrap();
    law_runs(&registry, Trials::new(40))
}

fn custom(regrouping: Regrouping, loss: Option<&str>) -> Op {
    let (fields, into) = (vec![text("title")], vec!["name".into()]);
    Op::Custom { name: "renamed".into(), fields, into, regrouping, loss: loss.map(Into::into) }
}

/// What comes of the hop to 1.1, where that to 1.2 is proven.
fn outcome(runs: &[LawRun]) -> &LawOutcome {
    let [note, op] = runs else { panic!("{runs:?}") };
    assert_eq!((note.version.to_string().as_str(), &note.outcome), ("1.2", &LawOutcome::Proven));
    assert_eq!((op.object.as_str(), op.version.to_string().as_str()), ("Book", "1.1"));
    &op.outcome
}

fn kept() -> Regrouping {
    Regrouping::new("up", |slots: &[Slot]| Ok(slots.to_vec()), "down", |slots: &[Slot]| Ok(slots.to_vec()))
}

/// Gives another text each time: nobody can tell what it made of what.
fn forgetful() -> Regrouping {
    let count = AtomicU64::new(0);
    let other = move |_: &[Slot]| Ok(vec![Value::from(count.fetch_add(1, Ordering::Relaxed).to_string()).into()]);
    Regrouping::new("up", |slots: &[Slot]| Ok(slots.to_vec()), "down", other)
}

#[test]
fn what_comes_back_is_proven() {
    assert_eq!(outcome(&runs(custom(kept(), None))), &LawOutcome::Proven);
    assert_eq!(outcome(&runs(Op::Rename { from: "title".into(), to: "name".into() })), &LawOutcome::Proven);
}

#[test]
fn what_is_lost_is_told_unless_it_was_said() {
    let lost = runs(custom(forgetful(), None));
    let LawOutcome::Loses { op } = outcome(&lost) else { panic!("{lost:?}") };
    assert!(op.starts_with("custom(renamed"), "{op}");
    let said = runs(custom(forgetful(), Some("titles are made up")));
    assert!(!matches!(outcome(&said), LawOutcome::Loses { .. }), "{said:?}");
}

#[test]
fn an_op_that_takes_nothing_that_is_generated_is_told() {
    let picky = Regrouping::new("up", |_: &[Slot]| Err(Misfit::new("is not mine")), "down", |slots: &[Slot]| Ok(slots.to_vec()));
    let runs = runs(custom(picky, None));
    let LawOutcome::NoGenerator { op } = outcome(&runs) else { panic!("{runs:?}") };
    assert!(op.starts_with("custom(renamed"), "{op}");
}

#[test]
fn a_law_that_is_broken_is_told_with_the_seed() {
    // What an older release wrote is another each time that it is read.
    let count = AtomicU64::new(0);
    let other = move |_: &[Slot]| Ok(vec![Value::from(count.fetch_add(1, Ordering::Relaxed).to_string()).into()]);
    let restless = Regrouping::new("up", other, "down", |slots: &[Slot]| Ok(slots.to_vec()));
    let runs = runs(custom(restless, Some("it is restless")));
    let LawOutcome::Failed { law, seed } = outcome(&runs) else { panic!("{runs:?}") };
    assert!(law.starts_with('L') && seed.parse::<u64>().is_ok(), "{law} {seed}");
}

#[test]
fn what_lies_below_an_op_that_takes_nothing_is_not_said_to_be_proven() {
    let version = |minor: u32| format!("1.{minor}").parse().unwrap();
    let head = ObjectSpec::new("Book", "demo", version(2)).field(text("name")).field(text("note").nullable()).build().unwrap();
    let picky = Regrouping::new("up", |slots: &[Slot]| Ok(slots.to_vec()), "down", |_: &[Slot]| Err(Misfit::new("is not mine")));
    let releases = vec![
        Release::new(version(0), "first version"),
        Release::new(version(1), "a note").op(Op::Add { field: "note".into(), old_default: Slot::Unset }),
        Release::new(version(2), "another name").op(custom(picky, None)),
    ];
    let registry = Registry::builder().declaration(Declaration { head, releases }).build().unwrap();
    let runs = law_runs(&registry, Trials::new(40));
    assert!(matches!(runs.as_slice(), [LawRun { outcome: LawOutcome::NoGenerator { .. }, .. }]), "{runs:?}");
}

#[test]
fn an_op_on_items_has_the_functions_of_what_it_does_to_them() {
    let each = |op| Op::Each { field: "names".into(), op: Box::new(op) };
    assert!(each(custom(kept(), None)).has_functions());
    assert!(!each(Op::Rename { from: "a".into(), to: "b".into() }).has_functions());
}

#[test]
fn ops_that_together_take_hardly_any_object_are_not_said_to_be_proven() {
    let version = |minor: u32| format!("1.{minor}").parse().unwrap();
    let names: Vec<String> = (0..8).map(|place| format!("name{place}")).collect();
    let head = names.iter().fold(ObjectSpec::new("Book", "demo", version(1)), |head, name| head.field(text(name))).build().unwrap();
    // Each takes one text of a few, and none refuses all that there is.
    let picky = |slots: &[Slot]| match slots.first().and_then(Slot::value).and_then(Value::as_text) {
        Some(text) if text.len() % 8 != 5 => Err(Misfit::new("is not mine")),
        _ => Ok(slots.to_vec()),
    };
    let release = names.iter().fold(Release::new(version(1), "other names"), |release, name| {
        let regrouping = Regrouping::new("up", |slots: &[Slot]| Ok(slots.to_vec()), "down", picky);
        let fields = vec![text(&name.replace("name", "title"))];
        release.op(Op::Custom { name: name.as_str().into(), fields, into: vec![name.as_str().into()], regrouping, loss: None })
    });
    let releases = vec![Release::new(version(0), "first version"), release];
    let registry = Registry::builder().declaration(Declaration { head, releases }).build().unwrap();
    let runs = law_runs(&registry, Trials::new(40));
    assert!(matches!(runs.as_slice(), [LawRun { outcome: LawOutcome::NoGenerator { .. }, .. }]), "{runs:?}");
}
