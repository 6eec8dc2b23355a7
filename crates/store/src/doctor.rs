//! What is unsafe about the database that a store is connected to, and what it can do.
//!
//! [`Store::doctor`] looks at the settings of the server and of the session, and at the tables of the objects that it is told. It
//! says what it finds as data: each [`Finding`] by the id of its [`Check`], all of which are in [`CHECKS`] with the reason and the
//! remedy. Opening a store refuses what it cannot work on at all (a server that is too old or read-only, another encoding), so those
//! are not among them.
//!
//! | module | what it holds |
//! |---|---|
//! | `catalogue` | **every check**, with its reason and its remedy |
//! | `diagnosis` | what was found, as data and as text |
//! | `abilities` | what the engine can do, in words |
//! | `ask` | questions to the engine |
//! | `sqlite`, `postgres`, `mysql`, `galera` | the settings of each engine, and its tables |
//! | `support` | until when a version of a server is mended |
//! | `table`, `form` | whether a table holds an object |

mod abilities;
mod ask;
mod catalogue;
mod diagnosis;
mod form;
#[cfg(feature = "mysql")]
mod galera;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
mod support;
mod table;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

pub use catalogue::{CHECKS, Check, Severity};
pub use diagnosis::{Ability, Diagnosis, Finding};

use crate::engine::Connection;
use crate::error::Failure;
use crate::target::Target;
use crate::{Error, Incompatible, Persist, Store, SystemCapability};
use ask::Asked;
use table::Table;

impl Store {
    /// Begins to look at the database; await what it gives. It only reads, takes one connection that writes (and on a server a second
    /// one for a moment), and must not be called from within a transaction. The name of the permission is logged, since settings of
    /// the server are told; no value of a row is, and neither a host nor a password.
    ///
    /// # Errors
    /// Those of the database: a setting that may not be read is one.
    ///
    /// # Examples
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), recension_store::Error> {
    /// use recension_store::{Store, SystemCapability};
    ///
    /// let store = Store::connect("sqlite::memory:").await?;
    /// let diagnosis = store.doctor(&SystemCapability::named("doctor")).await?;
    /// assert!(diagnosis.is_clean(), "{diagnosis}");
    /// # Ok(()) }
    /// ```
    pub fn doctor(&self, authority: &SystemCapability) -> Doctor {
        tracing::info!(capability = authority.name(), "the settings of the database are looked at");
        Doctor { store: self.clone(), targets: Vec::new(), integrity: false }
    }
}

/// A look at the database that is about to be taken: awaiting it takes it. Made by [`Store::doctor`].
#[must_use = "nothing is looked at until this is awaited"]
pub struct Doctor {
    store: Store,
    targets: Vec<Target>,
    integrity: bool,
}

impl Doctor {
    /// Looks at the table of `T` as well: its columns, what they hold and how their texts compare, its keys and its revision.
    pub fn table<T: Persist>(mut self) -> Self {
        self.targets.push(Target::of::<T>());
        self
    }

    /// Has the engine read the whole database and look for damage. Only SQLite can; it takes as long as reading the file.
    pub const fn integrity(mut self) -> Self {
        self.integrity = true;
        self
    }

    async fn look(self) -> Result<Diagnosis, Error> {
        let mut connection = self.store.acquire(true).await.map_err(Failure::plain)?;
        self.examine(&mut connection).await.map_err(Failure::plain)
    }

    async fn examine(&self, connection: &mut Connection) -> Result<Diagnosis, Failure> {
        let capability = self.store.capability();
        let mut asked = Asked { connection, capability };
        let mut diagnosis = match capability.engine {
            #[cfg(feature = "sqlite")]
            "sqlite" => sqlite::settings(&mut asked, self.integrity).await?,
            #[cfg(feature = "postgres")]
            "postgres" => postgres::settings(&mut asked).await?,
            #[cfg(feature = "mysql")]
            _ => mysql::settings(&mut asked).await?,
            #[cfg(not(feature = "mysql"))]
            _ => return Err(Failure::of_us("engine that nobody knows")),
        };
        diagnosis.findings.extend(support::finding(capability.engine, &diagnosis.version, self.store.now()));
        let today = recension_model::Date::from_chrono(self.store.now().naive_utc().date()).ok();
        for target in &self.targets {
            let table = Self::table_of(&mut asked, target.table()).await?;
            diagnosis.findings.extend(table::findings(*target, capability, table.as_ref(), today));
        }
        if self.store.has_commit_tokens() {
            let table = Self::table_of(&mut asked, crate::commit::TABLE).await?;
            diagnosis.findings.extend(table::commits(table.as_ref()));
        }
        Ok(diagnosis)
    }

    /// What the engine says of a table; `None` where there is none.
    async fn table_of(asked: &mut Asked<'_>, name: &str) -> Result<Option<Table>, Failure> {
        let table = match asked.capability.engine {
            #[cfg(feature = "sqlite")]
            "sqlite" => sqlite::table(asked, name).await?,
            #[cfg(feature = "postgres")]
            "postgres" => postgres::table(asked, name).await?,
            #[cfg(feature = "mysql")]
            _ => mysql::table(asked, name).await?,
            #[cfg(not(feature = "mysql"))]
            _ => return Err(Failure::of_us("engine that nobody knows")),
        };
        Ok(Some(table).filter(|table| !table.columns.is_empty()))
    }
}

impl Store {
    /// What the table of an object has not, and must have to be read and written.
    pub(crate) async fn missing(&self, target: Target) -> Result<Option<Incompatible>, Error> {
        let mut connection = self.acquire(true).await.map_err(Failure::plain)?;
        let mut asked = Asked { connection: &mut connection, capability: self.capability() };
        let table = Doctor::table_of(&mut asked, target.table()).await.map_err(Failure::plain)?;
        let Some(found) = table else { return Ok(Some(Incompatible::NoTable { table: target.table() })) };
        let columns: Vec<&str> = table::missing(target, &found).into_iter().map(|(column, _)| column).collect();
        Ok((!columns.is_empty()).then(|| Incompatible::NoColumns { table: target.table(), columns }))
    }
}

impl IntoFuture for Doctor {
    type Output = Result<Diagnosis, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.look())
    }
}

impl fmt::Debug for Doctor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doctor").field("tables", &self.targets.len()).field("integrity", &self.integrity).finish_non_exhaustive()
    }
}
