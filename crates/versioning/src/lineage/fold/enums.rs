//! Undoing what a release did to the values of an enum.

use std::sync::Arc;

use recension_model::{EnumSpec, EnumValue, FieldKind, FieldSpec, Op, Slot, Value};

use crate::OpFault;
use crate::reshape::Effect;

/// Undoes an op on the values of an enum.
pub(super) fn undo(op: &Op, newer: &FieldSpec) -> Result<(FieldSpec, Effect), OpFault> {
    let spec = spec_of(newer)?;
    match op {
        Op::EnumAdd { value, shown_as, .. } => {
            let older = spec.without(value);
            if !spec.knows(value) || !older.knows(shown_as) {
                return Err(OpFault::NoSuchValue);
            }
            let older = with(newer, older, |default| if default == value { shown_as.clone() } else { default.clone() });
            Ok((older, Effect::EnumAdd { value: value.clone(), shown_as: shown_as.clone() }))
        }
        Op::EnumRemove { value, becomes, .. } => {
            if spec.knows(value) {
                return Err(OpFault::ValueStillThere);
            }
            if !spec.knows(becomes) {
                return Err(OpFault::NoSuchValue);
            }
            // Where it led to and from is nowhere said.
            if spec.is_machine() {
                return Err(OpFault::StateRemoved);
            }
            let mut older = spec.clone();
            older.values.push(value.clone());
            Ok((with(newer, older, Arc::clone), Effect::EnumRemove { value: value.clone(), becomes: becomes.clone() }))
        }
        Op::EnumRename { from, to, .. } => {
            if spec.knows(from) {
                return Err(OpFault::ValueStillThere);
            }
            if !spec.knows(to) {
                return Err(OpFault::NoSuchValue);
            }
            let older = with(newer, spec.renamed(to, from), |default| if default == to { from.clone() } else { default.clone() });
            Ok((older, Effect::EnumRename { from: from.clone(), to: to.clone() }))
        }
        _ => Err(OpFault::NotOfItems),
    }
}

fn spec_of(field: &FieldSpec) -> Result<&EnumSpec, OpFault> {
    match &field.kind {
        FieldKind::Enum(spec) => Ok(spec),
        _ => Err(OpFault::NoEnum),
    }
}

/// The field with another enum; what a new object gets is said in its words.
fn with(field: &FieldSpec, spec: EnumSpec, default: impl Fn(&Arc<str>) -> Arc<str>) -> FieldSpec {
    let mut field = field.clone();
    if let Slot::Value(Value::Enum(EnumValue::Known(text))) = &field.default {
        field.default = Value::Enum(EnumValue::Known(default(text))).into();
    }
    field.kind = FieldKind::Enum(Arc::new(spec));
    field
}
