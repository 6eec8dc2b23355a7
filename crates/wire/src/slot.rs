//! One field of a record, read the short way: as [`decode`](crate::decode) reads it, and without a word of what is
//! wrong.

use std::collections::BTreeMap;

use recension_model::{Element, EnumValue, FieldKind, FieldSpec, Item, Slot, Value};

use crate::direct::{LongWay, Reader, read_record, within};
use crate::source::{Source, Text};
use crate::text::checked_text;

/// Reads the state of a field, checked. Objects in it are records, where the reader knows them.
pub(crate) fn read<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec) -> Result<Slot, LongWay> {
    let item = item(source, reader, field, &field.kind)?;
    Ok(field.admit(item.map_or(Slot::Null, Slot::Value))?)
}

/// Reads a value of the kind of a field, or of that of its items if it is a list, set or map: what an item of it is
/// read as. Its limits are checked.
pub(crate) fn read_item<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec) -> Result<Value, LongWay> {
    let kind = field.kind.element().map_or(&field.kind, |element| &element.kind);
    let value = item(source, reader, field, kind)?.ok_or(LongWay)?;
    field.check_as(kind, &value)?;
    Ok(value)
}

fn item<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec, kind: &FieldKind) -> Result<Item, LongWay> {
    if source.is_null() {
        return Ok(None);
    }
    let limits = &field.limits;
    Ok(Some(match kind {
        FieldKind::Integer(_) => Value::Integer(source.whole()?.fit()?),
        FieldKind::Float => Value::Float(source.float()?),
        FieldKind::Bool => Value::Bool(source.bool()?),
        FieldKind::Text => {
            let text = source.text()?;
            within(text.as_str().len(), reader.limits.text_bytes)?;
            checked_text(limits, &text, source.borrows_nul())?;
            Value::Text(match text {
                Text::Borrowed(text) => text.to_owned(),
                Text::Owned(text) => text,
            })
        }
        FieldKind::Bytes => {
            let bytes = source.bytes(limits.bytes() as usize)?;
            within(bytes.len().div_ceil(3) * 4, reader.limits.text_bytes)?;
            Value::Bytes(bytes)
        }
        FieldKind::List(element) => Value::List(items(source, reader, field, element)?),
        FieldKind::Set(element) => Value::Set(items(source, reader, field, element)?),
        FieldKind::Map(element) => Value::Map(entries(source, reader, field, element)?),
        FieldKind::Object(_) | FieldKind::Union(_) => {
            let registry = reader.registry.ok_or(LongWay)?;
            Value::from(read_record(source, reader, registry, false)?)
        }
        kind => {
            let text = source.text()?;
            within(text.as_str().len(), reader.limits.text_bytes)?;
            match Value::from_text(kind, text.as_str())? {
                Value::Enum(EnumValue::Unknown(_)) => return Err(LongWay),
                value => value,
            }
        }
    }))
}

fn one<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec, element: &Element) -> Result<Item, LongWay> {
    match item(source, reader, field, &element.kind)? {
        None if !element.nullable => Err(LongWay),
        item => Ok(item),
    }
}

fn items<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec, element: &Element) -> Result<Vec<Item>, LongWay> {
    let most = (field.limits.items() as usize).min(reader.limits.list_items);
    reader.deeper(|| {
        let (mut items, mut read) = (source.begin_list()?, Vec::new());
        while source.more_items(&mut items)? {
            within(read.len() + 1, most)?;
            read.push(one(source, reader, field, element)?);
        }
        Ok(read)
    })
}

fn entries<'m, S: Source<'m>>(
    source: &mut S,
    reader: &Reader<'_>,
    field: &FieldSpec,
    element: &Element,
) -> Result<BTreeMap<String, Item>, LongWay> {
    let most = (field.limits.items() as usize).min(reader.limits.map_keys);
    reader.deeper(|| {
        let (mut items, mut read) = (source.begin_map()?, BTreeMap::new());
        while source.more_keys(&mut items)? {
            within(read.len() + 1, most)?;
            let name = name(source, reader, field)?;
            if read.insert(name, one(source, reader, field, element)?).is_some() {
                return Err(LongWay);
            }
        }
        Ok(read)
    })
}

/// Reads a name in a map, checked.
pub(crate) fn name<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec) -> Result<String, LongWay> {
    let name = source.key()?;
    within(name.as_str().len(), reader.limits.key_bytes)?;
    field.limits.check_key(name.as_str())?;
    Ok(match name {
        Text::Borrowed(name) => name.to_owned(),
        Text::Owned(name) => name,
    })
}
