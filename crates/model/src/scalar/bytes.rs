//! A string of bytes.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::Rule;

/// A string of bytes. As text it is base64 with padding (RFC 4648 §4), and only the one spelling that an
/// encoder writes is read.
///
/// Keys and digests are bytes more often than not, so every string of bytes is handled as if it were secret:
/// `Debug` shows its length only, it is compared in constant time and wiped from memory when dropped.
///
/// ```
/// use recension_model::Bytes;
/// let bytes: Bytes = "AAH/".parse()?;
/// assert_eq!(bytes.as_slice(), [0, 1, 255]);
/// assert_eq!(format!("{bytes:?}"), "<3 bytes>");
/// assert!("AAH".parse::<Bytes>().is_err());
/// # Ok::<(), recension_model::Rule>(())
/// ```
#[derive(Clone, Default)]
pub struct Bytes(Vec<u8>);

impl Bytes {
    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes as base64.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(&self.0)
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl<const N: usize> From<[u8; N]> for Bytes {
    fn from(bytes: [u8; N]) -> Self {
        Self(bytes.to_vec())
    }
}

impl FromStr for Bytes {
    type Err = Rule;

    /// # Errors
    /// [`Rule::Form`] unless the text is base64 as an encoder writes it.
    fn from_str(text: &str) -> Result<Self, Rule> {
        STANDARD.decode(text).map(Self).map_err(|_| Rule::Form("base64 text with padding"))
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl PartialEq for Bytes {
    /// In time that depends on the lengths only.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Bytes {}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} bytes>", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s15_only_one_spelling_is_read() {
        for text in ["A", "AA", "AA=", "AB==", "AA==\n", "AA ==", "-_8=", "AA======", "=", "aé=="] {
            assert_eq!(text.parse::<Bytes>(), Err(Rule::Form("base64 text with padding")), "{text:?}");
        }
        for bytes in [&b""[..], b"a", b"ab", b"abc", &[0, 255, 128, 7]] {
            let bytes = Bytes::from(bytes);
            assert_eq!(bytes.to_base64().parse(), Ok(bytes));
        }
    }
}
