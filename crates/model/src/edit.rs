//! Changes to an object that is in a store.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::{Draft, Error, FieldSet, Object, ObjectDraft, Persisted, Record, Rule};

/// Changes to an object that is in a store, with the object and the revision they are based on.
///
/// Reads and writes as a draft in which nothing but the touched fields is set: `set_*` gives a value,
/// `clear_*` null, and a field that is not touched is not written.
#[derive(Clone)]
pub struct Edit<T: Object> {
    base: Persisted<T>,
    draft: Draft<T>,
}

impl<T: Object> Edit<T> {
    pub(crate) fn of(base: Persisted<T>) -> Self {
        Self { base, draft: T::draft() }
    }

    /// For messages between nodes of one service: joins an object as it is to become, the revision of its
    /// row, and a draft in which the changed fields are set.
    #[doc(hidden)]
    #[must_use]
    pub fn assemble(base: Persisted<T>, draft: Draft<T>) -> Self {
        Self { base, draft }
    }

    /// The object as it was read.
    #[must_use]
    pub const fn base(&self) -> &Persisted<T> {
        &self.base
    }

    /// The same changes on top of a newer state of the object: what to do after a conflict, once a
    /// program (or a person) has looked at what the other writer did.
    #[must_use]
    pub fn rebase(self, base: Persisted<T>) -> Self {
        Self { base, draft: self.draft }
    }

    /// The changed fields: those that were touched.
    #[must_use]
    pub fn touched(&self) -> FieldSet {
        self.draft.changes()
    }

    /// The whole object as it would be after the changes, with the change set and the carry of the base.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a change breaks a rule of its field: its limits, or [`Rule::ServerSet`] or
    /// [`Rule::ReadOnly`] for a field that the service fills or that cannot change. Giving a read-only field
    /// the value it has is allowed, and is no change.
    pub fn to_record(&self) -> Result<Record, Error> {
        let mut record = T::to_record(&self.base);
        let spec = record.spec().clone();
        let mut changes = FieldSet::EMPTY;
        for index in self.draft.changes().iter() {
            let Some(field) = spec.fields.get(index) else { continue };
            let slot = field.admit(self.draft.slot(index)).map_err(|rule| spec.invalid(index, rule))?;
            if (field.read_only || field.server_set) && slot == *record.at(index) {
                continue;
            }
            if field.server_set {
                return Err(spec.invalid(index, Rule::ServerSet));
            }
            if field.read_only {
                return Err(spec.invalid(index, Rule::ReadOnly));
            }
            if let Some(rule) = field.forbids(record.at(index), &slot) {
                return Err(spec.invalid(index, rule));
            }
            record.fill(index, slot)?;
            changes.insert(index);
        }
        record.set_changes(changes);
        if let Some(carry) = self.base.carry() {
            carry.spread(&mut record);
        }
        Ok(record)
    }
}

impl<T: Object> Deref for Edit<T> {
    type Target = Draft<T>;

    fn deref(&self) -> &Draft<T> {
        &self.draft
    }
}

impl<T: Object> DerefMut for Edit<T> {
    fn deref_mut(&mut self) -> &mut Draft<T> {
        &mut self.draft
    }
}

impl<T: Object> fmt::Debug for Edit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edit").field("changes", &self.draft).field("base_revision", &self.base.revision().0).finish_non_exhaustive()
    }
}
