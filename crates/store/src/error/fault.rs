//! What is behind an error, told safely.

use std::error::Error as StdError;
use std::fmt;

use recension_model::{Error as ModelError, Escaped};
use uuid::Uuid;

/// Joins what a user was shown and what the log has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CorrelationId(Uuid);

impl fmt::Display for CorrelationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

impl fmt::Debug for CorrelationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Five characters, each a digit or a capital letter.
#[cfg(any(feature = "mysql", feature = "postgres"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SqlState([u8; 5]);

#[cfg(any(feature = "mysql", feature = "postgres"))]
impl SqlState {
    /// Nothing for a text that is none.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let state: [u8; 5] = text.as_bytes().try_into().ok()?;
        state.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()).then_some(Self(state))
    }

    pub(crate) fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// What an engine calls an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// The extended result code.
    #[cfg(feature = "sqlite")]
    Sqlite(i32),
    #[cfg(feature = "postgres")]
    Postgres(SqlState),
    /// The state is that of a whole group of numbers; greetings have none.
    #[cfg(feature = "mysql")]
    MySql { number: u16, state: Option<SqlState> },
}

/// What is behind an error. `Display` and `Debug` show a fixed text, the code of the driver and names;
/// what the driver said stays sealed.
pub struct Fault(Box<Inside>);

struct Inside {
    id: CorrelationId,
    detail: &'static str,
    column: Option<&'static str>,
    code: Option<Code>,
    /// What of a field a cell breaks.
    broken: Option<ModelError>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Fault {
    fn new(
        detail: &'static str,
        column: Option<&'static str>,
        code: Option<Code>,
        source: Option<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self(Box::new(Inside { id: CorrelationId(Uuid::new_v4()), detail, column, code, broken: None, source }))
    }

    pub(crate) fn of_driver(detail: &'static str, code: Option<Code>, source: impl StdError + Send + Sync + 'static) -> Self {
        Self::new(detail, None, code, Some(Box::new(source)))
    }

    pub(crate) fn of_row(detail: &'static str, column: Option<&'static str>) -> Self {
        Self::new(detail, column, None, None)
    }

    /// A cell of that column breaks a rule of its field.
    pub(crate) fn of_cell(column: &'static str, broken: ModelError) -> Self {
        let mut fault = Self::of_row("cell that is no value of its field", Some(column));
        fault.0.broken = Some(broken);
        fault
    }

    /// What of a field a cell breaks, if that is the fault.
    pub(super) fn broken(&self) -> Option<&ModelError> {
        self.0.broken.as_ref()
    }

    pub(crate) fn of_us(detail: &'static str) -> Self {
        Self::new(detail, None, None, None)
    }

    /// Joins what a user was shown and what the log has.
    #[must_use]
    pub const fn id(&self) -> CorrelationId {
        self.0.id
    }

    /// The code of the engine whose error it is.
    pub(super) const fn engine_code(&self) -> Option<&Code> {
        self.0.code.as_ref()
    }

    /// The number that the engine gives the error: SQLite's extended result code, or MySQL's number. PostgreSQL has none.
    #[must_use]
    pub const fn code(&self) -> Option<i32> {
        match self.0.code {
            #[cfg(feature = "sqlite")]
            Some(Code::Sqlite(code)) => Some(code),
            #[cfg(feature = "mysql")]
            Some(Code::MySql { number, .. }) => Some(number as i32),
            _ => None,
        }
    }

    /// The five characters of SQL's own code for the error, from engines that tell it.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        match *self.0.code.as_ref()? {
            #[cfg(feature = "sqlite")]
            Code::Sqlite(_) => None,
            #[cfg(feature = "mysql")]
            Code::MySql { ref state, .. } => state.as_ref().map(SqlState::as_str),
            #[cfg(feature = "postgres")]
            Code::Postgres(ref state) => Some(state.as_str()),
        }
    }

    /// The fixed text.
    pub(super) const fn detail(&self) -> &'static str {
        self.0.detail
    }

    pub(super) fn driver_text(&self) -> Option<String> {
        self.0.source.as_ref().map(|source| Escaped(&source.to_string()).to_string())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "id={} detail=\"{}\"", self.0.id, self.0.detail)?;
        if let Some(column) = self.0.column {
            write!(f, " column={column}")?;
        }
        if let Some(broken) = &self.0.broken {
            write!(f, " rule=\"{}\"", Escaped(&broken.to_string()))?;
        }
        if let Some(code) = self.code() {
            write!(f, " driver_code={code}")?;
        }
        match self.sqlstate() {
            Some(state) => write!(f, " sqlstate={state}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({self})")
    }
}
