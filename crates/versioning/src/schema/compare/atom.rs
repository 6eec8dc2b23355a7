//! What a rule, or the breach of it, comes down to for instances of one type: alternatives of atoms.

use std::sync::Arc;

use serde_json::Value;

use super::arena::{Arena, Demand, Id, Names, Type};
use super::number::Num;
use super::values::Values;

/// A schema, or the breach of one.
pub(super) type Literal = (Id, bool);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Atom {
    Is(Literal),
    Min(Num, bool),
    Max(Num, bool),
    Whole(bool),
    Multiple(Num, bool),
    SizeMin(u64),
    SizeMax(u64),
    Pattern(Arc<str>, bool),
    /// One of a few values, and no other.
    OneOf(Arc<Vec<Value>>),
    /// None of a few values.
    NoneOf(Arc<Values>),
    /// The item there, if there is one.
    At(usize, Literal),
    /// Each item from there on.
    Each(usize, Literal),
    /// Some item from there on, or there exactly.
    Some {
        from: usize,
        exact: bool,
        literal: Literal,
    },
    Unique,
    /// Some item stands in the array twice.
    Repeated,
    Present(String),
    Absent(String),
    Property(String, Literal),
    /// Each property that is not named, and whose name is under a schema if there is one.
    Extra {
        not: Names,
        name: Option<Id>,
        value: Literal,
    },
    /// Some property that is not named: its name, its value.
    SomeExtra {
        not: Names,
        name: Option<Literal>,
        value: Option<Literal>,
    },
    Names(Literal),
    /// Left out, so that only "no instance" and a proven instance are to be trusted.
    Open(&'static str, Id),
}

pub(super) type Alternative = Vec<Atom>;

fn always() -> Vec<Alternative> {
    vec![Vec::new()]
}

fn one(atom: Atom) -> Vec<Alternative> {
    vec![vec![atom]]
}

/// What a literal comes down to: each of the lists has to hold, by one of its alternatives.
pub(super) fn of_literal(arena: &Arena, (id, holds): Literal, of: Type) -> Vec<Vec<Alternative>> {
    let rules = arena.rules(id).to_vec();
    if holds {
        rules.iter().map(|rule| kept(arena, &rule.demand, rule.keyword, id, of)).collect()
    } else {
        let mut ways: Vec<Alternative> = rules.iter().flat_map(|rule| broken(arena, &rule.demand, rule.keyword, id, of)).collect();
        // What is simply not there breaks many schemas at once.
        ways.sort_by_key(|way| !way.iter().all(|atom| matches!(atom, Atom::Absent(_) | Atom::SizeMin(_) | Atom::SizeMax(_))));
        vec![ways]
    }
}

/// The ways to keep a rule.
fn kept(arena: &Arena, demand: &Demand, keyword: &'static str, id: Id, of: Type) -> Vec<Alternative> {
    let is = |id: &Id| Atom::Is((*id, true));
    match demand {
        Demand::Never => Vec::new(),
        Demand::All(ids) => vec![ids.iter().map(is).collect()],
        Demand::Any(ids) => ids.iter().map(|id| vec![is(id)]).collect(),
        Demand::One(ids) => {
            // Those that share nothing with the one that holds need not be broken.
            let ways = ids.iter().zip(arena.meeting(ids));
            ways.map(|(id, others)| [is(id)].into_iter().chain(others.iter().map(|other| Atom::Is((*other, false)))).collect()).collect()
        }
        Demand::Not(id) => one(Atom::Is((*id, false))),
        Demand::If(when, then, other) => {
            let branch = |holds, next: &Option<Id>| [Atom::Is((*when, holds))].into_iter().chain(next.iter().map(is)).collect();
            vec![branch(true, then), branch(false, other)]
        }
        Demand::Types(types, _) if types.contains(&of) => always(),
        Demand::Types(_, true) if of == Type::Number => one(Atom::Whole(true)),
        Demand::Types(..) => Vec::new(),
        Demand::Enum(values) => {
            let values: Vec<Value> = values.of(of).cloned().collect();
            if values.is_empty() { Vec::new() } else { one(Atom::OneOf(Arc::new(values))) }
        }
        Demand::Min(min, past) if of == Type::Number => one(Atom::Min(*min, *past)),
        Demand::Max(max, short) if of == Type::Number => one(Atom::Max(*max, *short)),
        Demand::MinAbout(low, high) if of == Type::Number => {
            vec![vec![Atom::Min(*high, false)], vec![Atom::Min(*low, false), Atom::Max(*high, false), Atom::Open(keyword, id)]]
        }
        Demand::MaxAbout(low, high) if of == Type::Number => {
            vec![vec![Atom::Max(*low, false)], vec![Atom::Min(*low, false), Atom::Max(*high, false), Atom::Open(keyword, id)]]
        }
        Demand::MultipleOf(num) if of == Type::Number => one(Atom::Multiple(*num, true)),
        Demand::SizeMin(sized, size) if *sized == of => one(Atom::SizeMin(*size)),
        Demand::SizeMax(sized, size) if *sized == of => one(Atom::SizeMax(*size)),
        Demand::Pattern(pattern) if of == Type::String => one(Atom::Pattern(pattern.clone(), true)),
        Demand::Opaque(opaque) if opaque.is_none_or(|opaque| opaque == of) => one(Atom::Open(keyword, id)),
        _ if of == Type::Array => kept_by_array(demand, id),
        _ if of == Type::Object => kept_by_object(demand, keyword, id),
        _ => always(),
    }
}

fn kept_by_array(demand: &Demand, id: Id) -> Vec<Alternative> {
    match demand {
        Demand::Prefix(ids) => vec![ids.iter().enumerate().map(|(at, id)| Atom::At(at, (*id, true))).collect()],
        Demand::Items(from, id) => one(Atom::Each(*from, (*id, true))),
        Demand::Unique => one(Atom::Unique),
        Demand::Contains(_, 0, None) => always(),
        Demand::Contains(inner, 1, None) => one(Atom::Some { from: 0, exact: false, literal: (*inner, true) }),
        Demand::Contains(_, _, Some(0)) | Demand::Contains(_, 0, Some(_)) => one(Atom::Open("maxContains", id)),
        // How many of them there are is left open.
        Demand::Contains(inner, min, _) => {
            vec![vec![Atom::Some { from: 0, exact: false, literal: (*inner, true) }, Atom::SizeMin(*min), Atom::Open("contains", id)]]
        }
        _ => always(),
    }
}

fn kept_by_object(demand: &Demand, keyword: &'static str, id: Id) -> Vec<Alternative> {
    match demand {
        Demand::Properties(all) => vec![all.iter().map(|(name, id)| Atom::Property(name.clone(), (*id, true))).collect()],
        Demand::Additional(names, name, id) => one(Atom::Extra { not: names.clone(), name: *name, value: (*id, true) }),
        Demand::Required(names) => vec![names.iter().cloned().map(Atom::Present).collect()],
        Demand::PropertyNames(id) => one(Atom::Names((*id, true))),
        Demand::DependentRequired(all) => {
            let all: Vec<_> = all.iter().filter(|(_, others)| !others.is_empty()).collect();
            match all.as_slice() {
                [] => always(),
                [(name, others)] => vec![vec![Atom::Absent(name.clone())], others.iter().cloned().map(Atom::Present).collect()],
                _ => product(
                    keyword,
                    id,
                    all.iter()
                        .map(|(name, others)| vec![vec![Atom::Absent(name.clone())], others.iter().cloned().map(Atom::Present).collect()]),
                ),
            }
        }
        Demand::DependentSchemas(all) => {
            product(keyword, id, all.iter().map(|(name, id)| vec![vec![Atom::Absent(name.clone())], vec![Atom::Is((*id, true))]]))
        }
        _ => always(),
    }
}

/// One alternative of each list, in all ways; a great many are left open.
fn product(keyword: &'static str, id: Id, lists: impl Iterator<Item = Vec<Alternative>>) -> Vec<Alternative> {
    const WAYS_MAX: usize = 4096;
    let mut ways = always();
    for mut list in lists {
        if list.len() == 1 {
            let more = list.pop().unwrap_or_default();
            ways.iter_mut().for_each(|way| way.extend(more.iter().cloned()));
            continue;
        }
        if ways.len() * list.len() > WAYS_MAX {
            return vec![vec![Atom::Open(keyword, id)]];
        }
        ways = ways.iter().flat_map(|way| list.iter().map(move |more| way.iter().chain(more).cloned().collect())).collect();
    }
    ways
}

/// The ways to break a rule.
fn broken(arena: &Arena, demand: &Demand, keyword: &'static str, id: Id, of: Type) -> Vec<Alternative> {
    let isnt = |id: &Id| Atom::Is((*id, false));
    match demand {
        Demand::Never => always(),
        Demand::All(ids) => ids.iter().map(|id| vec![isnt(id)]).collect(),
        Demand::Any(ids) => vec![ids.iter().map(isnt).collect()],
        Demand::One(ids) => {
            let mut pairs: Vec<(Id, Id)> = Vec::new();
            for (left, others) in ids.iter().zip(arena.meeting(ids)) {
                pairs.extend(others.into_iter().map(|right| (*left.min(&right), *left.max(&right))));
            }
            pairs.sort_unstable();
            pairs.dedup();
            let both = pairs.into_iter().map(|(left, right)| vec![Atom::Is((left, true)), Atom::Is((right, true))]);
            std::iter::once(ids.iter().map(isnt).collect()).chain(both).collect()
        }
        Demand::Not(id) => one(Atom::Is((*id, true))),
        Demand::If(when, then, other) => {
            let branch = |holds, next: &Id| vec![Atom::Is((*when, holds)), isnt(next)];
            let (then, other) = (then.iter().map(|next| branch(true, next)), other.iter().map(|next| branch(false, next)));
            then.chain(other).collect()
        }
        Demand::Types(types, _) if types.contains(&of) => Vec::new(),
        Demand::Types(_, true) if of == Type::Number => one(Atom::Whole(false)),
        Demand::Types(..) => always(),
        Demand::Enum(values) if values.of(of).next().is_none() => always(),
        Demand::Enum(values) => one(Atom::NoneOf(values.clone())),
        Demand::MinAbout(low, high) if of == Type::Number => {
            vec![vec![Atom::Max(*low, true)], vec![Atom::Min(*low, false), Atom::Max(*high, false), Atom::Open(keyword, id)]]
        }
        Demand::MaxAbout(low, high) if of == Type::Number => {
            vec![vec![Atom::Min(*high, true)], vec![Atom::Min(*low, false), Atom::Max(*high, false), Atom::Open(keyword, id)]]
        }
        Demand::Min(min, past) if of == Type::Number => one(Atom::Max(*min, !past)),
        Demand::Max(max, short) if of == Type::Number => one(Atom::Min(*max, !short)),
        Demand::MultipleOf(num) if of == Type::Number => one(Atom::Multiple(*num, false)),
        Demand::SizeMin(sized, size) if *sized == of => size.checked_sub(1).map_or_else(Vec::new, |max| one(Atom::SizeMax(max))),
        Demand::SizeMax(sized, size) if *sized == of => size.checked_add(1).map_or_else(Vec::new, |min| one(Atom::SizeMin(min))),
        Demand::Pattern(pattern) if of == Type::String => one(Atom::Pattern(pattern.clone(), false)),
        Demand::Opaque(opaque) if opaque.is_none_or(|opaque| opaque == of) => one(Atom::Open(keyword, id)),
        _ if of == Type::Array => broken_by_array(demand, id),
        _ if of == Type::Object => broken_by_object(demand),
        _ => Vec::new(),
    }
}

fn broken_by_array(demand: &Demand, id: Id) -> Vec<Alternative> {
    match demand {
        Demand::Prefix(ids) => {
            ids.iter().enumerate().map(|(at, id)| vec![Atom::Some { from: at, exact: true, literal: (*id, false) }]).collect()
        }
        Demand::Items(from, id) => one(Atom::Some { from: *from, exact: false, literal: (*id, false) }),
        Demand::Unique => vec![vec![Atom::SizeMin(2), Atom::Repeated, Atom::Open("uniqueItems", id)]],
        Demand::Contains(_, 0, None) => Vec::new(),
        Demand::Contains(inner, 1, None) => one(Atom::Each(0, (*inner, false))),
        Demand::Contains(..) => one(Atom::Open("contains", id)),
        _ => Vec::new(),
    }
}

fn broken_by_object(demand: &Demand) -> Vec<Alternative> {
    match demand {
        Demand::Properties(all) => {
            all.iter().map(|(name, id)| vec![Atom::Present(name.clone()), Atom::Property(name.clone(), (*id, false))]).collect()
        }
        Demand::Additional(names, name, id) => {
            one(Atom::SomeExtra { not: names.clone(), name: name.map(|name| (name, true)), value: Some((*id, false)) })
        }
        Demand::Required(names) => names.iter().map(|name| vec![Atom::Absent(name.clone())]).collect(),
        Demand::PropertyNames(id) => one(Atom::SomeExtra { not: Names::default(), name: Some((*id, false)), value: None }),
        Demand::DependentRequired(all) => {
            let pairs = all.iter().flat_map(|(name, others)| others.iter().map(move |other| (name, other)));
            pairs.map(|(name, other)| vec![Atom::Present(name.clone()), Atom::Absent(other.clone())]).collect()
        }
        Demand::DependentSchemas(all) => all.iter().map(|(name, id)| vec![Atom::Present(name.clone()), Atom::Is((*id, false))]).collect(),
        _ => Vec::new(),
    }
}
