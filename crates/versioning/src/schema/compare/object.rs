//! Objects: which property meets which demand, and how many there are.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::arena::Id;
use super::atom::Literal;
use super::check::{Seen, check};
use super::made::{Made, More, numbered};
use super::solve::{Goal, NONE, Outcome, Solver};
use super::state::State;

/// Demands for some property that one name is tried for, beside the one that it is made for.
const SHARED_MAX: usize = 5;

/// Schemas of names, on each of which it depends what holds of a property, that are told apart.
const CONDITIONS_MAX: usize = 4;

/// Bytes of a name that is made up.
const NAME_MAX: u64 = 1 << 20;
/// Properties of an object that are made up where it depends on their names what holds of them.
const PROPERTIES_MAX: u64 = 2_000;
/// Properties that nothing speaks of, of which each is named by itself.
const NAMED_MAX: u64 = 100;

/// Properties chosen so far, with what is demanded of the value beside what holds anyway.
type Chosen = BTreeMap<String, BTreeSet<Literal>>;

/// The schemas of names on which it depends what holds of a property.
fn conditions(state: &State) -> Vec<Id> {
    let conditions: BTreeSet<Id> = state.extra.iter().filter_map(|extra| extra.name).collect();
    conditions.into_iter().collect()
}

/// Whether all properties that nothing speaks of are alike.
fn is_free(state: &State) -> bool {
    state.names.is_empty() && state.extra.iter().all(|extra| extra.name.is_none())
}

/// Demands for a name, with each of the conditions kept or broken, in all ways.
fn each_way(conditions: &[Id], demands: &BTreeSet<Literal>) -> Vec<BTreeSet<Literal>> {
    let of_way = |way: usize| {
        let conditions = conditions.iter().take(CONDITIONS_MAX).enumerate().map(|(place, id)| (*id, way >> place & 1 == 1));
        demands.iter().copied().chain(conditions).collect()
    };
    (0..1_usize << conditions.len().min(CONDITIONS_MAX)).map(of_way).collect()
}

impl Solver {
    pub(super) fn object(&mut self, state: &State) -> Outcome {
        if state.size_min > PROPERTIES_MAX && !is_free(state) {
            return Outcome::Open("minProperties", state.first());
        }
        let some = state.some_properties.iter().flat_map(|some| some.not.iter());
        let extra = state.extra.iter().flat_map(|extra| extra.not.iter());
        let known = state.properties.keys().chain(&state.present).chain(&state.absent).chain(some).chain(extra);
        let known: BTreeSet<String> = known.cloned().collect();
        let mut chosen = state.present.iter().map(|name| (name.clone(), BTreeSet::new())).collect();
        self.choose(state, &known, 0, &mut chosen)
    }

    /// Gives each demand for some property a name, in all ways.
    fn choose(&mut self, state: &State, known: &BTreeSet<String>, at: usize, chosen: &mut Chosen) -> Outcome {
        let Some(some) = state.some_properties.get(at) else { return self.fill(state, known, chosen.clone()) };
        let (fresh, mut outcome) = match self.all_fresh(state, known, at, chosen) {
            Ok(found) => found,
            Err(outcome) => return outcome,
        };
        for name in fresh {
            outcome = outcome.or(self.choose_one(state, known, (at, name), chosen));
            if matches!(outcome, Outcome::Instance(_)) {
                return outcome;
            }
        }
        let mut names: Vec<String> = chosen.keys().filter(|name| !known.contains(*name)).chain(known).cloned().collect();
        names.retain(|name| !some.not.contains(name) && !state.absent.contains(name));
        for name in names {
            outcome = outcome.or(self.choose_one(state, known, (at, name), chosen));
            if matches!(outcome, Outcome::Instance(_)) {
                break;
            }
        }
        outcome
    }

    /// A fresh name for each way in which it matters what a name is, and what became of those ways for which there is none.
    fn all_fresh(
        &mut self,
        state: &State,
        known: &BTreeSet<String>,
        at: usize,
        chosen: &Chosen,
    ) -> Result<(Vec<String>, Outcome), Outcome> {
        let (mut fresh, mut outcome) = (Vec::new(), NONE);
        // One name may have to meet later demands as well, where there is no room for another.
        let later: Vec<Literal> = state.some_properties.iter().skip(at + 1).filter_map(|some| some.name).collect();
        if later.len() > SHARED_MAX {
            outcome = Outcome::Open("propertyNames", later.first().map_or(0, |(id, _)| *id));
        }
        let conditions = conditions(state);
        if conditions.len() > CONDITIONS_MAX {
            outcome = outcome.or(Outcome::Open("patternProperties", conditions.first().copied().unwrap_or(0)));
        }
        let name = state.some_properties.get(at).and_then(|some| some.name);
        for shared in 0..1_usize << later.len().min(SHARED_MAX) {
            // A name that has to be no other's may have to break what others demand.
            let with = later.iter().take(SHARED_MAX).enumerate().map(|(place, (id, holds))| (*id, *holds == (shared >> place & 1 == 1)));
            let demands: BTreeSet<Literal> = name.into_iter().chain(with).collect();
            for demands in each_way(&conditions, &demands) {
                if !self.step() {
                    return Err(Outcome::Open("steps", state.first()));
                }
                match self.fresh(state, known, chosen, &demands) {
                    Ok(name) => fresh.push(name),
                    Err(none) => outcome = outcome.or(none),
                }
            }
        }
        Ok((fresh, outcome))
    }

    /// Gives a demand this name, and the others theirs.
    fn choose_one(&mut self, state: &State, known: &BTreeSet<String>, (at, name): (usize, String), chosen: &mut Chosen) -> Outcome {
        let Some(some) = state.some_properties.get(at) else { return NONE };
        if !self.step() || !self.arena.spend(chosen.len()) {
            return Outcome::Open("steps", state.first());
        }
        if let Some((id, holds)) = some.name {
            match check(&self.arena, id, Seen::Name(&name)) {
                Some(valid) if valid == holds => {}
                Some(_) => return NONE,
                None => return Outcome::Open("propertyNames", id),
            }
        }
        let before = chosen.get(&name).cloned();
        chosen.entry(name.clone()).or_default().extend(some.value);
        let outcome = self.deeper(state.first(), |solver| solver.choose(state, known, at + 1, chosen));
        match before {
            Some(before) => chosen.insert(name, before),
            None => chosen.remove(&name),
        };
        outcome
    }

    /// A name that nothing speaks of yet, and that meets these demands.
    fn fresh(&mut self, state: &State, known: &BTreeSet<String>, chosen: &Chosen, demands: &BTreeSet<Literal>) -> Result<String, Outcome> {
        let is_free = |name: &String| !known.contains(name) && !chosen.contains_key(name);
        if state.names.is_empty() && demands.is_empty() {
            // So many are made up already.
            let from = chosen.len().saturating_sub(known.len());
            let free = (from..).map(|turn| if turn == 0 { "other".to_owned() } else { format!("other{turn}") }).find(is_free);
            return free.ok_or(NONE);
        }
        let mut goal: Goal = state.names.iter().chain(demands).copied().collect();
        goal.insert((self.arena.strings(), true));
        let taken: Vec<Value> = known.iter().chain(chosen.keys()).map(|name| Value::from(name.as_str())).collect();
        self.arena.spend(taken.len());
        goal.insert((self.arena.one_of(&taken), false));
        match self.solve(&goal) {
            Outcome::Instance(name) => {
                let open = Outcome::Open("propertyNames", goal.first().map_or(0, |(id, _)| *id));
                let name = self.arena.table.borrow().value(name, NAME_MAX);
                name.and_then(|name| name.as_str().map(str::to_owned)).ok_or(open)
            }
            outcome => Err(outcome),
        }
    }

    fn fill(&mut self, state: &State, known: &BTreeSet<String>, mut chosen: Chosen) -> Outcome {
        if chosen.len() as u64 > state.size_max {
            return NONE;
        }
        let mut map = BTreeMap::new();
        for (name, more) in &chosen {
            match self.property(state, name, more) {
                Outcome::Instance(value) => map.insert(name.clone(), value),
                outcome => return outcome,
            };
        }
        let mut short = NONE;
        for name in known {
            if map.len() as u64 >= state.size_min {
                break;
            }
            if state.absent.contains(name) || map.contains_key(name) {
                continue;
            }
            match self.property(state, name, &BTreeSet::new()) {
                Outcome::Instance(value) => {
                    chosen.insert(name.clone(), BTreeSet::new());
                    map.insert(name.clone(), value);
                }
                outcome => short = short.or(outcome),
            }
        }
        match self.others(state, known, &mut chosen, &mut map) {
            Ok(more) => {
                let object = self.arena.table.borrow_mut().object(map, more);
                self.proven(state, object)
            }
            Err(outcome) => short.or(outcome),
        }
    }

    /// As many properties that nothing speaks of as are missing.
    fn others(
        &mut self,
        state: &State,
        known: &BTreeSet<String>,
        chosen: &mut Chosen,
        map: &mut BTreeMap<String, Made>,
    ) -> Result<Option<More>, Outcome> {
        let missing = |map: &BTreeMap<String, Made>| state.size_min.saturating_sub(map.len() as u64);
        if missing(map) > NAMED_MAX && is_free(state) {
            let (_, value) = self.another(state, known, chosen)?;
            // Past all of these names that something speaks of.
            let last = known.iter().chain(chosen.keys()).filter_map(|name| numbered(name)).max().unwrap_or(0);
            let from = last.checked_add(1).ok_or(Outcome::Open("minProperties", state.first()))?;
            return Ok(Some(More { from, count: missing(map), value }));
        }
        while missing(map) > 0 {
            if !self.step() {
                return Err(Outcome::Open("steps", state.first()));
            }
            let (name, value) = self.another(state, known, chosen)?;
            map.insert(name.clone(), value);
            chosen.insert(name, BTreeSet::new());
        }
        Ok(None)
    }

    /// A property that nothing speaks of by its name.
    fn another(&mut self, state: &State, known: &BTreeSet<String>, chosen: &Chosen) -> Result<(String, Made), Outcome> {
        let conditions = conditions(state);
        let mut none = NONE;
        if conditions.len() > CONDITIONS_MAX {
            none = Outcome::Open("patternProperties", conditions.first().copied().unwrap_or(0));
        }
        for demands in each_way(&conditions, &BTreeSet::new()) {
            if !self.step() {
                return Err(Outcome::Open("steps", state.first()));
            }
            match self.fresh(state, known, chosen, &demands) {
                Ok(name) => match self.property(state, &name, &BTreeSet::new()) {
                    Outcome::Instance(value) => return Ok((name, value)),
                    outcome => none = none.or(outcome),
                },
                Err(outcome) => none = none.or(outcome),
            }
        }
        Err(none)
    }

    fn property(&mut self, state: &State, name: &str, more: &BTreeSet<Literal>) -> Outcome {
        let mut open = None;
        for (id, holds) in &state.names {
            match check(&self.arena, *id, Seen::Name(name)) {
                Some(valid) if valid == *holds => {}
                Some(_) => return NONE,
                None => open = Some(Outcome::Open("propertyNames", *id)),
            }
        }
        let mut goal: Goal = state.properties.get(name).into_iter().flatten().chain(more).copied().collect();
        for extra in state.extra.iter().filter(|extra| !extra.not.contains(name)) {
            match extra.name.map_or(Some(true), |among| check(&self.arena, among, Seen::Name(name))) {
                Some(true) => drop(goal.insert(extra.value)),
                Some(false) => {}
                None => open = Some(Outcome::Open("patternProperties", extra.name.unwrap_or(0))),
            }
        }
        match self.solve(&goal) {
            Outcome::Instance(value) => open.unwrap_or(Outcome::Instance(value)),
            outcome => outcome,
        }
    }
}
