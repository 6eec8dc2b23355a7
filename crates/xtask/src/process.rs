//! Child processes: run, run and count tests, run and read.

use std::{
    io::{BufRead, BufReader},
    ops::AddAssign,
    process::{Command, Output, Stdio},
};

use crate::{error::Error, report};

/// How many tests ran, added up over the summaries that the test programs print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
}

impl Counts {
    /// Reads a summary such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`; none on any other line.
    pub(crate) fn of_line(line: &str) -> Option<Self> {
        let summary = line.strip_prefix("test result: ")?;
        let (_, numbers) = summary.split_once(". ")?;
        let mut counts = Self::default();
        for part in numbers.split("; ") {
            match part.split_once(' ') {
                Some((number, "passed")) => counts.passed = number.parse().ok()?,
                Some((number, "failed")) => counts.failed = number.parse().ok()?,
                Some((number, "ignored")) => counts.ignored = number.parse().ok()?,
                _ => {}
            }
        }
        Some(counts)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

/// Random trials from a seed that stays the same, unless `RECENSION_SEED` or `PROPTEST_RNG_SEED` gives another: what the gate says is about the change, and
/// not about the dice. The campaigns of the long run throw new ones.
pub(crate) fn seeded(command: &mut Command) -> &mut Command {
    for seed in ["RECENSION_SEED", "PROPTEST_RNG_SEED"] {
        if std::env::var_os(seed).is_none() {
            command.env(seed, "20261125");
        }
    }
    command
}

/// Runs a program whose output goes to the terminal.
///
/// # Errors
/// When it does not start or does not succeed.
pub(crate) fn run(command: &mut Command) -> Result<(), Error> {
    report::line(format!("$ {}", shown(command)));
    let status = command.status().map_err(start_failed(command))?;
    if status.success() { Ok(()) } else { Err(Error::Command { command: shown(command) }) }
}

/// Runs a program that prints test summaries: shows its output as it comes and adds up the counts, also when it fails.
///
/// # Errors
/// When it does not start or does not succeed.
pub(crate) fn run_tests(command: &mut Command, counts: &mut Counts) -> Result<(), Error> {
    report::line(format!("$ {}", shown(command)));
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(start_failed(command))?;
    if let Some(stdout) = child.stdout.take() {
        // Test programs may print bytes that are not UTF-8; a line that cannot be read ends neither them nor us.
        for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            report::line(&line);
            if let Some(found) = Counts::of_line(&line) {
                *counts += found;
            }
        }
    }
    let status = child.wait().map_err(start_failed(command))?;
    if status.success() { Ok(()) } else { Err(Error::Command { command: shown(command) }) }
}

/// Runs a program and gives back what it printed and how it ended.
///
/// # Errors
/// When it does not start.
pub(crate) fn output(command: &mut Command) -> Result<Output, Error> {
    command.stdin(Stdio::null()).output().map_err(start_failed(command))
}

/// Runs a program for its standard output, read as text.
///
/// # Errors
/// When it does not start or does not succeed; then what it wrote to standard error is shown.
pub(crate) fn stdout(command: &mut Command) -> Result<String, Error> {
    let output = output(command)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    report::aside(String::from_utf8_lossy(&output.stderr).trim_end());
    Err(Error::Command { command: shown(command) })
}

/// Runs a program for its success alone, showing nothing.
///
/// # Errors
/// When it does not start or does not succeed.
pub(crate) fn quiet(command: &mut Command) -> Result<(), Error> {
    let output = output(command)?;
    if output.status.success() { Ok(()) } else { Err(Error::Command { command: shown(command) }) }
}

fn start_failed(command: &Command) -> impl FnOnce(std::io::Error) -> Error + use<> {
    let program = command.get_program().to_string_lossy().into_owned();
    move |source| Error::Start { program, source }
}

/// A command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_counted_and_other_lines_are_not() {
        let line = "test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.01s";
        assert_eq!(Counts::of_line(line), Some(Counts { passed: 3, failed: 2, ignored: 1 }));
        assert_eq!(Counts::of_line("test tests::result: ok. 3 passed"), None);
        assert_eq!(Counts::of_line("test result: ok. many passed; 0 failed"), None);
    }

    #[test]
    fn counts_add_up_over_programs_even_when_one_fails() {
        let mut counts = Counts::default();
        let script =
            "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'; echo 'test result: FAILED. 1 passed; 4 failed; 3 ignored'; exit 101";
        let result = run_tests(Command::new("sh").args(["-c", script]), &mut counts);
        assert_eq!(counts, Counts { passed: 3, failed: 4, ignored: 3 });
        assert!(matches!(result, Err(Error::Command { .. })));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = output(&mut Command::new("no-such-program-here")).unwrap_err();
        assert_eq!(error.to_string(), "failed to start `no-such-program-here`");
    }

    #[test]
    fn a_failed_command_is_shown_with_its_arguments() {
        let error = quiet(Command::new("false").arg("--really")).unwrap_err();
        assert_eq!(error.to_string(), "`false --really` failed");
    }
}
