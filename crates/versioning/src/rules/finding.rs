//! A place where a rule is broken.

use std::fmt::{self, Write};

use recension_model::{FieldSpec, ObjectVersion};
use sha2::{Digest, Sha256};

use super::{Checked, Direction, GateRule, catalogue, renamed};
use crate::LockedObject;
use crate::fingerprint::field_words;

/// A place where a rule is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule.
    pub rule: &'static GateRule,
    /// The object; empty where it is about the file.
    pub object: String,
    /// The older of two versions.
    pub from: Option<String>,
    /// The version, or the newer of two.
    pub version: Option<String>,
    /// The number and the name of the field.
    pub field: Option<(u32, String)>,
    /// What of the field or of the object: a value of an enum, a method, a law.
    pub part: Option<String>,
    /// Who would be harmed.
    pub direction: Direction,
    /// What is there, in a sentence. Names and limits, never a value.
    pub says: String,
    /// The last day on which it is one, `YYYY-MM-DD`, where that is said.
    pub ends: Option<String>,
    /// What is found, as it was and as it is.
    shapes: [Option<String>; 2],
}

impl Finding {
    pub(super) fn new(id: &str, object: &LockedObject, says: impl Into<String>) -> Option<Self> {
        Self::of_file(id, object.declaration.head.name.as_str(), says)
    }

    /// A finding that is about a file, perhaps of one object.
    pub(super) fn of_file(id: &str, object: &str, says: impl Into<String>) -> Option<Self> {
        let rule = catalogue::rule(id)?;
        let object = object.to_owned();
        Some(Self {
            rule,
            object,
            from: None,
            version: None,
            field: None,
            part: None,
            direction: rule.direction,
            says: says.into(),
            ends: None,
            shapes: [None, None],
        })
    }

    pub(super) fn at(mut self, version: impl fmt::Display) -> Self {
        self.version = Some(version.to_string());
        self
    }

    pub(super) fn between(mut self, older: &ObjectVersion, newer: &ObjectVersion) -> Self {
        self.from = Some(older.to_string());
        self.at(newer)
    }

    /// Who would be harmed, where the rule leaves it open.
    #[cfg(feature = "schema")]
    pub(super) const fn going(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// About a part of the field or the object.
    pub(super) fn part(mut self, part: impl Into<String>) -> Self {
        self.part = Some(part.into());
        self
    }

    /// About the field that is called `name` in the finding's version, or in the newest.
    pub(super) fn of_field(mut self, object: &LockedObject, name: &str) -> Self {
        let mut later = name.to_owned();
        let version = self.version.as_deref().and_then(|version| version.parse::<ObjectVersion>().ok());
        let releases = object.declaration.releases.iter();
        for release in releases.filter(|release| version.as_ref().is_some_and(|version| release.version > *version)) {
            later = renamed(&release.ops, &later);
        }
        let gone = || object.numbers.gone().find(|gone| gone.name == later).map(|gone| gone.number);
        let number = object.numbers.of_field(&later).or_else(gone);
        self.field = Some((number.unwrap_or_default(), name.to_owned()));
        self
    }

    /// What is found, as fields.
    pub(super) fn shaped(self, older: Option<&FieldSpec>, newer: Option<&FieldSpec>) -> Self {
        self.told_by(older.map(field_words), newer.map(field_words))
    }

    /// What is found, as it was and as it is.
    pub(super) fn told_by(mut self, older: Option<String>, newer: Option<String>) -> Self {
        self.shapes = [older, newer];
        self
    }

    /// Whether nothing says yet what is found.
    pub(super) fn is_unshaped(&self) -> bool {
        self.shapes == [None, None]
    }

    /// What is found, where the rule did not say it: the field in the finding's version, or the shapes of the object in its
    /// versions.
    pub(super) fn shape_of(&mut self, checked: &Checked<'_>) {
        let now = checked.now;
        let print = |object: &LockedObject, version: Option<&String>| {
            let releases = object.declaration.releases.iter();
            let mut prints = releases.zip(&object.fingerprints);
            match version {
                Some(version) => prints.find(|(release, _)| release.version.to_string() == *version).map(|(_, print)| print.clone()),
                None => prints.next_back().map(|(_, print)| print.clone()),
            }
        };
        let field = self.field.as_ref().and_then(|(_, name)| {
            let version = self.version.as_deref().and_then(|version| version.parse().ok());
            let shape = match (&checked.lineage, version) {
                (Some(lineage), Some(version)) => lineage.shape(&version).ok()?,
                _ => &now.declaration.head,
            };
            shape.fields.get(shape.index_of(name)?).map(field_words)
        });
        self.shapes = match (field, &self.from) {
            (Some(field), _) => [None, Some(field)],
            (None, None) => [checked.before.and_then(|before| print(before, self.version.as_ref())), print(now, self.version.as_ref())],
            (None, from) => [print(now, from.as_ref()), print(now, self.version.as_ref())],
        };
    }

    /// Where it is, by numbers that stay: `#4`, `#4.paused`, or the part alone; empty for the object as a whole.
    #[must_use]
    pub fn path(&self) -> String {
        let number = self.field.as_ref().map(|(number, _)| format!("#{number}"));
        number.into_iter().chain(self.part.clone()).collect::<Vec<_>>().join(".")
    }

    /// What the finding is known by, whatever the field is called and however it is told: a digest of rule, object, path,
    /// direction, and what is there as it was and as it is.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let [older, newer] = &self.shapes;
        let told = format!("{}\n{}\n{}\n{older:?}\n{newer:?}\n{}", self.rule.id, self.object, self.path(), self.direction.as_str());
        let digest = Sha256::digest(told.as_bytes());
        digest.iter().take(8).fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

impl fmt::Display for Finding {
    /// The id, the place and what is there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, object, version, field, says, .. } = self;
        write!(f, "{}: `{object}", rule.id)?;
        if let Some((_, name)) = field {
            write!(f, ".{name}")?;
        }
        f.write_str("`")?;
        if let Some(version) = version {
            write!(f, " {version}")?;
        }
        write!(f, ": {says}")
    }
}
