//! Text that must not be seen.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// A value that `Debug`, logs and default wire forms never show, wiped from memory when dropped.
///
/// It has no `==`: compare with [`same`](Secret::same), which takes the same time wherever two texts
/// first differ.
///
/// ```
/// use recension_model::Secret;
/// let token = Secret::from("s3cr3t");
/// assert_eq!(format!("{token:?}"), "<secret>");
/// assert_eq!(token.expose(), "s3cr3t");
/// assert!(token.same(&Secret::from("s3cr3t")));
/// ```
#[derive(Clone)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Hides `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for the one place that has a reason to see it.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl Secret<String> {
    /// Whether two secrets are equal, in time that depends on their lengths only.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl From<String> for Secret<String> {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl From<&str> for Secret<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}
