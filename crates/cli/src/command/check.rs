//! `recension check`

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use recension_model::Date;
use recension_testkit::Trials;
use recension_versioning::rules::{Evidence, Export, Finding, Gate, GateVerdict};
use recension_versioning::{LockFile, Registry, explain};
use serde_json::json;

use super::{fixtures, schema};
use crate::answer::Answer;
use crate::args::{CheckArgs, Cli, Format};
use crate::error::Error;
use crate::place::Places;
use crate::report;
use crate::source::{self, Locked};

/// Compares the lock file of a change with what was released. With a team's own objects, also with those.
pub(crate) fn run(registry: Option<&Registry>, args: &CheckArgs, cli: &Cli) -> Result<Answer, Error> {
    let (now, base) = source::both(&args.base, &args.lock)?;
    let today = args.today.clone().unwrap_or_else(|| chrono::Utc::now().format("%Y-%m-%d").to_string());
    if !is_day(&today) {
        return Err(Error::Argument { argument: today, what: "is no day, as 2027-03-01" });
    }
    let gate = Gate::new(base.locked().map(|base| &base.file), &now.file).mode(args.mode);
    let evidence = evidence(registry, args, &now, cli)?;
    let behind = !evidence.behind.is_empty();
    let tried = args.laws.map(|cases| (cases, evidence.laws.len()));
    let report = gate.evidence(evidence).report(&today);
    let verdict = report.verdict();
    let against = base.locked().map_or_else(|| "nothing: it was not released yet".to_owned(), |base| format!("`{}`", base.name));
    Ok(match cli.format {
        Format::Json => {
            let places = Places::of(&now.text);
            let told = |findings: &[Finding]| findings.iter().map(|finding| report::json(finding, &now, &places)).collect::<Vec<_>>();
            Answer::json(&json!({
                "verdict": verdict,
                "mode": args.mode.as_str(),
                "base": base.locked().map(|base| &base.name),
                "warnings": Vec::from_iter(base.warning()),
                "behind": behind,
                "laws": tried.map(|(cases, hops)| json!({ "cases": cases, "hops": hops })),
                "open": told(&report.open),
                "approved": told(&report.approved),
            }))
        }
        Format::Human => {
            let mut text = report::human(&report.open, &now);
            let counted = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
            let (open, approved) = (counted(report.open.len(), "finding"), report.approved.len());
            // Writing to a string cannot fail.
            if let Some((cases, hops)) = tried {
                let _ = writeln!(text, "the laws of conversion were tried on {cases} objects at each of {}", counted(hops, "hop"));
            }
            let _ = writeln!(text, "`{}` against {against}, {}: {}, {open}, {approved} approved", now.name, args.mode, verdict.as_str());
            Answer::clean(text).warning(base.warning())
        }
    }
    .found(verdict != GateVerdict::Compatible))
}

/// What is to be seen beside the lock files.
fn evidence(registry: Option<&Registry>, args: &CheckArgs, now: &Locked, cli: &Cli) -> Result<Evidence, Error> {
    let mut evidence = Evidence::default();
    if let Some(registry) = registry {
        evidence.behind = behind(registry, now)?;
    }
    if args.exports.is_none() && args.fixtures.is_none() && args.laws.is_none() {
        return Ok(evidence);
    }
    let is_stock = registry.is_none();
    let registry = match registry {
        Some(registry) => registry.clone(),
        None => now.registry()?,
    };
    if let Some(cases) = args.laws {
        if is_stock {
            without_functions(&registry)?;
        }
        evidence.laws = recension_testkit::law_runs(&registry, Trials::new(cases));
    }
    if let Some(folder) = &args.exports {
        evidence.exports = exports(&registry, folder, cli)?;
    }
    if let Some(folder) = &args.fixtures {
        evidence.fixtures = Some(fixtures::read(&registry, folder, cli)?);
    }
    Ok(evidence)
}

/// The laws run the functions of ops, which a lock file has the names of.
fn without_functions(registry: &Registry) -> Result<(), Error> {
    for lineage in registry.lineages() {
        let mut ops = lineage.releases().iter().flat_map(|release| &release.ops);
        if let Some(op) = ops.find(|op| op.has_functions()) {
            return Err(Error::NeedsOwn { what: format!("run `{}` of `{}`", explain::sentence(op), lineage.head().name) });
        }
    }
    Ok(())
}

/// Each exported file of a folder, and whether it is as it would be written now. Files that no export has the name of are not ours.
fn exports(registry: &Registry, folder: &Path, cli: &Cli) -> Result<Vec<Export>, Error> {
    let mut exports = Vec::new();
    for path in source::files(folder)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(schema::Exported { object, texts }) = schema::exported(registry, &name, &cli.prefix)? else { continue };
        let text = source::text(&path)?;
        exports.push(Export { path: path.display().to_string(), object: Some(object), is_current: texts.contains(&text) });
    }
    Ok(exports)
}

/// The objects that the file has otherwise than the code has them. Where nothing but its text is another, an empty name.
fn behind(registry: &Registry, now: &Locked) -> Result<Vec<String>, Error> {
    let fresh = LockFile::of(registry).map_err(|source| Error::Unlockable { source })?.allowing_as(&now.file);
    if fresh.to_string() == now.text {
        return Ok(Vec::new());
    }
    let all = fresh.objects().iter().chain(now.file.objects()).map(|object| object.declaration.head.name.as_str());
    let differing: BTreeSet<&str> = all.filter(|name| fresh.object(name) != now.file.object(name)).collect();
    let differing: Vec<String> = differing.into_iter().map(str::to_owned).collect();
    Ok(if differing.is_empty() { vec![String::new()] } else { differing })
}

fn is_day(text: &str) -> bool {
    text.parse::<Date>().is_ok_and(|day| day.to_string() == text)
}
