//! What an older version could not say, kept beside the object.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{ObjectVersion, Slot};

/// What the conversions of an object could not express in its present version. It travels beside the
/// object and is taken up again on the way back, so that a journey through an older (or newer) release
/// loses nothing.
///
/// Sparse: only fields that were set are in it. It is filed by *hop*, the version whose ops were undone or
/// done. A hop that is there without a field says that the field was unset; a hop that is not there says
/// nothing is known, and a default applies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Carry {
    hops: BTreeMap<ObjectVersion, BTreeMap<Arc<str>, Carried>>,
}

/// One carried field.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// Null or a value.
    pub slot: Slot,
    /// Whether the field was in the change set.
    pub changed: bool,
}

impl Carry {
    /// Whether nothing is carried.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hops.is_empty()
    }

    /// Opens a hop, so that it is there even if no field of it is set.
    pub fn open(&mut self, hop: &ObjectVersion) {
        self.hops.entry(hop.clone()).or_default();
    }

    /// Whether the hop is there.
    #[must_use]
    pub fn has(&self, hop: &ObjectVersion) -> bool {
        self.hops.contains_key(hop)
    }

    /// Carries a field. An unset one is not filed: the hop alone says that it was unset.
    pub fn put(&mut self, hop: &ObjectVersion, field: &Arc<str>, carried: Carried) {
        let fields = self.hops.entry(hop.clone()).or_default();
        if carried.slot.is_set() || carried.changed {
            fields.insert(field.clone(), carried);
        }
    }

    /// Takes a field out again.
    pub fn take(&mut self, hop: &ObjectVersion, field: &str) -> Option<Carried> {
        self.hops.get_mut(hop)?.remove(field)
    }

    /// Closes a hop, once its fields are taken out.
    pub fn close(&mut self, hop: &ObjectVersion) {
        self.hops.remove(hop);
    }

    /// The hops, lowest version first, each with its fields in order of name.
    pub fn hops(&self) -> impl Iterator<Item = (&ObjectVersion, &BTreeMap<Arc<str>, Carried>)> {
        self.hops.iter()
    }
}
