//! What the functions of an op do, told by what they give for values that are always the same. Code cannot be compared,
//! what it does can: a function that was changed after its release gives something else for one of them, or is as it was.

use std::fmt::Write;
use std::sync::Arc;

use recension_model::{Conversion, FieldSpec, Misfit, Op, Regrouping, Release, Slot, Value};
use sha2::{Digest, Sha256};

use super::literal;
use super::samples::values as samples;
use crate::Lineage;

/// Bytes of the digest that are kept.
const DIGEST_BYTES: usize = 16;

/// The digests of a release's ops: of the functions of each, where it has any.
pub(super) fn of_ops(lineage: &Lineage, release: &Release) -> Vec<Option<String>> {
    release.ops.iter().enumerate().map(|(place, op)| of_op(lineage, release, place, op)).collect()
}

fn of_op(lineage: &Lineage, release: &Release, place: usize, op: &Op) -> Option<String> {
    let since = |name: &Arc<str>| newer_field(lineage, release, place, name);
    let several = |older: &[FieldSpec], newer: &[Arc<str>], regrouping| {
        let newer: Vec<FieldSpec> = newer.iter().filter_map(|name| since(name).cloned()).collect();
        Some(of_regrouping(older, &newer, regrouping))
    };
    match op {
        Op::Retype { field, conversion } => Some(of_conversion(field, since(&field.name)?, conversion)),
        Op::Each { field, op } => match &**op {
            Op::Retype { field: item, conversion } => {
                let newer = since(field)?;
                let element = newer.kind.element()?;
                let newer = FieldSpec { kind: element.kind.clone(), nullable: element.nullable, ..newer.clone() };
                Some(of_conversion(item, &newer, conversion))
            }
            _ => None,
        },
        // An entry has the same kind on both sides.
        Op::Within { op, .. } => match &**op {
            Op::Retype { field, conversion } => Some(of_conversion(field, field, conversion)),
            _ => None,
        },
        Op::Split { field, into, regrouping } => several(std::slice::from_ref(field), into, regrouping),
        Op::Merge { fields, into, regrouping } => several(fields, std::slice::from_ref(into), regrouping),
        Op::Custom { fields, into, regrouping, .. } => several(fields, into, regrouping),
        _ => None,
    }
}

/// The field as the op at `place` left it: as a later op of the release has it, under whatever name, or the shape.
fn newer_field<'l>(lineage: &'l Lineage, release: &'l Release, place: usize, name: &Arc<str>) -> Option<&'l FieldSpec> {
    let mut name = name.clone();
    for op in release.ops.get(place + 1..)? {
        match op {
            Op::Rename { from, to } if *from == name => name = to.clone(),
            Op::Retype { field, .. }
            | Op::Widen { field, .. }
            | Op::Constrain { field, .. }
            | Op::MapValues { field, .. }
            | Op::Scale { field, .. }
            | Op::Listify { field, .. }
                if field.name == name =>
            {
                return Some(field);
            }
            _ => {}
        }
    }
    let shape = lineage.shape(&release.version).ok()?;
    shape.fields.get(shape.index_of(&name)?)
}

fn of_conversion(older: &FieldSpec, newer: &FieldSpec, conversion: &Conversion) -> String {
    let mut told = String::new();
    for (field, function) in [(older, Conversion::up as fn(&Conversion, &Value) -> _), (newer, Conversion::down)] {
        for sample in samples(field) {
            let given: Result<Value, Misfit> = function(conversion, &sample);
            let given = given.map(|value| literal::value_text(&value)).map_err(|misfit| misfit.to_string());
            // Writing to a string cannot fail.
            let _ = writeln!(told, "{given:?}");
        }
    }
    digest_of(&told)
}

/// Of how many combinations of values functions on several fields are asked for.
const COMBINATIONS: usize = 64;

fn of_regrouping(older: &[FieldSpec], newer: &[FieldSpec], regrouping: &Regrouping) -> String {
    let mut told = String::new();
    for (fields, function) in [(older, Regrouping::up as fn(&Regrouping, &[Slot]) -> _), (newer, Regrouping::down)] {
        let samples: Vec<Vec<Slot>> = fields.iter().map(states).collect();
        for round in 0..COMBINATIONS {
            // Each field goes through its values at a pace of its own.
            let pick = |(place, states): (usize, &Vec<Slot>)| {
                let place = (round * (2 * place + 1) + place).checked_rem(states.len());
                place.and_then(|place| states.get(place)).cloned().unwrap_or(Slot::Null)
            };
            let given: Result<Vec<Slot>, Misfit> = function(regrouping, &samples.iter().enumerate().map(pick).collect::<Vec<_>>());
            let given = given.map(|slots| slots.iter().map(literal::text).collect::<Vec<_>>()).map_err(|misfit| misfit.to_string());
            let _ = writeln!(told, "{given:?}");
        }
    }
    digest_of(&told)
}

/// The values of a field, and null where it may be.
fn states(field: &FieldSpec) -> Vec<Slot> {
    samples(field).into_iter().map(Slot::Value).chain(field.nullable.then_some(Slot::Null)).collect()
}

fn digest_of(told: &str) -> String {
    let digest = Sha256::digest(told.as_bytes());
    digest.iter().take(DIGEST_BYTES).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
