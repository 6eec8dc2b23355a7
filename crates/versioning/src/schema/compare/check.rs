//! A small validator, to prove an instance before it is shown.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::arena::{Arena, Demand, Id, Rule, Type};
use super::made::{Made, More, Shape};
use super::number::{Num, is_multiple};

/// Characters of a text that is held against a pattern.
const TEXT_MAX: u64 = 1 << 20;

/// What is held against a schema.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seen<'s> {
    /// The name of a property.
    Name(&'s str),
    Made(Made),
}

/// Whether an instance is valid; `None` where a keyword decides that cannot be decided here.
///
/// What is too deep in it is looked at first, by itself.
pub(super) fn check(arena: &Arena, id: Id, seen: Seen<'_>) -> Option<bool> {
    let Seen::Made(made) = seen else { return held(arena, id, seen) };
    let mut waiting = Vec::new();
    loop {
        let (id, made) = waiting.last().copied().unwrap_or((id, made));
        let verdict = held(arena, id, Seen::Made(made));
        match arena.take_cut() {
            Some(deeper) if verdict.is_none() && arena.has_work_left() => waiting.push(deeper),
            _ if waiting.pop().is_none() => return verdict,
            _ => {}
        }
    }
}

fn held(arena: &Arena, id: Id, seen: Seen<'_>) -> Option<bool> {
    let (id, _) = arena.behind((id, true));
    if let ([Rule { demand: Demand::Enum(values), .. }], Seen::Made(made)) = (arena.rules(id), seen) {
        return arena.spend(1).then(|| arena.is_among(made, values));
    }
    arena.counted(id, seen, || every(arena.rules(id).iter().map(|rule| demand(arena, &rule.demand, seen))))
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

/// The disjunction: true as soon as one is.
fn any(verdicts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    not(every(verdicts.map(not)))
}

fn not(verdict: Option<bool>) -> Option<bool> {
    verdict.map(|valid| !valid)
}

/// Whether so many of the verdicts are true.
fn counted(verdicts: impl Iterator<Item = Option<bool>>, min: u64, max: u64) -> Option<bool> {
    counted_runs(verdicts.map(|verdict| (verdict, 1)), min, max)
}

/// The same of verdicts that are each there so many times.
fn counted_runs(verdicts: impl Iterator<Item = (Option<bool>, u64)>, min: u64, max: u64) -> Option<bool> {
    let (mut sure, mut open) = (0_u64, 0_u64);
    for (verdict, count) in verdicts {
        match verdict {
            Some(true) => sure = sure.saturating_add(count),
            None => open = open.saturating_add(count),
            Some(false) => {}
        }
    }
    let most = sure.saturating_add(open);
    if sure > max || most < min { Some(false) } else { (sure >= min && most <= max).then_some(true) }
}

/// What a demand makes of an instance.
pub(super) fn demand(arena: &Arena, demand: &Demand, seen: Seen<'_>) -> Option<bool> {
    let valid = |id: &Id| held(arena, *id, seen);
    match demand {
        Demand::Never => Some(false),
        Demand::All(ids) => every(ids.iter().map(valid)),
        Demand::Any(ids) => any(ids.iter().map(valid)),
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
        Demand::Opaque(of) => of.filter(|of| *of != arena.type_of(seen)).map(|_| true),
        Demand::Enum(values) => Some(match seen {
            Seen::Name(name) => values.has(&Value::from(name)),
            Seen::Made(made) => arena.is_among(made, values),
        }),
        _ => match seen {
            Seen::Name(name) => of_text(arena, demand, &|| name.chars().count() as u64, &|| Some(name.to_owned())),
            Seen::Made(made) => of_made(arena, demand, made),
        },
    }
}

fn of_made(arena: &Arena, demand: &Demand, made: Made) -> Option<bool> {
    let shape = arena.table.borrow().shape(made);
    match &*shape {
        Shape::Plain(Value::Number(number)) => Num::of(number).and_then(|num| of_number(demand, num)),
        Shape::Plain(Value::String(text)) => of_text(arena, demand, &|| text.chars().count() as u64, &|| Some(text.clone())),
        Shape::Plain(value) => Some(typed(demand, Type::of(value))),
        Shape::Text(runs) => {
            let length = || runs.iter().fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
            let text = || (length() <= TEXT_MAX).then(|| runs.iter().flat_map(|(letter, count)| (0..*count).map(|_| *letter)).collect());
            of_text(arena, demand, &length, &text)
        }
        Shape::Items(runs) => of_array(arena, demand, runs),
        Shape::Object(named, more) => of_object(arena, demand, made, (named, more.as_ref())),
    }
}

/// Whether a demand takes a type; one that is not about types takes each.
fn typed(demand: &Demand, of: Type) -> bool {
    let Demand::Types(types, _) = demand else { return true };
    types.contains(&of)
}

fn of_number(demand: &Demand, num: Num) -> Option<bool> {
    match demand {
        Demand::Types(types, whole) => Some(types.contains(&Type::Number) || (*whole && num.is_whole())),
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

fn of_text(arena: &Arena, demand: &Demand, length: &dyn Fn() -> u64, text: &dyn Fn() -> Option<String>) -> Option<bool> {
    match demand {
        Demand::SizeMin(Type::String, min) => Some(length() >= *min),
        Demand::SizeMax(Type::String, max) => Some(length() <= *max),
        Demand::Pattern(pattern) => arena.patterns.get(pattern).and_then(|texts| Some(texts.has(&text()?))),
        _ => Some(typed(demand, Type::String)),
    }
}

fn of_array(arena: &Arena, demand: &Demand, runs: &[(Made, u64)]) -> Option<bool> {
    let length = || runs.iter().fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
    let valid = |id: Id, item: Made| held(arena, id, Seen::Made(item));
    match demand {
        Demand::SizeMin(Type::Array, min) => Some(length() >= *min),
        Demand::SizeMax(Type::Array, max) => Some(length() <= *max),
        Demand::Prefix(ids) => {
            let items = runs.iter().flat_map(|(item, count)| (0..*count).map(|_| *item));
            every(ids.iter().zip(items).map(|(id, item)| valid(*id, item)))
        }
        Demand::Items(from, id) => {
            let ends = runs.iter().scan(0_u64, |end, (_, count)| {
                *end = end.saturating_add(*count);
                Some(*end)
            });
            every(runs.iter().zip(ends).filter(|(_, end)| *end > *from as u64).map(|((item, _), _)| valid(*id, *item)))
        }
        Demand::Unique => {
            let alike = runs.iter().any(|(_, count)| *count > 1) || {
                let mut items = HashSet::new();
                runs.iter().any(|(item, _)| !items.insert(*item))
            };
            // Of two that are not known by the same number one may have names that the other counts.
            if alike { Some(false) } else { (!runs.iter().any(|(item, _)| arena.table.borrow().has_more(*item))).then_some(true) }
        }
        Demand::Contains(id, min, max) => {
            counted_runs(runs.iter().map(|(item, count)| (valid(*id, *item), *count)), *min, max.unwrap_or(u64::MAX))
        }
        _ => Some(typed(demand, Type::Array)),
    }
}

type Properties<'p> = (&'p BTreeMap<String, Made>, Option<&'p More>);

fn of_object(arena: &Arena, demand: &Demand, made: Made, (named, more): Properties<'_>) -> Option<bool> {
    let length = || (named.len() as u64).saturating_add(more.map_or(0, |more| more.count));
    let valid = |id: Id, value: Made| held(arena, id, Seen::Made(value));
    let has = |name: &str| named.contains_key(name) || more.is_some_and(|more| more.has(name));
    let value_of = |name: &str| named.get(name).copied().or_else(|| more.filter(|more| more.has(name)).map(|more| more.value));
    match demand {
        Demand::SizeMin(Type::Object, min) => Some(length() >= *min),
        Demand::SizeMax(Type::Object, max) => Some(length() <= *max),
        Demand::Properties(all) if more.is_none() && named.len() < all.len() => {
            every(named.iter().filter_map(|(name, value)| all.get(name).map(|id| valid(*id, *value))))
        }
        Demand::Properties(all) => every(all.iter().filter_map(|(name, id)| value_of(name).map(|value| valid(*id, value)))),
        Demand::Additional(names, among, id) => {
            let others = named.iter().filter(|(name, _)| !names.contains(*name));
            let of_named = others.map(|(name, value)| {
                match among.map_or(Some(true), |among| held(arena, among, Seen::Name(name))) {
                    Some(true) => valid(*id, *value),
                    Some(false) => Some(true),
                    // Whatever the name is, a value that is valid refuses nothing.
                    None => valid(*id, *value).filter(|valid| *valid),
                }
            });
            let left = more.filter(|more| more.count > names.iter().filter(|name| more.has(name)).count() as u64);
            let of_more = left.map(|more| valid(*id, more.value).filter(|valid| *valid || among.is_none()));
            every(of_named.chain(of_more))
        }
        Demand::Required(names) => Some(names.iter().all(|name| has(name))),
        Demand::PropertyNames(id) => every(named.keys().map(|name| held(arena, *id, Seen::Name(name))).chain(more.map(|_| None))),
        Demand::DependentRequired(all) => Some(all.iter().all(|(name, others)| !has(name) || others.iter().all(|other| has(other)))),
        Demand::DependentSchemas(all) => every(all.iter().filter(|(name, _)| has(name)).map(|(_, id)| held(arena, *id, Seen::Made(made)))),
        _ => Some(typed(demand, Type::Object)),
    }
}
