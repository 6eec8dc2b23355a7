//! Rules about what was released: it stays as it was.

use recension_model::{ObjectVersion, Op, Release};

use super::{Finding, renamed};
use crate::{Lineage, LockFile, LockedObject};

/// What is wrong with the history of an object, by itself and against what was released.
pub(super) fn check(before: Option<&LockedObject>, now: &LockedObject, findings: &mut Vec<Finding>) {
    folds(now, findings);
    if let Some(before) = before {
        released(before, now, findings);
        numbers(before, now, findings);
    }
    for (previous, release) in fresh(before, now) {
        if release.ops.is_empty() {
            findings.extend(Finding::new("VO_HIST_BUMP_EMPTY", now, "the version has no ops").map(|finding| finding.at(&release.version)));
        }
        if !follows(&previous.version, &release.version) {
            let says = format!("the version before it is {}", previous.version);
            findings.extend(Finding::new("VO_HIST_GAP", now, says).map(|finding| finding.at(&release.version)));
        }
        tombstoned(now, release, findings);
    }
}

/// Objects that were released and are there no more.
pub(super) fn objects_gone(base: &LockFile, now: &LockFile, findings: &mut Vec<Finding>) {
    let gone = base.objects().iter().filter(|object| now.object(object.declaration.head.name.as_str()).is_none());
    findings.extend(gone.filter_map(|object| Finding::new("VO_HIST_BASELINE_MISSING", object, "the object is not in the file")));
}

/// The releases that were not released yet, each with the one before it.
pub(super) fn fresh<'n>(before: Option<&LockedObject>, now: &'n LockedObject) -> impl Iterator<Item = (&'n Release, &'n Release)> {
    let known: Vec<ObjectVersion> =
        before.iter().flat_map(|object| &object.declaration.releases).map(|release| release.version.clone()).collect();
    let releases = &now.declaration.releases;
    releases.iter().zip(releases.iter().skip(1)).filter(move |(_, release)| !known.contains(&release.version))
}

fn folds(now: &LockedObject, findings: &mut Vec<Finding>) {
    let lineage = match Lineage::new(&now.declaration) {
        Ok(lineage) => lineage,
        Err(error) => {
            findings.extend(Finding::new("VO_HIST_FOLD_MISMATCH", now, error.to_string()));
            return;
        }
    };
    for (shape, locked) in lineage.shapes().iter().zip(&now.fingerprints) {
        let is_so = lineage.fingerprint(&shape.version).is_ok_and(|found| found.to_string() == *locked);
        if !is_so {
            let finding = Finding::new("VO_HIST_FOLD_MISMATCH", now, "the fingerprint is not that of the shape");
            findings.extend(finding.map(|finding| finding.at(&shape.version)));
        }
    }
}

fn released(before: &LockedObject, now: &LockedObject, findings: &mut Vec<Finding>) {
    let newest = before.declaration.releases.len().saturating_sub(1);
    for (place, release) in before.declaration.releases.iter().enumerate() {
        let at = |finding: Option<Finding>| finding.map(|finding| finding.at(&release.version));
        let Some(again) = now.declaration.releases.iter().position(|found| found.version == release.version) else {
            findings.extend(at(Finding::new("VO_HIST_BASELINE_MISSING", now, "the version is not in the file")));
            continue;
        };
        let same_shape = before.fingerprints.get(place) == now.fingerprints.get(again);
        let ops = now.declaration.releases.get(again).map(|release| release.ops.as_slice()).unwrap_or_default();
        let defaults = old_defaults(&release.ops, ops);
        let same_ops = without_defaults(&release.ops) == without_defaults(ops);
        for field in &defaults {
            let says = "older objects get something else for it than they did";
            findings.extend(at(Finding::new("VO_FIELD_OLD_DEFAULT_CHANGED", now, says)).map(|finding| finding.of_field(now, field)));
        }
        if !same_ops || (!same_shape && place != newest) {
            findings.extend(at(Finding::new(
                "VO_HIST_RELEASED_CHANGED",
                now,
                if same_ops { "its shape changed" } else { "its ops changed" },
            )));
        } else if !same_shape {
            findings.extend(at(Finding::new("VO_HIST_BUMP_MISSING", now, "the shape changed and the version did not")));
        }
        functions((before, place), (now, again), release, findings);
    }
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

fn without_defaults(ops: &[Op]) -> Vec<Op> {
    let bare = |op: &Op| match op {
        Op::Add { field, .. } => Op::Add { field: field.clone(), old_default: recension_model::Slot::Unset },
        op => op.clone(),
    };
    ops.iter().map(bare).collect()
}

fn functions(before: (&LockedObject, usize), now: (&LockedObject, usize), release: &Release, findings: &mut Vec<Finding>) {
    let digests = |(object, place): (&LockedObject, usize)| object.digests.get(place).cloned().unwrap_or_default();
    for (place, (was, is)) in digests(before).into_iter().zip(digests(now)).enumerate() {
        let Some([Op::Retype { field, .. }, later @ ..]) = release.ops.get(place..).filter(|_| was != is) else { continue };
        let name = renamed(later, &field.name);
        let finding = Finding::new("VO_HIST_FN_CHANGED", now.0, "its functions give something else");
        findings.extend(finding.map(|finding| finding.at(&release.version).of_field(now.0, &name)));
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
fn numbers(before: &LockedObject, now: &LockedObject, findings: &mut Vec<Finding>) {
    for field in &before.declaration.head.fields {
        let Some(name) = since(before, now, &field.name) else { continue };
        if before.numbers.of_field(&field.name) != now.numbers.of_field(&name) {
            findings.extend(Finding::new("VO_FIELD_ID_REUSED", now, "its number changed").map(|finding| finding.of_field(now, &name)));
        }
    }
    for gone in before.numbers.gone() {
        let taken = now.declaration.head.fields.iter().find(|field| now.numbers.of_field(&field.name) == Some(gone.number));
        if let Some(field) = taken {
            let says = "it has the number of a field that is gone";
            findings.extend(Finding::new("VO_FIELD_ID_REUSED", now, says).map(|finding| finding.of_field(now, &field.name)));
        }
    }
}

/// What a released field is called now; none if it is gone.
pub(super) fn since(before: &LockedObject, now: &LockedObject, name: &str) -> Option<String> {
    let mut name = name.to_owned();
    for (_, release) in fresh(Some(before), now) {
        for op in &release.ops {
            match op {
                Op::Rename { from, to } if **from == *name => name = to.to_string(),
                Op::Remove { field, .. } if *field.name == *name => return None,
                _ => {}
            }
        }
    }
    now.declaration.head.index_of(&name).map(|_| name)
}

/// New fields with names of fields that are gone.
fn tombstoned(now: &LockedObject, release: &Release, findings: &mut Vec<Finding>) {
    for op in &release.ops {
        let Op::Add { field, .. } = op else { continue };
        if now.numbers.gone().any(|gone| gone.name == **field) {
            let finding = Finding::new("VO_FIELD_NAME_TOMBSTONED", now, "a field of this name was removed");
            findings.extend(finding.map(|finding| finding.at(&release.version).of_field(now, field)));
        }
    }
}
