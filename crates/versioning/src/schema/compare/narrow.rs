//! What is not possible any more, told before it is tried: so that choices that are left no choice come first.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::arena::{Demand, Id, Names, Type};
use super::atom::{Alternative, Atom, Literal};
use super::solve::{Choice, Goal, Outcome, Solver};
use super::state::State;

/// What it takes to ask whether a goal is known.
const ASK: usize = 4;
/// Demands of a property for each of which it is asked whether it may be there; of more of them now and then.
const DEMANDS_MAX: usize = 32;
/// Names for which it is asked whether a property may be there.
const NAMES_MAX: usize = 16;

impl Solver {
    /// Takes out the ways that are not possible any more; whether that leaves a choice no choice.
    pub(super) fn narrow(&mut self, state: &State, waiting: &mut [Choice]) -> bool {
        let mut settled = false;
        for choice in waiting {
            let possible: Vec<bool> = choice.ways.iter().map(|way| self.may_be(state, way)).collect();
            if possible.contains(&false) {
                let mut possible = possible.into_iter();
                Arc::make_mut(&mut choice.ways).retain(|_| possible.next().unwrap_or(true));
                settled |= choice.ways.len() <= 1;
            }
        }
        settled
    }

    /// Whether a property may be what this way demands of it; what can be told without it keeps the search from being as deep as there
    /// are schemas to be broken.
    fn may_be(&mut self, state: &State, way: &Alternative) -> bool {
        let goal = |known: &BTreeSet<Literal>, literal: &Literal| known.iter().chain([literal]).copied().collect();
        way.iter().all(|atom| {
            let goal: Goal = match atom {
                Atom::Present(name) => return !state.absent.contains(name),
                Atom::Absent(name) => return !state.present.contains(name),
                Atom::Is((id, true)) if !self.may_be_of(*id, state.of) => return false,
                Atom::Whole(whole) => return state.numbers.whole.is_none_or(|known| known == *whole),
                Atom::Min(min, past) => return state.numbers.may_be((*min, *past), true),
                Atom::Max(max, short) => return state.numbers.may_be((*max, *short), false),
                Atom::SizeMin(size) => return *size <= state.size_max,
                Atom::SizeMax(size) => return state.size_min <= *size,
                Atom::Property(name, literal) if way.contains(&Atom::Present(name.clone())) => {
                    goal(state.properties.get(name).unwrap_or(&BTreeSet::new()), literal)
                }
                Atom::Some { from, exact: true, literal } => goal(&state.of_item(*from), literal),
                Atom::SomeExtra { not, value, .. } => return self.may_be_extra(state, not, *value),
                _ => return true,
            };
            self.may_hold(&goal)
        })
    }

    /// Whether a schema takes anything of a type, as far as it says so itself.
    fn may_be_of(&self, id: Id, of: Type) -> bool {
        self.arena.rules(self.arena.behind((id, true)).0).iter().all(|rule| match &rule.demand {
            Demand::Never => false,
            Demand::Types(types, whole) => types.contains(&of) || (*whole && of == Type::Number),
            Demand::Enum(values) => values.of(of).next().is_some(),
            _ => true,
        })
    }

    /// Whether each property that has to be there may be what these atoms, and those before, demand of it.
    pub(super) fn may_stand(&mut self, state: &State, atoms: &Alternative) -> bool {
        atoms.iter().all(|atom| {
            let (Atom::Property(name, _) | Atom::Present(name)) = atom else { return true };
            let is_asked = |count: usize| count > 1 && (count <= DEMANDS_MAX || count.is_power_of_two());
            let demands = state.properties.get(name).filter(|demands| is_asked(demands.len()) && state.present.contains(name));
            demands.is_none_or(|demands| self.may_hold(demands))
        })
    }

    /// Whether a property that is not one of these may be there: one that something speaks of, or any other.
    fn may_be_extra(&mut self, state: &State, not: &Names, value: Option<Literal>) -> bool {
        let spoken = state.extra.iter().flat_map(|extra| extra.not.iter()).chain(state.properties.keys()).chain(&state.present);
        let names: BTreeSet<&String> = spoken.filter(|name| !not.contains(*name) && !state.absent.contains(*name)).collect();
        if names.len() > NAMES_MAX {
            return true;
        }
        let goals: Vec<Goal> = std::iter::once(None)
            .chain(names.into_iter().map(Some))
            .map(|name| {
                let named = name.and_then(|name| state.properties.get(name)).into_iter().flatten().copied();
                let extra = state.extra.iter().filter(|extra| extra.name.is_none() && !name.is_some_and(|name| extra.not.contains(name)));
                named.chain(extra.map(|extra| extra.value)).chain(value).collect()
            })
            .collect();
        goals.iter().any(|goal| self.may_hold(goal))
    }

    /// Whether there may be an instance, as far as that is known once and for all.
    fn may_hold(&mut self, goal: &Goal) -> bool {
        !self.arena.spend(ASK) || !matches!(self.solve(goal), Outcome::None(usize::MAX))
    }
}
