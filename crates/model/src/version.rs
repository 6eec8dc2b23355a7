//! The version of an object's shape.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::Error;

/// The version of an object's shape: one to three parts, such as `1.4`.
///
/// Missing parts count as zero, so `1` and `1.0` are equal and order alike; how many were written is
/// remembered and printed again. Order is numeric: `1.9 < 1.10`.
///
/// ```
/// use recension_model::ObjectVersion;
/// let version: ObjectVersion = "1.10".parse()?;
/// assert!(version > "1.9.7".parse()?);
/// assert_eq!(version, "1.10.0".parse()?);
/// assert_eq!(version.to_string(), "1.10");
/// assert!("1.x".parse::<ObjectVersion>().is_err());
/// # Ok::<(), recension_model::Error>(())
/// ```
#[derive(Clone)]
pub struct ObjectVersion {
    version: semver::Version,
    parts: u8,
}

/// Digits that one part may have (security rule 7.6 for untrusted input).
const PART_DIGITS_MAX: usize = 5;

impl ObjectVersion {
    /// A version written with two parts.
    #[must_use]
    pub const fn new(major: u64, minor: u64) -> Self {
        Self { version: semver::Version::new(major, minor, 0), parts: 2 }
    }

    /// A version written with as many parts as are given, of which the derive has checked that they are one to three.
    pub(crate) fn declared(parts: &[u64]) -> Self {
        let part = |index| parts.get(index).copied().unwrap_or_default();
        let written = u8::try_from(parts.len()).unwrap_or(u8::MAX);
        Self { version: semver::Version::new(part(0), part(1), part(2)), parts: written.clamp(1, 3) }
    }

    /// The first part: another one means an incompatible shape.
    #[must_use]
    pub const fn major(&self) -> u64 {
        self.version.major
    }

    /// The second part; zero when it was not written.
    #[must_use]
    pub const fn minor(&self) -> u64 {
        self.version.minor
    }

    /// The third part; zero when it was not written.
    #[must_use]
    pub const fn patch(&self) -> u64 {
        self.version.patch
    }

    /// How many parts were written, one to three.
    #[must_use]
    pub const fn parts(&self) -> u8 {
        self.parts
    }
}

impl FromStr for ObjectVersion {
    type Err = Error;

    /// # Errors
    /// [`Error::MalformedVersion`] unless the text is one to three decimal numbers of at most five
    /// digits, without leading zeros, joined by dots.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut numbers = [0_u64; 3];
        let mut parts = 0_u8;
        for part in text.split('.') {
            let canonical = part.len() == 1 || !part.starts_with('0');
            let digits = !part.is_empty() && part.len() <= PART_DIGITS_MAX && part.bytes().all(|byte| byte.is_ascii_digit());
            let slot = numbers.get_mut(usize::from(parts)).filter(|_| canonical && digits);
            let (Some(slot), Ok(number)) = (slot, part.parse()) else {
                return Err(Error::MalformedVersion);
            };
            *slot = number;
            parts += 1;
        }
        let [major, minor, patch] = numbers;
        Ok(Self { version: semver::Version::new(major, minor, patch), parts })
    }
}

impl fmt::Display for ObjectVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let semver::Version { major, minor, patch, .. } = &self.version;
        match self.parts {
            1 => write!(f, "{major}"),
            2 => write!(f, "{major}.{minor}"),
            _ => write!(f, "{major}.{minor}.{patch}"),
        }
    }
}

impl fmt::Debug for ObjectVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for ObjectVersion {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

impl Eq for ObjectVersion {}

impl PartialOrd for ObjectVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ObjectVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        self.version.cmp(&other.version)
    }
}

impl Hash for ObjectVersion {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.version.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn s20_malformed_versions_are_refused() {
        for text in ["", ".", "1.", ".1", "1..2", "1.2.3.4", "01.2", "1.02", "v1", "1.2-rc1", " 1.2", "1.2 ", "+1", "123456", "1.١"] {
            assert!(text.parse::<ObjectVersion>().is_err(), "{text:?} was accepted");
        }
    }

    proptest! {
        #[test]
        fn s20_order_is_numeric_and_total(a in [0_u64..2000, 0..2000, 0..2000], b in [0_u64..2000, 0..2000, 0..2000]) {
            let text = |[x, y, z]: [u64; 3]| format!("{x}.{y}.{z}");
            let (left, right): (ObjectVersion, ObjectVersion) = (text(a).parse().unwrap(), text(b).parse().unwrap());
            prop_assert_eq!(left.cmp(&right), a.cmp(&b));
            prop_assert_eq!(left == right, a == b);
            prop_assert_eq!(left.to_string(), text(a));
        }
    }
}
