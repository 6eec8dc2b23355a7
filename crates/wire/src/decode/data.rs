//! The fields of an object.

use std::collections::BTreeMap;
use std::sync::Arc;

use recension_model::{
    Carry, Element, EnumValue, FieldKind, FieldSet, FieldSpec, Item, ObjectName, ObjectSpec, Record, Rule, Secret, Slot, Value,
};

use super::{Decoder, map};
use crate::Error;
use crate::error::Malformation;
use crate::format::{Format, Scalar};

/// Where a value is read: the field, the path to the value for errors, and what it should be.
struct Place<'p> {
    spec: &'p ObjectSpec,
    field: &'p FieldSpec,
    path: String,
    kind: &'p FieldKind,
}

impl Place<'_> {
    fn invalid(&self, rule: Rule) -> Error {
        recension_model::Error::invalid(&self.spec.name, self.path.clone(), rule).into()
    }

    fn other(&self, found: &'static str) -> Error {
        self.invalid(Rule::Kind { expected: self.kind.as_str(), found })
    }

    /// The place of an item: `[3]` in a list, `[*]` elsewhere.
    fn item<'i>(&'i self, element: &'i Element, step: &str) -> Place<'i> {
        Place { spec: self.spec, field: self.field, path: format!("{}{step}", self.path), kind: &element.kind }
    }
}

impl<F: Format> Decoder<'_, F> {
    /// Reads `data` as a record of its version.
    pub(super) fn data(&self, data: F::Raw<'_>, spec: &Arc<ObjectSpec>) -> Result<Record, Error> {
        let mut slots = vec![Slot::Unset; spec.fields.len()];
        let mut seen = FieldSet::EMPTY;
        for (place, (key, raw)) in map::<F>("data", data)?.into_iter().enumerate() {
            let index = spec.index_of(&key).ok_or_else(|| self.unknown_field(spec, &key, || format!("data[{place}]")))?;
            if seen.contains(index) {
                return Err(Malformation::DuplicateKey(key.into_owned()).into());
            }
            seen.insert(index);
            if let (Some(field), Some(slot)) = (spec.fields.get(index), slots.get_mut(index)) {
                *slot = self.field(spec, field, raw)?;
            }
        }
        // Each state was admitted by its field.
        Ok(Record::assemble(spec.clone(), slots, FieldSet::EMPTY, Carry::default()))
    }

    /// The checked state of a field, the objects in it read.
    pub(crate) fn field(&self, spec: &ObjectSpec, field: &FieldSpec, raw: F::Raw<'_>) -> Result<Slot, Error> {
        let relaxed;
        let field = if self.stored {
            relaxed = field.clone().limits(field.limits.of_stored());
            &relaxed
        } else {
            field
        };
        let place = Place { spec, field, path: field.name.to_string(), kind: &field.kind };
        let slot = self.value(&place, raw)?.map_or(Slot::Null, Slot::Value);
        field.admit(slot).map_err(|rule| place.invalid(rule))
    }

    /// A value, or nothing for null: of its kind and of no other. No number is taken from a text, no truth from
    /// a number.
    fn value(&self, place: &Place<'_>, raw: F::Raw<'_>) -> Result<Item, Error> {
        let scalar = F::scalar(raw)?;
        let found = scalar.kind();
        Ok(Some(match (place.kind, scalar) {
            (_, Scalar::Null) => return Ok(None),
            (FieldKind::Object(name), Scalar::Map) => self.child(place, raw, |found| found == name)?.into(),
            (FieldKind::Union(union), Scalar::Map) => self.child(place, raw, |found| union.knows(found))?.into(),
            (FieldKind::List(element), Scalar::List) => self.list(place, element, raw)?,
            (FieldKind::Set(element), Scalar::List) => self.set(place, element, raw)?,
            (FieldKind::Map(element), Scalar::Map) => self.map(place, element, raw)?,
            (FieldKind::Integer(_), Scalar::Integer(number)) => Value::Integer(number),
            (FieldKind::Float, Scalar::Float(number)) => Value::Float(number),
            #[expect(clippy::cast_precision_loss, reason = "a float is the nearest one to what is written")]
            (FieldKind::Float, Scalar::Integer(number)) => Value::Float(number as f64),
            (FieldKind::Bool, Scalar::Bool(value)) => Value::Bool(value),
            (FieldKind::Bytes, Scalar::Bytes(bytes)) => Value::Bytes(bytes.into()),
            (kind, Scalar::Text(text)) if is_text(kind) => self.text(place, &text)?,
            _ => return Err(place.other(found)),
        }))
    }

    fn text(&self, place: &Place<'_>, text: &str) -> Result<Value, Error> {
        let value = match place.kind {
            // What is past its limits is not copied; whether it is secret, the field knows.
            FieldKind::Text => place.field.check_text(text).map(|()| Value::Secret(Secret::from(text))),
            kind => Value::from_text(kind, text),
        };
        match value {
            Ok(Value::Enum(EnumValue::Unknown(_))) if !self.stored => Err(place.invalid(unknown_value(place.kind))),
            value => value.map_err(|rule| place.invalid(rule)),
        }
    }

    fn list(&self, place: &Place<'_>, element: &Element, raw: F::Raw<'_>) -> Result<Value, Error> {
        let raws = self.items(place, raw)?.into_iter().enumerate();
        let read = raws.map(|(index, raw)| self.item(&place.item(element, &format!("[{index}]")), element, raw));
        Ok(Value::List(read.collect::<Result<_, _>>()?))
    }

    fn set(&self, place: &Place<'_>, element: &Element, raw: F::Raw<'_>) -> Result<Value, Error> {
        let inside = place.item(element, "[*]");
        let raws = self.items(place, raw)?.into_iter();
        Ok(Value::Set(raws.map(|raw| self.item(&inside, element, raw)).collect::<Result<_, _>>()?))
    }

    fn items<'m>(&self, place: &Place<'_>, raw: F::Raw<'m>) -> Result<Vec<F::Raw<'m>>, Error> {
        let raws = F::list(raw)?.unwrap_or_default();
        place.field.limits.check_items(raws.len()).map_err(|rule| place.invalid(rule))?;
        Ok(raws)
    }

    fn map(&self, place: &Place<'_>, element: &Element, raw: F::Raw<'_>) -> Result<Value, Error> {
        let entries = F::map(raw)?.unwrap_or_default();
        let limits = &place.field.limits;
        limits.check_items(entries.len()).map_err(|rule| place.invalid(rule))?;
        let inside = place.item(element, "[*]");
        let mut items = BTreeMap::new();
        for (name, raw) in entries {
            limits.check_key(&name).map_err(|rule| place.invalid(rule))?;
            if items.insert(name.into_owned(), self.item(&inside, element, raw)?).is_some() {
                return Err(place.invalid(Rule::Twice));
            }
        }
        Ok(Value::Map(items))
    }

    fn item(&self, place: &Place<'_>, element: &Element, raw: F::Raw<'_>) -> Result<Item, Error> {
        match self.value(place, raw)? {
            None if !element.nullable => Err(place.invalid(Rule::NotNull)),
            item => Ok(item),
        }
    }

    /// An object inside another, of one that is expected there.
    fn child(&self, place: &Place<'_>, raw: F::Raw<'_>, expected: impl Fn(&ObjectName) -> bool) -> Result<Record, Error> {
        let decoded = self.object(raw).map_err(|error| error.within(&place.spec.name, &place.path))?;
        // Only the outermost object stands for a row.
        if decoded.revision.is_some() {
            return Err(Malformation::UnknownKey(format!("{}.revision", self.profile.prefix)).into());
        }
        let found = &decoded.record.spec().name;
        if expected(found) {
            return Ok(decoded.record);
        }
        Err(place.invalid(match place.kind {
            FieldKind::Object(expected) => Rule::Object { expected: expected.clone(), found: found.clone() },
            FieldKind::Union(union) => Rule::Union(union.name.to_string()),
            kind => Rule::Kind { expected: kind.as_str(), found: "object" },
        }))
    }
}

/// Whether values of a kind travel as text.
const fn is_text(kind: &FieldKind) -> bool {
    kind.is_scalar() && !matches!(kind, FieldKind::Integer(_) | FieldKind::Float | FieldKind::Bool)
}

fn unknown_value(kind: &FieldKind) -> Rule {
    match kind {
        FieldKind::Enum(spec) => Rule::Enum(spec.name.to_string()),
        kind => Rule::Kind { expected: kind.as_str(), found: "text" },
    }
}
