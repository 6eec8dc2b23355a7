//! Rules about fields that come, go, and lie in lists.

use recension_model::{FieldKind, Op};

use super::{Checked, Finding};
use crate::LockFile;

/// What is wrong with the fields of an object.
pub(super) fn check(checked: &Checked<'_>, file: &LockFile, findings: &mut Vec<Finding>) {
    defaults(checked, findings);
    renames(checked, findings);
    lists(checked, file, findings);
}

/// What new objects get.
fn defaults(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    let head = &checked.now.declaration.head;
    for field in checked.before.into_iter().flat_map(|before| &before.declaration.head.fields) {
        let again = checked.since(&field.name).and_then(|name| head.fields.get(head.index_of(&name)?));
        if let Some(again) = again.filter(|again| again.default != field.default) {
            let finding = checked.tell("VO_FIELD_WRITE_DEFAULT_CHANGED", "new objects get something else");
            findings.extend(finding.map(|finding| finding.of_field(checked.now, &again.name)));
        }
    }
}

/// Fields that went while one of the same type came.
fn renames(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for hop in checked.hops() {
        let removed = || hop.release.ops.iter().filter_map(|op| if let Op::Remove { field, .. } = op { Some(field) } else { None });
        for op in &hop.release.ops {
            let Op::Add { field, .. } = op else { continue };
            let Some(added) = hop.newer.index_of(field).and_then(|index| hop.newer.fields.get(index)) else { continue };
            if let Some(gone) = removed().find(|gone| gone.kind == added.kind) {
                let says = format!("it came as `{}`, of the same type, went", gone.name);
                findings.extend(hop.tell_of("VO_FIELD_RENAME_SUSPECTED", checked, (gone, added), says));
            }
        }
    }
}

/// Lists of objects that nothing tells apart.
fn lists(checked: &Checked<'_>, file: &LockFile, findings: &mut Vec<Finding>) {
    for field in &checked.now.declaration.head.fields {
        let (FieldKind::List(_), Some(child)) = (&field.kind, field.kind.child()) else { continue };
        let Some(child) = file.object(child.as_str()) else { continue };
        if !child.declaration.head.fields.iter().any(|field| field.read_only) {
            let says = format!("no field of `{}` is read-only", child.declaration.head.name.as_str());
            findings.extend(checked.tell("VO_LIST_NO_KEY", says).map(|finding| finding.of_field(checked.now, &field.name)));
        }
    }
}
