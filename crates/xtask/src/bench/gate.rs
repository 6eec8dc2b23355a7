//! How long `recension check` takes beside `cargo check` of this workspace when nothing changed: printed, and held by no check.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::programs::Programs;
use crate::{error::Error, process, workspace::Workspace};

/// Runs of each, of which the fastest counts: what else the machine does only adds.
const RUNS: usize = 7;

/// A line that says the ratio and both times.
///
/// # Errors
/// When a program cannot be run.
pub(super) fn beside_cargo(workspace: &Workspace, programs: &Programs) -> Result<String, Error> {
    let folder = programs.program("lock-files");
    std::fs::create_dir_all(&folder).map_err(Error::file("make", folder.clone()))?;
    process::quiet(Command::new(programs.program("recension-bench")).arg("--lock-files").arg(&folder))?;
    let check = || {
        let mut command = Command::new(programs.program("recension"));
        command.args(["check", "--lock", "now.lock", "--base", "base.lock"]).current_dir(&folder);
        command
    };
    let cargo = || {
        let mut command = workspace.command("cargo");
        command.args(["check", "--quiet", "--workspace"]);
        command
    };
    // What is not there yet is made once.
    process::run(&mut cargo())?;
    let (ours, theirs) = (fastest(check)?, fastest(cargo)?);
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    Ok(format!(
        "check of 200 objects of 20 versions: {} ms, cargo check of this workspace unchanged: {} ms, ratio {ratio:.2} (goal: at most 0.5)",
        ours.as_millis(),
        theirs.as_millis()
    ))
}

fn fastest(command: impl Fn() -> Command) -> Result<Duration, Error> {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let mut command = command();
        let start = Instant::now();
        process::quiet(command.stdout(Stdio::null()))?;
        times.push(start.elapsed());
    }
    Ok(times.into_iter().min().unwrap_or_default())
}
