use std::{
    collections::{BTreeSet, HashSet},
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::control::Selection;
use crate::{error::Error, process, report, workspace::Workspace};

/// A copy of the tracked files, as they are in the working tree, with a target folder of its own. Both stay between runs,
/// so that only what changed is built again.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    workspace: &'a Workspace,
    folder: PathBuf,
    target: PathBuf,
    /// Where the servers are that tests need.
    variables: Vec<(String, OsString)>,
}

/// What a run of tests left behind.
pub(super) struct Run {
    pub(super) exit_code: Option<i32>,
    pub(super) printed: String,
}

impl<'a> Tree<'a> {
    /// Makes the copy, or brings an older one up to date.
    pub(super) fn of(workspace: &'a Workspace) -> Result<Self, Error> {
        let controls = workspace.root().join("target/controls");
        let tree = Self { workspace, folder: controls.join("tree"), target: controls.join("target"), variables: Vec::new() };
        fs::create_dir_all(&tree.folder).map_err(Error::file("create", &tree.folder))?;
        tree.restore()?;
        Ok(tree)
    }

    /// The same, whose tests are told where servers are.
    pub(super) fn with_variables(mut self, variables: Vec<(String, OsString)>) -> Self {
        self.variables = variables;
        self
    }

    /// Makes the copy equal to the working tree. Files that are equal are not touched: cargo goes by their times.
    pub(super) fn restore(&self) -> Result<(), Error> {
        let tracked = self.workspace.tracked()?;
        for path in &tracked {
            copy_if_changed(&self.workspace.root().join(path), &self.folder.join(path))?;
        }
        // Cargo.lock may not be tracked; cargo then makes one in the copy, which is as good.
        let mut keep: HashSet<PathBuf> = tracked.into_iter().map(|path| self.folder.join(path)).collect();
        keep.insert(self.folder.join("Cargo.lock"));
        remove_all_but(&keep, &self.folder)
    }

    /// Whether the patch applies as a whole; if not, nothing of it does.
    pub(super) fn apply(&self, patch: &Path) -> Result<bool, Error> {
        let mut command = Command::new("git");
        // The copy lies inside a repository. Git would take paths from its root, and silently apply nothing.
        command.env("GIT_CEILING_DIRECTORIES", self.folder.parent().unwrap_or(&self.folder)).env_remove("GIT_DIR");
        let output = process::output(command.current_dir(&self.folder).arg("apply").arg(patch))?;
        show_if_failed(&output);
        Ok(output.status.success())
    }

    /// Whether the test programs of a selection build.
    pub(super) fn build(&self, selection: &Selection) -> Result<bool, Error> {
        let output = process::output(self.cargo_test(selection).arg("--no-run"))?;
        show_if_failed(&output);
        Ok(output.status.success())
    }

    /// Runs tests by their full names in all programs of a selection.
    pub(super) fn test(&self, selection: &Selection, tests: &BTreeSet<&str>) -> Result<Run, Error> {
        let output = process::output(self.cargo_test(selection).args(["--no-fail-fast", "--", "--exact"]).args(tests))?;
        Ok(Run { exit_code: output.status.code(), printed: String::from_utf8_lossy(&output.stdout).into_owned() })
    }

    fn cargo_test(&self, selection: &Selection) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(&self.folder).arg("test").args(selection.arguments());
        command.env("CARGO_TARGET_DIR", &self.target).env("CARGO_PROFILE_DEV_DEBUG", "false").env("CARGO_TERM_COLOR", "never");
        command.env("RUST_BACKTRACE", "0").env("INSTA_UPDATE", "no");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        process::seeded(&mut command);
        command
    }
}

fn show_if_failed(output: &std::process::Output) {
    if !output.status.success() {
        report::line(String::from_utf8_lossy(&output.stderr).trim_end());
    }
}

fn copy_if_changed(from: &Path, to: &Path) -> Result<(), Error> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    }
    if from.is_symlink() {
        let link = fs::read_link(from).map_err(Error::file("read", from))?;
        if fs::read_link(to).is_ok_and(|old| old == link) {
            return Ok(());
        }
        let _ = fs::remove_file(to);
        return symlink(&link, to).map_err(Error::file("create", to));
    }
    let content = fs::read(from).map_err(Error::file("read", from))?;
    if !to.is_symlink() && fs::read(to).is_ok_and(|old| old == content) {
        return Ok(());
    }
    let _ = fs::remove_file(to);
    fs::copy(from, to).map_err(Error::file("write", to))?;
    Ok(())
}

#[cfg(unix)]
fn symlink(link: &Path, to: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(link, to)
}

#[cfg(not(unix))]
fn symlink(link: &Path, to: &Path) -> std::io::Result<()> {
    fs::copy(to.parent().unwrap_or(to).join(link), to).map(drop)
}

fn remove_all_but(keep: &HashSet<PathBuf>, folder: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(folder).map_err(Error::file("list", folder))? {
        let path = entry.map_err(Error::file("list", folder))?.path();
        if path.is_dir() && !path.is_symlink() {
            remove_all_but(keep, &path)?;
        } else if !keep.contains(&path) {
            fs::remove_file(&path).map_err(Error::file("remove", &path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_follows_the_working_tree_and_leaves_equal_files_alone() {
        let root = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(root.path());
        for (name, text) in [("a.rs", "1"), ("b.rs", "1"), ("untracked.rs", "1")] {
            fs::write(root.path().join(name), text).unwrap();
        }
        process::quiet(workspace.command("git").args(["init", "--quiet"])).unwrap();
        process::quiet(workspace.command("git").args(["add", "a.rs", "b.rs"])).unwrap();
        let tree = Tree::of(&workspace).unwrap();
        let time = |name: &str| fs::metadata(tree.folder.join(name)).unwrap().modified().unwrap();
        let before = time("a.rs");

        fs::write(root.path().join("b.rs"), "2").unwrap();
        fs::create_dir(tree.folder.join("left")).unwrap();
        fs::write(tree.folder.join("left/over.rs"), "1").unwrap();
        tree.restore().unwrap();

        assert_eq!(time("a.rs"), before);
        assert_eq!(fs::read_to_string(tree.folder.join("b.rs")).unwrap(), "2");
        assert!(!tree.folder.join("left/over.rs").exists());
        assert!(!tree.folder.join("untracked.rs").exists());
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("sub/to"));
        symlink(Path::new("../README.md"), &from).unwrap();
        for _ in 0..2 {
            copy_if_changed(&from, &to).unwrap();
            assert_eq!(fs::read_link(&to).unwrap(), Path::new("../README.md"));
        }
    }
}
