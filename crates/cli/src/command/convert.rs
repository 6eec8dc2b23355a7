//! `recension convert`

use std::fmt::Write;
use std::path::Path;

use recension_model::{Carry, ObjectVersion, Record, Slot};
use recension_versioning::explain::Step;
use recension_versioning::{Manifest, Registry};
use recension_wire::{Codec, Form, Profile};
use serde_json::{Value as Json, json};

use super::schema::version;
use crate::answer::Answer;
use crate::args::{Cli, ConvertArgs, Format};
use crate::error::Error;
use crate::source::{self, Locked};

/// Takes a sample to another version; what would not come back is a finding.
pub(crate) fn run(registry: Option<&Registry>, args: &ConvertArgs, cli: &Cli) -> Result<Answer, Error> {
    let format = cli.format;
    let locked;
    let registry = match registry {
        Some(registry) => registry,
        None => {
            locked = Locked::read(&args.lock)?.registry()?;
            &locked
        }
    };
    let codec = Codec::new(Profile::new(cli.prefix.clone()));
    let message = source::bytes(&args.sample)?;
    let sample = |source| Error::Sample { path: args.sample.clone(), source };
    let record = codec.record_from_json(registry, &message).map_err(sample)?;
    let name = record.spec().name.as_str().to_owned();
    let lineage = registry.lineage(&name).map_err(|_| Error::NoObject(name.clone()))?;
    let to = version(lineage, &args.to)?;
    let manifest = manifest(registry, &args.manifest)?.with(record.spec().name.clone(), to.clone());
    let (mut converted, steps) = registry.explain(record.clone(), &to, &manifest).map_err(|source| refused(&args.sample, source))?;
    if args.no_carry {
        let _ = Carry::gather(&mut converted);
    }
    let written = codec.record_to_json(registry, &converted, Form::Trusted.manifest(&manifest)).map_err(sample)?;
    let lost = lost(registry, &codec, &record, &written)?;
    let out = String::from_utf8_lossy(&written).into_owned();
    let answer = match (format, args.explain) {
        (Format::Human, false) => Answer::clean(out + "\n"),
        (Format::Human, true) => Answer::clean(steps.iter().map(human).collect::<String>()),
        (Format::Json, _) => {
            let message: Json = serde_json::from_slice(&written).unwrap_or(Json::Null);
            Answer::json(&json!({ "message": message, "steps": steps.iter().map(program).collect::<Vec<_>>(), "lost": lost }))
        }
    };
    let told = lost.iter().fold(String::new(), |mut text, field| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "warning: `{field}` would not come back from {to}");
        text
    });
    let found = !lost.is_empty();
    Ok(if format == Format::Human { answer.err(told) } else { answer }.found(found))
}

/// The versions of objects inside.
fn manifest(registry: &Registry, pairs: &[String]) -> Result<Manifest, Error> {
    let mut manifest = Manifest::default();
    for pair in pairs {
        let (object, text) = pair
            .split_once('=')
            .ok_or_else(|| Error::Argument { argument: pair.clone(), what: "is no object with a version, as `Disk=1.0`" })?;
        let lineage = registry.lineage(object).map_err(|_| Error::NoObject(object.to_owned()))?;
        manifest = manifest.with(object, version(lineage, text)?);
    }
    Ok(manifest)
}

/// The error of a conversion; one that needs code says how to have it.
pub(super) fn refused(path: &Path, error: recension_versioning::Error) -> Error {
    match &error {
        recension_versioning::Error::NotConverted(refused) if recension_versioning::needs_code(&refused.misfit) => {
            Error::NeedsOwn { what: format!("run `{}` of `{}`", refused.op, refused.object) }
        }
        _ => Error::Convert { path: path.to_owned(), source: error },
    }
}

/// The fields that are not as they were, once the message has gone back to the version that it came from.
fn lost(registry: &Registry, codec: &Codec, record: &Record, written: &[u8]) -> Result<Vec<String>, Error> {
    let message = |source| Error::Sample { path: "the converted sample".into(), source };
    let there = codec.record_from_json(registry, written).map_err(message)?;
    let versions = versions_of(record);
    let back = registry.convert(there, &record.spec().version, &versions);
    let Ok(back) = back else { return Ok(vec![record.spec().name.to_string()]) };
    let mut lost = Vec::new();
    differences(record, &back, "", &mut lost);
    Ok(lost)
}

/// The version of each object in an object.
pub(super) fn versions_of(record: &Record) -> Manifest {
    let mut found: Vec<(String, ObjectVersion)> = Vec::new();
    collect(record, &mut found);
    found.into_iter().fold(Manifest::default(), |manifest, (name, version)| manifest.with(name.as_str(), version))
}

fn collect(record: &Record, found: &mut Vec<(String, ObjectVersion)>) {
    found.push((record.spec().name.as_str().to_owned(), record.spec().version.clone()));
    for value in record.slots().iter().filter_map(Slot::value) {
        value.objects().into_iter().for_each(|object| collect(object, found));
    }
}

/// Where two objects of a version are not the same.
fn differences(before: &Record, after: &Record, path: &str, lost: &mut Vec<String>) {
    for (index, field) in before.spec().fields.iter().enumerate() {
        let (left, right) = (before.at(index), after.at(index));
        let here = if path.is_empty() { field.name.to_string() } else { format!("{path}.{}", field.name) };
        let objects = |slot: &'_ Slot| slot.value().map_or(0, |value| value.objects().len());
        if objects(left) > 0 && objects(left) == objects(right) {
            let pairs =
                left.value().into_iter().flat_map(|value| value.objects()).zip(right.value().into_iter().flat_map(|value| value.objects()));
            for (left, right) in pairs {
                differences(left, right, &here, lost);
            }
        } else if left != right {
            lost.push(here);
        }
    }
}

fn human(step: &Step) -> String {
    let Step { path, object, from, to, op, fields, .. } = step;
    let place = if path.is_empty() { object.as_str() } else { path };
    let mut text = format!("{place} {from} -> {to}: {op}\n");
    for (field, outcome) in fields {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    {field}: {}", outcome.as_str());
    }
    text
}

fn program(step: &Step) -> Json {
    let Step { path, object, from, to, op, fields, .. } = step;
    let fields: Vec<Json> = fields.iter().map(|(field, outcome)| json!({ "field": field, "outcome": outcome.as_str() })).collect();
    json!({
        "path": path, "object": object.as_str(), "from": from.to_string(), "to": to.to_string(), "op": op, "fields": fields,
    })
}
