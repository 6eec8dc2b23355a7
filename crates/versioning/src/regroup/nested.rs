//! Fields that became those of an object, or were.

use std::sync::Arc;

use recension_model::{FieldSet, FieldSpec, Hop, Misfit, ObjectName, ObjectSpec, ObjectVersion, Record, Slot, Value};

use super::{Fault, Side, State};
use crate::reshape::Direction;
use crate::{OpFault, Registry};

/// What an op `nest` or `flatten` says.
#[derive(Clone, Debug)]
pub(crate) struct Nested {
    pub(crate) object: ObjectName,
    /// The version of the object whose fields these are.
    pub(crate) at: ObjectVersion,
    /// Their names in it.
    pub(crate) parts: Vec<Arc<str>>,
    /// Whether the newer side is the object.
    pub(crate) up: bool,
}

/// What counts as changed of an object in a field.
#[derive(Clone, Copy)]
enum Changed {
    Nothing,
    /// Some of its fields, in its version or in another that its carry tells of.
    Fields,
    /// The object counts as changed and none of its fields does: all of it is new.
    Whole,
}

impl Changed {
    fn of(object: &Record, changed: bool) -> Self {
        match changed {
            false => Self::Nothing,
            true if has_changes(object) => Self::Fields,
            true => Self::Whole,
        }
    }
}

/// Whether a field is changed, here or in the versions that the carry tells of.
fn has_changes(object: &Record) -> bool {
    let carried = |hop: &Hop| matches!(hop, Hop::Known(fields) if fields.values().any(|carried| carried.changed));
    !object.changes().is_empty() || object.carry().hops().any(|(_, hop)| carried(hop))
}

impl Nested {
    /// Whether fields are taken out of an object on this way, and not put into one.
    pub(super) fn takes_out(&self, direction: Direction) -> bool {
        self.up == (direction == Direction::Down)
    }

    /// Whether the object has just these fields at that version, each of the same kind.
    pub(crate) fn check(&self, shape: &ObjectSpec, parts: &[FieldSpec]) -> Result<(), OpFault> {
        let same = |(name, part): (&Arc<str>, &FieldSpec)| {
            let inner = shape.index_of(name).and_then(|index| shape.fields.get(index));
            inner.is_some_and(|inner| inner.kind == part.kind && inner.class == part.class && (part.nullable || !inner.nullable))
        };
        let all = shape.fields.len() == self.parts.len() && parts.len() == self.parts.len() && self.parts.iter().zip(parts).all(same);
        if all { Ok(()) } else { Err(OpFault::NestedFields) }
    }

    /// The states of the parts of an object. A null object has none.
    pub(super) fn take_out(&self, states: &[State], registry: Option<&Registry>) -> Result<Vec<State>, Fault> {
        let Some(state) = states.first() else { return Ok(Vec::new()) };
        let all = |slot: Slot| vec![State { slot, changed: state.changed }; self.parts.len()];
        match &state.slot {
            Slot::Unset => Ok(vec![State::default(); self.parts.len()]),
            Slot::Null => Ok(all(Slot::Null)),
            Slot::Value(Value::Object(object)) => {
                let changed = Changed::of(object, state.changed);
                Ok(self.parts_of(&self.at_version(object, registry)?, changed))
            }
            Slot::Value(_) => Err(Misfit::new("holds no object").into()),
        }
    }

    /// The parts of an object of the version that the op names.
    fn parts_of(&self, object: &Record, changed: Changed) -> Vec<State> {
        let changes = object.changes();
        let part = |name: &Arc<str>| {
            let index = object.spec().index_of(name);
            let slot = index.map_or(Slot::Unset, |index| object.at(index).clone());
            let changed = match changed {
                Changed::Nothing => false,
                Changed::Whole => slot.is_set(),
                Changed::Fields => slot.is_set() && index.is_some_and(|index| changes.contains(index)),
            };
            State { slot, changed }
        };
        self.parts.iter().map(part).collect()
    }

    /// The object of parts: none where nothing is known of any, null where that may be and all of them are null.
    pub(super) fn make(&self, states: &[State], to: &[FieldSpec], registry: Option<&Registry>) -> Result<Vec<State>, Fault> {
        let changed = states.iter().any(|state| state.changed);
        let nullable = to.first().is_some_and(|field| field.nullable);
        if states.iter().all(|state| !state.slot.is_set()) {
            return Ok(vec![State::default()]);
        }
        if nullable && states.iter().all(|state| state.slot == Slot::Null) {
            return Ok(vec![State { slot: Slot::Null, changed }]);
        }
        let mut object = Record::new(self.shape(registry)?);
        self.put(&mut object, states, &states.iter().map(|state| state.changed).collect::<Vec<_>>())?;
        Ok(vec![State { slot: Value::from(object).into(), changed }])
    }

    /// Puts the parts into an object, each changed or not.
    fn put(&self, object: &mut Record, states: &[State], changed: &[bool]) -> Result<(), Fault> {
        let mut changes = FieldSet::EMPTY;
        for (name, (state, changed)) in self.parts.iter().zip(states.iter().zip(changed)) {
            let Some(index) = object.spec().index_of(name) else { continue };
            // A part that may be null where the object's own field may not.
            if let Some(field) = object.spec().fields.get(index) {
                field.check(&state.slot)?;
            }
            object.fill(index, state.slot.clone()).map_err(|error| Fault::Inside(error.into()))?;
            if *changed {
                changes.insert(index);
            }
        }
        object.set_changes(changes);
        Ok(())
    }

    /// The object that is carried, with the parts that were changed since: what the parts cannot tell of it stays.
    pub(super) fn made_of(
        &self,
        live: &[State],
        original: &[State],
        stood: &[State],
        registry: Option<&Registry>,
    ) -> Result<Option<State>, Fault> {
        let Some(State { slot: Slot::Value(Value::Object(object)), changed: was_changed }) = original.first() else { return Ok(None) };
        let all = |states: &[State], slot: &Slot| states.iter().all(|state| state.slot == *slot);
        // What was made null as a whole is null, and not an object without anything.
        if all(live, &Slot::Unset) || (all(live, &Slot::Null) && !all(stood, &Slot::Null)) {
            return Ok(None);
        }
        let version = object.spec().version.clone();
        let by_fields = matches!(Changed::of(object, *was_changed), Changed::Fields);
        let mut object = self.at_version(object, registry)?;
        let unset = live.iter().zip(stood).any(|(live, stood)| !live.slot.is_set() && stood.slot.is_set());
        if unset {
            return Ok(None);
        }
        let flags = self.flags(live, stood, &object, by_fields);
        self.put(&mut object, live, &flags)?;
        let object = convert(object, &version, registry)?;
        let changed = live.iter().any(|state| state.changed) || (*was_changed && same_flags(live, stood));
        Ok(Some(State { slot: Value::from(object).into(), changed }))
    }

    /// Which parts count as changed in the object that is carried. It has a change set of its own, which says more than the parts as
    /// long as their flags are those that stood for it; after that, only of an object in which some fields are changed and others
    /// not.
    fn flags(&self, live: &[State], stood: &[State], object: &Record, by_fields: bool) -> Vec<bool> {
        let own = |name: &Arc<str>| object.spec().index_of(name).is_some_and(|index| object.changes().contains(index));
        let all_told = !by_fields && !same_flags(live, stood);
        let told = live.iter().zip(stood).map(|(live, stood)| (all_told || live.changed != stood.changed).then_some(live.changed));
        self.parts.iter().zip(told).map(|(name, told)| told.unwrap_or_else(|| own(name))).collect()
    }

    /// Whether the parts give the object again, which then has nothing beside them.
    pub(super) fn comes_back(&self, live: &[State], parts: &[State], from: &Side, registry: Option<&Registry>) -> Result<bool, Fault> {
        let Some(state) = live.first() else { return Ok(true) };
        let again = self.make(parts, &from.fields, registry)?;
        match &state.slot {
            Slot::Value(Value::Object(object)) => {
                let object = self.at_version(object, registry)?;
                let changed = state.changed;
                Ok(again == [State { slot: Value::from(object).into(), changed }])
            }
            _ => Ok(again == live),
        }
    }

    /// The object in a version no newer than that of the parts.
    pub(super) fn at_most(&self, states: Vec<State>, registry: Option<&Registry>) -> Result<Vec<State>, Fault> {
        let older = |state: State| match state.slot {
            Slot::Value(Value::Object(object)) if object.spec().version > self.at => {
                Ok(State { slot: Value::from(convert(*object, &self.at, registry)?).into(), ..state })
            }
            slot => Ok(State { slot, ..state }),
        };
        states.into_iter().map(older).collect()
    }

    fn at_version(&self, object: &Record, registry: Option<&Registry>) -> Result<Record, Fault> {
        convert(object.clone(), &self.at, registry)
    }

    fn shape(&self, registry: Option<&Registry>) -> Result<Arc<ObjectSpec>, Fault> {
        let registry = registry.ok_or(ALONE)?;
        let lineage = registry.lineage(self.object.as_str()).map_err(Fault::Inside)?;
        lineage.shape(&self.at).cloned().map_err(Fault::Inside)
    }
}

fn same_flags(left: &[State], right: &[State]) -> bool {
    left.iter().zip(right).all(|(left, right)| left.changed == right.changed)
}

/// A lineage by itself does not know the objects inside.
const ALONE: Misfit = Misfit::new("becomes an object, which takes the registry that knows it");

fn convert(object: Record, version: &ObjectVersion, registry: Option<&Registry>) -> Result<Record, Fault> {
    if object.spec().version == *version {
        return Ok(object);
    }
    let registry = registry.ok_or(ALONE)?;
    let lineage = registry.lineage(object.spec().name.as_str()).map_err(Fault::Inside)?;
    lineage.convert_among(object, version, Some(registry)).map_err(Fault::Inside)
}
