//! What an older version could not say, read back.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use recension_model::{Carried, Carry, Hop, ObjectSpec, ObjectVersion};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::data::FieldSeed;
use super::envelope::{Envelope, Names, Text};
use super::{Decoder, Raw, shown};
use crate::Error;
use crate::error::Malformation;

impl Decoder<'_> {
    /// Reads the carry: hops of known releases by their fields, others unread.
    pub(super) fn carry(&self, envelope: &Envelope<'_>, spec: &Arc<ObjectSpec>) -> Result<Carry, Error> {
        let mut carry = Carry::default();
        let Some(raw) = envelope.carry else { return Ok(carry) };
        let hops = self.parse_map("carry", raw.get(), RawMapSeed(self))?;
        let lineage = self.registry.lineage(spec.name.as_str())?;
        for (version, raw) in hops {
            let version: ObjectVersion = version.parse().map_err(|_| Malformation::Carry(spec.name.clone()))?;
            // `1` and `1.0` are two keys and one version.
            if carry.hops().any(|(filed, _)| *filed == version) {
                return Err(Malformation::DuplicateKey(version.to_string()).into());
            }
            // No hop leads to the oldest version known here: what led to it is as unknown as any later release.
            let known = lineage.shapes().iter().skip(1).any(|shape| shape.version == version);
            let hop = if known { Hop::Known(self.hop(spec, &version, raw)?) } else { Hop::Opaque(raw.get().into()) };
            carry.put(version, hop);
        }
        Ok(carry)
    }

    fn hop(&self, spec: &Arc<ObjectSpec>, version: &ObjectVersion, raw: Raw<'_>) -> Result<BTreeMap<Arc<str>, Carried>, Error> {
        let malformed = || Error::from(Malformation::Carry(spec.name.clone()));
        let mut fields = BTreeMap::new();
        let mut changed = Vec::new();
        for (key, raw) in self.parse_map("carry", raw.get(), RawMapSeed(self))? {
            match &*key {
                "data" => fields = self.parse_map("carry", raw.get(), HopSeed { decoder: self, spec, version })?,
                "changes" => changed = self.parse(raw.get(), std::marker::PhantomData::<Names<'_>>)?.0,
                _ => return Err(malformed()),
            }
        }
        for name in changed {
            let field = self.registry.carried_field(spec, version, &name).ok_or_else(malformed)?;
            // As in the envelope, a claim about a field that did not come along is not believed.
            if let Some(carried) = fields.get_mut(&field.name) {
                carried.changed = true;
            }
        }
        Ok(fields)
    }
}

/// Reads a map of unread values, each key once.
struct RawMapSeed<'d, 'r>(&'d Decoder<'r>);

impl<'j> DeserializeSeed<'j> for RawMapSeed<'_, '_> {
    type Value = BTreeMap<String, Raw<'j>>;

    fn deserialize<D: Deserializer<'j>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'j> Visitor<'j> for RawMapSeed<'_, '_> {
    type Value = BTreeMap<String, Raw<'j>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some((Text(key), raw)) = map.next_entry::<Text<'j>, Raw<'j>>()? {
            if entries.insert(key.clone().into_owned(), raw).is_some() {
                return Err(self.0.fail(Malformation::DuplicateKey(shown(&key))));
            }
        }
        Ok(entries)
    }
}

/// Reads the fields of one hop.
struct HopSeed<'d, 'r> {
    decoder: &'d Decoder<'r>,
    spec: &'d ObjectSpec,
    version: &'d ObjectVersion,
}

impl<'j> DeserializeSeed<'j> for HopSeed<'_, '_> {
    type Value = BTreeMap<Arc<str>, Carried>;

    fn deserialize<D: Deserializer<'j>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'j> Visitor<'j> for HopSeed<'_, '_> {
    type Value = BTreeMap<Arc<str>, Carried>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fields of a hop")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self { decoder, spec, version } = self;
        let mut fields = BTreeMap::new();
        while let Some(Text(key)) = map.next_key()? {
            let Some(field) = decoder.registry.carried_field(spec, version, &key) else {
                return Err(decoder.fail(spec.unknown_field(&key)));
            };
            let read = map.next_value_seed(FieldSeed(field))?;
            let slot = decoder.resolve(spec, field, read).map_err(|error| decoder.fail(error))?;
            if fields.insert(field.name.clone(), Carried { slot, changed: false }).is_some() {
                return Err(decoder.fail(Malformation::DuplicateKey(shown(&key))));
            }
        }
        Ok(fields)
    }
}
