//! Patterns of texts.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use regex_lite::Regex;

use crate::Error;

/// What a text must look like: a regular expression that is found somewhere in it. Anchor it with `^` and
/// `$` to describe the whole text.
///
/// The same text is published as `pattern` in JSON Schema, where every reader gives it the meaning that
/// ECMA-262 has for the flag `u`. So only what means the same here is accepted: no look-around, no back
/// references, no named groups, no flags, no `\b`, `\B`, `\p` and `\u`.
///
/// ```
/// use recension_model::Pattern;
/// let name: Pattern = "^[a-z][a-z0-9-]*$".parse()?;
/// assert!(name.matches("db-1") && !name.matches("db-1\n") && !name.matches("DB"));
/// assert!("(?i)x".parse::<Pattern>().is_err());
/// # Ok::<(), recension_model::Error>(())
/// ```
#[derive(Clone)]
pub struct Pattern(Arc<Compiled>);

struct Compiled {
    source: Box<str>,
    regex: Regex,
}

/// Bytes a pattern may have.
const SOURCE_BYTES_MAX: usize = 512;
/// What ECMA-262 takes for blank: regular expressions here know ASCII only.
const BLANKS: &str = r"\t\n\x0b\x0c\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}";
/// What a dot does not stand for.
const LINE_ENDS: &str = r"\n\r\u{2028}\u{2029}";

impl Pattern {
    /// The pattern as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.source
    }

    /// Whether the pattern is found in `text`.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.0.regex.is_match(text)
    }
}

impl FromStr for Pattern {
    type Err = Error;

    /// # Errors
    /// [`Error::Pattern`] for a pattern that is malformed, longer than 512 bytes, or uses what does not
    /// mean the same everywhere.
    fn from_str(source: &str) -> Result<Self, Error> {
        let translated = if source.len() > SOURCE_BYTES_MAX { None } else { translate(source) };
        let regex = translated.and_then(|translated| Regex::new(&translated).ok());
        regex.map(|regex| Self(Arc::new(Compiled { source: source.into(), regex }))).ok_or(Error::Pattern)
    }
}

/// The pattern in the words of the engine, where they differ; `None` where they cannot agree.
fn translate(source: &str) -> Option<String> {
    let mut out = String::with_capacity(source.len());
    let mut chars = source.chars().peekable();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next()? {
                's' if in_class => out.push_str(BLANKS),
                's' => out.extend(["[", BLANKS, "]"]),
                'S' if !in_class => out.extend(["[^", BLANKS, "]"]),
                // The engine would escape these too; ECMA-262 knows no others.
                escaped if "dDwWtnrfv".contains(escaped) || "^$\\.*+?()[]{}|/-".contains(escaped) => {
                    // A slash needs no escape here, and may have none.
                    out.push_str(if escaped == '/' { "" } else { "\\" });
                    out.push(escaped);
                }
                _ => return None,
            },
            '[' if in_class => return None,
            '[' => {
                in_class = true;
                out.push('[');
                if chars.peek() == Some(&'^') {
                    chars.next();
                    out.push('^');
                }
                // An empty class, which no engine reads alike.
                if chars.peek() == Some(&']') {
                    return None;
                }
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            '{' if !in_class => {
                if !counts(&mut chars, &mut out) {
                    return None;
                }
            }
            ']' | '}' if !in_class => return None,
            '.' if !in_class => out.extend(["[^", LINE_ENDS, "]"]),
            '(' if !in_class && chars.peek() == Some(&'?') => {
                chars.next();
                if chars.next() != Some(':') {
                    return None;
                }
                out.push_str("(?:");
            }
            // Operations on sets of characters, which only the engine knows.
            '&' | '~' | '-' if in_class && chars.peek() == Some(&c) => return None,
            c => out.push(c),
        }
    }
    (!in_class).then_some(out)
}

/// Copies a count such as `{2,5}`, the opening brace of which was just read; whether it was one.
fn counts(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) -> bool {
    let mut inner = String::new();
    for c in chars.by_ref() {
        if c == '}' {
            break;
        }
        inner.push(c);
    }
    let number = |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_count = match inner.split_once(',') {
        None => number(&inner),
        Some((least, most)) => number(least) && (most.is_empty() || number(most)),
    };
    out.extend(["{", &inner, "}"]);
    is_count
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.source == other.0.source
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.source, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_mean_the_same_everywhere_is_refused() {
        for source in [
            "(?i)a",
            "(?=a)",
            "(?<n>a)",
            "(?P<n>a)",
            r"\bx",
            r"\Bx",
            r"\p{L}",
            r"\u0041",
            r"\x41",
            r"\1",
            r"\A",
            r"\z",
            r"\k<n>",
            "[[:alpha:]]",
            "[a&&b]",
            "[a--b]",
            "[]",
            "[^]",
            "[a",
            "a{",
            "a}",
            "a{,3}",
            "a{99999}",
            "(",
            "*",
            r"\",
            r"\e",
            r"[\S]",
            "]",
        ] {
            assert_eq!(source.parse::<Pattern>(), Err(Error::Pattern), "{source:?}");
        }
        assert_eq!("a".repeat(513).parse::<Pattern>(), Err(Error::Pattern));
    }

    #[test]
    fn patterns_mean_what_they_mean_in_a_schema() {
        for (source, found, not_found) in [
            ("b", "abc", "ac"),
            ("^b$", "b", "b\n"),
            ("^a.c$", "a\u{1f600}c", "a\u{2028}c"),
            (r"^\s$", "\u{feff}", "x"),
            (r"^[\s,]+$", ", \u{3000}", "a"),
            (r"^\S+$", "ab", "a b"),
            (r"^\d{2,3}$", "123", "٣٣"),
            (r"^\w+$", "a_9", "é"),
            (r"^[^a]$", "é", "a"),
            (r"^a\/b\.c\-d$", "a/b.c-d", "a/bxc-d"),
            ("^(?:ab|cd)+$", "abcd", "abc"),
            ("^a{2}$", "aa", "aaa"),
            ("^[a-c.+]*$", "a.+", "d"),
        ] {
            let pattern: Pattern = source.parse().unwrap();
            assert!(pattern.matches(found) && !pattern.matches(not_found), "{source}");
        }
    }
}
