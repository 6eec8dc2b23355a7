//! JSON Schema (draft 2020-12) of every object at every version.

mod carry;
mod compare;
mod document;
mod draft07;
mod field;
mod outside;
mod pattern;
mod typed;
mod unsaid;

use std::borrow::Cow;

use recension_model::{Classes, ObjectVersion};
use schemars::Schema;

pub use self::compare::{
    CompareMode, Compared, Fault as SchemaFault, NotCompared, SchemaError, Side, Verdict, VersionSchemas, Witness, compare,
    compare_versions,
};
use self::document::Document;
pub use self::draft07::draft07;
pub use self::typed::BareData;
#[doc(hidden)]
pub use self::typed::typed_schema;
pub use self::unsaid::{Unsaid, UnsaidRule};
use crate::{Error, Manifest, Registry};

/// Which of the two parties a schema is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SchemaSide {
    /// Who gives an object, be it this program in a message or a client in a request: every field that has neither a default nor a null
    /// nor is filled by the service must be given, and no other field may be.
    Write,
    /// Who takes an object: what the decoder accepts as a [`Partial`](recension_model::Partial). Any field may
    /// be missing.
    Read,
}

/// What of an object a schema describes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SchemaForm {
    /// The message: an envelope that says name and version, and in it envelopes of the objects that the object
    /// holds.
    Envelope {
        /// What comes before the dot in the keys of the envelope.
        prefix: Cow<'static, str>,
        /// Whether there are `carry` and `revision`, as in the profile of the codec.
        extensions: bool,
    },
    /// The fields alone, and in them the fields of the objects that the object holds. Nothing says which versions
    /// these are: they are those that an object of this version is written with. A member of a union is a map
    /// with one entry, which has the name of the object (as serde writes an enum).
    Data,
}

impl SchemaForm {
    /// An envelope with the keys `<prefix>.name` and so on, `carry` and `revision` among them.
    pub fn envelope(prefix: impl Into<Cow<'static, str>>) -> Self {
        Self::Envelope { prefix: prefix.into(), extensions: true }
    }

    /// As the reference writes: an envelope without `carry` and `revision`.
    pub fn reference(prefix: impl Into<Cow<'static, str>>) -> Self {
        Self::Envelope { prefix: prefix.into(), extensions: false }
    }
}

/// What a schema is to describe.
///
/// ```
/// use recension_model::{Classes, Declaration, FieldClass, FieldKind, FieldSpec, ObjectSpec, Release};
/// use recension_versioning::{Registry, SchemaForm, SchemaOptions};
///
/// let head = ObjectSpec::new("Server", "demo", "1.0".parse()?)
///     .field(FieldSpec::new("name", FieldKind::Text).class(FieldClass::Public))
///     .field(FieldSpec::new("token", FieldKind::Text).nullable())
///     .build()?;
/// let releases = vec![Release::new("1.0".parse()?, "first version")];
/// let registry = Registry::builder().declaration(Declaration { head, releases }).build()?;
///
/// let options = SchemaOptions::write(SchemaForm::Data).disclosed(Classes::PUBLIC);
/// let schema = registry.schema("Server", &"1.0".parse()?, &options)?;
/// assert_eq!(schema.pointer("/$defs/Server-1.0-data/required/0").and_then(|name| name.as_str()), Some("name"));
/// assert!(schema.pointer("/$defs/Server-1.0-data/properties/token").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaOptions {
    /// For whom.
    pub side: SchemaSide,
    /// The message or the fields alone.
    pub form: SchemaForm,
    /// The classes of fields that a reader outside is shown, without the change set and our own keys; `None`
    /// for nodes of one service, which show each other everything.
    pub classes: Option<Classes>,
    /// The versions of the objects that the object holds, as a peer reads them; where it says nothing, they are
    /// what the object is pinned to, else their newest. In an envelope to be read, any known version may be met.
    pub manifest: Manifest,
    /// Whether what the version has not is passed over. Our own decoder refuses it.
    pub unknown_ignored: bool,
}

impl SchemaOptions {
    /// What is written: see [`SchemaSide::Write`].
    #[must_use]
    pub fn write(form: SchemaForm) -> Self {
        Self::of(SchemaSide::Write, form)
    }

    /// What is read: see [`SchemaSide::Read`].
    #[must_use]
    pub fn read(form: SchemaForm) -> Self {
        Self::of(SchemaSide::Read, form)
    }

    fn of(side: SchemaSide, form: SchemaForm) -> Self {
        Self { side, form, classes: None, manifest: Manifest::default(), unknown_ignored: false }
    }

    /// For a reader outside the service, who is shown fields of these classes only.
    #[must_use]
    pub fn disclosed(mut self, classes: Classes) -> Self {
        self.classes = Some(classes);
        self
    }

    /// For a peer that reads the objects in the object at these versions.
    #[must_use]
    pub fn manifest(mut self, manifest: Manifest) -> Self {
        self.manifest = manifest;
        self
    }

    /// For a reader who passes over what the version has not, and so can read what a later one added.
    #[must_use]
    pub fn ignoring_unknown(mut self) -> Self {
        self.unknown_ignored = true;
        self
    }
}

impl Registry {
    /// The JSON Schema (draft 2020-12) of one version of an object.
    ///
    /// The objects that it holds are in `$defs`, one definition for each object and version. A field carries its
    /// class as `x-class`, `deprecated` with a description from the version on that says so, `x-sensitive` where its text may have secrets in it, and `x-transitions` where its
    /// value may change in declared ways only; it is `readOnly` where it is filled by the service or stays as it
    /// was. What JSON Schema cannot say of a field is listed in `x-unsaid`: see [`UnsaidRule`].
    ///
    /// # Errors
    /// [`Error::UnknownObject`], and [`Error::Incompatible`] for a version that its history has not, or the
    /// history of an object in it that the manifest names.
    pub fn schema(&self, object: &str, version: &ObjectVersion, options: &SchemaOptions) -> Result<Schema, Error> {
        let lineage = self.lineage(object)?;
        let shape = lineage.shape(version)?;
        let mut document = Document::new(self, options, "#/$defs", serde_json::Map::new());
        let mut root = document.root(lineage, shape)?;
        root.insert("$schema".to_owned(), schemars::consts::meta_schemas::DRAFT2020_12.into());
        document.settle()?;
        let definitions = document.into_definitions();
        if !definitions.is_empty() {
            root.insert("$defs".to_owned(), definitions.into());
        }
        Ok(root.into())
    }
}
