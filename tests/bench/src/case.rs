//! What a case is.

use std::error::Error;
use std::fmt;
use std::hint::black_box;

/// Why a case could not be prepared or run.
pub type Fault = Box<dyn Error>;

/// One run of a case, with its input prepared.
pub type Work = Box<dyn FnMut() -> Result<(), Fault>>;

/// An operation that is measured.
pub struct Case {
    /// What goals call it.
    pub name: &'static str,
    /// How often it runs in the two programs whose instructions are compared.
    pub rounds: Rounds,
    prepare: fn() -> Result<Work, Fault>,
}

/// How often a case runs: once in a short program and once in a long one. What the long one takes more
/// is the cost of the runs between, without start-up and preparation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounds {
    /// Runs of the short program. Enough that what is made at first use is made there.
    pub short: u64,
    /// Runs of the long program.
    pub long: u64,
}

impl Rounds {
    /// For an operation on one object.
    pub const SINGLE: Self = Self { short: 10, long: 110 };
    /// For an operation on a thousand.
    pub const LIST: Self = Self { short: 1, long: 2 };
}

impl Case {
    /// The case of that name, whose input `prepare` makes.
    #[must_use]
    pub const fn new(name: &'static str, rounds: Rounds, prepare: fn() -> Result<Work, Fault>) -> Self {
        Self { name, rounds, prepare }
    }

    /// Prepares the input.
    ///
    /// # Errors
    /// Whatever the operation that makes it says.
    pub fn prepare(&self) -> Result<Work, Fault> {
        (self.prepare)()
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("name", &self.name).field("rounds", &self.rounds).finish_non_exhaustive()
    }
}

/// What a program of cases does: with `CASE N` it runs one that often, with `--list` it gives a line a case, its name and the two
/// numbers of runs to compare.
///
/// # Errors
/// For other arguments, and those of the case.
pub fn answer(cases: &[Case], arguments: &[String]) -> Result<Vec<String>, Fault> {
    match arguments {
        [list] if list == "--list" => {
            Ok(cases.iter().map(|case| format!("{} {} {}", case.name, case.rounds.short, case.rounds.long)).collect())
        }
        [name, times] => {
            let case = cases.iter().find(|case| case.name == name).ok_or_else(|| format!("unknown case `{name}`"))?;
            let mut work = case.prepare()?;
            for _ in 0..times.parse::<u64>()? {
                work()?;
            }
            Ok(Vec::new())
        }
        _ => Err("usage: CASE N | --list".into()),
    }
}

/// An operation on an input that the compiler must not see through. What it gives is dropped as part of it, on every side
/// of a comparison.
///
/// # Errors
/// None by itself.
pub fn on<I: 'static, T, E: Into<Fault>>(input: I, operation: impl Fn(&I) -> Result<T, E> + 'static) -> Result<Work, Fault> {
    Ok(Box::new(move || {
        black_box(operation(black_box(&input)).map_err(Into::into)?);
        Ok(())
    }))
}
