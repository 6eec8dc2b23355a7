//! The programs of the servers, and where they are: Debian keeps some where only root looks, and `PostgreSQL`'s by version.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
};

use super::Engine;
use crate::{
    error::Error,
    tools::{self, Need},
};

/// Folders besides those of the path. The last is no folder of programs: there is the library that makes a cluster of servers.
const FOLDERS: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/usr/lib/galera"];

/// What an authority for TLS is made with.
pub(crate) const OPENSSL: Need = Need { program: "openssl", why: "to make certificates", packages: &["openssl"] };

/// Where programs are looked for: the servers' own folders, the newest `PostgreSQL` first, around the path.
pub(crate) fn path() -> OsString {
    let own = env::var_os("PATH").unwrap_or_default();
    let folders = postgres(Path::new("/usr/lib/postgresql")).into_iter().chain(env::split_paths(&own)).chain(FOLDERS.map(PathBuf::from));
    // A folder with the separator in its name cannot come from a path; Debian's have none.
    env::join_paths(folders).unwrap_or(own)
}

/// A program, or a library, by its name.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    tools::find(name, &path())
}

/// A program that must be there.
///
/// # Errors
/// When it is not.
pub(super) fn program(name: &str) -> Result<PathBuf, Error> {
    find(name).ok_or_else(|| Error::Missing { missing: vec![format!("`{name}`")] })
}

/// Checks that the programs of an engine are there.
///
/// # Errors
/// The names of those that are not, with their Debian packages and what installs them.
pub(super) fn require(engine: Engine, needs: &[Need], tls: bool) -> Result<(), Error> {
    let needs: Vec<&Need> = needs.iter().chain(tls.then_some(&OPENSSL)).collect();
    all_in(&path(), engine, &needs)
}

fn all_in(path: &OsStr, engine: Engine, needs: &[&Need]) -> Result<(), Error> {
    let missing: Vec<String> = needs.iter().filter(|need| tools::find(need.program, path).is_none()).map(|need| need.named()).collect();
    if missing.is_empty() { Ok(()) } else { Err(Error::MissingServer { missing, engine: engine.name() }) }
}

/// The folders of programs of the installed versions of `PostgreSQL`, the newest first.
fn postgres(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut versions: Vec<u32> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    versions.sort_unstable_by(|left, right| right.cmp(left));
    versions.into_iter().map(|version| folder.join(version.to_string()).join("bin")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARIADBD: Need = Need { program: "mariadbd", why: "the server", packages: &["mariadb-server-core"] };

    #[test]
    fn what_is_missing_is_named_with_its_package_and_with_what_installs_it() {
        let error = all_in("/nowhere".as_ref(), Engine::Mariadb, &[&MARIADBD, &OPENSSL]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "missing: `mariadbd` (the server; Debian package mariadb-server-core), `openssl` (to make certificates; Debian package openssl); \
             `cargo xtask test --install --engines mariadb`, run as root, installs what it can"
        );
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mariadbd"), "").unwrap();
        assert!(all_in(folder.path().as_os_str(), Engine::Mariadb, &[&MARIADBD]).is_ok());
    }

    #[test]
    fn the_newest_version_is_looked_at_first() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["9", "15", "17", "common"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let expected = ["17", "15", "9"].map(|version| folder.path().join(version).join("bin"));
        assert_eq!(postgres(folder.path()), expected);
        assert_eq!(postgres(&folder.path().join("none")), Vec::<PathBuf>::new());
    }
}
