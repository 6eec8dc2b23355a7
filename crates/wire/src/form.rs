//! Who is to read a message.

use std::borrow::Cow;

use recension_model::Classes;
use recension_versioning::Manifest;

/// Who is to read a message. Named at each call; there is no default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A node of the same service: every field, the change set, and what our own keys hold.
    Trusted,
    /// Anyone else: fields of these classes only. All others are unset, so the reader gets a partial object.
    Disclosed(Classes),
}

impl Form {
    /// For a reader that knows the object at `version`, such as `"1.1"`.
    pub fn at<'t>(self, version: impl Into<Cow<'t, str>>) -> Target<'t> {
        Target { version: Some(version.into()), ..self.into() }
    }

    /// For a peer that reads the objects of `manifest` at the versions it names, and all others at their newest.
    #[must_use]
    pub fn manifest(self, manifest: &Manifest) -> Target<'_> {
        Target { manifest: Cow::Borrowed(manifest), ..self.into() }
    }
}

/// A form, and the versions it is written at.
#[derive(Clone, Debug)]
pub struct Target<'t> {
    pub(crate) form: Form,
    pub(crate) version: Option<Cow<'t, str>>,
    pub(crate) manifest: Cow<'t, Manifest>,
}

impl<'t> Target<'t> {
    /// The versions of objects within the object, and of the object itself unless [`Form::at`] says otherwise.
    #[must_use]
    pub fn manifest(mut self, manifest: &'t Manifest) -> Self {
        self.manifest = Cow::Borrowed(manifest);
        self
    }
}

impl From<Form> for Target<'_> {
    fn from(form: Form) -> Self {
        Self { form, version: None, manifest: Cow::Owned(Manifest::default()) }
    }
}
