//! How large the value of a field may be.

/// How large the value of a field may be. The same on the wire, in a draft and on every database.
///
/// A text that declares nothing may have 255 characters in 1,020 bytes; one that declares characters may
/// have four bytes for each. A list that declares nothing may have 1,000 items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Characters (Unicode scalar values) of a text.
    pub max_chars: Option<u32>,
    /// Bytes of a text in UTF-8.
    pub max_bytes: Option<u32>,
    /// Smallest integer; the width bounds it as well.
    pub min: Option<i128>,
    /// Largest integer; the width bounds it as well.
    pub max: Option<i128>,
    /// Items of a list.
    pub max_items: Option<u32>,
}

/// Characters of a text that declares no limit (security rule 7.6).
const CHARS_DEFAULT: u32 = 255;
/// Items of a list that declares no limit (security rule 7.6).
const ITEMS_DEFAULT: u32 = 1_000;
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

    /// Bytes a text may have.
    #[must_use]
    pub const fn bytes(&self) -> u32 {
        match (self.max_chars, self.max_bytes) {
            (_, Some(bytes)) => bytes,
            (Some(chars), None) => chars.saturating_mul(BYTES_PER_CHAR),
            (None, None) => CHARS_DEFAULT * BYTES_PER_CHAR,
        }
    }

    /// Items a list may have.
    #[must_use]
    pub const fn items(&self) -> u32 {
        match self.max_items {
            Some(items) => items,
            None => ITEMS_DEFAULT,
        }
    }
}
