//! An error as a driver would tell it.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::{fmt, io};

use sea_orm::DbBackend;
use sqlx::error::{DatabaseError, ErrorKind};

use super::{Fault, Which};
use crate::error::Code;
#[cfg(any(feature = "mysql", feature = "postgres"))]
use crate::error::SqlState;

/// What there is to say of most.
pub(super) const TEXT: &str = "a fault of a test";

/// MySQL's number for an error that has none of its own.
#[cfg(feature = "mysql")]
const NO_NUMBER: u16 = 1105;

/// What a database is made to say. It stands where the error of a driver does, and is classed by its code as that is.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) code: Option<Code>,
    pub(crate) text: &'static str,
}

impl Fault {
    /// The error as the driver of an engine tells it.
    pub(crate) fn told(&self, engine: DbBackend) -> sqlx::Error {
        let (code, text) = match self.error {
            Which::Kind(kind) => match kind.codes() {
                Some((number, state, of_mysql)) => {
                    let code = match engine {
                        DbBackend::MySql => of_number(engine, i32::from(of_mysql)),
                        DbBackend::Postgres => of_state(engine, state),
                        _ => of_number(engine, number),
                    };
                    (code, kind.text())
                }
                None if engine == DbBackend::Sqlite => return sqlx::Error::WorkerCrashed,
                None => return sqlx::Error::Io(io::ErrorKind::ConnectionReset.into()),
            },
            Which::Number(number) => (of_number(engine, number), TEXT),
            Which::State(state) => (of_state(engine, str::from_utf8(&state).unwrap_or_default()), TEXT),
        };
        sqlx::Error::Database(Box::new(Told { code, text }))
    }
}

/// The code of an engine that has numbers.
fn of_number(engine: DbBackend, number: i32) -> Option<Code> {
    match engine {
        #[cfg(feature = "sqlite")]
        DbBackend::Sqlite => Some(Code::Sqlite(number)),
        #[cfg(feature = "mysql")]
        DbBackend::MySql => u16::try_from(number).ok().map(|number| Code::MySql { number, state: None }),
        _ => None,
    }
}

/// The code of an engine that has states.
fn of_state(engine: DbBackend, state: &str) -> Option<Code> {
    let _ = state;
    match engine {
        #[cfg(feature = "postgres")]
        DbBackend::Postgres => SqlState::of(state).map(Code::Postgres),
        #[cfg(feature = "mysql")]
        DbBackend::MySql => Some(Code::MySql { number: NO_NUMBER, state: SqlState::of(state) }),
        _ => None,
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl StdError for Told {}

impl DatabaseError for Told {
    fn message(&self) -> &str {
        self.text
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        None
    }

    fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}
