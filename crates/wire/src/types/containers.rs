//! Nullable fields, lists, sets and maps.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

use recension_model::{ElementType, FieldSpec, SetElement};
use serde::Deserializer;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};

use super::WireType;
use crate::direct::{LongWay, Reader, WriteField, long_way};
use crate::sink::Sink;
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
    fn read<'m, D: Deserializer<'m>>(value: D, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self::Draft, D::Error> {
        value.deserialize_option(OptionVisitor::<F> { reader, field, of: PhantomData })
    }
}

struct OptionVisitor<'r, F> {
    reader: &'r Reader<'r>,
    field: &'r FieldSpec,
    of: PhantomData<F>,
}

impl<'m, F: WireType> Visitor<'m> for OptionVisitor<'_, F> {
    type Value = Option<F::Draft>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    #[inline]
    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    #[inline]
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    #[inline]
    fn visit_some<D: Deserializer<'m>>(self, value: D) -> Result<Self::Value, D::Error> {
        F::read(value, self.reader, self.field).map(Some)
    }
}

/// Reads one item.
struct ItemSeed<'r, F> {
    reader: &'r Reader<'r>,
    field: &'r FieldSpec,
    of: PhantomData<F>,
}

impl<'m, F: WireType> DeserializeSeed<'m> for ItemSeed<'_, F> {
    type Value = F::Draft;

    #[inline]
    fn deserialize<D: Deserializer<'m>>(self, value: D) -> Result<F::Draft, D::Error> {
        F::read(value, self.reader, self.field)
    }
}

/// Reads the items of a list into whatever takes them; `false` ends the short way.
struct ListVisitor<'r, F, P> {
    reader: &'r Reader<'r>,
    field: &'r FieldSpec,
    put: P,
    of: PhantomData<F>,
}

impl<'m, F: WireType, P: FnMut(F::Draft) -> bool> Visitor<'m> for ListVisitor<'_, F, P> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'m>>(mut self, mut list: A) -> Result<(), A::Error> {
        let (reader, field) = (self.reader, self.field);
        let most = (field.limits.items() as usize).min(reader.limits.list_items);
        let mut count = 0;
        while let Some(item) = list.next_element_seed(ItemSeed::<F> { reader, field, of: PhantomData })? {
            count += 1;
            if count > most || !(self.put)(item) {
                return Err(long_way());
            }
        }
        Ok(())
    }
}

fn read_list<'m, F: WireType, D: Deserializer<'m>>(
    value: D,
    reader: &Reader<'_>,
    field: &FieldSpec,
    put: impl FnMut(F::Draft) -> bool,
) -> Result<(), D::Error> {
    reader.deeper(|| value.deserialize_seq(ListVisitor::<F, _> { reader, field, put, of: PhantomData }))
}

fn write_list<'i, F: WireType, S: Sink>(
    items: impl ExactSizeIterator<Item = &'i F>,
    writer: &mut Writer<'_, S>,
    field: &WriteField,
) -> Result<(), LongWay> {
    field.spec.limits.check_items(items.len())?;
    writer.begin_list(items.len())?;
    for item in items {
        item.write(writer, field)?;
    }
    writer.end_list();
    Ok(())
}

impl<F: WireType + ElementType> WireType for Vec<F> {
    fn write<S: Sink>(&self, writer: &mut Writer<'_, S>, field: &WriteField) -> Result<(), LongWay> {
        write_list(self.iter(), writer, field)
    }

    fn read<'m, D: Deserializer<'m>>(value: D, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self::Draft, D::Error> {
        let mut items = Vec::new();
        read_list::<F, D>(value, reader, field, |item| {
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

    fn read<'m, D: Deserializer<'m>>(value: D, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self, D::Error> {
        let mut items = Self::new();
        read_list::<F, D>(value, reader, field, |item| items.insert(item))?;
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

    fn read<'m, D: Deserializer<'m>>(value: D, reader: &Reader<'_>, field: &FieldSpec) -> Result<Self::Draft, D::Error> {
        reader.deeper(|| value.deserialize_map(MapVisitor::<F> { reader, field, of: PhantomData }))
    }
}

struct MapVisitor<'r, F> {
    reader: &'r Reader<'r>,
    field: &'r FieldSpec,
    of: PhantomData<F>,
}

impl<'m, F: WireType> Visitor<'m> for MapVisitor<'_, F> {
    type Value = BTreeMap<String, F::Draft>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'m>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (reader, field) = (self.reader, self.field);
        let most = (field.limits.items() as usize).min(reader.limits.map_keys);
        let mut items = BTreeMap::new();
        while let Some(name) = map.next_key_seed(NameSeed { reader, field })? {
            let item = map.next_value_seed(ItemSeed::<F> { reader, field, of: PhantomData })?;
            if items.len() >= most || items.insert(name, item).is_some() {
                return Err(long_way());
            }
        }
        Ok(items)
    }
}

/// Reads a name in a map.
pub(crate) struct NameSeed<'r> {
    pub(crate) reader: &'r Reader<'r>,
    pub(crate) field: &'r FieldSpec,
}

impl<'m> DeserializeSeed<'m> for NameSeed<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'m>>(self, key: D) -> Result<String, D::Error> {
        key.deserialize_str(self)
    }
}

impl Visitor<'_> for NameSeed<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<String, E> {
        let fits = name.len() <= self.reader.limits.key_bytes && self.field.limits.check_key(name).is_ok();
        if fits { Ok(name.to_owned()) } else { Err(long_way()) }
    }
}
