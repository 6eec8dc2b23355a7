//! Steps that make fields of other fields.

use std::sync::Arc;

use recension_model::{FieldKind, FieldSpec, ObjectSpec, Op, Regrouping};

use super::retype::regroup;
use super::{FieldSeed, Known, Made, field, free_name, free_names, picked};

/// Takes out a field that the release has neither added nor changed.
fn take(fields: &mut Vec<Made>, pick: u8, fits: impl Fn(&FieldSpec) -> bool) -> Option<FieldSpec> {
    let places: Vec<usize> = fields
        .iter()
        .enumerate()
        .filter(|(_, made)| !made.added && !made.changed && made.pin.is_none() && fits(&made.field))
        .map(|(place, _)| place)
        .collect();
    Some(fields.remove(*picked(&places, pick)?).field)
}

fn is_free(fields: &[Made], name: &str) -> bool {
    fields.iter().all(|made| &*made.field.name != name)
}

/// The fields of an object in a field become fields.
pub(super) fn flatten(known: &[Known], fields: &mut Vec<Made>, pick: u8, version: u8) -> Option<Op> {
    let others = known.get(..known.len().saturating_sub(1)).unwrap_or_default();
    let shape = |field: &FieldSpec| -> Option<Arc<ObjectSpec>> {
        let FieldKind::Object(name) = &field.kind else { return None };
        picked(&others.iter().find(|known| known.name == *name)?.shapes, version).cloned()
    };
    let fits = |field: &FieldSpec| {
        shape(field).is_some_and(|shape| {
            let free = |part: &FieldSpec| part.name == field.name || is_free(fields, &part.name);
            // Parts of which some are null and some cannot be are no object.
            let whole = !field.nullable || shape.fields.iter().all(|part| part.nullable);
            !shape.fields.is_empty() && whole && shape.fields.iter().all(free)
        })
    };
    let places: Vec<usize> = (0..fields.len()).filter(|place| fields.get(*place).is_some_and(|made| fits(&made.field))).collect();
    let name = fields.get(*picked(&places, pick)?)?.field.name.clone();
    let field = take(fields, 0, |field| field.name == name)?;
    let shape = shape(&field)?;
    let mut into = Vec::new();
    for part in &shape.fields {
        let mut part = part.clone();
        part.nullable |= field.nullable;
        into.push(part.name.clone());
        fields.push(Made { changed: true, ..Made::new(part, true) });
    }
    Some(Op::Flatten { field, at: shape.version.clone(), into })
}

/// Fields that are those of some object become it.
pub(super) fn nest(known: &[Known], fields: &mut Vec<Made>, pick: u8) -> Option<Op> {
    let others = known.get(..known.len().saturating_sub(1)).unwrap_or_default();
    let untouched = |name: &str| fields.iter().find(|made| &*made.field.name == name && !made.added && !made.changed && made.pin.is_none());
    // With other limits the object would not take every value of the field, or the field not every one of the object.
    let same = |part: &FieldSpec| {
        untouched(&part.name)
            .is_some_and(|made| FieldSpec { read_only: part.read_only, server_set: part.server_set, ..made.field.clone() } == *part)
    };
    let fits = |shape: &&Arc<ObjectSpec>| !shape.fields.is_empty() && shape.fields.iter().all(same);
    let shapes: Vec<_> = others.iter().flat_map(|known| &known.shapes).filter(fits).cloned().collect();
    let shape = picked(&shapes, pick)?;
    let mut parts = Vec::new();
    for part in &shape.fields {
        parts.push(take(fields, 0, |field| field.name == part.name)?);
    }
    let class = parts.first()?.class;
    // All parts are null where the object is.
    let nullable = parts.iter().all(|part| part.nullable);
    let into: Arc<str> = free_name(known, fields, pick)?.into();
    let mut object = FieldSpec::new(&into, FieldKind::Object(shape.name.clone())).class(class);
    object.nullable = nullable;
    fields.push(Made { changed: true, pin: Some(shape.version.clone()), ..Made::new(object, true) });
    Some(Op::Nest { fields: parts, into, at: shape.version.clone() })
}

/// New fields with names that are free.
fn fresh(known: &[Known], fields: &mut Vec<Made>, seeds: &[FieldSeed], old: &[FieldSpec]) -> Option<(Vec<FieldSpec>, Regrouping)> {
    let mut newer: Vec<FieldSpec> = Vec::new();
    for seed in seeds {
        let free = free_names(known, fields).into_iter().filter(|name| newer.iter().all(|field| &*field.name != *name));
        let name = *picked(&free.collect::<Vec<_>>(), seed.default)?;
        newer.push(field(known, name, seed));
    }
    let regrouping = regroup(old, &newer)?;
    fields.extend(newer.iter().map(|field| Made { changed: true, ..Made::new(field.clone(), true) }));
    Some((newer, regrouping))
}

fn names(fields: &[FieldSpec]) -> Vec<Arc<str>> {
    fields.iter().map(|field| field.name.clone()).collect()
}

/// Does `make` to a copy of the fields, and keeps that if it comes to something.
fn tried<T>(fields: &mut Vec<Made>, make: impl FnOnce(&mut Vec<Made>) -> Option<T>) -> Option<T> {
    let mut trying = fields.clone();
    let made = make(&mut trying)?;
    *fields = trying;
    Some(made)
}

pub(super) fn split(known: &[Known], fields: &mut Vec<Made>, into: &[FieldSeed; 2], pick: u8) -> Option<Op> {
    tried(fields, |fields| {
        let field = take(fields, pick, |field| field.kind.children().is_empty())?;
        let (newer, regrouping) = fresh(known, fields, into, std::slice::from_ref(&field))?;
        Some(Op::Split { field, into: names(&newer), regrouping })
    })
}

pub(super) fn merge(known: &[Known], fields: &mut Vec<Made>, into: &FieldSeed, pick: u8) -> Option<Op> {
    tried(fields, |fields| {
        let mut old = Vec::new();
        for more in [pick, pick / 3] {
            old.push(take(fields, more, |field| field.kind.children().is_empty())?);
        }
        let (newer, regrouping) = fresh(known, fields, std::slice::from_ref(into), &old)?;
        Some(Op::Merge { fields: old, into: names(&newer).pop()?, regrouping })
    })
}

pub(super) fn custom(known: &[Known], fields: &mut Vec<Made>, into: &[FieldSeed; 2], pick: u8) -> Option<Op> {
    tried(fields, |fields| {
        let mut old = Vec::new();
        for more in [pick, pick / 3] {
            old.push(take(fields, more, |field| field.kind.children().is_empty())?);
        }
        let (newer, regrouping) = fresh(known, fields, into, &old)?;
        let loss = pick.is_multiple_of(2).then(|| "it is an example".into());
        Some(Op::Custom { name: "rearrange".into(), fields: old, into: names(&newer), regrouping, loss })
    })
}
