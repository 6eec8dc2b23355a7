//! Of which version the objects in a field are, by the version of the object that holds them.

use std::sync::Arc;

use recension_model::{ObjectName, ObjectSpec, ObjectVersion};

use super::{HopPlan, NewerField};
use crate::{HistoryError, OpFault};

/// An op `child` on a field that both versions have.
#[derive(Clone, Debug)]
pub(crate) struct PinOp {
    /// Where the field is in the older shape and in the newer.
    pub(super) older: usize,
    pub(super) newer: usize,
    /// The object that it holds.
    pub(super) child: ObjectName,
    pub(super) from: ObjectVersion,
    pub(super) to: ObjectVersion,
    /// The op as it is declared, for messages.
    pub(super) sentence: String,
}

/// For each shape and each of its fields, the version of the objects in it where the history says so.
#[derive(Clone, Debug, Default)]
pub(super) struct Pins(Vec<Vec<Option<ObjectVersion>>>);

impl Pins {
    /// Follows the ops from the first version to the newest: what one begins with holds for all versions
    /// before it, and what it ends with for all versions since.
    pub(super) fn of(shapes: &[Arc<ObjectSpec>], hops: &[HopPlan]) -> Result<Self, HistoryError> {
        let mut pins = Self(shapes.iter().map(|shape| vec![None; shape.fields.len()]).collect());
        for (place, (hop, shape)) in hops.iter().zip(shapes.iter().skip(1)).enumerate() {
            for op in &hop.pins {
                match pins.at(place, op.older) {
                    Some(pinned) if *pinned != op.from => {
                        return Err(HistoryError::Op {
                            object: shape.name.clone(),
                            version: shape.version.clone(),
                            op: op.sentence.clone(),
                            fault: OpFault::PinnedElsewhere(pinned.clone()),
                        });
                    }
                    Some(_) => {}
                    None => pins.fill_back(hops, place, op),
                }
            }
            for (index, field) in hop.newer.iter().enumerate() {
                let NewerField::Kept(older) = *field else { continue };
                let op = hop.pins.iter().find(|op| op.newer == index);
                let pin = op.map(|op| op.to.clone()).or_else(|| pins.at(place, older).cloned());
                pins.put(place + 1, index, pin);
            }
        }
        Ok(pins)
    }

    pub(super) fn at(&self, place: usize, field: usize) -> Option<&ObjectVersion> {
        self.0.get(place)?.get(field)?.as_ref()
    }

    fn put(&mut self, place: usize, field: usize, pin: Option<ObjectVersion>) {
        if let Some(slot) = self.0.get_mut(place).and_then(|fields| fields.get_mut(field)) {
            *slot = pin;
        }
    }

    /// Pins a field in the version before an op, and in those before that as far as they have it.
    fn fill_back(&mut self, hops: &[HopPlan], place: usize, op: &PinOp) {
        let (mut place, mut field) = (place, op.older);
        loop {
            self.put(place, field, Some(op.from.clone()));
            let Some(before) = place.checked_sub(1) else { return };
            let older = hops.get(before).and_then(|hop| hop.newer.get(field));
            let Some(NewerField::Kept(older)) = older else { return };
            (place, field) = (before, *older);
        }
    }
}

impl super::Lineage {
    /// Every op `child` of the history: the version that it led to, its field there, and what it says.
    pub(crate) fn pinned(&self) -> impl Iterator<Item = (&ObjectSpec, &str, &ObjectName, [&ObjectVersion; 2])> {
        let hops = self.hops.iter().zip(self.shapes.iter().skip(1));
        hops.flat_map(|(hop, shape)| {
            hop.pins.iter().filter_map(|op| {
                let field = shape.fields.get(op.newer)?;
                Some((&**shape, &*field.name, &op.child, [&op.from, &op.to]))
            })
        })
    }
}
