//! What the derives make of a struct, seen from a user's crate.
#![deny(missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications, clippy::all)]

use recension::versioning::Registry;
use recension::{
    EnumValue, Error, FieldClass, FieldEnum, FieldKind, MethodChange, Object, ObjectDraft, Op, Partial, Persisted, Revision, Secret,
    ServerFields, Slot, Value, VersionedObject,
};

/// How an event ended.
#[derive(Clone, Debug, PartialEq, FieldEnum)]
#[field_enum(name = "EventResult")]
pub enum EventResult {
    /// Well.
    Success,
    /// Badly.
    #[field_enum(value = "Error")]
    Failed,
    /// As another release says.
    #[field_enum(unknown)]
    Unknown(String),
}

/// One step of an action.
#[derive(Clone, VersionedObject)]
#[object(name = "ActionStep", namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "where it ran; how hard it tried", add(host), add(tries, old_default = 1), remove(note: Option<String>, max_chars = 64))]
#[version("2", "one word for the result", rename(outcome => result), add(kind, old_default = "boot"), method(finish))]
pub struct Step {
    /// Made by the service.
    #[field(server_set, read_only)]
    pub id: i64,
    /// What it is.
    #[field(name = "kind", max_chars = 32)]
    pub r#type: String,
    /// Where it ran.
    pub host: Option<String>,
    /// How often it was tried.
    #[field(min = 1, max = 10)]
    pub tries: u32,
    /// How it ended.
    pub result: Option<EventResult>,
    /// What went wrong.
    #[field(max_bytes = 16_384)]
    pub traceback: Option<Secret<String>>,
}

/// An action with its steps.
#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
struct Action {
    #[field(class = "public")]
    name: String,
    // The setter is not in the way of the one of `ObjectDraft`.
    changes: i64,
    #[field(class = "public")]
    last: Option<Step>,
    #[field(class = "public", max_items = 3)]
    steps: Vec<Step>,
    #[field(class = "public")]
    causes: Vec<Self>,
}

fn step(id: i64) -> Step {
    Step { id, r#type: "boot".to_owned(), host: None, tries: 1, result: Some(EventResult::Failed), traceback: Some("boom".into()) }
}

fn action() -> Action {
    Action { name: "reboot".to_owned(), changes: 7, last: Some(step(1)), steps: vec![step(2), step(3)], causes: Vec::new() }
}

#[test]
fn the_declaration_says_what_the_attributes_say() {
    let declaration = Step::declaration();
    let head = &declaration.head;
    assert_eq!((head.name.as_str(), &*head.namespace, head.version.to_string().as_str()), ("ActionStep", "demo", "2"));
    let shown: Vec<_> = head.fields.iter().map(|field| (&*field.name, field.nullable, field.server_set, field.class)).collect();
    let public = FieldClass::Public;
    assert_eq!(
        shown,
        [
            ("id", false, true, public),
            ("kind", false, false, public),
            ("host", true, false, public),
            ("tries", false, false, public),
            ("result", true, false, public),
            // A secret is one whatever the object declares.
            ("traceback", true, false, FieldClass::Secret),
        ]
    );
    assert_eq!(head.fields[1].limits.max_chars, Some(32));
    assert_eq!((head.fields[3].limits.min, head.fields[3].limits.max), (Some(1), Some(10)));
    assert_eq!(Action::declaration().head.fields[1].class, FieldClass::Secret);
    assert_eq!(Action::declaration().head.fields[4].kind, FieldKind::list_of_objects("Action"));
    let ops = |index: usize| &declaration.releases[index].ops;
    assert!(ops(0).is_empty());
    assert_eq!(ops(1)[1], Op::Add { field: "tries".into(), old_default: Value::from(1).into() });
    assert!(matches!(&ops(1)[2], Op::Remove { field, fallback: Slot::Null } if &*field.name == "note" && field.nullable));
    assert_eq!(ops(2)[0], Op::Rename { from: "outcome".into(), to: "result".into() });
    assert_eq!(ops(2)[2], Op::Method { name: "finish".into(), change: MethodChange::Changed });
}

#[test]
fn the_registry_holds_the_whole_tree() {
    let registry: &Registry = Action::registry().unwrap();
    let names: Vec<_> = registry.lineages().map(|lineage| lineage.head().name.to_string()).collect();
    assert_eq!(names, ["Action", "ActionStep"]);
    let first = &registry.lineage("ActionStep").unwrap().shapes()[0];
    let fields: Vec<_> = first.fields.iter().map(|field| &*field.name).collect();
    assert_eq!(fields, ["id", "outcome", "traceback", "note"]);
}

#[test]
fn a_draft_is_unset_null_or_a_value() {
    let mut draft = Step::draft().host("node-1").tries(2);
    assert_eq!(draft.host_ref(), Some(&Some("node-1".to_owned())));
    assert_eq!((draft.type_ref(), draft.id_ref()), (None, None));
    draft.clear_host();
    assert_eq!(draft.host_ref(), Some(&None));
    draft.set_type("boot");
    draft.set_result(EventResult::Success);
    draft.set_traceback(String::from("boom"));
    let changes: Vec<_> = draft.changes().iter().collect();
    assert_eq!(changes, [1, 2, 3, 4, 5]);
    assert_eq!(draft.r#type("halt").type_ref(), Some(&"halt".to_owned()));
}

#[test]
fn s6_server_set_fields_have_setters_of_their_own() {
    let mut fields = StepServerFields::default().id(7);
    assert_eq!(fields.as_draft().id_ref(), Some(&7));
    fields.set_id(8);
    assert_eq!(fields.as_draft().slot(0), Value::from(8).into());
    assert_eq!(format!("{fields:?}"), "ActionStep { id: 8, .. }");
}

#[test]
fn debug_shows_by_class() {
    assert_eq!(
        format!("{:?}", step(1)),
        r#"ActionStep { id: 1, kind: "boot", host: null, tries: 1, result: "Error", traceback: <secret>, .. }"#
    );
    assert_eq!(format!("{:?}", Step::draft().tries(3).traceback("boom")), "ActionStep { tries: 3, traceback: <secret>, .. }");
    let nested = Action { last: None, steps: Vec::new(), ..action() };
    assert_eq!(format!("{nested:?}"), r#"Action { name: "reboot", changes: <secret>, last: null, steps: [], causes: [], .. }"#);
}

#[test]
fn objects_nest_and_may_be_partial_at_every_depth() {
    let mut draft = action().into_draft();
    draft.set_last(step(9));
    let mut record = ObjectDraft::to_record(&draft);
    let steps = record.slot("steps").unwrap().value().unwrap().objects().into_iter().cloned();
    let mut steps: Vec<_> = steps.collect();
    steps[1].unset("tries").unwrap();
    record.set("steps", steps).unwrap();
    record.unset("name").unwrap();
    let partial = Partial::<Action>::from_record(record).unwrap();
    let missing = ["name", "steps[1].tries"].map(str::to_owned).to_vec();
    assert_eq!(partial.complete().unwrap_err(), Error::Incomplete { object: "Action".into(), missing });
}

#[test]
fn complete_objects_and_records_are_the_same_thing() {
    let object = Action { causes: vec![action()], ..action() };
    let record = object.to_record();
    assert!(record.is_complete());
    assert_eq!(record, ObjectDraft::to_record(&object.clone().into_draft()));
    let again = Partial::<Action>::from_record(record.clone()).unwrap().complete().unwrap();
    assert_eq!(again.to_record(), record);
    assert_eq!(again.steps[1].result, Some(EventResult::Failed));
}

#[test]
fn an_edit_changes_what_it_touches() {
    let persisted = Persisted::assemble(step(1), Revision(3), Default::default());
    let mut edit = persisted.edit();
    edit.set_tries(4);
    edit.clear_traceback();
    let record = edit.to_record().unwrap();
    assert_eq!(record.changes().iter().collect::<Vec<_>>(), [3, 5]);
    assert_eq!((record.at(3), record.at(5)), (&Value::from(4).into(), &Slot::Null));
    assert_eq!(record.at(1), &Value::from("boot").into());
}

#[test]
fn an_enum_keeps_a_text_that_it_does_not_know() {
    let value = |text: &str| EventResult::from_value(&EnumValue::Unknown(text.into()));
    assert_eq!(value("Error"), EventResult::Failed);
    assert_eq!(value("Paused"), EventResult::Unknown("Paused".to_owned()));
    assert_eq!(value("Paused").to_value(), EnumValue::Unknown("Paused".into()));
    assert_eq!(EventResult::Success.to_value(), EnumValue::Known("Success".into()));
    let spec = EventResult::spec();
    assert_eq!((&*spec.name, spec.values.len()), ("EventResult", 2));
}

mod elsewhere {
    //! Names that the generated code must not mistake for its own.
    #![allow(dead_code, missing_docs)]

    pub(super) use ::recension as facade;

    pub(super) struct Some;
    pub(super) struct None;
    pub(super) struct Ok;
    pub(super) struct Option;
    pub(super) struct Result;
    pub(super) struct String;
    pub(super) struct Slot;
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod recension {}

    #[derive(Clone, facade::VersionedObject)]
    #[object(namespace = "demo", crate = facade)]
    #[version("1", "first version")]
    pub(super) struct Plain {
        pub(super) id: i64,
        pub(super) index: ::std::option::Option<::std::string::String>,
        pub(super) draft: bool,
        pub(super) value: facade::Timestamp,
        pub(super) completion: u8,
    }

    #[derive(Clone, Debug, facade::FieldEnum)]
    #[field_enum(crate = facade)]
    pub(super) enum Shade {
        Some,
        Ok,
        #[field_enum(unknown)]
        Other(::std::string::String),
    }
}

#[test]
fn generated_code_mistakes_no_name_of_the_user() {
    let draft = elsewhere::Plain::draft().index("x").draft(true).completion(1);
    assert_eq!(draft.index_ref(), Some(&Some("x".to_owned())));
    assert_eq!(elsewhere::Shade::Some.to_value(), EnumValue::Known("Some".into()));
}

/// A volume, whose methods changed and one of whose fields will go.
#[derive(Clone, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version(
    "1.1",
    "volumes are attached in a mode",
    method(attach, arg_added(mode, default = "rw")),
    method(format, arg_removed(force)),
    method(detach, removed),
    method(extend, added),
    method(rename, arg_added(name))
)]
struct Volume {
    #[field(deprecated(since = "1.1", until = "2027-03-01", reason = "see the tags"))]
    vat: Option<String>,
    #[field(deprecated(since = "1.1", reason = "nobody reads it"))]
    note: Option<String>,
}

#[test]
fn methods_and_what_will_go_are_declared() {
    let declaration = Volume::declaration();
    let told: Vec<String> = declaration.releases[1]
        .ops
        .iter()
        .map(|op| match op {
            Op::Method { name, change: MethodChange::ArgAdded { arg, default } } => {
                format!("{name} +{arg} {}", default.value().and_then(Value::as_text).unwrap_or("must be given"))
            }
            Op::Method { name, change } => format!("{name} {:?}", change.words()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        told,
        [
            "attach +mode rw",
            "format Some(\"arg_removed(force)\")",
            "detach Some(\"removed\")",
            "extend Some(\"added\")",
            "rename +name must be given"
        ]
    );
    let said: Vec<String> = declaration.head.fields.iter().map(|field| field.deprecated.as_ref().unwrap().to_string()).collect();
    assert_eq!(said, ["deprecated since 1.1, until 2027-03-01: see the tags", "deprecated since 1.1: nobody reads it"]);
}
