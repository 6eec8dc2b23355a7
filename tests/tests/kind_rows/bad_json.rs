//! Cells of objects, unions, lists, sets and maps that another program wrote: JSON that breaks a rule breaks the same one as
//! in a message, at the same path, the limits of the items included.

use recension::store::Error;
use recension::versioning::VersionedObject;
use recension::wire::{Codec, Error as WireError};
use recension::{FieldKind, Finite, Object, Rule};
use recension_tests::{Cable, Kinds, Part, Sample};

use super::bad_cells::{broken, with_cell};
use super::boundaries::{cable, envelope, part};
use super::numbers::Numbers;
use super::rows::{Rows, Tried, field, wait};

fn cell(json: &str) -> String {
    format!("'{}'", json.replace('\'', "''"))
}

/// Each JSON breaks this rule at this path, in a cell and in a message.
fn refused<T: Tried>(name: &str, path: &str, rule: &Rule, values: &[&str]) {
    let field = field::<T>(name).1;
    let expected = recension::Error::Invalid { object: T::NAME.into(), field: path.to_owned(), rule: rule.clone() };
    wait(async {
        let rows = Rows::of::<T>().await;
        for json in values {
            let message = Codec::default().field_from_json(T::registry().unwrap(), &T::declaration().head, field, json);
            assert_eq!(message, Err(WireError::Object(expected.clone())), "{json} for `{name}` in a message");
            let Err(error) = with_cell::<T>(&rows, name, &cell(json)).await else { panic!("{json} for `{name}` was read") };
            broken::<T>(&error, name, path, rule, json);
        }
    });
}

/// Each cell is no JSON of its field at all: no rule of a field is broken, and the column is named.
fn unreadable<T: Tried>(name: &str, detail: &str, cells: &[&str]) {
    wait(async {
        let rows = Rows::of_anything::<T>().await;
        for sql in cells {
            let Err(error) = with_cell::<T>(&rows, name, sql).await else { panic!("{sql} for `{name}` was read") };
            assert!(matches!(error, Error::Integrity { .. }) && error.rule().is_none(), "{sql} for `{name}`: {}", error.log());
            assert!(error.log().contains(&format!("detail=\"{detail}\" column={name}")), "{sql}: {}", error.log());
            assert!(!format!("{} {error:?}", error.log()).contains("canary"), "{}", error.log());
        }
    });
}

#[test]
fn s17_lists() {
    refused::<Kinds>("tags", "tags[1]", &Rule::Kind { expected: "text", found: "number" }, &[r#"["",7]"#]);
    refused::<Kinds>("tags", "tags[0]", &Rule::Nul, &[r#"["can\u0000"]"#]);
    refused::<Kinds>("tags", "tags[0]", &Rule::NotNull, &["[null]"]);
    refused::<Kinds>("tags", "tags", &Rule::NotNull, &["null"]);
    refused::<Kinds>("ids", "ids[1]", &Rule::Uuid, &[r#"["0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0","canary"]"#]);
    refused::<Numbers>("floats", "floats[0]", &Rule::Kind { expected: "float", found: "text" }, &[r#"["0.5"]"#]);
}

#[test]
fn s17_sets_and_maps() {
    refused::<Kinds>("ports", "ports", &Rule::Twice, &["[80,80]"]);
    refused::<Kinds>("hosts", "hosts", &Rule::Twice, &[r#"["::1","0:0:0:0:0:0:0:1"]"#]);
    refused::<Kinds>("hosts", "hosts[*]", &Rule::Form("IP address"), &[r#"["canary"]"#]);
    refused::<Kinds>("labels", "labels", &Rule::Twice, &[r#"{"a":"canary","a":"x"}"#]);
    refused::<Kinds>("labels", "labels", &Rule::KeyNul, &[r#"{"can\u0000":""}"#]);
    refused::<Kinds>("labels", "labels[*]", &Rule::NotNull, &[r#"{"canary":null}"#]);
    refused::<Kinds>("seen", "seen[*]", &Rule::Timestamp, &[r#"{"canary":"2024-01-01"}"#]);
    let form = Rule::Form("decimal number of at most 38 digits, without exponent");
    refused::<Numbers>("exact", "exact[*]", &form, &[r#"{"canary":"1e3"}"#]);
}

#[test]
fn s17_objects_and_unions() {
    let nul = envelope::<Part>(r#"{"bytes":1,"label":"\u0000","serial":""}"#);
    refused::<Sample>("main", "main.label", &Rule::Nul, &[&nul]);
    refused::<Sample>("parts", "parts[1].label", &Rule::Nul, &[&format!("[{},{nul}]", part(1, ""))]);
    refused::<Kinds>("shelves", "shelves[*].label", &Rule::Nul, &[&format!(r#"{{"canary":{nul}}}"#)]);
    refused::<Kinds>("device", "device.label", &Rule::Nul, &[&nul]);
    refused::<Sample>("main", "main.bytes", &Rule::NotNull, &[&envelope::<Part>(r#"{"bytes":null,"label":null,"serial":""}"#)]);
    let other = Rule::Object { expected: "SamplePart".into(), found: "SampleCable".into() };
    refused::<Kinds>("shelves", "shelves[*]", &other, &[&format!(r#"{{"canary":{}}}"#, cable("PT0S"))]);
    refused::<Kinds>("device", "device", &Rule::Union("SampleDevice".to_owned()), &[&envelope::<Kinds>("{}")]);
    let delay = Rule::Form("ISO 8601 duration in seconds, as `PT90.5S`");
    refused::<Kinds>("device", "device.delay", &delay, &[&envelope::<Cable>(r#"{"delay":"canary","colour":null}"#)]);
}

#[test]
fn s17_json_of_another_type() {
    fn every<T: Tried>() -> usize {
        let mut tried = 0;
        for field in T::declaration().head.fields.iter().filter(|field| !field.kind.is_scalar()) {
            let values = [("null", "null"), ("true", "bool"), ("7", "number"), (r#""canary""#, "text"), ("[]", "array"), ("{}", "map")];
            for (json, found) in values {
                let fits = match field.kind {
                    FieldKind::List(_) | FieldKind::Set(_) => found == "array",
                    _ => found == "map",
                };
                let rule = match found {
                    "null" if field.nullable => continue,
                    "null" => Rule::NotNull,
                    _ if fits => continue,
                    found => Rule::Kind { expected: field.kind.as_str(), found },
                };
                refused::<T>(&field.name, &field.name, &rule, &[json]);
                tried += 1;
            }
        }
        tried
    }
    let tried = every::<Kinds>() + every::<Sample>() + every::<Numbers>();
    assert!(tried > 80, "{tried}");
}

#[test]
fn s17_what_is_no_json_or_no_envelope() {
    for name in ["tags", "labels", "ports", "device", "spare_device", "shelves"] {
        unreadable::<Kinds>(name, "cell that is no text", &["7", "1.5", "x'5b5d'"]);
        unreadable::<Kinds>(name, "cell that is no JSON of its field", &["''", "'canary'", "'nul'", "' '"]);
        unreadable::<Kinds>(name, "cell that is no text", &["CAST(x'5b22ff225d' AS TEXT)"]);
    }
    unreadable::<Kinds>("tags", "cell that is no JSON of its field", &["'['", "'[] []'", r#"'["canary",]'"#]);
    unreadable::<Kinds>("labels", "cell that is no JSON of its field", &["'{'", "'{} {}'", r#"'{"canary":}'"#]);
    unreadable::<Kinds>("device", "cell that is no JSON of its field", &["'{}'", r#"'{"canary":1}'"#]);
    let ghost = envelope::<Part>("{}").replace("SamplePart", "canary");
    unreadable::<Kinds>("device", "cell that is no JSON of its field", &[&cell(&ghost)]);
}

/// A limit may have become narrower since, and another release may know more values: what was right when it was stored
/// is read, and refused where it is written again.
#[test]
fn s17_what_another_release_stored_is_read_and_not_written() {
    let long = envelope::<Part>(&format!(r#"{{"bytes":1,"label":"{}","serial":""}}"#, "x".repeat(33)));
    let in_map = format!(r#"{{"canary":{long}}}"#);
    let range = Rule::FloatRange { min: Finite::new(0.0).unwrap(), max: Finite::new(f64::MAX).unwrap() };
    for (name, path, json, rule) in [
        ("tags", "tags", r#"["","","",""]"#, Rule::Items { limit: 3, found: 4 }),
        ("tags", "tags[1]", r#"["","canary7"]"#, Rule::Chars { limit: 6, found: 7 }),
        ("counts", "counts[1]", "[0,6]", Rule::Range { min: -5, max: 5 }),
        ("readings", "readings[0]", "[-5e-324]", range),
        ("keys", "keys[1]", r#"["","canary 12"]"#, Rule::Bytes { limit: 8, found: 9 }),
        ("ports", "ports", "[5,4,3,2,1]", Rule::Items { limit: 4, found: 5 }),
        ("ports", "ports[*]", "[1,0]", Rule::Range { min: 1, max: 65_535 }),
        ("labels", "labels", r#"{"canary7":""}"#, Rule::KeyBytes { limit: 6, found: 7 }),
        ("shelves", "shelves[*].label", &in_map, Rule::Chars { limit: 32, found: 33 }),
        ("device", "device.label", &long, Rule::Chars { limit: 32, found: 33 }),
        ("past", "past[1]", r#"["Running","canary"]"#, Rule::UnknownEnum("SampleState".to_owned())),
    ] {
        wait(async {
            let rows = Rows::of::<Kinds>().await;
            let read = with_cell::<Kinds>(&rows, name, &cell(json)).await.unwrap_or_else(|error| panic!("{json}: {}", error.log()));
            let record = read.to_record();
            let (spec, field) = (&Kinds::declaration().head, field::<Kinds>(name).1);
            let value = record.slot(name).unwrap().value().unwrap();
            let written = Codec::default().field_to_json(Kinds::registry().unwrap(), spec, field, value);
            let expected = recension::Error::Invalid { object: Kinds::NAME.into(), field: path.to_owned(), rule: rule.clone() };
            let written = field
                .check(&value.clone().into())
                .map_err(|rule| WireError::Object(spec.invalid(spec.index_of(name).unwrap(), rule)))
                .and(written);
            assert_eq!(written, Err(WireError::Object(expected)), "{json}");
        });
    }
}
