//! Why a sequence could not be replayed.

use std::fmt;
use std::io;

use recension::store;
use recension::store::sea_orm::DbErr;
pub use recension_migrations::Sealed;

/// Why a sequence could not be replayed to its end. Messages name steps and fields, never a value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The file cannot be read.
    #[error("{0} cannot be read")]
    Read(Input, #[source] io::Error),
    /// The sequence is no JSON.
    #[error("the sequence is no JSON: line {line}, column {column}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// Something in the sequence is not what the notation says.
    #[error("{place} {fault}")]
    Sequence {
        /// Where.
        place: Place,
        /// What is wrong.
        fault: Fault,
    },
    /// The rules cannot be used.
    #[error(transparent)]
    Differences(#[from] RulesError),
    /// The database has tables already.
    #[error("the database is not empty: a replay makes its own tables")]
    NotEmpty,
    /// Our columns could not be added.
    #[error("the tables could not be brought up to date")]
    Migration(#[from] recension_migrations::Error),
    /// The store cannot be opened, or a kept object cannot be read again.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A statement on the tables themselves failed.
    #[error("{place} cannot be carried out by the database")]
    Database {
        /// Whose statement.
        place: Place,
        /// What the driver said, sealed.
        #[source]
        fault: Sealed,
    },
}

/// One of the files that a replay reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The recorded sequence.
    Sequence,
    /// The rules of the differences on purpose.
    Differences,
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sequence => "the sequence",
            Self::Differences => "the file of differences",
        })
    }
}

/// A field of the sequence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The number of the step; `None` for what is outside of the steps.
    pub step: Option<u64>,
    /// The path of the field, such as `args.limit`.
    pub field: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(step) = self.step {
            write!(f, "step {step}: ")?;
        }
        write!(f, "field `{}`", self.field)
    }
}

/// What is wrong with a field of the sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It is not there.
    #[error("is missing")]
    Missing,
    /// It is of another kind.
    #[error("is no {0}")]
    Kind(&'static str),
    /// It names a context, call or kept object that there is not.
    #[error("names a {0} that is not known")]
    Unknown(&'static str),
    /// There is no such field in the notation.
    #[error("is not known here")]
    UnknownField,
    /// It stands beside a field with which it cannot be.
    #[error("cannot be given here")]
    OutOfPlace,
}

/// Why the rules of the differences on purpose cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RulesError {
    /// The file is no TOML of the right shape.
    #[error("the differences are malformed at byte {0}")]
    Malformed(usize),
    /// A rule says something that is not known.
    #[error("rule {rule} of the differences: `{field}` {fault}")]
    Rule {
        /// The number of the rule in the file, from 1.
        rule: usize,
        /// The field.
        field: &'static str,
        /// What is wrong.
        fault: Fault,
    },
}

impl ReplayError {
    pub(super) fn of_table(field: &str) -> impl Fn(DbErr) -> Self {
        move |error| Self::Database { place: Place { step: None, field: field.to_owned() }, fault: error.into() }
    }
}

impl ReplayError {
    pub(super) fn at_step(step: u64, field: &str, fault: Fault) -> Self {
        Self::Sequence { place: Place { step: Some(step), field: field.to_owned() }, fault }
    }
}
