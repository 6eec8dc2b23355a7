//! `Debug` that shows public values only.

use std::fmt;

use crate::{Escaped, FieldClass, FieldSpec, Item, Masked, ObjectSpec, Slot, Value};

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
            Slot::Value(value) if self.field.class == FieldClass::Public => self.value(f, value),
            Slot::Value(_) => write!(f, "<{}>", self.field.class),
        }
    }
}

impl Redacted<'_> {
    fn value(&self, f: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
        let item = |item: &'_ Item| Shown { redacted: *self, item: item.clone() };
        match value {
            // An object shows itself by its own classes.
            Value::Object(record) => fmt::Debug::fmt(record, f),
            Value::List(items) => f.debug_list().entries(items.iter().map(item)).finish(),
            Value::Set(items) => f.debug_set().entries(items.iter().map(item)).finish(),
            Value::Map(items) => f.debug_map().entries(items.iter().map(|(name, found)| (Quoted(name), item(found)))).finish(),
            Value::Integer(number) => write!(f, "{number}"),
            Value::Float(number) => write!(f, "{number}"),
            Value::Bool(value) => write!(f, "{value}"),
            // Bytes are mostly keys and digests.
            Value::Bytes(bytes) => fmt::Debug::fmt(bytes, f),
            value => match (value, value.to_text()) {
                (Value::Text(text), _) if self.field.sensitive => fmt::Debug::fmt(&Quoted(&Masked(text).to_string()), f),
                (Value::Text(_) | Value::Secret(_) | Value::Enum(_) | Value::VersionPredicate(_), Some(text)) => {
                    fmt::Debug::fmt(&Quoted(&text), f)
                }
                (_, Some(text)) => f.write_str(&text),
                (value, None) => fmt::Debug::fmt(value, f),
            },
        }
    }
}

/// An item of a public list, set or map.
struct Shown<'s> {
    redacted: Redacted<'s>,
    item: Item,
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.item {
            Some(value) => self.redacted.value(f, value),
            None => f.write_str("null"),
        }
    }
}

/// A text in quotes. A quote in it is escaped too: no value can end itself and look like further fields.
struct Quoted<'t>(&'t str);

impl fmt::Debug for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", Escaped(self.0).to_string().replace('"', "\\\""))
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
            let many = FieldSpec::new("f", FieldKind::list_of_objects("Child")).class(class);
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
    fn s10_a_sensitive_text_is_masked_and_bytes_are_not_shown() {
        let public = |kind| FieldSpec::new("f", kind).class(FieldClass::Public);
        let shown = format!("{:?}", record("One", public(FieldKind::Text).sensitive(), "url: amqp://u:canary@h/"));
        assert_eq!(shown, r#"One { f: "url: amqp://u:***@h/", .. }"#);
        let shown = format!("{:?}", record("One", public(FieldKind::Bytes), Value::Bytes([1, 2].into())));
        assert_eq!(shown, "One { f: <2 bytes>, .. }");
        let items = Value::Map([("a\"b".to_owned(), None), ("c".to_owned(), Some(Value::from("password=canary")))].into());
        let element = crate::Element { kind: FieldKind::Text, nullable: true };
        let shown = format!("{:?}", record("One", public(FieldKind::Map(element.into())).sensitive(), items));
        assert_eq!(shown, r#"One { f: {"a\"b": null, "c": "password=***"}, .. }"#);
    }

    #[test]
    fn s7_a_public_text_cannot_look_like_further_fields() {
        let field = FieldSpec::new("f", FieldKind::Text).class(FieldClass::Public);
        let shown = format!("{:?}", record("One", field, "a\", admin: \"yes\\\n"));
        assert_eq!(shown, r#"One { f: "a\", admin: \"yes\\\n", .. }"#);
    }
}
