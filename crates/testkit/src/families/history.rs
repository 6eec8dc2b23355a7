//! A declaration made from seeds, forwards.

mod groups;
mod items;
mod retype;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;

use recension_model::{
    Bytes, Decimal, Declaration, Duration, Element, EnumSpec, EnumValue, FieldKind, FieldSpec, Finite, IntegerWidth, IpFamily, Limits,
    MethodChange, ObjectName, ObjectSpec, ObjectVersion, Op, Release, Slot, Timestamp, UnionSpec, Value,
};
use uuid::Uuid;

use super::FieldSeed;

/// What a release does. A number picks among what is there.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Add(FieldSeed, u8),
    Remove(u8, u8),
    Rename(u8),
    Retype(FieldSeed, u8),
    Require(u8, u8),
    Relax(u8, u8),
    Widen(u8, u8),
    Constrain(FieldSeed, u8),
    EnumAdd(u8, u8),
    EnumRemove(u8, u8),
    EnumRename(u8, u8),
    MapValues(u8, u8),
    Scale(u8, u8),
    Listify(u8, u8),
    Each(FieldSeed, u8),
    Within(u8, u8),
    Flatten(u8, u8),
    Nest(u8),
    Split([FieldSeed; 2], u8),
    Merge(FieldSeed, u8),
    Custom([FieldSeed; 2], u8),
    RenameObject,
    Child(u8, u8),
    Behaviour(u8),
    Method(u8),
}

/// Names that fields take, over and over: a name that was given up is free for another field. Those of an object are not those
/// of the objects in it, whose fields may become its own.
const NAMES: [[&str; 10]; 4] = [
    ["a", "b", "c", "d", "e", "f", "type", "data", "naïve name", "q\"uoted"],
    ["g", "h", "i", "j", "k", "l", "version", "changes", "größe", "back\\slash"],
    ["m", "n", "o", "p", "q", "r", "name", "carry", "日", "new\nline"],
    ["s", "t", "u", "v", "w", "x", "namespace", "id", "ï", " "],
];

/// Kinds that the items of a set can have.
const SET_KINDS: [FieldKind; 6] = [
    FieldKind::Text,
    FieldKind::Integer(IntegerWidth::U8),
    FieldKind::Decimal,
    FieldKind::Date,
    FieldKind::IpAddress(IpFamily::Any),
    FieldKind::Timestamp,
];

const WIDTHS: [IntegerWidth; 8] = [
    IntegerWidth::I8,
    IntegerWidth::I16,
    IntegerWidth::I32,
    IntegerWidth::I64,
    IntegerWidth::U8,
    IntegerWidth::U16,
    IntegerWidth::U32,
    IntegerWidth::U64,
];

/// An object that others may hold: its name and its versions.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) name: ObjectName,
    pub(crate) versions: Vec<ObjectVersion>,
    /// The shape of each, once all are made.
    pub(crate) shapes: Vec<Arc<ObjectSpec>>,
}

/// A field while its history is made.
#[derive(Clone)]
struct Made {
    field: FieldSpec,
    /// The version of the objects in it, where an op has said so.
    pin: Option<ObjectVersion>,
    /// What the present release has done to it: no release both changes a field and adds or removes it.
    added: bool,
    changed: bool,
    pinned: bool,
    /// A list of which items stay: nothing else may be done to it.
    listed: bool,
}

impl Made {
    const fn new(field: FieldSpec, added: bool) -> Self {
        Self { field, pin: None, added, changed: false, pinned: false, listed: false }
    }
}

/// The object called by the last of `known`, which may hold those before it and itself; what is known of it
/// grows with each version.
pub(crate) fn object(known: &mut [Known], first: Vec<FieldSeed>, later: Vec<(u8, Vec<Step>)>) -> Declaration {
    let name = known.last().map_or_else(|| "Object".into(), |known| known.name.clone());
    let mut fields: Vec<Made> = Vec::new();
    for seed in first {
        if let Some(free) = free_name(known, &fields, seed.default) {
            fields.push(Made::new(field(known, free, &seed), false));
        }
    }
    fields.extend(part_of_another(known, later.len()));
    let mut version = Parts(1, 0, 0);
    let mut releases = Vec::new();
    for (rise, steps) in std::iter::once((None, Vec::new())).chain(later.into_iter().map(|(rise, steps)| (Some(rise), steps))) {
        version = rise.map_or(version, |rise| version.rise(rise));
        if let Some(this) = known.last_mut() {
            this.versions.push(version.read());
        }
        fields.iter_mut().for_each(|field| (field.added, field.changed, field.pinned) = (false, false, false));
        let release = Release::new(version.read(), if rise.is_some() { "a change" } else { "first version" });
        let behaviours = releases.len();
        let ops = steps.into_iter().enumerate();
        releases.push(ops.filter_map(|(place, step)| apply(known, &mut fields, step, [behaviours, place])).fold(release, Release::op));
    }
    let fields = fields.into_iter().map(|made| made.field);
    let head = fields.fold(ObjectSpec::new(name.as_str(), "testkit", version.read()), |spec, field| spec.field(field));
    // At most ten fields of different names: always a valid shape.
    let head = head.build().unwrap_or_else(|error| unreachable!("{error}"));
    Declaration { head, releases }
}

/// The fields of an object that others may hold, which may become one.
fn part_of_another(known: &[Known], pick: usize) -> Vec<Made> {
    let others = known.get(..known.len().saturating_sub(1)).unwrap_or_default();
    let shape = others.get(pick % 3).and_then(|known| known.shapes.get(pick % known.shapes.len().max(1)));
    let fields = shape.map_or(&[][..], |shape| &shape.fields);
    fields.iter().map(|field| Made::new(field.clone(), false)).collect()
}

#[derive(Clone, Copy)]
struct Parts(u64, u64, u64);

impl Parts {
    const fn rise(self, how: u8) -> Self {
        match how {
            0..200 => Self(self.0, self.1 + 1, 0),
            200..230 => Self(self.0, self.1, self.2 + 1),
            230.. => Self(self.0 + 1, 0, 0),
        }
    }

    fn read(self) -> ObjectVersion {
        let Self(major, minor, patch) = self;
        let text = if patch == 0 { format!("{major}.{minor}") } else { format!("{major}.{minor}.{patch}") };
        text.parse().unwrap_or(ObjectVersion::new(major, minor))
    }
}

fn free_names(known: &[Known], fields: &[Made]) -> Vec<&'static str> {
    let names = NAMES.get(known.len().saturating_sub(1) % NAMES.len()).copied().unwrap_or_default();
    names.into_iter().filter(|name| fields.iter().all(|made| &*made.field.name != *name)).collect()
}

fn free_name(known: &[Known], fields: &[Made], pick: u8) -> Option<&'static str> {
    picked(&free_names(known, fields), pick).copied()
}

fn picked<T>(list: &[T], pick: u8) -> Option<&T> {
    list.get(usize::from(pick).checked_rem(list.len())?)
}

/// A field that a release changes, of those that it did not add and that are as asked.
fn changed(fields: &mut [Made], pick: u8, fits: impl Fn(&FieldSpec) -> bool) -> Option<&mut Made> {
    let mut fitting: Vec<&mut Made> = fields.iter_mut().filter(|made| !made.added && !made.listed && fits(&made.field)).collect();
    let place = usize::from(pick).checked_rem(fitting.len())?;
    Some(fitting.swap_remove(place))
}

/// Does a step to the fields, and says it as an op; nothing where it means nothing. `place` is that of the
/// release and of the step in it.
fn apply(known: &[Known], fields: &mut Vec<Made>, step: Step, place: [usize; 2]) -> Option<Op> {
    match step {
        Step::Add(seed, place) => {
            let field = field(known, free_name(known, fields, seed.default)?, &seed);
            let old_default = default(&field, seed.default)?;
            let op = Op::Add { field: field.name.clone(), old_default };
            fields.insert(usize::from(place) % (fields.len() + 1), Made::new(field, true));
            Some(op)
        }
        Step::Remove(place, pick) => {
            let place = usize::from(place).checked_rem(fields.len())?;
            let fallback = fields.get(place).filter(|made| !made.changed).and_then(|made| default(&made.field, pick))?;
            Some(Op::Remove { field: fields.remove(place).field, fallback })
        }
        Step::Rename(pick) => {
            let to = free_name(known, fields, pick)?;
            let place = usize::from(pick).checked_rem(fields.len())?;
            let field = &mut fields.get_mut(place)?.field;
            let from = std::mem::replace(&mut field.name, to.into());
            Some(Op::Rename { from, to: field.name.clone() })
        }
        Step::Retype(seed, pick) => {
            let made = changed(fields, pick, |field| field.kind.children().is_empty())?;
            let newer = FieldSpec { nullable: made.field.nullable, ..field(known, &made.field.name, &seed) };
            let conversion = retype::between(&made.field, &newer)?;
            made.changed = true;
            Some(Op::Retype { field: std::mem::replace(&mut made.field, newer), conversion })
        }
        Step::Require(pick, value) => {
            let made = changed(fields, pick, |field| field.nullable)?;
            let required = FieldSpec { nullable: false, ..made.field.clone() };
            let fill = default(&required, value)?.value()?.clone();
            (made.field, made.changed) = (required, true);
            Some(Op::Require { field: made.field.name.clone(), fill })
        }
        Step::Relax(pick, value) => {
            let made = changed(fields, pick, |field| !field.nullable)?;
            let fallback = default(&made.field, value)?.value()?.clone();
            (made.field.nullable, made.changed) = (true, true);
            Some(Op::Relax { field: made.field.name.clone(), fallback })
        }
        Step::Widen(pick, to) => values::widen(fields, pick, to),
        Step::Constrain(seed, pick) => values::constrain(fields, &seed, pick),
        Step::EnumAdd(pick, value) => values::enum_add(fields, pick, value),
        Step::EnumRemove(pick, value) => values::enum_remove(fields, pick, value),
        Step::EnumRename(pick, value) => values::enum_rename(fields, pick, value),
        Step::MapValues(pick, to) => items::map_values(fields, pick, to),
        Step::Scale(pick, by) => items::scale(fields, pick, by),
        Step::Listify(pick, how) => items::listify(fields, pick, how),
        Step::Each(seed, what) => items::each(known, fields, &seed, what),
        Step::Within(pick, what) => items::within(fields, pick, what),
        Step::Flatten(pick, version) => groups::flatten(known, fields, pick, version),
        Step::Nest(pick) => groups::nest(known, fields, pick),
        Step::Split(into, pick) => groups::split(known, fields, &into, pick),
        Step::Merge(into, pick) => groups::merge(known, fields, &into, pick),
        Step::Custom(into, pick) => groups::custom(known, fields, &into, pick),
        Step::RenameObject => {
            let [release, step] = place;
            let name = known.last().map(|known| format!("Former {} {release} {step}", known.name))?;
            Some(Op::RenameObject { from: name.as_str().into(), namespace: if step == 0 { "testkit".into() } else { "elsewhere".into() } })
        }
        Step::Child(pick, version) => child(known, fields, pick, version),
        Step::Behaviour(pick) => Some(Op::Behaviour { name: format!("behaviour {place:?} {pick}").into() }),
        Step::Method(pick) => {
            let name = NAMES.first().and_then(|names| names.get(usize::from(pick) % 6)).copied().unwrap_or("a").into();
            Some(Op::Method { name, change: MethodChange::Changed })
        }
    }
}

/// Pins the objects in a field that holds some to a later version, if there is one.
fn child(known: &[Known], fields: &mut [Made], pick: u8, version: u8) -> Option<Op> {
    let made = changed(fields, pick, |field| field.kind.child().is_some()).filter(|made| !made.pinned)?;
    let child = made.field.kind.child()?;
    let versions = &known.iter().find(|known| known.name == *child)?.versions;
    let from = made.pin.as_ref().or_else(|| picked(versions, version))?.clone();
    let later: Vec<_> = versions.iter().filter(|version| **version > from).collect();
    let to = (*picked(&later, version)?).clone();
    (made.pin, made.pinned, made.changed) = (Some(to.clone()), true, true);
    Some(Op::Child { field: made.field.name.clone(), from, to })
}

fn field(known: &[Known], name: &str, seed: &FieldSeed) -> FieldSpec {
    let child = || picked(known, seed.child).map_or_else(|| "Object".into(), |known| known.name.clone());
    // An object that held itself, and not in a list, could never be finished.
    let others = known.get(..known.len().saturating_sub(1)).unwrap_or_default();
    let other = || picked(others, seed.child).map(|known| known.name.clone());
    let scalar = |pick: u8| match pick % 14 {
        0 => FieldKind::Text,
        1 => FieldKind::Integer(IntegerWidth::I32),
        2 => FieldKind::Float,
        3 => FieldKind::Bytes,
        4 => FieldKind::Decimal,
        5 => FieldKind::Date,
        6 => FieldKind::Duration,
        7 => FieldKind::IpAddress(IpFamily::Any),
        8 => FieldKind::IpNetwork(IpFamily::V6),
        9 => FieldKind::MacAddress,
        10 => FieldKind::PciAddress,
        11 => FieldKind::VersionPredicate,
        12 => FieldKind::Timestamp,
        _ => FieldKind::Uuid,
    };
    let union = || {
        let members: Vec<&str> = others.iter().map(|known| known.name.as_str()).collect();
        if members.is_empty() { FieldKind::Bool } else { FieldKind::Union(UnionSpec::new("Either", members)) }
    };
    let items = |pick: u8| Arc::new(Element { kind: scalar(pick), nullable: pick.is_multiple_of(3) });
    let pick = seed.kind / 20;
    let kind = match seed.kind % 20 {
        0 | 1 => FieldKind::Integer(picked(&WIDTHS, pick).copied().unwrap_or(IntegerWidth::I64)),
        2 => FieldKind::Bool,
        3 | 4 => FieldKind::Text,
        5 => FieldKind::Enum(EnumSpec::new("State", ["new", "in progress", "gelöscht"])),
        6 => FieldKind::Enum(EnumSpec::machine("Run", [("new", vec!["done"]), ("done", vec![])])),
        7 => FieldKind::Timestamp,
        8 => other().map_or(FieldKind::Bool, FieldKind::Object),
        9 | 10 => FieldKind::list_of_objects(child()),
        11 => FieldKind::map_of(FieldKind::Object(child())),
        12 => union(),
        13 => FieldKind::List(items(seed.child)),
        14 => FieldKind::Map(items(seed.child)),
        15 => FieldKind::set_of(picked(&SET_KINDS, seed.child).cloned().unwrap_or(FieldKind::Uuid)),
        _ => scalar(pick ^ seed.child),
    };
    let mut field = FieldSpec::new(name, kind).class(seed.class).limits(limits(seed));
    field.nullable = seed.nullable;
    field.read_only = seed.rules % 4 == 1;
    field.server_set = seed.rules % 4 == 2;
    field
}

/// Limits for every kind at once: each kind reads its own.
fn limits(seed: &FieldSeed) -> Limits {
    let number = i128::from(seed.limit % 16);
    match seed.limit {
        0..100 => Limits::default(),
        _ => Limits {
            max_chars: seed.limit.is_multiple_of(2).then_some(u32::from(seed.limit % 16)),
            max_bytes: seed.limit.is_multiple_of(3).then_some(u32::from(seed.limit % 32)),
            min: seed.limit.is_multiple_of(2).then_some(number),
            max: seed.limit.is_multiple_of(3).then_some(number + 20),
            max_items: (!seed.limit.is_multiple_of(4)).then_some(u32::from(seed.limit % 4)),
            max_key_bytes: seed.limit.is_multiple_of(5).then_some(u32::from(seed.limit % 8)),
            min_float: seed.limit.is_multiple_of(2).then(|| Finite::new(-0.5).ok()).flatten(),
            max_float: seed.limit.is_multiple_of(3).then(|| Finite::new(1e10).ok()).flatten(),
            digits: seed.limit.is_multiple_of(2).then_some(seed.limit % 12 + 1),
            scale: seed.limit.is_multiple_of(3).then_some(seed.limit % 7),
            pattern: None,
        },
    }
}

/// A value for objects that never had the field: null or a value; none for a required object.
fn default(field: &FieldSpec, pick: u8) -> Option<Slot> {
    if field.nullable && pick.is_multiple_of(2) {
        return Some(if pick.is_multiple_of(4) { Slot::Null } else { Slot::Unset });
    }
    let value = match &field.kind {
        FieldKind::Integer(_) => Value::Integer(field.limits.min.unwrap_or(0)),
        FieldKind::Bool => Value::Bool(pick % 4 == 1),
        FieldKind::Text => Value::Text(String::new()),
        FieldKind::Enum(spec) => Value::Enum(EnumValue::Known(picked(&spec.values, pick)?.clone())),
        FieldKind::Uuid => Value::Uuid(Uuid::from_bytes([pick; 16])),
        FieldKind::Timestamp => Value::Timestamp(Timestamp::from_utc(chrono::NaiveDateTime::default())),
        FieldKind::List(_) => Value::List(Vec::new()),
        FieldKind::Set(_) => Value::Set(Vec::new()),
        FieldKind::Map(_) => Value::Map(BTreeMap::new()),
        FieldKind::Float => Value::Float(0.25),
        FieldKind::Bytes => Value::Bytes(Bytes::default()),
        FieldKind::Decimal => Value::Decimal(Decimal::ZERO),
        FieldKind::Duration => Value::Duration(Duration::from_micros(field.limits.min.and_then(|min| min.try_into().ok()).unwrap_or(0))),
        FieldKind::Date => Value::from_text(&field.kind, "2024-02-29").ok()?,
        FieldKind::MacAddress => Value::from_text(&field.kind, "fa:16:3e:00:00:01").ok()?,
        FieldKind::VersionPredicate => Value::from_text(&field.kind, ">=1.0").ok()?,
        _ => return field.nullable.then_some(Slot::Null),
    };
    Some(value.into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    use recension_versioning::Lineage;

    use crate::families::families;

    #[test]
    fn every_op_is_in_some_history() {
        let mut runner = TestRunner::deterministic();
        let mut seen = BTreeSet::new();
        for _ in 0..200 {
            let family = families().new_tree(&mut runner).unwrap().current();
            let ops = family.declarations.iter().flat_map(|declaration| &declaration.releases).flat_map(|release| &release.ops);
            seen.extend(ops.map(|op| format!("{op:?}").split([' ', '{']).next().unwrap().to_owned()));
        }
        let seen: Vec<&str> = seen.iter().map(String::as_str).collect();
        let all = [
            "Add",
            "Behaviour",
            "Child",
            "Constrain",
            "Custom",
            "Each",
            "EnumAdd",
            "EnumRemove",
            "EnumRename",
            "Flatten",
            "Listify",
            "MapValues",
            "Merge",
            "Method",
            "Nest",
            "Relax",
            "Remove",
            "Rename",
            "RenameObject",
            "Require",
            "Retype",
            "Scale",
            "Split",
            "Widen",
            "Within",
        ];
        assert_eq!(seen, all);
    }

    proptest! {
        #[test]
        fn every_history_folds_back_to_its_first_fields(family in families()) {
            let registry = family.registry();
            prop_assert!(registry.is_ok(), "{:?}", registry.err());
            for declaration in &family.declarations {
                let lineage = Lineage::new(declaration).unwrap();
                prop_assert_eq!(lineage.shapes().len(), declaration.releases.len());
            }
        }
    }
}
