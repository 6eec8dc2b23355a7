//! Schemas that share no instance, seen at a glance: by their types, by their values, by bounds, or by a property that tells them apart.
//!
//! The search would find it too. A `oneOf` of many branches has very many pairs, and nearly all of them are told apart like this.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::arena::{Arena, Demand, Id, Type};
use super::number::Num;
use super::values::Values;

/// Properties in each other that are looked into.
const DEPTH_MAX: usize = 4;
/// Schemas that are looked at for one of two, and pairs of properties for both.
const GLANCES_MAX: usize = 64;

/// From one number to another, without saying whether the ends are in it.
pub(super) type Range = (Option<Num>, Option<Num>);

/// What a schema says at a glance.
#[derive(Default)]
pub(super) struct Facts<'a> {
    types: Vec<(&'a [Type], bool)>,
    pub(super) values: Vec<&'a Arc<Values>>,
    pub(super) required: BTreeSet<&'a str>,
    properties: Vec<&'a BTreeMap<String, Id>>,
    numbers: Range,
    sizes: Vec<(Type, u64, u64)>,
    never: bool,
}

impl<'a> Facts<'a> {
    pub(super) fn of(arena: &'a Arena, id: Id) -> Self {
        Self::of_all(arena, vec![id])
    }

    /// Of what is under all of these.
    pub(super) fn of_all(arena: &'a Arena, mut waiting: Vec<Id>) -> Self {
        let mut facts = Self::default();
        // What is left out would only tell more apart.
        for _ in 0..GLANCES_MAX {
            let Some(id) = waiting.pop() else { break };
            facts.add(arena, id, &mut waiting);
        }
        facts
    }

    /// What holds of all instances, and of each schema that they are under as well.
    fn add(&mut self, arena: &'a Arena, id: Id, waiting: &mut Vec<Id>) {
        for rule in arena.rules(id) {
            match &rule.demand {
                Demand::Never => self.never = true,
                Demand::All(ids) => waiting.extend(ids),
                Demand::Types(types, whole) => self.types.push((types, *whole)),
                Demand::Enum(values) => self.values.push(values),
                Demand::Required(names) => self.required.extend(names.iter().map(String::as_str)),
                Demand::Properties(properties) => self.properties.push(properties),
                Demand::Min(min, _) => self.numbers.0 = self.numbers.0.filter(|old| min.cmp(*old).is_lt()).or(Some(*min)),
                Demand::Max(max, _) => self.numbers.1 = self.numbers.1.filter(|old| old.cmp(*max).is_lt()).or(Some(*max)),
                Demand::SizeMin(of, min) => self.sizes.push((*of, *min, u64::MAX)),
                Demand::SizeMax(of, max) => self.sizes.push((*of, 0, *max)),
                _ => {}
            }
        }
    }

    pub(super) fn may_be(&self, of: Type) -> bool {
        let typed = self.types.iter().all(|(types, whole)| types.contains(&of) || (*whole && of == Type::Number));
        typed && !self.never && self.values.iter().all(|values| values.of(of).next().is_some())
    }

    /// Between which numbers one lies, or how large a value of another type is.
    pub(super) fn range(&self, of: Type) -> Range {
        let whole = |size: u64| Num::Int(size.into());
        let sizes = || self.sizes.iter().filter(|(sized, ..)| *sized == of);
        let min = sizes().map(|(_, min, _)| *min).max().filter(|min| *min > 0).map(whole);
        let max = sizes().map(|(_, _, max)| *max).min().filter(|max| *max < u64::MAX).map(whole);
        if of == Type::Number { self.numbers } else { (min, max) }
    }

    pub(super) fn of_property(&self, name: &str) -> impl Iterator<Item = Id> {
        self.properties.iter().filter_map(move |properties| properties.get(name).copied())
    }
}

/// Whether no instance is valid under both; false where that is not seen at a glance.
pub(super) fn are_apart(arena: &Arena, left: Id, right: Id) -> bool {
    apart(arena, left, right, DEPTH_MAX, &mut 0)
}

fn apart(arena: &Arena, left: Id, right: Id, depth: usize, glances: &mut usize) -> bool {
    *glances += 1;
    if *glances > GLANCES_MAX {
        return false;
    }
    let (left, right) = (Facts::of(arena, left), Facts::of(arena, right));
    if left.values.iter().any(|values| right.values.iter().any(|others| values.is_apart_from(others))) {
        return true;
    }
    Type::ALL.iter().filter(|of| left.may_be(**of) && right.may_be(**of)).all(|of| {
        let (ours, theirs) = (left.range(*of), right.range(*of));
        let past = |(_, max): Range, (min, _): Range| max.zip(min).is_some_and(|(max, min)| max.cmp(min).is_lt());
        if past(ours, theirs) || past(theirs, ours) {
            return true;
        }
        // Only of an object it says anything that a property has to be there.
        let mut names = left.required.union(&right.required).filter(|_| depth > 0 && *of == Type::Object);
        names.any(|name| {
            left.of_property(name).any(|ours| right.of_property(name).any(|theirs| apart(arena, ours, theirs, depth - 1, glances)))
        })
    })
}
