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
            Slot::Value(value) if self.field.class == FieldClass::Public => match value {
                // An object shows itself by its own classes.
                Value::Object(record) => fmt::Debug::fmt(record, f),
                Value::List(records) => f.debug_list().entries(records).finish(),
                Value::Integer(number) => write!(f, "{number}"),
                Value::Bool(value) => write!(f, "{value}"),
                Value::Uuid(value) => write!(f, "{value}"),
                Value::Timestamp(time) => write!(f, "{time}"),
                // A quote is escaped too: no value can end itself and look like further fields.
                value => match value.as_text() {
                    Some(text) => write!(f, "\"{}\"", Escaped(text).to_string().replace('"', "\\\"")),
                    None => fmt::Debug::fmt(value, f),
                },
            },
            Slot::Value(_) => write!(f, "<{}>", self.field.class),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldKind, Record};

    fn record(name: &str, field: FieldSpec, value: impl Into<Value>) -> Record {
        let spec = ObjectSpec::new(name, "demo", crate::ObjectVersion::new(1, 0)).field(field).build().unwrap();
        let mut record = Record::new(spec);
        record.set("f", Slot::Value(value.into())).unwrap();
        record
    }

    #[test]
    fn s11_an_object_shows_itself_in_a_public_field_only() {
        let child = record("Child", FieldSpec::new("f", FieldKind::Text).class(FieldClass::Public), "canary");
        for class in FieldClass::ALL {
            let one = FieldSpec::new("f", FieldKind::Object("Child".into())).class(class);
            let many = FieldSpec::new("f", FieldKind::ListOfObjects("Child".into())).class(class);
            let shown = format!("{:?} {:?}", record("One", one, child.clone()), record("Many", many, vec![child.clone()]));
            let hidden = format!("One {{ f: <{class}>, .. }} Many {{ f: <{class}>, .. }}");
            if class == FieldClass::Public {
                assert_eq!(shown, r#"One { f: Child { f: "canary", .. }, .. } Many { f: [Child { f: "canary", .. }], .. }"#);
            } else {
                assert_eq!(shown, hidden);
            }
        }
    }

    #[test]
    fn s7_a_public_text_cannot_look_like_further_fields() {
        let field = FieldSpec::new("f", FieldKind::Text).class(FieldClass::Public);
        let shown = format!("{:?}", record("One", field, "a\", admin: \"yes\\\n"));
        assert_eq!(shown, r#"One { f: "a\", admin: \"yes\\\n", .. }"#);
    }
}
