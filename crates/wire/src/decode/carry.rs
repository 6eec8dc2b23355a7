//! What an older version could not say, read back.

use std::collections::BTreeMap;
use std::sync::Arc;

use recension_model::{Carried, Carry, Hop, ObjectSpec, ObjectVersion};

use super::{Decoder, map, names};
use crate::Error;
use crate::error::Malformation;
use crate::format::{Entries, Format};

impl<F: Format> Decoder<'_, F> {
    /// Reads the carry: hops of known releases by their fields, others unread.
    pub(super) fn carry(&self, raw: F::Raw<'_>, spec: &Arc<ObjectSpec>) -> Result<Carry, Error> {
        let mut carry = Carry::default();
        let lineage = self.registry.lineage(spec.name.as_str())?;
        let is_version = |key: &str| key.parse::<ObjectVersion>().is_ok();
        for (version, raw) in once::<F>(raw, spec, is_version)? {
            let version: ObjectVersion = version.parse().map_err(|_| Malformation::Carry(spec.name.clone()))?;
            // `1` and `1.0` are two keys and one version.
            if carry.hops().any(|(filed, _)| *filed == version) {
                return Err(Malformation::DuplicateKey(version.to_string()).into());
            }
            // No hop leads to the oldest version known here: what led to it is as unknown as any later release.
            let known = lineage.shapes().iter().skip(1).any(|shape| shape.version == version);
            let hop = if known { Hop::Known(self.hop(spec, &version, raw)?) } else { Hop::Opaque(F::opaque(raw)?) };
            carry.put(version, hop);
        }
        Ok(carry)
    }

    fn hop(&self, spec: &Arc<ObjectSpec>, version: &ObjectVersion, raw: F::Raw<'_>) -> Result<BTreeMap<Arc<str>, Carried>, Error> {
        let malformed = || Error::from(Malformation::Carry(spec.name.clone()));
        let mut fields = BTreeMap::new();
        let mut changed = Vec::new();
        for (key, raw) in once::<F>(raw, spec, |key| matches!(key, "data" | "changes"))? {
            match &*key {
                "data" => fields = self.hop_data(spec, version, raw)?,
                "changes" => changed = names::<F>("carry", raw)?,
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

    fn hop_data(&self, spec: &ObjectSpec, version: &ObjectVersion, raw: F::Raw<'_>) -> Result<BTreeMap<Arc<str>, Carried>, Error> {
        let mut fields = BTreeMap::new();
        for (place, (key, raw)) in map::<F>("carry", raw)?.into_iter().enumerate() {
            let field = self.registry.carried_field(spec, version, &key);
            let field = field.ok_or_else(|| self.unknown_field(spec, &key, || format!("carry.{version}.data[{place}]")))?;
            let slot = self.field(spec, field, raw)?;
            if fields.insert(field.name.clone(), Carried { slot, changed: false }).is_some() {
                return Err(Malformation::DuplicateKey(key.into_owned()).into());
            }
        }
        Ok(fields)
    }
}

/// The entries of a map of the carry, each key once, in the order of the keys. One that stands twice is named if it is ours.
fn once<'m, F: Format>(raw: F::Raw<'m>, spec: &ObjectSpec, is_ours: impl Fn(&str) -> bool) -> Result<Entries<'m, F>, Error> {
    let mut entries = map::<F>("carry", raw)?;
    entries.sort_by(|(left, _), (right, _)| left.cmp(right));
    let twice = entries.windows(2).find_map(|pair| match pair {
        [(left, _), (right, _)] if left == right => Some(left.clone()),
        _ => None,
    });
    match twice {
        Some(key) if is_ours(&key) => Err(Malformation::DuplicateKey(key.into_owned()).into()),
        Some(_) => Err(Malformation::Carry(spec.name.clone()).into()),
        None => Ok(entries),
    }
}
