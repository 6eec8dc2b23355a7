//! Values in the form in which a driver sends them: written there at once, and not kept in between.

use sea_orm::{DbBackend, Value, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::{Database, IntoArguments};

use crate::error::{Error, Fault};
use crate::value::Bindable;

/// What a statement binds.
pub(crate) enum Parameters {
    Values(Vec<Value>),
    /// In a box: a statement lies in each future on its way to the driver, and most have few values.
    Arguments(Box<Arguments>),
}

/// The arguments of a statement, for one driver.
pub(crate) enum Arguments {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::sqlite::SqliteArguments),
    #[cfg(feature = "postgres")]
    Postgres(sqlx::postgres::PgArguments),
    #[cfg(feature = "mysql")]
    MySql(sqlx::mysql::MySqlArguments),
}

/// The same with the arguments of each driver.
macro_rules! on_arguments {
    ($self:expr, $arguments:ident => $run:expr) => {
        match $self {
            #[cfg(feature = "sqlite")]
            Arguments::Sqlite($arguments) => $run,
            #[cfg(feature = "postgres")]
            Arguments::Postgres($arguments) => $run,
            #[cfg(feature = "mysql")]
            Arguments::MySql($arguments) => $run,
        }
    };
}

impl Parameters {
    /// Values, to which others come: written at once for a driver that is built in.
    pub(super) fn begin(engine: DbBackend, values: Vec<Value>) -> Self {
        Self::Arguments(Box::new(match engine {
            #[cfg(feature = "sqlite")]
            DbBackend::Sqlite => Arguments::Sqlite(IntoArguments::<sqlx::Sqlite>::into_arguments(SqlxValues(Values(values)))),
            #[cfg(feature = "postgres")]
            DbBackend::Postgres => Arguments::Postgres(IntoArguments::<sqlx::Postgres>::into_arguments(SqlxValues(Values(values)))),
            #[cfg(feature = "mysql")]
            DbBackend::MySql => Arguments::MySql(IntoArguments::<sqlx::MySql>::into_arguments(SqlxValues(Values(values)))),
            #[allow(unreachable_patterns, reason = "there are others where not all engines are built in")]
            _ => return Self::Values(values),
        }))
    }

    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, more: usize) {
        match self {
            Self::Values(values) => values.reserve(more),
            Self::Arguments(arguments) => arguments.reserve(more),
        }
    }

    /// Adds values, which are in the form that the engine keeps.
    ///
    /// # Errors
    /// [`Error::Internal`] for one that is too large for the protocol.
    pub(super) fn add(&mut self, more: &[Bindable<'_>]) -> Result<(), Error> {
        match self {
            Self::Values(values) => values.extend(more.iter().cloned().map(Value::from)),
            Self::Arguments(arguments) => arguments.add(more)?,
        }
        Ok(())
    }
}

#[cfg(feature = "postgres")]
impl Parameters {
    /// Makes room for arrays.
    pub(super) fn make_room_for(&mut self, arrays: &[super::postgres::Array]) {
        use sqlx::Arguments as _;
        if let Self::Arguments(arguments) = self {
            on_arguments!(&mut **arguments, arguments => arguments.reserve(arrays.len(), arrays.iter().map(super::postgres::Array::bytes).sum()));
        }
    }

    /// Adds an array.
    ///
    /// # Errors
    /// [`Error::Internal`] for one that is too large for the protocol, and on an engine that has none.
    pub(super) fn add_array(&mut self, array: super::postgres::Array) -> Result<(), Error> {
        if let Self::Arguments(arguments) = self
            && let Arguments::Postgres(arguments) = &mut **arguments
        {
            return array.bind(arguments);
        }
        Err(Error::Internal(Fault::of_us("arrays for an engine that has none")))
    }
}

impl Arguments {
    /// Makes room for so many more.
    fn reserve(&mut self, more: usize) {
        use sqlx::Arguments as _;
        /// Bytes of a value, as a guess: a vector that holds a few more grows once.
        const BYTES: usize = 24;
        on_arguments!(self, arguments => arguments.reserve(more, more * BYTES));
    }

    /// One after the other in one place, where the driver is asked for once.
    fn add(&mut self, values: &[Bindable<'_>]) -> Result<(), Error> {
        use sqlx::Arguments as _;
        let added = on_arguments!(self, arguments => values.iter().try_for_each(|value| match value {
            Bindable::Integer(number) => arguments.add(*number),
            Bindable::Truth(truth) => arguments.add(truth.map(i8::from)),
            Bindable::Float(number) => arguments.add(*number),
            Bindable::Text(text) => arguments.add(text.as_deref()),
            Bindable::Uuid(uuid) => arguments.add(&*uuid.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer())),
            Bindable::Bytes(bytes) => arguments.add(bytes.as_deref()),
            Bindable::Time(time) => arguments.add(*time),
            Bindable::Date(day) => arguments.add(*day),
        }));
        added.map_err(|_| Error::Internal(Fault::of_us("a value is too large to be sent")))
    }
}

/// A database whose arguments may be at hand already.
pub(super) trait Driven: Database<Arguments: IntoArguments<Self>> {
    /// Its arguments; nothing where they are another driver's.
    fn take(arguments: Arguments) -> Option<Self::Arguments>;
}

macro_rules! driven {
    ($feature:literal $database:ident $variant:ident) => {
        #[cfg(feature = $feature)]
        impl Driven for sqlx::$database {
            fn take(arguments: Arguments) -> Option<Self::Arguments> {
                match arguments {
                    Arguments::$variant(arguments) => Some(arguments),
                    #[allow(unreachable_patterns, reason = "there are others where other engines are built in")]
                    _ => None,
                }
            }
        }
    };
}

driven!("sqlite" Sqlite Sqlite);
driven!("postgres" Postgres Postgres);
driven!("mysql" MySql MySql);
