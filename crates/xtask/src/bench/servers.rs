//! What is measured on servers, which are started for it, on the same processor as their client: where the two wake each other across
//! processors, the same work takes twice the time at one run and not at the next. Printed, and held by no check.

use std::process::Command;

use super::{
    figures::Figures,
    programs::{Programs, all_processors, first_processor, processors},
};
use crate::{
    db::{Engine, Place, Running},
    error::Error,
    process, report,
    workspace::Workspace,
};

const PROGRAM: &str = "recension-bench-store";

/// How many rows are streamed unless `RECENSION_BENCH_ROWS` says so.
const ROWS: &str = "100000";

/// Adds what is measured on each server that is installed.
pub(super) fn measure(workspace: &Workspace, programs: &Programs, figures: &mut Figures) -> Result<(), Error> {
    let place = Place::of_bench(workspace);
    for engine in [Engine::Postgres, Engine::Mariadb] {
        let running = match Pinned::here()?.running(&place, engine) {
            Ok(running) => running,
            Err(error @ Error::MissingServer { .. }) => {
                report::line(format!("nothing is measured on {}: {error}", engine.name()));
                continue;
            }
            Err(error) => return Err(error),
        };
        let urls: Vec<String> = running.variables().map(|(_, url)| url.to_owned()).collect();
        if let Some(url) = urls.first() {
            let rows = std::env::var("RECENSION_BENCH_ROWS").unwrap_or_else(|_| ROWS.to_owned());
            let mut told = |arguments: &[&str]| {
                let mut command = programs.on_one_processor(PROGRAM)?;
                figures.read(&process::stdout(command.args(arguments).env("DATABASE_URL", url))?)
            };
            // By itself: what was there before would hide how much memory it takes.
            told(&["--stream", &rows])?;
            told(&["--server"])?;
        }
        running.down()?;
    }
    Ok(())
}

/// This process, and what it starts, on one processor, until it is dropped.
struct Pinned {
    before: String,
}

impl Pinned {
    fn here() -> Result<Self, Error> {
        let printed = processors()?;
        let no_figure = || Error::NoFigure { command: "taskset".to_owned() };
        let before = all_processors(&printed).ok_or_else(no_figure)?.to_owned();
        pin(first_processor(&printed).ok_or_else(no_figure)?)?;
        Ok(Self { before })
    }

    fn running<'p>(&self, place: &'p Place, engine: Engine) -> Result<Running<'p>, Error> {
        Running::up(place, engine)
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        if let Err(error) = pin(&self.before) {
            report::failure(&error);
        }
    }
}

fn pin(processors: &str) -> Result<(), Error> {
    process::quiet(Command::new("taskset").args(["--cpu-list", "--pid", processors]).arg(std::process::id().to_string()))
}
