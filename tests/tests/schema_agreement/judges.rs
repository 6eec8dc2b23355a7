//! The two that must agree: the decoder and a validator of the exported schema.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use jsonschema::Validator;
use recension::versioning::{Registry, UnsaidRule, draft07};
use recension::wire::{Codec, Error, Limits};
use recension::{FieldKind, ObjectVersion, Rule, SchemaForm, SchemaOptions};
use serde_json::{Value as Json, json};

pub(crate) const PREFIX: &str = "versioned_object";

/// What is judged: a message, or the fields alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Form {
    Envelope,
    Data,
}

/// Reads a message into a typed object.
pub(crate) type Typed = fn(&Codec, &[u8]) -> Result<(), Error>;

pub(crate) struct Judges<'j> {
    registry: &'j Registry,
    object: &'j str,
    version: ObjectVersion,
    form: Form,
    validator: Validator,
    /// Of the same schema in draft-07.
    older: Validator,
    codec: Codec,
    /// The rules that are listed as unsaid, for this object and those in it.
    listed: BTreeSet<UnsaidRule>,
    met: RefCell<BTreeSet<UnsaidRule>>,
    compared: Cell<usize>,
    /// The reader of a typed object, which goes another way to the same verdict.
    pub(crate) typed: Option<Typed>,
}

impl<'j> Judges<'j> {
    pub(crate) fn new(registry: &'j Registry, object: &'j str, version: &str, form: Form) -> Self {
        let version: ObjectVersion = version.parse().unwrap();
        let described = match form {
            Form::Envelope => SchemaForm::envelope(PREFIX),
            Form::Data => SchemaForm::Data,
        };
        let schema = registry.schema(object, &version, &SchemaOptions::read(described)).unwrap();
        let validator = jsonschema::draft202012::new(schema.as_value()).unwrap();
        let older = jsonschema::draft7::new(&draft07(schema.as_value())).unwrap();
        // What bounds a message as a whole is no part of a schema.
        let codec = Codec::default().limits(Limits {
            map_keys: 10_000,
            list_items: 10_000,
            key_bytes: 10_000,
            text_bytes: 1 << 20,
            ..Limits::default()
        });
        let mut listed: BTreeSet<UnsaidRule> = registry.unsaid(object, &version).unwrap().into_iter().map(|unsaid| unsaid.rule).collect();
        for child in registry.manifest(object).unwrap().iter().map(|(name, _)| registry.lineage(name.as_str()).unwrap()) {
            for shape in child.shapes() {
                listed.extend(registry.unsaid(child.head().name.as_str(), &shape.version).unwrap().into_iter().map(|unsaid| unsaid.rule));
            }
        }
        if form == Form::Envelope {
            listed.insert(UnsaidRule::WholeNumber);
        }
        Self {
            registry,
            object,
            version,
            form,
            validator,
            older,
            codec,
            listed,
            met: RefCell::default(),
            compared: Cell::new(0),
            typed: None,
        }
    }

    /// The common verdict; the decoder's, where only it knows a rule.
    pub(crate) fn compare(&self, instance: &Json) -> bool {
        self.compared.set(self.compared.get() + 1);
        let (decoded, valid) = (self.decode(instance), self.validator.is_valid(instance));
        assert_eq!(self.older.is_valid(instance), valid, "draft-07 says otherwise of {}: {instance}", self.object);
        match decoded {
            Ok(()) if valid => {}
            Ok(()) => {
                let rounded = self.listed.contains(&UnsaidRule::FloatRounding) && holds_inexact(instance);
                assert!(rounded, "{} is taken by the decoder, not by the schema: {instance}", self.object);
                self.met.borrow_mut().insert(UnsaidRule::FloatRounding);
            }
            Err(ref error) if valid => {
                let rule = error.as_ref().and_then(|error| unsaid(error, instance));
                let rule = rule.filter(|rule| self.listed.contains(rule) || UnsaidRule::OF_MESSAGES.contains(rule));
                let Some(rule) = rule else {
                    panic!("{} is taken by the schema, not by the decoder, which says {error:?}: {instance}", self.object)
                };
                self.met.borrow_mut().insert(rule);
            }
            Err(_) => {}
        }
        decoded.is_ok()
    }

    /// The verdict of the decoder; no error where it read an object of another kind or version than is described.
    fn decode(&self, instance: &Json) -> Result<(), Option<Error>> {
        let message = match self.form {
            Form::Envelope => instance.clone(),
            Form::Data => self.wrapped(self.object, &self.version, instance),
        };
        let message = message.to_string();
        let record = self.codec.record_from_json(self.registry, message.as_bytes());
        if record.as_ref().is_ok_and(|record| record.spec().name != *self.object || record.spec().version != self.version) {
            return Err(None);
        }
        if let Some(typed) = self.typed {
            let typed = typed(&self.codec, message.as_bytes());
            assert_eq!(typed.as_ref().err(), record.as_ref().err(), "a typed {} and a record: {instance}", self.object);
        }
        record.map(|_| ()).map_err(Some)
    }

    /// The message of which these are the fields.
    fn wrapped(&self, object: &str, version: &ObjectVersion, data: &Json) -> Json {
        let lineage = self.registry.lineage(object).unwrap();
        let shape = lineage.shape(version).unwrap();
        let mut data = data.clone();
        for field in &shape.fields {
            let pin = lineage.pin(version, &field.name);
            if let Some(value) = data.as_object_mut().and_then(|data| data.get_mut(&*field.name)) {
                self.wrap_value(&field.kind, pin, value);
            }
        }
        json!({
            format!("{PREFIX}.name"): object,
            format!("{PREFIX}.namespace"): &*shape.namespace,
            format!("{PREFIX}.version"): version.to_string(),
            format!("{PREFIX}.data"): data,
        })
    }

    fn wrap_value(&self, kind: &FieldKind, pin: Option<&ObjectVersion>, value: &mut Json) {
        match (kind, &mut *value) {
            (FieldKind::Object(name), Json::Object(_)) => *value = self.wrapped_child(name.as_str(), pin, value),
            (FieldKind::Union(union), Json::Object(entries)) if entries.len() == 1 => {
                let (name, inner) = entries.iter().next().unwrap();
                if union.knows(&name.as_str().into()) && inner.is_object() {
                    *value = self.wrapped_child(&name.clone(), pin, &inner.clone());
                }
            }
            (FieldKind::List(element), Json::Array(items)) => items.iter_mut().for_each(|item| self.wrap_value(&element.kind, pin, item)),
            (FieldKind::Map(element), Json::Object(items)) => items.values_mut().for_each(|item| self.wrap_value(&element.kind, pin, item)),
            _ => {}
        }
    }

    fn wrapped_child(&self, name: &str, pin: Option<&ObjectVersion>, data: &Json) -> Json {
        let newest = &self.registry.lineage(name).unwrap().head().version;
        self.wrapped(name, pin.unwrap_or(newest), data)
    }

    /// What the decoder has against an instance, else the schema.
    pub(crate) fn refusal(&self, instance: &Json) -> String {
        match self.decode(instance) {
            Err(error) => format!("the decoder: {error:?}"),
            Ok(()) => format!("the schema: {:?}", self.validator.validate(instance).map_err(|error| error.to_string())),
        }
    }

    /// Every rule that is listed was broken, and only the schema did not see it. Else the list is too long.
    pub(crate) fn all_listed_were_met(&self) {
        assert_eq!(*self.met.borrow(), self.listed);
    }

    /// How many instances were compared.
    pub(crate) fn compared(&self) -> usize {
        self.compared.get()
    }
}

/// The rule behind an error, if it is one that JSON Schema cannot say. Where an error may mean a rule that can be
/// said as well, the instance tells.
fn unsaid(error: &Error, instance: &Json) -> Option<UnsaidRule> {
    let Error::Object(recension::Error::Invalid { rule, .. }) = error else {
        let revision = &instance[format!("{PREFIX}.revision")];
        return revision.is_f64().then_some(UnsaidRule::WholeNumber);
    };
    match rule {
        Rule::Bytes { .. } => Some(UnsaidRule::TextBytes),
        Rule::KeyBytes { .. } => Some(UnsaidRule::KeyBytes),
        Rule::Kind { expected: "integer", found: "number that is no whole number of 64 bits" } => Some(UnsaidRule::WholeNumber),
        Rule::Timestamp if instance.to_string().contains("\"0001-01-01T") || instance.to_string().contains("\"9999-12-31T") => {
            Some(UnsaidRule::UtcYear)
        }
        Rule::DurationRange { .. } => Some(UnsaidRule::DurationRange),
        Rule::Form(form) if form.contains("duration") && has_long_duration(instance) => Some(UnsaidRule::DurationRange),
        Rule::Twice => Some(UnsaidRule::SameItem),
        _ => None,
    }
}

/// Whether there is a whole number that no float is.
fn holds_inexact(instance: &Json) -> bool {
    match instance {
        Json::Number(number) => number.as_i64().is_some_and(|whole| whole as f64 as i64 != whole),
        Json::Array(items) => items.iter().any(holds_inexact),
        Json::Object(entries) => entries.values().any(holds_inexact),
        _ => false,
    }
}

/// Whether there is a duration past 64 bits of microseconds, in the right form.
fn has_long_duration(instance: &Json) -> bool {
    let text = instance.to_string();
    text.match_indices("PT").any(|(at, _)| {
        let seconds: String = text[at + 2..].chars().take_while(char::is_ascii_digit).collect();
        seconds.len() == 13 && *seconds >= *"9223372036854"
    })
}
