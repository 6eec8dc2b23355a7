//! One document: the root and its definitions, one for each object and version.

use recension_model::{FieldSpec, ObjectName, ObjectSpec, ObjectVersion};
use serde_json::{Map, Value as Json, json};

use super::{SchemaForm, SchemaOptions, SchemaSide};
use crate::{Error, Lineage, Registry};

/// Keywords and their values.
pub(super) type Keywords = Map<String, Json>;

/// A document while it is made.
pub(super) struct Document<'s> {
    pub(super) registry: &'s Registry,
    pub(super) options: &'s SchemaOptions,
    /// Where definitions will be, as a reference names the place.
    place: &'s str,
    definitions: Keywords,
    /// Definitions that something refers to and that are not made yet. Objects may be in each other without an end, so each is made
    /// after what refers to it, and not inside.
    waiting: Vec<(String, Wanted<'s>)>,
}

/// What a definition is of.
#[derive(Clone, Copy)]
enum Wanted<'s> {
    Envelope(&'s Lineage, &'s ObjectSpec, &'s str, bool),
    Data(&'s Lineage, &'s ObjectSpec),
    AnyVersion(&'s Lineage),
}

/// What comes after the name in the name of the definition for all versions of an object.
const ANY_VERSION: &str = "any";

impl<'s> Document<'s> {
    /// A document whose definitions come after those that are there.
    pub(super) const fn new(registry: &'s Registry, options: &'s SchemaOptions, place: &'s str, definitions: Keywords) -> Self {
        Self { registry, options, place, definitions, waiting: Vec::new() }
    }

    /// Makes what is referred to.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        while let Some((name, wanted)) = self.waiting.pop() {
            let made = match wanted {
                Wanted::AnyVersion(lineage) => self.any_version(lineage),
                Wanted::Data(lineage, shape) => self.data(lineage, shape)?,
                Wanted::Envelope(lineage, shape, prefix, extensions) => self.envelope(lineage, shape, prefix, extensions)?,
            };
            self.definitions.insert(name, made.into());
        }
        Ok(())
    }

    pub(super) fn into_definitions(self) -> Keywords {
        self.definitions
    }

    /// The outermost object.
    pub(super) fn root(&mut self, lineage: &'s Lineage, shape: &'s ObjectSpec) -> Result<Keywords, Error> {
        // Only the outermost object stands for a row, and so only its envelope has a revision.
        match &self.options.form {
            SchemaForm::Envelope { prefix, extensions: true } if self.options.classes.is_none() => {
                let mut envelope = self.envelope(lineage, shape, prefix, true)?;
                let revision = json!({"type": "integer", "minimum": 0, "maximum": u64::MAX});
                if let Some(Json::Object(properties)) = envelope.get_mut("properties") {
                    properties.insert(format!("{prefix}.revision"), revision);
                }
                Ok(envelope)
            }
            _ => Ok(self.at(lineage, shape)),
        }
    }

    /// An object as a type of its own: at its newest version to be written, at any to be read from an envelope.
    pub(super) fn of_type(&mut self, lineage: &'s Lineage) -> Result<Keywords, Error> {
        let versions = if self.reads_envelopes() { lineage.shapes() } else { std::slice::from_ref(lineage.head()) };
        let versions = versions.iter().map(|shape| self.root(lineage, shape).map(Json::Object));
        Ok(keywords([("oneOf", versions.collect::<Result<Vec<_>, _>>()?.into())]))
    }

    /// Whether an object may be of any known version: its envelope says of which.
    fn reads_envelopes(&self) -> bool {
        self.options.side == SchemaSide::Read && matches!(self.options.form, SchemaForm::Envelope { .. })
    }

    /// An object of which any known version will do.
    fn any_version(&mut self, lineage: &'s Lineage) -> Keywords {
        let versions = lineage.shapes().iter().map(|shape| Json::Object(self.at(lineage, shape)));
        keywords([("oneOf", versions.collect())])
    }

    /// An object in a field of an object, which pins it or does not.
    pub(super) fn child(&mut self, name: &ObjectName, pin: Option<&ObjectVersion>) -> Result<Keywords, Error> {
        let lineage = self.registry.lineage(name.as_str())?;
        if self.reads_envelopes() {
            return Ok(self.define(format!("{name}-{ANY_VERSION}"), Wanted::AnyVersion(lineage)));
        }
        let named = self.options.manifest.version(name.as_str());
        let version = pin.into_iter().chain(named).min().unwrap_or(&lineage.head().version);
        Ok(self.at(lineage, lineage.shape(version)?))
    }

    /// An object of one version, by reference.
    fn at(&mut self, lineage: &'s Lineage, shape: &'s ObjectSpec) -> Keywords {
        let name = format!("{}-{}", shape.name, shape.version);
        match &self.options.form {
            SchemaForm::Envelope { prefix, extensions } => self.define(name, Wanted::Envelope(lineage, shape, prefix, *extensions)),
            // Both may stand in one document of a user's own.
            SchemaForm::Data => self.define(format!("{name}-data"), Wanted::Data(lineage, shape)),
        }
    }

    /// An object of one version among the definitions.
    pub(super) fn component(&mut self, lineage: &'s Lineage, shape: &'s ObjectSpec) {
        self.at(lineage, shape);
    }

    /// A reference to a definition, which is made later unless it is there or will be.
    fn define(&mut self, name: String, wanted: Wanted<'s>) -> Keywords {
        let reference = keywords([("$ref", format!("{}/{}", self.place, fragment(&name)).into())]);
        if !self.definitions.contains_key(&name) {
            self.definitions.insert(name.clone(), Json::Bool(false));
            self.waiting.push((name, wanted));
        }
        reference
    }

    /// The envelope of an object, without a revision.
    fn envelope(&mut self, lineage: &Lineage, shape: &ObjectSpec, prefix: &str, extensions: bool) -> Result<Keywords, Error> {
        let key = |key: &str| format!("{prefix}.{key}");
        let mut properties = Keywords::new();
        let (name, namespace) = shape.called();
        properties.insert(key("name"), json!({"const": name.as_str()}));
        properties.insert(key("namespace"), json!({"const": namespace}));
        properties.insert(key("version"), self.version(&shape.version));
        properties.insert(key("data"), self.data(lineage, shape)?.into());
        if self.options.classes.is_none() {
            let fields: Vec<&str> = shape.fields.iter().map(|field| &*field.name).collect();
            properties.insert(key("changes"), self.names(&fields));
            if extensions {
                properties.insert(key("carry"), self.carry(lineage, shape)?.into());
            }
        }
        let required = ["name", "namespace", "version", "data"].map(key);
        let mut envelope = keywords([("title", title(shape)), ("type", "object".into()), ("required", required.to_vec().into())]);
        envelope.insert("properties".to_owned(), properties.into());
        self.close(&mut envelope);
        Ok(envelope)
    }

    /// The version of an envelope. It is written in one way; to be read, parts that are zero may be left out.
    fn version(&self, version: &ObjectVersion) -> Json {
        match self.options.side {
            SchemaSide::Write => json!({"const": version.to_string()}),
            SchemaSide::Read => json!({"enum": spellings(version)}),
        }
    }

    /// Names of changed fields, out of these.
    pub(super) fn names(&self, fields: &[&str]) -> Json {
        let mut names = keywords([("type", "array".into())]);
        if fields.is_empty() {
            names.insert("maxItems".to_owned(), 0.into());
        } else {
            names.insert("items".to_owned(), json!({"enum": fields}));
        }
        if self.options.side == SchemaSide::Write {
            names.insert("uniqueItems".to_owned(), true.into());
        }
        names.into()
    }

    /// The fields of an object.
    fn data(&mut self, lineage: &Lineage, shape: &ObjectSpec) -> Result<Keywords, Error> {
        let classes = self.options.classes;
        let shown = |field: &&FieldSpec| classes.is_none_or(|classes| classes.contains(field.class));
        let mut data = keywords([("type", "object".into())]);
        if self.options.form == SchemaForm::Data {
            data.insert("title".to_owned(), title(shape));
        }
        let mut properties = Keywords::new();
        for field in shape.fields.iter().filter(shown) {
            let pin = lineage.pin(&shape.version, &field.name);
            let mut schema = self.field(field, pin)?;
            if let Some(deprecation) = field.deprecated.as_ref().filter(|deprecation| deprecation.since <= shape.version) {
                schema.insert("deprecated".to_owned(), true.into());
                schema.insert("description".to_owned(), deprecation.to_string().into());
            }
            properties.insert(field.name.to_string(), schema.into());
        }
        data.insert("properties".to_owned(), properties.into());
        if self.options.side == SchemaSide::Write {
            let required: Vec<&str> =
                shape.fields.iter().filter(shown).filter(|field| must_be_given(field)).map(|field| &*field.name).collect();
            data.insert("required".to_owned(), required.into());
        }
        self.close(&mut data);
        Ok(data)
    }

    /// Says of a map that it has no other entries, if that is so.
    pub(super) fn close(&self, map: &mut Keywords) {
        if !self.options.unknown_ignored {
            map.insert("additionalProperties".to_owned(), false.into());
        }
    }
}

/// Whether an object is not whole without the field, and only who gives the object can give it.
fn must_be_given(field: &FieldSpec) -> bool {
    !field.nullable && !field.server_set && !field.default.is_set()
}

fn title(shape: &ObjectSpec) -> Json {
    format!("{} {}", shape.name, shape.version).into()
}

pub(super) fn keywords<const N: usize>(pairs: [(&str, Json); N]) -> Keywords {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// All texts that are read as this version, the longest first.
pub(super) fn spellings(version: &ObjectVersion) -> Vec<String> {
    let (major, minor, patch) = (version.major(), version.minor(), version.patch());
    let mut texts = vec![format!("{major}.{minor}.{patch}")];
    if patch == 0 {
        texts.push(format!("{major}.{minor}"));
        if minor == 0 {
            texts.push(major.to_string());
        }
    }
    texts
}

/// A name as part of a reference: a JSON pointer in the fragment of a URI.
fn fragment(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'~' => text.push_str("~0"),
            b'/' => text.push_str("~1"),
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' | b'_' => text.push(char::from(byte)),
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
