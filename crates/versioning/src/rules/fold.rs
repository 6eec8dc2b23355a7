//! A history that does not hold together, told by the rule that it breaks.

use std::sync::Arc;

use recension_model::{Declaration, FieldKind, FieldSpec, ObjectSpec, ObjectVersion, Op, Release};

use super::{Checked, Finding, renamed};
use crate::lineage::sentence;
use crate::{HistoryError, Lineage, OpFault, Registry};

/// What keeps the history of an object from being folded, and versions that have other shapes than the file says.
pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    let now = checked.now;
    let Some(lineage) = &checked.lineage else {
        findings.extend(Lineage::new(&now.declaration).err().and_then(|error| finding(checked, &error)));
        return;
    };
    for ((shape, print), locked) in lineage.shapes().iter().zip(lineage.fingerprints()).zip(&now.fingerprints) {
        let print = print.to_string();
        if print != *locked {
            let finding = checked.tell("VO_HIST_FOLD_MISMATCH", "the fingerprint is not that of the shape");
            findings.extend(finding.map(|finding| finding.at(&shape.version).told_by(Some(locked.clone()), Some(print))));
        }
    }
}

/// What keeps objects from being together that hold together each by itself: an op of one that does not fit another. (Pins have
/// rules of their own.)
pub(super) fn among(objects: &[Checked<'_>]) -> Option<Finding> {
    let lineages = objects.iter().map(|checked| checked.lineage.clone()).collect::<Option<Vec<_>>>()?;
    let error = Registry::among(lineages).err()?;
    let HistoryError::Op { object, .. } = &error else { return None };
    finding(objects.iter().find(|checked| checked.now.declaration.head.name == *object)?, &error)
}

/// The name that an op is about first: of a field, a method or a behaviour.
pub(super) fn subject(op: &Op) -> Option<String> {
    match op {
        Op::Add { field, .. }
        | Op::Require { field, .. }
        | Op::Relax { field, .. }
        | Op::EnumAdd { field, .. }
        | Op::EnumRemove { field, .. }
        | Op::EnumRename { field, .. }
        | Op::Child { field, .. } => Some(field.to_string()),
        Op::Remove { field, .. } | Op::Retype { field, .. } | Op::Widen { field, .. } | Op::Constrain { field, .. } => {
            Some(field.name.to_string())
        }
        Op::Rename { to, .. } => Some(to.to_string()),
        // Of an op that stands nowhere above, what comes first in its brackets.
        op => {
            let told = sentence(op);
            let (_, inside) = told.split_once('(')?;
            let end = inside.find(|sign: char| !sign.is_alphanumeric() && sign != '_').unwrap_or(inside.len());
            inside.get(..end).filter(|name| !name.is_empty()).map(str::to_owned)
        }
    }
}

fn finding(checked: &Checked<'_>, error: &HistoryError) -> Option<Finding> {
    match error {
        HistoryError::Op { version, op, fault, .. } => {
            let releases = &checked.now.declaration.releases;
            let place = releases.iter().position(|release| release.version == *version)?;
            let release = releases.get(place)?;
            let at = release.ops.iter().position(|found| sentence(found) == *op);
            let fault = Fault { checked, release, at, fault };
            let finding = checked.tell(fault.rule(), format!("`{op}` {}", fault.fault))?;
            let finding = match place.checked_sub(1).and_then(|before| releases.get(before)) {
                Some(before) => finding.between(&before.version, version),
                None => finding.at(version),
            };
            Some(match fault.op().and_then(subject) {
                Some(name) => finding.of_field(checked.now, &name),
                None => finding,
            })
        }
        HistoryError::NotAscending { version, previous, .. } => {
            checked.tell("VO_HIST_GAP", error.to_string()).map(|finding| finding.between(previous, version))
        }
        HistoryError::Shape { version, source, .. } => {
            checked.tell("VO_HIST_FOLD_MISMATCH", format!("{error}: {source}")).map(|finding| finding.at(version))
        }
        _ => checked.tell("VO_HIST_FOLD_MISMATCH", error.to_string()),
    }
}

/// An op that does not fit the shape it leads to.
struct Fault<'c> {
    checked: &'c Checked<'c>,
    release: &'c Release,
    /// Which of the release's ops.
    at: Option<usize>,
    fault: &'c OpFault,
}

impl<'c> Fault<'c> {
    fn op(&self) -> Option<&'c Op> {
        self.release.ops.get(self.at?)
    }

    /// The rule that is broken. What none is about is a history that does not lead to its newest shape.
    fn rule(&self) -> &'static str {
        const FOLD: &str = "VO_HIST_FOLD_MISMATCH";
        match (self.fault, self.op()) {
            (OpFault::TwiceChanged | OpFault::NotAlone, _) => "VO_FIELD_DOUBLE_CLAIM",
            (OpFault::NoSuchField | OpFault::StillThere, Some(op)) if self.is_claimed_twice(op) => "VO_FIELD_DOUBLE_CLAIM",
            (OpFault::NoOldDefault, _) | (OpFault::Value(_), Some(Op::Add { .. })) => "VO_FIELD_ADDED_NO_OLD_DEFAULT",
            (OpFault::NoFallback, _) => "VO_FIELD_REMOVED_NO_FALLBACK",
            (OpFault::Value(_), Some(Op::Remove { field, .. } | Op::Widen { field, .. } | Op::Constrain { field, .. }))
                if matches!(field.kind, FieldKind::Enum(_)) =>
            {
                "VO_ENUM_FALLBACK_INVALID"
            }
            (OpFault::Value(_), Some(Op::Relax { .. })) if self.newer().is_some_and(|field| matches!(field.kind, FieldKind::Enum(_))) => {
                "VO_ENUM_FALLBACK_INVALID"
            }
            (OpFault::Value(_), Some(Op::Remove { .. })) => "VO_FIELD_REMOVED_NO_FALLBACK",
            (OpFault::Value(_), Some(Op::Relax { .. })) => "VO_NULL_RELAXED_NO_FALLBACK",
            (OpFault::Value(_), Some(Op::Require { .. })) => "VO_NULL_TIGHTENED_NO_FILL",
            (OpFault::NoSuchValue, Some(Op::EnumAdd { value, .. })) if self.knows(value) => "VO_ENUM_FALLBACK_INVALID",
            (OpFault::NoSuchValue, Some(Op::EnumRemove { .. })) => "VO_ENUM_REMOVED_NO_TARGET",
            (OpFault::RetypedObject, _) => "VO_TYPE_CHANGED_NO_OP",
            (OpFault::RetypedNull, Some(op)) => self.compared(op, nulls).unwrap_or(FOLD),
            (OpFault::NotWider | OpFault::MoreThanLimits, Some(op)) => self.compared(op, changed).unwrap_or(FOLD),
            (OpFault::PinBackward, _) => "VO_NEST_PIN_BACKWARD",
            (OpFault::PinnedElsewhere(_), _) => "VO_NEST_CYCLE",
            _ => FOLD,
        }
    }

    /// The rule that the op's field breaks by what it was and is.
    fn compared(&self, op: &Op, rule: fn(&FieldSpec, &FieldSpec) -> Option<&'static str>) -> Option<&'static str> {
        rule(spec_of(op)?, &self.newer()?)
    }

    /// Whether another op of the release makes or takes away what this one does.
    fn is_claimed_twice(&self, op: &Op) -> bool {
        let mine = names(op);
        let others = self.release.ops.iter().enumerate().filter(|(place, _)| Some(*place) != self.at);
        others.flat_map(|(_, other)| names(other)).any(|name| mine.contains(&name))
    }

    /// Whether the enum of the op's field has a value.
    fn knows(&self, value: &str) -> bool {
        self.newer().is_some_and(|field| matches!(&field.kind, FieldKind::Enum(spec) if spec.knows(value)))
    }

    /// The field that the op is about, as it is in the version that the release made.
    fn newer(&self) -> Option<FieldSpec> {
        let later = self.release.ops.get(self.at? + 1..)?;
        let name = renamed(later, &subject(self.op()?)?);
        // A later op of the release may have changed it again, and says how it was before that.
        let again = later.iter().filter_map(spec_of).find(|field| *field.name == *name);
        again.cloned().or_else(|| {
            let shape = shape_of(&self.checked.now.declaration, &self.release.version)?;
            shape.fields.get(shape.index_of(&name)?).cloned()
        })
    }
}

/// The field as it was, where an op says it of one that is still there.
const fn spec_of(op: &Op) -> Option<&FieldSpec> {
    match op {
        Op::Retype { field, .. } | Op::Widen { field, .. } | Op::Constrain { field, .. } => Some(field),
        _ => None,
    }
}

/// The names that an op makes or takes away.
fn names(op: &Op) -> Vec<String> {
    match op {
        Op::Rename { from, to } => vec![from.to_string(), to.to_string()],
        op => subject(op).into_iter().collect(),
    }
}

/// The shape of a version of which the ops that led to it do not fold.
fn shape_of(declaration: &Declaration, version: &ObjectVersion) -> Option<Arc<ObjectSpec>> {
    let since = declaration.releases.iter().filter(|release| release.version >= *version).cloned();
    let mut releases: Vec<Release> = since.collect();
    releases.first_mut()?.ops.clear();
    let lineage = Lineage::new(&Declaration { head: declaration.head.clone(), releases }).ok()?;
    lineage.shapes().first().cloned()
}

/// The rule that a field breaks which is another in one version than in the version before, and nothing says how one
/// becomes the other.
pub(super) fn changed(older: &FieldSpec, newer: &FieldSpec) -> Option<&'static str> {
    if older.kind.element().is_some() != newer.kind.element().is_some() {
        return Some("VO_TYPE_CARDINALITY");
    }
    if older.kind != newer.kind {
        return Some("VO_TYPE_CHANGED_NO_OP");
    }
    nulls(older, newer)
}

/// As [`changed`], of a field that may be null on one side only.
pub(super) const fn nulls(older: &FieldSpec, newer: &FieldSpec) -> Option<&'static str> {
    match (older.nullable, newer.nullable) {
        (true, false) => Some("VO_NULL_TIGHTENED_NO_FILL"),
        (false, true) => Some("VO_NULL_RELAXED_NO_FALLBACK"),
        _ => None,
    }
}
