//! Random objects, histories and values, and the laws that conversions and messages obey.
//!
//! For tests: of this library, and of a user's own objects in one line ([`prove!`]). Nothing here is
//! needed to run a service, and no type of this crate but those of `faults` and `rows` knows of a database.
//!
//! | module | what it holds |
//! |---|---|
//! | [`families`] | random declarations: objects in objects, each with a history of one to six versions |
//! | [`records`] | random objects of a declaration: complete or partial, with changes |
//! | [`values`] | random values of a field, within its limits |
//! | [`laws`] | what must hold for every object and every version |
//! | [`messages`] | a message in both formats, spelled otherwise, damaged, and held against small limits |
//! | [`Trials`] | how often, and from which seed: what fails can be seen again |
//! | `faults`, with the feature of this name | a proxy before a PostgreSQL, MariaDB or MySQL server that cuts, fails, delays and counts |
//! | `rows`, with the feature of this name | what must hold for the rows of an object of yours, on your database |
//! | [`prove!`] | the laws on random drafts of a typed object, at every version of its history |
//!
//! The suite of the store is here, too, in `tests/store` of the sources: one for every engine, of which each has a file with its set-up, and a
//! list of what is left out there, and why. It is not part of the library.
//!
//! ```
//! use proptest::prelude::*;
//! use recension_testkit::{cases, laws};
//!
//! proptest!(ProptestConfig::with_cases(8), |(case in cases())| {
//!     laws::restore(&case.registry, &case.record, &case.versions)?;
//! });
//! ```
//!
//! A law that is broken names the law, the versions and the field, never a value: see [`LawBroken`](laws::LawBroken).

pub mod families;
#[cfg(feature = "faults")]
pub mod faults;
#[cfg(feature = "gate")]
mod law_runs;
pub mod laws;
pub mod messages;
mod prove;
pub mod records;
#[cfg(feature = "rows")]
pub mod rows;
mod trials;
pub mod values;

use std::sync::Arc;

use proptest::prelude::*;
use recension_model::Record;
use recension_versioning::{Manifest, Registry};

#[doc(hidden)]
pub use proptest;

#[cfg(feature = "gate")]
pub use law_runs::law_runs;
pub use prove::{prove_object, typed};
pub use trials::Trials;

/// What a law is tried on.
#[derive(Clone, Debug)]
pub struct Case {
    /// Objects that know each other.
    pub registry: Arc<Registry>,
    /// An object of one of them; in one case of three its tree is of random versions, else of the newest.
    pub record: Record,
    /// A version of each object.
    pub versions: Manifest,
    /// Another object like the first, in a tree of these versions: what somebody there might make of it.
    pub other: Record,
}

/// An object of a random history, and versions to take it to.
pub fn cases() -> impl Strategy<Value = Case> {
    let registries = families::families().prop_filter_map("a history does not fold", |family| Some((family.registry().ok()?, family.root)));
    registries.prop_flat_map(|(registry, root)| {
        let registry = Arc::new(registry);
        let versions = records::versions(&registry);
        let start = prop_oneof![2 => Just(Manifest::default()), 1 => versions.clone()];
        (start, versions).prop_flat_map(move |(start, versions)| {
            let registry = registry.clone();
            let records = (records::records(&registry, &root, &start), records::records(&registry, &root, &versions));
            records.prop_map(move |(record, other)| Case { registry: registry.clone(), record, versions: versions.clone(), other })
        })
    })
}
