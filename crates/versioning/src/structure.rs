//! What conversions come to, where they only move fields: a plan for whoever reads and writes objects without
//! converting them.

use recension_model::{FieldSpec, ObjectVersion, Slot};

use crate::Lineage;
use crate::lineage::{HopPlan, NewerField, OlderField};

/// How an object of the newest shape is told to a reader of an older one.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct Downward {
    /// For each field of the older shape, what it shows.
    pub fields: Vec<Source>,
    /// What is carried for each hop, lowest version first, in order of name.
    pub hops: Vec<DownHop>,
}

/// What is carried for one hop.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct DownHop {
    /// The version that the hop leads to.
    pub version: ObjectVersion,
    /// The fields that it added, and what they hold.
    pub fields: Vec<(FieldSpec, Source)>,
}

/// Where the state of a field comes from.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub enum Source {
    /// From the field of the newest shape at this index.
    Head(usize),
    /// An object that never had the field shows this.
    Fallback(Slot),
}

/// How an object of an older shape becomes one of the newest.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct Upward {
    /// For each field of the older shape, its index in the newest, if that still has it.
    pub fields: Vec<Option<usize>>,
    /// For each hop, lowest version first, the fields that it added.
    pub hops: Vec<UpHop>,
}

/// The fields that one hop added.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct UpHop {
    /// The version that the hop leads to.
    pub version: ObjectVersion,
    /// Each field as it was then, its index in the newest shape, if that still has it, and what an object made
    /// before it gets.
    pub fields: Vec<(FieldSpec, Option<usize>, Slot)>,
}

impl Lineage {
    /// How an object is told to a reader of `version`; `None` if that takes more than moving fields, or the
    /// history has not that version.
    #[doc(hidden)]
    #[must_use]
    pub fn downward(&self, version: &ObjectVersion) -> Option<Downward> {
        let place = self.place(version)?;
        let hops = self.structural_hops(place)?;
        let mut fields: Vec<Source> = (0..self.head().fields.len()).map(Source::Head).collect();
        let mut carried = Vec::new();
        for (hop, newer) in hops.iter().zip(self.shapes().iter().skip(place + 1)).rev() {
            let mut added = Vec::new();
            for index in hop.added() {
                added.push((newer.fields.get(index)?.clone(), fields.get(index)?.clone()));
            }
            added.sort_by(|(left, _), (right, _)| left.name.cmp(&right.name));
            if !added.is_empty() {
                carried.push(DownHop { version: newer.version.clone(), fields: added });
            }
            let older = hop.older.iter().map(|field| match field {
                OlderField::Kept(index) => fields.get(*index).cloned(),
                OlderField::Removed(fallback) => Some(Source::Fallback(fallback.clone())),
                OlderField::Regrouped(_) => None,
            });
            fields = older.collect::<Option<_>>()?;
        }
        carried.reverse();
        Some(Downward { fields, hops: carried })
    }

    /// How an object of `version` becomes one of the newest; `None` if that takes more than moving fields, or the
    /// history has not that version.
    #[doc(hidden)]
    #[must_use]
    pub fn upward(&self, version: &ObjectVersion) -> Option<Upward> {
        let place = self.place(version)?;
        let hops = self.structural_hops(place)?;
        // From the newest back, each field of a shape with its place in the newest.
        let mut present: Vec<Option<usize>> = (0..self.head().fields.len()).map(Some).collect();
        let mut up = Vec::new();
        for (hop, newer) in hops.iter().zip(self.shapes().iter().skip(place + 1)).rev() {
            let mut added = Vec::new();
            for (index, field) in hop.newer.iter().enumerate() {
                if let NewerField::Added(default) = field {
                    added.push((newer.fields.get(index)?.clone(), *present.get(index)?, default.clone()));
                }
            }
            up.push(UpHop { version: newer.version.clone(), fields: added });
            let older = hop.older.iter().map(|field| match field {
                OlderField::Kept(index) => present.get(*index).copied(),
                OlderField::Removed(_) => Some(None),
                OlderField::Regrouped(_) => None,
            });
            present = older.collect::<Option<_>>()?;
        }
        up.reverse();
        Some(Upward { fields: present, hops: up })
    }

    /// The hops from the shape at `place` to the newest, if all of them only move fields.
    fn structural_hops(&self, place: usize) -> Option<&[HopPlan]> {
        self.hops().get(place..).filter(|hops| hops.iter().all(HopPlan::only_moves))
    }
}
