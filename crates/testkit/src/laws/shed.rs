//! What a carry loses when it travels.

use recension_model::{Carried, FieldClass, FieldSpec, Hop, ObjectVersion, Record, Slot, Value};
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
    match slot {
        Slot::Value(Value::Object(child)) => shed_secrets(registry, child),
        Slot::Value(Value::List(children)) => children.iter_mut().for_each(|child| shed_secrets(registry, child)),
        _ => {}
    }
}

fn shows_secret(field: &FieldSpec, slot: &Slot) -> bool {
    let inside = |record: &Record| record.spec().fields.iter().zip(record.slots()).any(|(field, slot)| shows_secret(field, slot));
    match slot {
        Slot::Unset => false,
        _ if field.class == FieldClass::Secret => true,
        Slot::Value(Value::Object(child)) => inside(child),
        Slot::Value(Value::List(children)) => children.iter().any(inside),
        _ => false,
    }
}
