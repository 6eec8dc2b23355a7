//! The keys of an envelope.

use std::fmt;

use recension_model::{FieldSet, Revision};
use serde::Deserializer;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};

use super::carry::CarrySeed;
use super::data::DataSeed;
use super::{Found, Reader, Wanted, complete, long_way};
use crate::direct::plan::{Plans, ReadPlan};
use crate::direct::DirectObject;
use crate::profile::EnvelopeKeys;

/// Reads an envelope, and its fields into a draft.
pub(super) struct EnvelopeSeed<'r, 'p, T: DirectObject> {
    pub(super) reader: &'r Reader<'r>,
    pub(super) draft: &'p mut T::Draft,
    /// The place of the version, if it is known already.
    pub(super) place: Option<usize>,
    pub(super) outermost: bool,
}

/// What an envelope was.
pub(super) enum Read {
    /// An object, all of it.
    Object(Found),
    /// One whose version, which stood behind its data, is another than was thought: the one at this place.
    OfVersion(usize),
}

impl<'m, T: DirectObject> DeserializeSeed<'m> for EnvelopeSeed<'_, '_, T> {
    type Value = Read;

    fn deserialize<D: Deserializer<'m>>(self, value: D) -> Result<Read, D::Error> {
        let reader = self.reader;
        reader.deeper(|| value.deserialize_map(self))
    }
}

/// A key of the envelope.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Name,
    Namespace,
    Version,
    Data,
    Changes,
    Carry,
    Revision,
}

/// The order in which they are mostly written.
const ORDER: [Part; 7] = [Part::Name, Part::Namespace, Part::Version, Part::Data, Part::Changes, Part::Carry, Part::Revision];

impl Part {
    fn key(self, keys: &EnvelopeKeys) -> &str {
        match self {
            Self::Name => &keys.name.text,
            Self::Namespace => &keys.namespace.text,
            Self::Version => &keys.version.text,
            Self::Data => &keys.data.text,
            Self::Changes => &keys.changes.text,
            Self::Carry => &keys.carry.text,
            Self::Revision => &keys.revision.text,
        }
    }
}

impl<'m, T: DirectObject> Visitor<'m> for EnvelopeSeed<'_, '_, T> {
    type Value = Read;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an envelope")
    }

    fn visit_map<A: MapAccess<'m>>(self, mut map: A) -> Result<Read, A::Error> {
        let (reader, draft) = (self.reader, self.draft);
        let plans = T::plans().ok_or_else(long_way)?;
        if !reader.count_object() || ORDER.len() > reader.limits.map_keys {
            return Err(long_way());
        }
        let mut envelope = Envelope::new(plans, self.place);
        let mut seen = 0_u8;
        let mut guess = 0;
        while let Some(part) = map.next_key_seed(PartSeed { reader, guess })? {
            let bit = 1 << part as u8;
            if seen & bit != 0 {
                return Err(long_way());
            }
            seen |= bit;
            guess = part as usize + 1;
            match part {
                Part::Name => map.next_value_seed(ThisText { reader, text: plans.spec_name() })?,
                Part::Namespace => map.next_value_seed(ThisText { reader, text: plans.spec_namespace() })?,
                Part::Version => envelope.version = Some(map.next_value_seed(VersionSeed { reader, plans })?),
                Part::Data => {
                    let plan = envelope.plan().ok_or_else(long_way)?;
                    envelope.seen = map.next_value_seed(DataSeed::<T> { reader, fields: &plan.fields, draft: &mut *draft })?;
                }
                Part::Changes => {
                    let plan = envelope.plan().ok_or_else(long_way)?;
                    envelope.claimed = map.next_value_seed(NamesSeed { reader, fields: &plan.fields })?;
                }
                Part::Carry => {
                    let plan = envelope.plan().filter(|_| reader.profile.extensions).ok_or_else(long_way)?;
                    let carried = map.next_value_seed(CarrySeed::<T> { reader, plan, draft: &mut *draft })?;
                    (envelope.told, envelope.carried) = carried;
                }
                Part::Revision => {
                    if !self.outermost || !reader.profile.extensions {
                        return Err(long_way());
                    }
                    envelope.revision = Some(map.next_value()?);
                }
            }
        }
        envelope.finish::<T>(reader, draft, seen).map_err(|super::LongWay| long_way())
    }
}

/// What is known of an envelope while it is read.
struct Envelope {
    plans: &'static Plans,
    /// The place of the version that was taken for granted.
    place: Option<usize>,
    /// The place of the version that was read.
    version: Option<usize>,
    /// The fields that were read, and those that are said to be changed, by their places in the shape of the message.
    seen: FieldSet,
    claimed: FieldSet,
    /// The hops that were carried, and the carried fields that are said to be changed.
    told: u64,
    carried: FieldSet,
    revision: Option<u64>,
}

impl Envelope {
    fn new(plans: &'static Plans, place: Option<usize>) -> Self {
        Self {
            plans,
            place,
            version: None,
            seen: FieldSet::EMPTY,
            claimed: FieldSet::EMPTY,
            told: 0,
            carried: FieldSet::EMPTY,
            revision: None,
        }
    }

    /// The plan of the version, if that is known, else of the newest.
    fn plan(&mut self) -> Option<&'static ReadPlan> {
        let place = *self.place.get_or_insert(self.version.unwrap_or(self.plans.newest()));
        self.plans.read(place)
    }

    fn finish<T: DirectObject>(mut self, reader: &Reader<'_>, draft: &mut T::Draft, seen: u8) -> Result<Read, super::LongWay> {
        let needed = [Part::Name, Part::Namespace, Part::Version, Part::Data].iter().fold(0, |bits, part| bits | 1 << *part as u8);
        let (Some(version), Some(plan)) = (self.version, self.plan()) else { return Err(super::LongWay) };
        if seen & needed != needed {
            return Err(super::LongWay);
        }
        if self.place != Some(version) {
            return Ok(Read::OfVersion(version));
        }
        if plan.hops_above > reader.limits.hops {
            return Err(super::LongWay);
        }
        match reader.wanted {
            Wanted::Whole => complete::<T>(draft, plan, self.told)?,
            Wanted::Keeping if plan.keeps_all => complete::<T>(draft, plan, self.told)?,
            Wanted::Part if version == self.plans.newest() => {}
            Wanted::Keeping | Wanted::Part => return Err(super::LongWay),
        }
        let changed = self.claimed.iter().filter(|place| self.seen.contains(*place));
        let heads = changed.filter_map(|place| plan.fields.get(place)?.head);
        let changes = heads.chain(self.carried.iter()).collect();
        Ok(Read::Object(Found { changes, revision: self.revision.map(Revision) }))
    }
}

/// Reads a key of the envelope; most often it is the one that is guessed.
struct PartSeed<'r> {
    reader: &'r Reader<'r>,
    guess: usize,
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
        f.write_str("a key of the envelope")
    }

    #[inline]
    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Part, E> {
        let keys = self.reader.profile.keys();
        let is_key = |part: &&Part| part.key(keys) == key;
        let found = ORDER.get(self.guess).filter(is_key).or_else(|| ORDER.iter().find(is_key));
        found.copied().filter(|_| key.len() <= self.reader.limits.key_bytes).ok_or_else(long_way)
    }
}

/// Reads one text and no other.
struct ThisText<'r> {
    reader: &'r Reader<'r>,
    text: &'r str,
}

impl<'m> DeserializeSeed<'m> for ThisText<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'m>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_str(self)
    }
}

impl Visitor<'_> for ThisText<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    #[inline]
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if text == self.text && text.len() <= self.reader.limits.text_bytes { Ok(()) } else { Err(long_way()) }
    }
}

/// Reads the version; its place.
struct VersionSeed<'r> {
    reader: &'r Reader<'r>,
    plans: &'r Plans,
}

impl<'m> DeserializeSeed<'m> for VersionSeed<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'m>>(self, value: D) -> Result<usize, D::Error> {
        value.deserialize_str(self)
    }
}

impl Visitor<'_> for VersionSeed<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a version")
    }

    #[inline]
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<usize, E> {
        let place = self.plans.place_of_text(text);
        place.filter(|_| text.len() <= self.reader.limits.text_bytes).ok_or_else(long_way)
    }
}

/// Reads a list of names of fields; the places of those.
pub(super) struct NamesSeed<'r, 'p> {
    pub(super) reader: &'r Reader<'r>,
    pub(super) fields: &'p [crate::direct::ReadField],
}

impl<'m> DeserializeSeed<'m> for NamesSeed<'_, '_> {
    type Value = FieldSet;

    fn deserialize<D: Deserializer<'m>>(self, value: D) -> Result<FieldSet, D::Error> {
        let reader = self.reader;
        reader.deeper(|| value.deserialize_seq(self))
    }
}

impl<'m> Visitor<'m> for NamesSeed<'_, '_> {
    type Value = FieldSet;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of names")
    }

    fn visit_seq<A: SeqAccess<'m>>(self, mut list: A) -> Result<FieldSet, A::Error> {
        let (reader, fields) = (self.reader, self.fields);
        let (mut names, mut guess, mut count) = (FieldSet::EMPTY, 0, 0);
        while let Some(place) = list.next_element_seed(super::data::NameSeed { fields, guess, bytes_max: reader.limits.text_bytes })? {
            names.insert(place);
            guess = place + 1;
            count += 1;
            if count > reader.limits.list_items {
                return Err(long_way());
            }
        }
        Ok(names)
    }
}
