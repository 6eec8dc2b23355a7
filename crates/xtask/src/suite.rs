//! The tests of the store on each engine: one suite, of which an engine leaves out what it says, and why.

use std::{collections::BTreeSet, path::Path};

use crate::{
    db::{Engine, Running},
    error::Error,
    process::{self, Counts},
    report,
    workspace::Workspace,
};

/// The tests of an engine.
struct Suite {
    engine: Engine,
    /// The test program.
    program: &'static str,
    /// What is left out, from the root of the workspace.
    excluded: Option<&'static str>,
}

/// Engines that have none are only brought up.
const SUITES: [Suite; 6] = [
    Suite { engine: Engine::Sqlite, program: "store", excluded: None },
    Suite { engine: Engine::Postgres, program: "postgres", excluded: Some("crates/testkit/tests/store/engine/postgres.excluded") },
    Suite { engine: Engine::Mariadb, program: "mariadb", excluded: Some("crates/testkit/tests/store/engine/mariadb.excluded") },
    Suite { engine: Engine::Replica, program: "replica", excluded: None },
    Suite { engine: Engine::Galera, program: "galera", excluded: Some("crates/testkit/tests/store/engine/galera.excluded") },
    Suite { engine: Engine::Mysql56, program: "mysql56", excluded: Some("crates/testkit/tests/store/engine/mysql56.excluded") },
];

/// The test program that kills servers and clients: after all others, since nobody else can use a server meanwhile. Each engine runs the
/// tests that begin with its name.
pub(crate) const CRASHES: &str = "crashes";

/// How much the campaigns on an engine do with `--long`.
const LONG: [(&str, &str); 11] = [
    ("RECENSION_WRITES", "10000"),
    ("RECENSION_CANCELLED", "100000"),
    ("RECENSION_COMMIT_CUTS", "3000"),
    ("RECENSION_REQUESTS", "10000"),
    ("RECENSION_WALKS", "1000"),
    ("RECENSION_TIMES", "10000"),
    ("RECENSION_CREATES", "1000"),
    ("RECENSION_STORMS", "10000"),
    ("RECENSION_SERVER_KILLS", "20"),
    ("RECENSION_NODE_KILLS", "20"),
    ("RECENSION_CLIENT_KILLS", "100"),
];

/// How many operations are held against the model with `--long`: on a server each is a round trip or more.
const fn operations(engine: Engine) -> (&'static str, &'static str) {
    ("RECENSION_OPERATIONS", if matches!(engine, Engine::Sqlite) { "1000000" } else { "100000" })
}

/// One line of the table of engines and cases.
pub(crate) struct Cases {
    engine: Engine,
    passed: u64,
    excluded: Vec<Exclusion>,
}

/// A test that is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Exclusion {
    test: String,
    why: String,
}

/// Runs the tests of an engine, if it has any, against the server that is up.
///
/// # Errors
/// When a test fails, or one that is left out is none of them.
pub(crate) fn run(
    workspace: &Workspace,
    engine: Engine,
    running: Option<&Running<'_>>,
    is_long: bool,
    all: &mut Counts,
) -> Result<Option<Cases>, Error> {
    let Some(suite) = SUITES.iter().find(|suite| suite.engine == engine) else { return Ok(None) };
    let excluded = match suite.excluded {
        Some(path) => exclusions(&workspace.root().join(path))?,
        None => Vec::new(),
    };
    // The whole workspace: then nothing is built that the gate has not built already.
    let cargo = ["test", "--quiet", "--workspace", "--test", suite.program, "--"];
    let listed = process::stdout(workspace.command("cargo").args(cargo).args(["--list", "--format", "terse"]))?;
    let known: BTreeSet<&str> = listed.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    if let Some(unknown) = excluded.iter().find(|exclusion| !known.contains(&*exclusion.test)) {
        return Err(Error::UnknownTest { engine: engine.name(), test: unknown.test.clone() });
    }
    let crashes = ["test", "--quiet", "--workspace", "--test", CRASHES, "--"];
    let of_engine = format!("{}::", engine.name());
    let skipped = excluded.iter().flat_map(|exclusion| ["--skip", &exclusion.test]);
    let programs: [Vec<&str>; 2] =
        [cargo.into_iter().chain(["--exact"]).chain(skipped).collect(), crashes.into_iter().chain([of_engine.as_str()]).collect()];
    let mut counts = Counts::default();
    for arguments in programs {
        let mut command = workspace.command("cargo");
        command.args(arguments);
        if let Some(running) = running {
            command.envs(running.variables()).envs(running.command()?);
        }
        if is_long {
            command.envs(LONG.into_iter().chain([operations(engine)]));
        }
        let mut ran = Counts::default();
        let ended = process::run_tests(process::seeded(&mut command), &mut ran);
        counts += ran;
        *all += ran;
        ended?;
    }
    Ok(Some(Cases { engine, passed: counts.passed, excluded }))
}

/// Prints how many cases passed on each engine, and what was left out.
pub(crate) fn print(table: &[Cases]) {
    if table.is_empty() {
        return;
    }
    report::line(format!("{:<10} {:>6} {:>8}", "engine", "passed", "excluded"));
    for cases in table {
        report::line(format!("{:<10} {:>6} {:>8}", cases.engine.name(), cases.passed, cases.excluded.len()));
    }
    for Cases { engine, excluded, .. } in table {
        excluded.iter().for_each(|Exclusion { test, why }| report::line(format!("{}: without {test}: {why}", engine.name())));
    }
}

fn exclusions(path: &Path) -> Result<Vec<Exclusion>, Error> {
    let text = std::fs::read_to_string(path).map_err(Error::file("read", path))?;
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(exclusion).collect()
}

/// A line `TEST: WHY`. The name of a test has colons in it, but none before a blank.
fn exclusion(line: &str) -> Result<Exclusion, Error> {
    let parts = line.split_once(": ").filter(|(test, why)| !test.contains(' ') && !why.trim().is_empty());
    let (test, why) = parts.ok_or_else(|| Error::NoReason { line: line.to_owned() })?;
    Ok(Exclusion { test: test.to_owned(), why: why.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_left_out_for_a_reason() {
        let line = "errors::a_file: there is no file; see alone::other";
        let expected = Exclusion { test: "errors::a_file".to_owned(), why: "there is no file; see alone::other".to_owned() };
        assert_eq!(exclusion(line).unwrap(), expected);
        for line in ["errors::a_file", "errors::a_file: ", "errors::a_file:", "a reason: without a test"] {
            assert!(matches!(exclusion(line), Err(Error::NoReason { .. })), "{line}");
        }
    }
}
