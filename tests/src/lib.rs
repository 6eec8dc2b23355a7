//! What more than one test that crosses crates needs.

mod every_op;
mod given;
mod kinds;
pub mod nova;
mod sample;

pub use every_op::{Extent, ExtentDraft, Grade, Mood, Place, PlaceDraft, Shelf, ShelfDraft, Store, StoreDraft};
pub use given::given;
pub use kinds::{Cable, CableDraft, CableServerFields, Device, DeviceDraft, Kinds, KindsColumns, KindsDraft, KindsServerFields, Phase};
pub use sample::{Part, PartDraft, PartServerFields, Sample, SampleColumns, SampleDraft, SampleServerFields, State};
