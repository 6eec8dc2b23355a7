//! What more than one test that crosses crates needs.

mod kinds;
pub mod nova;
mod sample;

pub use kinds::{Cable, CableDraft, CableServerFields, Device, DeviceDraft, Kinds, KindsDraft, KindsServerFields, Phase};
pub use sample::{Part, PartDraft, PartServerFields, Sample, SampleDraft, SampleServerFields, State};
