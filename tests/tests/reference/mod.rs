//! The notation of what was recorded from the reference, and messages compared with its own.

use recension::versioning::{Manifest, Registry, VersionedObject};
use recension::wire::{Codec, Decode, Encode, Error, Form, Profile, Target};
use recension::{Draft, EnumValue, FieldKind, FieldSet, ObjectDraft, Record, Slot, Timestamp, Value};
use serde_json::Value as Json;

/// The cases of one kind.
pub(crate) fn cases(golden: &Json, op: &str) -> Vec<Json> {
    golden["cases"].as_array().unwrap().iter().filter(|case| case["op"] == op).cloned().collect()
}

pub(crate) fn codec() -> Codec {
    Codec::new(Profile::reference("nova_object"))
}

/// A manifest, which the notation has as a map.
pub(crate) fn manifest(json: &Json) -> Manifest {
    let versions = json.as_object().unwrap().iter();
    versions.fold(Manifest::default(), |all, (name, version)| all.with(name.as_str(), version.as_str().unwrap().parse().unwrap()))
}

/// A JSON text as a value of a field. The reference takes a time without zone for one in UTC.
fn value_of(registry: &Registry, kind: &FieldKind, json: &Json) -> Slot {
    let value = match (kind, json) {
        (_, Json::Null) => return Slot::Null,
        (FieldKind::Timestamp, Json::Object(tagged)) => {
            let text = tagged["iso"].as_str().unwrap();
            let zone = if text.contains('+') || text.ends_with('Z') { "" } else { "Z" };
            Value::Timestamp(Timestamp::parse(&format!("{text}{zone}")).unwrap())
        }
        (FieldKind::Timestamp, Json::String(text)) => Value::Timestamp(Timestamp::parse(text).unwrap()),
        (FieldKind::Uuid, Json::String(text)) => Value::Uuid(text.parse().unwrap()),
        (FieldKind::Enum(_), Json::String(text)) => Value::Enum(EnumValue::Known(text.as_str().into())),
        (FieldKind::IpAddress(_), Json::String(text)) => Value::IpAddress(text.parse().unwrap()),
        (FieldKind::Float, Json::Number(number)) => Value::Float(number.as_f64().unwrap()),
        (FieldKind::Object(_), notation) => Value::from(build(registry, notation)),
        (FieldKind::List(element), Json::Array(items)) => {
            Value::List(items.iter().map(|item| value_of(registry, &element.kind, item).value().cloned()).collect())
        }
        (FieldKind::Map(element), Json::Object(items)) => {
            Value::Map(items.iter().map(|(name, item)| (name.clone(), value_of(registry, &element.kind, item).value().cloned())).collect())
        }
        (_, Json::String(text)) => Value::from(text.as_str()),
        (_, Json::Number(number)) => Value::Integer(number.as_i64().unwrap().into()),
        (_, Json::Bool(value)) => Value::Bool(*value),
        (kind, json) => panic!("{kind:?} from {json}"),
    };
    value.into()
}

/// An object from its notation: constructor arguments in order, then `reset`, then assignments.
pub(crate) fn build(registry: &Registry, notation: &Json) -> Record {
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
            record.set(name, value_of(registry, &field.kind, json)).unwrap();
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
pub(crate) fn unordered(mut json: Json) -> Json {
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

pub(crate) fn json(message: &[u8]) -> Json {
    unordered(serde_json::from_slice(message).unwrap())
}

/// Writes a record as it is.
pub(crate) fn write_record<'t>(registry: &Registry, record: &Record, target: impl Into<Target<'t>>) -> Result<Vec<u8>, Error> {
    codec().record_to_json(registry, record, target)
}

/// Writes a record of `T` as a typed draft.
pub(crate) fn write_as<T>(record: &Record, target: Target<'_>) -> Result<Vec<u8>, Error>
where
    T: VersionedObject,
    Draft<T>: Encode<Object = T>,
{
    codec().to_json(&<Draft<T> as ObjectDraft>::from_record(record.clone())?, target)
}

/// Reads a message as a typed draft, and writes that again.
pub(crate) fn again_as<T>(message: &[u8]) -> Result<Vec<u8>, Error>
where
    T: VersionedObject,
    Draft<T>: Encode<Object = T> + Decode<Object = T>,
{
    codec().to_json(&codec().from_json::<Draft<T>>(message)?, Form::Trusted)
}

/// What is asked for in a case: a version, and the manifest of current versions or none.
pub(crate) fn target<'t>(case: &'t Json, current: &'t Manifest) -> Target<'t> {
    let target = Form::Trusted.at(case["target_version"].as_str().unwrap());
    match case["version_manifest"].as_str().unwrap() {
        "current" => target.manifest(current),
        "none" => target,
        other => panic!("manifest {other}"),
    }
}
