//! What changed of the shape that was released last, although no op of a later version says so.
//!
//! A history is folded back from the newest shape. So what no op speaks of looks as if it had always been so, and only what
//! was released is a witness that it was not.

use recension_model::{EnumSpec, FieldKind, FieldSpec, ObjectSpec, UnionSpec};

use super::{Checked, Finding, Fresh, fold};
use crate::fingerprint::has_words_of;

/// The shape that was released last, as it was and as the ops of later versions leave it; none if it is the same, or
/// there is no later version.
pub(super) fn shapes<'c>(checked: &'c Checked<'_>) -> Option<[&'c ObjectSpec; 2]> {
    let before = &checked.before?.declaration.head;
    checked.fresh().next()?;
    let again = checked.lineage.as_ref()?.shape(&before.version).ok()?;
    let is_there = |field: &FieldSpec| {
        again.index_of(&field.name).and_then(|index| again.fields.get(index)).is_some_and(|again| has_words_of(again, field))
    };
    let same = before.fields.len() == again.fields.len() && before.fields.iter().all(is_there);
    (!same).then_some([before, again])
}

/// What no op speaks of.
pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    let (Some([before, again]), Some(Fresh { release, .. })) = (shapes(checked), checked.fresh().next()) else { return };
    let find = |shape: &'_ ObjectSpec, name: &str| shape.index_of(name).and_then(|index| shape.fields.get(index).cloned());
    let mut told = Vec::new();
    for newer in &again.fields {
        match find(before, &newer.name) {
            Some(older) => {
                told.extend(differences(&older, newer).into_iter().map(|difference| (difference, Some(older.clone()), newer.clone())))
            }
            None => told.push((Difference::new("VO_FIELD_UNCOVERED", "it is there and no op added it"), None, newer.clone())),
        }
    }
    for older in before.fields.iter().filter(|older| find(again, &older.name).is_none()) {
        told.push((Difference::new("VO_FIELD_UNCOVERED", "it is gone and no op removed it"), Some(older.clone()), older.clone()));
    }
    for (Difference { rule, part, says }, older, newer) in told {
        let Some(finding) = checked.tell(rule, says) else { continue };
        // It is called so in the version that was released.
        let finding = finding.at(&before.version).of_field(checked.now, &newer.name);
        let finding = finding.between(&before.version, &release.version).shaped(older.as_ref(), Some(&newer));
        findings.push(match part {
            Some(part) => finding.part(part),
            None => finding,
        });
    }
}

/// One difference of a field, and the rule that it breaks.
struct Difference {
    rule: &'static str,
    part: Option<String>,
    says: String,
}

impl Difference {
    fn new(rule: &'static str, says: &str) -> Self {
        Self { rule, part: None, says: says.to_owned() }
    }

    fn of(rule: &'static str, part: &str, says: String) -> Self {
        Self { rule, part: Some(part.to_owned()), says }
    }
}

/// How a field differs from what it was.
fn differences(older: &FieldSpec, newer: &FieldSpec) -> Vec<Difference> {
    if has_words_of(older, newer) {
        return Vec::new();
    }
    let mut found = match innermost([&older.kind, &newer.kind]) {
        Some([FieldKind::Enum(older), FieldKind::Enum(newer)]) => values(older, newer),
        Some([FieldKind::Union(older), FieldKind::Union(newer)]) => members(older, newer),
        _ => Vec::new(),
    };
    let of_type = fold::changed(older, newer).filter(|_| found.is_empty());
    for rule in [of_type, fold::nulls(older, newer).filter(|rule| of_type != Some(rule))].into_iter().flatten() {
        found.push(Difference::new(rule, says(rule)));
    }
    if found.is_empty() {
        found.push(Difference::new("VO_FIELD_UNCOVERED", "its limits, its class or who sets it changed, and no op says so"));
    }
    found
}

fn says(rule: &str) -> &'static str {
    match rule {
        "VO_TYPE_CARDINALITY" => "it holds one value on one side and several on the other, and no op says which",
        "VO_NULL_TIGHTENED_NO_FILL" => "it may not be null any more, and no op says what stands for null",
        "VO_NULL_RELAXED_NO_FALLBACK" => "it may be null since, and no op says what an older reader is shown",
        _ => "it has another type and no op converts it",
    }
}

/// What two fields hold, or what lies in the lists, sets or maps that they are, if they are the same.
fn innermost([older, newer]: [&FieldKind; 2]) -> Option<[&FieldKind; 2]> {
    match (older.element(), newer.element()) {
        (Some(older_item), Some(newer_item)) if older.as_str() == newer.as_str() => Some([&older_item.kind, &newer_item.kind]),
        (None, None) => Some([older, newer]),
        _ => None,
    }
}

fn values(older: &EnumSpec, newer: &EnumSpec) -> Vec<Difference> {
    let added = newer.values.iter().filter(|value| !older.knows(value)).map(|value| {
        Difference::of("VO_ENUM_ADDED_NO_SHOWN_AS", value, format!("`{value}` is new, and no op says what an older reader is shown"))
    });
    let removed =
        older.values.iter().filter(|value| !newer.knows(value)).map(|value| {
            Difference::of("VO_ENUM_REMOVED_NO_TARGET", value, format!("`{value}` is gone, and no op says what becomes of it"))
        });
    added.chain(removed).collect()
}

fn members(older: &UnionSpec, newer: &UnionSpec) -> Vec<Difference> {
    let added = newer.members.iter().filter(|member| !older.members.contains(member)).map(|member| {
        let member = member.as_str();
        Difference::of("VO_UNION_VARIANT_ADDED", member, format!("it may hold a `{member}` since, which an older reader has no form for"))
    });
    let removed = older.members.iter().filter(|member| !newer.members.contains(member)).map(|member| {
        let member = member.as_str();
        Difference::of("VO_TYPE_CHANGED_NO_OP", member, format!("it may not hold a `{member}` any more, and no op converts one"))
    });
    added.chain(removed).collect()
}
