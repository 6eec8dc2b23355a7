//! Messages of the reference: ours are the same, and its own are read as it meant them, or refused where it
//! was lax.
#![cfg(test)]

mod reference;

use std::collections::BTreeSet;

use instance_actions::{InstanceAction, InstanceActionEvent, InstanceActionEventList, InstanceActionList};
use recension::versioning::Registry;
use recension::wire::{Error, Form, Target};
use recension::{Draft, Record, Rule};
use serde_json::Value as Json;

use self::reference::{again_as, build, codec, json, manifest, target, unordered, write_as, write_record};

fn golden() -> Json {
    serde_json::from_str(include_str!("../golden/nova_objects.json")).unwrap()
}

fn cases(op: &str) -> Vec<Json> {
    reference::cases(&golden(), op)
}

/// Both lists, and what they hold.
fn registry() -> Registry {
    Registry::builder().object::<InstanceActionList>().object::<InstanceActionEventList>().build().unwrap()
}

fn write_typed(record: &Record, target: Target<'_>) -> Result<Vec<u8>, Error> {
    match record.spec().name.as_str() {
        "InstanceAction" => write_as::<InstanceAction>(record, target),
        "InstanceActionEvent" => write_as::<InstanceActionEvent>(record, target),
        "InstanceActionList" => write_as::<InstanceActionList>(record, target),
        "InstanceActionEventList" => write_as::<InstanceActionEventList>(record, target),
        other => panic!("no type for {other}"),
    }
}

fn again_typed(name: &str, message: &[u8]) -> Result<Vec<u8>, Error> {
    match name {
        "InstanceAction" => again_as::<InstanceAction>(message),
        "InstanceActionEvent" => again_as::<InstanceActionEvent>(message),
        "InstanceActionList" => again_as::<InstanceActionList>(message),
        "InstanceActionEventList" => again_as::<InstanceActionEventList>(message),
        other => panic!("no type for {other}"),
    }
}

#[test]
fn every_object_is_written_and_read_as_the_reference_does() {
    let (codec, registry, cases) = (codec(), registry(), cases("round_trip"));
    for case in &cases {
        let record = build(&registry, &case["object"]);
        let message = write_record(&registry, &record, Form::Trusted).unwrap();
        assert_eq!(json(&message), unordered(case["wire"].clone()), "{}", case["name"]);
        assert_eq!(write_typed(&record, Form::Trusted.into()).unwrap(), message, "{}", case["name"]);

        let theirs = case["wire"].to_string().into_bytes();
        let read = codec.record_from_json(&registry, &theirs).unwrap();
        let again = write_record(&registry, &read, Form::Trusted).unwrap();
        assert_eq!(json(&again), unordered(case["wire_again"].clone()), "{}", case["name"]);
        assert_eq!(again_typed(record.spec().name.as_str(), &theirs).unwrap(), again, "{}", case["name"]);
    }
    assert_eq!(cases.len(), 13);
}

#[test]
fn every_version_of_an_object_is_written_as_the_reference_does() {
    let (codec, registry, golden) = (codec(), registry(), golden());
    let built = |name: &Json| build(&registry, &cases("round_trip").iter().find(|case| case["name"] == *name).unwrap()["object"]);
    let (mut written, mut refused, mut skipped) = (0, 0, Vec::new());
    for case in cases("obj_to_primitive") {
        let record = built(&case["object_of"]);
        let name = record.spec().name.as_str();
        let label = format!("{} {} {}", case["object_of"], case["target_version"], case["version_manifest"]);
        let current = manifest(&golden["manifests"][name]);
        let below = record.spec().version > case["target_version"].as_str().unwrap().parse().unwrap();
        // A list below its version, when nobody says which elements the peer reads: the reference guesses.
        if name.ends_with("List") && below && case["version_manifest"] == "none" {
            skipped.push(label);
            continue;
        }
        let message = write_record(&registry, &record, target(&case, &current));
        assert_eq!(write_typed(&record, target(&case, &current)), message, "{label}");
        match case.get("wire") {
            Some(wire) => {
                assert_eq!(json(&message.unwrap()), unordered(wire.clone()), "{label}");
                let read = codec.record_from_json(&registry, wire.to_string().as_bytes()).unwrap();
                assert_eq!(json(&write_record(&registry, &read, Form::Trusted).unwrap()), unordered(wire.clone()), "{label}");
                written += 1;
            }
            None => {
                assert_eq!(case["error"]["class"], "InvalidTargetVersion");
                assert!(matches!(message, Err(Error::Incompatible { .. })), "{label}");
                refused += 1;
            }
        }
    }
    assert_eq!((written, refused), (89, 26));
    assert_eq!(skipped, [r#""action list" "1.0" "none""#, r#""action list empty" "1.0" "none""#, r#""event list" "1.0" "none""#]);
}

#[test]
fn s15_x10_messages_that_the_reference_refuses_or_bends_are_refused() {
    let (codec, registry) = (codec(), registry());
    let mut seen = BTreeSet::new();
    for case in cases("obj_from_primitive") {
        let name = case["name"].as_str().unwrap();
        let message = case["wire"].to_string().into_bytes();
        let error = codec.record_from_json(&registry, &message).unwrap_err();
        assert_eq!(codec.from_json::<Draft<InstanceActionEvent>>(&message).unwrap_err(), error, "{name}");
        let invalid = |field: &str| match &error {
            Error::Object(recension::Error::Invalid { object, field: at, rule }) if *object == "InstanceActionEvent" && at == field => {
                Some(rule.clone())
            }
            _ => None,
        };
        let as_expected = match name {
            "too new" | "next major" | "patch" => matches!(&error, Error::Incompatible { highest, .. } if highest.to_string() == "1.4"),
            "namespace" | "name" => matches!(error, Error::UnknownObject { .. }),
            "null id" => invalid("id") == Some(Rule::NotNull),
            "text id" => invalid("id") == Some(Rule::Kind { expected: "integer", found: "text" }),
            "bad time" => invalid("start_time") == Some(Rule::Timestamp),
            // The reference takes these for `true`, "5" and an object of 1.0 that has fields of 1.4.
            "text deleted" => invalid("deleted") == Some(Rule::Kind { expected: "bool", found: "text" }),
            "number event" => invalid("event") == Some(Rule::Kind { expected: "text", found: "number" }),
            "old" => {
                matches!(&error, Error::Object(recension::Error::UnknownField { field, version, .. }) if ["host", "details"].contains(&field.as_str()) && version.to_string() == "1.0")
            }
            other => panic!("nothing is decided about {other}"),
        };
        assert!(as_expected, "{name}: {error}");
        seen.insert(name.to_owned());
    }
    assert_eq!(seen.len(), 11);
}
