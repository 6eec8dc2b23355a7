//! The exported read schema and the decoder give one verdict: on valid messages, on messages in which one rule is
//! broken alone, and on messages in which something was changed at random. Where they differ, the rule is one that
//! JSON Schema cannot say, and it is on the list of those.
#![cfg(test)]

#[path = "schema_agreement/breaks.rs"]
mod breaks;
#[path = "schema_agreement/dice.rs"]
mod dice;
#[path = "schema_agreement/edits.rs"]
mod edits;
#[path = "schema_agreement/judges.rs"]
mod judges;
#[path = "schema_agreement/objects.rs"]
mod objects;
#[path = "schema_agreement/texts.rs"]
mod texts;
#[path = "schema_agreement/valid.rs"]
mod valid;

use std::collections::BTreeMap;

use instance_actions::{InstanceAction, InstanceActionEvent};
use recension::versioning::Registry;
use recension::wire::Decode;
use recension::{ObjectVersion, Partial, VersionedObject};
use recension_tests::{Part, Sample};

use self::breaks::Broken;
use self::dice::Dice;
use self::judges::{Form, Judges, Typed};
use self::valid::Valid;

/// How much is tried.
#[derive(Clone, Copy)]
struct Effort {
    /// Instances at least; a third and more of them valid.
    instances: usize,
    /// Instances in which one and the same rule is broken; a tenth of them where it is one of an object inside.
    each_broken: usize,
}

/// For each object, at its newest version.
const FULL: Effort = Effort { instances: 10_000, each_broken: 50 };
/// For its older versions, and for its fields without an envelope: what differs there is little.
const BRIEF: Effort = Effort { instances: 1_000, each_broken: 10 };

/// Compares the judges on one version of an object.
fn agree(registry: &Registry, object: &str, version: &str, form: Form, effort: Effort) {
    agree_typed(registry, (object, version), form, effort, None);
}

/// As [`agree`], and the reader of a typed object gives the verdict of the reader of records, by the same error.
fn agree_typed(registry: &Registry, (object, version): (&str, &str), form: Form, effort: Effort, typed: Option<Typed>) {
    let mut dice = Dice::new(object, version);
    let mut judges = Judges::new(registry, object, version, form);
    judges.typed = typed;
    let (version, valid) = (&version.parse().unwrap(), Valid { registry, form });

    let own = broken(&mut dice, &judges, &valid, (object, version), effort.each_broken, false);
    let inner = broken(&mut dice, &judges, &valid, (object, version), effort.each_broken / 10, true);
    judges.all_listed_were_met();
    // Whatever else may happen to a message.
    for _ in 0..effort.instances / 5 {
        let mut instance = valid.root(&mut dice, object, version);
        edits::one(&mut dice, &mut instance);
        judges.compare(&instance);
    }
    // A third and more are valid, so no rule is said that is none.
    let others = judges.compared();
    while judges.compared() < effort.instances || judges.compared() - others <= others / 2 {
        let instance = valid.root(&mut dice, object, version);
        assert!(judges.compare(&instance), "a valid {object} {version} is refused by {}: {instance}", judges.refusal(&instance));
    }
    println!("{object} {version} {form:?}: {} instances, {own} rules of its own and {inner} with those inside", judges.compared());
}

/// Breaks each rule alone so many times, so that none goes unsaid; the rules of its carry and of the objects in it
/// as well if `inner`. How many rules there are.
fn broken(
    dice: &mut Dice,
    judges: &Judges<'_>,
    valid: &Valid<'_>,
    (object, version): (&str, &ObjectVersion),
    times: usize,
    inner: bool,
) -> usize {
    let mut broken: BTreeMap<String, usize> = BTreeMap::new();
    // Which rules there are is a matter of chance too: of which version an object inside is, for one.
    for round in 0.. {
        assert!(round < times * 10, "{broken:?}");
        if round >= times && broken.values().all(|count| inner || *count >= times) {
            break;
        }
        let message = valid.root(dice, object, version);
        for Broken { rule, instance } in breaks::all(dice, valid, object, version, &message, inner) {
            // Of one rule only the schema knows.
            let taken = rule.ends_with(breaks::ROUNDED);
            assert_eq!(judges.compare(&instance), taken, "{object} {version} with `{rule}` broken: {instance}");
            *broken.entry(rule).or_default() += 1;
        }
    }
    broken.len()
}

#[test]
fn s15_every_kind() {
    agree(&objects::registry(), "Kinds", "1.0", Form::Envelope, FULL);
    agree(&objects::registry(), "Kinds", "1.0", Form::Data, BRIEF);
}

#[test]
fn s15_lists_sets_and_maps() {
    agree(&objects::registry(), "Containers", "1.0", Form::Envelope, FULL);
    agree(&objects::registry(), "Containers", "1.0", Form::Data, BRIEF);
}

#[test]
fn s15_objects_in_objects() {
    for object in ["Holder", "Part", "Other"] {
        every_version(&objects::registry(), object);
    }
    for version in ["1.0", "1.2"] {
        agree(&objects::registry(), "Holder", version, Form::Data, BRIEF);
    }
}

#[test]
fn s15_a_typed_object() {
    every_typed_version::<Sample>();
    every_typed_version::<Part>();
}

#[test]
fn s15_the_objects_of_the_example() {
    every_typed_version::<InstanceAction>();
    every_typed_version::<InstanceActionEvent>();
}

fn every_version(registry: &Registry, object: &str) {
    let lineage = registry.lineage(object).unwrap();
    for shape in lineage.shapes() {
        let effort = if shape == lineage.head() { FULL } else { BRIEF };
        agree(registry, object, &shape.version.to_string(), Form::Envelope, effort);
    }
}

fn every_typed_version<T: VersionedObject>()
where
    Partial<T>: Decode,
{
    let registry = T::registry().unwrap();
    let head = registry.lineage(T::NAME).unwrap().head();
    for shape in registry.lineage(T::NAME).unwrap().shapes() {
        // What is read of an older version may have no counterpart in the newest.
        let is_newest = shape == head;
        let typed: Typed = |codec, message| codec.from_json::<Partial<T>>(message).map(|_| ());
        let effort = if is_newest { FULL } else { BRIEF };
        agree_typed(registry, (T::NAME, &shape.version.to_string()), Form::Envelope, effort, is_newest.then_some(typed));
    }
}
