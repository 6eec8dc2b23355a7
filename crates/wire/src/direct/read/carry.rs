//! What an older version could not say.

use std::fmt;

use recension_model::FieldSet;
use serde::Deserializer;
use serde::de::{DeserializeSeed, MapAccess, Visitor};

use super::data::DataSeed;
use super::envelope::NamesSeed;
use super::{Reader, long_way};
use crate::direct::DirectObject;
use crate::direct::plan::{ReadHop, ReadPlan};

/// Hops that a set of bits can tell.
const HOPS_MAX: usize = 64;

/// Reads hops that lead on from the version of the message; the places of those that were read, and the fields in
/// them that are said to be changed, by their places in the newest shape.
pub(super) struct CarrySeed<'r, 'p, T: DirectObject> {
    pub(super) reader: &'r Reader<'r>,
    pub(super) plan: &'p ReadPlan,
    pub(super) draft: &'p mut T::Draft,
}

impl<'m, T: DirectObject> DeserializeSeed<'m> for CarrySeed<'_, '_, T> {
    type Value = (u64, FieldSet);

    fn deserialize<D: Deserializer<'m>>(self, value: D) -> Result<Self::Value, D::Error> {
        let reader = self.reader;
        reader.deeper(|| value.deserialize_map(self))
    }
}

impl<'m, T: DirectObject> Visitor<'m> for CarrySeed<'_, '_, T> {
    type Value = (u64, FieldSet);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hops")
    }

    fn visit_map<A: MapAccess<'m>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self { reader, plan, draft } = self;
        if plan.hops.len() > HOPS_MAX.min(reader.limits.map_keys) {
            return Err(long_way());
        }
        let (mut told, mut changed) = (0_u64, FieldSet::EMPTY);
        while let Some(place) = map.next_key_seed(HopSeed { reader, plan })? {
            let (bit, Some(hop)) = (1 << place, plan.hops.get(place)) else { return Err(long_way()) };
            if told & bit != 0 {
                return Err(long_way());
            }
            told |= bit;
            let claimed = map.next_value_seed(HopParts::<T> { reader, hop, draft: &mut *draft })?;
            claimed.iter().for_each(|head| changed.insert(head));
        }
        Ok((told, changed))
    }
}

/// Reads the version of a hop; its place in the plan.
struct HopSeed<'r, 'p> {
    reader: &'r Reader<'r>,
    plan: &'p ReadPlan,
}

impl<'m> DeserializeSeed<'m> for HopSeed<'_, '_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'m>>(self, key: D) -> Result<usize, D::Error> {
        key.deserialize_str(self)
    }
}

impl Visitor<'_> for HopSeed<'_, '_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a version")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<usize, E> {
        let hops = &self.plan.hops;
        let as_written = hops.iter().position(|hop| hop.text == text);
        let place = as_written.or_else(|| text.parse().ok().and_then(|version| hops.iter().position(|hop| hop.version == version)));
        place.filter(|_| text.len() <= self.reader.limits.key_bytes).ok_or_else(long_way)
    }
}

/// Reads the fields of one hop, and which of them are changed.
struct HopParts<'r, 'p, T: DirectObject> {
    reader: &'r Reader<'r>,
    hop: &'p ReadHop,
    draft: &'p mut T::Draft,
}

impl<'m, T: DirectObject> DeserializeSeed<'m> for HopParts<'_, '_, T> {
    type Value = FieldSet;

    fn deserialize<D: Deserializer<'m>>(self, value: D) -> Result<FieldSet, D::Error> {
        let reader = self.reader;
        reader.deeper(|| value.deserialize_map(self))
    }
}

impl<'m, T: DirectObject> Visitor<'m> for HopParts<'_, '_, T> {
    type Value = FieldSet;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the parts of a hop")
    }

    fn visit_map<A: MapAccess<'m>>(self, mut map: A) -> Result<FieldSet, A::Error> {
        let Self { reader, hop, draft } = self;
        let fields = &hop.fields;
        let (mut seen, mut claimed) = (None, None);
        while let Some(part) = map.next_key_seed(PartSeed { reader })? {
            match part {
                Part::Data if seen.is_none() => {
                    seen = Some(map.next_value_seed(DataSeed::<T> { reader, fields, draft: &mut *draft })?);
                }
                Part::Changes if claimed.is_none() => claimed = Some(map.next_value_seed(NamesSeed { reader, fields })?),
                Part::Data | Part::Changes => return Err(long_way()),
            }
        }
        let (seen, claimed) = (seen.unwrap_or_default(), claimed.unwrap_or_default());
        let changed = claimed.iter().filter(|place| seen.contains(*place));
        Ok(changed.filter_map(|place| fields.get(place)?.head).collect())
    }
}

#[derive(Clone, Copy)]
enum Part {
    Data,
    Changes,
}

struct PartSeed<'r> {
    reader: &'r Reader<'r>,
}

impl<'m> DeserializeSeed<'m> for PartSeed<'_> {
    type Value = Part;

    fn deserialize<D: Deserializer<'m>>(self, key: D) -> Result<Part, D::Error> {
        key.deserialize_str(self)
    }
}

impl Visitor<'_> for PartSeed<'_> {
    type Value = Part;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a part of a hop")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Part, E> {
        match key {
            _ if key.len() > self.reader.limits.key_bytes => Err(long_way()),
            "data" => Ok(Part::Data),
            "changes" => Ok(Part::Changes),
            _ => Err(long_way()),
        }
    }
}
