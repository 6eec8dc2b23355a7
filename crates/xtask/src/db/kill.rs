//! Servers that end as in a crash: killed with all their processes, and nobody is asked.

use rustix::process::Signal;

use super::{
    Engine, Place,
    home::Home,
    pid::Handle,
    server::{GRACE, Server},
    state::State,
};
use crate::{error::Error, report};

/// Kills the servers of these numbers, counted from 1, or all: those that are named end together. What has ended before is left out.
///
/// # Errors
/// When the engine is not up, or has no server of such a number; when one survives.
pub(super) fn kill(place: &Place, engine: Engine, numbers: &[usize]) -> Result<(), Error> {
    engine.recipe()?;
    let home = Home::lock(&place.folder, engine.name())?;
    let state = State::read(home.folder())?.filter(|state| state.complete);
    let servers = state.ok_or_else(|| Error::NotUp { engine: engine.name() })?.servers;
    let count = servers.len();
    let all: Vec<usize> = (1..=count).collect();
    let named = if numbers.is_empty() { &all } else { numbers };
    let server = |number: &usize| number.checked_sub(1).and_then(|index| servers.get(index)).ok_or(*number);
    let named: Result<Vec<&Server>, usize> = named.iter().map(server).collect();
    let named = named.map_err(|number| Error::NoSuchServer { engine: engine.name(), count, number })?;
    let stopped = named.into_iter().filter_map(|server| Stopped::of(server).transpose()).collect::<Result<Vec<_>, _>>()?;
    stopped.iter().try_for_each(Stopped::kill)?;
    stopped.iter().try_for_each(Stopped::wait)
}

/// A server that does nothing more, and so starts no more processes.
struct Stopped<'s> {
    server: &'s Server,
    main: Handle,
    children: Vec<Handle>,
}

impl<'s> Stopped<'s> {
    /// Stops a server, if it runs.
    fn of(server: &'s Server) -> Result<Option<Self>, Error> {
        let Some(main) = server.handle()? else { return Ok(None) };
        main.signal(Signal::STOP).map_err(|errno| server.failed(errno))?;
        // Where they cannot be listed the server is killed all the same: one that is only stopped would hang whoever waits for it.
        let children = server.process.children().unwrap_or_default();
        Ok(Some(Self { server, main, children }))
    }

    fn kill(&self) -> Result<(), Error> {
        report::aside(format!("killing {}", self.server.launch.name));
        self.children
            .iter()
            .chain([&self.main])
            .try_for_each(|process| process.signal(Signal::KILL))
            .map_err(|errno| self.server.failed(errno))
    }

    fn wait(&self) -> Result<(), Error> {
        for process in self.children.iter().chain([&self.main]) {
            if !self.server.ended_within(process, GRACE)? {
                return Err(Error::ServerSurvived { name: self.server.launch.name.clone(), pid: self.server.process.pid });
            }
        }
        Ok(())
    }
}
