//! A small validator, to prove an instance before it is shown.

use std::collections::HashSet;

use serde_json::Value;

use super::arena::{Arena, Demand, Id, Type};
use super::number::{Num, is_multiple};
use super::values::key;

/// Whether an instance is valid; `None` where a keyword decides that cannot be decided here.
pub(super) fn check(arena: &Arena, id: Id, value: &Value) -> Option<bool> {
    let (id, _) = arena.behind((id, true));
    arena.counted(|| every(arena.rules(id).iter().map(|rule| demand(arena, &rule.demand, value))))
}

/// The conjunction: false as soon as one is.
fn every(verdicts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for verdict in verdicts {
        match verdict {
            Some(false) => return Some(false),
            Some(true) => {}
            None => all = None,
        }
    }
    all
}

fn not(verdict: Option<bool>) -> Option<bool> {
    verdict.map(|valid| !valid)
}

/// Whether so many of the verdicts are true.
fn counted(verdicts: impl Iterator<Item = Option<bool>>, min: u64, max: u64) -> Option<bool> {
    let (mut sure, mut open) = (0, 0);
    for verdict in verdicts {
        match verdict {
            Some(true) => sure += 1,
            None => open += 1,
            Some(false) => {}
        }
    }
    if sure > max || sure + open < min { Some(false) } else { (sure >= min && sure + open <= max).then_some(true) }
}

/// What a demand makes of an instance.
pub(super) fn demand(arena: &Arena, demand: &Demand, value: &Value) -> Option<bool> {
    let valid = |id: &Id| check(arena, *id, value);
    match demand {
        Demand::Never => Some(false),
        Demand::All(ids) => every(ids.iter().map(valid)),
        Demand::Any(ids) => counted(ids.iter().map(valid), 1, u64::MAX),
        Demand::One(ids) => counted(ids.iter().map(valid), 1, 1),
        Demand::Not(id) => not(valid(id)),
        Demand::If(when, then, other) => match valid(when) {
            Some(true) => then.as_ref().map_or(Some(true), valid),
            Some(false) => other.as_ref().map_or(Some(true), valid),
            None => {
                let (then, other) = (then.as_ref().map_or(Some(true), valid), other.as_ref().map_or(Some(true), valid));
                then.filter(|_| then == other)
            }
        },
        Demand::Types(types, whole) => {
            let is_whole = || value.as_number().and_then(Num::of).is_some_and(Num::is_whole);
            Some(types.contains(&Type::of(value)) || (*whole && is_whole()))
        }
        Demand::Enum(values) => Some(values.has(value)),
        Demand::Opaque(of) => of.filter(|of| *of != Type::of(value)).map(|_| true),
        _ => match value {
            Value::Number(number) => Num::of(number).and_then(|num| of_number(demand, num)),
            Value::String(text) => of_string(arena, demand, text),
            Value::Array(items) => of_array(arena, demand, items),
            Value::Object(map) => of_object(arena, demand, value, map),
            Value::Null | Value::Bool(_) => Some(true),
        },
    }
}

fn of_number(demand: &Demand, num: Num) -> Option<bool> {
    match demand {
        Demand::Min(min, past) => Some(if *past { min.cmp(num).is_lt() } else { min.cmp(num).is_le() }),
        Demand::Max(max, short) => Some(if *short { num.cmp(*max).is_lt() } else { num.cmp(*max).is_le() }),
        Demand::MinAbout(low, high) => about(high.cmp(num).is_le(), num.cmp(*low).is_lt()),
        Demand::MaxAbout(low, high) => about(num.cmp(*low).is_le(), high.cmp(num).is_lt()),
        Demand::MultipleOf(of) => is_multiple(num, *of),
        _ => Some(true),
    }
}

/// True or false where one of them is sure.
fn about(valid: bool, invalid: bool) -> Option<bool> {
    if valid { Some(true) } else { invalid.then_some(false) }
}

fn of_string(arena: &Arena, demand: &Demand, text: &str) -> Option<bool> {
    let length = || text.chars().count() as u64;
    match demand {
        Demand::SizeMin(Type::String, min) => Some(length() >= *min),
        Demand::SizeMax(Type::String, max) => Some(length() <= *max),
        Demand::Pattern(pattern) => arena.patterns.get(pattern).map(|texts| texts.has(text)),
        _ => Some(true),
    }
}

fn of_array(arena: &Arena, demand: &Demand, items: &[Value]) -> Option<bool> {
    match demand {
        Demand::SizeMin(Type::Array, min) => Some(items.len() as u64 >= *min),
        Demand::SizeMax(Type::Array, max) => Some(items.len() as u64 <= *max),
        Demand::Prefix(ids) => every(ids.iter().zip(items).map(|(id, item)| check(arena, *id, item))),
        Demand::Items(from, id) => every(items.iter().skip(*from).map(|item| check(arena, *id, item))),
        Demand::Unique => Some(items.iter().map(key).collect::<HashSet<_>>().len() == items.len()),
        Demand::Contains(id, min, max) => counted(items.iter().map(|item| check(arena, *id, item)), *min, max.unwrap_or(u64::MAX)),
        _ => Some(true),
    }
}

fn of_object(arena: &Arena, demand: &Demand, value: &Value, map: &serde_json::Map<String, Value>) -> Option<bool> {
    match demand {
        Demand::SizeMin(Type::Object, min) => Some(map.len() as u64 >= *min),
        Demand::SizeMax(Type::Object, max) => Some(map.len() as u64 <= *max),
        Demand::Properties(all) => every(map.iter().filter_map(|(name, value)| all.get(name).map(|id| check(arena, *id, value)))),
        Demand::Additional(names, among, id) => {
            let others = map.iter().filter(|(name, _)| !names.contains(*name));
            every(others.map(|(name, value)| {
                match among.map_or(Some(true), |among| check(arena, among, &Value::from(name.as_str()))) {
                    Some(true) => check(arena, *id, value),
                    Some(false) => Some(true),
                    // Whatever the name is, a value that is valid refuses nothing.
                    None => check(arena, *id, value).filter(|valid| *valid),
                }
            }))
        }
        Demand::Required(names) => Some(names.iter().all(|name| map.contains_key(name))),
        Demand::PropertyNames(id) => every(map.keys().map(|name| check(arena, *id, &Value::from(name.as_str())))),
        Demand::DependentRequired(all) => {
            Some(all.iter().all(|(name, others)| !map.contains_key(name) || others.iter().all(|other| map.contains_key(other))))
        }
        Demand::DependentSchemas(all) => {
            every(all.iter().filter(|(name, _)| map.contains_key(name)).map(|(_, id)| check(arena, *id, value)))
        }
        _ => Some(true),
    }
}
