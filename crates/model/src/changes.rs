//! Sets of fields of one object.

use std::fmt;

/// How many fields an object may have: as many as a [`FieldSet`] has bits.
pub const FIELDS_MAX: usize = 128;

/// A set of fields of one object, by index: the changed ones, for instance. One word, no allocation.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct FieldSet(u128);

impl FieldSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// Whether the field at `index` is in the set.
    #[must_use]
    pub const fn contains(self, index: usize) -> bool {
        index < FIELDS_MAX && self.0 >> index & 1 == 1
    }

    /// Adds the field at `index`. An index past [`FIELDS_MAX`] is ignored: no object has such a field.
    pub const fn insert(&mut self, index: usize) {
        if index < FIELDS_MAX {
            self.0 |= 1 << index;
        }
    }

    /// Takes the field at `index` out.
    pub const fn remove(&mut self, index: usize) {
        if index < FIELDS_MAX {
            self.0 &= !(1 << index);
        }
    }

    /// Takes every field out.
    pub const fn clear(&mut self) {
        self.0 = 0;
    }

    /// How many fields are in the set.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether no field is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The indices in the set, lowest first.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            // The number of a lowest bit is below 128, and there is none in an empty set.
            let index = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(index)
        })
    }
}

impl FromIterator<usize> for FieldSet {
    fn from_iter<I: IntoIterator<Item = usize>>(indices: I) -> Self {
        let mut set = Self::EMPTY;
        indices.into_iter().for_each(|index| set.insert(index));
        set
    }
}

impl fmt::Debug for FieldSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
