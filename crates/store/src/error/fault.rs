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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SqlState([u8; 5]);

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

/// What is behind an error. `Display` and `Debug` show a fixed text, the code of the driver and names;
/// what the driver said stays sealed.
pub struct Fault(Box<Inside>);

struct Inside {
    id: CorrelationId,
    detail: &'static str,
    column: Option<&'static str>,
    code: Option<i32>,
    sqlstate: Option<SqlState>,
    /// What of a field a cell breaks.
    broken: Option<ModelError>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Fault {
    fn new(detail: &'static str, column: Option<&'static str>, code: Option<i32>, source: Option<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Box::new(Inside { id: CorrelationId(Uuid::new_v4()), detail, column, code, sqlstate: None, broken: None, source }))
    }

    pub(crate) fn of_driver(detail: &'static str, code: Option<i32>, source: impl StdError + Send + Sync + 'static) -> Self {
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

    /// The same, with the state that the engine tells.
    pub(crate) fn in_state(mut self, sqlstate: Option<SqlState>) -> Self {
        self.0.sqlstate = sqlstate;
        self
    }

    /// The number that the engine gives the error, such as SQLite's extended result code; PostgreSQL has none.
    #[must_use]
    pub const fn code(&self) -> Option<i32> {
        self.0.code
    }

    /// The five characters of SQL's own code for the error, from engines that tell it.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        self.0.sqlstate.as_ref().map(SqlState::as_str)
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
        if let Some(code) = self.0.code {
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
