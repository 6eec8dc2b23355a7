//! Controls that the code has moved away from, found without building anything.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    rc::Rc,
};

use super::{
    FOLDER,
    control::{Control, Test},
};
use crate::{error::Error, ids, process, workspace::Workspace};

/// A line for each patch that does not apply, and for each test that is nowhere.
///
/// # Errors
/// When the tracked files cannot be listed or read.
pub(super) fn check(workspace: &Workspace, controls: &[Control]) -> Result<Vec<String>, Error> {
    let functions = Functions::of(workspace)?;
    let mut findings = Vec::new();
    for control in controls {
        let mut apply = workspace.command("git");
        if process::quiet(apply.args(["apply", "--check"]).arg(&control.patch)).is_err() {
            findings.push(format!("{FOLDER}/{}.patch: does not apply", control.id));
        }
        let missing = control.tests.iter().filter(|test| !functions.have(test));
        findings.extend(missing.map(|test| format!("{FOLDER}/{}.patch: there is no test `{}`", control.id, test.name)));
    }
    Ok(findings)
}

/// What tests may be named by.
#[derive(Default)]
struct Functions {
    /// The names of all functions, each with the files in which one of that name stands, and their text.
    files: BTreeMap<String, Vec<(PathBuf, Rc<str>)>>,
    /// What macros are told first: it may be the name of a module that they make.
    told: BTreeSet<String>,
}

impl Functions {
    fn of(workspace: &Workspace) -> Result<Self, Error> {
        let mut functions = Self::default();
        for path in workspace.tracked()?.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
            let Some(text) = workspace.text(&path)?.map(Rc::from) else { continue };
            for name in ids::function_names(&text) {
                functions.files.entry(name).or_default().push((path.clone(), text.clone()));
            }
            functions.told.extend(text.lines().filter_map(told_first).map(str::to_owned));
        }
        Ok(functions)
    }

    /// Whether there is a function of the name of a test in a module of the name that stands before it, or in the root of a program.
    fn have(&self, test: &Test) -> bool {
        let mut parts = test.name.rsplit("::");
        let Some(files) = parts.next().and_then(|name| self.files.get(name)) else { return false };
        match parts.next() {
            Some(module) => self.told.contains(module) || files.iter().any(|(path, text)| is_in(module, path, text)),
            None => files.iter().any(|(path, _)| is_root(path)),
        }
    }
}

/// Whether a file is the root of a library or of a program, whose functions have no module before their names.
fn is_root(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name);
    path.ends_with("src/lib.rs") || path.ends_with("main.rs") || folder.is_some_and(|folder| folder == "tests")
}

/// Whether a file is a module of that name, or has one in it.
fn is_in(module: &str, path: &Path, text: &str) -> bool {
    // The file, or the folder that it is in.
    let of_path = path.with_extension("").iter().rev().take(2).any(|part| part == module);
    of_path
        || text.lines().any(|line| {
            line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ").starts_with(&format!("mod {module} "))
        })
}

/// The first of several things that a macro is told on this line, where the line begins with it.
fn told_first(line: &str) -> Option<&str> {
    let (name, told) = line.trim_start().split_once("!(")?;
    let (first, _) = told.split_once(", ")?;
    let is_name = |text: &str| text.chars().all(|char| char.is_alphanumeric() || char == '_');
    Some(first).filter(|first| is_name(first) && is_name(name))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{is_in, is_root, told_first};

    #[test]
    fn a_module_may_be_made_by_a_macro() {
        assert_eq!(told_first("prove!(store_obeys, Store);"), Some("store_obeys"));
        assert_eq!(told_first("assert!(!found, \"none\");"), None);
        assert_eq!(told_first("fn store_obeys(one: u8, two: u8)"), None);
    }

    #[test]
    fn a_name_without_a_module_is_of_a_root() {
        for root in ["crates/store/src/lib.rs", "crates/xtask/src/main.rs", "tests/tests/two_releases/main.rs", "crates/x/tests/a.rs"] {
            assert!(is_root(Path::new(root)), "{root}");
        }
        for module in ["tests/tests/two_releases/fleet.rs", "crates/store/src/key.rs"] {
            assert!(!is_root(Path::new(module)), "{module}");
        }
    }

    #[test]
    fn a_module_is_a_file_a_folder_or_stands_in_a_file() {
        assert!(is_in("storms", Path::new("crates/testkit/tests/store/storms.rs"), ""));
        assert!(is_in("store", Path::new("crates/testkit/tests/store/storms.rs"), ""));
        assert!(is_in("tests", Path::new("crates/store/src/a.rs"), "#[cfg(test)]\nmod tests {\n"));
        assert!(!is_in("server_load", Path::new("crates/testkit/tests/store/cancelled.rs"), "mod server_loads {\n"));
    }
}
