//! What becomes of each field on a way: over one hop, and over many that only move fields.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use recension_model::{Carried, Carry, FieldSet, Hop, ObjectSpec, ObjectVersion, Record, Slot};

use crate::Lineage;
use crate::lineage::{HopPlan, NewerField, OlderField};

/// One direction of a hop: for each target field its source, or what stands for it; and the source fields
/// that have no target.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moves {
    pub(crate) targets: Vec<Target>,
    pub(crate) dropped: Vec<usize>,
}

/// Where the state of a field is from.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// It is made of other fields.
    Made,
    From(usize),
    /// A whole object gets this.
    Default(Slot),
}

impl Moves {
    pub(crate) fn down(plan: &HopPlan) -> Self {
        let target = |field: &OlderField| match field {
            OlderField::Kept(newer) => Target::From(*newer),
            OlderField::Removed(fallback) => Target::Default(fallback.clone()),
            OlderField::Regrouped(_) => Target::Made,
        };
        Self { targets: plan.older.iter().map(target).collect(), dropped: plan.added().collect() }
    }

    pub(crate) fn up(plan: &HopPlan) -> Self {
        let target = |field: &NewerField| match field {
            NewerField::Kept(older) => Target::From(*older),
            NewerField::Added(default) => Target::Default(default.clone()),
            NewerField::Regrouped(_) => Target::Made,
        };
        Self { targets: plan.newer.iter().map(target).collect(), dropped: plan.removed().collect() }
    }
}

/// What one hop leaves behind: the version under which it is carried, and each field by its name.
type LeftBehind = (ObjectVersion, Vec<(Arc<str>, Target)>);

/// Several hops at once, none of which changes a value.
#[derive(Clone, Debug)]
pub(crate) struct Jump {
    to: Arc<ObjectSpec>,
    targets: Vec<Target>,
    /// What is carried for each hop that leaves fields behind.
    carried: Vec<LeftBehind>,
    /// Every hop, each by the version under which its carry is filed.
    hops: Vec<ObjectVersion>,
}

impl Jump {
    /// Follows the fields of the shape at `from` over each hop; `None` where one changes a value.
    fn new(lineage: &Lineage, from: usize, to: usize) -> Option<Self> {
        let down = from > to;
        let (low, high) = (from.min(to), from.max(to));
        let hops = lineage.hops().get(low..high)?;
        if !hops.iter().all(HopPlan::only_moves) {
            return None;
        }
        let shapes = lineage.shapes();
        let mut targets: Vec<Target> = (0..shapes.get(from)?.fields.len()).map(Target::From).collect();
        let (mut carried, mut filed) = (Vec::new(), Vec::new());
        let places: Vec<usize> = if down { (low..high).rev().collect() } else { (low..high).collect() };
        for place in places {
            let (hop, newer) = (lineage.hops().get(place)?, shapes.get(place + 1)?);
            let (moves, source) = if down { (&hop.down, newer) } else { (&hop.up, shapes.get(place)?) };
            let named = |index: &usize| Some((source.fields.get(*index)?.name.clone(), targets.get(*index)?.clone()));
            let left: Vec<_> = moves.dropped.iter().filter_map(named).collect();
            if !left.is_empty() {
                carried.push((newer.version.clone(), left));
            }
            filed.push(newer.version.clone());
            let next = |target: &Target| match target {
                Target::From(index) => targets.get(*index).cloned(),
                other => Some(other.clone()),
            };
            targets = moves.targets.iter().map(next).collect::<Option<_>>()?;
        }
        Some(Self { to: shapes.get(to)?.clone(), targets, carried, hops: filed })
    }

    /// Whether a carry says something of one of the hops: then they are taken one by one.
    pub(crate) fn meets(&self, carry: &Carry) -> bool {
        carry.hops().any(|(version, _)| self.hops.contains(version))
    }

    /// Takes an object over the hops. A whole one gets what stands for fields that it has not.
    pub(crate) fn take(&self, mut record: Record, whole: bool) -> Record {
        let changes = record.changes();
        let mut carry = record.take_carry();
        let mut state = |target: &Target| match target {
            Target::From(index) => (record.take(*index), changes.contains(*index)),
            Target::Default(slot) if whole => (slot.clone(), false),
            Target::Default(_) | Target::Made => (Slot::Unset, false),
        };
        for (version, fields) in &self.carried {
            let mut kept = BTreeMap::new();
            for (name, target) in fields {
                let (slot, changed) = state(target);
                if slot.is_set() || changed {
                    kept.insert(name.clone(), Carried { slot, changed });
                }
            }
            carry.put(version.clone(), Hop::Known(kept));
        }
        let mut moved = FieldSet::EMPTY;
        let mut slots = Vec::with_capacity(self.targets.len());
        for (index, target) in self.targets.iter().enumerate() {
            let (slot, changed) = state(target);
            slots.push(slot);
            if changed {
                moved.insert(index);
            }
        }
        Record::assemble(self.to.clone(), slots, moved, carry)
    }
}

/// The plans of jumps from the newest version and to it, each made when it is first needed. (Other ways are taken hop by hop: nobody
/// has asked for a table of all pairs.)
#[derive(Clone, Debug, Default)]
pub(crate) struct Jumps {
    down: Vec<OnceLock<Option<Jump>>>,
    up: Vec<OnceLock<Option<Jump>>>,
}

impl Jumps {
    pub(crate) fn new(versions: usize) -> Self {
        let plans = || (0..versions).map(|_| OnceLock::new()).collect();
        Self { down: plans(), up: plans() }
    }

    pub(crate) fn get(&self, lineage: &Lineage, from: usize, to: usize) -> Option<&Jump> {
        let newest = self.down.len().checked_sub(1)?;
        let place = match (from, to) {
            (from, to) if from == newest && to + 1 < newest => self.down.get(to),
            (from, to) if to == newest && from + 1 < newest => self.up.get(from),
            _ => None,
        };
        place?.get_or_init(|| Jump::new(lineage, from, to)).as_ref()
    }
}
