//! Where the servers of one engine are set up. What fails on the way leaves nothing behind.

use std::{
    env, fs,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use rustix::process::Signal;

use super::{
    Place,
    account::Account,
    client, home, random,
    server::{self, Launch, Server},
    state::{State, Variable, write_private},
    tls::Certificates,
    url::{Protocol, Url},
};
use crate::{error::Error, process, report};

/// The user of the tests, and their database.
pub(super) const USER: &str = "recension";

/// An engine that is being set up.
pub(super) struct Site<'a> {
    place: &'a Place,
    folder: &'a Path,
    /// How its servers are asked to end.
    stop: Signal,
    pub(super) tls: Option<Certificates>,
    state: State,
}

impl<'a> Site<'a> {
    /// Begins with an empty folder of the engine.
    ///
    /// # Errors
    /// When the folder or the certificates cannot be made.
    pub(super) fn begin(place: &'a Place, folder: &'a Path, stop: Signal, tls: bool) -> Result<Self, Error> {
        fs::create_dir(folder).map_err(Error::file("make", folder))?;
        let mut site = Self { place, folder, stop, tls: None, state: State { tls, ..State::default() } };
        if tls {
            site.tls = Some(Certificates::make(folder)?);
        }
        Ok(site)
    }

    /// Where programs are that no Debian package brings.
    pub(super) fn tools(&self) -> &Path {
        &self.place.tools
    }

    /// Makes a private folder for a server and its user: here, or among the temporary files where that user cannot come here.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn private(&mut self, name: &str, account: Account) -> Result<PathBuf, Error> {
        let here = self.folder.join(name);
        make_private(&here, account)?;
        if account.reaches(&here) {
            return Ok(here);
        }
        fs::remove_dir(&here).map_err(Error::file("remove", here))?;
        let there = env::temp_dir().join(format!("recension-{name}-{}", random::password()?));
        self.state.outside.push(there.clone());
        self.save()?;
        make_private(&there, account)?;
        if account.reaches(&there) { Ok(there) } else { Err(Error::Closed { path: there }) }
    }

    /// Writes a file that only the user of the server may read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn secret(&self, path: &Path, text: &str, account: Account) -> Result<(), Error> {
        write_private(path, text)?;
        account.own(path)
    }

    /// Runs a program to its end as the user of the server, and shows what it said if it fails.
    ///
    /// # Errors
    /// When it does.
    pub(super) fn run(&self, command: &mut Command, account: Account) -> Result<(), Error> {
        let output = process::output(account.run(command))?;
        if output.status.success() {
            return Ok(());
        }
        for text in [&output.stdout, &output.stderr] {
            report::aside(String::from_utf8_lossy(text).trim_end());
        }
        Err(Error::Command { command: process::shown(command) })
    }

    /// The address at which a server will answer.
    pub(super) fn url(&self, protocol: Protocol, port: u16, password: &str) -> Url {
        let authority = self.tls.as_ref().map(Certificates::authority);
        // With TLS a name, as in the certificates that people have; not every client compares an address with one.
        let host = if authority.is_some() { "localhost" } else { "127.0.0.1" };
        Url { protocol, user: USER.into(), password: password.into(), host: host.into(), port, database: USER.into(), authority }
    }

    /// What will be printed as `NAME=value`.
    pub(super) fn publish(&mut self, name: &str, value: &impl ToString) {
        self.state.variables.push(Variable { name: name.into(), value: value.to_string() });
    }

    /// How a server is to be started, with a log of its name.
    pub(super) fn launch(&self, name: &str, program: PathBuf, arguments: Vec<String>, folder: &Path, account: Account) -> Launch {
        let log = self.folder.join(format!("{name}.log"));
        Launch { name: name.into(), program, arguments, folder: folder.into(), log, account }
    }

    /// Starts a server, which will answer at the address of that name, and notes it before anything else can fail.
    ///
    /// # Errors
    /// When it does not start.
    pub(super) fn start(&mut self, answers: &str, launch: Launch) -> Result<(), Error> {
        self.start_with(answers, launch, &[])
    }

    /// The same with arguments that are for the first start alone.
    ///
    /// # Errors
    /// When it does not start.
    pub(super) fn start_with(&mut self, answers: &str, launch: Launch, once: &[&str]) -> Result<(), Error> {
        report::aside(format!("starting {}", launch.name));
        let process = launch.start(once)?;
        self.state.servers.push(Server { answers: answers.into(), process, launch });
        self.save()
    }

    /// Waits until the server that was started last answers.
    ///
    /// # Errors
    /// When it does not.
    pub(super) fn wait(&self, answers: impl FnMut() -> bool) -> Result<(), Error> {
        self.state.servers.last().map_or(Ok(()), |server| server.wait(answers))
    }

    /// Waits until every server answers.
    ///
    /// # Errors
    /// When one does not.
    pub(super) fn wait_for_all(&self, answers: impl Fn(&Url) -> bool) -> Result<(), Error> {
        self.state.servers.iter().try_for_each(|server| server.wait(|| self.state.url(&server.answers).is_some_and(|url| answers(&url))))
    }

    /// Runs statements as the user of that address.
    ///
    /// # Errors
    /// When the server refuses.
    pub(super) fn query(&self, url: &Url, statements: &str) -> Result<(), Error> {
        client::run(url, statements).map(drop)
    }

    /// Everything answers: nothing is taken down any more.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub(super) fn finish(mut self) -> Result<Vec<Variable>, Error> {
        if let Some(tls) = &self.tls {
            let authority = tls.authority();
            self.publish("DATABASE_CA", &authority.display());
        }
        self.state.complete = true;
        match self.save() {
            Ok(()) => Ok(self.state.variables.clone()),
            Err(error) => {
                self.state.complete = false;
                Err(error)
            }
        }
    }

    fn save(&self) -> Result<(), Error> {
        self.state.write(self.folder)
    }
}

impl Drop for Site<'_> {
    fn drop(&mut self) {
        if !self.state.complete
            && let Err(error) = home::clear(self.folder, &self.state, self.stop)
        {
            report::failure(&error);
        }
    }
}

fn make_private(path: &Path, account: Account) -> Result<(), Error> {
    fs::DirBuilder::new().mode(0o700).create(path).map_err(Error::file("make", path))?;
    account.own(path)
}

/// The command of a program that sets a server up.
///
/// # Errors
/// When it is not there.
pub(super) fn tool(name: &str) -> Result<Command, Error> {
    super::needs::program(name).map(|path| server::program(&path))
}
