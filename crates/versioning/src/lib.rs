//! What follows from an object's history: the shape of every older version, conversion between any two of
//! them, manifests and fingerprints.
//!
//! Pure: no I/O, nothing asynchronous, no bytes and no rows.
//!
//! | module | what it holds |
//! |---|---|
//! | [`lineage`](Lineage) | a declaration folded back into the shape of each version, and a plan for each hop |
//! | [`convert`](Lineage::convert) | down and up, with the change set and the carry |
//! | [`registry`](Registry) | the objects that know each other, and conversion of a whole tree |
//! | [`explain`](Registry::explain) | what each op did to one object |
//! | [`manifest`](Manifest) | which version of each object a peer reads |
//! | [`behaviour`](Behaviour) | changes that code asks for by name, never by version |
//! | [`fingerprint`](Lineage::fingerprint) | a digest of one version's shape |
//! | `lock` | what was released, as text beside the code: `LockFile`, with the feature of that name |
//! | `rules` | what a change means for those on the older versions: the gate, with the feature `lock` |
//! | `schema` | JSON Schema of each version: `Registry::schema`, with the feature of that name |
//!
//! # There and back
//!
//! ```
//! use recension_model::{Declaration, FieldKind, FieldSpec, ObjectSpec, Op, Record, Release, Slot, Value};
//! use recension_versioning::Lineage;
//!
//! let declaration = Declaration {
//!     head: ObjectSpec::new("Server", "demo", "1.1".parse()?)
//!         .field(FieldSpec::new("name", FieldKind::Text))
//!         .field(FieldSpec::new("note", FieldKind::Text).nullable())
//!         .build()?,
//!     releases: vec![
//!         Release::new("1.0".parse()?, "first version"),
//!         Release::new("1.1".parse()?, "a note").op(Op::Add { field: "note".into(), old_default: Slot::Unset }),
//!     ],
//! };
//! let lineage = Lineage::new(&declaration)?;
//! let mut server = Record::new(declaration.head.clone());
//! server.set("name", Value::from("db-1"))?;
//! server.set("note", Value::from("spare"))?;
//!
//! let older = lineage.convert(server.clone(), &"1.0".parse()?)?;
//! assert!(older.slot("note").is_err()); // 1.0 has no such field
//! assert_eq!(lineage.convert(older, &"1.1".parse()?)?, server); // and nothing was lost
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod behaviour;
mod convert;
mod error;
pub mod explain;
mod fingerprint;
mod jump;
mod lineage;
#[cfg(feature = "lock")]
mod lock;
mod manifest;
mod promote;
mod registry;
mod regroup;
mod reshape;
#[cfg(feature = "lock")]
pub mod rules;
mod same;
#[cfg(feature = "schema")]
mod schema;
#[cfg(feature = "lock")]
mod side_by_side;
mod structure;

pub use behaviour::{Behaviour, Gate};
pub use error::{Error, HistoryError, NotConverted, OpFault};
pub use fingerprint::Fingerprint;
pub use lineage::Lineage;
#[cfg(feature = "lock")]
pub use lock::{Allowed, FORMAT as LOCK_FORMAT, GoneField, LockError, LockFault, LockFile, LockedObject, Numbers, needs_code};
pub use manifest::Manifest;
#[doc(hidden)]
pub use recension_model as __model;
pub use registry::{Registry, RegistryBuilder, VersionedObject};
#[cfg(feature = "schema")]
#[doc(hidden)]
pub use schema::typed_schema;
#[cfg(feature = "schema")]
pub use schema::{
    BareData, CompareMode, Compared, NotCompared, SchemaError, SchemaFault, SchemaForm, SchemaOptions, SchemaSide, Side, Unsaid,
    UnsaidRule, Verdict, VersionSchemas, Witness, compare, compare_versions, draft07,
};
#[cfg(feature = "schema")]
pub use schemars;
#[doc(hidden)]
pub use structure::{DownHop, Downward, Source, UpHop, Upward};

/// Makes an object a type that has a schema: with the feature `schema` only, which a derive cannot see.
#[cfg(not(feature = "schema"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_schema {
    ($object:ty) => {};
}
