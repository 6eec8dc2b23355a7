//! What more than one test that crosses crates needs.

mod sample;

pub use sample::{Part, PartDraft, PartServerFields, Sample, SampleDraft, SampleServerFields, State};
