//! What is up, in a file, so that a later command finds it again.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{server::Server, url::Url};
use crate::error::Error;

/// All that `up` has made and started for one engine.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    /// Whether everything has answered. What is not complete was interrupted, and is begun anew.
    pub(super) complete: bool,
    /// Whether TLS is demanded.
    pub(super) tls: bool,
    /// Folders elsewhere than beside this file.
    pub(super) outside: Vec<PathBuf>,
    /// What is printed, in this order.
    #[serde(rename = "variable")]
    pub(super) variables: Vec<Variable>,
    /// The servers, in the order in which they were started.
    #[serde(rename = "server")]
    pub(super) servers: Vec<Server>,
}

/// One line that is printed as `NAME=value`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl State {
    /// Reads the state of an engine from its folder; none if there is no file.
    ///
    /// # Errors
    /// When it cannot be read. What stands in it is not told: there are passwords in it.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, Error> {
        let path = file(folder);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(Error::file("read", &path))?,
        };
        toml::from_str(&text).map(Some).map_err(|_| Error::StateFile { path })
    }

    /// Writes it, readable for nobody else, whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Error> {
        let path = file(folder);
        let text = toml::to_string(self).map_err(|_| Error::StateFile { path: path.clone() })?;
        let new = folder.join("state.new");
        write_private(&new, &text)?;
        fs::rename(&new, &path).map_err(Error::file("write", path))
    }

    /// The address that is printed under a name.
    pub(super) fn url(&self, name: &str) -> Option<Url> {
        self.value(name).and_then(Url::parse)
    }

    /// The value that is printed under a name.
    fn value(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|variable| variable.name == name).map(|variable| variable.value.as_str())
    }
}

/// Writes a file that nobody else may read, from its first byte on. One that is there from before goes first: it might be open to others.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write_private(path: &Path, text: &str) -> Result<(), Error> {
    let write = || {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(text.as_bytes())
    };
    write().map_err(Error::file("write", path))
}

fn file(folder: &Path) -> PathBuf {
    folder.join("state.toml")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_state_is_read_as_it_was_written_and_for_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        assert!(State::read(folder.path()).unwrap().is_none());
        let variable = Variable { name: "DATABASE_URL".into(), value: "postgres://u:\"quoted\"\n@h:1/d".into() };
        let state = State { complete: true, tls: true, outside: vec!["/tmp/a b".into()], variables: vec![variable], servers: Vec::new() };
        fs::write(folder.path().join("state.new"), "open to all").unwrap();
        state.write(folder.path()).unwrap();
        let read = State::read(folder.path()).unwrap().unwrap();
        assert_eq!((read.complete, read.tls, &read.outside), (true, true, &state.outside));
        assert_eq!(read.value("DATABASE_URL"), state.value("DATABASE_URL"));
        let mode = fs::metadata(file(folder.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn an_unreadable_state_names_its_file_and_shows_nothing_of_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(file(folder.path()), "complete = true\npassword = \"s3cret\"").unwrap();
        let Err(error) = State::read(folder.path()) else { panic!("read") };
        let text = crate::report::chain(&error);
        assert!(text.contains("state.toml") && !text.contains("s3cret"), "{text}");
    }
}
