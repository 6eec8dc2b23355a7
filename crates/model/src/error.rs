//! What can be wrong with an object.

use crate::{Duration, Finite, IntegerWidth, ObjectName, ObjectVersion, Pattern};

/// The rule that a value breaks. It names kinds, lengths and limits, never the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rule {
    /// The value is of another kind.
    #[error("expected {expected}, found {found}")]
    Kind {
        /// What the field holds.
        expected: &'static str,
        /// What was given.
        found: &'static str,
    },
    /// The field is not nullable.
    #[error("must not be null")]
    NotNull,
    /// The text has too many characters.
    #[error("has {found} characters, at most {limit} are allowed")]
    Chars {
        /// Characters allowed.
        limit: u32,
        /// Characters given.
        found: usize,
    },
    /// The text has too many bytes.
    #[error("has {found} bytes of UTF-8, at most {limit} are allowed")]
    Bytes {
        /// Bytes allowed.
        limit: u32,
        /// Bytes given.
        found: usize,
    },
    /// The text has a NUL character.
    #[error("must not contain a NUL character")]
    Nul,
    /// The integer is outside the declared range.
    #[error("must be between {min} and {max}")]
    Range {
        /// Smallest value allowed.
        min: i128,
        /// Largest value allowed.
        max: i128,
    },
    /// The duration is outside the declared range.
    #[error("must be between {min} and {max}")]
    DurationRange {
        /// Shortest duration allowed.
        min: Duration,
        /// Longest duration allowed.
        max: Duration,
    },
    /// The float is outside the declared range.
    #[error("must be between {min} and {max}")]
    FloatRange {
        /// Smallest value allowed.
        min: Finite,
        /// Largest value allowed.
        max: Finite,
    },
    /// The number is infinite, or none.
    #[error("is no finite number")]
    NotFinite,
    /// The decimal number has too many digits.
    #[error("must have at most {whole} digits before the point and {scale} behind it")]
    Digits {
        /// Digits allowed before the point.
        whole: u8,
        /// Digits allowed behind the point.
        scale: u8,
    },
    /// The text does not look as it must.
    #[error("does not match `{}`", .0.as_str())]
    Pattern(Pattern),
    /// The integer does not fit the declared width.
    #[error("does not fit {}", .0.as_str())]
    Width(IntegerWidth),
    /// The text is no value of the enum.
    #[error("is no value of `{0}`")]
    Enum(String),
    /// A stored text that is no value of the enum must not be written or sent.
    #[error("holds a value of `{0}` that this release does not know")]
    UnknownEnum(String),
    /// The text is no UUID in hyphenated form.
    #[error("is no hyphenated UUID")]
    Uuid,
    /// The text is no timestamp with zone.
    #[error("is no RFC 3339 timestamp with zone and at most microseconds")]
    Timestamp,
    /// The text has not the form that values of the kind have.
    #[error("is no {0}")]
    Form(&'static str),
    /// The list has too many items.
    #[error("has {found} items, at most {limit} are allowed")]
    Items {
        /// Items allowed.
        limit: u32,
        /// Items given.
        found: usize,
    },
    /// The object is of another kind.
    #[error("must be a `{expected}`, found a `{found}`")]
    Object {
        /// The object that the field holds.
        expected: ObjectName,
        /// The object given.
        found: ObjectName,
    },
    /// The object is none of those that the union has.
    #[error("must be an object of `{0}`")]
    Union(String),
    /// An item of a list breaks a rule.
    #[error("item {0} {1}")]
    Item(usize, Box<Rule>),
    /// An item of a set or a map breaks a rule; which one it is would be a value.
    #[error("has an item that {0}")]
    Entry(Box<Rule>),
    /// A name in a map is too long.
    #[error("has a name of {found} bytes of UTF-8, at most {limit} are allowed")]
    KeyBytes {
        /// Bytes allowed.
        limit: u32,
        /// Bytes given.
        found: usize,
    },
    /// A name in a map has a NUL character.
    #[error("has a name with a NUL character")]
    KeyNul,
    /// A set has an item more than once.
    #[error("has an item more than once")]
    Twice,
    /// The state machine does not allow the change.
    #[error("must not change so: `{0}` does not allow it")]
    Transition(String),
    /// The object in the field does not fit its own specification.
    #[error("holds an object that does not fit: {0}")]
    Child(Box<Error>),
    /// The field is filled by the service.
    #[error("is set by the service and cannot be given")]
    ServerSet,
    /// The field cannot change once the object exists.
    #[error("cannot change once the object exists")]
    ReadOnly,
    /// A field that must be given was not.
    #[error("is not set")]
    Missing,
    /// The field is secret, and the object is kept at a version that has not the field: a secret is not carried.
    #[error("is a secret that version {0} cannot hold, and a secret is not carried")]
    Withheld(crate::ObjectVersion),
}

/// What can be wrong with an object or its specification. Messages name objects, fields, versions and
/// rules, never a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value breaks a rule of its field.
    #[error("field `{field}` of `{object}` {rule}")]
    Invalid {
        /// The object.
        object: ObjectName,
        /// The field, with a path into nested objects such as `events[3].host`.
        field: String,
        /// The rule it breaks.
        rule: Rule,
    },
    /// The object has no such field at that version.
    #[error("unknown field `{field}` of `{object}` {version}")]
    UnknownField {
        /// The object.
        object: ObjectName,
        /// Its version.
        version: ObjectVersion,
        /// The name that was asked for, shortened and escaped. Of a message whose name no version has, its place in that, as `data[2]` or
        /// `changes[0]`.
        field: String,
    },
    /// Fields of a complete object are not set.
    #[error("`{object}` is not complete: {} not set", quoted(.missing))]
    Incomplete {
        /// The object.
        object: ObjectName,
        /// The missing fields, with paths into nested objects.
        missing: Vec<String>,
    },
    /// A pattern that is none, or that does not mean the same to every reader.
    #[error("the pattern is malformed, or uses what does not mean the same to every reader")]
    Pattern,
    /// Text that is no version.
    #[error("a version is one to three numbers of at most five digits joined by dots")]
    MalformedVersion,
    /// Text that is no list of objects with the version of each.
    #[error("a list of versions names each object once, as `Name=1.3`")]
    MalformedManifest,
    /// The specification has more fields than an object may have.
    #[error("`{object}` has {found} fields, at most {} are allowed", crate::FIELDS_MAX)]
    TooManyFields {
        /// The object.
        object: ObjectName,
        /// How many were declared.
        found: usize,
    },
    /// Two fields of the specification share a name.
    #[error("`{object}` declares field `{field}` twice")]
    DuplicateField {
        /// The object.
        object: ObjectName,
        /// The name declared twice.
        field: String,
    },
    /// The record is of another object or version than was asked for.
    #[error("expected `{expected}`, found `{found}`")]
    OtherObject {
        /// The object and version expected.
        expected: String,
        /// The object and version found.
        found: String,
    },
}

impl Error {
    /// The error for a value at `path` that breaks a rule; an item at fault is named by its place.
    #[must_use]
    pub fn invalid(object: &ObjectName, path: String, rule: Rule) -> Self {
        let (mut field, mut rule) = (path, rule);
        loop {
            let inner = match rule {
                Rule::Item(index, inner) => {
                    field.push_str(&format!("[{index}]"));
                    inner
                }
                Rule::Entry(inner) => {
                    field.push_str("[*]");
                    inner
                }
                rule => return Self::Invalid { object: object.clone(), field, rule },
            };
            rule = *inner;
        }
    }

    /// The same error, seen from an object that holds the failing one at `path`, such as `events[3]`.
    #[must_use]
    pub fn within(self, object: &ObjectName, path: &str) -> Self {
        match self {
            Self::Invalid { field, rule, .. } => Self::Invalid { object: object.clone(), field: join_path(path, &field), rule },
            Self::Incomplete { missing, .. } => {
                Self::Incomplete { object: object.clone(), missing: missing.iter().map(|inner| join_path(path, inner)).collect() }
            }
            other => other,
        }
    }
}

/// A path into a nested object: `events` and `[3].host` give `events[3].host`.
pub(crate) fn join_path(outer: &str, inner: &str) -> String {
    let dot = if inner.starts_with('[') { "" } else { "." };
    format!("{outer}{dot}{inner}")
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
