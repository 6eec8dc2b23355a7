//! The folder of an engine: who works on it, and how all in it goes away.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use rustix::process::Signal;

use super::{server::Ended, state::State};
use crate::{error::Error, report};

/// The folder of one engine, held by one command at a time.
pub(super) struct Home {
    folder: PathBuf,
    /// Beside the folder, which goes away. Given back by the system however this command ends.
    _lock: File,
}

impl Home {
    /// Waits until no other command works on the engine.
    ///
    /// # Errors
    /// When the lock cannot be made.
    pub(super) fn lock(base: &Path, name: &str) -> Result<Self, Error> {
        fs::create_dir_all(base).map_err(Error::file("make", base))?;
        let path = base.join(format!("{name}.lock"));
        let file = File::options().create(true).append(true).open(&path).map_err(Error::file("open", &path))?;
        file.lock().map_err(Error::file("lock", path))?;
        Ok(Self { folder: base.join(name), _lock: file })
    }

    /// Where the engine's state, logs and data are while it is up.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Ends the servers of a state, the last one first, and removes their data.
///
/// # Errors
/// When one does not end, in which case its data stay, or a folder cannot be removed.
pub(super) fn clear(folder: &Path, state: &State, stop: Signal) -> Result<(), Error> {
    let mut failure = None;
    for server in state.servers.iter().rev() {
        let name = &server.launch.name;
        match server.stop(stop) {
            Ok(Ended::Now) => report::aside(format!("{name} has ended")),
            Ok(Ended::Before) => report::aside(format!("{name} had ended before")),
            Ok(Ended::Foreign) => {
                report::aside(format!("{name} had ended before; its process number {} is another's, which stays", server.process.pid));
            }
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    if let Some(error) = failure {
        return Err(error);
    }
    state.outside.iter().map(PathBuf::as_path).chain([folder]).try_for_each(remove)
}

/// Removes a folder, which need not be there.
///
/// # Errors
/// When it cannot be removed.
pub(super) fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.map_err(Error::file("remove", folder)),
    }
}
