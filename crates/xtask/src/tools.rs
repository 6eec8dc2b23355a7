//! The programs that the steps need.

use std::{
    env,
    ffi::OsStr,
    fs, io,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    db::{self, Engine, Place},
    error::Error,
    process, report,
    workspace::Workspace,
};

/// A program that cargo builds for us.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CargoTool {
    name: &'static str,
    version: &'static str,
    /// Arguments of its installation.
    with: &'static [&'static str],
}

/// In the release that the rules in `.cargo/deny.toml` were written for. Without the parts that fetch over the network itself; git
/// fetches the advisories.
pub(crate) const CARGO_DENY: CargoTool = CargoTool { name: "cargo-deny", version: "0.20.2", with: &["--no-default-features"] };

/// Only for the long run.
pub(crate) const CARGO_SEMVER_CHECKS: CargoTool = CargoTool { name: "cargo-semver-checks", version: "0.51.0", with: &[] };

/// A program that must be on the path, and the Debian packages that bring it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) program: &'static str,
    pub(crate) why: &'static str,
    pub(crate) packages: &'static [&'static str],
}

impl Need {
    /// How it is told that it is missing.
    pub(crate) fn named(&self) -> String {
        format!("`{}` ({}; Debian package {})", self.program, self.why, self.packages.join(" "))
    }
}

const NEEDS: &[Need] = &[
    // SQLite is compiled from its source; it is part of the test programs. What other engines need stands with them.
    Need { program: "cc", why: "a C compiler, for SQLite", packages: &["gcc", "libc6-dev"] },
    Need { program: "git", why: "to list the tracked files", packages: &["git"] },
    db::OPENSSL,
    Need { program: "valgrind", why: "to count instructions", packages: &["valgrind"] },
];

/// Checks that every program is there that the steps or one of these engines need, and installs those that are not when asked to.
///
/// # Errors
/// When one is missing and `install` is not set, or its installation fails. An engine that was asked for is never passed over.
pub(crate) fn ensure(workspace: &Workspace, engines: &[Engine], install: bool) -> Result<(), Error> {
    let missing = missing(engines, &db::path());
    if !missing.is_empty() {
        if !install {
            return Err(Error::Missing { missing: missing.iter().map(|need| need.named()).collect() });
        }
        install_packages(&missing)?;
        // What was installed without bringing the program would else be found out by a step that fails for no reason to be seen.
        let still = self::missing(engines, &db::path());
        if !still.is_empty() {
            return Err(Error::Missing { missing: still.iter().map(|need| need.named()).collect() });
        }
    }
    engines.iter().try_for_each(|engine| engine.install(&Place::of(workspace), install))?;
    Ok(())
}

impl CargoTool {
    /// Where it is: the copy that `--install` made, else one on the path.
    pub(crate) fn find(&self, workspace: &Workspace) -> Option<PathBuf> {
        let own = tools_folder(workspace).join("bin");
        find(self.name, own.as_os_str()).or_else(|| find(self.name, &env::var_os("PATH").unwrap_or_default()))
    }

    /// Builds it below `target`, so that nothing of the user's own is changed, unless it is there. Without optimisation, which for
    /// cargo-deny takes about a minute on two cores.
    ///
    /// # Errors
    /// When it cannot be built.
    pub(crate) fn install(&self, workspace: &Workspace) -> Result<(), Error> {
        if self.find(workspace).is_some() {
            return Ok(());
        }
        report::line(format!("installing {} {}", self.name, self.version));
        let mut command = workspace.command("cargo");
        command.args(["install", self.name, "--locked", "--quiet", "--debug", "--version", self.version]).args(self.with);
        process::run(command.arg("--root").arg(tools_folder(workspace)).env("CARGO_PROFILE_DEV_DEBUG", "false"))
    }
}

/// What the steps and these engines need and is not in the folders of a `PATH`, each program once.
fn missing(engines: &[Engine], path: &OsStr) -> Vec<&'static Need> {
    let needs = NEEDS.iter().chain(engines.iter().flat_map(|engine| engine.needs()));
    let mut missing: Vec<&Need> = needs.filter(|need| find(need.program, path).is_none()).collect();
    missing.sort_by_key(|need| need.program);
    missing.dedup_by_key(|need| need.program);
    missing
}

/// Checks that these programs are on the path, for a command that needs no others.
///
/// # Errors
/// When one is missing.
pub(crate) fn require(programs: &[&str]) -> Result<(), Error> {
    let path = env::var_os("PATH").unwrap_or_default();
    let missing: Vec<String> =
        programs.iter().filter(|program| find(program, &path).is_none()).map(|program| format!("`{program}`")).collect();
    if missing.is_empty() { Ok(()) } else { Err(Error::Missing { missing }) }
}

fn install_packages(missing: &[&Need]) -> Result<(), Error> {
    let mut packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    packages.sort_unstable();
    packages.dedup();
    if process::stdout(Command::new("id").arg("-u"))?.trim() != "0" {
        return Err(Error::NotRoot { packages: packages.join(" ") });
    }
    let _policy = NoServices::begin(Path::new("/usr/sbin/policy-rc.d"))?;
    // Another installation may be under way.
    let wait = ["-o", "DPkg::Lock::Timeout=300"];
    process::run(Command::new("apt-get").args(wait).args(["update", "--quiet"]))?;
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(wait).args(["install", "--yes", "--no-install-recommends"]).args(packages);
    process::run(&mut command)
}

/// As long as it lives, no package starts a service when it is installed: the servers for the tests are ours, and a service would run
/// on the machine from then on.
struct NoServices<'a>(Option<&'a Path>);

impl<'a> NoServices<'a> {
    /// Says so in the file that Debian asks, unless the machine has a policy of its own there.
    fn begin(path: &'a Path) -> Result<Self, Error> {
        match fs::File::options().write(true).create_new(true).mode(0o755).open(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Self(None)),
            other => {
                let mut file = other.map_err(Error::file("write", path))?;
                let policy = Self(Some(path)); // From here on the file goes away, also half written.
                // 101: the action is not allowed (invoke-rc.d(8)).
                file.write_all(b"#!/bin/sh\nexit 101\n").map_err(Error::file("write", path))?;
                Ok(policy)
            }
        }
    }
}

impl Drop for NoServices<'_> {
    fn drop(&mut self) {
        if let Some(path) = self.0
            && let Err(error) = fs::remove_file(path).map_err(Error::file("remove", path))
        {
            report::failure(&error);
        }
    }
}

fn tools_folder(workspace: &Workspace) -> PathBuf {
    workspace.root().join("target/tools")
}

/// The first file of that name in the folders of a `PATH`.
pub(crate) fn find(program: &str, path: &OsStr) -> Option<PathBuf> {
    env::split_paths(path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_program_is_the_first_file_of_its_name_on_the_path() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(first.path().join("tool")).unwrap();
        fs::write(second.path().join("tool"), "").unwrap();
        let path = env::join_paths([first.path(), second.path()]).unwrap();
        assert_eq!(find("tool", &path), Some(second.path().join("tool")));
        assert_eq!(find("other", &path), None);
    }

    #[test]
    fn what_an_engine_needs_is_missed_only_when_it_is_asked_for() {
        let nowhere = OsStr::new("/nowhere");
        let names = |engines: &[Engine]| missing(engines, nowhere).iter().map(|need| need.program).collect::<Vec<_>>();
        assert_eq!(names(&[Engine::Sqlite]), ["cc", "git", "openssl", "valgrind"]);
        assert_eq!(
            names(&[Engine::Postgres, Engine::Replica]),
            ["cc", "git", "initdb", "openssl", "pg_basebackup", "postgres", "psql", "valgrind"]
        );
        let text = missing(&[], nowhere)[0].named();
        assert_eq!(text, "`cc` (a C compiler, for SQLite; Debian package gcc libc6-dev)");
    }

    #[test]
    fn services_are_held_back_for_as_long_as_packages_are_installed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy");
        let policy = NoServices::begin(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o755);
        assert_eq!(Command::new("sh").arg(&path).status().unwrap().code(), Some(101));
        drop(policy);
        assert!(!path.exists());
        fs::write(&path, "the machine's own").unwrap();
        drop(NoServices::begin(&path).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "the machine's own");
    }
}
