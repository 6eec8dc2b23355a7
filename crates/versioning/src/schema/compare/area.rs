//! What a schema of objects takes, property by property, where it is no more than that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::arena::{Arena, Demand, Id, Names, Type};

/// Schemas in each other that are looked into.
const DEPTH_MAX: usize = 8;

/// An object is in it if each of its properties is under its schemas, and those that are required are there.
#[derive(Debug, Default)]
pub(super) struct Area {
    properties: Vec<Arc<BTreeMap<String, Id>>>,
    extra: Vec<(Names, Id)>,
    required: BTreeSet<String>,
}

impl Area {
    /// What a schema takes of objects; `None` where it says more of them.
    pub(super) fn of(arena: &Arena, id: Id) -> Option<Self> {
        let mut area = Self::default();
        area.add(arena, id, DEPTH_MAX)?;
        Some(area)
    }

    fn add(&mut self, arena: &Arena, id: Id, depth: usize) -> Option<()> {
        for rule in arena.rules(arena.behind((id, true)).0) {
            match &rule.demand {
                Demand::All(ids) if depth > 0 => ids.iter().try_for_each(|id| self.add(arena, *id, depth - 1))?,
                Demand::Types(types, _) if types.contains(&Type::Object) => {}
                Demand::Properties(all) => self.properties.push(all.clone()),
                Demand::Additional(names, None, id) => self.extra.push((names.clone(), *id)),
                Demand::Required(names) => self.required.extend(names.iter().cloned()),
                Demand::SizeMin(of, _) | Demand::SizeMax(of, _) if *of != Type::Object => {}
                Demand::Min(..)
                | Demand::Max(..)
                | Demand::MinAbout(..)
                | Demand::MaxAbout(..)
                | Demand::MultipleOf(_)
                | Demand::Pattern(_)
                | Demand::Prefix(_)
                | Demand::Items(..)
                | Demand::Unique
                | Demand::Contains(..) => {}
                _ => return None,
            }
        }
        Some(())
    }

    /// All properties that it speaks of.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        let named = self.properties.iter().flat_map(|all| all.keys());
        named.chain(&self.required).chain(self.extra.iter().flat_map(|(names, _)| names.iter()))
    }

    pub(super) fn requires(&self, name: &str) -> bool {
        self.required.contains(name)
    }

    /// The schemas that a property is under.
    pub(super) fn of_property(&self, name: &str) -> Vec<Id> {
        let named = self.properties.iter().filter_map(|all| all.get(name));
        let mut ids: Vec<Id> =
            named.chain(self.extra.iter().filter(|(names, _)| !names.contains(name)).map(|(_, id)| id)).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The schemas that each property is under that it does not speak of.
    pub(super) fn of_others(&self) -> BTreeSet<Id> {
        self.extra.iter().map(|(_, id)| *id).collect()
    }
}
