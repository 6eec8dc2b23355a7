//! Arrays: which item meets which demand, and how long the array is.

use std::collections::HashSet;

use super::made::Made;
use super::solve::{Goal, NONE, Outcome, Solver};
use super::state::State;

/// Items that differ of an array that is made up.
const ITEMS_MAX: u64 = 20_000;
/// Values and bytes of an item that others have to differ from.
const ITEM_MAX: u64 = 4_096;

impl Solver {
    pub(super) fn array(&mut self, state: &State) -> Outcome {
        let first = state.first();
        let froms = state.each.iter().map(|(from, _)| *from).chain(state.at.iter().map(|(at, _)| at + 1));
        let base = froms.chain(state.some_items.iter().map(|some| some.from)).max().unwrap_or(0);
        if state.unique && state.size_min > ITEMS_MAX {
            return Outcome::Open("minItems", first);
        }
        self.place_items(state, base + state.some_items.len(), &mut Vec::new())
    }

    /// Gives each demand for some item a place, in all ways.
    fn place_items(&mut self, state: &State, end: usize, places: &mut Vec<usize>) -> Outcome {
        let Some(some) = state.some_items.get(places.len()) else { return self.fill_items(state, places) };
        let last = if some.exact { some.from } else { end.max(some.from) };
        let mut outcome = NONE;
        for place in some.from..=last {
            if !self.step() {
                return Outcome::Open("steps", some.literal.0);
            }
            if place as u64 >= state.size_max {
                break;
            }
            places.push(place);
            outcome = outcome.or(self.deeper(some.literal.0, |solver| solver.place_items(state, end, places)));
            places.pop();
            if matches!(outcome, Outcome::Instance(_)) {
                break;
            }
        }
        outcome
    }

    fn fill_items(&mut self, state: &State, places: &[usize]) -> Outcome {
        let longest = places.iter().map(|place| *place as u64 + 1).max().unwrap_or(0);
        let length = state.size_min.max(longest);
        let told = state.each.iter().map(|(from, _)| *from as u64).chain(state.at.iter().map(|(at, _)| *at as u64 + 1));
        let told = told.chain(state.some_items.iter().filter(|some| some.exact).map(|some| some.from as u64 + 1));
        // From there on what holds of one item holds of each.
        let apart = if state.unique { length } else { told.chain([longest]).max().unwrap_or(0).min(length) };
        let (mut items, mut known) = (Vec::new(), HashSet::new());
        let mut place = 0_u64;
        while place < length {
            let at = usize::try_from(place).unwrap_or(usize::MAX);
            if !self.arena.spend(1 + places.len() + state.at.len() + state.each.len()) {
                return Outcome::Open("steps", state.first());
            }
            let mut goal: Goal = state.of_item(at);
            let demanded = state.some_items.iter().zip(places).filter(|(_, place)| **place == at).map(|(some, _)| some.literal);
            goal.extend(demanded);
            match self.item(state, goal, &known) {
                Outcome::Instance(item) => {
                    let count = if place < apart { 1 } else { length - place };
                    known.extend(state.unique.then_some(item));
                    items.push((item, count));
                    place += count;
                }
                outcome => return outcome,
            }
        }
        let array = self.arena.table.borrow_mut().items(items);
        self.proven(state, array)
    }

    /// An item; where they have to differ, one that is not there yet.
    fn item(&mut self, state: &State, mut goal: Goal, known: &HashSet<Made>) -> Outcome {
        let outcome = self.solve(&goal);
        if !matches!(outcome, Outcome::Instance(item) if known.contains(&item)) {
            return outcome;
        }
        // Only the first of several values that differ is free: what follows is a guess, and no proof of none.
        let others: Option<Vec<_>> = known.iter().map(|item| self.arena.table.borrow().value(*item, ITEM_MAX)).collect();
        let Some(others) = others else { return Outcome::Open("uniqueItems", state.first()) };
        self.arena.spend(others.len());
        goal.insert((self.arena.one_of(&others), false));
        match self.solve(&goal) {
            Outcome::None(_) => Outcome::Open("uniqueItems", state.first()),
            outcome => outcome,
        }
    }
}
