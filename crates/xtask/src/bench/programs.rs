//! The programs that are measured, and what they print.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
    thread,
};

use cargo_metadata::MetadataCommand;

use super::{
    counting,
    figures::{Figures, Measure},
};
use crate::{error::Error, process, tools, workspace::Workspace};

/// Optimised as a user's own release is, across crates.
const PROFILE: &str = "bench-ruler";

/// The folder of the built programs.
#[derive(Debug)]
pub(super) struct Programs {
    folder: PathBuf,
    with_rows: bool,
}

/// A case, and how often the two programs run it whose instructions are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Case {
    name: String,
    short: u64,
    long: u64,
}

impl Programs {
    /// Builds them; those that need a database only `with_rows`.
    pub(super) fn build(workspace: &Workspace, with_rows: bool) -> Result<Self, Error> {
        let metadata = MetadataCommand::new().current_dir(workspace.root()).no_deps().exec()?;
        // One after the other: built together, the first would have the features that the second asks for.
        let packages = if with_rows { &["recension-bench", "recension-bench-store", "recension-cli"][..] } else { &["recension-bench"] };
        for package in packages {
            process::run(workspace.command("cargo").args(["build", "--quiet", "--profile", PROFILE, "--package", package]))?;
        }
        Ok(Self { folder: metadata.target_directory.join(PROFILE).into(), with_rows })
    }

    /// The path of a program, or of anything beside it.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Adds the sizes of types.
    pub(super) fn sizes(&self, figures: &mut Figures) -> Result<(), Error> {
        figures.read(&process::stdout(Command::new(self.program("recension-bench")).arg("--sizes"))?)
    }

    /// The programs with cases that can be counted.
    fn counted(&self) -> &'static [&'static str] {
        if self.with_rows { &["recension-bench", "recension-bench-store"] } else { &["recension-bench"] }
    }

    /// Adds the allocations of each case.
    pub(super) fn allocations(&self, figures: &mut Figures) -> Result<(), Error> {
        for program in self.counted() {
            figures.read(&process::stdout(&mut Command::new(self.program(&format!("{program}-allocations"))))?)?;
        }
        Ok(())
    }

    /// Adds the instructions of each case, on as many processors as there are: counts do not disturb each other.
    pub(super) fn instructions(&self, figures: &mut Figures) -> Result<(), Error> {
        let mut all = VecDeque::new();
        for program in self.counted() {
            let program = self.program(program);
            let listed = cases(&process::stdout(Command::new(&program).arg("--list"))?)?;
            all.extend(listed.into_iter().map(|case| (program.clone(), case)));
        }
        let cases = Mutex::new(all);
        let count = || {
            let mut counted = Vec::new();
            while let Some((program, case)) = next(&cases) {
                let instructions = case.instructions(&program)?;
                counted.push((case.name, instructions));
            }
            Ok(counted)
        };
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let counted: Vec<Result<Vec<(String, f64)>, Error>> = thread::scope(|scope| {
            let threads: Vec<_> = (1..workers).map(|_| scope.spawn(count)).collect();
            let own = count();
            let others = threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            others.chain([own]).collect()
        });
        for counted in counted {
            counted?.iter().for_each(|(name, instructions)| figures.insert(Measure::Instructions, name, *instructions));
        }
        Ok(())
    }

    /// Adds what is measured on SQLite, if that was built. On one processor: where threads wake each other across two, the
    /// same work takes twice the time at one run and not at the next.
    pub(super) fn rows(&self, figures: &mut Figures) -> Result<(), Error> {
        if !self.with_rows {
            return Ok(());
        }
        figures.read(&process::stdout(&mut self.on_one_processor("recension-bench-store")?)?)
    }

    /// A program that is held on the first processor that it may use.
    pub(super) fn on_one_processor(&self, name: &str) -> Result<Command, Error> {
        let processors = processors()?;
        let first = first_processor(&processors).ok_or_else(|| Error::NoFigure { command: "taskset".to_owned() })?;
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", first]).arg(self.program(name));
        Ok(command)
    }
}

impl Case {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let case = Self { name: words.next()?.to_owned(), short: words.next()?.parse().ok()?, long: words.next()?.parse().ok()? };
        (words.next().is_none() && case.short < case.long).then_some(case)
    }

    /// Instructions of one run: what the long program takes more than the short one, for each run more.
    fn instructions(&self, program: &Path) -> Result<f64, Error> {
        let count = |times: u64| counting::instructions(program, &[&self.name, &times.to_string()]);
        let more = count(self.long)?.saturating_sub(count(self.short)?);
        Ok(more as f64 / self.long.saturating_sub(self.short) as f64)
    }
}

fn next<C>(cases: &Mutex<VecDeque<C>>) -> Option<C> {
    cases.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}

/// Reads the list of cases.
fn cases(printed: &str) -> Result<VecDeque<Case>, Error> {
    printed.lines().map(|line| Case::parse(line).ok_or_else(|| Error::NotAFigure { line: line.to_owned() })).collect()
}

/// The line that says on which processors this process may run.
pub(super) fn processors() -> Result<String, Error> {
    tools::require(&["taskset"])?;
    process::stdout(Command::new("taskset").args(["--cpu-list", "--pid"]).arg(std::process::id().to_string()))
}

/// All of them.
pub(super) fn all_processors(printed: &str) -> Option<&str> {
    printed.trim().rsplit_once(' ').map(|(_, list)| list)
}

/// The first processor in a line such as `pid 7's current affinity list: 0-3,6`.
pub(super) fn first_processor(printed: &str) -> Option<&str> {
    all_processors(printed)?.split(['-', ',']).next().filter(|number| number.parse::<u32>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_cases_is_read_and_a_case_without_a_difference_is_not() {
        let case = |name: &str, short, long| Case { name: name.to_owned(), short, long };
        assert_eq!(cases("a 10 110\nb 1 2\n").unwrap(), [case("a", 10, 110), case("b", 1, 2)]);
        for wrong in ["a 10", "a 10 x", "a 10 10", "a 1 2 3", ""] {
            let read = cases(&format!("a 1 2\n{wrong}\n"));
            assert!(matches!(read, Err(Error::NotAFigure { line }) if line == wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_program_is_held_on_the_first_processor_it_may_use() {
        assert_eq!(first_processor("pid 7's current affinity list: 0-3,6\n"), Some("0"));
        assert_eq!(first_processor("pid 7's current affinity list: 5"), Some("5"));
        assert_eq!(first_processor("taskset: failed"), None);
    }
}
