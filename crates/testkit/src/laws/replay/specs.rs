//! What a field was before each op of a release, and is after it.

use std::sync::Arc;

use recension_model::{Element, EnumSpec, FieldKind, FieldSpec, ObjectSpec, Op, Release, Slot};

/// The fields that an op is about, before it and after it.
#[derive(Clone, Debug, Default)]
pub(super) struct Sides {
    pub(super) older: Vec<FieldSpec>,
    pub(super) newer: Vec<FieldSpec>,
}

/// For each op of a release that led to `shape`, the fields that it is about.
pub(super) fn sides(release: &Release, shape: &ObjectSpec) -> Vec<Sides> {
    let mut fields: Vec<FieldSpec> = shape.fields.clone();
    let mut found: Vec<Sides> = release.ops.iter().rev().map(|op| before(op, &mut fields)).collect();
    found.reverse();
    found
}

/// Takes an op back.
fn before(op: &Op, fields: &mut Vec<FieldSpec>) -> Sides {
    let take = |fields: &mut Vec<FieldSpec>, name: &Arc<str>| -> Vec<FieldSpec> {
        let place = fields.iter().position(|field| field.name == *name);
        place.map(|place| fields.remove(place)).into_iter().collect()
    };
    let names = |op: &Op| -> (Vec<Arc<str>>, Vec<FieldSpec>) {
        match op {
            Op::Add { field, .. } => (vec![field.clone()], Vec::new()),
            Op::Remove { field, .. } => (Vec::new(), vec![field.clone()]),
            Op::Nest { fields, into, .. } | Op::Merge { fields, into, .. } => (vec![into.clone()], fields.clone()),
            Op::Flatten { field, into, .. } | Op::Split { field, into, .. } => (into.clone(), vec![field.clone()]),
            Op::Custom { fields, into, .. } => (into.clone(), fields.clone()),
            _ => (Vec::new(), Vec::new()),
        }
    };
    match op {
        Op::Rename { from, to } => {
            fields.iter_mut().filter(|field| field.name == *to).for_each(|field| field.name = from.clone());
            Sides::default()
        }
        Op::Add { .. }
        | Op::Remove { .. }
        | Op::Nest { .. }
        | Op::Flatten { .. }
        | Op::Split { .. }
        | Op::Merge { .. }
        | Op::Custom { .. } => {
            let (newer, older) = names(op);
            let newer = newer.iter().flat_map(|name| take(fields, name)).collect();
            fields.extend(older.iter().cloned());
            Sides { older, newer }
        }
        op => {
            let Some(newer) = field_of(op).and_then(|name| take(fields, name).pop()) else { return Sides::default() };
            let older = was(op, &newer);
            fields.push(older.clone());
            Sides { older: vec![older], newer: vec![newer] }
        }
    }
}

/// The field whose values an op changes.
fn field_of(op: &Op) -> Option<&Arc<str>> {
    match op {
        Op::Retype { field, .. }
        | Op::Widen { field, .. }
        | Op::Constrain { field, .. }
        | Op::MapValues { field, .. }
        | Op::Scale { field, .. }
        | Op::Listify { field, .. }
        | Op::KeyBy { field, .. }
        | Op::Unkey { field, .. } => Some(&field.name),
        Op::Require { field, .. }
        | Op::Relax { field, .. }
        | Op::EnumAdd { field, .. }
        | Op::EnumRemove { field, .. }
        | Op::EnumRename { field, .. }
        | Op::Each { field, .. }
        | Op::Within { field, .. } => Some(field),
        _ => None,
    }
}

/// What a field was before an op on its values.
pub(super) fn was(op: &Op, newer: &FieldSpec) -> FieldSpec {
    let with = |edit: &dyn Fn(&mut Vec<Arc<str>>)| match &newer.kind {
        FieldKind::Enum(spec) => {
            let mut values = spec.values.clone();
            edit(&mut values);
            let spec = EnumSpec { name: spec.name.clone(), values, followers: Vec::new() };
            FieldSpec { kind: FieldKind::Enum(Arc::new(spec)), default: Slot::Unset, ..newer.clone() }
        }
        _ => newer.clone(),
    };
    match op {
        Op::Retype { field, .. }
        | Op::Widen { field, .. }
        | Op::Constrain { field, .. }
        | Op::MapValues { field, .. }
        | Op::Scale { field, .. }
        | Op::Listify { field, .. }
        | Op::KeyBy { field, .. }
        | Op::Unkey { field, .. } => field.clone(),
        Op::Require { .. } => FieldSpec { nullable: true, ..newer.clone() },
        Op::Relax { .. } => FieldSpec { nullable: false, ..newer.clone() },
        Op::EnumAdd { value, .. } => with(&|values| values.retain(|known| known != value)),
        Op::EnumRemove { value, .. } => with(&|values| values.push(value.clone())),
        Op::EnumRename { from, to, .. } => {
            with(&|values| values.iter_mut().filter(|known| *known == to).for_each(|known| *known = from.clone()))
        }
        Op::Each { op, .. } => {
            let item = was(op, &item_of(newer));
            let element = Arc::new(Element { kind: item.kind, nullable: item.nullable });
            let kind = match &newer.kind {
                FieldKind::List(_) => FieldKind::List(element),
                FieldKind::Set(_) => FieldKind::Set(element),
                _ => FieldKind::Map(element),
            };
            FieldSpec { kind, limits: item.limits, class: item.class, default: Slot::Unset, ..newer.clone() }
        }
        _ => newer.clone(),
    }
}

/// The items of a field, as if they were one.
pub(super) fn item_of(field: &FieldSpec) -> FieldSpec {
    let element = field.kind.element().cloned().unwrap_or(Element { kind: field.kind.clone(), nullable: field.nullable });
    FieldSpec { kind: element.kind, nullable: element.nullable, ..field.clone() }
}
