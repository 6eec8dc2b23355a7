//! Who may see a field.

use std::fmt;

/// Who may see the values of a field. A field that declares none is [`Secret`](Self::Secret), unless its
/// object declares a default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldClass {
    /// Anyone; shown by `Debug` and in logs.
    Public,
    /// People who run the service.
    Internal,
    /// The person it is about, and those who work for them.
    Personal,
    /// Nobody without a reason of their own. Never logged, never carried in an envelope.
    #[default]
    Secret,
}

impl FieldClass {
    /// All classes, the most open first.
    pub const ALL: [Self; 4] = [Self::Public, Self::Internal, Self::Personal, Self::Secret];

    /// The word used in a declaration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Personal => "personal",
            Self::Secret => "secret",
        }
    }
}

impl fmt::Display for FieldClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of field classes: what a reader is shown.
///
/// ```
/// use recension_model::{Classes, FieldClass};
/// let shown = Classes::PUBLIC.and(FieldClass::Personal);
/// assert!(shown.contains(FieldClass::Personal) && !shown.contains(FieldClass::Secret));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classes(u8);

impl Classes {
    /// No class at all.
    pub const NONE: Self = Self(0);
    /// Public fields only.
    pub const PUBLIC: Self = Self::NONE.and(FieldClass::Public);
    /// Every class: what nodes of one service show each other.
    pub const ALL: Self = Self::PUBLIC.and(FieldClass::Internal).and(FieldClass::Personal).and(FieldClass::Secret);

    /// These classes and one more.
    #[must_use]
    pub const fn and(self, class: FieldClass) -> Self {
        Self(self.0 | 1 << class as u8)
    }

    /// Whether fields of `class` are shown.
    #[must_use]
    pub const fn contains(self, class: FieldClass) -> bool {
        self.0 & 1 << class as u8 != 0
    }
}
