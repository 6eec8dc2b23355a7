//! The fields of an object.

use std::fmt;
use std::marker::PhantomData;

use recension_model::FieldSet;
use serde::Deserializer;
use serde::de::{DeserializeSeed, MapAccess, Visitor};

use super::{Reader, long_way};
use crate::direct::{DirectObject, ReadField};
use crate::slot::SlotSeed;

/// Reads fields into a draft; the places of those that were read.
pub(super) struct DataSeed<'r, 'p, T: DirectObject> {
    pub(super) reader: &'r Reader<'r>,
    pub(super) fields: &'p [ReadField],
    pub(super) draft: &'p mut T::Draft,
}

impl<'m, T: DirectObject> DeserializeSeed<'m> for DataSeed<'_, '_, T> {
    type Value = FieldSet;

    fn deserialize<D: Deserializer<'m>>(self, value: D) -> Result<FieldSet, D::Error> {
        let reader = self.reader;
        reader.deeper(|| value.deserialize_map(self))
    }
}

impl<'m, T: DirectObject> Visitor<'m> for DataSeed<'_, '_, T> {
    type Value = FieldSet;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fields of an object")
    }

    fn visit_map<A: MapAccess<'m>>(self, mut map: A) -> Result<FieldSet, A::Error> {
        let Self { reader, fields, draft } = self;
        let mut seen = FieldSet::EMPTY;
        // Fields mostly come in declared order, so the next one is tried first. More keys than there are fields
        // means one twice.
        let mut guess = 0;
        while let Some(place) = map.next_key_seed(NameSeed { fields, guess, bytes_max: reader.limits.key_bytes })? {
            if seen.contains(place) {
                return Err(long_way());
            }
            seen.insert(place);
            guess = place + 1;
            let Some(field) = fields.get(place) else { return Err(long_way()) };
            match field.head {
                Some(head) => map.next_value_seed(FieldSeed::<T> { reader, field, head, draft: &mut *draft, of: PhantomData })?,
                None => {
                    map.next_value_seed(SlotSeed { reader, field: &field.spec })?;
                }
            }
        }
        if seen.len() > reader.limits.map_keys { Err(long_way()) } else { Ok(seen) }
    }
}

/// Reads a name of a field; its place, which most often is the one that is guessed.
pub(super) struct NameSeed<'p> {
    pub(super) fields: &'p [ReadField],
    pub(super) guess: usize,
    pub(super) bytes_max: usize,
}

impl<'m> DeserializeSeed<'m> for NameSeed<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'m>>(self, key: D) -> Result<usize, D::Error> {
        key.deserialize_str(self)
    }
}

impl Visitor<'_> for NameSeed<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    #[inline]
    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<usize, E> {
        let found = match self.fields.get(self.guess) {
            Some(field) if *field.spec.name == *name => Some(self.guess),
            _ => self.fields.iter().position(|field| *field.spec.name == *name),
        };
        found.filter(|_| name.len() <= self.bytes_max).ok_or_else(long_way)
    }
}

/// Reads one field into a draft.
struct FieldSeed<'r, 'p, T: DirectObject> {
    reader: &'r Reader<'r>,
    field: &'p ReadField,
    head: usize,
    draft: &'p mut T::Draft,
    of: PhantomData<T>,
}

impl<'m, T: DirectObject> DeserializeSeed<'m> for FieldSeed<'_, '_, T> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'m>>(self, value: D) -> Result<(), D::Error> {
        T::read_field(self.draft, self.head, value, self.reader, &self.field.spec)
    }
}
