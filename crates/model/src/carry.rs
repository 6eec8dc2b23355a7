//! What an older version could not say, kept beside the object.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::{ObjectVersion, Slot};

/// What the conversions of an object could not express in its present version. It travels beside the
/// object and is taken up again on the way back, so that a journey through an older (or newer) release
/// loses nothing.
///
/// It is filed by *hop*: the version whose ops were undone or done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Carry {
    hops: BTreeMap<ObjectVersion, Hop>,
}

/// What is carried for one hop. `Debug` shows no value.
#[derive(Clone, PartialEq)]
pub enum Hop {
    /// Fields by name. Sparse: a field that is not here was unset. (Where the whole hop is absent nothing
    /// is known, and a default applies.)
    Known(BTreeMap<Arc<str>, Carried>),
    /// The hop of a release that this program does not know, in JSON as it came. It is handed back unread.
    Opaque(Arc<str>),
}

impl fmt::Debug for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(fields) => f.debug_tuple("Known").field(fields).finish(),
            // Nothing is known of what is in it, so all of it may be secret.
            Self::Opaque(json) => write!(f, "Opaque(<{} bytes>)", json.len()),
        }
    }
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

    /// Files a hop, in place of what was carried for it.
    pub fn put(&mut self, version: ObjectVersion, hop: Hop) {
        self.hops.insert(version, hop);
    }

    /// Takes a hop out.
    pub fn take(&mut self, version: &ObjectVersion) -> Option<Hop> {
        self.hops.remove(version)
    }

    /// The hops, lowest version first.
    pub fn hops(&self) -> impl Iterator<Item = (&ObjectVersion, &Hop)> {
        self.hops.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    #[test]
    fn s11_debug_of_a_carry_shows_no_value() {
        let mut carry = Carry::default();
        let field = Carried { slot: Value::from("canary").into(), changed: true };
        carry.put(ObjectVersion::new(1, 1), Hop::Known(BTreeMap::from([("note".into(), field)])));
        carry.put(ObjectVersion::new(9, 0), Hop::Opaque(r#"{"data":{"token":"canary"}}"#.into()));
        let shown = format!("{carry:?}");
        assert!(shown.contains("note") && !shown.contains("canary"), "{shown}");
    }
}
