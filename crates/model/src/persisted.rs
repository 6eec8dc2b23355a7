//! An object that came from a store.

use std::fmt;
use std::ops::Deref;

use crate::{Carry, Edit, Object, ObjectDraft, Record};

/// The counter of a row: how many times it was written. A new row has 1; a row written by a program that
/// does not know the counter has NULL, which counts as 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A complete object that came from a store, with the revision its row had. Reads as the object itself.
///
/// It has no `create`: only a draft can be created, so an object cannot be stored twice by mistake
/// (S20).
#[derive(Clone)]
pub struct Persisted<T: Object> {
    object: T,
    revision: Revision,
    carry: Option<Box<Carry>>,
}

impl<T: Object> Persisted<T> {
    /// For stores, and for messages between nodes of one service: joins an object and the revision of its row.
    #[doc(hidden)]
    #[must_use]
    pub fn assemble(object: T, revision: Revision, carry: Carry) -> Self {
        Self { object, revision, carry: (!carry.is_empty()).then(|| Box::new(carry)) }
    }

    /// The revision the row had when it was read.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// What an older version could not say, if the object came in one.
    #[must_use]
    pub fn carry(&self) -> Option<&Carry> {
        self.carry.as_deref()
    }

    /// The object without its revision.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.object
    }

    /// Begins to change the object: nothing is changed yet.
    #[must_use]
    pub fn edit(&self) -> Edit<T> {
        Edit::of(self.clone())
    }

    /// The object as a record, with its carry and those of the objects in it.
    #[must_use]
    pub fn to_record(&self) -> Record {
        let mut record = self.object.clone().into_draft().to_record();
        if let Some(carry) = self.carry() {
            carry.spread(&mut record);
        }
        record
    }
}

impl<T: Object> Deref for Persisted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.object
    }
}

impl<T: Object + PartialEq> PartialEq for Persisted<T> {
    fn eq(&self, other: &Self) -> bool {
        self.object == other.object && self.revision == other.revision && self.carry == other.carry
    }
}

impl<T: Object> fmt::Debug for Persisted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Persisted").field("object", &self.object).field("revision", &self.revision.0).finish_non_exhaustive()
    }
}
