//! What more than one test that crosses crates needs.

pub mod nova;
mod sample;

pub use sample::{Part, PartDraft, PartServerFields, Sample, SampleDraft, SampleServerFields, State};
