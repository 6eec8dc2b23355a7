//! Steps that change what the values of a field are.

use std::sync::Arc;

use recension_model::{EnumSpec, FieldKind, FieldSpec, IntegerWidth, IpFamily, Limits, Op, Slot};

use super::{FieldSeed, Made, WIDTHS, changed, default, limits, picked};

/// Texts that enums get besides those that they begin with.
const VALUES: [&str; 6] = ["new", "done", "paused", "in progress", "Wartend", "\"quoted\""];

/// What is shown in place of a value that does not fit: null or a value, so that every value can be converted.
pub(super) fn stand_in(field: &FieldSpec, pick: u8) -> Option<Slot> {
    let slot = default(field, pick)?;
    if slot.is_set() { Some(slot) } else { Some(Slot::Null) }.filter(|slot| field.check(slot).is_ok())
}

/// The types that a field can become, as the table of exact promotions has it.
fn wider(kind: &FieldKind) -> Vec<FieldKind> {
    match kind {
        FieldKind::Integer(width) => {
            let (low, high) = width.bounds();
            let holds = |wide: &&IntegerWidth| *wide != width && wide.bounds().0 <= low && wide.bounds().1 >= high;
            let wide = WIDTHS.iter().filter(holds).map(|width| FieldKind::Integer(*width));
            let float = (high <= i128::from(u32::MAX)).then_some(FieldKind::Float);
            wide.chain(float).chain([FieldKind::Decimal]).collect()
        }
        FieldKind::Enum(_) | FieldKind::Uuid => vec![FieldKind::Text],
        FieldKind::IpAddress(IpFamily::V4 | IpFamily::V6) => vec![FieldKind::IpAddress(IpFamily::Any)],
        FieldKind::IpNetwork(IpFamily::V4 | IpFamily::V6) => vec![FieldKind::IpNetwork(IpFamily::Any)],
        _ => Vec::new(),
    }
}

pub(super) fn widen(fields: &mut [Made], pick: u8, to: u8) -> Option<Op> {
    let made = changed(fields, pick, |field| !wider(&field.kind).is_empty())?;
    let fallback = stand_in(&made.field, to)?;
    let kind = picked(&wider(&made.field.kind), to)?.clone();
    made.changed = true;
    let newer = FieldSpec { kind, limits: Limits::default(), ..made.field.clone() };
    Some(Op::Widen { field: std::mem::replace(&mut made.field, newer), fallback })
}

pub(super) fn constrain(fields: &mut [Made], seed: &FieldSeed, pick: u8) -> Option<Op> {
    let made = changed(fields, pick, |field| field.kind.children().is_empty())?;
    let newer = made.field.clone().limits(limits(seed));
    let (fallback, fill) = (stand_in(&made.field, pick)?, stand_in(&newer, pick)?);
    made.changed = true;
    Some(Op::Constrain { field: std::mem::replace(&mut made.field, newer), fallback, fill })
}

/// A field that is an enum, and its values.
fn enum_field(fields: &mut [Made], pick: u8, fits: impl Fn(&EnumSpec) -> bool) -> Option<(&mut Made, EnumSpec)> {
    let made = changed(fields, pick, |field| matches!(&field.kind, FieldKind::Enum(spec) if fits(spec)))?;
    let FieldKind::Enum(spec) = &made.field.kind else { return None };
    let spec = spec.as_ref().clone();
    Some((made, spec))
}

fn become_enum(made: &mut Made, spec: EnumSpec) -> Arc<str> {
    made.changed = true;
    made.field.kind = FieldKind::Enum(Arc::new(spec));
    made.field.name.clone()
}

fn fresh(spec: &EnumSpec, pick: u8) -> Option<Arc<str>> {
    let free: Vec<&str> = VALUES.into_iter().filter(|value| !spec.knows(value)).collect();
    picked(&free, pick).map(|value| (*value).into())
}

pub(super) fn enum_add(fields: &mut [Made], pick: u8, value: u8) -> Option<Op> {
    let (made, mut spec) = enum_field(fields, pick, |_| true)?;
    let shown_as = picked(&spec.values, value)?.clone();
    let value = fresh(&spec, value)?;
    spec.values.push(value.clone());
    if spec.is_machine() {
        spec.followers.push(vec![shown_as.clone()]);
    }
    Some(Op::EnumAdd { field: become_enum(made, spec), value, shown_as })
}

pub(super) fn enum_remove(fields: &mut [Made], pick: u8, value: u8) -> Option<Op> {
    let (made, spec) = enum_field(fields, pick, |spec| !spec.is_machine() && spec.values.len() > 1)?;
    // Undone, a value stands last.
    let value = picked(&spec.values, value)?.clone();
    let newer = spec.without(&value);
    let becomes = picked(&newer.values, pick)?.clone();
    Some(Op::EnumRemove { field: become_enum(made, newer), value, becomes })
}

pub(super) fn enum_rename(fields: &mut [Made], pick: u8, value: u8) -> Option<Op> {
    let (made, spec) = enum_field(fields, pick, |_| true)?;
    let from = picked(&spec.values, value)?.clone();
    let to = fresh(&spec, value)?;
    Some(Op::EnumRename { field: become_enum(made, spec.renamed(&from, &to)), from, to })
}
