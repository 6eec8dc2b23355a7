//! What a property or an item may be, told apart as far as it matters to the areas beside which an instance is looked for.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Value;

use super::arena::{Demand, Id, Type};
use super::atom::Literal;
use super::check::{Seen, check};
use super::solve::{Goal, Outcome, Solver};
use super::values::key;

/// Classes of values that are not told one by one.
const REST_MAX: usize = 64;

/// What an area takes at a place.
#[derive(Clone, Debug)]
pub(super) enum Part<'p> {
    Absent,
    Value(&'p Value),
    /// What is under all of these, and whether it has to be there.
    Schemas(Vec<Id>, bool),
}

/// One way to be at a place.
#[derive(Clone, Debug)]
pub(super) enum Class {
    Absent,
    /// Under these, and not under those.
    There(Vec<Literal>),
}

/// The classes that an area takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Taken {
    None,
    One(usize),
    Some(Arc<BTreeSet<usize>>),
    All,
}

impl Taken {
    fn of(classes: BTreeSet<usize>, count: usize) -> Self {
        match (classes.len(), classes.first()) {
            (0, _) => Self::None,
            (some, _) if some == count => Self::All,
            (1, Some(one)) => Self::One(*one),
            _ => Self::Some(Arc::new(classes)),
        }
    }

    pub(super) fn has(&self, class: usize) -> bool {
        match self {
            Self::None => false,
            Self::One(one) => *one == class,
            Self::Some(some) => some.contains(&class),
            Self::All => true,
        }
    }

    pub(super) fn len(&self, count: usize) -> usize {
        match self {
            Self::None => 0,
            Self::One(_) => 1,
            Self::Some(some) => some.len(),
            Self::All => count,
        }
    }

    pub(super) fn is_apart_from(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::None, _) | (_, Self::None) => true,
            (Self::All, _) | (_, Self::All) => false,
            (Self::One(one), other) | (other, Self::One(one)) => !other.has(*one),
            (Self::Some(left), Self::Some(right)) => left.is_disjoint(right),
        }
    }
}

/// A place: its classes, and for each area those that it takes.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) classes: Vec<Class>,
    pub(super) taken: Vec<Taken>,
}

/// What is known of a part while the classes are made.
enum Known {
    /// These values and no others.
    Values(Vec<String>),
    Schemas(Vec<Id>),
}

impl Solver {
    /// Tells apart what may be at a place where this holds anyway; `None` where that would be too much, or cannot be told.
    pub(super) fn place(&mut self, base: &Goal, (may, must): (bool, bool), parts: &[Part<'_>]) -> Option<Place> {
        let mut values: HashMap<String, Value> = HashMap::new();
        let mut finite: HashMap<Vec<Id>, Option<Vec<String>>> = HashMap::new();
        let mut known = Vec::new();
        for part in parts {
            known.push(match part {
                Part::Absent => Known::Values(Vec::new()),
                Part::Value(value) => {
                    let key = key(value);
                    values.entry(key.clone()).or_insert_with(|| (*value).clone());
                    Known::Values(vec![key])
                }
                Part::Schemas(ids, _) => {
                    let keys = finite.entry(ids.clone()).or_insert_with(|| {
                        let listed = self.few(ids)?;
                        Some(
                            listed
                                .into_iter()
                                .map(|value| {
                                    let key = key(&value);
                                    values.insert(key.clone(), value);
                                    key
                                })
                                .collect(),
                        )
                    });
                    keys.clone().map_or_else(|| Known::Schemas(ids.clone()), Known::Values)
                }
            });
        }
        if !self.arena.spend(parts.len() + values.len()) {
            return None;
        }
        let open: BTreeSet<Id> =
            known.iter().filter_map(|known| if let Known::Schemas(ids) = known { Some(ids) } else { None }).flatten().copied().collect();
        let mut classes = Vec::new();
        let (mut of_value, mut of_schema): (HashMap<&str, usize>, HashMap<Id, BTreeSet<usize>>) = (HashMap::new(), HashMap::new());
        if may {
            let mut sorted: Vec<(&String, &Value)> = values.iter().collect();
            sorted.sort_unstable_by_key(|(key, _)| *key);
            for (key, value) in &sorted {
                let made = self.arena.make(value);
                if base.iter().any(|(id, holds)| check(&self.arena, *id, Seen::Made(made)) == Some(!holds)) {
                    continue;
                }
                for id in &open {
                    if check(&self.arena, *id, Seen::Made(made))? {
                        of_schema.entry(*id).or_default().insert(classes.len());
                    }
                }
                of_value.insert(key.as_str(), classes.len());
                classes.push(Class::There(vec![(self.arena.constant(value), true)]));
            }
            let listed: Vec<Value> = sorted.into_iter().map(|(_, value)| value.clone()).collect();
            for class in self.rest(base, &listed, &open)? {
                for (id, _) in class.iter().filter(|(id, holds)| *holds && open.contains(id)) {
                    of_schema.entry(*id).or_default().insert(classes.len());
                }
                classes.push(Class::There(class));
            }
        }
        let present = classes.len();
        if !must {
            classes.push(Class::Absent);
        }
        let count = classes.len();
        let of_part = |(part, known): (&Part<'_>, &Known)| {
            let mut taken: BTreeSet<usize> = match known {
                Known::Values(keys) => keys.iter().filter_map(|key| of_value.get(key.as_str()).copied()).collect(),
                Known::Schemas(ids) => {
                    let under = |class: &usize| ids.iter().all(|id| of_schema.get(id).is_some_and(|classes| classes.contains(class)));
                    (0..present).filter(under).collect()
                }
            };
            if !must && !matches!(part, Part::Value(_) | Part::Schemas(_, true)) {
                taken.insert(present);
            }
            Taken::of(taken, count)
        };
        Some(Place { taken: parts.iter().zip(&known).map(of_part).collect(), classes })
    }

    /// The values that are under all of these schemas, where they are listed or of a type that has no others.
    fn few(&self, ids: &[Id]) -> Option<Vec<Value>> {
        let listed = ids.iter().find_map(|id| {
            self.arena.rules(self.arena.behind((*id, true)).0).iter().find_map(|rule| match &rule.demand {
                Demand::Never => Some(Vec::new()),
                Demand::Enum(values) => Some(values.list().to_vec()),
                Demand::Types(types, false) if types.iter().all(|of| matches!(of, Type::Null | Type::Boolean)) => {
                    let values = [Value::Null, Value::Bool(false), Value::Bool(true)];
                    Some(values.into_iter().filter(|value| types.contains(&Type::of(value))).collect())
                }
                _ => None,
            })
        })?;
        let mut few = Vec::new();
        for value in listed {
            let made = self.arena.make(&value);
            let mut under = true;
            for id in ids {
                under &= check(&self.arena, *id, Seen::Made(made))?;
            }
            few.extend(under.then_some(value));
        }
        Some(few)
    }

    /// Classes of what is none of these values.
    fn rest(&mut self, base: &Goal, listed: &[Value], open: &BTreeSet<Id>) -> Option<Vec<Vec<Literal>>> {
        let first = if listed.is_empty() { Vec::new() } else { vec![(self.arena.one_of(listed), false)] };
        let mut rest = self.possible(base, vec![first]);
        for id in open {
            let split = rest.into_iter().flat_map(|class| [true, false].map(|holds| class.iter().copied().chain([(*id, holds)]).collect()));
            let split = split.collect();
            rest = self.possible(base, split);
            if rest.len() > REST_MAX {
                return None;
            }
        }
        Some(rest)
    }

    /// Those of which there may be a value.
    fn possible(&mut self, base: &Goal, mut classes: Vec<Vec<Literal>>) -> Vec<Vec<Literal>> {
        classes.retain(|class| {
            let goal: Goal = base.iter().chain(class).copied().collect();
            !matches!(self.solve(&goal), Outcome::None(usize::MAX))
        });
        classes
    }
}
