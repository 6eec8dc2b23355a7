//! The items of a list, set or map, changed one by one.

use std::collections::BTreeMap;

use recension_model::{Item, Misfit, Rule, Value};

use super::{Direction, ValueOp, item_of, slot_of};

/// What the items are on the other side.
pub(super) fn apply(op: &ValueOp, value: Value, direction: Direction) -> Result<Value, Misfit> {
    convert(value, |item| one(op, item, direction))
}

/// The items where the carry has others, which stood here as `stood`. An item is known again by its name in a map, else by
/// what it is shown as: one that is unchanged is what it was, whatever became of the others. Its place only tells apart those of a
/// list that are shown alike, where nothing was put in or taken out.
pub(super) fn restore(op: &ValueOp, live: Value, original: &Value, direction: Direction) -> Result<Value, Misfit> {
    let back = |item: &Item| one(op, item.clone(), direction.back()).ok();
    match (live, original) {
        (Value::Map(live), Value::Map(original)) => {
            let mut items = BTreeMap::new();
            for (name, item) in live {
                let known = original.get(&name).filter(|known| back(known).as_ref() == Some(&item));
                let item = known.map_or_else(|| one(op, item, direction).map_err(entry), |known| Ok(known.clone()))?;
                items.insert(name, item);
            }
            Ok(Value::Map(items))
        }
        (Value::List(live), Value::List(original)) => {
            let shown: Vec<Option<Item>> = original.iter().map(back).collect();
            let mut places = known_again(&live, &shown).into_iter();
            convert(Value::List(live), |item| match places.next().flatten().and_then(|place| original.get(place)) {
                Some(known) => Ok(known.clone()),
                None => one(op, item, direction),
            })
        }
        // Several items of a set may stand for one: all of them are there while it is.
        (Value::Set(live), Value::Set(original)) => {
            let known: Vec<(&Item, Option<Item>)> = original.iter().map(|item| (item, back(item))).collect();
            let mut items: Vec<Item> = Vec::new();
            for item in live {
                let before = items.len();
                items.extend(known.iter().filter(|(_, stood)| stood.as_ref() == Some(&item)).map(|(item, _)| (*item).clone()));
                if items.len() == before {
                    items.push(one(op, item, direction).map_err(entry)?);
                }
            }
            Ok(Value::Set(distinct(items)))
        }
        (live, _) => apply(op, live, direction),
    }
}

/// For each item of a list the place of the one that is shown so, each of which is known again once: the first that is left behind
/// the one before, or the one at the same place if as many are known again that way.
fn known_again(live: &[Item], shown: &[Option<Item>]) -> Vec<Option<usize>> {
    let in_place = live.iter().enumerate().map(|(place, item)| (shown.get(place)?.as_ref() == Some(item)).then_some(place));
    let in_place = in_place.collect::<Vec<_>>();
    let mut left: Vec<Option<&Item>> = shown.iter().map(Option::as_ref).collect();
    let mut after = 0;
    let mut first = |item: &Item| {
        let fits = |place: usize, left: &[Option<&Item>]| left.get(place).is_some_and(|shown| *shown == Some(item));
        // Behind the one before, as long as nothing was moved.
        let place = (after..left.len()).chain(0..after).find(|place| fits(*place, &left))?;
        left.get_mut(place)?.take()?;
        after = place + 1;
        Some(place)
    };
    let in_order: Vec<Option<usize>> = live.iter().map(&mut first).collect();
    let known = |places: &[Option<usize>]| places.iter().flatten().count();
    if known(&in_place) == known(&in_order) { in_place } else { in_order }
}

fn one(op: &ValueOp, item: Item, direction: Direction) -> Result<Item, Misfit> {
    let slot = op.apply(slot_of(item), direction)?;
    item_of(&slot).ok_or(Misfit::Rule(Rule::NotNull))
}

fn convert(value: Value, mut one: impl FnMut(Item) -> Result<Item, Misfit>) -> Result<Value, Misfit> {
    Ok(match value {
        Value::List(items) => {
            let items = items.into_iter().enumerate();
            Value::List(items.map(|(place, item)| one(item).map_err(|misfit| at(place, misfit))).collect::<Result<_, _>>()?)
        }
        Value::Set(items) => Value::Set(distinct(items.into_iter().map(|item| one(item).map_err(entry)).collect::<Result<_, _>>()?)),
        Value::Map(items) => {
            Value::Map(items.into_iter().map(|(name, item)| Ok((name, one(item).map_err(entry)?))).collect::<Result<_, Misfit>>()?)
        }
        value => value,
    })
}

/// Each item once: several of a set may have become one.
fn distinct(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by(|left, right| match (left, right) {
        (Some(left), Some(right)) => left.order(right),
        (left, right) => left.is_some().cmp(&right.is_some()),
    });
    items.dedup();
    items
}

/// Says at which item it is that a rule is broken.
fn at(place: usize, misfit: Misfit) -> Misfit {
    match misfit {
        Misfit::Rule(rule) => Rule::Item(place, Box::new(rule)).into(),
        misfit => misfit,
    }
}

/// Says that it is an entry: its name would be a value.
fn entry(misfit: Misfit) -> Misfit {
    match misfit {
        Misfit::Rule(rule) => Rule::Entry(Box::new(rule)).into(),
        misfit => misfit,
    }
}
