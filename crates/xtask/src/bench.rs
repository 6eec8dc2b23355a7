//! `cargo xtask bench`: measures the library against plain serde, sea-orm and sqlx in one run, and holds the ratios against the goals
//! in `tests/bench/goals.toml`. What is measured is listed in `tests/bench/src/cases.rs`, `tests/bench-store/src/cases.rs` and, on
//! servers that it starts, `tests/bench-store/src/servers/cases.rs`.
//!
//! `--check` leaves out what needs a database, and with it all that is not the same at every run: what is left are instructions,
//! allocations and bytes, and a goal that is missed fails.

mod counting;
mod figures;
mod gate;
mod goals;
mod programs;
mod servers;
mod table;
mod verdict;

use std::time::Instant;

pub(crate) use self::goals::GoalFault;
use self::{
    figures::Figures,
    goals::{Goal, Goals},
    programs::Programs,
    verdict::Verdict,
};
use crate::{error::Error, report, tools, workspace::Workspace};

/// Measures, prints the figures and what they are held to.
///
/// # Errors
/// When a program cannot be built or run, the file of goals is wrong, or, with `check`, a goal is missed.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<(), Error> {
    let goals = Goals::read(workspace)?;
    tools::require(&["valgrind"])?;
    let programs = Programs::build(workspace, !check)?;
    let start = Instant::now();
    let mut figures = measure(&programs)?;
    if !check {
        servers::measure(workspace, &programs, &mut figures)?;
    }
    table::of_figures(&figures).iter().for_each(report::line);
    goals.names_cases_of(&figures)?;
    let judged: Vec<(&Goal, f64, Verdict)> = goals.judged(&figures).collect();
    table::of_goals(&judged).iter().for_each(report::line);
    if !check {
        report::line(gate::beside_cargo(workspace, &programs)?);
    }
    report::line(format!("measured in {} s", start.elapsed().as_secs()));
    let missed = judged.iter().filter(|(.., verdict)| verdict.is_missed()).count();
    if check && missed > 0 {
        return Err(Error::GoalsMissed { count: missed, total: judged.len() });
    }
    Ok(())
}

fn measure(programs: &Programs) -> Result<Figures, Error> {
    let mut figures = Figures::default();
    programs.sizes(&mut figures)?;
    programs.allocations(&mut figures)?;
    programs.instructions(&mut figures)?;
    programs.rows(&mut figures)?;
    Ok(figures)
}
