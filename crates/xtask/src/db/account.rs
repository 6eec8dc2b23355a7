//! Who runs a server: `PostgreSQL` and MySQL refuse root.

use std::{
    fs,
    os::unix::{fs::lchown, process::CommandExt as _},
    path::Path,
    process::Command,
};

use serde::{Deserialize, Serialize};

use crate::{error::Error, process};

/// A user of this machine, by numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct User {
    user: u32,
    group: u32,
}

/// Somebody without privileges: the one who runs this command, or another user if that is root.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Account(Option<User>);

impl Account {
    /// The first of these users that exists, if this command is run by root.
    ///
    /// # Errors
    /// When none of them exists.
    pub(super) fn of(names: &[&'static str]) -> Result<Self, Error> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self(None));
        }
        let user = names.iter().find_map(|name| Some(User { user: number("-u", name)?, group: number("-g", name)? }));
        user.map(|user| Self(Some(user))).ok_or_else(|| Error::NoAccount { names: names.join("`, `") })
    }

    /// Lets a program be run by this user. The groups of root do not stay: the standard library drops them with the user.
    pub(super) fn run(self, command: &mut Command) -> &mut Command {
        if let Self(Some(User { user, group })) = self {
            command.uid(user).gid(group);
        }
        command
    }

    /// Gives a file or folder to this user, and a link as such: not what it leads to.
    ///
    /// # Errors
    /// When it cannot be given away.
    pub(super) fn own(self, path: &Path) -> Result<(), Error> {
        let Self(Some(User { user, group })) = self else { return Ok(()) };
        lchown(path, Some(user), Some(group)).map_err(Error::file("give away", path))
    }

    /// The same with all that lies in it.
    ///
    /// # Errors
    /// When something cannot be given away.
    pub(super) fn own_all(self, path: &Path) -> Result<(), Error> {
        self.own(path)?;
        if path.is_dir() && !path.is_symlink() {
            for entry in fs::read_dir(path).map_err(Error::file("read", path))? {
                self.own_all(&entry.map_err(Error::file("read", path))?.path())?;
            }
        }
        Ok(())
    }

    /// Whether this user can reach a folder: one above it may be closed to him.
    pub(super) fn reaches(self, folder: &Path) -> bool {
        let mut test = Command::new("test");
        self.run(test.arg("-w").arg(folder).current_dir("/"));
        process::quiet(&mut test).is_ok()
    }
}

fn number(what: &str, name: &str) -> Option<u32> {
    let output = process::output(Command::new("id").args([what, name])).ok().filter(|output| output.status.success())?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_runs_a_server_as_somebody_else_and_others_as_themselves() {
        let account = Account::of(&["no-such-user-here", "nobody"]).unwrap();
        let shown = process::stdout(account.run(Command::new("id").arg("-u"))).unwrap();
        assert_ne!(shown.trim(), "0");
        if rustix::process::geteuid().is_root() {
            let groups = process::stdout(account.run(Command::new("id").arg("-G"))).unwrap();
            assert_eq!(groups.split_whitespace().count(), 1, "the groups of root stay behind");
            assert!(matches!(Account::of(&["no-such-user-here"]), Err(Error::NoAccount { .. })));
        } else {
            assert_eq!(account, Account::default());
        }
    }
}
