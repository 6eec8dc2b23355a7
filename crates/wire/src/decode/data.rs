//! The fields of an object.

use std::fmt;

use recension_model::{EnumValue, FieldKind, FieldSet, FieldSpec, ObjectSpec, Record, Rule, Secret, Slot, Timestamp, Value};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use uuid::Uuid;

use super::envelope::Text;
use super::{Decoder, Raw, shown};
use crate::Error;
use crate::error::Malformation;

impl Decoder<'_> {
    /// Reads `data` into a record of its version.
    pub(super) fn data(&self, data: Raw<'_>, record: &mut Record) -> Result<(), Error> {
        self.parse_map("data", data.get(), DataSeed { decoder: self, record })
    }

    /// The checked state of a field, the objects in it read.
    pub(super) fn resolve(&self, spec: &ObjectSpec, field: &FieldSpec, read: Read<'_>) -> Result<Slot, Error> {
        let invalid = |rule| recension_model::Error::Invalid { object: spec.name.clone(), field: field.name.to_string(), rule };
        let slot = match read {
            Read::Slot(slot) => slot,
            Read::Refused(rule) => return Err(invalid(rule).into()),
            Read::Object(raw) => self.child(spec, &field.name, raw)?.into(),
            Read::List(raws) => {
                let limit = field.limits.items();
                if raws.len() > limit as usize {
                    return Err(invalid(Rule::Items { limit, found: raws.len() }).into());
                }
                let items = raws.into_iter().enumerate().map(|(item, raw)| self.child(spec, &format!("{}[{item}]", field.name), raw));
                items.collect::<Result<Vec<_>, _>>()?.into()
            }
        };
        Ok(field.admit(slot).map_err(invalid)?)
    }

    /// An object inside `spec`, at `path`.
    fn child(&self, spec: &ObjectSpec, path: &str, raw: Raw<'_>) -> Result<Record, Error> {
        if !raw.get().starts_with('{') {
            let rule = Rule::Kind { expected: "object", found: "other JSON" };
            return Err(recension_model::Error::Invalid { object: spec.name.clone(), field: path.to_owned(), rule }.into());
        }
        let decoded = self.object(raw.get()).map_err(|error| error.within(&spec.name, path))?;
        // Only the outermost object stands for a row.
        if decoded.revision.is_some() {
            return Err(Malformation::UnknownKey(format!("{}.revision", self.profile.prefix)).into());
        }
        Ok(decoded.record)
    }
}

struct DataSeed<'d, 'r, 's> {
    decoder: &'d Decoder<'r>,
    record: &'s mut Record,
}

impl<'j> DeserializeSeed<'j> for DataSeed<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'j>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'j> Visitor<'j> for DataSeed<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fields of an object")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { decoder, record } = self;
        let spec = record.spec().clone();
        let mut seen = FieldSet::EMPTY;
        // Fields mostly come in declared order, so the next one is tried first.
        let mut guess = 0;
        while let Some(Text(key)) = map.next_key()? {
            let is_key = |(_, field): &(usize, &FieldSpec)| *field.name == *key;
            let guessed = spec.fields.get(guess).map(|field| (guess, field)).filter(is_key);
            let Some((index, field)) = guessed.or_else(|| spec.fields.iter().enumerate().find(is_key)) else {
                return Err(decoder.fail(spec.unknown_field(&key)));
            };
            if seen.contains(index) {
                return Err(decoder.fail(Malformation::DuplicateKey(shown(&key))));
            }
            seen.insert(index);
            guess = index + 1;
            let read = map.next_value_seed(FieldSeed(field))?;
            let slot = decoder.resolve(&spec, field, read).map_err(|error| decoder.fail(error))?;
            record.fill(index, slot).map_err(|error| decoder.fail(error))?;
        }
        Ok(())
    }
}

/// What was read of a field.
pub(super) enum Read<'j> {
    Slot(Slot),
    Object(Raw<'j>),
    List(Vec<Raw<'j>>),
    Refused(Rule),
}

/// Reads one field: a state that its kind allows, without coercion.
pub(super) struct FieldSeed<'f>(pub(super) &'f FieldSpec);

impl<'j> DeserializeSeed<'j> for FieldSeed<'_> {
    type Value = Read<'j>;

    fn deserialize<D: Deserializer<'j>>(self, json: D) -> Result<Read<'j>, D::Error> {
        if !matches!(self.0.kind, FieldKind::Object(_)) {
            return json.deserialize_any(FieldVisitor { field: self.0 });
        }
        let raw: Raw<'j> = serde::Deserialize::deserialize(json)?;
        Ok(if raw.get() == "null" { Read::Slot(Slot::Null) } else { Read::Object(raw) })
    }
}

/// Reads a value of the field's kind and of no other: no number is taken from a text, no truth from a
/// number.
struct FieldVisitor<'f> {
    field: &'f FieldSpec,
}

impl FieldVisitor<'_> {
    fn refuse<'j>(&self, found: &'static str) -> Read<'j> {
        Read::Refused(Rule::Kind { expected: self.field.kind.as_str(), found })
    }

    fn integer<'j>(&self, number: i128) -> Read<'j> {
        match self.field.kind {
            FieldKind::Integer(_) => Read::Slot(Value::Integer(number).into()),
            _ => self.refuse("number"),
        }
    }

    fn text<'j>(&self, text: &str) -> Read<'j> {
        let value = match &self.field.kind {
            FieldKind::Text => self.field.check_text(text).map(|()| Value::Secret(Secret::from(text))),
            FieldKind::Enum(spec) if spec.knows(text) => Ok(Value::Enum(EnumValue::Known(text.into()))),
            FieldKind::Enum(spec) => Err(Rule::Enum(spec.name.to_string())),
            FieldKind::Uuid => uuid(text),
            FieldKind::Timestamp => Timestamp::parse(text).map(Value::Timestamp),
            _ => return self.refuse("text"),
        };
        value.map_or_else(Read::Refused, |value| Read::Slot(value.into()))
    }
}

/// Only the hyphenated form: the others mean the same, but would not come back as they were.
fn uuid(text: &str) -> Result<Value, Rule> {
    let hyphenated = text.len() == uuid::fmt::Hyphenated::LENGTH;
    Uuid::try_parse(text).ok().filter(|_| hyphenated).map(Value::Uuid).ok_or(Rule::Uuid)
}

impl<'j> Visitor<'j> for FieldVisitor<'_> {
    type Value = Read<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field.kind.as_str())
    }

    fn visit_unit<E>(self) -> Result<Read<'j>, E> {
        Ok(Read::Slot(Slot::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Read<'j>, E> {
        Ok(match self.field.kind {
            FieldKind::Bool => Read::Slot(value.into()),
            _ => self.refuse("bool"),
        })
    }

    fn visit_i64<E>(self, number: i64) -> Result<Read<'j>, E> {
        Ok(self.integer(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Read<'j>, E> {
        Ok(self.integer(number.into()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Read<'j>, E> {
        Ok(self.refuse("number that is no whole number of 64 bits"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Read<'j>, E> {
        Ok(self.text(text))
    }

    fn visit_seq<A: SeqAccess<'j>>(self, mut seq: A) -> Result<Read<'j>, A::Error> {
        let list = matches!(self.field.kind, FieldKind::ListOfObjects(_));
        let mut raws = Vec::new();
        while let Some(raw) = seq.next_element::<Raw<'j>>()? {
            if list {
                raws.push(raw);
            }
        }
        Ok(if list { Read::List(raws) } else { self.refuse("array") })
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Read<'j>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(self.refuse("map"))
    }
}
