//! Writing within limits.

use recension_model::{EnumValue, FieldKind, FieldSpec, Item, ObjectSpec, Rule, Timestamp, Value};
use recension_versioning::Manifest;
use uuid::Uuid;

use crate::scan::{Exceeded, at_most, scan_json};
use crate::sink::{Ready, Sink};
use crate::{Error, Form, Limit, Limits, Profile};

/// Writes the pieces of one message: each is checked against the limits, so that nothing is written which the
/// same codec would refuse to read.
#[derive(Debug)]
pub struct Writer<'w, S> {
    pub(crate) sink: S,
    pub(crate) profile: &'w Profile,
    pub(crate) limits: &'w Limits,
    pub(crate) form: Form,
    pub(crate) manifest: &'w Manifest,
    /// How many objects were begun.
    objects: usize,
    /// How many maps and lists are open.
    depth: usize,
}

impl<'w, S: Sink> Writer<'w, S> {
    pub(crate) const fn new(sink: S, profile: &'w Profile, limits: &'w Limits, form: Form, manifest: &'w Manifest) -> Self {
        Self { sink, profile, limits, form, manifest, objects: 0, depth: 0 }
    }

    /// Whether the reader is a node of the same service.
    #[inline]
    pub(crate) fn is_trusted(&self) -> bool {
        self.form == Form::Trusted
    }

    /// Counts an object, and checks the hops to its newest version.
    #[inline]
    pub(crate) fn begin_object(&mut self, hops: usize) -> Result<(), Exceeded> {
        self.objects += 1;
        at_most(self.objects, Limit::Objects, self.limits.objects)?;
        at_most(hops, Limit::Hops, self.limits.hops)
    }

    #[inline]
    fn open(&mut self) -> Result<(), Exceeded> {
        self.depth += 1;
        at_most(self.depth, Limit::Depth, self.limits.depth)
    }

    #[inline]
    pub(crate) fn begin_map(&mut self, len: usize) -> Result<(), Exceeded> {
        self.open()?;
        at_most(len, Limit::MapKeys, self.limits.map_keys)?;
        self.sink.begin_map(len);
        Ok(())
    }

    #[inline]
    pub(crate) fn end_map(&mut self) {
        self.depth -= 1;
        self.sink.end_map();
    }

    #[inline]
    pub(crate) fn begin_list(&mut self, len: usize) -> Result<(), Exceeded> {
        self.open()?;
        at_most(len, Limit::ListItems, self.limits.list_items)?;
        self.sink.begin_list(len);
        Ok(())
    }

    #[inline]
    pub(crate) fn end_list(&mut self) {
        self.depth -= 1;
        self.sink.end_list();
    }

    /// A key that was made ready.
    #[inline]
    pub(crate) fn ready(&mut self, key: &Ready) -> Result<(), Exceeded> {
        at_most(key.len(), Limit::KeyBytes, self.limits.key_bytes)?;
        self.sink.ready_key(key);
        Ok(())
    }

    /// A text that was made ready.
    #[inline]
    pub(crate) fn ready_text(&mut self, text: &Ready) -> Result<(), Exceeded> {
        at_most(text.len(), Limit::TextBytes, self.limits.text_bytes)?;
        self.sink.ready_text(text);
        Ok(())
    }

    pub(crate) fn key(&mut self, key: &str) -> Result<(), Exceeded> {
        at_most(key.len(), Limit::KeyBytes, self.limits.key_bytes)?;
        self.sink.key(key);
        Ok(())
    }

    #[inline]
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Exceeded> {
        at_most(text.len(), Limit::TextBytes, self.limits.text_bytes)?;
        self.sink.text(text);
        Ok(())
    }

    /// A text that must have no NUL in it; whether it had none.
    #[inline]
    pub(crate) fn text_without_nul(&mut self, text: &str) -> Result<bool, Exceeded> {
        at_most(text.len(), Limit::TextBytes, self.limits.text_bytes)?;
        Ok(self.sink.text_without_nul(text))
    }

    #[inline]
    pub(crate) fn signed(&mut self, number: i64) {
        match u64::try_from(number) {
            Ok(number) => self.sink.unsigned(number),
            Err(_) => self.sink.signed(number),
        }
    }

    #[inline]
    pub(crate) fn unsigned(&mut self, number: u64) {
        self.sink.unsigned(number);
    }

    /// A text of printable ASCII characters without quotes and backslashes.
    #[inline]
    pub(crate) fn plain(&mut self, text: &[u8]) -> Result<(), Exceeded> {
        at_most(text.len(), Limit::TextBytes, self.limits.text_bytes)?;
        self.sink.plain(text);
        Ok(())
    }

    pub(crate) fn bytes(&mut self, bytes: &recension_model::Bytes) -> Result<(), Exceeded> {
        // As base64, whatever the format: so that all formats take the same messages.
        at_most(bytes.len().div_ceil(3) * 4, Limit::TextBytes, self.limits.text_bytes)?;
        self.sink.bytes(bytes);
        Ok(())
    }

    #[inline]
    pub(crate) fn integer(&mut self, number: i128) {
        match (u64::try_from(number), i64::try_from(number)) {
            (Ok(number), _) => self.sink.unsigned(number),
            (_, Ok(number)) => self.sink.signed(number),
            // No width reaches further, and every value was checked for its width.
            _ => self.sink.null(),
        }
    }

    #[inline]
    pub(crate) fn timestamp(&mut self, time: &Timestamp) -> Result<(), Exceeded> {
        let mut buffer = [0; Timestamp::TEXT_BYTES_MAX];
        let text = time.write(self.profile.time_digits, &mut buffer);
        self.plain(text)
    }

    #[inline]
    pub(crate) fn uuid(&mut self, value: &Uuid) -> Result<(), Exceeded> {
        self.plain(value.hyphenated().encode_lower(&mut [0; 36]).as_bytes())
    }

    /// A value that is no object, list, set or map, and no unknown value of an enum; `false` for one that is.
    pub(crate) fn scalar(&mut self, value: &Value) -> Result<bool, Exceeded> {
        match value {
            Value::Integer(number) => self.integer(*number),
            Value::Float(number) => self.sink.float(*number + 0.0),
            Value::Bool(value) => self.sink.bool(*value),
            Value::Text(text) => self.text(text)?,
            Value::Secret(text) => self.text(text.expose())?,
            Value::Bytes(bytes) => self.bytes(bytes)?,
            Value::Enum(EnumValue::Known(text)) => self.text(text)?,
            Value::Enum(EnumValue::Unknown(_)) => return Ok(false),
            Value::Uuid(value) => self.uuid(value)?,
            Value::Timestamp(time) => self.timestamp(time)?,
            value => match value.to_text() {
                Some(text) => self.text(&text)?,
                None => return Ok(false),
            },
        }
        Ok(true)
    }

    /// A piece that nobody here has read.
    pub(crate) fn opaque(&mut self, json: &str) -> Result<(), Error> {
        scan_json(json.as_bytes(), self.limits, self.depth)?;
        // What was read in one format can be said in the other, but for whole numbers past 64 bits.
        if self.sink.opaque(json) { Ok(()) } else { Err(crate::Malformation::Opaque.into()) }
    }

    pub(crate) fn names<'n>(&mut self, len: usize, names: impl Iterator<Item = &'n str>) -> Result<(), Error> {
        self.begin_list(len)?;
        for name in names {
            self.sink.item();
            self.text(name)?;
        }
        self.end_list();
        Ok(())
    }

    /// The message, if it is not too large.
    pub(crate) fn finish(self) -> Result<S, Error> {
        at_most(self.sink.written(), Limit::MessageBytes, self.limits.message_bytes)?;
        Ok(self.sink)
    }
}

/// Where a value stands, for errors.
#[derive(Clone, Copy)]
pub(crate) struct Place<'p> {
    pub(crate) spec: &'p ObjectSpec,
    pub(crate) field: &'p FieldSpec,
}

impl Place<'_> {
    pub(crate) fn invalid(self, rule: Rule) -> Error {
        recension_model::Error::invalid(&self.spec.name, self.field.name.to_string(), rule).into()
    }

    /// The error for a value that breaks a rule, at that step into the field.
    pub(crate) fn invalid_at(self, step: Step, rule: Rule) -> Error {
        self.invalid(match step {
            Step::Field => rule,
            Step::Item(index) => Rule::Item(index, Box::new(rule)),
            Step::Entry => Rule::Entry(Box::new(rule)),
        })
    }

    pub(crate) fn within(self, error: Error, step: Step) -> Error {
        let name = &self.field.name;
        let path = match step {
            Step::Field => name.to_string(),
            Step::Item(index) => format!("{name}[{index}]"),
            Step::Entry => format!("{name}[*]"),
        };
        error.within(&self.spec.name, &path)
    }
}

/// Where in its field a value stands.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    /// It is the field's own.
    Field,
    /// In a list, at this place.
    Item(usize),
    /// In a set or a map, where its place or its name would be a value.
    Entry,
}

/// The rule that a stored enum value breaks which this release does not know.
pub(crate) fn unknown_enum(kind: &FieldKind) -> Rule {
    match kind {
        FieldKind::Enum(spec) => Rule::UnknownEnum(spec.name.to_string()),
        kind => kind.element().map_or(Rule::Kind { expected: kind.as_str(), found: "enum" }, |element| unknown_enum(&element.kind)),
    }
}

/// Whether a value has an enum value in it that this release does not know.
pub(crate) fn holds_unknown(value: &Value) -> bool {
    let item = |item: &Item| item.as_ref().is_some_and(holds_unknown);
    match value {
        Value::Enum(EnumValue::Unknown(_)) => true,
        Value::List(items) => items.iter().any(item),
        Value::Map(items) => items.values().any(item),
        _ => false,
    }
}
