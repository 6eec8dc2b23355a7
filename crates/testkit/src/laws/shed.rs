//! What a carry loses when it travels.

use std::convert::Infallible;

use recension_model::{Carried, FieldClass, FieldSpec, Hop, ObjectVersion, Record, Slot};
use recension_versioning::Registry;

/// Takes secrets out of the carry of a record and of the objects in it, as a message does. The class of a
/// carried field is that of the shape it was carried from.
pub(super) fn shed_secrets(registry: &Registry, record: &mut Record) {
    let spec = record.spec().clone();
    let mut carry = record.take_carry();
    let versions: Vec<ObjectVersion> = carry.hops().map(|(version, _)| version.clone()).collect();
    for version in versions {
        let Some(hop) = carry.take(&version) else { continue };
        let hop = match hop {
            Hop::Known(mut fields) => {
                fields.retain(|name, carried: &mut Carried| {
                    let field = registry.carried_field(&spec, &version, name);
                    field.is_some_and(|field| carried.slot.is_set() && !shows_secret(field, &carried.slot))
                });
                fields.values_mut().for_each(|carried| shed_in(registry, &mut carried.slot));
                Hop::Known(fields)
            }
            opaque => opaque,
        };
        carry.put(version, hop);
    }
    record.set_carry(carry);
    for index in 0..spec.fields.len() {
        let mut slot = record.take(index);
        shed_in(registry, &mut slot);
        // It was in this place before, so it fits.
        let _ = record.fill(index, slot);
    }
}

fn shed_in(registry: &Registry, slot: &mut Slot) {
    let shed = |mut record: Record| {
        shed_secrets(registry, &mut record);
        Ok::<_, Infallible>(record)
    };
    *slot = match std::mem::take(slot) {
        Slot::Value(value) => {
            let Ok(value) = value.try_map_objects(&mut { shed });
            Slot::Value(value)
        }
        slot => slot,
    };
}

fn shows_secret(field: &FieldSpec, slot: &Slot) -> bool {
    let inside = |record: &Record| record.spec().fields.iter().zip(record.slots()).any(|(field, slot)| shows_secret(field, slot));
    slot.is_set() && (field.class == FieldClass::Secret || slot.value().is_some_and(|value| value.objects().into_iter().any(inside)))
}
