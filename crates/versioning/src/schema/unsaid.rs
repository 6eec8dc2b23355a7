//! What JSON Schema cannot say.

use std::fmt;
use std::sync::Arc;

use recension_model::{FieldKind, FieldSpec, Limits, ObjectVersion};

use crate::{Error, Registry};

/// A rule of our decoder that JSON Schema cannot say: a message that breaks it alone is refused, though it keeps
/// to the schema. (With one exception, [`FloatRounding`](Self::FloatRounding).)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum UnsaidRule {
    /// No key may stand twice in a map, and no hop twice in a carry.
    RepeatedKey,
    /// A message is bounded as a whole: its bytes, its depth, the objects and hops in it, and the size of any
    /// array, map, key or text.
    MessageLimits,
    /// A text is bounded in bytes of UTF-8, and JSON Schema counts characters.
    TextBytes,
    /// The names in a map are bounded in bytes of UTF-8, and JSON Schema counts characters.
    KeyBytes,
    /// A whole number has neither point nor exponent: `1.0` is refused. To JSON Schema both are one number.
    WholeNumber,
    /// A whole number in the place of a float is rounded before it is compared with a bound past 2^53. The other
    /// way round, so: one just past the bound is taken, though it does not keep to the schema.
    FloatRounding,
    /// A timestamp lies within the years 1 to 9999 in UTC as well.
    UtcYear,
    /// A duration lies within its bounds, and within 64 bits of microseconds.
    DurationRange,
    /// A set has each item once, and here two texts may mean the same: `1.5` and `1.50`.
    SameItem,
}

impl UnsaidRule {
    /// The rules that hold for every message, whatever the object. (The whole number is its revision.)
    pub const OF_MESSAGES: [Self; 3] = [Self::RepeatedKey, Self::MessageLimits, Self::WholeNumber];

    /// The rule in a word, as `x-unsaid` has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RepeatedKey => "repeated-key",
            Self::MessageLimits => "message-limits",
            Self::TextBytes => "text-bytes",
            Self::KeyBytes => "key-bytes",
            Self::WholeNumber => "whole-number",
            Self::FloatRounding => "float-rounding",
            Self::UtcYear => "utc-year",
            Self::DurationRange => "duration-range",
            Self::SameItem => "same-item",
        }
    }
}

impl fmt::Display for UnsaidRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A rule of one field that JSON Schema cannot say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unsaid {
    /// The field.
    pub field: Arc<str>,
    /// The rule.
    pub rule: UnsaidRule,
}

impl Registry {
    /// What the schema of one version of an object cannot say, field by field. The objects that it holds are to
    /// be asked for theirs; [`UnsaidRule::OF_MESSAGES`] comes on top.
    ///
    /// # Errors
    /// [`Error::UnknownObject`] and [`Error::Incompatible`].
    pub fn unsaid(&self, object: &str, version: &ObjectVersion) -> Result<Vec<Unsaid>, Error> {
        let shape = self.lineage(object)?.shape(version)?;
        let rules = shape.fields.iter().flat_map(|field| of_field(field).map(|rule| Unsaid { field: field.name.clone(), rule }));
        Ok(rules.collect())
    }
}

/// What cannot be said of a field, and of the items in it.
pub(super) fn of_field(field: &FieldSpec) -> impl Iterator<Item = UnsaidRule> + use<> {
    let kind = &field.kind;
    let element = kind.element().map(|element| &element.kind);
    let same_item = matches!(kind, FieldKind::Set(_)) && element.is_some_and(has_spellings);
    let of_map = matches!(kind, FieldKind::Map(_)).then_some(UnsaidRule::KeyBytes);
    of_scalar(element.unwrap_or(kind), &field.limits).into_iter().chain(of_map).chain(same_item.then_some(UnsaidRule::SameItem))
}

fn of_scalar(kind: &FieldKind, limits: &Limits) -> Option<UnsaidRule> {
    /// From here on not every whole number is a float.
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    let is_inexact = |bound: Option<recension_model::Finite>| bound.is_some_and(|bound| bound.get().abs() >= EXACT_MAX);
    match kind {
        FieldKind::Text => {
            let within = limits.chars().is_some_and(|chars| u64::from(chars) * 4 <= u64::from(limits.bytes()));
            (!within).then_some(UnsaidRule::TextBytes)
        }
        FieldKind::Integer(_) => Some(UnsaidRule::WholeNumber),
        FieldKind::Float if is_inexact(limits.min_float) || is_inexact(limits.max_float) => Some(UnsaidRule::FloatRounding),
        FieldKind::Timestamp => Some(UnsaidRule::UtcYear),
        FieldKind::Duration => Some(UnsaidRule::DurationRange),
        _ => None,
    }
}

/// Whether two texts may be one value of the kind.
const fn has_spellings(kind: &FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Decimal
            | FieldKind::Uuid
            | FieldKind::Timestamp
            | FieldKind::Duration
            | FieldKind::IpAddress(_)
            | FieldKind::IpNetwork(_)
    )
}
