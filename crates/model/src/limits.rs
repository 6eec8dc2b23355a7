//! How large the value of a field may be.

use std::fmt;

use crate::scalar::DECIMAL_DIGITS_MAX;
use crate::{Pattern, Rule};

/// How large the value of a field may be, and what it must look like. The same on the wire, in a draft and on
/// every database.
///
/// A text that declares nothing may have 255 characters in 1,020 bytes; one that declares characters may
/// have four bytes for each. A string of bytes that declares nothing may have 1,020 of them, a list, set or
/// map 1,000 items, a name in a map 128 bytes, and a decimal number 38 digits of which 18 are behind the point.
///
/// Of a list, set or map `max_items` (and `max_key_bytes`) bound itself, and all other limits its items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Characters (Unicode scalar values) of a text.
    pub max_chars: Option<u32>,
    /// Bytes of a text in UTF-8, or of a string of bytes.
    pub max_bytes: Option<u32>,
    /// What a text must look like.
    pub pattern: Option<Pattern>,
    /// Smallest integer (the width bounds it as well), or smallest duration in microseconds.
    pub min: Option<i128>,
    /// Largest integer (the width bounds it as well), or largest duration in microseconds.
    pub max: Option<i128>,
    /// Smallest float.
    pub min_float: Option<Finite>,
    /// Largest float.
    pub max_float: Option<Finite>,
    /// Digits of a decimal number, before and behind the point together.
    pub digits: Option<u8>,
    /// Digits of a decimal number behind the point.
    pub scale: Option<u8>,
    /// Items of a list, set or map.
    pub max_items: Option<u32>,
    /// Bytes of a name in a map, in UTF-8.
    pub max_key_bytes: Option<u32>,
}

/// Characters of a text that declares no limit (security rule 7.6).
const CHARS_DEFAULT: u32 = 255;
/// Items of a list that declares no limit (security rule 7.6).
const ITEMS_DEFAULT: u32 = 1_000;
/// Bytes of a name in a map that declares no limit (security rule 7.6).
const KEY_BYTES_DEFAULT: u32 = 128;
/// Digits behind the point of a decimal number that declares none.
const SCALE_DEFAULT: u8 = 18;
/// Bytes of UTF-8 that a character needs at most.
const BYTES_PER_CHAR: u32 = 4;

impl Limits {
    /// Characters a text may have, if they are bounded.
    #[must_use]
    pub const fn chars(&self) -> Option<u32> {
        match (self.max_chars, self.max_bytes) {
            (None, None) => Some(CHARS_DEFAULT),
            (chars, _) => chars,
        }
    }

    /// Bytes a text or a string of bytes may have.
    #[must_use]
    pub const fn bytes(&self) -> u32 {
        match (self.max_chars, self.max_bytes) {
            (_, Some(bytes)) => bytes,
            (Some(chars), None) => chars.saturating_mul(BYTES_PER_CHAR),
            (None, None) => CHARS_DEFAULT * BYTES_PER_CHAR,
        }
    }

    /// Items a list, set or map may have.
    #[must_use]
    pub const fn items(&self) -> u32 {
        match self.max_items {
            Some(items) => items,
            None => ITEMS_DEFAULT,
        }
    }

    /// Bytes a name in a map may have.
    #[must_use]
    pub const fn key_bytes(&self) -> u32 {
        match self.max_key_bytes {
            Some(bytes) => bytes,
            None => KEY_BYTES_DEFAULT,
        }
    }

    /// The same without what may become narrower between two releases: for values that were right when they were stored.
    /// Digits behind the point stay, which a decimal number needs to say how many it may have before it.
    #[doc(hidden)]
    #[must_use]
    pub fn of_stored(&self) -> Self {
        Self {
            max_chars: Some(u32::MAX),
            max_bytes: Some(u32::MAX),
            max_items: Some(u32::MAX),
            max_key_bytes: Some(u32::MAX),
            digits: Some(DECIMAL_DIGITS_MAX),
            scale: self.scale,
            ..Self::default()
        }
    }

    /// Digits a decimal number may have before the point, and behind it: as SQL reads `DECIMAL(digits, scale)`.
    #[must_use]
    pub fn decimal(&self) -> (u8, u8) {
        let digits = self.digits.unwrap_or(DECIMAL_DIGITS_MAX).min(DECIMAL_DIGITS_MAX);
        let scale = self.scale.unwrap_or(SCALE_DEFAULT).min(digits);
        (digits - scale, scale)
    }
}

/// A number of 64 bits that is neither infinite nor "not a number", and no negative zero: so that it can be
/// compared.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub struct Finite(f64);

impl Finite {
    /// The number itself.
    ///
    /// # Errors
    /// [`Rule::NotFinite`] for an infinite number, and for what is no number.
    pub fn new(number: f64) -> Result<Self, Rule> {
        // Adding zero makes the negative zero positive, and changes no other number.
        if number.is_finite() { Ok(Self(number + 0.0)) } else { Err(Rule::NotFinite) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl Eq for Finite {}

impl fmt::Display for Finite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Finite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
