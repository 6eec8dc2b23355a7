//! Limits that exclude values of the other version for which nothing stands.

use recension_model::{FieldKind, FieldSpec, Limits, Op, Slot};

use super::{Checked, Finding, renamed};

/// What is wrong with the limits of fields.
pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for hop in checked.hops() {
        for (place, op) in hop.release.ops.iter().enumerate() {
            let Op::Constrain { field: older, fallback, fill } = op else { continue };
            let name = renamed(hop.release.ops.get(place..).unwrap_or_default(), &older.name);
            let Some(newer) = hop.newer.index_of(&name).and_then(|index| hop.newer.fields.get(index)) else { continue };
            let tell = |id, says| hop.tell_of(id, checked, (older, newer), says);
            if matches!(fill, Slot::Unset) && !is_within(older, newer) {
                findings.extend(tell("VO_CONSTRAINT_TIGHTENED", "values that were right are not any more"));
            }
            if matches!(fallback, Slot::Unset) && !is_within(newer, older) {
                findings.extend(tell("VO_CONSTRAINT_LOOSENED", "values that were not right are so since"));
            }
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
