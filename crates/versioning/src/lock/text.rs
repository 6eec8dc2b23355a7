//! The lock file as it is written: names of keys, their order, and nothing of what they mean.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::error::{LockError, LockFault};
use super::literal::LiteralText;
use super::place;

/// Bytes of a file past which it is not read: no service has so many objects.
pub(super) const BYTES_MAX: usize = 64 << 20;

/// The file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileText {
    pub(super) format: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) object: Vec<ObjectText>,
}

/// An object. What is a value stands above what is a table, as TOML wants it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ObjectText {
    pub(super) namespace: String,
    pub(super) name: Spanned<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) field: Vec<Spanned<FieldText>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tombstone: Vec<TombstoneText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) version: Vec<VersionText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) allow: Vec<Spanned<AllowText>>,
}

/// What an object is now, without its history.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NowText {
    pub(super) namespace: String,
    pub(super) name: Spanned<String>,
    #[serde(default)]
    pub(super) field: Vec<Spanned<FieldText>>,
    #[serde(default)]
    pub(super) tombstone: Vec<TombstoneText>,
}

/// A field, of the newest shape or as it was. What is not said is as a field is by default.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldText {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) number: Option<u32>,
    pub(super) name: String,
    /// As `text`, `list<object>` or `map<i64?>`: what a `?` stands behind may be null.
    #[serde(rename = "type")]
    pub(super) ty: String,
    pub(super) class: String,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) read_only: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) server_set: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) sensitive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_chars: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_bytes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pattern: Option<String>,
    /// Numbers in text: those of TOML have 64 bits and a sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min_float: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_float: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) digits: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scale: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_items: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_key_bytes: Option<u32>,
    /// The name of the enum or union.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) of: Option<String>,
    /// The values of the enum, or the objects that it holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) values: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default: Option<LiteralText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deprecated: Option<DeprecationText>,
    /// The states that may follow each state.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) followers: BTreeMap<String, Vec<String>>,
}

/// That a field will go.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeprecationText {
    pub(super) since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<String>,
    pub(super) reason: String,
}

/// A field that is gone. Its number and its name are not given again.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TombstoneText {
    pub(super) number: u32,
    pub(super) name: Spanned<String>,
    pub(super) removed: String,
}

/// A version.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VersionText {
    pub(super) version: Spanned<String>,
    pub(super) why: String,
    pub(super) fingerprint: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) op: Vec<Spanned<OpText>>,
}

/// An op, with a digest of what its functions do where it has any.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum OpText {
    Add {
        field: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old_default: Option<LiteralText>,
    },
    Remove {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fallback: Option<LiteralText>,
        field: FieldText,
    },
    Rename {
        from: String,
        to: String,
    },
    Retype {
        up: String,
        down: String,
        digest: String,
        field: FieldText,
    },
    Require {
        field: String,
        fill: LiteralText,
    },
    Relax {
        field: String,
        fallback: LiteralText,
    },
    Widen {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fallback: Option<LiteralText>,
        field: FieldText,
    },
    Constrain {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fallback: Option<LiteralText>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fill: Option<LiteralText>,
        field: FieldText,
    },
    EnumAdd {
        field: String,
        value: String,
        shown_as: String,
    },
    EnumRemove {
        field: String,
        value: String,
        becomes: String,
    },
    EnumRename {
        field: String,
        from: String,
        to: String,
    },
    MapValues {
        /// Pairs of an older value and the newer one.
        table: Vec<(LiteralText, LiteralText)>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fallback: Option<LiteralText>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fill: Option<LiteralText>,
        field: FieldText,
    },
    Scale {
        by: String,
        rounding: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fallback: Option<LiteralText>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fill: Option<LiteralText>,
        field: FieldText,
    },
    Listify {
        pick: String,
        others: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fallback: Option<LiteralText>,
        field: FieldText,
    },
    KeyBy {
        key: String,
        field: FieldText,
    },
    Unkey {
        key: String,
        field: FieldText,
    },
    Each {
        field: String,
        item: Box<OpText>,
    },
    Within {
        field: String,
        entry: Box<OpText>,
    },
    Nest {
        into: String,
        at: String,
        fields: Vec<FieldText>,
    },
    Flatten {
        into: Vec<String>,
        at: String,
        field: FieldText,
    },
    Split {
        into: Vec<String>,
        up: String,
        down: String,
        digest: String,
        field: FieldText,
    },
    Merge {
        into: String,
        up: String,
        down: String,
        digest: String,
        fields: Vec<FieldText>,
    },
    Custom {
        name: String,
        into: Vec<String>,
        up: String,
        down: String,
        digest: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        loss: Option<String>,
        fields: Vec<FieldText>,
    },
    RenameObject {
        from: String,
        namespace: String,
    },
    Child {
        field: String,
        from: String,
        to: String,
    },
    Behaviour {
        name: String,
    },
    Method {
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        change: Option<MethodWord>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arg: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default: Option<LiteralText>,
    },
}

/// What happened to a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum MethodWord {
    Added,
    Removed,
    ArgAdded,
    ArgRemoved,
}

/// An approval.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AllowText {
    pub(super) rule: String,
    pub(super) finding: String,
    pub(super) reason: String,
    pub(super) until: String,
}

/// The format alone, of a file whose other parts may have words that are not known yet.
#[derive(Deserialize)]
struct FormatText {
    format: Spanned<u32>,
}

impl FileText {
    pub(super) fn read(text: &str) -> Result<Self, LockError> {
        if text.len() > BYTES_MAX {
            // The line that goes too far.
            let last = text.floor_char_boundary(BYTES_MAX);
            return Err(LockError::new(LockFault::TooLarge { max: BYTES_MAX }).at(text, last..last));
        }
        let FormatText { format } = typed(text)?;
        let (found, span) = (*format.get_ref(), format.span());
        if found == 0 || found > super::FORMAT {
            return Err(LockError::new(LockFault::Format { found, known: super::FORMAT }).at(text, span));
        }
        typed(text)
    }

    pub(super) fn written(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }
}

/// As much of a file as a type takes.
fn typed<T: DeserializeOwned>(text: &str) -> Result<T, LockError> {
    // What is wrong with text that is no TOML is told in words of the parser, which has no others.
    let syntax =
        |error: toml::de::Error| LockError::new(LockFault::Toml(error.message().to_owned())).at(text, error.span().unwrap_or_default());
    let file = toml::Deserializer::parse(text).map_err(syntax)?;
    T::deserialize(file).map_err(|error| place::misfit(text, &error))
}

/// A part that stands nowhere yet.
pub(super) fn unplaced<T>(part: T) -> Spanned<T> {
    Spanned::new(0..0, part)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_false(value: &bool) -> bool {
    !*value
}
