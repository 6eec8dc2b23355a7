//! Schemas that share no instance, seen at a glance: by their types, by their values, or by a property that tells them apart.
//!
//! The search would find it too. A `oneOf` of many branches has very many pairs, and nearly all of them are told apart like this.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::arena::{Arena, Demand, Id, Type};
use super::values::Values;

/// Properties in each other that are looked into.
const DEPTH_MAX: usize = 4;
/// Schemas that are looked at for one of two, and pairs of properties for both.
const GLANCES_MAX: usize = 64;

/// What a schema says at a glance.
#[derive(Default)]
struct Facts<'a> {
    types: Vec<(&'a [Type], bool)>,
    values: Vec<&'a Arc<Values>>,
    required: BTreeSet<&'a str>,
    properties: Vec<&'a BTreeMap<String, Id>>,
    never: bool,
}

impl<'a> Facts<'a> {
    fn of(arena: &'a Arena, id: Id) -> Self {
        let mut facts = Self::default();
        // What is left out would only tell more apart.
        let mut waiting = vec![id];
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
                _ => {}
            }
        }
    }

    fn may_be(&self, of: Type) -> bool {
        let typed = self.types.iter().all(|(types, whole)| types.contains(&of) || (*whole && of == Type::Number));
        typed && !self.never && self.values.iter().all(|values| values.of(of).next().is_some())
    }

    fn of_property(&self, name: &str) -> impl Iterator<Item = Id> {
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
    let shared = |of: &Type| left.may_be(*of) && right.may_be(*of);
    if left.values.iter().any(|values| right.values.iter().any(|others| values.is_apart_from(others))) {
        return true;
    }
    let mut types = Type::ALL.iter().filter(|of| shared(of)).peekable();
    if types.peek().is_none() {
        return true;
    }
    // Only of an object it says anything that a property has to be there.
    if depth == 0 || types.any(|of| *of != Type::Object) {
        return false;
    }
    left.required
        .union(&right.required)
        .any(|name| left.of_property(name).any(|ours| right.of_property(name).any(|theirs| apart(arena, ours, theirs, depth - 1, glances))))
}
