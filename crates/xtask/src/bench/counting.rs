//! Counting the instructions of a program with valgrind.

use std::{
    path::Path,
    process::{Command, Output},
};

use crate::{error::Error, process, report};

/// How many instructions the program takes. The same program with the same arguments always takes the same number: its
/// environment is empty, and the processor that valgrind shows it is made of software.
///
/// # Errors
/// When it does not start or does not succeed, or valgrind tells no number.
pub(super) fn instructions(program: &Path, arguments: &[&str]) -> Result<u64, Error> {
    let mut command = Command::new("valgrind");
    // The profile is not looked at, only its total, which is printed as well.
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program).args(arguments);
    if let Some(path) = std::env::var_os("PATH") {
        command.env_clear().env("PATH", path);
    }
    let Output { status, stderr, .. } = process::output(&mut command)?;
    let printed = String::from_utf8_lossy(&stderr);
    if !status.success() {
        report::line(printed.trim_end());
        return Err(Error::Command { command: process::shown(&command) });
    }
    collected(&printed).ok_or_else(|| Error::NoFigure { command: process::shown(&command) })
}

/// The number in a line such as `==20511== Collected : 798481`.
fn collected(printed: &str) -> Option<u64> {
    printed.lines().find_map(|line| line.strip_prefix("==")?.split_once("== Collected : ")?.1.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_the_number_after_collected() {
        let printed = "==7== Events    : Ir\n==7== Collected : 798481\n==7== \n==7== I   refs:      798,481\n";
        assert_eq!(collected(printed), Some(798_481));
        assert_eq!(collected("==7== Collected : \n==7== Events    : Ir\n"), None);
        assert_eq!(collected("error: Collected : 12"), None);
    }
}
