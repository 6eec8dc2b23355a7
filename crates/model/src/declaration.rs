//! A shape together with the steps that led to it.

use std::sync::Arc;

use crate::{ObjectSpec, ObjectVersion, Op};

/// An object as its author declares it: the newest shape, and the releases that led to it. What follows
/// from it (older shapes, conversions, fingerprints) is worked out by `recension-versioning`.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// The newest shape. Its version is that of the last release.
    pub head: Arc<ObjectSpec>,
    /// Every release, oldest first; the first has no ops.
    pub releases: Vec<Release>,
}

/// One version of an object, and how it differs from the version before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    /// The version.
    pub version: ObjectVersion,
    /// What changed and why, in a sentence: the changelog is read off it.
    pub why: String,
    /// What changed, in order.
    pub ops: Vec<Op>,
}

impl Release {
    /// A release without ops.
    pub fn new(version: ObjectVersion, why: &str) -> Self {
        Self { version, why: why.to_owned(), ops: Vec::new() }
    }

    /// Adds an op.
    #[must_use]
    pub fn op(mut self, op: Op) -> Self {
        self.ops.push(op);
        self
    }
}
