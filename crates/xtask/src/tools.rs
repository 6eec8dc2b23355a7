//! The programs that the steps need.

use std::{env, ffi::OsStr, path::PathBuf, process::Command};

use crate::{error::Error, process, report, workspace::Workspace};

/// The release of cargo-deny that the rules in `.cargo/deny.toml` were written for.
const CARGO_DENY: &str = "0.20.2";

/// A program that must be on the path, and the Debian packages that bring it.
struct Need {
    program: &'static str,
    why: &'static str,
    packages: &'static [&'static str],
}

const NEEDS: &[Need] = &[
    // SQLite is compiled from its source. No database server is needed: it is part of the test programs.
    Need { program: "cc", why: "a C compiler, for SQLite", packages: &["gcc", "libc6-dev"] },
    Need { program: "git", why: "to list the tracked files", packages: &["git"] },
    Need { program: "valgrind", why: "to count instructions", packages: &["valgrind"] },
];

/// Checks that every needed program is there, and installs those that are not when asked to.
///
/// # Errors
/// When one is missing and `install` is not set, or its installation fails.
pub(crate) fn ensure(workspace: &Workspace, install: bool) -> Result<(), Error> {
    let path = env::var_os("PATH").unwrap_or_default();
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| find(need.program, &path).is_none()).collect();
    if !missing.is_empty() {
        if !install {
            return Err(Error::Missing { missing: missing.iter().map(|need| format!("`{}` ({})", need.program, need.why)).collect() });
        }
        install_packages(&missing)?;
    }
    if install && cargo_deny(workspace).is_none() {
        install_cargo_deny(workspace)?;
    }
    Ok(())
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

/// Where cargo-deny is: the copy that `--install` made, else one on the path.
pub(crate) fn cargo_deny(workspace: &Workspace) -> Option<PathBuf> {
    let own = tools_folder(workspace).join("bin");
    find("cargo-deny", own.as_os_str()).or_else(|| find("cargo-deny", &env::var_os("PATH").unwrap_or_default()))
}

fn install_packages(missing: &[&Need]) -> Result<(), Error> {
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    if process::stdout(Command::new("id").arg("-u"))?.trim() != "0" {
        return Err(Error::NotRoot { packages: packages.join(" ") });
    }
    process::run(Command::new("apt-get").args(["update", "--quiet"]))?;
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(["install", "--yes", "--no-install-recommends"]).args(packages);
    process::run(&mut command)
}

/// Builds cargo-deny below `target`, so that nothing of the user's own is changed. Without optimisation and without the
/// parts that fetch over the network itself this takes about a minute on two cores; git fetches the advisories.
fn install_cargo_deny(workspace: &Workspace) -> Result<(), Error> {
    report::line(format!("installing cargo-deny {CARGO_DENY}"));
    let mut command = workspace.command("cargo");
    command
        .args(["install", "cargo-deny", "--locked", "--quiet", "--debug", "--no-default-features", "--version", CARGO_DENY, "--root"])
        .arg(tools_folder(workspace))
        .env("CARGO_PROFILE_DEV_DEBUG", "false");
    process::run(&mut command)
}

fn tools_folder(workspace: &Workspace) -> PathBuf {
    workspace.root().join("target/tools")
}

/// The first file of that name in the folders of a `PATH`.
fn find(program: &str, path: &OsStr) -> Option<PathBuf> {
    env::split_paths(path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use std::fs;

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
}
