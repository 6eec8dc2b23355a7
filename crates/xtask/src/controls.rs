//! `cargo xtask controls`: shows that tests can fail. Each patch below `tests/controls` takes one guard out; the tests it names
//! must pass without the patch and fail on an assertion with it. Everything happens in a copy of the tracked files.

mod control;
mod outcome;
mod stale;
mod tree;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::Instant,
};

pub(crate) use self::control::HeaderFault;
use self::{
    control::{Control, Selection, Test},
    outcome::{Outcome, Verdict},
    tree::Tree,
};
use crate::{
    db::{Engine, Place, Running},
    error::Error,
    report,
    workspace::Workspace,
};

const FOLDER: &str = "tests/controls";

/// The engines whose servers controls may need, whatever the suite runs on.
pub(crate) const ENGINES: [Engine; 4] = [Engine::Postgres, Engine::Mariadb, Engine::Galera, Engine::Replica];

/// Runs the controls named, or all of them, and prints a line for each.
///
/// # Errors
/// When there are none, a file is malformed, or a control does not turn its test red.
pub(crate) fn run(workspace: &Workspace, ids: &[String]) -> Result<(), Error> {
    let controls = load(workspace, ids)?;
    let place = Place::of_gate(workspace);
    let needed = ENGINES.into_iter().filter(|engine| controls.iter().any(|control| control.needs(*engine)));
    let servers = needed.map(|engine| Running::up(&place, engine)).collect::<Result<Vec<_>, _>>()?;
    let mut variables: Vec<_> = servers.iter().flat_map(Running::variables).map(|(name, value)| (name, value.into())).collect();
    for running in &servers {
        variables.extend(running.command()?.map(|(name, value)| (name.to_owned(), value.into())));
    }
    let tree = Tree::of(workspace)?.with_variables(variables);
    report::line(format!("{} controls; their tests first, with every guard in place", controls.len()));
    let unpatched = unpatched(&tree, &controls)?;
    let width = controls.iter().map(|control| control.id.len()).max().unwrap_or_default();
    let mut wrong = 0;
    for control in &controls {
        let start = Instant::now();
        let verdicts = verdicts(&tree, control, &unpatched)?;
        // A test that fails on its way does not start again what it has killed.
        servers.iter().filter(|running| control.needs(running.engine())).try_for_each(Running::revive)?;
        let red = verdicts.iter().all(|(_, verdict)| *verdict == Verdict::Red);
        let mark = if red { "red  " } else { "ERROR" };
        wrong += usize::from(!red);
        report::line(format!("{mark}  {:<width$}  {} ({} s)", control.id, control.guard, start.elapsed().as_secs()));
        for (test, verdict) in verdicts.iter().filter(|(_, verdict)| *verdict != Verdict::Red) {
            report::line(format!("       {:<width$}  `{}`: {verdict}", "", test.name));
        }
    }
    tree.restore()?;
    servers.into_iter().try_for_each(Running::down)?;
    if wrong > 0 {
        return Err(Error::Controls { count: wrong, total: controls.len() });
    }
    report::line(format!("{} controls, each turns its tests red", controls.len()));
    Ok(())
}

/// What has become of the controls since they were kept, as far as that can be told without building anything: a line for each patch that
/// does not apply any more, and for each test that is not there.
///
/// # Errors
/// When there are none, or a file is malformed or cannot be read.
pub(crate) fn stale(workspace: &Workspace) -> Result<Vec<String>, Error> {
    stale::check(workspace, &load(workspace, &[])?)
}

/// The controls of the working tree, sorted by id.
fn load(workspace: &Workspace, ids: &[String]) -> Result<Vec<Control>, Error> {
    let folder = workspace.root().join(FOLDER);
    let mut controls = Vec::new();
    for entry in fs::read_dir(&folder).map_err(Error::file("list", FOLDER))? {
        let path = entry.map_err(Error::file("list", FOLDER))?.path();
        let Some(id) = path.extension().filter(|end| *end == "patch").and(path.file_stem()).and_then(|stem| stem.to_str()) else {
            continue;
        };
        let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
        controls.push(Control::parse(id, path.clone(), &text).map_err(|fault| Error::Header { id: id.to_owned(), fault })?);
    }
    controls.sort_by(|left, right| left.id.cmp(&right.id));
    if controls.is_empty() {
        return Err(Error::NoControls { folder: FOLDER });
    }
    if let Some(unknown) = ids.iter().find(|id| !controls.iter().any(|control| control.id == **id)) {
        return Err(Error::UnknownControl { id: unknown.clone() });
    }
    controls.retain(|control| ids.is_empty() || ids.contains(&control.id));
    Ok(controls)
}

/// How each named test ends in the untouched copy. Tests of one test program run together.
type Unpatched = BTreeMap<Test, Outcome>;

fn unpatched(tree: &Tree<'_>, controls: &[Control]) -> Result<Unpatched, Error> {
    let mut groups: BTreeMap<&Selection, BTreeSet<&str>> = BTreeMap::new();
    for test in controls.iter().flat_map(|control| &control.tests) {
        groups.entry(&test.selection).or_default().insert(&test.name);
    }
    let mut outcomes = Unpatched::new();
    for (selection, tests) in groups {
        let printed = if tree.build(selection)? { tree.test(selection, &tests)?.printed } else { String::new() };
        for name in tests {
            let outcome = Outcome::of(name, &printed);
            if let Outcome::Failed { .. } = outcome {
                report::line(format!("`{name}`: {outcome} although the guard is in place"));
                tell(name, &printed);
            }
            outcomes.insert(Test { selection: selection.clone(), name: name.to_owned() }, outcome);
        }
    }
    Ok(outcomes)
}

/// What a control shows of each of its tests.
fn verdicts<'c>(tree: &Tree<'_>, control: &'c Control, unpatched: &Unpatched) -> Result<Vec<(&'c Test, Verdict)>, Error> {
    tree.restore()?;
    let applied = tree.apply(&control.patch)?;
    let verdict = |test: &'c Test| {
        Ok(match unpatched.get(test) {
            Some(Outcome::Passed) if !applied => (test, Verdict::NotApplied),
            Some(Outcome::Passed) => (test, patched(tree, test)?),
            Some(outcome) => (test, Verdict::Unpatched(outcome.clone())),
            None => (test, Verdict::Unpatched(Outcome::NotRun)),
        })
    };
    control.tests.iter().map(verdict).collect()
}

/// Runs a test where the patch is applied.
fn patched(tree: &Tree<'_>, test: &Test) -> Result<Verdict, Error> {
    if !tree.build(&test.selection)? {
        return Ok(Verdict::NotBuilt);
    }
    let run = tree.test(&test.selection, &BTreeSet::from([test.name.as_str()]))?;
    let outcome = Outcome::of(&test.name, &run.printed);
    if let Outcome::Failed { asserted: false } = outcome {
        tell(&test.name, &run.printed);
    }
    Ok(Verdict::patched(run.exit_code, outcome))
}

/// Shows what a test said that failed as it should not.
fn tell(test: &str, printed: &str) {
    outcome::said(test, printed).for_each(|line| report::line(format!("       {line}")));
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::process;

    /// A workspace of one package with one guard and one test, and the controls given as (id, header's test, removed, added).
    fn workspace(folder: &Path, controls: &[(&str, &str, &str, &str)]) -> Workspace {
        let workspace = Workspace::at(folder);
        let guard = "pub fn port(n: u32) -> Option<u32> {\n    (n < 10).then_some(n)\n}\n";
        let test = "#[test]\nfn s4_large_is_refused() {\n    assert_eq!(crate::port(10), None);\n}\n\
                    #[test]\nfn small_is_taken() {\n    assert_eq!(crate::port(9).unwrap(), 9);\n}\n";
        for (name, text) in [
            ("Cargo.toml", "[package]\nname = \"guarded\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n"),
            ("src/lib.rs", &format!("{guard}#[cfg(test)]\nmod tests;\n")),
            ("src/tests.rs", test),
        ] {
            fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
            fs::write(folder.join(name), text).unwrap();
        }
        fs::create_dir_all(folder.join(FOLDER)).unwrap();
        for (id, test, removed, added) in controls {
            let patch = format!(
                "# guard: ports are below ten\n# test: guarded {test}\n# target: --lib\n\
                 --- a/src/lib.rs\n+++ b/src/lib.rs\n@@ -1,3 +1,3 @@\n pub fn port(n: u32) -> Option<u32> {{\n-{removed}\n+{added}\n }}\n"
            );
            fs::write(folder.join(FOLDER).join(format!("{id}.patch")), patch).unwrap();
        }
        process::quiet(workspace.command("git").args(["init", "--quiet"])).unwrap();
        process::quiet(workspace.command("git").args(["add", "Cargo.toml", "src"])).unwrap();
        workspace
    }

    #[test]
    fn only_a_control_that_turns_its_test_red_counts() {
        let folder = tempfile::tempdir().unwrap();
        let (guard, red) = ("    (n < 10).then_some(n)", "tests::s4_large_is_refused");
        let workspace = workspace(
            folder.path(),
            &[
                ("a-red", red, guard, "    Some(n)"),
                ("b-not-applied", red, "    (n < 11).then_some(n)", "    Some(n)"),
                ("c-not-built", red, guard, "    Some(m)"),
                ("d-green", red, guard, "    (n < 9).then_some(n)"),
                ("e-no-such-test", "tests::s4_nothing", guard, "    Some(n)"),
                ("f-no-assertion", "tests::small_is_taken", guard, "    (n > 10).then_some(n)"),
                ("g-red-again", red, guard, "    Some(n)"),
                ("h-one-of-two", &format!("{red}\n# target: --lib\n# test: guarded tests::small_is_taken"), guard, "    Some(n)"),
            ],
        );
        let controls = load(&workspace, &[]).unwrap();
        let tree = Tree::of(&workspace).unwrap();
        let unpatched = unpatched(&tree, &controls).unwrap();
        let verdicts = controls.iter().flat_map(|control| verdicts(&tree, control, &unpatched).unwrap());
        let verdicts: Vec<Verdict> = verdicts.map(|(_, verdict)| verdict).collect();
        let expected = [
            Verdict::Red,
            Verdict::NotApplied,
            Verdict::NotBuilt,
            Verdict::Patched(Outcome::Passed),
            Verdict::Unpatched(Outcome::NotRun),
            Verdict::Patched(Outcome::Failed { asserted: false }),
            Verdict::Red,
            Verdict::Red,
            Verdict::Patched(Outcome::Passed),
        ];
        assert_eq!(verdicts, expected);
        assert_eq!(workspace.text(Path::new("src/lib.rs")).unwrap().unwrap().matches(guard).count(), 1, "the working tree is untouched");

        for wrong in ["d-green", "h-one-of-two"] {
            let error = run(&workspace, &["a-red".to_owned(), wrong.to_owned()]).unwrap_err();
            assert_eq!(error.to_string(), "1 of 2 controls prove nothing");
        }
        run(&workspace, &["a-red".to_owned()]).unwrap();

        let stale = ["b-not-applied.patch: does not apply", "e-no-such-test.patch: there is no test `tests::s4_nothing`"];
        assert_eq!(super::stale(&workspace).unwrap(), stale.map(|finding| format!("{FOLDER}/{finding}")));
    }

    #[test]
    fn no_controls_and_unknown_controls_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        let empty = workspace(folder.path(), &[]);
        assert_eq!(load(&empty, &[]).unwrap_err().to_string(), "no controls in `tests/controls`");
        let folder = tempfile::tempdir().unwrap();
        let one = workspace(folder.path(), &[("a", "t", "x", "y")]);
        assert_eq!(load(&one, &["b".to_owned()]).unwrap_err().to_string(), "unknown control `b`");
    }
}
