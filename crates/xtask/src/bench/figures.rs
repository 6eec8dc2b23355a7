//! What was measured.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;

use crate::error::Error;

/// What is counted of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Measure {
    /// Instructions of one run.
    Instructions,
    /// Allocations of one run; to grow one counts as another.
    Allocations,
    /// The size of a type.
    Bytes,
    /// Nanoseconds of CPU time of one run, over all threads.
    CpuTime,
    /// Nanoseconds of one run by the clock on the wall.
    WallTime,
    /// Bytes by which the peak of a program's memory has grown.
    Memory,
    /// Statements that one run sends to the database.
    Statements,
}

impl Measure {
    const ALL: [Self; 7] =
        [Self::Instructions, Self::Allocations, Self::Bytes, Self::CpuTime, Self::WallTime, Self::Memory, Self::Statements];

    /// Reads the name that a program prints.
    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.name() == name)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Instructions => "instructions",
            Self::Allocations => "allocations",
            Self::Bytes => "bytes",
            Self::CpuTime => "cpu-time",
            Self::WallTime => "wall-time",
            Self::Memory => "memory",
            Self::Statements => "statements",
        }
    }

    /// Whether a database is needed, which a check does not compile.
    pub(super) const fn needs_database(self) -> bool {
        matches!(self, Self::CpuTime | Self::WallTime | Self::Memory | Self::Statements)
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The figures of a run, by what was counted and of which case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures(BTreeMap<(Measure, String), f64>);

impl Figures {
    pub(super) fn insert(&mut self, measure: Measure, case: &str, figure: f64) {
        self.0.insert((measure, case.to_owned()), figure);
    }

    /// Adds what a program prints: a line a figure, with the measure, the case and the number.
    ///
    /// # Errors
    /// The first line that is not so.
    pub(super) fn read(&mut self, printed: &str) -> Result<(), Error> {
        for line in printed.lines() {
            let (measure, case, figure) = figure(line).ok_or_else(|| Error::NotAFigure { line: line.to_owned() })?;
            self.insert(measure, case, figure);
        }
        Ok(())
    }

    pub(super) fn get(&self, measure: Measure, case: &str) -> Option<f64> {
        self.0.get(&(measure, case.to_owned())).copied()
    }

    /// Whether anything was measured on the servers of an engine.
    pub(super) fn has_server(&self, engine: &str) -> bool {
        self.0.keys().any(|(_, case)| case.strip_prefix(engine).is_some_and(|rest| rest.starts_with('-')))
    }

    /// Whether anything was measured that way.
    pub(super) fn has(&self, measure: Measure) -> bool {
        self.0.keys().any(|(found, _)| *found == measure)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Measure, &str, f64)> {
        self.0.iter().map(|((measure, case), figure)| (*measure, case.as_str(), *figure))
    }
}

fn figure(line: &str) -> Option<(Measure, &str, f64)> {
    let mut words = line.split_whitespace();
    let figure = (Measure::parse(words.next()?)?, words.next()?, words.next()?.parse().ok()?);
    words.next().is_none().then_some(figure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_figure_is_told() {
        let mut figures = Figures::default();
        figures.read("bytes object 216\ncpu-time sqlite-get 21950.5\n").unwrap();
        assert_eq!(figures.get(Measure::Bytes, "object"), Some(216.0));
        assert_eq!(figures.iter().last(), Some((Measure::CpuTime, "sqlite-get", 21_950.5)));
        for wrong in ["", "bytes object", "weight object 1", "bytes object many", "bytes object 1 2"] {
            let read = figures.read(&format!("bytes x 1\n{wrong}\n"));
            assert!(matches!(read, Err(Error::NotAFigure { line }) if line == wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_measure_is_read_by_the_name_it_is_written_with() {
        for measure in Measure::ALL {
            assert_eq!(Measure::parse(&measure.to_string()), Some(measure));
            let goal = format!("measure = \"{measure}\"").parse::<toml::Table>().unwrap();
            assert_eq!(goal["measure"].clone().try_into::<Measure>().unwrap(), measure);
        }
        assert_eq!(Measure::parse("wall-clock"), None);
    }

    #[test]
    fn what_was_measured_on_a_server_is_known_by_its_name() {
        let mut figures = Figures::default();
        figures.read("wall-time postgres-get 7").unwrap();
        assert!(figures.has_server("postgres") && !figures.has_server("post") && !figures.has_server("mariadb"));
    }
}
