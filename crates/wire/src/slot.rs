//! One field of a record, read the short way: as [`decode`](crate::decode) reads it, and without a word of what is
//! wrong.

use std::collections::BTreeMap;
use std::fmt;

use recension_model::{Element, EnumValue, FieldKind, FieldSpec, Item, Slot, Value};
use serde::Deserializer;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};

use crate::direct::{Reader, long_way};
use crate::text::checked_text;
use crate::types::NameSeed;

/// Reads the state of a field that holds no objects, checked.
pub(crate) struct SlotSeed<'r, 'p> {
    pub(crate) reader: &'r Reader<'r>,
    pub(crate) field: &'p FieldSpec,
}

impl<'m> DeserializeSeed<'m> for SlotSeed<'_, '_> {
    type Value = Slot;

    fn deserialize<D: Deserializer<'m>>(self, value: D) -> Result<Slot, D::Error> {
        let field = self.field;
        let item = ItemSeed { reader: self.reader, field, kind: &field.kind }.deserialize(value)?;
        field.admit(item.map_or(Slot::Null, Slot::Value)).map_err(|_| long_way())
    }
}

/// Reads a value of one kind, or null.
#[derive(Clone, Copy)]
struct ItemSeed<'r, 'p> {
    reader: &'r Reader<'r>,
    field: &'p FieldSpec,
    kind: &'p FieldKind,
}

impl<'p> ItemSeed<'_, 'p> {
    fn of(self, element: &'p Element) -> Self {
        Self { kind: &element.kind, ..self }
    }
}

impl<'m> DeserializeSeed<'m> for ItemSeed<'_, '_> {
    type Value = Item;

    fn deserialize<D: Deserializer<'m>>(self, value: D) -> Result<Item, D::Error> {
        let reader = self.reader;
        match self.kind {
            FieldKind::List(_) | FieldKind::Set(_) | FieldKind::Map(_) => reader.deeper(|| value.deserialize_any(self)),
            _ => value.deserialize_any(self),
        }
    }
}

impl<'m> Visitor<'m> for ItemSeed<'_, '_> {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())
    }

    fn visit_unit<E>(self) -> Result<Item, E> {
        Ok(None)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Item, E> {
        if *self.kind == FieldKind::Bool { Ok(Some(Value::Bool(value))) } else { Err(long_way()) }
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Item, E> {
        match self.kind {
            FieldKind::Integer(_) => Ok(Some(Value::Integer(number.into()))),
            #[expect(clippy::cast_precision_loss, reason = "a float is the nearest one to what is written")]
            FieldKind::Float => Ok(Some(Value::Float(number as f64))),
            _ => Err(long_way()),
        }
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Item, E> {
        match self.kind {
            FieldKind::Integer(_) => Ok(Some(Value::Integer(number.into()))),
            #[expect(clippy::cast_precision_loss, reason = "a float is the nearest one to what is written")]
            FieldKind::Float => Ok(Some(Value::Float(number as f64))),
            _ => Err(long_way()),
        }
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Item, E> {
        if *self.kind == FieldKind::Float { Ok(Some(Value::Float(number))) } else { Err(long_way()) }
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Item, E> {
        if *self.kind != FieldKind::Bytes || bytes.len().div_ceil(3) * 4 > self.reader.limits.text_bytes {
            return Err(long_way());
        }
        self.field.limits.check_bytes(bytes.len()).map_err(|_| long_way())?;
        Ok(Some(Value::Bytes(bytes.into())))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Item, E> {
        if text.len() > self.reader.limits.text_bytes {
            return Err(long_way());
        }
        let value = match self.kind {
            FieldKind::Text => checked_text(&self.field.limits, text, true).ok().map(|text| Value::Text(text.to_owned())),
            kind => Value::from_text(kind, text).ok(),
        };
        value.filter(|value| !matches!(value, Value::Enum(EnumValue::Unknown(_)))).map(Some).ok_or_else(long_way)
    }

    fn visit_seq<A: SeqAccess<'m>>(self, mut list: A) -> Result<Item, A::Error> {
        let (FieldKind::List(element) | FieldKind::Set(element)) = self.kind else { return Err(long_way()) };
        let most = (self.field.limits.items() as usize).min(self.reader.limits.list_items);
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self.of(element))? {
            if items.len() >= most || (item.is_none() && !element.nullable) {
                return Err(long_way());
            }
            items.push(item);
        }
        Ok(Some(if matches!(self.kind, FieldKind::List(_)) { Value::List(items) } else { Value::Set(items) }))
    }

    fn visit_map<A: MapAccess<'m>>(self, mut map: A) -> Result<Item, A::Error> {
        let FieldKind::Map(element) = self.kind else { return Err(long_way()) };
        let limits = &self.field.limits;
        let most = (limits.items() as usize).min(self.reader.limits.map_keys);
        let mut items = BTreeMap::new();
        while let Some(name) = map.next_key_seed(NameSeed { reader: self.reader, field: self.field })? {
            let item = map.next_value_seed(self.of(element))?;
            if items.len() >= most || (item.is_none() && !element.nullable) || items.insert(name, item).is_some() {
                return Err(long_way());
            }
        }
        Ok(Some(Value::Map(items)))
    }
}

/// A value of the kind of a field, or of that of its items if it is a list, set or map: what an item of it is read
/// as. Its limits are checked.
pub(crate) fn item_of<'m, D: Deserializer<'m>>(value: D, reader: &Reader<'_>, field: &FieldSpec) -> Result<Item, D::Error> {
    let kind = field.kind.element().map_or(&field.kind, |element| &element.kind);
    let item = ItemSeed { reader, field, kind }.deserialize(value)?;
    if item.as_ref().is_some_and(|value| field.check_as(kind, value).is_err()) {
        return Err(long_way());
    }
    Ok(item)
}
