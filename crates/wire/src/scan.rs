//! The limits of a message, checked on its bytes before any value is built.

use recension_model::ObjectVersion;
use recension_versioning::Lineage;

use crate::error::Malformation;
use crate::{Error, Limit, Limits};

/// An open array or map.
#[derive(Clone, Copy)]
struct Level {
    map: bool,
    /// Items of an array, or keys of a map, so far.
    count: usize,
}

/// Checks size, encoding, depth, and the counts and lengths of everything in the message: one pass, no
/// memory but a few words for each open level, of which `outer` are around the message. It does not check that the bytes are JSON; what it cannot
/// make sense of is left to the parser.
pub(crate) fn scan_json<'b>(bytes: &'b [u8], limits: &Limits, outer: usize) -> Result<&'b str, Error> {
    at_most(bytes.len(), Limit::MessageBytes, limits.message_bytes)?;
    let text = std::str::from_utf8(bytes).map_err(|error| Malformation::Utf8(error.valid_up_to()))?;
    let mut levels: Vec<Level> = Vec::new();
    // Whether the next value opens an item that is not counted yet.
    let mut fresh = true;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => {
                count_item(&mut levels, &mut fresh, limits)?;
                at_most(outer + levels.len() + 1, Limit::Depth, limits.depth)?;
                levels.push(Level { map: byte == b'{', count: 0 });
                fresh = true;
            }
            b'}' | b']' => {
                levels.pop();
                fresh = false;
            }
            b',' => fresh = true,
            b'"' => {
                let is_key = fresh && levels.last().is_some_and(|level| level.map);
                count_item(&mut levels, &mut fresh, limits)?;
                let (limit, max) = if is_key { (Limit::KeyBytes, limits.key_bytes) } else { (Limit::TextBytes, limits.text_bytes) };
                at = end_of_text(bytes, at + 1, limit, max)?;
            }
            b' ' | b'\t' | b'\n' | b'\r' | b':' => {}
            _ => count_item(&mut levels, &mut fresh, limits)?,
        }
        at += 1;
    }
    Ok(text)
}

/// Counts an item of the innermost array, or a key of the innermost map.
fn count_item(levels: &mut [Level], fresh: &mut bool, limits: &Limits) -> Result<(), Error> {
    let first = std::mem::replace(fresh, false);
    let Some(level) = levels.last_mut().filter(|_| first) else { return Ok(()) };
    level.count += 1;
    let (limit, max) = if level.map { (Limit::MapKeys, limits.map_keys) } else { (Limit::ListItems, limits.list_items) };
    Ok(at_most(level.count, limit, max)?)
}

/// The place of the closing quote. Lengths are those of the text once its escapes are read.
fn end_of_text(bytes: &[u8], mut at: usize, limit: Limit, max: usize) -> Result<usize, Error> {
    let mut length = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => break,
            b'\\' if bytes.get(at + 1) == Some(&b'u') => {
                length += escaped_length(bytes.get(at + 2..at + 6));
                at += 6;
            }
            b'\\' => {
                length += 1;
                at += 2;
            }
            _ => {
                length += 1;
                at += 1;
            }
        }
        at_most(length, limit, max)?;
    }
    Ok(at)
}

/// Bytes of UTF-8 that the four digits of a `\u` escape make: a surrogate pair makes four, counted with
/// its first half.
fn escaped_length(digits: Option<&[u8]>) -> usize {
    let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
    match digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
        Some(0..0x80) => 1,
        Some(0x80..0x800) => 2,
        Some(0xd800..0xdc00) => 4,
        Some(0xdc00..0xe000) => 0,
        _ => 3,
    }
}

/// A limit that is passed, and how much is allowed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exceeded(Limit, usize);

impl From<Exceeded> for Error {
    fn from(Exceeded(limit, max): Exceeded) -> Self {
        Self::TooLarge { limit, max }
    }
}

#[inline]
pub(crate) const fn at_most(found: usize, limit: Limit, max: usize) -> Result<(), Exceeded> {
    if found > max { Err(Exceeded(limit, max)) } else { Ok(()) }
}

/// Hops from a version to the newest.
pub(crate) fn hops_above(lineage: &Lineage, version: &ObjectVersion) -> usize {
    lineage.shapes().iter().filter(|shape| shape.version > *version).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Limits =
        Limits { message_bytes: 64, depth: 3, objects: 2, list_items: 3, map_keys: 2, key_bytes: 4, text_bytes: 6, hops: 1 };

    fn verdict(json: &str) -> Option<Limit> {
        match scan_json(json.as_bytes(), &SMALL, 0) {
            Ok(_) => None,
            Err(Error::TooLarge { limit, .. }) => Some(limit),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn s16_each_limit_is_accepted_and_one_more_refused() {
        for (accepted, refused, limit) in [
            ("[[[]]]", "[[[[]]]]", Limit::Depth),
            ("[1,2,3]", "[1,2,3,4]", Limit::ListItems),
            ("[[],[],{}]", "[[],[],{},[]]", Limit::ListItems),
            (r#"["a","b","c"]"#, r#"["a","b","c","d"]"#, Limit::ListItems),
            (r#"{"a":1,"b":2}"#, r#"{"a":1,"b":2,"c":3}"#, Limit::MapKeys),
            (r#"{"a":[],"b":"x"}"#, r#"{"a":[],"b":"x","c":{}}"#, Limit::MapKeys),
            (r#"{"abcd":1}"#, r#"{"abcde":1}"#, Limit::KeyBytes),
            (r#""abcdef""#, r#""abcdefg""#, Limit::TextBytes),
            (r#""\u0041\u00e9\u20ac""#, r#""\u0041\u00e9\u20ac1""#, Limit::TextBytes),
            (r#""\ud83d\ude0012""#, r#""\ud83d\ude00123""#, Limit::TextBytes),
            (r#""\"\\\n123""#, r#""\"\\\n1234""#, Limit::TextBytes),
        ] {
            assert_eq!(verdict(accepted), None, "{accepted}");
            assert_eq!(verdict(refused), Some(limit), "{refused}");
        }
        assert_eq!(verdict(&" ".repeat(64)), None);
        assert_eq!(verdict(&" ".repeat(65)), Some(Limit::MessageBytes));
    }

    #[test]
    fn s16_a_message_of_brackets_takes_no_memory() {
        let deep = "[".repeat(100_000);
        assert_eq!(
            scan_json(deep.as_bytes(), &Limits::default(), 0),
            Err(Error::TooLarge { limit: Limit::Depth, max: Limits::default().depth })
        );
    }
}
