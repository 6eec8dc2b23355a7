//! What an older version could not say: read strictly where it is known, kept unread where it is not.

use recension::wire::{self, Codec, Error, Form, Malformation, Profile};
use recension::{Edit, Hop, IntegerWidth, Object, ObjectDraft, Partial, Persisted, Record, Revision, Rule, Slot, Value};
use recension_tests::Sample;

use super::tree::Tree;
use super::{UNKNOWN_HOP, envelope, message, newest, read, registry, write};

fn with_carry(version: &str, carry: &str) -> Result<Record, Error> {
    let text = envelope("Sample", "sample", version, "{}");
    read(&format!(r#"{},"versioned_object.carry":{carry}}}"#, text.strip_suffix('}').unwrap()))
}

fn malformed() -> Result<Record, Error> {
    Err(Malformation::Carry("Sample".into()).into())
}

#[test]
fn a_carry_has_one_form() {
    assert!(with_carry("1.2", "{}").is_ok());
    for carry in [
        "null",
        "[]",
        "7",
        r#""x""#,
        r#"{"1.3":null}"#,
        r#"{"1.3":[]}"#,
        r#"{"1.3":7}"#,
        r#"{"1.3":{"data":7}}"#,
        r#"{"1.3":{"data":null}}"#,
    ] {
        assert_eq!(with_carry("1.2", carry), Err(Malformation::WrongType("carry").into()), "{carry}");
    }
    for carry in [r#"{"x":{}}"#, r#"{"":{}}"#, r#"{"1.3.0.0":{}}"#, r#"{"1.3":{"ghost":{}}}"#, r#"{"1.3":{"changes":["ghost"]}}"#] {
        assert_eq!(with_carry("1.2", carry), malformed(), "{carry}");
    }
    for carry in [r#"{"1.3":{"changes":7}}"#, r#"{"1.3":{"changes":[7]}}"#, r#"{"1.3":{"changes":null}}"#] {
        assert!(matches!(with_carry("1.2", carry), Err(Error::Malformed(_))), "{carry}");
    }
    for (carry, key) in [(r#"{"2.0":{},"2":{}}"#, "2.0"), (r#"{"9.1":7,"9.1.0":7}"#, "9.1.0"), (r#"{"1.3":{},"1.3":{}}"#, "1.3")] {
        assert_eq!(with_carry("1.2", carry), Err(Malformation::DuplicateKey(key.to_owned()).into()), "{carry}");
    }
}

#[test]
fn a_hop_holds_the_fields_it_moved_within_their_limits() {
    let read_hop = |version: &str, hop: &str, data: &str| with_carry(version, &format!(r#"{{"{hop}":{{"data":{data}}}}}"#));
    // Above the version of the message: what was added; at or below it: what was removed.
    assert!(read_hop("1.2", "1.3", r#"{"size":5}"#).is_ok());
    assert!(read_hop("1.3", "1.3", r#"{"flags":5}"#).is_ok());
    for (version, hop, data) in [("1.2", "1.3", r#"{"flags":5}"#), ("1.3", "1.3", r#"{"size":5}"#), ("1.2", "1.3", r#"{"full_name":"x"}"#)]
    {
        assert!(matches!(read_hop(version, hop, data), Err(Error::Object(recension::Error::UnknownField { .. }))), "{data}");
    }
    for (data, rule) in [
        (r#"{"size":"5"}"#, Rule::Kind { expected: "integer", found: "text" }),
        (r#"{"size":null}"#, Rule::NotNull),
        (r#"{"size":101}"#, Rule::Range { min: 1, max: 100 }),
    ] {
        let error = Error::Object(recension::Error::Invalid { object: "Sample".into(), field: "size".to_owned(), rule });
        assert_eq!(read_hop("1.2", "1.3", data), Err(error));
    }
}

#[test]
fn a_hop_holds_the_fields_it_shows_otherwise_as_they_are_on_its_other_side() {
    let read_hop = |version: &str, hop: &str, data: &str| with_carry(version, &format!(r#"{{"{hop}":{{"data":{data}}}}}"#));
    let long = format!(r#"{{"note":"{}"}}"#, "x".repeat(17));
    for (version, hop, data) in [
        ("1.2", "1.3", r#"{"weight":-5}"#),
        ("1.3", "1.3", r#"{"weight":5001}"#),
        ("1.1", "1.2", &*long),
        ("1.1", "1.1", r#"{"enabled":null}"#),
        ("1.3", "2.0", r#"{"locked":null}"#),
    ] {
        assert!(read_hop(version, hop, data).is_ok(), "{data}");
    }
    // Nothing is lost of a required field on its way down, and of a relaxed one on its way up.
    for (version, hop, data) in [("1.0", "1.1", r#"{"enabled":true}"#), ("2.0", "2.0", r#"{"locked":true}"#)] {
        assert!(matches!(read_hop(version, hop, data), Err(Error::Object(recension::Error::UnknownField { .. }))), "{data}");
    }
    for (version, hop, data, field, rule) in [
        ("1.2", "1.2", &*long, "note", Rule::Chars { limit: 16, found: 17 }),
        ("1.2", "1.3", r#"{"weight":40000}"#, "weight", Rule::Width(IntegerWidth::I16)),
    ] {
        let error = Error::Object(recension::Error::Invalid { object: "Sample".into(), field: field.to_owned(), rule });
        assert_eq!(read_hop(version, hop, data), Err(error));
    }
}

#[test]
fn x10_a_carry_does_not_change_what_is_shown() {
    let weighing = |carry: &str| {
        let mut record = with_carry("1.2", carry).unwrap();
        record.set("weight", Slot::from(Value::Integer(5_000))).unwrap();
        registry().upgrade(read(&write(record, "")).unwrap()).unwrap().slot("weight").cloned()
    };
    for carry in [r#"{}"#, r#"{"1.3":{"data":{"weight":7},"changes":["weight"]}}"#, r#"{"1.3":{"data":{"weight":null}}}"#] {
        assert_eq!(weighing(carry), Ok(Value::Integer(5).into()), "{carry}");
    }
}

#[test]
fn x10_a_carry_cannot_claim_a_change_without_a_value() {
    let record = with_carry("1.2", r#"{"1.3":{"data":{},"changes":["size"]}}"#).unwrap();
    let newest = registry().upgrade(record).unwrap();
    assert!(newest.changes().is_empty());
    let record = with_carry("1.2", r#"{"1.3":{"data":{"size":5},"changes":["size"]}}"#).unwrap();
    let newest = registry().upgrade(record).unwrap();
    assert_eq!((newest.slot("size"), newest.changes().len()), (Ok(&Slot::Value(Value::Integer(5))), 1));
}

#[test]
fn a_hop_of_an_unknown_release_is_returned_as_it_came() {
    // Nothing leads to 1.0 here, so its hop is one of a release before all we know: as unread as a later one.
    let oldest = with_carry("1.2", &format!(r#"{{"1.0":{UNKNOWN_HOP}}}"#)).unwrap();
    assert_eq!(oldest.carry().hops().next().unwrap().1, &Hop::Opaque(UNKNOWN_HOP.into()));
    for version in ["Sample=1.0", "Sample=2.0"] {
        let travelled = write(read(&write(oldest.clone(), version)).unwrap(), "");
        assert!(travelled.contains(&format!(r#""1.0":{UNKNOWN_HOP}"#)), "{travelled}");
    }
    for json in
        [UNKNOWN_HOP, "null", "7", r#""x""#, "[ 1 , 2 ]", r#"{"data":{"a":1,"a":2}}"#, r#"{"data":{"x":[{"y":null}]},"changes":["x"]}"#]
    {
        let record = with_carry("1.2", &format!(r#"{{"9.1": {json} }}"#)).unwrap();
        assert_eq!(record.carry().hops().next().unwrap().1, &Hop::Opaque(json.into()));
        // Through every version of ours, and back.
        let mut travelled = record;
        for version in ["Sample=1.0", "Sample=2.0", "Sample=1.3"] {
            travelled = read(&write(travelled, version)).unwrap();
        }
        assert!(write(travelled, "").contains(&format!(r#""9.1":{json}"#)), "{json}");
    }
}

#[test]
fn s8_a_complete_reader_does_not_make_up_what_a_carry_withheld() {
    let missing = |fields: &[&str]| {
        let missing = fields.iter().map(|field| (*field).to_owned()).collect();
        Error::Object(recension::Error::Incomplete { object: "Sample".into(), missing })
    };
    let sample = Sample::full("x").unwrap();
    let persisted = Persisted::assemble(sample.clone(), Revision(3), Default::default());
    let message = wire::to_json(&persisted, Form::Trusted.at("1.3")).unwrap();
    assert_eq!(wire::from_json::<Sample>(&message).err(), Some(missing(&["token"])));
    assert_eq!(wire::from_json::<Persisted<Sample>>(&message).err(), Some(missing(&["token"])));
    assert_eq!(wire::from_json::<Edit<Sample>>(&message).err(), Some(missing(&["token"])));
    let partial: Partial<Sample> = wire::from_json(&message).unwrap();
    assert!(partial.token_ref().is_none() && partial.spare_ref().is_some());
    // What was unset is not made up either.
    let mut draft = sample.clone().into_draft().to_record();
    draft.unset("size").unwrap();
    let message = write(draft, "Sample=1.2");
    assert_eq!(wire::from_json::<Sample>(message.as_bytes()).err(), Some(missing(&["size", "token"])));
    // Where nothing is known of a hop, the defaults of older objects apply.
    let silent = Codec::new(Profile::reference("versioned_object"));
    let message = silent.to_json(&sample, Form::Trusted.at("1.2")).unwrap();
    let read: Sample = wire::from_json(&message).unwrap();
    assert_eq!((read.size, read.token.is_none(), read.spare.is_none()), (1, true, true));
}

#[test]
fn the_reference_knows_no_carry() {
    let text = message().replace("versioned_object.", "nova_object.");
    let (ours, theirs) = (Codec::new(Profile::new("nova_object")), Codec::new(Profile::reference("nova_object")));
    let record = ours.record_from_json(registry(), text.as_bytes()).unwrap();
    let refused = theirs.record_from_json(registry(), text.as_bytes()).unwrap_err();
    assert_eq!(refused, Malformation::UnknownKey("nova_object.carry".to_owned()).into());
    let written = String::from_utf8(theirs.record_to_json(registry(), &record, Form::Trusted).unwrap()).unwrap();
    assert!(!written.contains("carry") && !written.contains("revision"));
    let revision = newest(r#"{}"#).replace("versioned_object.", "nova_object.");
    let revision = format!(r#"{},"nova_object.revision":3}}"#, revision.strip_suffix('}').unwrap());
    assert!(ours.record_from_json(registry(), revision.as_bytes()).is_ok());
    assert!(theirs.record_from_json(registry(), revision.as_bytes()).is_err());
    assert!(Tree::read(&written).is_map());
}
