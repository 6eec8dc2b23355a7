//! What the text of a value in an enum means: it is what a row stores.

use std::collections::BTreeMap;
use std::sync::Arc;

use recension_model::{EnumSpec, FieldKind, FieldSpec, Op};

use super::{Checked, Finding, renamed};
use crate::Lineage;
use crate::lineage::NewerField;

/// Texts that stand for another value than they once did. Rows that hold such a text from before cannot be told from those
/// written since.
pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    let Some(lineage) = &checked.lineage else { return };
    let mut meanings: Vec<Meanings> =
        lineage.shapes().first().into_iter().flat_map(|shape| shape.fields.iter().map(Meanings::of)).collect();
    for (place, plan) in lineage.hops().iter().enumerate() {
        let (Some(newer), Some(release)) = (lineage.shapes().get(place + 1), lineage.releases().get(place + 1)) else { return };
        let mut since = Vec::with_capacity(newer.fields.len());
        for (from, field) in plan.newer.iter().zip(&newer.fields) {
            let mut meaning = match from {
                NewerField::Kept(older) => meanings.get(*older).cloned().unwrap_or_default(),
                _ => Meanings::default(),
            };
            let taken = meaning.follow(&release.ops, field);
            if !taken.is_empty() && checked.fresh().any(|fresh| fresh.release.version == release.version) {
                findings.extend(taken.into_iter().filter_map(|value| told(checked, lineage, place, field, &value)));
            }
            since.push(meaning);
        }
        meanings = since;
    }
}

fn told(checked: &Checked<'_>, lineage: &Lineage, place: usize, field: &FieldSpec, value: &str) -> Option<Finding> {
    let [older, newer] = [lineage.shapes().get(place)?, lineage.shapes().get(place + 1)?];
    let finding = checked.tell("VO_ENUM_CODE_CHANGED", format!("`{value}` stands for another value than it did"))?;
    Some(finding.between(&older.version, &newer.version).of_field(checked.now, &field.name).part(value))
}

/// Which value each text of an enum stands for, and which it stood for first.
#[derive(Clone, Debug, Default)]
struct Meanings {
    now: BTreeMap<Arc<str>, u32>,
    first: BTreeMap<Arc<str>, u32>,
    next: u32,
}

impl Meanings {
    fn of(field: &FieldSpec) -> Self {
        let mut meanings = Self::default();
        meanings.follow(&[], field);
        meanings
    }

    /// Follows the ops of a release to the field as it is then. The texts that mean something else since.
    fn follow(&mut self, ops: &[Op], field: &FieldSpec) -> Vec<Arc<str>> {
        let Some(spec) = enum_of(&field.kind) else {
            self.now.clear();
            return Vec::new();
        };
        for (place, op) in ops.iter().enumerate() {
            let is_of = |name: &Arc<str>| renamed(ops.get(place..).unwrap_or_default(), name) == *field.name;
            match op {
                Op::EnumAdd { field, value, .. } if is_of(field) => {
                    let new = self.new_value();
                    self.now.insert(value.clone(), new);
                }
                Op::EnumRemove { field, value, .. } if is_of(field) => {
                    self.now.remove(value);
                }
                Op::EnumRename { field, from, to } if is_of(field) => {
                    let value = self.now.remove(from).unwrap_or_else(|| self.new_value());
                    self.now.insert(to.clone(), value);
                }
                _ => {}
            }
        }
        self.now.retain(|text, _| spec.knows(text));
        for text in &spec.values {
            if !self.now.contains_key(text) {
                let new = self.new_value();
                self.now.insert(text.clone(), new);
            }
        }
        let differs = |(text, value): (&Arc<str>, &u32)| self.first.get(text).is_some_and(|first| first != value).then(|| text.clone());
        let taken = self.now.iter().filter_map(differs).collect();
        for (text, value) in &self.now {
            self.first.entry(text.clone()).or_insert(*value);
        }
        taken
    }

    const fn new_value(&mut self) -> u32 {
        self.next += 1;
        self.next
    }
}

/// The enum that a field holds, or has items of.
fn enum_of(kind: &FieldKind) -> Option<&EnumSpec> {
    match kind.element().map_or(kind, |element| &element.kind) {
        FieldKind::Enum(spec) => Some(spec),
        _ => None,
    }
}
