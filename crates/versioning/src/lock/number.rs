//! The number of each field: its identity, whatever it is called.

use super::error::{LockError, LockFault};
use crate::Lineage;
use crate::lineage::{NewerField, OlderField};

/// The numbers of an object's fields, of those that are gone too. A number is given once and for all: in the order of
/// the versions, and of the names in a version, so that every branch which knows the same versions gives the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    live: Vec<(String, u32)>,
    gone: Vec<GoneField>,
}

/// A field that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GoneField {
    /// Its number.
    pub number: u32,
    /// What it was called last.
    pub name: String,
    /// The version that has it no more.
    pub removed: String,
}

impl Numbers {
    pub(super) fn of(lineage: &Lineage) -> Self {
        let mut next = 1..;
        let mut number = || next.next().unwrap_or(u32::MAX);
        let mut gone = Vec::new();
        let mut live: Vec<u32> = Vec::new();
        for (place, shape) in lineage.shapes().iter().enumerate() {
            let hop = place.checked_sub(1).and_then(|before| lineage.hops().get(before));
            let mut numbers: Vec<Option<u32>> = match hop {
                None => vec![None; shape.fields.len()],
                Some(hop) => hop
                    .newer
                    .iter()
                    .map(|field| if let NewerField::Kept(older) = field { live.get(*older).copied() } else { None })
                    .collect(),
            };
            if let Some((hop, before)) = hop.zip(place.checked_sub(1).and_then(|before| lineage.shapes().get(before))) {
                let removed =
                    hop.older.iter().zip(&before.fields).zip(&live).filter(|((field, _), _)| !matches!(field, OlderField::Kept(_)));
                gone.extend(removed.map(|((_, field), number)| GoneField {
                    number: *number,
                    name: field.name.to_string(),
                    removed: shape.version.to_string(),
                }));
            }
            let mut fresh: Vec<usize> = (0..numbers.len()).filter(|index| numbers.get(*index).is_some_and(Option::is_none)).collect();
            fresh.sort_by_key(|index| shape.fields.get(*index).map(|field| field.name.clone()));
            for index in fresh {
                if let Some(place) = numbers.get_mut(index) {
                    *place = Some(number());
                }
            }
            live = numbers.into_iter().flatten().collect();
        }
        let names = lineage.head().fields.iter().map(|field| field.name.to_string());
        Self { live: names.zip(live).collect(), gone }
    }

    /// The number of the field called `name`.
    #[must_use]
    pub fn of_field(&self, name: &str) -> Option<u32> {
        self.live.iter().find(|(live, _)| live == name).map(|(_, number)| *number)
    }

    /// The fields that are gone, in the order in which they went.
    pub fn gone(&self) -> impl Iterator<Item = &GoneField> {
        self.gone.iter()
    }

    /// Notes the number of a field.
    pub(super) fn take(&mut self, number: u32, name: &str) -> Result<(), LockError> {
        self.check(number)?;
        self.live.push((name.to_owned(), number));
        Ok(())
    }

    /// Notes the number of a field that is gone.
    pub(super) fn bury(&mut self, number: u32, name: &str, removed: &str) -> Result<(), LockError> {
        self.check(number)?;
        self.gone.push(GoneField { number, name: name.to_owned(), removed: removed.to_owned() });
        Ok(())
    }

    fn check(&self, number: u32) -> Result<(), LockError> {
        let taken =
            self.live.iter().map(|(_, number)| *number).chain(self.gone.iter().map(|gone| gone.number)).any(|taken| taken == number);
        if taken { Err(LockError::new(LockFault::NumberTaken(number))) } else { Ok(()) }
    }
}
