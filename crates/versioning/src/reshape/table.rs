//! Values by a table.

use recension_model::{FieldSpec, Slot, Value};

use super::{Direction, fits, fitting};
use recension_model::Misfit;

/// The pairs of an op `map_values`, in the form that records hold.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) pairs: Vec<(Value, Value)>,
    /// What stands for a newer value that the older type has not, and for an older that the newer has not.
    pub(crate) fallback: Slot,
    pub(crate) fill: Slot,
}

impl Table {
    /// What a value is on the other side: by the table, else itself if `to` has it, else what stands for it.
    pub(super) fn apply(&self, value: &Value, to: &FieldSpec, direction: Direction) -> Result<Slot, Misfit> {
        let (found, otherwise) = match direction {
            Direction::Up => (self.pairs.iter().find(|(older, _)| older == value).map(|(_, newer)| newer), &self.fill),
            Direction::Down => (self.pairs.iter().find(|(_, newer)| newer == value).map(|(older, _)| older), &self.fallback),
        };
        match found {
            Some(found) => Ok(found.clone().into()),
            None => fitting(fits(to, value.clone().into()), otherwise),
        }
    }
}
