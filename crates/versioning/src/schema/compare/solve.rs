//! Looks for an instance of which several literals hold at once.
//!
//! A goal that is met again inside itself has no instance *there*: an instance of least height never holds a
//! smaller instance of the same goal. So the search ends on recursive schemas, and "none" is the least fixed
//! point. A "none" that leans on a goal still under way holds as long as that is under way, and for good where
//! that has none either ([`super::leaning`]).

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Value;

use super::apart::are_apart;
use super::area::Area;
use super::arena::{Arena, Id, Type};
use super::atom::{Alternative, Atom, Literal, of_literal};
use super::check::{Seen, check};
use super::deep;
use super::leaning::Leaning;
use super::made::Made;
use super::number::Found;
use super::state::State;

/// What one step of the search takes, beside what grows with what is looked at.
const STEP: usize = 100;
/// Schemas to be broken that are taken together before ways are asked for that are not possible any more.
const MANY: usize = 16;
/// What it takes to take in a literal.
const LITERAL: usize = 8;
/// What it takes to copy what is known of an instance, for each thing that is.
const COPY: usize = 8;
/// Goals of more literals are not remembered: there are few that are met twice, and all of them together would be large.
const REMEMBERED_MAX: usize = 512;

/// How deep the search goes into itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Goals in each other: the levels of an instance.
    pub(super) goals: usize,
    /// Goals, choices and demands that are open at once.
    pub(super) frames: usize,
}

pub(super) type Goal = BTreeSet<Literal>;

#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome {
    Instance(Made),
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
pub(super) struct Choice {
    pub(super) literal: Literal,
    /// Shared by the branches of the search.
    pub(super) ways: Arc<Vec<Alternative>>,
}

pub(super) const NONE: Outcome = Outcome::None(usize::MAX);

#[derive(Debug)]
pub(super) struct Solver {
    pub(super) arena: Arena,
    limits: Limits,
    known: HashMap<Goal, Outcome>,
    apart: HashMap<(Id, Id), bool>,
    pub(super) areas: HashMap<Id, Option<Arc<Area>>>,
    ways: HashMap<(Literal, Type), Vec<Choice>>,
    leaning: Leaning,
    /// Goals under way, with their places on the stack.
    open: HashMap<Goal, usize>,
    frames: usize,
    /// Whether anything was not looked at because it is too deep.
    cut: bool,
}

impl Solver {
    pub(super) fn new(arena: Arena, limits: Limits) -> Self {
        let (known, apart, areas, ways) = (HashMap::new(), HashMap::new(), HashMap::new(), HashMap::new());
        Self { arena, limits, known, apart, areas, ways, leaning: Leaning::default(), open: HashMap::new(), frames: 0, cut: false }
    }

    /// Starts to look so many levels deep, with a part of the work: what was not decided is asked again.
    pub(super) fn look(&mut self, goals: usize, part: usize) {
        self.limits.goals = goals;
        self.cut = false;
        self.arena.start(part);
        self.known.retain(|_, outcome| !matches!(outcome, Outcome::Open(..)));
    }

    /// Whether more might be found with more levels, or with more work.
    pub(super) fn is_cut(&self) -> bool {
        self.cut || !self.arena.has_work_left()
    }

    /// Counts a step; false when nothing more is to be done.
    pub(super) fn step(&self) -> bool {
        self.arena.spend(STEP)
    }

    /// One call deeper into the search, as far as that goes; on another stack where this one is used up.
    pub(super) fn deeper(&mut self, first: Id, call: impl FnOnce(&mut Self) -> Outcome + Send) -> Outcome {
        if self.frames >= self.limits.frames {
            return Outcome::Open("depth", first);
        }
        self.frames += 1;
        let outcome = if self.frames.is_multiple_of(deep::FRAMES) {
            deep::on_another_stack(|| call(self)).unwrap_or(Outcome::Open("depth", first))
        } else {
            call(self)
        };
        self.frames -= 1;
        outcome
    }

    pub(super) fn solve(&mut self, goal: &Goal) -> Outcome {
        let goal = &goal.iter().map(|literal| self.arena.behind(*literal)).collect();
        if let Some(known) = self.known.get(goal) {
            return *known;
        }
        if let Some(low) = self.open.get(goal).copied().or_else(|| self.leaning.get(goal)) {
            return Outcome::None(low);
        }
        let first = goal.first().map_or(0, |(id, _)| *id);
        if self.open.len() >= self.limits.goals {
            self.cut = true;
            return Outcome::Open("depth", first);
        }
        let (here, since) = (self.open.len(), self.leaning.len());
        self.open.insert(goal.clone(), here);
        let outcome = self.deeper(first, |solver| solver.of_any_type(goal));
        self.open.remove(goal);
        match outcome {
            Outcome::None(low) if low < here => {
                self.arena.spend(self.leaning.len().saturating_sub(since));
                self.leaning.lean(goal, low, here, since);
                return outcome;
            }
            Outcome::None(_) => {
                let settled = self.leaning.settle(here, since);
                self.known.extend(settled.map(|goal| (goal, NONE)));
                self.remember(goal, &NONE);
                return NONE;
            }
            Outcome::Instance(_) | Outcome::Open(..) => self.leaning.forget(since),
        }
        self.remember(goal, &outcome);
        outcome
    }

    fn remember(&mut self, goal: &Goal, outcome: &Outcome) {
        if goal.len() <= REMEMBERED_MAX {
            self.known.insert(goal.clone(), *outcome);
        }
    }

    fn of_any_type(&mut self, goal: &Goal) -> Outcome {
        let mut outcome = NONE;
        for of in Type::ALL {
            if !self.arena.spend(LITERAL * goal.len()) {
                return Outcome::Open("steps", goal.first().map_or(0, |(id, _)| *id));
            }
            let mut state = Box::new(State::new(of));
            let consistent = goal.iter().all(|literal| self.holds_too(&mut state, *literal));
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
        if let Some(known) = self.ways.get(&(literal, of)) {
            self.arena.spend(known.len());
            return known.clone();
        }
        let mut lists = of_literal(&self.arena, literal, of);
        for ways in &mut lists {
            self.arena.spend(ways.iter().map(|way| 2 + way.len()).sum());
            if !literal.1 {
                ways.retain(|way| !self.is_apart(way));
            }
        }
        let choices: Vec<Choice> = lists.into_iter().map(|ways| Choice { literal, ways: Arc::new(ways) }).collect();
        self.ways.insert((literal, of), choices.clone());
        choices
    }

    fn is_apart(&mut self, way: &Alternative) -> bool {
        let [Atom::Is((left, true)), Atom::Is((right, true))] = way.as_slice() else { return false };
        self.are_apart(*left, *right)
    }

    /// Whether two schemas share no instance, wherever they are met.
    fn are_apart(&mut self, left: Id, right: Id) -> bool {
        let (left, right) = (self.arena.behind((left, true)).0, self.arena.behind((right, true)).0);
        if !self.arena.may_meet(left, right) {
            return true;
        }
        let pair = (left.min(right), left.max(right));
        if let Some(known) = self.apart.get(&pair) {
            return *known;
        }
        let apart = are_apart(&self.arena, left, right) || {
            let both = Goal::from([(left, true), (right, true)]);
            match self.solve(&both) {
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
    fn search(&mut self, mut state: Box<State>, mut waiting: Vec<Choice>) -> Outcome {
        let first = state.first();
        let choice = loop {
            let ways: usize = waiting.iter().map(|choice| choice.ways.len()).sum();
            if !self.step() || !self.arena.spend(ways) {
                return Outcome::Open("steps", first);
            }
            while let Some(at) = waiting.iter().position(|choice| choice.ways.len() <= 1) {
                match waiting.swap_remove(at).ways.first() {
                    Some(atoms) => {
                        if !self.take(&mut state, &mut waiting, atoms) || !self.may_stand(&state, atoms) {
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
            if waiting.len() >= MANY
                && let Some(outcome) = self.beside(&state, &waiting)
            {
                return outcome;
            }
            if self.narrow(&state, &mut waiting) {
                continue;
            }
            if let Some(outcome) = self.beside(&state, &waiting) {
                return outcome;
            }
            // What holds comes first: each of its ways tells most of the schemas that are to be broken apart.
            let order = |at: &usize| waiting.get(*at).map_or((true, 0), |choice| (!choice.literal.1, choice.ways.len()));
            let Some(at) = (0..waiting.len()).min_by_key(order) else {
                return self.leaf(&state);
            };
            break waiting.swap_remove(at);
        };
        state.share();
        let mut outcome = NONE;
        for atoms in choice.ways.iter() {
            self.arena.spend(COPY * state.weight() + waiting.len());
            let (mut state, mut waiting) = (state.clone(), waiting.clone());
            if self.take(&mut state, &mut waiting, atoms) && self.may_stand(&state, atoms) {
                outcome = outcome.or(self.deeper(first, |solver| solver.search(state, waiting)));
            }
            if matches!(outcome, Outcome::Instance(_)) {
                break;
            }
        }
        outcome
    }

    /// Breaks many schemas at once where nothing else is left to be chosen.
    fn beside(&mut self, state: &State, waiting: &[Choice]) -> Option<Outcome> {
        let all = state.of == Type::Object && waiting.len() > 1 && waiting.iter().all(|choice| self.is_area(choice.literal));
        let ids: Vec<Id> = waiting.iter().filter(|_| all).map(|choice| choice.literal.0).collect();
        if all { self.object_beside(state, &ids) } else { None }
    }

    fn take(&mut self, state: &mut State, waiting: &mut Vec<Choice>, atoms: &Alternative) -> bool {
        for atom in atoms {
            if let Atom::Is(literal) = atom {
                let literal = self.arena.behind(*literal);
                if state.literals.has(&literal) || self.follows(state, literal) {
                    continue;
                }
                if literal.1 && self.arena.is_plain(literal.0) {
                    self.arena.spend(waiting.len());
                    waiting.retain(|choice| choice.literal.1 || !self.are_apart(literal.0, choice.literal.0));
                }
                let ways = self.ways(literal, state.of);
                waiting.extend(ways);
                if !self.holds_too(state, literal) {
                    return false;
                }
            } else if !state.add(atom.clone()) {
                return false;
            }
        }
        true
    }

    /// Takes a literal in; false if no instance is left.
    fn holds_too(&self, state: &mut State, literal: Literal) -> bool {
        // A schema made of others may be what a breach came from, and must not stand in for it.
        if literal.1 && self.arena.is_plain(literal.0) {
            state.plain.push(literal.0);
        }
        state.add(Atom::Is(literal))
    }

    /// Whether a schema need not be broken, because one that holds shares no instance with it. Leaving it out
    /// keeps the search from trying each way to break each of many disjoint schemas.
    fn follows(&mut self, state: &State, (id, holds): Literal) -> bool {
        !holds && self.arena.spend(state.plain.len()) && state.plain.iter().any(|other| self.are_apart(*other, id))
    }

    fn leaf(&mut self, state: &State) -> Outcome {
        let first = state.first();
        if let Some(values) = &state.one_of {
            return self.one_of(state, values);
        }
        self.arena.spend(state.others.iter().map(|values| values.list().len()).sum());
        let found = match state.of {
            Type::Null => self.first_of(state, &[Value::Null]),
            Type::Boolean => self.first_of(state, &[Value::Bool(false), Value::Bool(true)]),
            Type::Number => match state.numbers.find(&state.others) {
                Found::Number(number) => self.proven(state, self.arena.make(&number)),
                Found::None => NONE,
                Found::Open(keyword) => Outcome::Open(keyword, first),
            },
            Type::String => self.string(state),
            Type::Array => self.array_beside(state),
            Type::Object => self.object_beside(state, &[]).unwrap_or(Outcome::Open("enum", first)),
        };
        match (found, state.open) {
            (Outcome::Open(..), Some((keyword, id))) => Outcome::Open(keyword, id),
            (found, _) => found,
        }
    }

    /// The first of these values that is not left out.
    fn first_of(&self, state: &State, values: &[Value]) -> Outcome {
        let left = values.iter().find(|value| !state.others.iter().any(|others| others.has(value)));
        left.map_or(NONE, |value| self.proven(state, self.arena.make(value)))
    }

    fn one_of(&mut self, state: &State, values: &[Value]) -> Outcome {
        let mut outcome = NONE;
        for value in values {
            if !self.step() {
                return Outcome::Open("steps", state.first());
            }
            let value = self.arena.make(value);
            outcome = outcome.or(match self.holds(state, value) {
                Some(true) => return Outcome::Instance(value),
                Some(false) => NONE,
                None => self.proven(state, value),
            });
        }
        outcome
    }

    fn holds(&self, state: &State, made: Made) -> Option<bool> {
        let mut all = Some(true);
        for (id, holds) in state.literals.all() {
            match check(&self.arena, *id, Seen::Made(made)) {
                Some(valid) if valid == *holds => {}
                Some(_) => return Some(false),
                None => all = None,
            }
        }
        all
    }

    /// An instance only if the validator says so of every literal of the goal.
    pub(super) fn proven(&self, state: &State, made: Made) -> Outcome {
        if self.holds(state, made) == Some(true) {
            return Outcome::Instance(made);
        }
        let first = state.first();
        if !self.arena.has_work_left() {
            return Outcome::Open("steps", first);
        }
        let undecided = state.literals.all().find(|(id, holds)| check(&self.arena, *id, Seen::Made(made)) != Some(*holds));
        let (keyword, id) = state.open.unwrap_or(("witness", undecided.map_or(first, |(id, _)| *id)));
        Outcome::Open(keyword, id)
    }
}
