//! What is to go, or goes: fields that were said to, and methods.

use std::collections::BTreeSet;

use recension_model::{MethodChange, ObjectVersion, Op, Slot};

use super::{Checked, Finding, Fresh};

/// What is wrong with the fields that are to go.
pub(super) fn fields(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    let head = &checked.now.declaration.head;
    for field in head.fields.iter().filter(|field| field.deprecated.as_ref().is_some_and(|deprecation| deprecation.until.is_none())) {
        let finding = checked.tell("VO_DEPR_NO_DATE", "nothing says until when it is there");
        findings.extend(finding.map(|finding| finding.of_field(checked.now, &field.name)));
    }
    for field in checked.before.into_iter().flat_map(|before| &before.declaration.head.fields) {
        let Some(day) = field.deprecated.as_ref().and_then(|deprecation| deprecation.until) else { continue };
        if checked.since(&field.name).is_some() {
            continue;
        }
        let goes = |op: &Op| matches!(op, Op::Remove { field: gone, .. } if gone.name == field.name);
        let Some(finding) = checked.tell("VO_DEPR_EARLY_REMOVAL", format!("it was to be there until {day}")) else { continue };
        let mut fresh = checked.fresh();
        let finding = match fresh.find(|fresh| fresh.release.ops.iter().any(goes)) {
            Some(Fresh { previous, release }) => finding.between(&previous.version, &release.version),
            None => finding,
        };
        let mut finding = finding.of_field(checked.now, &field.name).shaped(Some(field), None);
        finding.ends = Some(day.to_string());
        findings.push(finding);
    }
}

/// What is wrong with methods. `window` is the lowest version of the object that callers may still have; without it, each that
/// was released.
pub(super) fn methods(checked: &Checked<'_>, window: Option<&ObjectVersion>, findings: &mut Vec<Finding>) {
    // Those that nobody can call yet.
    let mut new = BTreeSet::new();
    for Fresh { previous, release } in checked.fresh() {
        for op in &release.ops {
            let Op::Method { name, change } = op else { continue };
            let told = match change {
                MethodChange::Added => {
                    new.insert(name.clone());
                    None
                }
                _ if checked.before.is_none() || new.contains(name) => None,
                MethodChange::Removed if window.is_none_or(|lowest| *lowest < release.version) => {
                    checked.tell("VO_METHOD_REMOVED", format!("callers of {} still call `{name}`", window.unwrap_or(&previous.version)))
                }
                MethodChange::ArgAdded { arg, default: Slot::Unset } => {
                    let says = format!("callers of {} do not give `{arg}` to `{name}`", previous.version);
                    checked.tell("VO_METHOD_ARG_REQUIRED", says).map(|finding| finding.part(format!("{name}({arg})")))
                }
                _ => None,
            };
            findings.extend(told.map(|finding| {
                let finding = finding.between(&previous.version, &release.version);
                if finding.part.is_none() { finding.part(&**name) } else { finding }
            }));
        }
    }
}
