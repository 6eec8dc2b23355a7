//! Values that must not be seen: in errors, in `Debug`, in messages to others, in a carry.

use std::error::Error as _;

use recension::versioning::Registry;
use recension::wire::{self, Codec, Error, Form};
use recension::{
    Classes, Declaration, FieldClass, FieldKind, FieldSpec, Object, ObjectSpec, Op, Partial, Persisted, Record, Release, Revision, Slot,
    Value,
};
use recension_tests::Sample;

use super::tree::Tree;
use super::{read, registry, tree, write};

/// A text that would be found wherever it came out.
const CANARY: &str = "canary7791";
/// The same as a number.
const NUMBER: &str = "77917791779177";

/// Everything that an error says, to anyone.
fn said(error: &Error) -> String {
    let mut all = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(cause) = source {
        all += &format!(" {cause} {cause:?}");
        source = cause.source();
    }
    all
}

#[test]
fn s9_no_error_says_the_value_at_fault() {
    let tree = tree();
    let (mut refused, mut tried) = (0, 0);
    for path in tree.places(Tree::is_leaf) {
        let key = path.last().unwrap().as_str();
        // An object that only a newer peer knows is named, if that is a name.
        let is_name = ["versioned_object.name", "versioned_object.namespace"].contains(&key);
        for value in [
            format!(r#""{CANARY}{}""#, if is_name { " " } else { "" }),
            format!(r#""{CANARY}{}""#, "x".repeat(300)),
            format!(r#""{CANARY}\u0000""#),
            format!(r#""{CANARY}\ud800""#),
            format!("[{NUMBER}]"),
            format!("{NUMBER}.5"),
            format!("-{NUMBER}"),
            format!("{NUMBER}{NUMBER}{NUMBER}"),
            format!("{NUMBER}x"),
            format!(r#"{{"a":"{CANARY}"}}"#),
            CANARY.to_owned(),
        ] {
            let text = tree.with(&path, &value);
            tried += 1;
            let errors = [read(&text).err(), wire::from_json::<Partial<Sample>>(text.as_bytes()).err()];
            for error in errors.into_iter().flatten() {
                let said = said(&error);
                assert!(!said.contains(CANARY) && !said.contains(NUMBER), "{path:?}: {said}");
                refused += 1;
            }
        }
    }
    assert!(tried > 300 && refused > tried, "{refused} errors in {tried} messages");
}

#[test]
fn s9_no_error_says_a_name_that_nobody_has_declared() {
    let (tree, mut refused) = (tree(), 0);
    for path in tree.places(Tree::is_map) {
        for keys in [&[CANARY][..], &[CANARY, CANARY], &["", CANARY], &["versioned_object.canary7791"], &["canary7791.data"]] {
            let mut more = tree.clone();
            more.at(&path).entries().splice(0..0, keys.iter().map(|key| ((*key).to_owned(), Tree::Leaf("null".to_owned()))));
            let text = more.to_string();
            for error in [read(&text).err(), wire::from_json::<Partial<Sample>>(text.as_bytes()).err()].into_iter().flatten() {
                let said = said(&error);
                assert!(!said.contains(CANARY), "{path:?}: {said}");
                refused += 1;
            }
        }
    }
    assert!(refused > 100, "{refused}");
}

/// `Sample` with the canary in every text, named by the class of its field.
fn marked() -> Sample {
    Sample::full(CANARY).unwrap()
}

/// A mark for each class in each text field of a record, so that a message shows which classes are in it.
fn by_class() -> Record {
    let mut record = marked().to_record();
    let spec = record.spec().clone();
    for (index, field) in spec.fields.iter().enumerate().filter(|(_, field)| field.kind == FieldKind::Text) {
        record.fill(index, Value::from(format!("mark-{}", field.class)).into()).unwrap();
    }
    let Slot::Value(Value::Object(mut main)) = record.slot("main").unwrap().clone() else { panic!("no main part") };
    main.set("serial", Value::from("mark-internal")).unwrap();
    record.set("main", Value::Object(main)).unwrap();
    record
}

#[test]
fn s8_a_message_to_others_shows_the_classes_that_are_named() {
    for bits in 0..16_u8 {
        let classes = FieldClass::ALL.into_iter().filter(|class| bits >> (*class as u8) & 1 == 1).fold(Classes::NONE, Classes::and);
        let message = Codec::default().record_to_json(registry(), &by_class(), Form::Disclosed(classes)).unwrap();
        let message = String::from_utf8(message).unwrap();
        for class in FieldClass::ALL {
            // The parts are public themselves, so their internal serial shows only with both.
            let expected = classes.contains(class) && (class != FieldClass::Internal || classes.contains(FieldClass::Public));
            assert_eq!(message.contains(&format!("mark-{class}")), expected, "{class} in {message}");
        }
        for key in [".changes", ".carry", ".revision"] {
            assert!(!message.contains(key), "{key} in {message}");
        }
    }
}

#[test]
fn s8_a_secret_does_not_travel_in_a_carry() {
    let token = format!("token {CANARY}");
    for (version, shown) in [("1.0", false), ("1.1", false), ("1.2", false), ("1.3", false), ("2.0", true)] {
        let text = write(marked().to_record(), &format!("Sample={version}"));
        assert_eq!(text.contains(&token), shown, "{version}: {text}");
        let newest = registry().upgrade(read(&text).unwrap()).unwrap();
        assert_eq!(newest.slot("token").unwrap().is_set(), shown);
    }
}

#[test]
fn s8_an_object_with_a_secret_in_it_does_not_travel_in_a_carry() {
    let declare = |name: &str, fields: Vec<FieldSpec>, releases: Vec<Release>| {
        let version = releases.last().unwrap().version.clone();
        let head = fields.into_iter().fold(ObjectSpec::new(name, "sample", version), |spec, field| spec.field(field));
        Declaration { head: head.build().unwrap(), releases }
    };
    let first = || Release::new("1.0".parse().unwrap(), "first version");
    let public = |name: &str, kind| FieldSpec::new(name, kind).nullable().class(FieldClass::Public);
    let add = |field: &str| Op::Add { field: field.into(), old_default: Slot::Unset };
    let registry = Registry::builder()
        .declaration(declare(
            "Server",
            vec![
                public("key", FieldKind::Object("Key".into())),
                public("keys", FieldKind::list_of_objects("Key")),
                public("note", FieldKind::Text),
            ],
            vec![first(), Release::new("1.1".parse().unwrap(), "keys").op(add("key")).op(add("keys")).op(add("note"))],
        ))
        .declaration(declare("Key", vec![FieldSpec::new("text", FieldKind::Text)], vec![first()]))
        .build()
        .unwrap();
    let mut key = Record::new(registry.lineage("Key").unwrap().head().clone());
    key.set("text", Value::from(CANARY)).unwrap();
    let mut server = Record::new(registry.lineage("Server").unwrap().head().clone());
    server.set("key", Value::from(key.clone())).unwrap();
    server.set("keys", Value::from(vec![key])).unwrap();
    server.set("note", Value::from("a note")).unwrap();
    let message = Codec::default().record_to_json(&registry, &server, Form::Trusted.at("1.0")).unwrap();
    let text = String::from_utf8(message.clone()).unwrap();
    assert!(text.contains("a note") && !text.contains(CANARY) && !text.contains(r#""key"#), "{text}");
    let back = registry.upgrade(Codec::default().record_from_json(&registry, &message).unwrap()).unwrap();
    assert_eq!(back.slots()[..2], [Slot::Unset, Slot::Unset]);
    assert_eq!(back.changes().iter().collect::<Vec<_>>(), [2]);
}

#[test]
fn s11_x14_debug_shows_public_values_only() {
    let object = marked();
    let persisted = Persisted::assemble(object.clone(), Revision(3), Default::default());
    let mut edit = persisted.edit();
    edit.set_note(CANARY);
    edit.set_token(CANARY);
    edit.set_weight(12_345);
    edit.set_name("public name");
    let older = read(&write(object.to_record(), "Sample=1.0,SamplePart=1.0")).unwrap();
    let partial: Partial<Sample> = wire::from_json(write(object.to_record(), "Sample=1.0").as_bytes()).unwrap();
    let mut whole = object.clone();
    whole.name = "public name".to_owned();
    whole.main.label = Some("public label".to_owned());
    for (what, shown) in [
        ("object", format!("{whole:?} {whole:#?}")),
        ("draft", format!("{:?}", whole.clone().into_draft())),
        ("record", format!("{:?}", whole.to_record())),
        ("persisted", format!("{:?}", Persisted::assemble(whole.clone(), Revision(3), Default::default()))),
        ("edit", format!("{edit:?}")),
    ] {
        assert!(!shown.contains(CANARY) && !shown.contains("12345") && !shown.contains("-5"), "{what}: {shown}");
        assert!(shown.contains("public name"), "{what}: {shown}");
    }
    assert!(format!("{whole:?}").contains("public label"));
    assert!(
        format!("{edit:?}").contains("<secret>")
            && format!("{edit:?}").contains("<personal>")
            && format!("{edit:?}").contains("<internal>")
    );
    // What an older version could not say is not shown either: names and labels are public, the rest is not.
    for (what, shown) in [("older", format!("{older:?} {:?}", older.carry())), ("partial", format!("{partial:?} {:?}", partial.carry()))] {
        for (field, value) in [("note", "note "), ("serial", "serial "), ("token", "token ")] {
            assert!(!shown.contains(&format!("{value}{CANARY}")), "{field} of {what}: {shown}");
        }
    }
}
