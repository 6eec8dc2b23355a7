//! Steps that put values into another form, and those on items.

use std::sync::Arc;

use recension_model::{Element, FieldKind, FieldSpec, IntegerWidth, Limits, Op, Others, Pick, Ratio, Rounding, Slot, Value};

use super::values::stand_in;
use super::{FieldSeed, Known, Made, Step, changed, picked, retype, values};

/// A scalar kind and what its values become: some of them the same.
fn table(field: &FieldSpec, to: u8) -> Option<(FieldKind, Vec<(Value, Value)>)> {
    let small = |number: i128| Value::Integer(number);
    Some(match &field.kind {
        FieldKind::Bool => (FieldKind::Text, vec![(Value::Bool(true), Value::from("yes")), (Value::Bool(false), Value::from("no"))]),
        FieldKind::Enum(spec) => {
            let number = |place: usize| small(i128::try_from(place / 2).unwrap_or_default());
            let pairs =
                spec.values.iter().enumerate().map(|(place, text)| Some((Value::from_text(&field.kind, text).ok()?, number(place))));
            (FieldKind::Integer(IntegerWidth::U8), pairs.collect::<Option<_>>()?)
        }
        FieldKind::Integer(width) => {
            let (low, high) = width.bounds();
            (
                field.kind.clone(),
                vec![(small(low), small(high)), (small(low + 1), small(high)), (small(i128::from(to % 20 + 2)), small(low))],
            )
        }
        FieldKind::Text => (FieldKind::Text, vec![(Value::from(""), Value::from("nothing")), (Value::from("a"), Value::from(""))]),
        _ => return None,
    })
}

pub(super) fn map_values(fields: &mut [Made], pick: u8, to: u8) -> Option<Op> {
    let made = changed(fields, pick, |field| table(field, to).is_some())?;
    let (kind, table) = table(&made.field, to)?;
    let newer = FieldSpec { kind, limits: Limits::default(), ..made.field.clone() };
    let fits = |field: &FieldSpec, value: &Value| field.check(&value.clone().into()).is_ok();
    let table = table.into_iter().filter(|(before, after)| fits(&made.field, before) && fits(&newer, after)).collect();
    let (fallback, fill) = (stand_in(&made.field, pick)?, stand_in(&newer, pick)?);
    made.changed = true;
    Some(Op::MapValues { field: std::mem::replace(&mut made.field, newer), table, fallback, fill })
}

pub(super) fn scale(fields: &mut [Made], pick: u8, by: u8) -> Option<Op> {
    let is_number = |field: &FieldSpec| matches!(field.kind, FieldKind::Integer(_) | FieldKind::Decimal | FieldKind::Float);
    let made = changed(fields, pick, is_number)?;
    let newer = made.field.clone().limits(Limits::default());
    let (fallback, fill) = (stand_in(&made.field, pick)?, stand_in(&newer, pick)?);
    let (numerator, denominator) = *picked(&[(1000, 1), (1, 3), (7, 5), (1, 1024)], by)?;
    let rounding = *picked(&[Rounding::Floor, Rounding::Ceiling, Rounding::Nearest], pick)?;
    made.changed = true;
    let by = Ratio::new(numerator, denominator).ok()?;
    Some(Op::Scale { field: std::mem::replace(&mut made.field, newer), by, rounding, fallback, fill })
}

pub(super) fn listify(fields: &mut [Made], pick: u8, how: u8) -> Option<Op> {
    let made = changed(fields, pick, |field| field.kind.element().is_none())?;
    let fallback = if made.field.nullable { Slot::Unset } else { stand_in(&made.field, pick)? };
    let element = Arc::new(Element { kind: made.field.kind.clone(), nullable: false });
    let limits = Limits { max_items: None, ..made.field.limits.clone() };
    let newer = FieldSpec { kind: FieldKind::List(element), nullable: how.is_multiple_of(3), limits, ..made.field.clone() };
    made.changed = true;
    let pick = *picked(&[Pick::First, Pick::Last], how)?;
    let others = *picked(&[Others::Go, Others::Stay], how / 2)?;
    made.listed = others == Others::Stay;
    Some(Op::Listify { field: std::mem::replace(&mut made.field, newer), pick, others, fallback })
}

/// The items of a field, as if they were one.
fn items(field: &FieldSpec) -> Option<FieldSpec> {
    let element = field.kind.element().filter(|element| element.kind.children().is_empty())?;
    Some(FieldSpec { kind: element.kind.clone(), nullable: element.nullable, ..field.clone() })
}

pub(super) fn each(known: &[Known], fields: &mut [Made], seed: &FieldSeed, what: u8) -> Option<Op> {
    let made = changed(fields, what, |field| items(field).is_some())?;
    let mut inside = vec![Made::new(items(&made.field)?, false)];
    let (pick, more) = (0, seed.limit);
    let op = match what % 10 {
        0 => values::widen(&mut inside, pick, more),
        1 => values::constrain(&mut inside, seed, pick),
        2 => values::enum_add(&mut inside, pick, more),
        3 => values::enum_remove(&mut inside, pick, more),
        4 => values::enum_rename(&mut inside, pick, more),
        5 => map_values(&mut inside, pick, more),
        6 => scale(&mut inside, pick, more),
        7 => retyped(known, &mut inside, seed),
        // Nothing in a set is null.
        _ if matches!(made.field.kind, FieldKind::Set(_)) => None,
        _ => super::apply(known, &mut inside, Step::Relax(pick, more | 1), [0, 0])
            .or_else(|| super::apply(known, &mut inside, Step::Require(pick, more), [0, 0])),
    }?;
    let inside = inside.pop()?;
    let element = Arc::new(Element { kind: inside.field.kind, nullable: inside.field.nullable });
    let kind = match &made.field.kind {
        FieldKind::List(_) => FieldKind::List(element),
        FieldKind::Set(_) => FieldKind::Set(element),
        _ => FieldKind::Map(element),
    };
    // Limits of the items are those of the field; how many there may be stays as it was.
    let Limits { max_items, max_key_bytes, .. } = made.field.limits;
    (made.field.kind, made.changed) = (kind, true);
    made.field.limits = Limits { max_items, max_key_bytes, ..inside.field.limits };
    Some(Op::Each { field: made.field.name.clone(), op: Box::new(op) })
}

/// As a field of the same name with another type of item.
fn retyped(known: &[Known], inside: &mut [Made], seed: &FieldSeed) -> Option<Op> {
    let made = inside.first_mut()?;
    let newer = super::field(known, &made.field.name, seed);
    let newer = FieldSpec { nullable: made.field.nullable, class: made.field.class, ..newer };
    let newer = Some(newer).filter(|newer| newer.kind.is_scalar() && newer.kind.children().is_empty())?;
    let conversion = retype::between(&made.field, &newer)?;
    Some(Op::Retype { field: std::mem::replace(&mut made.field, newer), conversion })
}

pub(super) fn within(fields: &mut [Made], pick: u8, what: u8) -> Option<Op> {
    let made = changed(fields, pick, |field| matches!(field.kind, FieldKind::Map(_)) && items(field).is_some())?;
    let op = if what.is_multiple_of(2) {
        let (from, to) = *picked(&[("a", "b"), ("b", "a"), ("a", "né")], what / 2)?;
        made.field.limits.check_key(to).ok()?;
        Op::Rename { from: from.into(), to: to.into() }
    } else {
        // A map that takes no key at all has no such entry.
        made.field.limits.check_key("a").ok()?;
        let field = FieldSpec { name: "a".into(), ..items(&made.field)? };
        let (kind, table) = table(&field, what)?;
        let fits = |value: &Value| field.check(&value.clone().into()).is_ok();
        let same = kind == field.kind;
        let table = table.into_iter().filter(|(before, after)| fits(before) && fits(after)).collect();
        let otherwise = stand_in(&field, what)?;
        Some(Op::MapValues { field, table, fallback: otherwise.clone(), fill: otherwise }).filter(|_| same)?
    };
    made.changed = true;
    Some(Op::Within { field: made.field.name.clone(), op: Box::new(op) })
}
