//! A folder to run the command in.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use recension_cli::App;
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::team;

pub(crate) struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with the lock file of a release.
    pub(crate) fn of(release: usize) -> Self {
        let sandbox = Self::new();
        sandbox.write("recension.lock", &team::lock(release));
        sandbox
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Runs the stock command here: what it says, and its exit code.
    pub(crate) fn run<const N: usize>(&self, arguments: [&str; N]) -> String {
        self.run_with(&arguments, "")
    }

    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> String {
        use std::io::Write;
        let mut command = Command::new(env!("CARGO_BIN_EXE_recension"));
        command.current_dir(self.path()).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        told(arguments, &text(&output.stdout), &text(&output.stderr), output.status.code().unwrap(), self.path())
    }

    /// Asks a team's own command, whose files are here.
    pub(crate) fn own<'a>(&self, release: usize, arguments: impl AsRef<[&'a str]>) -> String {
        let arguments = arguments.as_ref();
        let here = |argument: &str| match argument.strip_prefix("./") {
            Some(name) => self.path().join(name).into_os_string(),
            None => argument.into(),
        };
        let all = std::iter::once("recension".into()).chain(arguments.iter().map(|argument| here(argument)));
        let reply = App::new(team::registry(release)).reply(all.collect::<Vec<std::ffi::OsString>>());
        told(arguments, &reply.out, &reply.err, reply.code.into(), self.path())
    }

    /// Runs git here, as nobody in particular.
    pub(crate) fn git<const N: usize>(&self, arguments: [&str; N]) {
        let mut command = Command::new("git");
        let who = [
            "-c",
            "user.name=nobody",
            "-c",
            "user.email=nobody@example.org",
            "-c",
            "init.defaultBranch=main",
            "-c",
            "commit.gpgsign=false",
        ];
        let output = command.current_dir(self.path()).args(who).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The one document that a command answers with, and its exit code.
pub(crate) fn document(told: &str) -> (Json, &str) {
    let (_, answer) = told.split_once('\n').unwrap();
    let (out, code) = answer.rsplit_once("--- exit code ").unwrap();
    assert!(!out.contains("--- standard error"), "{told}");
    (serde_json::from_str(out).unwrap_or_else(|error| panic!("{error}: {told}")), code.trim_end())
}

fn told(arguments: &[impl AsRef<OsStr>], out: &str, err: &str, code: i32, folder: &Path) -> String {
    let arguments: Vec<_> = arguments.iter().map(|argument| argument.as_ref().to_string_lossy()).collect();
    let mut text = format!("$ recension {}\n{out}", arguments.join(" "));
    if !err.is_empty() {
        text.push_str(&format!("--- standard error\n{err}"));
    }
    text.push_str(&format!("--- exit code {code}\n"));
    text.replace(&format!("{}/", folder.display()), "./")
}
