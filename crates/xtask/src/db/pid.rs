//! Which process a server is, so that no other is ever signalled: a number alone may be another process by now.

use std::{
    fs,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::Path,
    process::Child,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, retry_on_intr},
    process::{Pid, Signal},
};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// How long a process may be without a command line.
const MOMENT: Duration = Duration::from_secs(10);

/// A process by its number and the time at which the kernel started it, in ticks since the machine did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Process {
    pub(super) pid: u32,
    pub(super) started: u64,
}

/// What is to be found under the number of a process.
#[derive(Debug)]
pub(super) enum Found {
    /// No process, or one that has ended.
    Gone,
    /// Another process.
    Foreign,
    /// The process itself.
    Ours(Handle),
}

/// A handle of a process: what is done with it is done to that process or to none.
#[derive(Debug)]
pub(super) struct Handle(OwnedFd);

impl Process {
    /// The process of a child that nobody has waited for yet.
    ///
    /// # Errors
    /// When the system does not tell when it started, as those other than Linux.
    pub(super) fn of_child(child: &Child) -> Result<Self, Error> {
        let pid = child.id();
        let started = stat(pid).ok_or(Error::NoProcesses)?;
        Ok(Self { pid, started })
    }

    /// Looks for this process, whose command line names `folder`. The handle is opened before anything is compared, so that what is
    /// compared is what is signalled.
    ///
    /// # Errors
    /// When the system gives no handle.
    pub(super) fn find(self, folder: &Path) -> Result<Found, Error> {
        let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) else { return Ok(Found::Gone) };
        let handle = match open(pid) {
            Ok(handle) => handle,
            Err(Errno::SRCH) => return Ok(Found::Gone),
            Err(errno) => return Err(Error::Process { pid: self.pid, source: errno.into() }),
        };
        let handle = Handle(handle);
        if stat(self.pid) != Some(self.started) {
            return Ok(if stat(self.pid).is_some() { Found::Foreign } else { Found::Gone });
        }
        let line = handle.command_line(self.pid).map_err(|errno| Error::Process { pid: self.pid, source: errno.into() })?;
        Ok(match line {
            None => Found::Gone,
            Some(line) if contains(&line, folder) => Found::Ours(handle),
            Some(_) => Found::Foreign,
        })
    }
}

impl Process {
    /// Handles of the processes that this one has started and not asked after yet. It must be stopped: else it may have others by now.
    ///
    /// # Errors
    /// When the system does not list its processes or gives no handle.
    pub(super) fn children(self) -> Result<Vec<Handle>, Error> {
        let mut children = Vec::new();
        for entry in fs::read_dir("/proc").map_err(Error::file("list", "/proc"))? {
            let name = entry.map_err(Error::file("list", "/proc"))?.file_name();
            let Some(number) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
            if parent(number) != Some(self.pid) {
                continue;
            }
            let Some(pid) = i32::try_from(number).ok().and_then(Pid::from_raw) else { continue };
            match open(pid) {
                // Opened before it is compared once more, so that what is compared is what is signalled.
                Ok(handle) if parent(number) == Some(self.pid) => children.push(Handle(handle)),
                Ok(_) | Err(Errno::SRCH) => {}
                Err(errno) => return Err(Error::Process { pid: number, source: errno.into() }),
            }
        }
        Ok(children)
    }
}

impl Handle {
    /// Sends a signal. That the process has ended by now is no error.
    pub(super) fn signal(&self, signal: Signal) -> Result<(), Errno> {
        match send(self.0.as_fd(), signal) {
            Err(Errno::SRCH) => Ok(()),
            other => other,
        }
    }

    /// The arguments of the process, none if it has ended. For a moment it has no line while it is started, and again while it ends:
    /// what it is to be or was cannot be told then.
    fn command_line(&self, pid: u32) -> Result<Option<Vec<u8>>, Errno> {
        let start = Instant::now();
        loop {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            if !line.is_empty() {
                return Ok(Some(line));
            }
            if self.ended_within(Duration::from_millis(5))? {
                return Ok(None);
            }
            if start.elapsed() > MOMENT {
                return Err(Errno::TIMEDOUT);
            }
        }
    }

    /// Whether the process has ended, waiting for that for some time.
    pub(super) fn ended_within(&self, time: Duration) -> Result<bool, Errno> {
        let time = Timespec::try_from(time).map_err(|_| Errno::INVAL)?;
        retry_on_intr(|| poll(&mut [PollFd::new(&self.0, PollFlags::IN)], Some(&time))).map(|ready| ready > 0)
    }
}

/// When a process started: the 22nd field (proc(5)).
fn stat(pid: u32) -> Option<u64> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?, 22)
}

/// Which process has started it: the fourth.
fn parent(pid: u32) -> Option<u32> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?, 4).and_then(|parent| parent.try_into().ok())
}

/// Reads a field of `PID (NAME) STATE ..`, counted from one, behind the name, which may have anything in it.
fn parse_stat(text: &str, field: usize) -> Option<u64> {
    let (_, rest) = text.rsplit_once(')')?;
    rest.split_whitespace().nth(field - 3)?.parse().ok()
}

/// Whether an argument lies in the folder.
fn contains(line: &[u8], folder: &Path) -> bool {
    let needle = folder.as_os_str().as_bytes();
    !needle.is_empty() && line.windows(needle.len()).any(|part| part == needle)
}

#[cfg(target_os = "linux")]
fn open(pid: Pid) -> Result<OwnedFd, Errno> {
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty())
}

#[cfg(target_os = "linux")]
fn send(handle: BorrowedFd<'_>, signal: Signal) -> Result<(), Errno> {
    rustix::process::pidfd_send_signal(handle, signal)
}

#[cfg(not(target_os = "linux"))]
fn open(_: Pid) -> Result<OwnedFd, Errno> {
    Err(Errno::NOSYS)
}

#[cfg(not(target_os = "linux"))]
fn send(_: BorrowedFd<'_>, _: Signal) -> Result<(), Errno> {
    Err(Errno::NOSYS)
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    /// A process that lives until its input ends, with a folder in its command line.
    fn waiting(folder: &str) -> Child {
        Command::new("sh").args(["-c", "read line", folder]).stdin(Stdio::piped()).spawn().unwrap()
    }

    #[test]
    fn a_process_is_known_by_its_start_and_its_folder() {
        let mut child = waiting("/data/one");
        let process = Process::of_child(&child).unwrap();
        assert!(matches!(process.find(Path::new("/data/one")).unwrap(), Found::Ours(_)));
        assert!(matches!(process.find(Path::new("/data/two")).unwrap(), Found::Foreign), "another folder");
        let later = Process { started: process.started + 1, ..process };
        assert!(matches!(later.find(Path::new("/data/one")).unwrap(), Found::Foreign), "another start");
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(matches!(process.find(Path::new("/data/one")).unwrap(), Found::Gone));
    }

    #[test]
    fn a_process_that_waits_for_its_parent_is_gone() {
        let mut child = waiting("/data/one");
        let process = Process::of_child(&child).unwrap();
        let Found::Ours(handle) = process.find(Path::new("/data/one")).unwrap() else { panic!("not found") };
        assert!(!handle.ended_within(Duration::ZERO).unwrap());
        handle.signal(Signal::KILL).unwrap();
        assert!(handle.ended_within(Duration::from_secs(10)).unwrap());
        assert!(matches!(process.find(Path::new("/data/one")).unwrap(), Found::Gone));
        handle.signal(Signal::KILL).unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn a_process_is_known_from_its_first_moment_to_its_last() {
        for round in 0..100 {
            let mut child = waiting("/data/one");
            let process = Process::of_child(&child).unwrap();
            assert!(matches!(process.find(Path::new("/data/one")).unwrap(), Found::Ours(_)), "started, round {round}");
            child.kill().unwrap();
            assert!(!matches!(process.find(Path::new("/data/one")).unwrap(), Found::Foreign), "ending, round {round}");
            child.wait().unwrap();
        }
    }

    #[test]
    fn fields_are_read_behind_a_name_with_anything_in_it() {
        let fields: Vec<String> = (4..=52).map(|number| number.to_string()).collect();
        for field in [4, 22] {
            assert_eq!(parse_stat(&format!("7 (a) b (c)) S {}", fields.join(" ")), field), Some(field as u64));
        }
        assert_eq!(parse_stat("7 (a) S 1 2", 22), None);
    }

    #[test]
    fn a_process_knows_its_children_and_no_others() {
        let mut other = waiting("/data/one");
        // The first line of its output is there once it has its child.
        let mut parent = Command::new("sh");
        parent.args(["-c", "sleep 1000 & echo $!; read line; kill $!", "/data/one"]);
        let mut parent = parent.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(parent.stdout.as_mut().unwrap()), &mut line).unwrap();
        let children = Process::of_child(&parent).unwrap().children().unwrap();
        assert_eq!(children.len(), 1);
        assert!(Process::of_child(&other).unwrap().children().unwrap().is_empty());
        for child in children {
            child.signal(Signal::KILL).unwrap();
            assert!(child.ended_within(Duration::from_secs(10)).unwrap());
        }
        for process in [&mut parent, &mut other] {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }
}
