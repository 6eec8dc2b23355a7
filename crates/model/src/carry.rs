//! What an older version could not say, kept beside the object.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::record::{ChildPlace, visit_field};
use crate::{ObjectVersion, Record, Slot};

/// What the conversions of an object could not express in its present version. It travels beside the
/// object and is taken up again on the way back, so that a journey through an older (or newer) release
/// loses nothing.
///
/// It is filed by *hop*: the version whose ops were undone or done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Carry {
    hops: BTreeMap<ObjectVersion, Hop>,
    /// What the objects in a typed object carry, which its Rust type has no place for.
    nested: Vec<Nested>,
}

/// The carry of an object inside another, and by what it is known again.
#[derive(Clone, Debug, PartialEq)]
struct Nested {
    field: usize,
    identity: Vec<Slot>,
    carry: Carry,
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
        self.hops.is_empty() && self.nested.is_empty()
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

impl Carry {
    /// Takes the carry of a record and those of the objects in it, to be kept beside a typed object.
    #[doc(hidden)]
    #[must_use]
    pub fn gather(record: &mut Record) -> Self {
        let mut carry = record.take_carry();
        record.visit_children(&mut |place, child| carry.gather_child(place, child));
        carry
    }

    /// Takes the carries of the objects in the field at index `field` too, whose state is `slot`.
    #[doc(hidden)]
    pub fn gather_field(&mut self, field: usize, slot: &mut Slot) {
        visit_field(field, slot, &mut |place, child| self.gather_child(place, child));
    }

    fn gather_child(&mut self, place: ChildPlace<'_>, child: &mut Record) {
        let carry = Self::gather(child);
        if !carry.is_empty() {
            self.nested.push(Nested { field: place.field, identity: identity(&place, child), carry });
        }
    }

    /// The same for the object itself, and `inner` for the objects in it.
    #[doc(hidden)]
    #[must_use]
    pub fn with_nested_of(mut self, inner: Self) -> Self {
        self.nested = inner.nested;
        self
    }

    /// Gives a record back what [`gather`](Self::gather) took. An object in it is known again by what cannot
    /// change of it; one that was replaced or removed meanwhile gets nothing.
    #[doc(hidden)]
    pub fn spread(&self, record: &mut Record) {
        let mut left: Vec<&Nested> = self.nested.iter().collect();
        record.visit_children(&mut |place, child| {
            let identity = identity(&place, child);
            let found = left.iter().position(|nested| nested.field == place.field && nested.identity == identity);
            if let Some(found) = found {
                left.remove(found).carry.spread(child);
            }
        });
        record.set_carry(Self { hops: self.hops.clone(), nested: Vec::new() });
    }
}

/// What an object in another is known again by, whatever an old writer changes of it: its name in a map, else
/// the fields that cannot change once it exists. An item of a list that has none is known only while nothing
/// of it changes.
fn identity(place: &ChildPlace<'_>, child: &Record) -> Vec<Slot> {
    if let Some(name) = place.name {
        return vec![Slot::from(name)];
    }
    let fields = || child.spec().fields.iter().zip(child.slots());
    let fixed: Vec<Slot> = fields().filter(|(field, _)| field.read_only).map(|(_, slot)| slot.clone()).collect();
    if fixed.is_empty() && place.is_item { child.slots().to_vec() } else { fixed }
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
