//! Rules about objects in objects: of which version they are.

use std::collections::{BTreeMap, BTreeSet};

use recension_model::{FieldKind, ObjectVersion, Op};

use super::{Checked, Finding, Fresh};
use crate::Lineage;

/// Every object of the file, by name.
pub(super) type Objects<'o, 'f> = BTreeMap<&'f str, &'o Checked<'f>>;

/// What is wrong with the objects in an object.
pub(super) fn check(checked: &Checked<'_>, objects: &Objects<'_, '_>, findings: &mut Vec<Finding>) {
    let Some(lineage) = &checked.lineage else { return };
    absent(checked, lineage, objects, findings);
    unknown(checked, lineage, objects, findings);
    unpinned(checked, lineage, objects, findings);
    cycles(checked, lineage, objects, findings);
}

/// Fields that hold objects which the file has not.
fn absent(checked: &Checked<'_>, lineage: &Lineage, objects: &Objects<'_, '_>, findings: &mut Vec<Finding>) {
    for field in &lineage.head().fields {
        for child in field.kind.children().iter().filter(|child| !objects.contains_key(child.as_str())) {
            let says = format!("it holds `{}`, which is not in the file", child.as_str());
            findings.extend(checked.tell("VO_HIST_FOLD_MISMATCH", says).map(|finding| finding.of_field(checked.now, &field.name)));
        }
    }
}

/// Pins to versions that the history of the object has not.
fn unknown(checked: &Checked<'_>, lineage: &Lineage, objects: &Objects<'_, '_>, findings: &mut Vec<Finding>) {
    for (shape, field, child, versions) in lineage.pinned() {
        let Some(history) = objects.get(child.as_str()).and_then(|child| child.lineage.as_ref()) else { continue };
        if let Some(pin) = versions.into_iter().find(|version| history.place(version).is_none()) {
            let says = format!("it is pinned to {pin} of `{}`, which its history does not have", child.as_str());
            let finding = checked.tell("VO_NEST_CYCLE", says).map(|finding| finding.at(&shape.version).of_field(checked.now, field));
            findings.extend(finding);
        }
    }
}

/// Released fields that hold an object whose shape changed, and of which nothing says at which version they hold it.
fn unpinned(checked: &Checked<'_>, lineage: &Lineage, objects: &Objects<'_, '_>, findings: &mut Vec<Finding>) {
    let Some(before) = checked.before else { return };
    for field in &before.declaration.head.fields {
        // The objects of a union cannot be pinned.
        let innermost = field.kind.element().map_or(&field.kind, |element| &element.kind);
        let FieldKind::Object(child) = innermost else { continue };
        let Some(name) = checked.since(&field.name) else { continue };
        let Some(child) = objects.get(child.as_str()).filter(|child| child.before.is_some()) else { continue };
        let changed = child.fresh().find(|Fresh { release, .. }| release.ops.iter().any(is_of_shape));
        let (Some(Fresh { release, .. }), None) = (changed, lineage.pin(&lineage.head().version, &name)) else { continue };
        let child = child.now.declaration.head.name.as_str();
        let says = format!("it holds `{child}`, which is another since {}, and no op `child` says at which version", release.version);
        let finding = checked.tell("VO_NEST_CHILD_UNPINNED", says);
        findings.extend(finding.map(|finding| finding.of_field(checked.now, &name).part(format!("{child} {}", release.version))));
    }
}

const fn is_of_shape(op: &Op) -> bool {
    !matches!(op, Op::Behaviour { .. } | Op::Method { .. } | Op::Child { .. })
}

/// Pins that lead from the newest version of an object to the same object at another: a manifest names one. Of two objects that
/// hold each other one is always changed first, so what lies between may be so.
fn cycles(checked: &Checked<'_>, lineage: &Lineage, objects: &Objects<'_, '_>, findings: &mut Vec<Finding>) {
    for hop in checked.hops().filter(|hop| hop.newer.version == lineage.head().version) {
        for field in &hop.newer.fields {
            let Some(pin) = lineage.pin(&hop.newer.version, &field.name) else { continue };
            let Some(again) =
                field.kind.child().and_then(|child| met_again(hop.newer.name.as_str(), &hop.newer.version, (child.as_str(), pin), objects))
            else {
                continue;
            };
            let says = format!("the objects pinned in it hold `{}` {again} again", hop.newer.name.as_str());
            findings.extend(hop.tell("VO_NEST_CYCLE", checked, says).map(|finding| finding.of_field(checked.now, &field.name)));
        }
    }
}

/// The other version at which an object is met again in what it is pinned to hold.
fn met_again<'o>(
    object: &str,
    version: &ObjectVersion,
    first: (&'o str, &'o ObjectVersion),
    objects: &'o Objects<'_, '_>,
) -> Option<&'o ObjectVersion> {
    let (mut open, mut seen) = (vec![first], BTreeSet::new());
    while let Some((name, at)) = open.pop() {
        if name == object && at != version {
            return Some(at);
        }
        if !seen.insert((name, at)) {
            continue;
        }
        let Some(lineage) = objects.get(name).and_then(|held| held.lineage.as_ref()) else { continue };
        let Ok(shape) = lineage.shape(at) else { continue };
        open.extend(shape.fields.iter().filter_map(|field| Some((field.kind.child()?.as_str(), lineage.pin(at, &field.name)?))));
    }
    None
}
