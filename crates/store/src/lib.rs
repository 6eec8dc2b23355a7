//! Persistence of versioned objects in tables, through sea-orm.
//!
//! Not here: shapes and their versions (`recension-model`, `recension-versioning`), bytes
//! (`recension-wire`), the changing of tables. No statement leaves this crate without the
//! condition of a policy, and no public function takes or gives a bare connection but two, which take a named
//! permission and are logged: [`Session::unscoped`] and [`Store::schema_connection`].
//!
//! | module | what it holds |
//! |---|---|
//! | [`store`](Store), [`connect`](Connect) | a database with a policy and a clock |
//! | [`session`](Session) | reading and writing on behalf of a [`Caller`]: `create`, `create_once`, `create_many`, `get`, [`find`](Find), `stream`, `save`, `delete`, `restore`, `load_many`, `transaction` |
//! | [`relation`](HasMany) | what objects have to do with each other |
//! | [`policy`](Policy), [`caller`](Caller) | who may do what with which rows |
//! | [`persist`](Persist), [`column`](Column) | how an object lies in a table; written by the derive |
//! | [`column_form`](column_type), [`table`](create_table) | the column of each kind on each engine, and the first table of an object |
//! | [`idempotency`](IdempotencyKey) | what makes it safe to ask for an object twice |
//! | [`commit`](CommitToken) | what has become of a transaction whose COMMIT was not answered |
//! | [`replica`](Position) | reading from servers that follow the one that is written |
//! | [`error`](Error) | what can go wrong, in closed classes with three views |
//! | [`capability`](Capability), `engine` | what an engine can do, and its pools |
//! | [`doctor`](Doctor) | what is unsafe about a database, and what its engine can do |
//! | `faults` | statements that fail when a test says so, with the feature of this name |
//! | `metrics`, `observe` | what is told of operations, statements and connections, with the feature `metrics` |
//!
//! # Example
//! ```
//! use recension::store::{Caller, Decision, Error, Operation, PageRequest, Policy, Store, SystemCapability, create_table};
//! use recension::store::sea_orm::{Condition, ConnectionTrait, DbBackend};
//! use recension::{Object, ObjectName, Persist, VersionedObject};
//!
//! #[derive(Clone, VersionedObject, Persist)]
//! #[object(namespace = "demo", default_class = "public")]
//! #[version("1.0", "first version")]
//! #[persist(table = "notes", key = "id", revision)]
//! pub struct Note {
//!     #[field(server_set, read_only)]
//!     #[persist(fill = "auto")]
//!     pub id: i64,
//!     #[field(server_set, read_only)]
//!     #[persist(fill = "project")]
//!     pub project_id: Option<String>,
//!     pub text: String,
//! }
//!
//! struct ByProject;
//!
//! impl Policy for ByProject {
//!     fn scope(&self, caller: &Caller, _: Operation, _: &ObjectName) -> Decision {
//!         match caller.project_id() {
//!             Some(project) => Decision::Where(Condition::all().add(Note::COLUMN.project_id.eq(project))),
//!             None => Decision::Deny,
//!         }
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = Store::connect("sqlite::memory:").policy(ByProject).await?;
//! let tables = store.schema_connection(&SystemCapability::named("make-tables"));
//! tables.execute(&create_table::<Note>(DbBackend::Sqlite)).await?;
//!
//! let session = store.session(&Caller::user("u-1", "p-1"));
//! let note = session.create(Note::draft().text("buy milk")).await?;
//! let mut edit = note.edit();
//! edit.set_text("buy bread");
//! let saved = session.save(&edit).await?;
//! assert_eq!((saved.text.as_str(), saved.revision().0), ("buy bread", 2));
//! // The edit is based on a revision that is no more.
//! assert!(matches!(session.save(&edit).await, Err(Error::Conflict { .. })));
//!
//! let page = session.find::<Note>().order_by(Note::COLUMN.text.asc()).page(PageRequest::first(50)).await?;
//! assert_eq!(page.items.len(), 1);
//! let other = store.session(&Caller::user("u-2", "p-2"));
//! assert!(matches!(other.get::<Note>(note.id).await, Err(Error::NotFound { .. })));
//! # Ok(()) }
//! ```

#![cfg_attr(
    not(feature = "sqlite"),
    allow(dead_code, unreachable_code, unused_imports, unused_variables, reason = "each engine has some of it")
)]

#[cfg(not(any(feature = "mysql", feature = "postgres", feature = "sqlite")))]
compile_error!("a store has an engine: turn on the feature `sqlite`, `postgres` or `mysql`");

mod caller;
mod capability;
mod clock;
mod column;
mod column_form;
mod commit;
mod connect;
mod doctor;
mod engine;
mod error;
#[cfg(feature = "faults")]
pub mod faults;
mod idempotency;
mod json_cell;
#[cfg(feature = "metrics")]
pub mod metrics;
mod natural_key;
mod object_row;
mod observe;
mod persist;
mod policy;
mod relation;
mod replica;
mod row_key;
mod session;
mod store;
mod table;
mod target;
mod update_texts;
mod value;

pub use caller::{Caller, SystemCapability};
pub use capability::{Capability, Positions, RowLocks, TimeForm};
pub use clock::{Clock, SystemClock};
pub use column::{AnyColumn, Column, Operand, Order};
pub use column_form::{column_sql, column_type};
pub use commit::{CommitToken, Outcome, commit_table};
pub use connect::Connect;
pub use doctor::{Ability, CHECKS, Check, Diagnosis, Doctor, Finding, Severity};
pub use error::{CorrelationId, Error, Fault, Incompatible, Invalid, Malformed, Sought};
pub use idempotency::{CreateOnce, Idempotency, IdempotencyKey};
pub use natural_key::NaturalKey;
#[doc(hidden)]
pub use object_row::ObjectRow;
pub use persist::{ColumnMap, Fill, Mapping, Persist, SoftDelete, SoftDeletion};
pub use policy::{Decision, Operation, Policy};
pub use recension_model::{ColumnType, Filterable, Ordered};
pub use relation::{BelongsTo, HasMany};
pub use replica::Position;
pub use row_key::RowKey;
pub use sea_orm;
#[doc(hidden)]
pub use session::HeldRows;
pub use session::{Find, Load, LockedFind, ObjectStream, Page, PageRequest, RowLock, Session, Touching, Unscoped};
pub use store::Store;
pub use table::create_table;
