//! Looks for an instance of which several literals hold at once.
//!
//! A goal that is met again inside itself has no instance *there*: an instance of least height never holds a
//! smaller instance of the same goal. So the search ends on recursive schemas, and "none" is the least fixed
//! point. A "none" that leans on a goal still under way holds as long as that is under way, and for good where
//! that has none either ([`super::leaning`]).

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::apart::are_apart;
use super::arena::{Arena, DEPTH_MAX, Id, Type};
use super::atom::{Alternative, Atom, Literal, of_literal};
use super::check::check;
use super::leaning::Leaning;
use super::number::Found;
use super::state::State;
use super::text;

/// Steps of the search before it is given up.
const STEPS_MAX: usize = 200_000;
/// Choices open at once: the search goes as deep into itself.
const FRAMES_MAX: usize = 160;

pub(super) type Goal = BTreeSet<Literal>;

#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Instance(Value),
    /// None: leaning on goals under way from this place of the stack on.
    None(usize),
    /// Not decided, for the keyword of a node.
    Open(&'static str, Id),
}

impl Outcome {
    /// What two alternatives come to.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (found @ Self::Instance(_), _) | (_, found @ Self::Instance(_)) => found,
            (open @ Self::Open(..), _) | (_, open @ Self::Open(..)) => open,
            (Self::None(left), Self::None(right)) => Self::None(left.min(right)),
        }
    }
}

/// What a literal demands, of which one way has to be taken.
#[derive(Clone, Debug)]
struct Choice {
    literal: Literal,
    ways: Vec<Alternative>,
}

pub(super) const NONE: Outcome = Outcome::None(usize::MAX);

#[derive(Debug, Default)]
pub(super) struct Solver {
    pub(super) arena: Arena,
    known: HashMap<Goal, Outcome>,
    apart: HashMap<(Id, Id), bool>,
    leaning: Leaning,
    stack: Vec<Goal>,
    steps: usize,
    frames: usize,
}

impl Solver {
    /// Counts a step; false when they are used up.
    pub(super) fn step(&mut self) -> bool {
        self.steps += 1;
        self.steps <= STEPS_MAX
    }

    pub(super) fn solve(&mut self, goal: &Goal) -> Outcome {
        let goal = &goal.iter().map(|literal| self.arena.behind(*literal)).collect();
        if let Some(known) = self.known.get(goal) {
            return known.clone();
        }
        if let Some(low) = self.stack.iter().position(|open| open == goal).or_else(|| self.leaning.get(goal)) {
            return Outcome::None(low);
        }
        let first = goal.first().map_or(0, |(id, _)| *id);
        if self.stack.len() >= DEPTH_MAX || self.frames >= FRAMES_MAX {
            return Outcome::Open("depth", first);
        }
        let (here, since) = (self.stack.len(), self.leaning.len());
        self.stack.push(goal.clone());
        let outcome = self.of_any_type(goal);
        self.stack.pop();
        match outcome {
            Outcome::None(low) if low < here => {
                self.leaning.lean(goal, low, here, since);
                return outcome;
            }
            Outcome::None(_) => {
                let settled = self.leaning.settle(here, since);
                self.known.extend(settled.map(|goal| (goal, NONE)));
                self.known.insert(goal.clone(), NONE);
                return NONE;
            }
            Outcome::Instance(_) | Outcome::Open(..) => self.leaning.forget(since),
        }
        self.known.insert(goal.clone(), outcome.clone());
        outcome
    }

    fn of_any_type(&mut self, goal: &Goal) -> Outcome {
        let mut outcome = NONE;
        for of in Type::ALL {
            let mut state = State::new(of);
            let consistent = goal.iter().all(|literal| state.add(Atom::Is(*literal)));
            if consistent {
                let waiting = goal.iter().flat_map(|literal| self.ways(*literal, of)).collect();
                outcome = outcome.or(self.search(state, waiting));
            }
            if matches!(outcome, Outcome::Instance(_)) {
                break;
            }
        }
        outcome
    }

    /// What a literal comes down to, without the ways that would need two schemas at once that share no instance.
    fn ways(&mut self, literal: Literal, of: Type) -> Vec<Choice> {
        let mut lists = of_literal(&mut self.arena, literal, of);
        if !literal.1 {
            for ways in &mut lists {
                self.steps += ways.len() / 64;
                ways.retain(|way| !self.is_apart(way));
            }
        }
        lists.into_iter().map(|ways| Choice { literal, ways }).collect()
    }

    fn is_apart(&mut self, way: &Alternative) -> bool {
        let [Atom::Is((left, true)), Atom::Is((right, true))] = way.as_slice() else { return false };
        self.are_apart(*left, *right)
    }

    /// Whether two schemas share no instance, wherever they are met.
    fn are_apart(&mut self, left: Id, right: Id) -> bool {
        let (left, right) = (self.arena.behind((left, true)).0, self.arena.behind((right, true)).0);
        let pair = (left.min(right), left.max(right));
        if let Some(known) = self.apart.get(&pair) {
            return *known;
        }
        let apart = are_apart(&self.arena, left, right) || {
            self.frames += 1;
            let both = Goal::from([(left, true), (right, true)]);
            let outcome = if self.stack.len() + 8 < DEPTH_MAX { self.solve(&both) } else { Outcome::Open("depth", left) };
            self.frames -= 1;
            match outcome {
                Outcome::None(usize::MAX) => true,
                Outcome::Instance(_) => false,
                // It may be known elsewhere.
                _ => return false,
            }
        };
        self.apart.insert(pair, apart);
        apart
    }

    /// Takes in what has one way, then tries those of what is demanded first, and has the fewest.
    fn search(&mut self, mut state: State, mut waiting: Vec<Choice>) -> Outcome {
        if self.frames >= FRAMES_MAX || !self.step() {
            return Outcome::Open("steps", state.literals.first().map_or(0, |(id, _)| *id));
        }
        let choice = loop {
            while let Some(at) = waiting.iter().position(|choice| choice.ways.len() <= 1) {
                match waiting.swap_remove(at).ways.pop() {
                    Some(atoms) => {
                        if !self.take(&mut state, &mut waiting, atoms) {
                            return NONE;
                        }
                    }
                    None => return NONE,
                }
            }
            // Of a few values each is asked of every schema as a whole, however that may be kept or broken.
            if state.one_of.is_some() {
                return self.leaf(&state);
            }
            waiting.retain(|choice| !choice.ways.iter().any(|way| way.iter().all(|atom| state.implies(atom))));
            // What holds comes first: each of its ways tells most of the schemas that are to be broken apart.
            let order = |at: &usize| waiting.get(*at).map_or((true, 0), |choice| (!choice.literal.1, choice.ways.len()));
            let Some(at) = (0..waiting.len()).min_by_key(order) else {
                return self.leaf(&state);
            };
            let mut choice = waiting.swap_remove(at);
            choice.ways.retain(|way| self.may_be(&state, way));
            if choice.ways.len() > 1 {
                break choice;
            }
            waiting.push(choice);
        };
        let mut outcome = NONE;
        for atoms in choice.ways {
            let (mut state, mut waiting) = (state.clone(), waiting.clone());
            if self.take(&mut state, &mut waiting, atoms) {
                self.frames += 1;
                outcome = outcome.or(self.search(state, waiting));
                self.frames -= 1;
            }
            if matches!(outcome, Outcome::Instance(_)) {
                break;
            }
        }
        outcome
    }

    /// Whether a property may be what this way demands of it; what can be told without it keeps the search from being as deep as there
    /// are schemas to be broken.
    fn may_be(&mut self, state: &State, way: &Alternative) -> bool {
        way.iter().all(|atom| match atom {
            Atom::Present(name) => !state.absent.contains(name),
            Atom::Absent(name) => !state.present.contains(name),
            Atom::Property(name, literal) if way.contains(&Atom::Present(name.clone())) && self.stack.len() + 8 < DEPTH_MAX => {
                let known = state.properties.get(name).into_iter().flatten();
                let goal = known.chain([literal]).copied().collect();
                self.frames += 1;
                let outcome = self.solve(&goal);
                self.frames -= 1;
                !matches!(outcome, Outcome::None(usize::MAX))
            }
            _ => true,
        })
    }

    fn take(&mut self, state: &mut State, waiting: &mut Vec<Choice>, atoms: Alternative) -> bool {
        for atom in atoms {
            if let Atom::Is(literal) = atom {
                let literal = self.arena.behind(literal);
                if state.literals.contains(&literal) || self.follows(state, literal) {
                    continue;
                }
                if literal.1 && self.arena.is_plain(literal.0) {
                    waiting.retain(|choice| choice.literal.1 || !self.are_apart(literal.0, choice.literal.0));
                }
                let ways = self.ways(literal, state.of);
                waiting.extend(ways);
                if !state.add(Atom::Is(literal)) {
                    return false;
                }
            } else if !state.add(atom) {
                return false;
            }
        }
        true
    }

    /// Whether a schema need not be broken, because one that holds shares no instance with it. Leaving it out
    /// keeps the search from trying each way to break each of many disjoint schemas.
    fn follows(&mut self, state: &State, (id, holds): Literal) -> bool {
        // A schema made of others may be what this breach came from, and must not stand in for it.
        let others = || state.literals.iter().filter(|(id, holds)| *holds && self.arena.is_plain(*id)).map(|(id, _)| *id);
        let others: Vec<Id> = if holds { Vec::new() } else { others().collect() };
        others.into_iter().any(|other| self.are_apart(other, id))
    }

    fn leaf(&mut self, state: &State) -> Outcome {
        let first = state.literals.first().map_or(0, |(id, _)| *id);
        if let Some(values) = &state.one_of {
            return self.one_of(state, values);
        }
        let found = match state.of {
            Type::Null => return if state.others.is_empty() { self.proven(state, Value::Null) } else { NONE },
            Type::Boolean => {
                let left = [false, true].map(Value::Bool).into_iter().find(|value| !state.others.contains(value));
                return left.map_or(NONE, |value| self.proven(state, value));
            }
            Type::Number => match state.numbers.find() {
                Found::Number(number) => self.proven(state, number),
                Found::None => NONE,
                Found::Open(keyword) => Outcome::Open(keyword, first),
            },
            Type::String => self.string(state),
            Type::Array => self.array(state),
            Type::Object => self.object(state),
        };
        match (found, state.open) {
            (Outcome::Open(..), Some((keyword, id))) => Outcome::Open(keyword, id),
            (found, _) => found,
        }
    }

    fn one_of(&mut self, state: &State, values: &[Value]) -> Outcome {
        let mut outcome = NONE;
        for value in values {
            if !self.step() {
                return Outcome::Open("enum", state.literals.first().map_or(0, |(id, _)| *id));
            }
            outcome = outcome.or(match self.holds(state, value) {
                Some(true) => return Outcome::Instance(value.clone()),
                Some(false) => NONE,
                None => self.proven(state, value.clone()),
            });
        }
        outcome
    }

    fn holds(&self, state: &State, value: &Value) -> Option<bool> {
        let mut all = Some(true);
        for (id, holds) in &state.literals {
            match check(&self.arena, *id, value) {
                Some(valid) if valid == *holds => {}
                Some(_) => return Some(false),
                None => all = None,
            }
        }
        all
    }

    /// An instance only if the validator says so of every literal of the goal.
    pub(super) fn proven(&self, state: &State, value: Value) -> Outcome {
        if self.holds(state, &value) == Some(true) {
            return Outcome::Instance(value);
        }
        let undecided = state.literals.iter().find(|(id, holds)| check(&self.arena, *id, &value) != Some(*holds));
        let (keyword, id) = state.open.unwrap_or(("witness", undecided.map_or(0, |(id, _)| *id)));
        Outcome::Open(keyword, id)
    }

    /// A text that matches some patterns and does not match others.
    fn matching(&self, state: &State, first: Id) -> Outcome {
        let known = |(pattern, holds): &(Arc<str>, bool)| Some((self.arena.patterns.get(pattern)?.clone(), *holds));
        let Some(patterns) = state.patterns.iter().map(known).collect::<Option<Vec<_>>>() else {
            return Outcome::Open("pattern", first);
        };
        let others: Vec<&str> = state.others.iter().filter_map(Value::as_str).collect();
        match text::find(&patterns, state.size_min, state.size_max, &others) {
            text::Found::Text(text) => self.proven(state, Value::from(text)),
            text::Found::None => NONE,
            text::Found::Open => Outcome::Open("pattern", first),
        }
    }

    fn string(&self, state: &State) -> Outcome {
        const LENGTH_MAX: u64 = 1 << 20;
        let first = state.literals.first().map_or(0, |(id, _)| *id);
        if !state.patterns.is_empty() {
            return self.matching(state, first);
        }
        if state.size_max == 0 {
            return if state.others.iter().any(|other| other == "") { NONE } else { self.proven(state, Value::from("")) };
        }
        if state.size_min > LENGTH_MAX {
            return Outcome::Open("minLength", first);
        }
        let length = usize::try_from(state.size_min).unwrap_or(0);
        let texts = (0..=state.others.len()).map(|turn| {
            let last = u32::try_from(turn).ok().and_then(|turn| char::from_u32(u32::from('a') + turn)).unwrap_or('a');
            let text = "a".repeat(length.max(usize::from(turn > 0)).saturating_sub(1));
            if length == 0 && turn == 0 { String::new() } else { format!("{text}{last}") }
        });
        let others: HashSet<&str> = state.others.iter().filter_map(Value::as_str).collect();
        let free = texts.into_iter().find(|text| !others.contains(text.as_str())).map(Value::from);
        free.map_or(Outcome::Open("enum", first), |text| self.proven(state, text))
    }
}
