//! `cargo xtask db`: database servers on this machine for tests, to be thrown away.
//!
//! A server has a folder of its own below `target/db`, a port of 127.0.0.1 that was free, passwords that nobody knew before, and a
//! user without privileges. What is up stands in `state.toml` there, so that the next command finds it; `up` starts a server that
//! was killed again on its data. Only what `up` started is ever ended, and only after the process was recognised.
//!
//! | module | what it does |
//! |---|---|
//! | `postgres`, `replica`, `mariadb`, `galera`, `mysql56` | how one engine is set up: a `Recipe` each |
//! | `site` | what a recipe works with; what fails on the way leaves nothing behind |
//! | `running` | an engine that is up for as long as a step of the gate needs it |
//! | `state`, `home` | what is up, on disk, and how it goes away |
//! | `kill` | servers end as in a crash, for tests of what that leaves |
//! | `server`, `pid`, `account` | one server's start and end, its process, its user |
//! | `client`, `url` | logging in as a user does |
//! | `tls`, `random`, `needs` | certificates, passwords and ports, programs |

mod account;
mod client;
mod galera;
mod home;
mod kill;
mod mariadb;
mod mysql56;
mod needs;
mod pid;
mod postgres;
mod random;
mod replica;
mod running;
mod server;
mod site;
mod state;
mod tls;
mod url;

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use rustix::process::Signal;

use self::{home::Home, server::Launch, site::Site, state::State, url::Url};
pub(crate) use self::{
    needs::{OPENSSL, path},
    running::Running,
    state::Variable,
};
use crate::{error::Error, report, tools::Need, workspace::Workspace};

/// An engine that tests run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Engine {
    /// Part of the test programs.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MariaDB.
    Mariadb,
    /// Three MariaDB nodes that replicate to one another.
    Galera,
    /// A PostgreSQL primary with one streaming replica.
    Replica,
    /// MySQL 5.6.
    Mysql56,
}

/// What is to be done.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Task {
    /// Start an engine on 127.0.0.1 and print its `DATABASE_URL`; start again what of it was killed.
    Up {
        /// The engine.
        engine: Engine,
        /// Demand TLS, with a certificate for localhost by an authority of its own, printed as `DATABASE_CA`.
        #[arg(long)]
        tls: bool,
    },
    /// End what `up` started, and remove its data.
    Down {
        /// The engine.
        engine: Engine,
    },
    /// Kill servers of an engine that is up, as a crash would: nothing is asked to end. `up` starts them again on their data.
    Kill {
        /// The engine.
        engine: Engine,
        /// Which of them, counted from 1 as their addresses are; all when none is named.
        servers: Vec<usize>,
    },
    /// Log in at every address of an engine that is up.
    #[command(hide = true)]
    Check {
        /// The engine.
        engine: Engine,
    },
}

/// How the servers of an engine are set up.
trait Recipe: Sync {
    /// The programs for it.
    fn needs(&self) -> &'static [Need];

    /// The signal on which its servers end with all their processes. Their data go away then.
    fn stop(&self) -> Signal;

    /// Makes, starts and awaits the servers, and publishes their addresses.
    ///
    /// # Errors
    /// When a step fails; all is taken down then.
    fn set_up(&self, site: &mut Site<'_>) -> Result<(), Error>;

    /// Whether the server at an address works.
    fn answers(&self, url: &Url) -> bool {
        client::answers(url)
    }

    /// Whether clients can use TLS.
    fn has_tls(&self) -> bool {
        true
    }

    /// Whether it can be started again when all its servers were killed.
    fn outlives_all(&self) -> bool {
        true
    }

    /// Takes away what a server that was killed has left and that keeps it from starting again.
    ///
    /// # Errors
    /// When it cannot be taken away.
    fn before_revival(&self, _killed: &Launch) -> Result<(), Error> {
        Ok(())
    }

    /// Sees to what no Debian package brings, in that folder, fetching it if asked to.
    ///
    /// # Errors
    /// When it is not there.
    fn install(&self, _tools: &Path, _install: bool) -> Result<(), Error> {
        Ok(())
    }
}

/// Where engines are kept.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// A folder for each engine.
    folder: PathBuf,
    /// The workspace's own copies of programs.
    tools: PathBuf,
}

impl Place {
    /// Where `cargo xtask db` keeps them.
    pub(crate) fn of(workspace: &Workspace) -> Self {
        let target = workspace.root().join("target");
        Self { folder: target.join("db"), tools: target.join("tools") }
    }

    /// Where they are kept that are measured.
    pub(crate) fn of_bench(workspace: &Workspace) -> Self {
        let Self { folder, tools } = Self::of(workspace);
        Self { folder: folder.join("bench"), tools }
    }

    /// Where the gate keeps them, beside those that somebody works with.
    pub(crate) fn of_gate(workspace: &Workspace) -> Self {
        let Self { folder, tools } = Self::of(workspace);
        Self { folder: folder.join("gate"), tools }
    }
}

impl Engine {
    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Mariadb => "mariadb",
            Self::Galera => "galera",
            Self::Replica => "replica",
            Self::Mysql56 => "mysql56",
        }
    }

    /// The programs that its servers need; none if it has no server.
    pub(crate) fn needs(self) -> &'static [Need] {
        self.recipe().map_or(&[], Recipe::needs)
    }

    /// Sees to what no Debian package brings, fetching it if asked to.
    ///
    /// # Errors
    /// When it is not there.
    pub(crate) fn install(self, place: &Place, install: bool) -> Result<(), Error> {
        self.recipe().map_or(Ok(()), |recipe| recipe.install(&place.tools, install))
    }

    /// Whether it has a server to be started.
    pub(crate) fn has_server(self) -> bool {
        self.recipe().is_ok()
    }

    fn recipe(self) -> Result<&'static dyn Recipe, Error> {
        Ok(match self {
            Self::Sqlite => return Err(Error::NoServer { engine: self.name() }),
            Self::Postgres => &postgres::Postgres,
            Self::Mariadb => &mariadb::Mariadb,
            Self::Galera => &galera::Galera,
            Self::Replica => &replica::Replica,
            Self::Mysql56 => &mysql56::Mysql56,
        })
    }
}

/// Does a task for somebody at a terminal or for a script: the addresses are all that goes to standard output. The folder is that
/// of the engines, if it is another than `target/db`.
///
/// # Errors
/// When it cannot be done.
pub(crate) fn run(workspace: &Workspace, task: Task, folder: Option<PathBuf>) -> Result<(), Error> {
    let mut place = Place::of(workspace);
    if let Some(folder) = folder {
        place.folder = folder;
    }
    match task {
        Task::Up { engine, tls } => {
            for Variable { name, value } in up(&place, engine, tls)? {
                report::line(format!("{name}={value}"));
            }
        }
        Task::Down { engine } => down(&place, engine)?,
        Task::Kill { engine, servers } => kill::kill(&place, engine, &servers)?,
        Task::Check { engine } => {
            let variables = up_already(&place, engine)?;
            check(engine, &variables)?;
        }
    }
    Ok(())
}

/// Brings an engine up, or finds it up, and gives back what is to be printed.
///
/// # Errors
/// When it does not come up, in which case nothing of it is left, or is up otherwise than asked for.
fn up(place: &Place, engine: Engine, tls: bool) -> Result<Vec<Variable>, Error> {
    up_by(engine.recipe()?, place, engine, tls)
}

fn up_by(recipe: &dyn Recipe, place: &Place, engine: Engine, tls: bool) -> Result<Vec<Variable>, Error> {
    let home = Home::lock(&place.folder, engine.name())?;
    match State::read(home.folder())? {
        Some(state) if state.complete => return again(&home, state, recipe, engine, tls),
        Some(interrupted) => home::clear(home.folder(), &interrupted, recipe.stop())?,
        None => home::remove(home.folder())?,
    }
    if tls && !recipe.has_tls() {
        return Err(Error::NoTls { engine: engine.name() });
    }
    needs::require(engine, recipe.needs(), tls)?;
    recipe.install(&place.tools, false)?;
    let mut site = Site::begin(place, home.folder(), recipe.stop(), tls)?;
    recipe.set_up(&mut site)?;
    site.finish()
}

/// What is up already; servers of it that were killed are started again on their data.
fn again(home: &Home, mut state: State, recipe: &dyn Recipe, engine: Engine, tls: bool) -> Result<Vec<Variable>, Error> {
    if state.tls != tls {
        return Err(Error::OtherTls { engine: engine.name(), with: if state.tls { "with" } else { "without" } });
    }
    let mut gone = Vec::new();
    for (index, server) in state.servers.iter().enumerate() {
        if !server.runs()? {
            gone.push(index);
        }
    }
    if gone.len() == state.servers.len() && !recipe.outlives_all() {
        return Err(Error::AllGone { engine: engine.name() });
    }
    // All before the first is waited for: two nodes of three may need each other.
    for &index in &gone {
        if let Some(server) = state.servers.get_mut(index) {
            report::aside(format!("starting {} again", server.launch.name));
            recipe.before_revival(&server.launch)?;
            server.process = server.launch.start(&[])?;
            state.write(home.folder())?;
        }
    }
    for index in gone {
        revive(home, &mut state, index, recipe)?;
    }
    Ok(state.variables)
}

/// How often a server is started that ends again: `PostgreSQL` refuses while processes of the killed one are still there, and is right to.
const STARTS: u32 = 200;

fn revive(home: &Home, state: &mut State, index: usize, recipe: &dyn Recipe) -> Result<(), Error> {
    for start in 1.. {
        let Some(server) = state.servers.get(index) else { break };
        let url = state.url(&server.answers);
        let answers = || url.as_ref().is_some_and(|url| recipe.answers(url));
        if start == STARTS {
            return server.wait(answers);
        }
        match server.wait_quietly(answers) {
            Err(Error::ServerEnded { .. }) => {}
            other => return other,
        }
        recipe.before_revival(&server.launch)?;
        let process = server.launch.start(&[])?;
        if let Some(server) = state.servers.get_mut(index) {
            server.process = process;
        }
        state.write(home.folder())?;
    }
    Ok(())
}

/// What was printed for an engine that is up.
fn up_already(place: &Place, engine: Engine) -> Result<Vec<Variable>, Error> {
    engine.recipe()?;
    let home = Home::lock(&place.folder, engine.name())?;
    let state = State::read(home.folder())?.filter(|state| state.complete);
    state.map(|state| state.variables).ok_or_else(|| Error::NotUp { engine: engine.name() })
}

/// Ends what `up` started and removes its data. That nothing is up is said, and no error.
///
/// # Errors
/// When a server does not end, or a folder cannot be removed.
fn down(place: &Place, engine: Engine) -> Result<(), Error> {
    if !clear(place, engine)? {
        report::aside(format!("{} is not up", engine.name()));
    }
    Ok(())
}

/// The same without a word when nothing is up; whether something was.
fn clear(place: &Place, engine: Engine) -> Result<bool, Error> {
    let recipe = engine.recipe()?;
    let home = Home::lock(&place.folder, engine.name())?;
    let state = State::read(home.folder())?;
    match &state {
        Some(state) => home::clear(home.folder(), state, recipe.stop())?,
        None => home::remove(home.folder())?,
    }
    Ok(state.is_some())
}

/// Logs in at each address.
fn check(engine: Engine, variables: &[Variable]) -> Result<(), Error> {
    for (name, url) in variables.iter().filter_map(|variable| Some((&variable.name, Url::parse(&variable.value)?))) {
        let answer = client::run(&url, "SELECT 1")?;
        if answer != "1" {
            return Err(Error::Login { host: url.host, port: url.port });
        }
        report::aside(format!("{} answers at {name}", engine.name()));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
