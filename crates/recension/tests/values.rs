//! A typed object whose values change between releases: wider types, other limits, enums that gain, lose and rename values.
#![deny(missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications, clippy::all)]

use recension::versioning::Registry;
use recension::wire::{self, Codec, Form};
use recension::{FieldEnum, Op, Slot, Value, VersionedObject};

/// How far a task is.
#[derive(Clone, Debug, PartialEq, FieldEnum)]
pub enum State {
    /// Not begun.
    Waiting,
    /// Begun.
    Running,
    /// Held.
    Paused,
    /// Ended.
    Done,
    /// Of a release that is not known here.
    #[field_enum(unknown)]
    Unknown(String),
}

/// A task.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version(
    "1.1",
    "sizes grow, names are longer, and a task can be held",
    widen(size: i32, fallback = -1),
    widen(load: Option<u32>),
    constrain(name, max_chars = 8, fallback = "..."),
    constrain(share, min = 0, max = 10, fill = 0),
    enum_add(state: "Paused" => "Queued")
)]
#[version("1.2", "lost tasks count as done", enum_remove(state: "Lost" => "Done"), enum_rename(state: "Queued" => "Waiting"))]
pub struct Task {
    /// Bytes.
    pub size: i64,
    /// Per second.
    pub load: Option<f64>,
    /// What it is called.
    #[field(max_chars = 64)]
    pub name: String,
    /// Its part, in percent.
    #[field(min = 0, max = 100)]
    pub share: u8,
    /// How far it is.
    pub state: State,
}

fn task() -> Task {
    Task { size: 1 << 40, load: Some(7.0), name: "a name of more than eight".to_owned(), share: 10, state: State::Paused }
}

#[test]
fn an_older_release_is_shown_what_it_knows_and_hands_back_what_it_was_not_shown() {
    let message = wire::to_json(&task(), Form::Trusted.at("1.0")).unwrap();
    let registry = Registry::of::<Task>().unwrap();
    let shown = Codec::default().record_from_json(&registry, &message).unwrap();
    let text = |name: &str| shown.slot(name).unwrap().value().unwrap().clone();
    assert_eq!((text("size"), text("load"), text("name")), (Value::from(-1), Value::from(7), Value::from("...")));
    assert_eq!(text("state").as_text(), Some("Queued"));
    assert_eq!(wire::from_json::<Task>(&message).unwrap(), task());

    let mut edited = shown;
    edited.set("size", Value::from(5)).unwrap();
    let message = Codec::default().record_to_json(&registry, &edited, Form::Trusted).unwrap();
    let again: Task = wire::from_json(&message).unwrap();
    assert_eq!(again, Task { size: 5, ..task() });
}

#[test]
fn the_derive_says_what_the_builder_would() {
    let registry = Registry::of::<Task>().unwrap();
    let releases = registry.lineage("Task").unwrap().releases();
    let [_, second, third] = releases else { panic!("{releases:?}") };
    let said: Vec<String> = second.ops.iter().chain(&third.ops).map(|op| format!("{op:?}")).collect();
    assert_eq!(said.len(), 7);
    let [Op::Widen { field: size, fallback }, Op::Widen { fallback: none, .. }, Op::Constrain { field: name, fill, .. }, ..] =
        &second.ops[..]
    else {
        panic!("{:?}", second.ops)
    };
    assert_eq!((&*size.name, fallback, none, fill), ("size", &Slot::from(Value::from(-1)), &Slot::Unset, &Slot::Unset));
    assert_eq!((&*name.name, name.limits.max_chars), ("name", Some(8)));
}
