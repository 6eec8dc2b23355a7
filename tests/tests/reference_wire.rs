//! Messages of the reference: ours are the same, and its own are read as it meant them, or refused where it
//! was lax.
#![cfg(test)]

use std::collections::BTreeSet;

use instance_actions::{InstanceAction, InstanceActionEvent, InstanceActionEventList, InstanceActionList};
use recension::versioning::{Manifest, Registry, VersionedObject};
use recension::wire::{Codec, Decode, Encode, Error, Form, Profile, Target};
use recension::{Draft, EnumValue, FieldKind, FieldSet, FieldSpec, ObjectDraft, Record, Rule, Slot, Timestamp, Value};
use serde_json::Value as Json;

fn golden() -> Json {
    serde_json::from_str(include_str!("../golden/nova_objects.json")).unwrap()
}

fn cases(op: &str) -> Vec<Json> {
    golden()["cases"].as_array().unwrap().iter().filter(|case| case["op"] == op).cloned().collect()
}

fn codec() -> Codec {
    Codec::new(Profile::reference("nova_object"))
}

/// Both lists, and what they hold.
fn registry() -> Registry {
    Registry::builder().object::<InstanceActionList>().object::<InstanceActionEventList>().build().unwrap()
}

/// A JSON text as a value of a field. The reference takes a time without zone for one in UTC.
fn value_of(registry: &Registry, field: &FieldSpec, json: &Json) -> Slot {
    let value = match (&field.kind, json) {
        (_, Json::Null) => return Slot::Null,
        (FieldKind::Timestamp, Json::Object(tagged)) => {
            let text = tagged["iso"].as_str().unwrap();
            let zone = if text.contains('+') || text.ends_with('Z') { "" } else { "Z" };
            Value::Timestamp(Timestamp::parse(&format!("{text}{zone}")).unwrap())
        }
        (FieldKind::Timestamp, Json::String(text)) => Value::Timestamp(Timestamp::parse(text).unwrap()),
        (FieldKind::Uuid, Json::String(text)) => Value::Uuid(text.parse().unwrap()),
        (FieldKind::Enum(_), Json::String(text)) => Value::Enum(EnumValue::Known(text.as_str().into())),
        (FieldKind::List(_), Json::Array(items)) => Value::from(items.iter().map(|item| build(registry, item)).collect::<Vec<_>>()),
        (_, Json::String(text)) => Value::from(text.as_str()),
        (_, Json::Number(number)) => Value::Integer(number.as_i64().unwrap().into()),
        (_, Json::Bool(value)) => Value::Bool(*value),
        (kind, json) => panic!("{kind:?} from {json}"),
    };
    value.into()
}

/// An object from its notation: constructor arguments in order, then `reset`, then assignments.
fn build(registry: &Registry, notation: &Json) -> Record {
    let class = notation["class"].as_str().unwrap();
    let mut record = Record::new(registry.lineage(class).unwrap().head().clone());
    // A list object begins with an empty list that nobody changed.
    if let Some(index) = record.spec().index_of("objects") {
        record.fill(index, Value::List(Vec::new()).into()).unwrap();
    }
    let assign = |record: &mut Record, values: &Json| {
        for (name, json) in values.as_object().into_iter().flatten() {
            let spec = record.spec().clone();
            let field = &spec.fields[spec.index_of(name).unwrap()];
            record.set(name, value_of(registry, field, json)).unwrap();
        }
    };
    assign(&mut record, &notation["init"]);
    if notation["reset"] == true {
        record.set_changes(FieldSet::EMPTY);
    }
    assign(&mut record, &notation["assign"]);
    record
}

/// A message in which the names of changed fields have no order.
fn unordered(mut json: Json) -> Json {
    fn sort(json: &mut Json) {
        match json {
            Json::Array(items) => items.iter_mut().for_each(sort),
            Json::Object(map) => {
                for (key, value) in map {
                    match value {
                        Json::Array(names) if key.ends_with(".changes") => names.sort_by_key(|name| name.as_str().unwrap().to_owned()),
                        value => sort(value),
                    }
                }
            }
            _ => {}
        }
    }
    sort(&mut json);
    json
}

fn json(message: &[u8]) -> Json {
    unordered(serde_json::from_slice(message).unwrap())
}

/// Writes a record of `T` as a typed draft.
fn write_as<T>(record: &Record, target: Target<'_>) -> Result<Vec<u8>, Error>
where
    T: VersionedObject,
    Draft<T>: Encode<Object = T>,
{
    codec().to_json(&<Draft<T> as ObjectDraft>::from_record(record.clone())?, target)
}

/// Reads a message as a typed draft, and writes that again.
fn again_as<T>(message: &[u8]) -> Result<Vec<u8>, Error>
where
    T: VersionedObject,
    Draft<T>: Encode<Object = T> + Decode<Object = T>,
{
    codec().to_json(&codec().from_json::<Draft<T>>(message)?, Form::Trusted)
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
        let message = codec.record_to_json(&registry, &record, Form::Trusted).unwrap();
        assert_eq!(json(&message), unordered(case["wire"].clone()), "{}", case["name"]);
        assert_eq!(write_typed(&record, Form::Trusted.into()).unwrap(), message, "{}", case["name"]);

        let theirs = case["wire"].to_string().into_bytes();
        let read = codec.record_from_json(&registry, &theirs).unwrap();
        let again = codec.record_to_json(&registry, &read, Form::Trusted).unwrap();
        assert_eq!(json(&again), unordered(case["wire_again"].clone()), "{}", case["name"]);
        assert_eq!(again_typed(record.spec().name.as_str(), &theirs).unwrap(), again, "{}", case["name"]);
    }
    assert_eq!(cases.len(), 13);
}

/// What is asked for in a case: a version, and the manifest of current versions or none.
fn target<'t>(case: &'t Json, current: &'t Manifest) -> Target<'t> {
    let target = Form::Trusted.at(case["target_version"].as_str().unwrap());
    match case["version_manifest"].as_str().unwrap() {
        "current" => target.manifest(current),
        "none" => target,
        other => panic!("manifest {other}"),
    }
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
        let manifest = golden["manifests"][name].as_object().unwrap().iter();
        let current =
            manifest.fold(Manifest::default(), |all, (name, version)| all.with(name.as_str(), version.as_str().unwrap().parse().unwrap()));
        let below = record.spec().version > case["target_version"].as_str().unwrap().parse().unwrap();
        // A list below its version, when nobody says which elements the peer reads: the reference guesses.
        if name.ends_with("List") && below && case["version_manifest"] == "none" {
            skipped.push(label);
            continue;
        }
        let message = codec.record_to_json(&registry, &record, target(&case, &current));
        assert_eq!(write_typed(&record, target(&case, &current)), message, "{label}");
        match case.get("wire") {
            Some(wire) => {
                assert_eq!(json(&message.unwrap()), unordered(wire.clone()), "{label}");
                let read = codec.record_from_json(&registry, wire.to_string().as_bytes()).unwrap();
                assert_eq!(json(&codec.record_to_json(&registry, &read, Form::Trusted).unwrap()), unordered(wire.clone()), "{label}");
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
