//! Rules about what was released: it stays as it was.

use std::cell::LazyCell;

use recension_model::{Declaration, ObjectVersion, Op, Release};

use super::{Checked, Finding, Fresh, renamed};
use crate::{Lineage, LockFile, LockedObject};

/// What is wrong with the history of an object, by itself and against what was released.
pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    if let Some(before) = checked.before {
        released(checked, before, findings);
        numbers(checked, before, findings);
    }
    for Fresh { previous, release } in checked.fresh() {
        let tell = |id, says: String| checked.tell(id, says).map(|finding| finding.between(&previous.version, &release.version));
        if release.ops.is_empty() {
            findings.extend(tell("VO_HIST_BUMP_EMPTY", "the version has no ops".to_owned()));
        }
        // One that is not above the other at all is told with the history.
        if release.version > previous.version && !follows(&previous.version, &release.version) {
            findings.extend(tell("VO_HIST_GAP", format!("the version before it is {}", previous.version)));
        }
        tombstoned(checked, release, findings);
    }
}

/// Objects that were released and are there no more.
pub(super) fn objects_gone(base: &LockFile, now: &LockFile, findings: &mut Vec<Finding>) {
    findings
        .extend(base.gone_in(now).filter_map(|object| Finding::new("VO_HIST_BASELINE_MISSING", object, "the object is not in the file")));
}

fn released(checked: &Checked<'_>, before: &LockedObject, findings: &mut Vec<Finding>) {
    let now = checked.now;
    let newest = before.declaration.releases.len().saturating_sub(1);
    // What it holds that no op speaks of is told field by field, once, and lies in the older shapes as well.
    let drifts = super::drift::shapes(checked).is_some();
    let alone = LazyCell::new(|| alone(checked, before));
    for (place, release) in before.declaration.releases.iter().enumerate() {
        let tell = |id, says: &str| checked.tell(id, says).map(|finding| finding.at(&release.version));
        let Some(again) = now.declaration.releases.iter().position(|found| found.version == release.version) else {
            findings.extend(missing(checked, release));
            continue;
        };
        let was = before.fingerprints.get(place);
        let print = || Some(alone.as_ref()?.fingerprint(&release.version).ok()?.to_string());
        let is_as_it_was = now.fingerprints.get(again) == was || print().as_ref() == was;
        let ops = now.declaration.releases.get(again).map(|release| release.ops.as_slice()).unwrap_or_default();
        for field in old_defaults(&release.ops, ops) {
            let finding = tell("VO_FIELD_OLD_DEFAULT_CHANGED", "older objects get something else for it than they did");
            findings.extend(finding.map(|finding| finding.of_field(now, &field)));
        }
        let is_last = place == newest && again + 1 == now.declaration.releases.len();
        // The first that is left after older ones were taken out has no ops, whatever it had.
        let squashed = again == 0 && ops.is_empty();
        if !squashed && !same_but_defaults(&release.ops, ops) {
            findings.extend(tell("VO_HIST_RELEASED_CHANGED", "its ops changed"));
        } else if !is_as_it_was && is_last {
            findings.extend(tell("VO_HIST_BUMP_MISSING", "the shape changed and the version did not"));
        } else if !is_as_it_was && !drifts {
            findings.extend(tell("VO_HIST_RELEASED_CHANGED", "its shape changed"));
        }
        functions(checked, (before, place), again, release, findings);
    }
}

/// The released part of the history as it is now, without what followed: the first op that pins a field says of which version
/// the objects in it had been all along, so that the fingerprints of released versions have that too.
fn alone(checked: &Checked<'_>, before: &LockedObject) -> Option<Lineage> {
    let last = &before.declaration.head.version;
    let head = checked.lineage.as_ref()?.shape(last).ok()?.clone();
    let releases = checked.now.declaration.releases.iter().filter(|release| release.version <= *last).cloned().collect();
    Lineage::new(&Declaration { head, releases }).ok()
}

/// A released version that is not there any more: behind the first that is left, the history was squashed.
fn missing(checked: &Checked<'_>, release: &Release) -> Option<Finding> {
    let first = checked.now.declaration.releases.first()?;
    let finding = if release.version < first.version {
        checked.tell("VO_HIST_COMPACT_UNPROVEN", format!("the history begins with {} now", first.version))
    } else {
        checked.tell("VO_HIST_BASELINE_MISSING", "the version is not in the file")
    };
    finding.map(|finding| finding.at(&release.version))
}

/// The fields whose values for older objects differ.
fn old_defaults(before: &[Op], now: &[Op]) -> Vec<String> {
    let differing = before.iter().zip(now).filter_map(|pair| match pair {
        (Op::Add { field, old_default: before }, Op::Add { field: again, old_default: now }) if field == again && before != now => {
            Some(field.to_string())
        }
        _ => None,
    });
    differing.collect()
}

/// Whether ops are the same, but for what older objects get for fields.
fn same_but_defaults(before: &[Op], now: &[Op]) -> bool {
    let same = |(before, now): (&Op, &Op)| match (before, now) {
        (Op::Add { field: before, .. }, Op::Add { field: now, .. }) => before == now,
        (before, now) => before == now,
    };
    before.len() == now.len() && before.iter().zip(now).all(same)
}

fn functions<'d>(checked: &Checked<'d>, before: (&'d LockedObject, usize), again: usize, release: &Release, findings: &mut Vec<Finding>) {
    let digests = |object: &'d LockedObject, place: usize| object.digests.get(place).into_iter().flatten();
    for (place, (was, is)) in digests(before.0, before.1).zip(digests(checked.now, again)).enumerate() {
        let Some([op, later @ ..]) = release.ops.get(place..).filter(|_| was != is) else { continue };
        let finding = checked.tell("VO_HIST_FN_CHANGED", "its functions give something else").map(|finding| finding.at(&release.version));
        findings.extend(finding.map(|finding| {
            let finding = match super::fold::subject(op) {
                Some(name) => finding.of_field(checked.now, &renamed(later, &name)),
                None => finding,
            };
            finding.told_by(was.clone(), is.clone())
        }));
    }
}

/// Whether a version is next to another: the next patch, minor or major.
fn follows(previous: &ObjectVersion, version: &ObjectVersion) -> bool {
    let parts = |version: &ObjectVersion| -> Vec<u64> {
        let mut parts: Vec<u64> = version.to_string().split('.').filter_map(|part| part.parse().ok()).collect();
        parts.resize(3, 0);
        parts
    };
    let (previous, version) = (parts(previous), parts(version));
    let [major, minor, patch] = previous[..] else { return false };
    [[major + 1, 0, 0], [major, minor + 1, 0], [major, minor, patch + 1]].iter().any(|next| version == next)
}

/// Numbers that are not those that were given.
fn numbers(checked: &Checked<'_>, before: &LockedObject, findings: &mut Vec<Finding>) {
    let now = checked.now;
    let mut tell = |says, name: &str, was: Option<u32>, is: Option<u32>| {
        let told = |number: Option<u32>| number.map(|number| number.to_string());
        let finding = checked.tell("VO_FIELD_ID_REUSED", says);
        findings.extend(finding.map(|finding| finding.of_field(now, name).told_by(told(was), told(is))));
    };
    for field in &before.declaration.head.fields {
        let Some(name) = checked.since(&field.name) else { continue };
        let (was, is) = (before.numbers.of_field(&field.name), now.numbers.of_field(&name));
        if was != is {
            tell("its number changed", &name, was, is);
        }
    }
    for gone in before.numbers.gone() {
        let taken = now.declaration.head.fields.iter().find(|field| now.numbers.of_field(&field.name) == Some(gone.number));
        if let Some(field) = taken {
            tell("it has the number of a field that is gone", &field.name, None, Some(gone.number));
        }
    }
}

/// New fields with names of fields that are gone.
fn tombstoned(checked: &Checked<'_>, release: &Release, findings: &mut Vec<Finding>) {
    for op in &release.ops {
        let Op::Add { field, .. } = op else { continue };
        if checked.now.numbers.gone().any(|gone| gone.name == **field) {
            let finding = checked.tell("VO_FIELD_NAME_TOMBSTONED", "a field of this name was removed");
            findings.extend(finding.map(|finding| finding.at(&release.version).of_field(checked.now, field)));
        }
    }
}
