//! Samples as they are kept in `published.json`: the fields of an object, an object inside as its fields beside `"$": "Name@1.0"`.

use recension::Record;
use recension::versioning::{Manifest, Registry};
use recension::wire::{Codec, Form};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

/// A sample of one version, what another version has of it, and what comes back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    /// Why it is so, by whose rule.
    why: String,
    from: Json,
    to: Json,
    /// What the other side changes, and what the sample is after that.
    #[serde(default)]
    edit: Option<Edit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    set: Map<String, Json>,
    back: Json,
}

/// Tries the samples that are kept for a history.
pub(crate) fn hold(registry: &Registry, history: &str) {
    let all: std::collections::BTreeMap<String, Vec<Sample>> = serde_json::from_str(include_str!("published.json")).unwrap();
    let samples = &all[history];
    assert!(samples.len() >= 3, "{history}");
    for Sample { why, from, to, edit } in samples {
        let (there, back) = (taken(registry, &record(registry, from), to), record(registry, from));
        assert_eq!(shown(registry, &there), *to, "{history}: {why}");
        let returned = taken(registry, &sent(registry, &there), from);
        assert_eq!(returned.slots(), back.slots(), "{history}, and back: {why}");
        if let Some(Edit { set, back }) = edit {
            let mut edited = to.clone();
            edited.as_object_mut().unwrap().extend(set.clone());
            let mut live = record(registry, &edited);
            live.set_carry(sent(registry, &there).take_carry());
            assert_eq!(shown(registry, &taken(registry, &live, from)), *back, "{history}, after an edit: {why}");
        }
    }
}

fn codec() -> Codec {
    Codec::default()
}

/// An object as a peer has it that got it as a message.
fn sent(registry: &Registry, record: &Record) -> Record {
    let own = Manifest::default();
    let message = codec().record_to_json(registry, record, Form::Trusted.manifest(&own)).unwrap();
    codec().record_from_json(registry, &message).unwrap()
}

/// An object taken to the version of a sample.
fn taken(registry: &Registry, record: &Record, like: &Json) -> Record {
    let (_, version) = like["$"].as_str().unwrap().split_once('@').unwrap();
    registry.convert(record.clone(), &version.parse().unwrap(), &versions(like, Manifest::default())).unwrap()
}

/// The versions of the objects inside a sample.
fn versions(sample: &Json, manifest: Manifest) -> Manifest {
    let inside: Vec<&Json> = match sample {
        Json::Object(fields) => fields.values().collect(),
        Json::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    inside.into_iter().fold(manifest, |manifest, inside| {
        let manifest = match inside["$"].as_str().and_then(|text| text.split_once('@')) {
            Some((name, version)) => manifest.with(name, version.parse().unwrap()),
            None => manifest,
        };
        versions(inside, manifest)
    })
}

fn record(registry: &Registry, sample: &Json) -> Record {
    codec().record_from_json(registry, envelope(sample).to_string().as_bytes()).unwrap()
}

fn envelope(sample: &Json) -> Json {
    match sample {
        Json::Object(fields) => {
            let (name, version) = sample["$"].as_str().unwrap().split_once('@').unwrap();
            let data: Map<String, Json> =
                fields.iter().filter(|(key, _)| *key != "$").map(|(key, value)| (key.clone(), envelope(value))).collect();
            json!({
                "versioned_object.name": name, "versioned_object.namespace": "published",
                "versioned_object.version": version, "versioned_object.data": data,
            })
        }
        Json::Array(items) => items.iter().map(envelope).collect(),
        value => value.clone(),
    }
}

/// An object as a sample has it.
fn shown(registry: &Registry, record: &Record) -> Json {
    let own = Manifest::default();
    let message = codec().record_to_json(registry, record, Form::Trusted.manifest(&own)).unwrap();
    fields(&serde_json::from_slice(&message).unwrap())
}

fn fields(message: &Json) -> Json {
    match message {
        Json::Object(envelope) => {
            let text = |key: &str| envelope[&format!("versioned_object.{key}")].as_str().unwrap();
            let data = envelope["versioned_object.data"].as_object().unwrap();
            let mut shown: Map<String, Json> = data.iter().map(|(key, value)| (key.clone(), fields(value))).collect();
            shown.insert("$".to_owned(), format!("{}@{}", text("name"), text("version")).into());
            Json::Object(shown)
        }
        Json::Array(items) => items.iter().map(fields).collect(),
        value => value.clone(),
    }
}
