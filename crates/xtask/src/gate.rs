//! `cargo xtask test`: everything that must hold before a change is merged.

use std::time::Instant;

use crate::{
    arrows, bench, controls,
    db::{Engine, Place, Running},
    error::Error,
    hygiene,
    process::{self, Counts},
    report, room, suite, tools,
    workspace::Workspace,
};

/// What the caller of the gate asked for.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Install what is missing.
    pub(crate) install: bool,
    /// Run the campaigns and the negative controls too.
    pub(crate) long: bool,
    /// The revision that the versions of the crates are compared with in the long run; by default the last tag of a release.
    pub(crate) since: Option<String>,
    /// The engines to run on. One that is not here fails.
    pub(crate) engines: Vec<Engine>,
}

/// How a step that did not fail ended.
enum Done {
    Passed,
    /// It could not run here; the text says why.
    Skipped(&'static str),
}

struct Gate<'a> {
    workspace: &'a Workspace,
    options: Options,
    tests: Counts,
}

/// A step: its name and what it does.
type Step = (&'static str, fn(&mut Gate<'_>) -> Result<Done, Error>);

/// Cheap steps first, so that a slip is told early.
const STEPS: &[Step] = &[
    ("tools", tools),
    ("format", format),
    ("hygiene", hygiene),
    ("clippy", clippy),
    ("tests", tests),
    ("engines", engines),
    ("doc tests", doc_tests),
    ("bench", goals),
    ("docs", docs),
    ("bans, licences, sources", deny),
    ("advisories", advisories),
    ("packages", packages),
    ("versions", versions),
    ("campaigns", campaigns),
    ("controls", negative_controls),
];

/// Runs all steps in order and stops at the first that fails.
///
/// # Errors
/// The failure of that step.
pub(crate) fn run(workspace: &Workspace, options: Options) -> Result<(), Error> {
    let mut gate = Gate { workspace, options, tests: Counts::default() };
    let mut summary = Vec::new();
    let mut failure = None;
    for &(name, step) in STEPS {
        report::heading(name);
        let start = Instant::now();
        let result = step(&mut gate);
        let seconds = start.elapsed().as_secs();
        let room = room::left(workspace);
        summary.push(match &result {
            Ok(Done::Passed) => format!("ok       {name} ({seconds} s, {room})"),
            Ok(Done::Skipped(why)) => format!("skipped  {name}: {why}"),
            Err(_) => format!("FAILED   {name} ({seconds} s, {room})"),
        });
        if let Err(source) = result {
            failure = Some(Error::Step { step: name, source: Box::new(source) });
            break;
        }
    }
    report::heading("summary");
    summary.iter().for_each(report::line);
    if gate.tests.ignored > 0 {
        report::line(format!("{} tests ignored", gate.tests.ignored));
    }
    if gate.tests != Counts::default() {
        report::line(format!("{} passed, {} failed", gate.tests.passed, gate.tests.failed));
    }
    failure.map_or(Ok(()), Err)
}

fn tools(gate: &mut Gate<'_>) -> Result<Done, Error> {
    let mut engines = gate.options.engines.clone();
    if gate.options.long {
        engines.extend(controls::ENGINES);
    }
    tools::ensure(gate.workspace, &engines, gate.options.install)?;
    if gate.options.install {
        tools::CARGO_DENY.install(gate.workspace)?;
        if gate.options.long && gate.released()?.is_some() {
            tools::CARGO_SEMVER_CHECKS.install(gate.workspace)?;
        }
    }
    Ok(Done::Passed)
}

fn format(gate: &mut Gate<'_>) -> Result<Done, Error> {
    gate.cargo(&["fmt", "--all", "--check"])
}

fn hygiene(gate: &mut Gate<'_>) -> Result<Done, Error> {
    let mut findings = hygiene::check(gate.workspace)?;
    findings.extend(arrows::check(gate.workspace)?);
    findings.extend(controls::stale(gate.workspace)?);
    findings.iter().for_each(report::line);
    if findings.is_empty() { Ok(Done::Passed) } else { Err(Error::Findings { count: findings.len() }) }
}

fn clippy(gate: &mut Gate<'_>) -> Result<Done, Error> {
    // Not through RUSTFLAGS: that would build every dependency a second time.
    gate.cargo(&["clippy", "--workspace", "--lib", "--bins", "--tests", "--examples", "--", "-D", "warnings"])?;
    // Not among the tests, since they need servers.
    gate.cargo(&[
        "clippy",
        "--workspace",
        "--test",
        "postgres",
        "--test",
        "mariadb",
        "--test",
        "galera",
        "--test",
        "mysql56",
        "--test",
        "replica",
        "--test",
        "crashes",
        "--",
        "-D",
        "warnings",
    ])
}

fn tests(gate: &mut Gate<'_>) -> Result<Done, Error> {
    // Not `--all-targets`, here and above: it would take in libraries that say `test = false`.
    gate.cargo_test(&["test", "--workspace", "--tests"])
}

/// One engine after the other: they would only share two cores.
fn engines(gate: &mut Gate<'_>) -> Result<Done, Error> {
    let place = Place::of_gate(gate.workspace);
    let mut asked = gate.options.engines.clone();
    asked.sort_unstable();
    asked.dedup();
    let mut table = Vec::new();
    for engine in asked {
        if !engine.has_server() {
            table.extend(suite::run(gate.workspace, engine, None, gate.options.long, &mut gate.tests)?);
            continue;
        }
        let running = Running::up(&place, engine)?;
        running.check()?;
        report::line(format!("{}: {}", engine.name(), running.variables().map(|(name, _)| name).collect::<Vec<_>>().join(", ")));
        table.extend(suite::run(gate.workspace, engine, Some(&running), gate.options.long, &mut gate.tests)?);
        running.down()?;
    }
    suite::print(&table);
    Ok(Done::Passed)
}

fn doc_tests(gate: &mut Gate<'_>) -> Result<Done, Error> {
    gate.cargo_test(&["test", "--workspace", "--doc"])
}

fn goals(gate: &mut Gate<'_>) -> Result<Done, Error> {
    bench::run(gate.workspace, true)?;
    Ok(Done::Passed)
}

fn docs(gate: &mut Gate<'_>) -> Result<Done, Error> {
    let mut command = gate.workspace.command("cargo");
    command.env("RUSTDOCFLAGS", "-D warnings").args(["doc", "--workspace", "--no-deps"]);
    process::run(&mut command)?;
    Ok(Done::Passed)
}

fn deny(gate: &mut Gate<'_>) -> Result<Done, Error> {
    gate.cargo_deny(&["check", "--hide-inclusion-graph", "bans", "licenses", "sources"])
}

fn advisories(gate: &mut Gate<'_>) -> Result<Done, Error> {
    let Some(program) = tools::CARGO_DENY.find(gate.workspace) else { return Ok(Done::Skipped(NO_CARGO_DENY)) };
    // The database is a repository on another host; without it there is nothing to compare with.
    let mut fetch = gate.workspace.command(&program.to_string_lossy());
    if process::quiet(fetch.env("GIT_TERMINAL_PROMPT", "0").args(["fetch", "db"])).is_err() {
        return Ok(Done::Skipped("their database cannot be reached from here"));
    }
    gate.cargo_deny(&["check", "--hide-inclusion-graph", "advisories"])
}

/// What is tried with random input, at length: the package, the arguments of its test, and how much.
const CAMPAIGNS: [(&str, &[&str], (&str, &str)); 4] = [
    ("recension-versioning", &["--features", "schema", "--test", "compare", "--", "fuzz", "cycles"], ("RECENSION_COMPARE_PAIRS", "100000")),
    // Each pair is tried with every small instance.
    ("recension-versioning", &["--features", "schema", "--test", "compare", "--", "few"], ("RECENSION_COMPARE_PAIRS", "5000")),
    ("recension-tests", &["--test", "properties"], ("RECENSION_HISTORIES", "10000")),
    // Each draft takes every hop of a history with every op.
    ("recension-tests", &["--release", "--test", "every_op"], ("RECENSION_DRAFTS", "10000")),
];

/// The crates that users take in, packaged and built from their packages. The others are for this workspace: the examples, the
/// tests, and the older release among them, whose sources are those of the newer one.
const PACKAGES: [&str; 8] = [
    "recension",
    "recension-cli",
    "recension-macros",
    "recension-model",
    "recension-store",
    "recension-testkit",
    "recension-versioning",
    "recension-wire",
];

fn packages(gate: &mut Gate<'_>) -> Result<Done, Error> {
    if !gate.options.long {
        return Ok(Done::Skipped("run with `--long`"));
    }
    let mut arguments = vec!["package", "--quiet", "--allow-dirty"];
    arguments.extend(PACKAGES.iter().flat_map(|name| ["--package", name]));
    gate.cargo(&arguments)
}

/// What users of the last release have to change has to be in the number of the next.
fn versions(gate: &mut Gate<'_>) -> Result<Done, Error> {
    if !gate.options.long {
        return Ok(Done::Skipped("run with `--long`"));
    }
    let Some(revision) = gate.released()? else {
        return Ok(Done::Skipped("nothing is released yet (no tag `v*`); `--since REVISION` names what to compare with"));
    };
    let Some(program) = tools::CARGO_SEMVER_CHECKS.find(gate.workspace) else {
        return Err(Error::Missing { missing: vec!["`cargo-semver-checks`; `--install` installs it".to_owned()] });
    };
    let mut command = gate.workspace.command(&program.to_string_lossy());
    command.args(["semver-checks", "--baseline-rev", &revision]);
    process::run(command.args(PACKAGES.iter().filter(|name| **name != "recension-macros").flat_map(|name| ["--package", name])))?;
    Ok(Done::Passed)
}

fn campaigns(gate: &mut Gate<'_>) -> Result<Done, Error> {
    if !gate.options.long {
        return Ok(Done::Skipped("run with `--long`"));
    }
    for (package, arguments, (variable, amount)) in CAMPAIGNS {
        let mut command = gate.workspace.command("cargo");
        process::run(command.env(variable, amount).args(["test", "--package", package]).args(arguments))?;
    }
    Ok(Done::Passed)
}

fn negative_controls(gate: &mut Gate<'_>) -> Result<Done, Error> {
    if !gate.options.long {
        return Ok(Done::Skipped("run with `--long`, or alone with `cargo xtask controls`"));
    }
    controls::run(gate.workspace, &[])?;
    Ok(Done::Passed)
}

const NO_CARGO_DENY: &str = "cargo-deny is not here; `--install` installs it";

impl Gate<'_> {
    /// The revision of git that versions are compared with: the one that was named, else the last tag of a release.
    fn released(&self) -> Result<Option<String>, Error> {
        if self.options.since.is_some() {
            return Ok(self.options.since.clone());
        }
        let tags = process::stdout(self.workspace.command("git").args(["tag", "--list", "v*", "--sort=-v:refname", "--merged", "HEAD"]))?;
        Ok(tags.lines().next().map(str::to_owned))
    }

    fn cargo(&self, arguments: &[&str]) -> Result<Done, Error> {
        process::run(self.workspace.command("cargo").args(arguments))?;
        Ok(Done::Passed)
    }

    fn cargo_test(&mut self, arguments: &[&str]) -> Result<Done, Error> {
        process::run_tests(process::seeded(self.workspace.command("cargo").args(arguments)), &mut self.tests)?;
        Ok(Done::Passed)
    }

    fn cargo_deny(&self, arguments: &[&str]) -> Result<Done, Error> {
        let Some(program) = tools::CARGO_DENY.find(self.workspace) else { return Ok(Done::Skipped(NO_CARGO_DENY)) };
        process::run(self.workspace.command(&program.to_string_lossy()).args(arguments))?;
        Ok(Done::Passed)
    }
}
