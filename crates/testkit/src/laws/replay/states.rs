//! What one op makes of the states of fields.

use std::collections::BTreeMap;
use std::sync::Arc;

use recension_model::{
    Decimal, EnumValue, FieldKind, FieldSet, FieldSpec, Item, Misfit, ObjectVersion, Op, Pick, Ratio, Record, Rounding, Rule, Slot, Value,
};
use recension_versioning::Registry;

use super::replay;
use super::specs::{item_of, was};

/// The state that an op on values makes of another.
pub(super) fn changed_values(op: &Op, slot: Slot, [older, newer]: [&FieldSpec; 2], up: bool) -> Result<Slot, Misfit> {
    let to = if up { newer } else { older };
    let given = match (op, &slot, up) {
        (_, Slot::Unset, _) => Slot::Unset,
        (Op::Retype { conversion, .. }, Slot::Value(value), true) => conversion.up(value)?.into(),
        (Op::Retype { conversion, .. }, Slot::Value(value), false) => conversion.down(value)?.into(),
        (Op::Require { fill: value, .. }, Slot::Null, true) | (Op::Relax { fallback: value, .. }, Slot::Null, false) => {
            value.clone().into()
        }
        (Op::Widen { .. }, Slot::Value(value), true) => widened(value, &to.kind).into(),
        (Op::Widen { fallback, .. }, Slot::Value(value), false) => within(narrowed(value, &to.kind), to, fallback),
        (Op::Constrain { fill, .. }, Slot::Value(value), true) => within(Some(value.clone()), to, fill),
        (Op::Constrain { fallback, .. }, Slot::Value(value), false) => within(Some(value.clone()), to, fallback),
        (Op::EnumAdd { value, shown_as, .. }, Slot::Value(found), false) => instead(found, value, shown_as).into(),
        (Op::EnumRemove { value, becomes, .. }, Slot::Value(found), true) => instead(found, value, becomes).into(),
        (Op::EnumRename { from, to, .. }, Slot::Value(found), true) => instead(found, from, to).into(),
        (Op::EnumRename { from, to, .. }, Slot::Value(found), false) => instead(found, to, from).into(),
        (Op::MapValues { table, fill, .. }, Slot::Value(value), true) => {
            let hit = table.iter().find(|(before, _)| same(before, value)).map(|(_, after)| after.clone());
            hit.map_or_else(|| within(Some(value.clone()), to, fill), Slot::Value)
        }
        (Op::MapValues { table, fallback, .. }, Slot::Value(value), false) => {
            let hit = table.iter().find(|(_, after)| same(after, value)).map(|(before, _)| before.clone());
            hit.map_or_else(|| within(Some(value.clone()), to, fallback), Slot::Value)
        }
        (Op::Scale { by, rounding, fill, .. }, Slot::Value(value), true) => within(scaled(value, *by, *rounding, to), to, fill),
        (Op::Scale { by, rounding, fallback, .. }, Slot::Value(value), false) => {
            within(scaled(value, by.inverse(), *rounding, to), to, fallback)
        }
        (Op::Listify { .. }, slot, true) => Value::List(slot.value().cloned().map(Some).into_iter().collect()).into(),
        (Op::Listify { pick, fallback, .. }, slot, false) => match picked(slot, *pick) {
            Some(value) => value.into(),
            None if to.nullable || !fallback.is_set() => Slot::Null,
            None => fallback.clone(),
        },
        (Op::KeyBy { key, .. }, Slot::Value(value), true) | (Op::Unkey { key, .. }, Slot::Value(value), false) => keyed(value, key)?.into(),
        (Op::KeyBy { key, .. }, Slot::Value(value), false) | (Op::Unkey { key, .. }, Slot::Value(value), true) => {
            listed(value, key)?.into()
        }
        (Op::Each { op, .. }, Slot::Value(value), up) => each(op, value, newer, up)?.into(),
        (Op::Within { op, .. }, Slot::Value(value), up) => entry(op, value, newer, up)?.into(),
        _ => slot,
    };
    Ok(to.admit(given)?)
}

/// Whether two values are one, secret or not.
fn same(left: &Value, right: &Value) -> bool {
    left == right || (left.kind() == right.kind() && left.as_text().is_some() && left.as_text() == right.as_text())
}

/// A value of an enum, or another if it is this one.
fn instead(found: &Value, value: &Arc<str>, other: &Arc<str>) -> Value {
    match found {
        Value::Enum(EnumValue::Known(known)) if known == value => Value::Enum(EnumValue::Known(other.clone())),
        found => found.clone(),
    }
}

fn within(value: Option<Value>, field: &FieldSpec, otherwise: &Slot) -> Slot {
    value.map(Slot::Value).filter(|slot| field.check(slot).is_ok()).unwrap_or_else(|| otherwise.clone())
}

#[expect(clippy::cast_precision_loss, reason = "no integer is promoted to a float that has not each of them exactly")]
fn widened(value: &Value, kind: &FieldKind) -> Value {
    match (value, kind) {
        (Value::Integer(number), FieldKind::Float) => Value::Float(*number as f64),
        (Value::Integer(number), FieldKind::Decimal) => Value::from_text(kind, &number.to_string()).unwrap_or(Value::Bool(false)),
        (value, FieldKind::Text) => Value::Text(value.to_text().unwrap_or_default().into_owned()),
        (value, _) => value.clone(),
    }
}

fn narrowed(value: &Value, kind: &FieldKind) -> Option<Value> {
    let whole = |text: &str| text.parse().ok().map(Value::Integer);
    match (value, kind) {
        (Value::Float(number), FieldKind::Integer(_)) => whole(&format!("{number:.0}")).filter(|_| number.fract() == 0.0),
        (Value::Decimal(number), FieldKind::Integer(_)) => whole(&number.to_string()),
        (value, FieldKind::Enum(_) | FieldKind::Uuid) => {
            Value::from_text(kind, value.as_text()?).ok().filter(|value| !matches!(value, Value::Enum(EnumValue::Unknown(_))))
        }
        (value, _) => Some(value.clone()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "as every float is scaled")]
fn scaled(value: &Value, by: Ratio, rounding: Rounding, to: &FieldSpec) -> Option<Value> {
    match value {
        Value::Integer(number) => {
            rounded(number.checked_mul(by.numerator().into())?, by.denominator().into(), rounding).map(Value::Integer)
        }
        Value::Float(number) => Some(Value::Float(number * by.numerator() as f64 / by.denominator() as f64)),
        Value::Decimal(number) => {
            // As so many of the smallest parts that the field can tell.
            let digits = u32::from(to.limits.decimal().1);
            let scale = u32::from(number.scale());
            let dividend = number.coefficient().checked_mul(by.numerator().into())?;
            let dividend = dividend.checked_mul(10_i128.checked_pow(digits.saturating_sub(scale))?)?;
            let divisor = i128::from(by.denominator()).checked_mul(10_i128.checked_pow(scale.saturating_sub(digits))?)?;
            Decimal::new(rounded(dividend, divisor, rounding)?, to.limits.decimal().1).ok().map(Value::Decimal)
        }
        _ => None,
    }
}

fn rounded(dividend: i128, divisor: i128, rounding: Rounding) -> Option<i128> {
    let (quotient, rest) = (dividend / divisor, dividend % divisor);
    let floor = if rest < 0 { quotient - 1 } else { quotient };
    let above = dividend - floor * divisor;
    Some(match rounding {
        Rounding::Floor => floor,
        Rounding::Ceiling => floor + i128::from(above > 0),
        Rounding::Nearest if above > divisor - above || (above == divisor - above && floor.rem_euclid(2) == 1) => floor + 1,
        Rounding::Nearest => floor,
    })
}

fn picked(slot: &Slot, pick: Pick) -> Option<Value> {
    let Some(Value::List(items)) = slot.value() else { return None };
    let item = if pick == Pick::First { items.first() } else { items.last() };
    item.cloned().flatten()
}

fn key_of(item: &Item, key: &str) -> Result<String, Misfit> {
    let Some(Value::Object(object)) = item else { return Err(Misfit::new("is no object")) };
    let value = object.slot(key).ok().and_then(Slot::value).ok_or(Misfit::new("has no key"))?;
    Ok(value.as_integer().map_or_else(|| value.to_text().unwrap_or_default().into_owned(), |number| number.to_string()))
}

fn keyed(value: &Value, key: &str) -> Result<Value, Misfit> {
    let Value::List(items) = value else { return Err(Misfit::new("is no list")) };
    let map: BTreeMap<String, Item> = items.iter().map(|item| Ok((key_of(item, key)?, item.clone()))).collect::<Result<_, Misfit>>()?;
    if map.len() == items.len() { Ok(Value::Map(map)) } else { Err(Misfit::new("has a key twice")) }
}

fn listed(value: &Value, key: &str) -> Result<Value, Misfit> {
    let Value::Map(items) = value else { return Err(Misfit::new("is no map")) };
    let named =
        |(name, item): (&String, &Item)| if key_of(item, key)? == *name { Ok(item.clone()) } else { Err(Misfit::new("is misplaced")) };
    Ok(Value::List(items.iter().map(named).collect::<Result<_, Misfit>>()?))
}

fn one(op: &Op, item: &Item, newer: &FieldSpec, up: bool) -> Result<Item, Misfit> {
    let slot = item.clone().map_or(Slot::Null, Slot::Value);
    match changed_values(op, slot, [&was(op, newer), newer], up)? {
        Slot::Value(value) => Ok(Some(value)),
        _ => Ok(None),
    }
}

fn each(op: &Op, value: &Value, newer: &FieldSpec, up: bool) -> Result<Value, Misfit> {
    let newer = item_of(newer);
    let all = |items: &[Item]| items.iter().map(|item| one(op, item, &newer, up)).collect::<Result<Vec<Item>, Misfit>>();
    Ok(match value {
        Value::List(items) => Value::List(all(items)?),
        Value::Set(items) => {
            let mut kept: Vec<Item> = Vec::new();
            for item in all(items)? {
                if !kept.contains(&item) {
                    kept.push(item);
                }
            }
            Value::Set(kept)
        }
        Value::Map(items) => {
            Value::Map(items.iter().map(|(name, item)| Ok((name.clone(), one(op, item, &newer, up)?))).collect::<Result<_, Misfit>>()?)
        }
        value => value.clone(),
    })
}

fn entry(op: &Op, value: &Value, newer: &FieldSpec, up: bool) -> Result<Value, Misfit> {
    let Value::Map(items) = value else { return Err(Misfit::new("is no map")) };
    let mut items = items.clone();
    match op {
        Op::Rename { from, to } => {
            let (from, to) = if up { (from, to) } else { (to, from) };
            if let Some(item) = items.remove(&**from) {
                items.insert(to.to_string(), item);
            }
        }
        Op::MapValues { field, .. } | Op::Scale { field, .. } | Op::Retype { field, .. } => {
            let newer = FieldSpec { name: field.name.clone(), ..item_of(newer) };
            if let Some(item) = items.get_mut(&*field.name) {
                *item = one(op, item, &newer, up)?;
            }
        }
        _ => return Err(Misfit::new("is changed in an unknown way")),
    }
    Ok(Value::Map(items))
}

/// The object that fields become.
pub(super) fn made(
    registry: &Registry,
    parts: Vec<(&FieldSpec, Slot, bool)>,
    to: Option<&FieldSpec>,
    at: &ObjectVersion,
) -> Result<(Slot, bool), Misfit> {
    let to = to.ok_or(Misfit::new("becomes nothing"))?;
    if parts.iter().all(|(_, slot, _)| !slot.is_set()) {
        return Ok((Slot::Unset, false));
    }
    let changed = parts.iter().any(|(_, _, changed)| *changed);
    if to.nullable && parts.iter().all(|(_, slot, _)| *slot == Slot::Null) {
        return Ok((Slot::Null, changed));
    }
    let object = to.kind.child().and_then(|name| registry.lineage(name.as_str()).ok()?.shape(at).ok());
    let mut object = Record::new(object.ok_or(Misfit::new("becomes an object that is not known"))?.clone());
    let mut changes = FieldSet::EMPTY;
    for (field, slot, changed) in parts {
        let index = object.spec().index_of(&field.name).ok_or(Misfit::new("is no field of the object"))?;
        object.fill(index, slot).map_err(|_| Misfit::Rule(Rule::NotNull))?;
        if changed {
            changes.insert(index);
        }
    }
    object.set_changes(changes);
    Ok((Value::from(object).into(), changed))
}

/// The fields that an object becomes, taken to the version of which they are.
pub(super) fn parts_of(
    registry: &Registry,
    object: &Record,
    changed: bool,
    to: &[FieldSpec],
    at: &ObjectVersion,
) -> Result<Vec<(Slot, bool)>, Misfit> {
    let unknown = |_| Misfit::new("becomes fields of a version that is not known");
    let lineage = registry.lineage(object.spec().name.as_str()).map_err(unknown)?;
    let shape = lineage.shape(at).map_err(unknown)?;
    let parts = replay(registry, lineage.releases(), object, shape)?;
    let untouched = object.changes().is_empty();
    let one = |field: &FieldSpec| {
        let part = shape.index_of(&field.name).and_then(|index| parts.get(index));
        part.map_or((Slot::Unset, false), |part| (part.slot.clone(), part.slot.is_set() && changed && (untouched || part.changed)))
    };
    Ok(to.iter().map(one).collect())
}
