//! Whether a state is still the one that stood for what is carried.

use std::collections::BTreeMap;

use recension_model::{ObjectName, ObjectVersion, Record, Slot, Value};

use crate::registry::map_slot;
use crate::{Manifest, Registry};

/// Whether two states show the same. What the objects in them carry is not shown to anybody, and so cannot have been changed.
pub(crate) fn shows_same(left: &Slot, right: &Slot) -> bool {
    match (left, right) {
        (Slot::Value(left), Slot::Value(right)) => same_value(left, right),
        (left, right) => left == right,
    }
}

fn same_value(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => same_object(left, right),
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same_item(left.as_ref(), right.as_ref()))
        }
        (Value::Map(left), Value::Map(right)) => {
            left.keys().eq(right.keys()) && left.values().zip(right.values()).all(|(left, right)| same_item(left.as_ref(), right.as_ref()))
        }
        (left, right) => left == right,
    }
}

fn same_item(left: Option<&Value>, right: Option<&Value>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => same_value(left, right),
        (left, right) => left.is_some() == right.is_some(),
    }
}

fn same_object(left: &Record, right: &Record) -> bool {
    let same_shape = left.spec().name == right.spec().name && left.spec().version == right.spec().version;
    same_shape && left.changes() == right.changes() && left.slots().iter().zip(right.slots()).all(|(left, right)| shows_same(left, right))
}

/// A carried state with its objects in the versions that those of the live state have: an object that was made of fields on the
/// way here is not of the version to which the carried ones were taken, and would not be known again. Objects that have no
/// counterpart in those versions stay as they are.
pub(crate) fn at_versions_of(live: &Slot, carried: Slot, registry: Option<&Registry>) -> Slot {
    let (Some(registry), Some(value)) = (registry, live.value()) else { return carried };
    let versions = versions_in(value);
    if versions.is_empty() || carried.value().is_none_or(|carried| versions_in(carried) == versions) {
        return carried;
    }
    let manifest = versions.into_iter().fold(Manifest::default(), |all, (name, version)| all.with(name.clone(), version.clone()));
    let there = |object: Record| {
        let version = manifest.version(object.spec().name.as_str()).unwrap_or(&object.spec().version).clone();
        registry.convert(object, &version, &manifest)
    };
    map_slot(carried.clone(), there).unwrap_or(carried)
}

/// The lowest version of each object in a value.
fn versions_in(value: &Value) -> BTreeMap<&ObjectName, &ObjectVersion> {
    let mut versions = BTreeMap::new();
    let mut open = value.objects();
    while let Some(object) = open.pop() {
        let version = versions.entry(&object.spec().name).or_insert(&object.spec().version);
        *version = (*version).min(&object.spec().version);
        open.extend(object.slots().iter().filter_map(Slot::value).flat_map(Value::objects));
    }
    versions
}
