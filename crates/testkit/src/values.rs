//! Random values of a field, within its limits.

use chrono::{DateTime, Datelike, FixedOffset};
use proptest::collection::vec;
use proptest::prelude::*;
use recension_model::{EnumValue, FieldKind, FieldSpec, IntegerWidth, Timestamp, Value};
use uuid::Uuid;

/// Values of a field that holds no objects, within its limits; `None` for one that does.
#[must_use]
pub fn values(field: &FieldSpec) -> Option<BoxedStrategy<Value>> {
    Some(match &field.kind {
        FieldKind::Integer(width) => integers(field, *width),
        FieldKind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        FieldKind::Text => texts(field).prop_map(Value::Text).boxed(),
        FieldKind::Enum(spec) => prop::sample::select(spec.values.clone()).prop_map(|text| Value::Enum(EnumValue::Known(text))).boxed(),
        FieldKind::Uuid => any::<[u8; 16]>().prop_map(|bytes| Value::Uuid(Uuid::from_bytes(bytes))).boxed(),
        FieldKind::Timestamp => timestamps().prop_map(Value::Timestamp).boxed(),
        _ => return None,
    })
}

fn integers(field: &FieldSpec, width: IntegerWidth) -> BoxedStrategy<Value> {
    let (low, high) = width.bounds();
    let (min, max) = (field.limits.min.unwrap_or(low).max(low), field.limits.max.unwrap_or(high).min(high));
    prop_oneof![1 => Just(min), 1 => Just(max), 4 => min..=max].prop_map(Value::Integer).boxed()
}

/// Texts with every kind of character but NUL, cut to the limits; one in eight is as long as allowed.
pub fn texts(field: &FieldSpec) -> impl Strategy<Value = String> + use<> {
    let (chars, bytes) = (field.limits.chars().unwrap_or(u32::MAX) as usize, field.limits.bytes() as usize);
    let character = prop_oneof![4 => any::<char>(), 2 => prop::char::range(' ', '~'), 1 => prop::sample::select(vec!['"', '\\', '\n', '\u{1}', '\u{2028}', 'é', '😀'])];
    let longest = chars.min(bytes);
    prop_oneof![7 => vec(character, 0..12), 1 => vec(Just('x'), longest.min(300))].prop_map(move |characters| {
        let mut text = String::new();
        for character in characters.into_iter().map(|c| if c == '\0' { ' ' } else { c }).take(chars) {
            if text.len() + character.len_utf8() <= bytes {
                text.push(character);
            }
        }
        text
    })
}

/// Moments of the years 1 to 9999 to the microsecond, with offsets of whole minutes.
pub fn timestamps() -> impl Strategy<Value = Timestamp> {
    // A day is left at each end, so that no offset leads out of the years.
    let micros = -62_135_510_400_000_000_i64..253_402_214_400_000_000;
    (micros, prop_oneof![Just(0), -1_439_i32..1_440]).prop_filter_map("outside the years that are written", |(micros, minutes)| {
        let moment = DateTime::from_timestamp_micros(micros)?.with_timezone(&FixedOffset::east_opt(minutes * 60)?);
        (1..=9999).contains(&moment.year()).then(|| Timestamp::from(moment))
    })
}
