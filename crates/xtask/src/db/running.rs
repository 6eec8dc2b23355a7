//! An engine that is up for as long as a step of the gate needs it.

use std::{
    env,
    path::{self, PathBuf},
};

use super::{Engine, Place, Variable, check, clear, down, up};
use crate::{error::Error, report};

/// An engine that goes down with this value, also when a step fails.
pub(crate) struct Running<'a> {
    place: &'a Place,
    engine: Engine,
    variables: Vec<Variable>,
    up: bool,
}

impl<'a> Running<'a> {
    /// Brings an engine up, after what an interrupted run left of it went down.
    ///
    /// # Errors
    /// When it does not come up.
    pub(crate) fn up(place: &'a Place, engine: Engine) -> Result<Self, Error> {
        clear(place, engine)?;
        Ok(Self::of(place, engine, up(place, engine, false)?))
    }

    /// An engine that is up, with what was printed for it.
    pub(super) fn of(place: &'a Place, engine: Engine, variables: Vec<Variable>) -> Self {
        Self { place, engine, variables, up: true }
    }

    /// Which one it is.
    pub(crate) const fn engine(&self) -> Engine {
        self.engine
    }

    /// The addresses under the names that the tests of an engine read: `RECENSION_POSTGRES_URL`, `RECENSION_GALERA_URL_2`.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (String, &str)> {
        self.variables.iter().map(|variable| (test_name(self.engine, &variable.name), variable.value.as_str()))
    }

    /// What the tests need that kill servers and start them again: this program, and the folder of the servers.
    ///
    /// # Errors
    /// When the path of this program cannot be told.
    pub(crate) fn command(&self) -> Result<[(&'static str, PathBuf); 2], Error> {
        // As it was called, and not as the file that runs: a later build may have put another in its place.
        let program = path::absolute(env::args_os().next().unwrap_or_default()).map_err(Error::file("find", "cargo xtask"))?;
        Ok([("RECENSION_XTASK", program), ("RECENSION_DB_FOLDER", self.place.folder.clone())])
    }

    /// Logs in at each address.
    ///
    /// # Errors
    /// When a server refuses.
    pub(crate) fn check(&self) -> Result<(), Error> {
        check(self.engine, &self.variables)
    }

    /// Starts again what of it was killed.
    ///
    /// # Errors
    /// When a server does not come up.
    pub(crate) fn revive(&self) -> Result<(), Error> {
        up(self.place, self.engine, false).map(drop)
    }

    /// Takes it down and tells of what went wrong.
    ///
    /// # Errors
    /// When something does not end.
    pub(crate) fn down(mut self) -> Result<(), Error> {
        self.up = false;
        down(self.place, self.engine)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if self.up
            && let Err(error) = down(self.place, self.engine)
        {
            report::failure(&error);
        }
    }
}

/// `DATABASE_URL_2` of Galera is `RECENSION_GALERA_URL_2` for its tests, which may need several engines at once.
fn test_name(engine: Engine, name: &str) -> String {
    format!("RECENSION_{}_{}", engine.name().to_uppercase(), name.trim_start_matches("DATABASE_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_has_names_of_its_own() {
        assert_eq!(test_name(Engine::Postgres, "DATABASE_URL"), "RECENSION_POSTGRES_URL");
        assert_eq!(test_name(Engine::Galera, "DATABASE_URL_2"), "RECENSION_GALERA_URL_2");
        assert_eq!(test_name(Engine::Replica, "DATABASE_REPLICA_URL"), "RECENSION_REPLICA_REPLICA_URL");
    }
}
