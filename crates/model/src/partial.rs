//! An object of which some fields may be missing.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::{Carry, Draft, Error, Object, ObjectDraft, Record};

/// An object of which some fields may be missing: a projection from a store, or a message that does not
/// show everything. Reads and writes as a draft.
#[derive(Clone)]
pub struct Partial<T: Object> {
    draft: Draft<T>,
    carry: Option<Box<Carry>>,
}

impl<T: Object> Partial<T> {
    /// The complete object.
    ///
    /// # Errors
    /// [`Error::Incomplete`] names the fields that are not set.
    pub fn complete(self) -> Result<T, Error> {
        T::from_draft(self.draft).map_err(|missing| missing.of(&T::declaration().head.name))
    }

    /// What an older version could not say, if the object came in one.
    #[must_use]
    pub fn carry(&self) -> Option<&Carry> {
        self.carry.as_deref()
    }

    /// The object as a record, with its carry and those of the objects in it.
    #[must_use]
    pub fn to_record(&self) -> Record {
        let mut record = self.draft.to_record();
        if let Some(carry) = self.carry() {
            carry.spread(&mut record);
        }
        record
    }

    /// The object from a record of the newest version, with the carry.
    ///
    /// # Errors
    /// As [`ObjectDraft::from_record`].
    pub fn from_record(mut record: Record) -> Result<Self, Error> {
        let carry = Carry::gather(&mut record);
        let carry = (!carry.is_empty()).then(|| Box::new(carry));
        Ok(Self { draft: ObjectDraft::from_record(record)?, carry })
    }
}

impl<T: Object> Deref for Partial<T> {
    type Target = Draft<T>;

    fn deref(&self) -> &Draft<T> {
        &self.draft
    }
}

impl<T: Object> DerefMut for Partial<T> {
    fn deref_mut(&mut self) -> &mut Draft<T> {
        &mut self.draft
    }
}

impl<T: Object> fmt::Debug for Partial<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Partial").field(&self.draft).finish()
    }
}
