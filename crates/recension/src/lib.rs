#![doc = include_str!("../README.md")]

#[cfg(feature = "store")]
pub use recension_macros::Persist;
pub use recension_macros::{FieldEnum, ObjectUnion, VersionedObject};
pub use recension_model::*;
#[cfg(feature = "store")]
pub use recension_store as store;
#[cfg(feature = "store")]
pub use recension_store::{Caller, Decision, Load, Operation, Page, PageRequest, Persist, Policy, Session, Store, SystemCapability};
pub use recension_versioning as versioning;
pub use recension_versioning::{Behaviour, VersionedObject};
#[cfg(feature = "schema")]
pub use recension_versioning::{SchemaForm, SchemaOptions, SchemaSide, schemars};
pub use recension_wire as wire;

/// What most users name: `use recension::prelude::*`.
pub mod prelude {
    pub use crate::{
        Behaviour, Bytes, Classes, Date, Decimal, Draft, Edit, FieldClass, FieldEnum, Misfit, Object, ObjectDraft, ObjectUnion, Partial,
        Persisted, Secret, Timestamp, VersionedObject,
    };
    #[cfg(feature = "store")]
    pub use crate::{Caller, Load, PageRequest, Persist, Policy, Session, Store};
}

/// What generated code names. Not for people.
#[doc(hidden)]
pub mod __private {
    pub use recension_model as model;
    #[cfg(feature = "store")]
    pub use recension_store as store;
    #[cfg(feature = "store")]
    pub use recension_store::sea_orm;
    pub use recension_versioning as versioning;
    pub use recension_wire as wire;
}
