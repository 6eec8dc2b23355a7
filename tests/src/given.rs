//! Values from JSON, as tables of cases write them.

use recension::wire::Codec;
use recension::{EnumValue, FieldKind, Item, Value, VersionedObject};
use serde_json::Value as Json;

/// A value as somebody might give it to a draft: of its kind, its limits not checked. `None` for what has not the form of
/// its kind, which no draft can hold.
#[must_use]
pub fn given<T: VersionedObject>(kind: &FieldKind, value: &Json) -> Option<Value> {
    let item =
        |kind: &FieldKind, item: &Json| -> Option<Item> { if item.is_null() { Some(None) } else { given::<T>(kind, item).map(Some) } };
    Some(match (kind, value) {
        (FieldKind::Integer(_), Json::Number(number)) => {
            Value::Integer(number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))?)
        }
        (FieldKind::Float, Json::Number(number)) => Value::Float(number.as_f64()?),
        (FieldKind::Bool, Json::Bool(value)) => Value::Bool(*value),
        (FieldKind::List(element), Json::Array(items)) => {
            Value::List(items.iter().map(|value| item(&element.kind, value)).collect::<Option<_>>()?)
        }
        (FieldKind::Set(element), Json::Array(items)) => {
            Value::Set(items.iter().map(|value| item(&element.kind, value)).collect::<Option<_>>()?)
        }
        (FieldKind::Map(element), Json::Object(entries)) => {
            Value::Map(entries.iter().map(|(name, value)| Some((name.clone(), item(&element.kind, value)?))).collect::<Option<_>>()?)
        }
        (FieldKind::Object(_) | FieldKind::Union(_), Json::Object(_)) => {
            Value::from(Codec::default().record_from_json(T::registry().ok()?, value.to_string().as_bytes()).ok()?)
        }
        (kind, Json::String(text)) => match Value::from_text(kind, text).ok()? {
            // A draft may hold what another release wrote, and only that: nobody can give it.
            Value::Enum(EnumValue::Unknown(_)) => return None,
            value => value,
        },
        _ => return None,
    })
}
