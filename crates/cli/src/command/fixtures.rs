//! `recension fixtures`

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use recension_model::{Carry, ObjectVersion, Record};
use recension_versioning::rules::{Fixture, FixtureOutcome};
use recension_versioning::{Lineage, Manifest, Registry};
use recension_wire::{Codec, Form, Profile};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::convert::refused;
use crate::answer::Answer;
use crate::args::{Cli, FixturesArgs, FixturesCommand, Format};
use crate::error::Error;
use crate::source::{self, Locked};

/// A sample as it is stored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    /// The message as the version writes it.
    message: Json,
    /// The message after a journey to the newest version and back, where that is known to be another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    returned: Option<Json>,
}

pub(crate) fn run(registry: Option<&Registry>, command: &FixturesCommand, cli: &Cli) -> Result<Answer, Error> {
    let (FixturesCommand::Write(args) | FixturesCommand::Check(args)) = command;
    let registry = match registry {
        Some(registry) => registry.clone(),
        None => Locked::read(&args.lock)?.registry()?,
    };
    match command {
        FixturesCommand::Write(_) => write(&registry, args, cli),
        FixturesCommand::Check(_) => check(&registry, args, cli),
    }
}

fn codec(cli: &Cli) -> Codec {
    Codec::new(Profile::new(cli.prefix.clone()))
}

/// Where the samples of a version are: `Server-1.0.json`.
fn path(folder: &Path, lineage: &Lineage, version: &ObjectVersion) -> PathBuf {
    folder.join(format!("{}-{version}.json", lineage.head().name))
}

/// Stores samples of the versions that have none.
fn write(registry: &Registry, args: &FixturesArgs, cli: &Cli) -> Result<Answer, Error> {
    let failed = |path: &Path, source| Error::File { path: path.to_owned(), source };
    fs::create_dir_all(&args.folder).map_err(|source| failed(&args.folder, source))?;
    let mut written = Vec::new();
    for (lineage, version) in versions(registry) {
        let path = path(&args.folder, lineage, &version);
        if path.exists() {
            continue;
        }
        let object = source::in_file_name(lineage.head().name.as_str())?;
        let records = registry.samples(object, &version).map_err(|source| Error::Export { object: object.to_owned(), source })?;
        let mut samples = Vec::new();
        for record in records {
            let message = message(registry, &codec(cli), &record, &path)?;
            // What the history refuses is no sample of what can be read later.
            let Some(returned) = returned(registry, &codec(cli), record, &path)? else { continue };
            samples.push(Sample { returned: (returned != message).then_some(returned), message });
        }
        let text = serde_json::to_string_pretty(&samples).unwrap_or_default() + "\n";
        fs::write(&path, text).map_err(|source| failed(&path, source))?;
        written.push(format!("{object}-{version}.json"));
    }
    Ok(match cli.format {
        Format::Json => Answer::json(&json!({ "written": written })),
        Format::Human if written.is_empty() => Answer::clean("every version has samples\n"),
        Format::Human => Answer::clean(written.iter().map(|name| format!("{name}\n")).collect::<String>()),
    })
}

fn versions(registry: &Registry) -> Vec<(&Lineage, ObjectVersion)> {
    registry.lineages().flat_map(|lineage| lineage.shapes().iter().map(move |shape| (lineage, shape.version.clone()))).collect()
}

fn check(registry: &Registry, args: &FixturesArgs, cli: &Cli) -> Result<Answer, Error> {
    let fixtures = read(registry, &args.folder, cli)?;
    let mut told: BTreeMap<String, String> = BTreeMap::new();
    for (lineage, version) in versions(registry) {
        let name = format!("{}-{version}", lineage.head().name);
        let found = fixtures.iter().find(|fixture| lineage.head().name == *fixture.object && fixture.version == version);
        let outcome = match found.map(|fixture| &fixture.outcome) {
            None => "VO_FIXTURE_MISSING: nothing is stored".to_owned(),
            Some(FixtureOutcome::Same) => "same".to_owned(),
            Some(FixtureOutcome::Changed(how)) => format!("VO_FIXTURE_CHANGED: {how}"),
            Some(FixtureOutcome::StaleExpectation) => "VO_FIXTURE_STALE_EXPECTATION: it comes back as it was".to_owned(),
        };
        told.insert(name, outcome);
    }
    let found = told.values().any(|outcome| outcome != "same");
    Ok(match cli.format {
        Format::Json => Answer::json(&json!({ "fixtures": told })),
        Format::Human => Answer::clean(told.iter().map(|(name, outcome)| format!("{name}: {outcome}\n")).collect::<String>()),
    }
    .found(found))
}

/// What comes of reading each file of samples in a folder, and writing it again.
pub(super) fn read(registry: &Registry, folder: &Path, cli: &Cli) -> Result<Vec<Fixture>, Error> {
    let mut fixtures = Vec::new();
    for (lineage, version) in versions(registry) {
        let path = path(folder, lineage, &version);
        if !path.exists() {
            continue;
        }
        let samples: Vec<Sample> = serde_json::from_value(source::json(&path)?).map_err(|_| Error::NoSamples { path: path.clone() })?;
        let mut outcome = FixtureOutcome::Same;
        for (place, sample) in samples.iter().enumerate() {
            match one(registry, &codec(cli), sample, &path)? {
                FixtureOutcome::Same => {}
                FixtureOutcome::Changed(how) => {
                    outcome = FixtureOutcome::Changed(format!("sample {}: {how}", place + 1));
                    break;
                }
                stale @ FixtureOutcome::StaleExpectation => outcome = stale,
            }
        }
        fixtures.push(Fixture { object: lineage.head().name.as_str().to_owned(), version, outcome });
    }
    Ok(fixtures)
}

fn one(registry: &Registry, codec: &Codec, sample: &Sample, path: &Path) -> Result<FixtureOutcome, Error> {
    let changed = |how: String| Ok(FixtureOutcome::Changed(how));
    let record = match codec.record_from_json(registry, sample.message.to_string().as_bytes()) {
        Ok(record) => record,
        Err(error) => return changed(error.to_string()),
    };
    if message(registry, codec, &record, path)? != sample.message {
        return changed("it is written otherwise".to_owned());
    }
    let returned = match returned(registry, codec, record, path)? {
        Some(returned) => returned,
        None => return changed("it cannot be taken to the newest version and back".to_owned()),
    };
    Ok(match &sample.returned {
        Some(_) if returned == sample.message => FixtureOutcome::StaleExpectation,
        Some(expected) if returned != *expected => FixtureOutcome::Changed("it comes back otherwise than was said".to_owned()),
        None if returned != sample.message => FixtureOutcome::Changed("it comes back otherwise".to_owned()),
        _ => FixtureOutcome::Same,
    })
}

/// An object as its version writes it.
fn message(registry: &Registry, codec: &Codec, record: &Record, path: &Path) -> Result<Json, Error> {
    let own = Manifest::default();
    let written = codec.record_to_json(registry, record, Form::Trusted.manifest(&own));
    let written = written.map_err(|source| Error::Sample { path: path.to_owned(), source })?;
    serde_json::from_slice(&written).map_err(|_| Error::NoSamples { path: path.to_owned() })
}

/// The same after a journey to the newest version and back; `None` where the history refuses it.
fn returned(registry: &Registry, codec: &Codec, record: Record, path: &Path) -> Result<Option<Json>, Error> {
    let version = record.spec().version.clone();
    let versions = super::convert::versions_of(&record);
    let back = registry.upgrade(record).and_then(|newest| registry.convert(newest, &version, &versions));
    match back {
        Ok(mut back) => {
            // What later versions have beside it is none of its own.
            let _ = Carry::gather(&mut back);
            message(registry, codec, &back, path).map(Some)
        }
        Err(error) => match refused(path, error) {
            needed @ Error::NeedsOwn { .. } => Err(needed),
            _ => Ok(None),
        },
    }
}
