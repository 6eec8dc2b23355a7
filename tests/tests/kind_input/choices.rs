//! Enums, state machines, objects, unions of objects.

use recension::wire::{Error, Malformation};
use recension::{Carry, FieldClass, Object, Persisted, Revision, Rule, Value};
use recension_testkit::messages::Format;
use recension_tests::{Kinds, Part, Phase, Sample};

use super::message::{envelope, json};
use super::{accepted, field, invalid, past_limit, read, refused, refused_at, verdict};

#[test]
fn enums() {
    accepted::<Sample>("state", &[r#""Running""#, r#""shut off""#]);
    accepted::<Sample>("goal", &["null"]);
    accepted::<Kinds>("past", &["[]", r#"["Running","Running","shut off","Running"]"#]);
    accepted::<Kinds>("phase", &[r#""Waiting""#, r#""at work""#, r#""Ended""#]);
    accepted::<Kinds>("goal", &["null"]);
    // A value is what is declared and nothing else: not the name of the variant, and not another case.
    let state = Rule::Enum("SampleState".to_owned());
    refused::<Sample>("state", &state, &[r#""""#, r#""Stopped""#, r#""running""#, r#""Running ""#, r#""canary""#, r#""Unknown""#]);
    refused_at::<Kinds>("past", "past[1]", &state, &[r#"["Running","canary"]"#]);
    refused::<Kinds>("phase", &Rule::Enum("SamplePhase".to_owned()), &[r#""Active""#, r#""canary""#]);
    refused::<Sample>("state", &Rule::NotNull, &["null"]);
}

#[test]
fn states_follow_each_other_as_declared() {
    let mut kinds = Kinds::full("mark").unwrap();
    kinds.phase = Phase::Active;
    let row = Persisted::assemble(kinds, Revision(1), Carry::default());
    for (to, allowed) in [(Phase::Active, true), (Phase::Ended, true), (Phase::Waiting, false)] {
        let mut edit = row.edit();
        edit.set_phase(to.clone());
        let refused = edit.to_record().map(|_| ()).map_err(Error::from);
        let expected = if allowed { Ok(()) } else { Err(invalid::<Kinds>("phase", Rule::Transition("SamplePhase".to_owned()))) };
        assert_eq!(refused, expected, "{to:?}");
    }
    // What another release wrote is kept and not sent.
    let mut kinds = Kinds::full("mark").unwrap();
    kinds.phase = Phase::Unknown("canary".to_owned());
    let codec = recension::wire::Codec::default();
    for format in Format::BOTH {
        let refused = format.write(&codec, &kinds, recension::wire::Form::Trusted, &Default::default()).unwrap_err();
        assert_eq!(refused, invalid::<Kinds>("phase", Rule::UnknownEnum("SamplePhase".to_owned())));
        assert!(!format!("{refused} {refused:?}").contains("canary"));
    }
}

/// A part and a cable as they stand in a message.
fn part(data: &str) -> String {
    envelope("SamplePart", &Part::declaration().head.version.to_string(), data)
}

fn cable(data: &str) -> String {
    envelope("SampleCable", "1.1", data)
}

#[test]
fn objects() {
    accepted::<Sample>("main", &[&part("{}"), &part(r#"{"bytes":18446744073709551615,"label":null,"serial":""}"#)]);
    accepted::<Sample>("spare", &["null"]);
    accepted::<Kinds>("shelves", &["{}", &format!(r#"{{"a":{0},"b":{0}}}"#, part("{}"))]);
    past_limit::<Kinds>(
        "shelves",
        "shelves",
        &Rule::Items { limit: 2, found: 3 },
        &[&format!(r#"{{"a":{0},"b":{0},"c":{0}}}"#, part("{}"))],
    );
    // What is wrong in it is named with its path.
    let long = part(&format!(r#"{{"label":"{}"}}"#, "x".repeat(33)));
    let rule = Rule::Chars { limit: 32, found: 33 };
    refused_at::<Sample>("main", "main.label", &rule, &[&long]);
    refused_at::<Sample>("parts", "parts[1].label", &rule, &[&format!("[{},{long}]", part("{}"))]);
    refused_at::<Kinds>("shelves", "shelves[*].label", &rule, &[&format!(r#"{{"canary":{long}}}"#)]);
    refused::<Sample>("main", &Rule::NotNull, &["null"]);
    let other = Rule::Object { expected: "SamplePart".into(), found: "SampleCable".into() };
    past_limit::<Kinds>("shelves", "shelves[*]", &other, &[&format!(r#"{{"canary":{}}}"#, cable("{}"))]);
}

#[test]
fn unions() {
    accepted::<Kinds>("device", &[&part("{}"), &cable(r#"{"delay":"PT60S","colour":null}"#)]);
    accepted::<Kinds>("spare_device", &["null", &part("{}")]);
    accepted::<Kinds>("devices", &["[]", &format!("[{},{}]", cable("{}"), part("{}"))]);
    past_limit::<Kinds>("devices", "devices", &Rule::Items { limit: 2, found: 3 }, &[&format!("[{0},{0},{0}]", part("{}"))]);
    refused_at::<Kinds>("device", "device.bytes", &Rule::NotNull, &[&part(r#"{"bytes":null}"#)]);
    refused_at::<Kinds>(
        "devices",
        "devices[1].colour",
        &Rule::Chars { limit: 16, found: 17 },
        &[&format!(r#"[{},{}]"#, part("{}"), cable(&format!(r#"{{"colour":"{}"}}"#, "x".repeat(17))))],
    );
    let other = Rule::Union("SampleDevice".to_owned());
    let kinds = envelope("SampleKinds", "1.2", "{}");
    past_limit::<Kinds>("device", "device", &other, &[&kinds]);
    past_limit::<Kinds>("devices", "devices[0]", &other, &[&format!("[{kinds}]")]);
    refused::<Kinds>("device", &Rule::NotNull, &["null"]);
}

#[test]
fn s14_an_object_in_a_field_is_an_envelope() {
    let verdict = |value: &str| verdict::<Kinds>("device", &serde_json::from_str(value).unwrap());
    assert_eq!(verdict("{}"), Err(Malformation::MissingKey("namespace").into()));
    assert_eq!(verdict(r#"{"canary":1}"#), Err(Malformation::UnknownKey("message[0]".to_owned()).into()));
    let unknown = Error::UnknownObject { namespace: "sample".to_owned(), name: "Ghost".to_owned() };
    assert_eq!(verdict(&envelope("Ghost", "1.0", "{}")), Err(unknown));
    assert!(matches!(verdict(&envelope("SampleCable", "9.0", "{}")), Err(Error::Incompatible { .. })));
    let revision = cable("{}").replace(r#","versioned_object.data""#, r#","versioned_object.revision":1,"versioned_object.data""#);
    assert_eq!(verdict(&revision), Err(Malformation::UnknownKey("versioned_object.revision".to_owned()).into()));
    // An older version is read as that, and upgraded with the object.
    let older = json::<Kinds>("device", &envelope("SampleCable", "1.0", "{}"));
    let codec = recension::wire::Codec::default();
    let record = Format::Json.read_record(&codec, <Kinds as recension::VersionedObject>::registry().unwrap(), &older).unwrap();
    let Ok(recension::Slot::Value(Value::Object(child))) = record.slot("device") else { panic!("no device") };
    assert_eq!(child.spec().version.to_string(), "1.0");
}

#[test]
fn the_fields_are_of_the_classes_that_their_tests_take_for_granted() {
    assert_eq!(field::<Sample>("token").class, FieldClass::Secret);
    assert_eq!(field::<Kinds>("keys").class, FieldClass::Secret);
    assert!(field::<Kinds>("log").sensitive && !field::<Kinds>("slug").sensitive);
    assert!(read::<Kinds>(Format::Json, &json::<Kinds>("log", r#""x""#)).is_ok());
}
