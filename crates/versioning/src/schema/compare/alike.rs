//! Schemas that say the same, seen before anything is searched for.
//!
//! Most of two versions is the same in both. What says the same under the same keywords, and refers to what does, is one schema from
//! then on, by whatever name and in whichever document it stands: the coarsest such parting, found by refining it until it holds.

use std::collections::HashMap;
use std::fmt::Write;

use super::arena::{Arena, Demand, Id, Rule};

/// Schemas that are looked at, all rounds together, before what is alike is left to the search.
const LOOKS_MAX: usize = 1_000_000;
/// Rounds that are made however many schemas there are.
const ROUNDS_MIN: usize = 16;

impl Arena {
    /// Finds the schemas that say the same.
    pub(super) fn join_alike(&mut self) {
        let mut shapes = HashMap::new();
        let parts: Vec<(usize, Vec<Id>)> = (0..self.nodes.len()).map(|id| shape(self.rules(id), id, &mut shapes)).collect();
        let (mut classes, mut count) = (vec![0; parts.len()], 1);
        let rounds = (LOOKS_MAX / parts.len().max(1)).max(ROUNDS_MIN);
        for _ in 0..rounds {
            let mut found = HashMap::new();
            let of = |id: &Id| classes.get(*id).copied();
            let next: Vec<usize> = parts
                .iter()
                .map(|(shape, inner)| {
                    let fresh = found.len();
                    *found.entry((*shape, inner.iter().map(of).collect::<Vec<_>>())).or_insert(fresh)
                })
                .collect();
            let settled = found.len() == count;
            (count, classes) = (found.len(), next);
            if settled {
                let mut first = HashMap::new();
                self.alike = classes.iter().enumerate().map(|(id, class)| *first.entry(*class).or_insert(id)).collect();
                return;
            }
        }
    }
}

/// What the rules of a schema say without the schemas in it, as a number, and those schemas.
fn shape(rules: &[Rule], id: Id, shapes: &mut HashMap<String, usize>) -> (usize, Vec<Id>) {
    let (mut text, mut inner) = (String::new(), Vec::new());
    for Rule { keyword, demand } in rules {
        // Writing to a string cannot fail.
        let _ = write!(text, "{keyword} ");
        let _ = match demand {
            Demand::All(ids) | Demand::Any(ids) | Demand::One(ids) | Demand::Prefix(ids) => {
                inner.extend(ids);
                write!(text, "{}", ids.len())
            }
            Demand::Not(id) | Demand::PropertyNames(id) => {
                inner.push(*id);
                Ok(())
            }
            Demand::If(when, then, other) => {
                inner.extend([Some(*when), *then, *other].into_iter().flatten());
                write!(text, "{} {}", then.is_some(), other.is_some())
            }
            Demand::Items(from, id) => {
                inner.push(*id);
                write!(text, "{from}")
            }
            Demand::Contains(id, min, max) => {
                inner.push(*id);
                write!(text, "{min} {max:?}")
            }
            Demand::Properties(all) => {
                inner.extend(all.values());
                write!(text, "{:?}", all.keys().collect::<Vec<_>>())
            }
            Demand::Additional(names, name, id) => {
                inner.extend(name.iter().chain([id]));
                write!(text, "{names:?} {}", name.is_some())
            }
            Demand::DependentSchemas(all) => {
                inner.extend(all.iter().map(|(_, id)| *id));
                write!(text, "{:?}", all.iter().map(|(name, _)| name).collect::<Vec<_>>())
            }
            // The same text need not be the same: what it says is not known here.
            Demand::Opaque(_) | Demand::MinAbout(..) | Demand::MaxAbout(..) => write!(text, "of {id}"),
            Demand::Enum(values) => write!(text, "{:?}", values.list()),
            Demand::Never
            | Demand::Types(..)
            | Demand::Min(..)
            | Demand::Max(..)
            | Demand::MultipleOf(_)
            | Demand::SizeMin(..)
            | Demand::SizeMax(..)
            | Demand::Pattern(_)
            | Demand::Unique
            | Demand::Required(_)
            | Demand::DependentRequired(_) => write!(text, "{demand:?}"),
        };
        text.push('\n');
    }
    let fresh = shapes.len();
    (*shapes.entry(text).or_insert(fresh), inner)
}
