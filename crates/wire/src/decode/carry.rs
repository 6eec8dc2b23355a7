//! What an older version could not say, read back.

use std::collections::BTreeMap;
use std::sync::Arc;

use recension_model::{Carried, Carry, Hop, ObjectSpec, ObjectVersion};

use super::{Decoder, map, names, shown};
use crate::Error;
use crate::error::Malformation;
use crate::format::{Entries, Format};

impl<F: Format> Decoder<'_, F> {
    /// Reads the carry: hops of known releases by their fields, others unread.
    pub(super) fn carry(&self, raw: F::Raw<'_>, spec: &Arc<ObjectSpec>) -> Result<Carry, Error> {
        let mut carry = Carry::default();
        let lineage = self.registry.lineage(spec.name.as_str())?;
        for (version, raw) in once::<F>(raw)? {
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
        for (key, raw) in once::<F>(raw)? {
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
        for (key, raw) in map::<F>("carry", raw)? {
            let field = self.registry.carried_field(spec, version, &key).ok_or_else(|| spec.unknown_field(&key))?;
            let slot = self.field(spec, field, raw)?;
            if fields.insert(field.name.clone(), Carried { slot, changed: false }).is_some() {
                return Err(Malformation::DuplicateKey(shown(&key)).into());
            }
        }
        Ok(fields)
    }
}

/// The entries of a map of the carry, each key once, in the order of the keys.
fn once<F: Format>(raw: F::Raw<'_>) -> Result<Entries<'_, F>, Error> {
    let mut entries = map::<F>("carry", raw)?;
    entries.sort_by(|(left, _), (right, _)| left.cmp(right));
    let twice = entries.windows(2).find_map(|pair| match pair {
        [(left, _), (right, _)] if left == right => Some(shown(left)),
        _ => None,
    });
    match twice {
        Some(key) => Err(Malformation::DuplicateKey(key).into()),
        None => Ok(entries),
    }
}
