use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{error::Error, process};

/// The workspace on disk: its root, and the files git knows in it.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace around the current directory.
    pub(crate) fn locate() -> Result<Self, Error> {
        let manifest = process::stdout(Command::new("cargo").args(["locate-project", "--workspace", "--message-format", "plain"]))?;
        Ok(Self::at(Path::new(manifest.trim()).parent().unwrap_or(Path::new("."))))
    }

    /// The workspace whose root manifest lies in `root`.
    pub(crate) fn at(root: &Path) -> Self {
        Self { root: root.to_path_buf() }
    }

    /// The folder of the root manifest.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A program to be run in the root.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// Every tracked file that exists now, relative to the root, sorted.
    pub(crate) fn tracked(&self) -> Result<Vec<PathBuf>, Error> {
        let listing = process::stdout(self.command("git").args(["ls-files", "-z"]))?;
        let mut paths: Vec<PathBuf> = listing.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).collect();
        paths.retain(|path| self.root.join(path).symlink_metadata().is_ok());
        paths.sort();
        paths.dedup();
        Ok(paths)
    }

    /// The text of a file, or none if it is not UTF-8.
    pub(crate) fn text(&self, path: &Path) -> Result<Option<String>, Error> {
        let full = self.root.join(path);
        let bytes = fs::read(&full).map_err(Error::file("read", path))?;
        Ok(String::from_utf8(bytes).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_are_tracked_and_still_there_are_listed() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(folder.path());
        process::quiet(workspace.command("git").args(["init", "--quiet"])).unwrap();
        for name in ["b.rs", "a.rs", "gone.rs", "untracked.rs"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        process::quiet(workspace.command("git").args(["add", "a.rs", "b.rs", "gone.rs"])).unwrap();
        fs::remove_file(folder.path().join("gone.rs")).unwrap();
        assert_eq!(workspace.tracked().unwrap(), [PathBuf::from("a.rs"), PathBuf::from("b.rs")]);
    }

    #[test]
    fn a_file_that_is_not_text_has_none() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("image"), [0xff, 0xfe]).unwrap();
        assert_eq!(Workspace::at(folder.path()).text(Path::new("image")).unwrap(), None);
    }
}
