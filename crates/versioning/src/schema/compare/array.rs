//! Arrays: which item meets which demand, and how long the array is.

use std::collections::HashSet;

use serde_json::Value;

use super::atom::Literal;
use super::solve::{Goal, NONE, Outcome, Solver};
use super::state::State;
use super::values::key;

/// Items of an array that is made up.
const ITEMS_MAX: u64 = 20_000;
/// The size of an instance that is made up, in values and bytes of text.
const INSTANCE_MAX: usize = 2_000_000;

/// How large a value is, in values and bytes of text.
fn size_of(value: &Value) -> usize {
    match value {
        Value::String(text) => 1 + text.len(),
        Value::Array(items) => 1 + items.iter().map(size_of).sum::<usize>(),
        Value::Object(map) => 1 + map.iter().map(|(name, value)| name.len() + size_of(value)).sum::<usize>(),
        _ => 1,
    }
}

impl Solver {
    pub(super) fn array(&mut self, state: &State) -> Outcome {
        let first = state.first();
        let froms = state.each.iter().map(|(from, _)| *from).chain(state.at.iter().map(|(at, _)| at + 1));
        let base = froms.chain(state.some_items.iter().map(|some| some.from)).max().unwrap_or(0);
        if state.size_min > ITEMS_MAX {
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
        let length = usize::try_from(state.size_min.max(longest)).unwrap_or(usize::MAX);
        let (mut items, mut keys): (Vec<Value>, HashSet<String>) = (Vec::new(), HashSet::new());
        let first = state.first();
        let mut size = 0;
        for place in 0..length {
            if !self.arena.spend(1 + places.len() + state.at.len() + state.each.len()) {
                return Outcome::Open("steps", first);
            }
            let mut goal: Goal = state.of_item(place);
            let demanded = state.some_items.iter().zip(places).filter(|(_, at)| **at == place).map(|(some, _)| some.literal);
            goal.extend(demanded);
            let mut outcome = self.solve(&goal);
            // Only the first of several values that differ is free: what follows is a guess, and no proof of none.
            if state.unique && matches!(&outcome, Outcome::Instance(item) if keys.contains(&key(item))) {
                let others: Vec<Literal> = items.iter().map(|item| (self.arena.constant(item), false)).collect();
                goal.extend(others);
                outcome = match self.solve(&goal) {
                    Outcome::None(_) => Outcome::Open("uniqueItems", first),
                    outcome => outcome,
                };
            }
            match outcome {
                Outcome::Instance(item) => {
                    size += size_of(&item);
                    if size > INSTANCE_MAX {
                        return Outcome::Open("minItems", first);
                    }
                    if state.unique {
                        keys.insert(key(&item));
                    }
                    items.push(item);
                }
                outcome => return outcome,
            }
        }
        self.proven(state, Value::Array(items))
    }
}
