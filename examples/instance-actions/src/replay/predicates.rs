//! The named conditions of rules.
//!
//! Each looks at a [`Situation`]: the call, the context and the rows before it. None of them sees the number
//! of a step or what came of it, so the rules hold for any sequence of the notation.

mod copying;
mod ending;
mod objects;
mod reading;
mod recording;

use super::situation::Situation;

/// A condition of a rule.
pub(super) type Predicate = fn(&Situation<'_>) -> bool;

/// The predicate of that name.
pub(super) fn named(name: &str) -> Option<Predicate> {
    let all = [reading::ALL, recording::ALL, ending::ALL, copying::ALL, objects::ALL];
    all.into_iter().flatten().find(|(known, _)| *known == name).map(|(_, predicate)| *predicate)
}

/// Predicates of one subject, by name.
type Named = &'static [(&'static str, Predicate)];
