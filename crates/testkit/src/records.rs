//! Random objects of a declaration.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::Union;
use recension_model::{FieldKind, FieldSet, FieldSpec, Item, ObjectName, ObjectSpec, Op, Record, Slot, Value};
use recension_versioning::{Lineage, Manifest, Registry};

use crate::values::values;

/// How deep objects in objects go, for those that hold themselves.
const DEPTH: u8 = 3;
/// Items of a list at most.
const ITEMS: u32 = 3;

/// Objects of `name`, complete and partial, each set field changed or not. Each object in the tree is of
/// the version that `versions` names, else of its newest. Nothing for a name that the registry has not.
pub fn records(registry: &Registry, name: &ObjectName, versions: &Manifest) -> BoxedStrategy<Record> {
    let tree = |complete| Tree { registry, versions, complete }.object(name, DEPTH);
    prop_oneof![1 => tree(true), 2 => tree(false)].boxed()
}

/// As [`records`], with every field set in every object.
pub fn complete_records(registry: &Registry, name: &ObjectName, versions: &Manifest) -> BoxedStrategy<Record> {
    Tree { registry, versions, complete: true }.object(name, DEPTH)
}

/// A version of each object of the registry.
pub fn versions(registry: &Registry) -> BoxedStrategy<Manifest> {
    let one = |lineage: &Lineage| {
        let name = lineage.head().name.clone();
        prop::sample::select(lineage.shapes().to_vec()).prop_map(move |shape| (name.clone(), shape.version.clone()))
    };
    let all: Vec<_> = registry.lineages().map(one).collect();
    all.prop_map(|pairs| pairs.into_iter().fold(Manifest::default(), |manifest, (name, version)| manifest.with(name, version))).boxed()
}

/// What the objects of one tree have in common.
#[derive(Clone, Copy)]
struct Tree<'t> {
    registry: &'t Registry,
    versions: &'t Manifest,
    complete: bool,
}

impl Tree<'_> {
    fn object(self, name: &ObjectName, depth: u8) -> BoxedStrategy<Record> {
        match self.shape(name) {
            Some(spec) => self.record(spec, depth),
            None => any::<bool>().prop_filter_map("the registry has no such object", |_| None).boxed(),
        }
    }

    fn shape(self, name: &ObjectName) -> Option<Arc<ObjectSpec>> {
        let lineage = self.registry.lineage(name.as_str()).ok()?;
        Some(self.versions.version(name.as_str()).and_then(|version| lineage.shape(version).ok()).unwrap_or(lineage.head()).clone())
    }

    fn record(self, spec: Arc<ObjectSpec>, depth: u8) -> BoxedStrategy<Record> {
        let states: Vec<_> = spec.fields.iter().map(|field| (self.state(field, depth), any::<bool>())).collect();
        let keys: Vec<Option<Arc<str>>> = spec.fields.iter().map(|field| self.key(&spec, field)).collect();
        let build = move |states: Vec<(Slot, bool)>| {
            let mut record = Record::new(spec.clone());
            let mut changes = FieldSet::EMPTY;
            for (index, (slot, changed)) in states.into_iter().enumerate() {
                let slot = match (slot, keys.get(index)) {
                    (Slot::Value(value), Some(Some(key))) => Slot::Value(keyed(value, key)),
                    (slot, _) => slot,
                };
                if changed && slot.is_set() {
                    changes.insert(index);
                }
                record.fill(index, slot).ok()?;
            }
            record.set_changes(changes);
            Some(record)
        };
        states.prop_filter_map("a value breaks a rule of its field", build).boxed()
    }

    /// The field by which the objects in a field are known in some version, where they are items of a list or a map.
    fn key(self, spec: &ObjectSpec, field: &FieldSpec) -> Option<Arc<str>> {
        let releases = self.registry.lineage(spec.name.as_str()).ok()?.releases();
        releases.iter().flat_map(|release| &release.ops).find_map(|op| match op {
            Op::KeyBy { field: keyed, key } | Op::Unkey { field: keyed, key } if keyed.name == field.name => Some(key.clone()),
            _ => None,
        })
    }

    fn state(self, field: &FieldSpec, depth: u8) -> BoxedStrategy<Slot> {
        let mut states = Vec::new();
        if !self.complete {
            states.push((2, Just(Slot::Unset).boxed()));
        }
        if field.nullable {
            states.push((1, Just(Slot::Null).boxed()));
        }
        // Where objects have gone deep enough, what can be empty is.
        if states.is_empty() || depth > 0 || field.kind.children().is_empty() {
            states.push((3, self.value(field, depth).prop_map(Slot::Value).boxed()));
        }
        Union::new_weighted(states).boxed()
    }

    fn value(self, field: &FieldSpec, depth: u8) -> BoxedStrategy<Value> {
        let none = || any::<bool>().prop_filter_map("no value is known of this kind", |_| None).boxed();
        let most = field.limits.items().min(ITEMS) as usize;
        match &field.kind {
            kind @ (FieldKind::Object(_) | FieldKind::Union(_)) => self.child(kind, depth),
            FieldKind::List(element) if depth == 0 && !element.kind.children().is_empty() => Just(Value::List(Vec::new())).boxed(),
            FieldKind::Map(element) if depth == 0 && !element.kind.children().is_empty() => Just(Value::Map(BTreeMap::new())).boxed(),
            FieldKind::List(element) if !element.kind.children().is_empty() => {
                vec(self.child(&element.kind, depth).prop_map(Some), 0..=most).prop_map(Value::List).boxed()
            }
            FieldKind::Map(element) if !element.kind.children().is_empty() => {
                let bytes = field.limits.key_bytes() as usize;
                let entries =
                    vec((prop::sample::select(vec!["", "a", "b", "né"]), self.child(&element.kind, depth).prop_map(Some)), 0..=most);
                let map = move |entries: Vec<(&str, _)>| {
                    let fits = entries.into_iter().filter(|(name, _)| name.len() <= bytes);
                    Value::Map(fits.map(|(name, item)| (name.to_owned(), item)).collect())
                };
                entries.prop_map(map).boxed()
            }
            _ => values(field).unwrap_or_else(none),
        }
    }

    /// An object of a kind that holds one.
    fn child(self, kind: &FieldKind, depth: u8) -> BoxedStrategy<Value> {
        let members = kind.children().iter().map(|child| self.object(child, depth.saturating_sub(1)).prop_map(Value::from).boxed());
        Union::new(members).boxed()
    }
}

/// Of the objects in a list or a map those that have a key, each once, and under it.
fn keyed(value: Value, key: &str) -> Value {
    let name = |item: &Item| -> Option<String> {
        let Some(Value::Object(object)) = item else { return None };
        object.slot(key).ok()?.value()?.to_text().map(std::borrow::Cow::into_owned)
    };
    match value {
        Value::List(items) => {
            let mut seen = BTreeSet::new();
            Value::List(items.into_iter().filter(|item| name(item).is_some_and(|name| seen.insert(name))).collect())
        }
        Value::Map(items) => Value::Map(items.into_values().filter_map(|item| Some((name(&item)?, item))).collect()),
        value => value,
    }
}
