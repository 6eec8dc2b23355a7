//! `Debug` that shows public values only.

use std::fmt;

use crate::{Escaped, FieldClass, FieldSpec, ObjectSpec, Slot, Value};

/// Writes an object for `Debug` and logs: values of public fields, the class in place of all others, and
/// nothing for unset fields.
///
/// # Errors
/// Those of the formatter.
pub fn debug_fields(f: &mut fmt::Formatter<'_>, spec: &ObjectSpec, slot: impl Fn(usize) -> Slot) -> fmt::Result {
    let mut out = f.debug_struct(spec.name.as_str());
    for (index, field) in spec.fields.iter().enumerate() {
        let slot = slot(index);
        if slot.is_set() {
            out.field(&field.name, &Redacted { field, slot: &slot });
        }
    }
    out.finish_non_exhaustive()
}

/// A state of a field as `Debug` and logs may show it.
#[derive(Clone, Copy)]
pub struct Redacted<'s> {
    /// The field.
    pub field: &'s FieldSpec,
    /// Its state.
    pub slot: &'s Slot,
}

impl fmt::Debug for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.slot {
            Slot::Unset => f.write_str("<unset>"),
            Slot::Null => f.write_str("null"),
            // An object shows itself by its own classes.
            Slot::Value(Value::Object(record)) => fmt::Debug::fmt(record, f),
            Slot::Value(Value::List(records)) => f.debug_list().entries(records).finish(),
            Slot::Value(value) if self.field.class == FieldClass::Public => match value {
                Value::Integer(number) => write!(f, "{number}"),
                Value::Bool(value) => write!(f, "{value}"),
                Value::Uuid(value) => write!(f, "{value}"),
                Value::Timestamp(time) => write!(f, "{time}"),
                value => match value.as_text() {
                    Some(text) => write!(f, "\"{}\"", Escaped(text)),
                    None => fmt::Debug::fmt(value, f),
                },
            },
            Slot::Value(_) => write!(f, "<{}>", self.field.class),
        }
    }
}
