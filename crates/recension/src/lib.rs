//! Objects that old and new releases of a service share, in messages and in rows, from one declaration.

#[cfg(feature = "store")]
pub use recension_macros::Persist;
pub use recension_macros::{FieldEnum, VersionedObject};
pub use recension_model::*;
#[cfg(feature = "store")]
pub use recension_store as store;
#[cfg(feature = "store")]
pub use recension_store::Persist;
pub use recension_versioning as versioning;
pub use recension_versioning::VersionedObject;
pub use recension_wire as wire;

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
