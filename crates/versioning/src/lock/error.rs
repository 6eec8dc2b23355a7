//! What can be wrong with a lock file.

use std::fmt;
use std::ops::Range;

use recension_model::{Escaped, Rule};

/// A lock file that cannot be read: what is wrong, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct LockError {
    fault: Box<LockFault>,
    path: Vec<String>,
    line: Option<usize>,
}

/// What is wrong with a lock file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LockFault {
    /// It is no TOML, or has a key, a word or a type that does not belong there. Names what may stand there, not what does.
    #[error("{0}")]
    Toml(String),
    /// A later release wrote it.
    #[error("format {found} is not known here, which is up to {known}: use the release that wrote the file")]
    Format {
        /// The format of the file.
        found: u32,
        /// The highest that is known.
        known: u32,
    },
    /// It is too large to be one.
    #[error("is larger than {max} bytes")]
    TooLarge {
        /// The most.
        max: usize,
    },
    /// An object stands twice, or before one that it follows in order.
    #[error("objects stand in the order of namespace and name, each once")]
    Order,
    /// An object without a version.
    #[error("has no version")]
    NoVersion,
    /// A field without a number.
    #[error("has no number")]
    NoNumber,
    /// A number that another field has.
    #[error("number {0} is given twice")]
    NumberTaken(u32),
    /// A name that another field has.
    #[error("has the name of another field")]
    FieldTwice,
    /// An op that the file has no words for.
    #[error("release {0} has an op that cannot be locked")]
    Op(String),
    /// No version.
    #[error("is no version")]
    Version,
    /// No type of a field.
    #[error("is of a type that is not known")]
    Type,
    /// A type that needs a name, values or members beside it.
    #[error("needs `{0}` beside its type")]
    Needs(&'static str),
    /// A key that means nothing beside the others.
    #[error("has `{0}`, which means nothing here")]
    OutOfPlace(&'static str),
    /// No class.
    #[error("is of a class that is not known")]
    Class,
    /// A limit, a pattern or a number that is none.
    #[error("`{key}` is malformed")]
    Malformed {
        /// The key.
        key: &'static str,
    },
    /// A value that is no value of its field.
    #[error("`{key}` {rule}")]
    Value {
        /// The key.
        key: &'static str,
        /// The rule that it breaks.
        rule: Rule,
    },
    /// The fields make no object.
    #[error(transparent)]
    Shape(recension_model::Error),
}

impl LockError {
    pub(super) fn new(fault: LockFault) -> Self {
        Self { fault: Box::new(fault), path: Vec::new(), line: None }
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> &LockFault {
        &self.fault
    }

    /// The line at fault, counted from one; none for a registry that cannot be locked, which has no lines.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        self.line
    }

    /// The same error, seen from what holds the part at fault.
    pub(super) fn below(mut self, name: &str) -> Self {
        self.path.insert(0, name.to_owned());
        self
    }

    /// The same error, at a place of the text.
    pub(super) fn at(mut self, text: &str, span: Range<usize>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        self.line = Some(before.bytes().filter(|byte| *byte == b'\n').count() + 1);
        self
    }
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.path.is_empty() {
            // Names are those of the file, which may have any.
            let short: Vec<String> = self.path.iter().map(|name| Escaped(&name.chars().take(64).collect::<String>()).to_string()).collect();
            write!(f, "`{}` ", short.join("."))?;
        }
        write!(f, "{}", self.fault)
    }
}

impl std::error::Error for LockError {}
