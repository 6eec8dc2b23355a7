//! What objects inside a typed object carry comes back, whatever an old release does in between.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use recension::versioning::Manifest;
use recension::wire::{Form, from_json, to_json};
use recension::{Edit, Object, Partial, Persisted, Revision};

/// The objects as the old release knows them.
mod old {
    use recension::VersionedObject;

    #[derive(Clone, PartialEq, VersionedObject)]
    #[object(namespace = "demo", default_class = "public")]
    #[version("1.0", "first version")]
    pub(crate) struct Step {
        #[field(read_only)]
        pub(crate) id: i64,
        pub(crate) host: String,
    }

    #[derive(Clone, PartialEq, VersionedObject)]
    #[object(namespace = "demo", default_class = "public")]
    #[version("1.0", "first version")]
    pub(crate) struct Plan {
        #[field(read_only)]
        pub(crate) id: i64,
        pub(crate) first: Step,
        pub(crate) steps: Vec<Step>,
    }
}

/// The objects as the new release knows them.
mod new {
    use recension::VersionedObject;

    #[derive(Clone, PartialEq, VersionedObject)]
    #[object(namespace = "demo", default_class = "public")]
    #[version("1.0", "first version")]
    #[version("1.1", "why it failed", add(note))]
    pub(crate) struct Step {
        #[field(read_only)]
        pub(crate) id: i64,
        pub(crate) host: String,
        pub(crate) note: Option<String>,
    }

    #[derive(Clone, PartialEq, VersionedObject)]
    #[object(namespace = "demo", default_class = "public")]
    #[version("1.0", "first version")]
    pub(crate) struct Plan {
        #[field(read_only)]
        pub(crate) id: i64,
        pub(crate) first: Step,
        pub(crate) steps: Vec<Step>,
    }
}

fn step(id: i64) -> new::Step {
    new::Step { id, host: format!("cn-{id}"), note: Some(format!("note {id}")) }
}

fn plan() -> new::Plan {
    new::Plan { id: 7, first: step(1), steps: vec![step(2), step(3), step(4)] }
}

/// The plan as it is sent to the old release.
fn sent() -> Vec<u8> {
    let manifest = Manifest::default().with("Step", "1.0".parse().unwrap());
    to_json(&Persisted::assemble(plan(), Revision(1), Default::default()), Form::Trusted.manifest(&manifest)).unwrap()
}

#[test]
fn an_old_release_hands_back_what_the_objects_in_an_object_carry() {
    let persisted: Persisted<old::Plan> = from_json(&sent()).unwrap();
    let back: Persisted<new::Plan> = from_json(&to_json(&persisted, Form::Trusted).unwrap()).unwrap();
    assert!(*back == plan());
    let partial: Partial<old::Plan> = from_json(&sent()).unwrap();
    let back: new::Plan = from_json(&to_json(&partial, Form::Trusted).unwrap()).unwrap();
    assert!(back == plan());
}

#[test]
fn what_an_old_release_changes_wins_and_the_rest_survives() {
    let persisted: Persisted<old::Plan> = from_json(&sent()).unwrap();
    let mut edit = persisted.edit();
    let mut first = persisted.first.clone();
    first.host = "moved".to_owned();
    edit.set_first(first);
    // One step is changed, one is removed, one is new, and their order is another.
    let [second, _, fourth] = <[old::Step; 3]>::try_from(persisted.steps.clone()).unwrap();
    let changed = old::Step { host: "moved".to_owned(), ..second };
    edit.set_steps(vec![fourth, old::Step { id: 9, host: "cn-9".to_owned() }, changed]);
    let back: Edit<new::Plan> = from_json(&to_json(&edit, Form::Trusted).unwrap()).unwrap();

    let moved = |step: new::Step| new::Step { host: "moved".to_owned(), ..step };
    let added = new::Step { id: 9, host: "cn-9".to_owned(), note: None };
    let expected = new::Plan { id: 7, first: moved(step(1)), steps: vec![step(4), added, moved(step(2))] };
    assert!(**back.base() == expected, "{:?}", back.base());
    assert_eq!(back.touched().len(), 2);
    assert_eq!(new::Plan::declaration().head.fields.len(), 3);
}
