//! One server: its start, the wait for its answer, and its end.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::Signal;
use serde::{Deserialize, Serialize};

use super::{
    account::Account,
    pid::{Found, Handle, Process},
};
use crate::{error::Error, report};

/// How long a server may take to answer: Galera's nodes copy one another, on a machine that may be busy.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long a server may take to end before it is killed.
pub(super) const GRACE: Duration = Duration::from_secs(30);
/// How many lines of a log are shown when its server does not come up.
const TAIL: usize = 25;

/// How a server is started, kept so that one that was killed can be started again on its data.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Launch {
    /// What it is called in messages.
    pub(super) name: String,
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
    /// Its private folder, which its arguments name.
    pub(super) folder: PathBuf,
    pub(super) log: PathBuf,
    /// Whose it is: the file leaves out that it is our own.
    #[serde(default)]
    pub(super) account: Account,
}

/// A server that was started.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Server {
    /// The name of the address at which it answers.
    pub(super) answers: String,
    pub(super) process: Process,
    pub(super) launch: Launch,
}

/// What became of a server that was to end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Now,
    Before,
    /// Its number belongs to another process, which was left alone.
    Foreign,
}

impl Launch {
    /// Starts the server, with more arguments if this is its first time: with nothing of our environment, in a process group of its own, so that an interrupt from the terminal
    /// does not reach it, and with its output in its log.
    ///
    /// # Errors
    /// When the program does not start.
    pub(super) fn start(&self, once: &[&str]) -> Result<Process, Error> {
        let log = fs::File::options().create(true).append(true).open(&self.log).map_err(Error::file("open", &self.log))?;
        let errors = log.try_clone().map_err(Error::file("open", &self.log))?;
        let mut command = program(&self.program);
        command.args(&self.arguments).args(once).current_dir(&self.folder).stdin(Stdio::null()).stdout(log).stderr(errors).process_group(0);
        let child = self.account.run(&mut command).spawn();
        let mut child = child.map_err(|source| Error::Start { program: self.program.display().to_string(), source })?;
        let process = Process::of_child(&child);
        if process.is_err() {
            let _ = child.kill(); // A child that has ended already is what is wanted.
            let _ = child.wait();
        }
        process
    }
}

impl Server {
    /// Waits until the server answers, and shows the end of its log if it does not.
    ///
    /// # Errors
    /// When it ends before, or takes too long.
    pub(super) fn wait(&self, answers: impl FnMut() -> bool) -> Result<(), Error> {
        self.wait_quietly(answers).inspect_err(|_| report::aside(tail(&fs::read(&self.launch.log).unwrap_or_default())))
    }

    /// The same without the log, for a server that may be started once more.
    ///
    /// # Errors
    /// When it ends before it answers, or takes too long.
    pub(super) fn wait_quietly(&self, mut answers: impl FnMut() -> bool) -> Result<(), Error> {
        let start = Instant::now();
        loop {
            let name = || self.launch.name.clone();
            let Some(handle) = self.handle()? else { return Err(Error::ServerEnded { name: name() }) };
            if answers() {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                return Err(Error::ServerSilent { name: name(), seconds: PATIENCE.as_secs() });
            }
            // Not a pause for its own sake: it is over at once when the server ends.
            self.ended_within(&handle, Duration::from_millis(30))?;
        }
    }

    /// Whether it runs.
    ///
    /// # Errors
    /// When the system gives no handle.
    pub(super) fn runs(&self) -> Result<bool, Error> {
        Ok(self.handle()?.is_some())
    }

    /// Asks the server to end with a signal, and kills it if it does not.
    ///
    /// # Errors
    /// When it survives that.
    pub(super) fn stop(&self, signal: Signal) -> Result<Ended, Error> {
        let handle = match self.process.find(&self.launch.folder)? {
            Found::Gone => return Ok(Ended::Before),
            Found::Foreign => return Ok(Ended::Foreign),
            Found::Ours(handle) => handle,
        };
        for signal in [signal, Signal::KILL] {
            handle.signal(signal).map_err(|errno| self.failed(errno))?;
            if self.ended_within(&handle, GRACE)? {
                return Ok(Ended::Now);
            }
        }
        Err(Error::ServerSurvived { name: self.launch.name.clone(), pid: self.process.pid })
    }

    /// The handle of its process, if that runs.
    ///
    /// # Errors
    /// When the system gives no handle.
    pub(super) fn handle(&self) -> Result<Option<Handle>, Error> {
        Ok(match self.process.find(&self.launch.folder)? {
            Found::Ours(handle) => Some(handle),
            Found::Gone | Found::Foreign => None,
        })
    }

    pub(super) fn ended_within(&self, handle: &Handle, time: Duration) -> Result<bool, Error> {
        handle.ended_within(time).map_err(|errno| self.failed(errno))
    }

    pub(super) fn failed(&self, errno: rustix::io::Errno) -> Error {
        Error::Process { pid: self.process.pid, source: errno.into() }
    }
}

/// A program that sees nothing of the environment of whoever runs this command, such as `PGOPTIONS` or a proxy, but for the path.
pub(super) fn program(path: &Path) -> Command {
    let mut command = Command::new(path);
    command.env_clear().env("PATH", super::needs::path()).env("LC_ALL", "C.UTF-8").current_dir("/");
    command
}

/// The last lines of a log.
fn tail(log: &[u8]) -> String {
    let text = String::from_utf8_lossy(log);
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(TAIL)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(folder: &Path, script: &str) -> Server {
        let launch = Launch {
            name: "server".into(),
            program: "sh".into(),
            arguments: vec!["-c".into(), script.into(), folder.display().to_string()],
            folder: folder.into(),
            log: folder.join("log"),
            account: Account::default(),
        };
        Server { answers: "DATABASE_URL".into(), process: launch.start(&[]).unwrap(), launch }
    }

    #[test]
    fn a_server_that_ends_before_it_answers_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let error = server(folder.path(), "echo no such file; exit 1").wait(|| false).unwrap_err();
        assert_eq!(error.to_string(), "`server` ended before it answered; the end of its log is above");
        assert_eq!(fs::read_to_string(folder.path().join("log")).unwrap(), "no such file\n");
    }

    #[test]
    fn a_server_is_asked_to_end_and_has_then_ended() {
        let folder = tempfile::tempdir().unwrap();
        let server = server(folder.path(), "trap 'echo asked; exit' TERM; echo ready; while :; do sleep 0.01; done");
        let ready = || fs::read_to_string(folder.path().join("log")).unwrap() == "ready\n";
        server.wait(ready).unwrap();
        assert!(server.runs().unwrap());
        assert_eq!(server.stop(Signal::TERM).unwrap(), Ended::Now);
        assert!(!server.runs().unwrap());
        assert_eq!(fs::read_to_string(folder.path().join("log")).unwrap(), "ready\nasked\n");
        assert_eq!(server.stop(Signal::TERM).unwrap(), Ended::Before);
    }

    #[test]
    fn a_server_sees_nothing_of_our_environment() {
        let folder = tempfile::tempdir().unwrap();
        let server = server(folder.path(), "env; read never");
        let _ = server.wait(|| false);
        let shown = fs::read_to_string(folder.path().join("log")).unwrap();
        assert!(shown.contains("PATH=") && !shown.contains("CARGO"), "{shown}");
    }

    #[test]
    fn the_end_of_a_log_is_shown() {
        let log: String = (1..=100).map(|number| format!("{number}\n")).collect();
        assert!(tail(log.as_bytes()).starts_with("76\n") && tail(log.as_bytes()).ends_with("\n100"));
        assert_eq!(tail(b"one"), "one");
    }
}
