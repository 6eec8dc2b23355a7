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

/// What is behind an error. `Display` and `Debug` show a fixed text, the code of the driver and names;
/// what the driver said stays sealed.
pub struct Fault(Box<Inside>);

struct Inside {
    id: CorrelationId,
    detail: &'static str,
    column: Option<&'static str>,
    code: Option<i32>,
    /// What of a field a cell breaks.
    broken: Option<ModelError>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Fault {
    fn new(detail: &'static str, column: Option<&'static str>, code: Option<i32>, source: Option<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Box::new(Inside { id: CorrelationId(Uuid::new_v4()), detail, column, code, broken: None, source }))
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

    /// The code of the driver, such as SQLite's extended result code.
    #[must_use]
    pub const fn code(&self) -> Option<i32> {
        self.0.code
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
        match self.0.code {
            Some(code) => write!(f, " driver_code={code}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({self})")
    }
}
