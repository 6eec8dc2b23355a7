//! The workspace's own commands, reached as `cargo xtask`: the gate that runs before a merge, the kept
//! negative controls, the measuring against the goals of speed, and the list of checklist ids with the tests that prove them.
//!
//! Not here: anything a user of the library needs. This package is never published and no other crate depends on it.
//!
//! | module | what it does |
//! |---|---|
//! | `gate` | `cargo xtask test`: the steps, their order, the summary |
//! | `suite` | the tests of the store on each engine |
//! | `tools` | the programs the steps need, and how to install them |
//! | `hygiene` | rules about the tracked files that no compiler checks |
//! | `arrows` | which crate may depend on which |
//! | `controls` | `cargo xtask controls`: takes a guard out and expects its test to fail |
//! | `bench` | `cargo xtask bench`: figures against plain serde, sea-orm and sqlx, and the goals they are held to |
//! | `db` | `cargo xtask db`: database servers for tests, brought up and taken down |
//! | `ids` | `cargo xtask ids`: which test proves which id |
//! | `room` | how much is free on the disk, told at the end of each step |
//! | `workspace`, `process`, `report`, `error` | the root and its files, child processes, printing, failures |

mod arrows;
mod bench;
mod controls;
mod db;
mod error;
mod gate;
mod hygiene;
mod ids;
mod process;
mod report;
mod room;
mod suite;
mod tools;
mod workspace;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{db::Engine, error::Error, gate::Options, workspace::Workspace};

/// Commands for those who work on this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run the gate: format, hygiene, clippy, tests, database engines, doc tests, goals of speed, docs, licences and sources.
    Test {
        /// Install the programs that are missing (Debian packages need root).
        #[arg(long)]
        install: bool,
        /// Run the campaigns with random input at length, and the negative controls, as well.
        #[arg(long)]
        long: bool,
        /// With `--long`: the revision of git that the versions of the crates are compared with; by default the last tag `v*`.
        #[arg(long, value_name = "REVISION", requires = "long")]
        since: Option<String>,
        /// The engines to run on, with a comma between; one that is not installed is a failure.
        #[arg(long, value_enum, value_delimiter = ',', default_value = "sqlite,postgres,mariadb")]
        engines: Vec<Engine>,
    },
    /// Start and end database servers for tests, each with a folder below `target/db` and a port of its own.
    Db {
        /// The folder of the engines, for the tests that kill and start what the gate has up.
        #[arg(long, hide = true)]
        folder: Option<PathBuf>,
        #[command(subcommand)]
        task: db::Task,
    },
    /// Take guards out one by one, in a copy, and expect the named test of each to fail.
    Controls {
        /// The controls to run, by file name without `.patch`; all of them when none is given.
        ids: Vec<String>,
    },
    /// Measure against plain serde, sea-orm and sqlx, and print what the goals came to.
    Bench {
        /// Only what is the same at every run (instructions, allocations, bytes), and fail when a goal is missed.
        #[arg(long)]
        check: bool,
    },
    /// List the checklist ids with the tests that carry them in their names.
    Ids,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::failure(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<(), Error> {
    let workspace = Workspace::locate()?;
    match task {
        Task::Test { install, long, since, engines } => gate::run(&workspace, Options { install, long, since, engines }),
        Task::Db { folder, task } => db::run(&workspace, task, folder),
        Task::Controls { ids } => controls::run(&workspace, &ids),
        Task::Bench { check } => bench::run(&workspace, check),
        Task::Ids => ids::run(&workspace),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    fn engines(arguments: &[&str]) -> Option<Vec<Engine>> {
        match Cli::try_parse_from(["xtask", "test"].iter().chain(arguments)).ok()?.command {
            Task::Test { engines, .. } => Some(engines),
            _ => None,
        }
    }

    #[test]
    fn engines_are_listed_with_commas_and_unknown_ones_refused() {
        assert_eq!(engines(&[]), Some(vec![Engine::Sqlite, Engine::Postgres, Engine::Mariadb]));
        assert_eq!(engines(&["--engines", "galera,mysql56"]), Some(vec![Engine::Galera, Engine::Mysql56]));
        assert_eq!(engines(&["--engines", "oracle"]), None);
    }
}
