//! Undoing ops that made fields of others.

use std::sync::Arc;

use recension_model::{FieldKind, FieldSpec, Op};

use super::{Taken, Undone, sentence, take};
use crate::OpFault;
use crate::lineage::{NewerField, OlderField};
use crate::regroup::{Nested, Regroup, Regrouped};

/// Undoes an op that took the place of `older` fields by `newer` ones.
pub(super) fn undo(op: &Op, fields: &mut Vec<Undone>, taken: &mut Taken) -> Result<(), OpFault> {
    let (older, newer): (&[FieldSpec], &[Arc<str>]) = match op {
        Op::Nest { fields, into, .. } | Op::Merge { fields, into, .. } => (fields, std::slice::from_ref(into)),
        Op::Flatten { field, into, .. } | Op::Split { field, into, .. } => (std::slice::from_ref(field), into),
        Op::Custom { fields, into, .. } => (fields, into),
        _ => return Ok(()),
    };
    if older.is_empty() || newer.is_empty() {
        return Err(OpFault::NoFields);
    }
    let place = taken.groups.len();
    let mut made = Vec::with_capacity(newer.len());
    for name in newer {
        let undone = take(fields, name)?;
        // One that is in neither shape is nothing that any object could show.
        let OlderField::Kept(index) = undone.older else { return Err(OpFault::TwiceChanged) };
        taken.fields.push((index, NewerField::Regrouped(place)));
        made.push((index, undone.field));
    }
    let regroup = regroup(op, older, &made)?;
    for (part, field) in older.iter().enumerate() {
        if fields.iter().any(|undone| undone.field.name == field.name) {
            return Err(OpFault::StillThere);
        }
        let undone = Undone::new(field.clone(), OlderField::Regrouped(place));
        fields.push(Undone { part, ..undone });
    }
    taken.groups.push(Regrouped::new(regroup, sentence(op), older, &made));
    Ok(())
}

/// What the op does, once its fields are of the right kinds.
fn regroup(op: &Op, older: &[FieldSpec], newer: &[(usize, FieldSpec)]) -> Result<Regroup, OpFault> {
    let nested = |field: Option<&FieldSpec>, parts: &[FieldSpec], at, up| match field.map(|field| &field.kind) {
        Some(FieldKind::Object(object)) => {
            let parts = parts.iter().map(|part| part.name.clone()).collect();
            Ok(Regroup::Nested(Nested { object: object.clone(), at, parts, up }))
        }
        _ => Err(OpFault::HoldsNoObject),
    };
    let newer: Vec<FieldSpec> = newer.iter().map(|(_, field)| field.clone()).collect();
    match op {
        Op::Nest { at, .. } => nested(newer.first(), older, at.clone(), true),
        Op::Flatten { at, .. } => nested(older.first(), &newer, at.clone(), false),
        Op::Split { regrouping, .. } | Op::Merge { regrouping, .. } | Op::Custom { regrouping, .. } => {
            if older.iter().chain(&newer).any(|field| !field.kind.children().is_empty()) {
                return Err(OpFault::RetypedObject);
            }
            Ok(Regroup::Functions(regrouping.clone()))
        }
        _ => Err(OpFault::NoFields),
    }
}
