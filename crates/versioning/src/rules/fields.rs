//! Rules about fields: what they hold, and what older readers and older data make of it.

use recension_model::{FieldKind, FieldSpec, Limits, Op, Release, Slot};

use super::history::{fresh, since};
use super::{Finding, renamed};
use crate::{Lineage, LockFile, LockedObject};

/// What is wrong with the fields of an object.
pub(super) fn check(before: Option<&LockedObject>, now: &LockedObject, file: &LockFile, findings: &mut Vec<Finding>) {
    // A history that does not fold is told as such.
    let Ok(lineage) = Lineage::new(&now.declaration) else { return };
    if let Some(before) = before {
        defaults(before, now, findings);
    }
    for (_, release) in fresh(before, now) {
        renames(now, &lineage, release, findings);
        limits(now, &lineage, release, findings);
    }
    lists(now, file, findings);
}

/// What new objects get.
fn defaults(before: &LockedObject, now: &LockedObject, findings: &mut Vec<Finding>) {
    for field in &before.declaration.head.fields {
        let again = since(before, now, &field.name).and_then(|name| {
            let head = &now.declaration.head;
            head.fields.get(head.index_of(&name)?)
        });
        if let Some(again) = again.filter(|again| again.default != field.default) {
            let finding = Finding::new("VO_FIELD_WRITE_DEFAULT_CHANGED", now, "new objects get something else");
            findings.extend(finding.map(|finding| finding.of_field(now, &again.name)));
        }
    }
}

/// Fields that went while one of the same type came.
fn renames(now: &LockedObject, lineage: &Lineage, release: &Release, findings: &mut Vec<Finding>) {
    let Ok(shape) = lineage.shape(&release.version) else { return };
    let removed = || release.ops.iter().filter_map(|op| if let Op::Remove { field, .. } = op { Some(field) } else { None });
    for op in &release.ops {
        let Op::Add { field, .. } = op else { continue };
        let Some(added) = shape.index_of(field).and_then(|index| shape.fields.get(index)) else { continue };
        if let Some(gone) = removed().find(|gone| gone.kind == added.kind) {
            let says = format!("it came as `{}`, of the same type, went", gone.name);
            let finding = Finding::new("VO_FIELD_RENAME_SUSPECTED", now, says);
            findings.extend(finding.map(|finding| finding.at(&release.version).of_field(now, field)));
        }
    }
}

/// Limits that exclude values of the other version for which nothing stands.
fn limits(now: &LockedObject, lineage: &Lineage, release: &Release, findings: &mut Vec<Finding>) {
    let Ok(shape) = lineage.shape(&release.version) else { return };
    for (place, op) in release.ops.iter().enumerate() {
        let Op::Constrain { field: older, fallback, fill } = op else { continue };
        let name = renamed(release.ops.get(place..).unwrap_or_default(), &older.name);
        let Some(newer) = shape.index_of(&name).and_then(|index| shape.fields.get(index)) else { continue };
        let tell = |id, says| Finding::new(id, now, says).map(|finding| finding.at(&release.version).of_field(now, &name));
        if matches!(fill, Slot::Unset) && !is_within(older, newer) {
            findings.extend(tell("VO_CONSTRAINT_TIGHTENED", "values that were right are not any more"));
        }
        if matches!(fallback, Slot::Unset) && !is_within(newer, older) {
            findings.extend(tell("VO_CONSTRAINT_LOOSENED", "values that were not right are so since"));
        }
    }
}

/// Whether every value within the limits of one field is within those of the other, of the same kind. A pattern is within
/// none and itself.
fn is_within(inner: &FieldSpec, outer: &FieldSpec) -> bool {
    let (kind, items) = match inner.kind.element() {
        Some(element) => (&element.kind, true),
        None => (&inner.kind, false),
    };
    let (inner, outer) = (&inner.limits, &outer.limits);
    let containers = !items || inner.items() <= outer.items() && inner.key_bytes() <= outer.key_bytes();
    containers && is_value_within(kind, inner, outer)
}

fn is_value_within(kind: &FieldKind, inner: &Limits, outer: &Limits) -> bool {
    match kind {
        FieldKind::Integer(width) => {
            let (low, high) = width.bounds();
            inner.min.unwrap_or(low) >= outer.min.unwrap_or(low) && inner.max.unwrap_or(high) <= outer.max.unwrap_or(high)
        }
        FieldKind::Duration => {
            let (low, high) = (i128::from(i64::MIN), i128::from(i64::MAX));
            inner.min.unwrap_or(low) >= outer.min.unwrap_or(low) && inner.max.unwrap_or(high) <= outer.max.unwrap_or(high)
        }
        FieldKind::Float => {
            let below = outer.min_float.is_none_or(|least| inner.min_float.is_some_and(|min| min >= least));
            below && outer.max_float.is_none_or(|most| inner.max_float.is_some_and(|max| max <= most))
        }
        FieldKind::Text => {
            let chars = match (inner.chars(), outer.chars()) {
                (_, None) => true,
                // A character is at least a byte.
                (None, Some(most)) => inner.bytes() <= most,
                (Some(chars), Some(most)) => chars.min(inner.bytes()) <= most,
            };
            // And at most four.
            let bytes = inner.chars().map_or(inner.bytes(), |chars| inner.bytes().min(chars.saturating_mul(4))) <= outer.bytes();
            chars && bytes && (outer.pattern.is_none() || inner.pattern == outer.pattern)
        }
        FieldKind::Bytes => inner.bytes() <= outer.bytes(),
        FieldKind::Decimal => {
            let ((whole, scale), (most, finest)) = (inner.decimal(), outer.decimal());
            whole <= most && scale <= finest
        }
        _ => true,
    }
}

/// Lists of objects that nothing tells apart.
fn lists(now: &LockedObject, file: &LockFile, findings: &mut Vec<Finding>) {
    for field in &now.declaration.head.fields {
        let (FieldKind::List(_), Some(child)) = (&field.kind, field.kind.child()) else { continue };
        let Some(child) = file.object(child.as_str()) else { continue };
        if !child.declaration.head.fields.iter().any(|field| field.read_only) {
            let says = format!("no field of `{}` is read-only", child.declaration.head.name.as_str());
            findings.extend(Finding::new("VO_LIST_NO_KEY", now, says).map(|finding| finding.of_field(now, &field.name)));
        }
    }
}
