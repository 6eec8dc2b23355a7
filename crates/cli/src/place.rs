//! Where an object, a version or a field stands in a lock file.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

/// As much of a lock file as has a place; all else is passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Places {
    object: Vec<ObjectPlace>,
}

#[derive(Debug, Deserialize)]
struct ObjectPlace {
    name: Spanned<String>,
    #[serde(default)]
    field: Vec<FieldPlace>,
    #[serde(default)]
    tombstone: Vec<FieldPlace>,
    #[serde(default)]
    version: Vec<VersionPlace>,
}

#[derive(Debug, Deserialize)]
struct FieldPlace {
    name: Spanned<String>,
}

#[derive(Debug, Deserialize)]
struct VersionPlace {
    version: Spanned<String>,
}

impl Places {
    pub(crate) fn of(text: &str) -> Self {
        toml::from_str(text).unwrap_or_default()
    }

    /// The most exact place that the file has: the version, else the field, else the object.
    pub(crate) fn find(&self, object: &str, version: Option<&str>, field: Option<&str>) -> Option<Range<usize>> {
        self.object.iter().find(|place| place.name.get_ref() == object)?.find(version, field)
    }

    /// The same of what a history has once too often: it is the last that is too much.
    pub(crate) fn last(&self, object: &str, version: Option<&str>, field: Option<&str>) -> Option<Range<usize>> {
        self.object.iter().rfind(|place| place.name.get_ref() == object)?.find(version, field)
    }
}

impl ObjectPlace {
    fn find(&self, version: Option<&str>, field: Option<&str>) -> Option<Range<usize>> {
        let object = self;
        let version = version.and_then(|version| object.version.iter().rfind(|place| place.version.get_ref() == version));
        let fields = || object.field.iter().chain(&object.tombstone);
        let field = field.and_then(|field| fields().find(|place| place.name.get_ref() == field));
        let span = version.map(|place| place.version.span()).or_else(|| field.map(|place| place.name.span()));
        Some(span.unwrap_or_else(|| object.name.span()))
    }
}

/// The line of a place, counted from one.
pub(crate) fn line(text: &str, place: &Range<usize>) -> usize {
    text.get(..place.start).unwrap_or(text).bytes().filter(|byte| *byte == b'\n').count() + 1
}
