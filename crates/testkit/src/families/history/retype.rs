//! Functions between any two types without objects: some lose nothing, most lose nearly all.

use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime};
use recension_model::{Conversion, EnumValue, FieldKind, FieldSpec, Misfit, Regrouping, Slot, Timestamp, Value};
use uuid::Uuid;

/// Functions that give each value of one field one of the other; `None` where a kind has none here.
pub(super) fn between(older: &FieldSpec, newer: &FieldSpec) -> Option<Conversion> {
    let probe = Value::Bool(false);
    let _ = (counterpart(&probe, older)?, counterpart(&probe, newer)?);
    let name = |field: &FieldSpec| format!("to_{}", field.kind.as_str());
    let (to_newer, to_older) = (Arc::new(newer.clone()), Arc::new(older.clone()));
    let into = |field: Arc<FieldSpec>| move |value: &Value| counterpart(value, &field).ok_or(Misfit::new("is of another kind"));
    Some(Conversion::new(&name(newer), into(to_newer), &name(older), into(to_older)))
}

/// Functions that give some fields states for those of others; `None` where a kind has none here.
pub(super) fn regroup(older: &[FieldSpec], newer: &[FieldSpec]) -> Option<Regrouping> {
    let probe = Value::Bool(false);
    older.iter().chain(newer).try_for_each(|field| counterpart(&probe, field).map(drop))?;
    let name = |fields: &[FieldSpec]| fields.iter().map(|field| format!("to_{}", field.kind.as_str())).collect::<Vec<_>>().join("_");
    let into = |fields: &[FieldSpec]| {
        let fields = fields.to_vec();
        move |slots: &[Slot]| {
            let one = |(place, field): (usize, &FieldSpec)| match slots.get(place % slots.len().max(1)) {
                Some(Slot::Value(value)) => counterpart(value, field).map(Slot::Value),
                _ if field.nullable => Some(Slot::Null),
                _ => counterpart(&Value::Bool(true), field).map(Slot::Value),
            };
            fields.iter().enumerate().map(one).collect::<Option<Vec<_>>>().ok_or(Misfit::new("is of another kind"))
        }
    };
    Some(Regrouping::new(&name(newer), into(newer), &name(older), into(older)))
}

/// A value of the field for any other value: the same one where it fits, always one within the limits.
fn counterpart(value: &Value, field: &FieldSpec) -> Option<Value> {
    let number = number_of(value);
    Some(match &field.kind {
        FieldKind::Integer(width) => {
            let (low, high) = width.bounds();
            let (low, high) = (field.limits.min.unwrap_or(low).max(low), field.limits.max.unwrap_or(high).min(high));
            Value::Integer(if (low..=high).contains(&number) { number } else { low + (number - low).rem_euclid(high - low + 1) })
        }
        FieldKind::Bool => Value::Bool(number % 2 == 1),
        FieldKind::Text => Value::Text(cut(&value.as_text().map_or_else(|| number.to_string(), str::to_owned), field)),
        FieldKind::Enum(spec) => {
            let index = number.rem_euclid(i128::try_from(spec.values.len()).ok()?);
            Value::Enum(EnumValue::Known(spec.values.get(usize::try_from(index).ok()?)?.clone()))
        }
        FieldKind::Uuid => match value {
            Value::Uuid(_) => value.clone(),
            _ => Value::Uuid(Uuid::from_u128(number.unsigned_abs())),
        },
        FieldKind::Timestamp => match value {
            Value::Timestamp(_) => value.clone(),
            _ => Value::Timestamp(Timestamp::from_utc(moment(number))),
        },
        _ => return None,
    })
}

fn number_of(value: &Value) -> i128 {
    let sum = |text: &str| text.bytes().map(i128::from).sum();
    match value {
        Value::Integer(number) => *number,
        Value::Bool(value) => i128::from(*value),
        Value::Uuid(value) => sum(&value.to_string()),
        Value::Timestamp(value) => sum(&value.to_string()),
        value => value.as_text().map_or(0, sum),
    }
}

/// A moment of the years from 1970 to 2001.
fn moment(number: i128) -> NaiveDateTime {
    let seconds = i64::try_from(number.rem_euclid(1_000_000_000)).unwrap_or_default();
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().naive_utc()
}

fn cut(text: &str, field: &FieldSpec) -> String {
    let (chars, bytes) = (field.limits.chars().unwrap_or(u32::MAX) as usize, field.limits.bytes() as usize);
    let mut cut = String::new();
    for character in text.chars().take(chars) {
        if cut.len() + character.len_utf8() > bytes {
            break;
        }
        cut.push(character);
    }
    cut
}
