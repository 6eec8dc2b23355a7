//! Nullable fields, lists, sets and maps.

use std::collections::{BTreeMap, BTreeSet};

use recension_model::{ElementType, FieldSpec, SetElement};

use super::WireType;
use crate::direct::{LongWay, Reader, WriteField, within};
use crate::sink::Sink;
use crate::slot;
use crate::source::Source;
use crate::write::Writer;

impl<F: WireType> WireType for Option<F> {
    #[inline]
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
        match self {
            Some(value) => value.write(writer, field),
            None => {
                writer.sink.null();
                Ok(())
            }
        }
    }

    #[inline]
    fn read<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self::Draft, LongWay> {
        if source.is_null() {
            return Ok(None);
        }
        F::read(source, reader, field).map(Some)
    }
}

/// Reads the items of a list into whatever takes them; `false` ends the short way.
fn read_list<'m, F: WireType, S: Source<'m>>(
    source: &mut S,
    reader: &Reader<'_>,
    field: &FieldSpec,
    mut put: impl FnMut(F::Draft) -> bool,
) -> Result<(), LongWay> {
    let most = (field.limits.items() as usize).min(reader.limits.list_items);
    reader.deeper(|| {
        let (mut items, mut count) = (source.begin_list()?, 0);
        while source.more_items(&mut items)? {
            count += 1;
            within(count, most)?;
            if !put(F::read(source, reader, field)?) {
                return Err(LongWay);
            }
        }
        Ok(())
    })
}

fn write_list<'i, F: WireType, S: Sink>(
    items: impl ExactSizeIterator<Item = &'i F>,
    writer: &mut Writer<'_, S>,
    field: &WriteField,
) -> Result<(), LongWay> {
    field.spec.limits.check_items(items.len())?;
    writer.begin_list(items.len())?;
    for item in items {
        writer.sink.item();
        item.write(writer, field)?;
    }
    writer.end_list();
    Ok(())
}

impl<F: WireType + ElementType> WireType for Vec<F> {
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
        write_list(self.iter(), writer, field)
    }

    fn read<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self::Draft, LongWay> {
        let mut items = Vec::new();
        read_list::<F, S>(source, reader, field, |item| {
            items.push(item);
            true
        })?;
        Ok(items)
    }
}

impl<F: WireType + SetElement> WireType for BTreeSet<F> {
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
        write_list(self.iter(), writer, field)
    }

    fn read<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self, LongWay> {
        let mut items = Self::new();
        read_list::<F, S>(source, reader, field, |item| items.insert(item))?;
        Ok(items)
    }
}

impl<F: WireType + ElementType> WireType for BTreeMap<String, F> {
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
        field.spec.limits.check_items(self.len())?;
        writer.begin_map(self.len())?;
        for (name, item) in self {
            field.spec.limits.check_key(name)?;
            writer.key(name)?;
            item.write(writer, field)?;
        }
        writer.end_map();
        Ok(())
    }

    fn read<'m, S: Source<'m>>(source: &mut S, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self::Draft, LongWay> {
        let most = (field.limits.items() as usize).min(reader.limits.map_keys);
        reader.deeper(|| {
            let (mut items, mut read) = (source.begin_map()?, BTreeMap::new());
            while source.more_keys(&mut items)? {
                within(read.len() + 1, most)?;
                let name = slot::name(source, reader, field)?;
                if read.insert(name, F::read(source, reader, field)?).is_some() {
                    return Err(LongWay);
                }
            }
            Ok(read)
        })
    }
}
