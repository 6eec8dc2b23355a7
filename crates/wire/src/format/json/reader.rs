//! JSON for serde's visitors, the short way.
//!
//! It goes over structure, names, plain texts and whole numbers by itself, eight bytes of a text at a time; texts
//! with escapes and other numbers go through serde_json. What it takes, serde_json takes and gives alike; what it
//! refuses, the long way looks at.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::format::fault::Fault;
use crate::sink::special;

/// A message, and how far it was read.
#[derive(Debug)]
pub(crate) struct Reader<'m> {
    text: &'m str,
    at: usize,
}

/// A text, as it is in the message or without its escapes.
enum Text<'m> {
    Borrowed(&'m str),
    Owned(String),
}

impl<'m> Reader<'m> {
    pub(crate) const fn new(text: &'m str) -> Self {
        Self { text, at: 0 }
    }

    /// Whether nothing but blanks is left.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// The next byte that is no blank.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                byte => return byte.copied(),
            }
        }
    }

    /// Goes past a byte that must be the next one.
    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.peek() != Some(byte) {
            return Err(Fault);
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), Fault> {
        let found = self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes()));
        self.at += word.len();
        if found { Ok(()) } else { Err(Fault) }
    }

    /// A text, its opening quote the next byte.
    #[inline]
    fn string(&mut self) -> Result<Text<'m>, Fault> {
        self.expect(b'"')?;
        let begin = self.at;
        let rest = self.text.as_bytes().get(begin..).unwrap_or_default();
        let length = special(rest).ok_or(Fault)?;
        self.at = begin + length + 1;
        match rest.get(length) {
            Some(b'"') => self.text.get(begin..begin + length).map(Text::Borrowed).ok_or(Fault),
            Some(b'\\') => self.escaped(begin, begin + length),
            _ => Err(Fault),
        }
    }

    /// A text with an escape in it, which begins at `begin`; the first escape is at `at`.
    #[cold]
    fn escaped(&mut self, begin: usize, mut at: usize) -> Result<Text<'m>, Fault> {
        let bytes = self.text.as_bytes();
        loop {
            at += special(bytes.get(at..).unwrap_or_default()).ok_or(Fault)?;
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => at += 2,
                _ => return Err(Fault),
            }
        }
        self.at = at + 1;
        let quoted = self.text.get(begin - 1..=at).ok_or(Fault)?;
        serde_json::from_str(quoted).map(Text::Owned).map_err(|_| Fault)
    }

    /// Shows a number to a visitor.
    fn number<V: Visitor<'m>>(&mut self, visitor: V) -> Result<V::Value, Fault> {
        let bytes = self.text.as_bytes();
        let begin = self.at;
        let negative = bytes.get(begin) == Some(&b'-');
        let digits = begin + usize::from(negative);
        let mut at = digits;
        let mut number: Option<u64> = Some(0);
        while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            number = number.and_then(|number| number.checked_mul(10)?.checked_add(digit.into()));
            at += 1;
        }
        if matches!(bytes.get(at), Some(b'.' | b'e' | b'E')) {
            while matches!(bytes.get(at), Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) {
                at += 1;
            }
            self.at = at;
            let float = self.text.get(begin..at).and_then(|text| serde_json::from_str::<f64>(text).ok());
            return visitor.visit_f64(float.ok_or(Fault)?);
        }
        let canonical = at > digits && (bytes.get(digits) != Some(&b'0') || at == digits + 1);
        // What is past 64 bits is a float to serde_json, and so is a negative zero.
        let number = number.filter(|number| canonical && !(negative && *number == 0)).ok_or(Fault)?;
        self.at = at;
        if negative {
            visitor.visit_i64(0_i64.checked_sub_unsigned(number).ok_or(Fault)?)
        } else {
            visitor.visit_u64(number)
        }
    }
}

impl<'m> Deserializer<'m> for &mut Reader<'m> {
    type Error = Fault;

    #[inline]
    fn deserialize_any<V: Visitor<'m>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.peek().ok_or(Fault)? {
            b'"' => self.deserialize_str(visitor),
            b'{' => self.deserialize_map(visitor),
            b'[' => self.deserialize_seq(visitor),
            b't' => self.word("true").and_then(|()| visitor.visit_bool(true)),
            b'f' => self.word("false").and_then(|()| visitor.visit_bool(false)),
            b'n' => self.word("null").and_then(|()| visitor.visit_unit()),
            b'-' | b'0'..=b'9' => self.number(visitor),
            _ => Err(Fault),
        }
    }

    #[inline]
    fn deserialize_str<V: Visitor<'m>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.string()? {
            Text::Borrowed(text) => visitor.visit_borrowed_str(text),
            Text::Owned(text) => visitor.visit_string(text),
        }
    }

    #[inline]
    fn deserialize_option<V: Visitor<'m>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.peek() == Some(b'n') {
            return self.word("null").and_then(|()| visitor.visit_none());
        }
        visitor.visit_some(self)
    }

    #[inline]
    fn deserialize_map<V: Visitor<'m>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.expect(b'{')?;
        let mut items = Items { reader: &mut *self, begun: false, ended: false };
        let value = visitor.visit_map(&mut items)?;
        if items.ended { Ok(value) } else { Err(Fault) }
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'m>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.expect(b'[')?;
        let mut items = Items { reader: &mut *self, begun: false, ended: false };
        let value = visitor.visit_seq(&mut items)?;
        if items.ended { Ok(value) } else { Err(Fault) }
    }

    forward_to_deserialize_any! {
        <W: Visitor<'m>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char string bytes byte_buf unit unit_struct newtype_struct tuple tuple_struct
        struct enum identifier ignored_any
    }
}

/// What is left of a list or a map.
struct Items<'r, 'm> {
    reader: &'r mut Reader<'m>,
    begun: bool,
    ended: bool,
}

impl Items<'_, '_> {
    /// Goes up to the next item; `false` at the end, which is `close`.
    #[inline]
    fn next(&mut self, close: u8) -> Result<bool, Fault> {
        match self.reader.peek() {
            Some(byte) if byte == close => {
                self.reader.at += 1;
                self.ended = true;
                Ok(false)
            }
            Some(b',') if self.begun => {
                self.reader.at += 1;
                // No comma stands before the end: then no value follows, which whoever reads it finds.
                Ok(true)
            }
            Some(_) if !self.begun => {
                self.begun = true;
                Ok(true)
            }
            _ => Err(Fault),
        }
    }
}

impl<'m> SeqAccess<'m> for &mut Items<'_, 'm> {
    type Error = Fault;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'m>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        if self.next(b']')? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }
}

impl<'m> MapAccess<'m> for &mut Items<'_, 'm> {
    type Error = Fault;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'m>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        if !self.next(b'}')? {
            return Ok(None);
        }
        if self.reader.peek() != Some(b'"') {
            return Err(Fault);
        }
        let key = seed.deserialize(&mut *self.reader)?;
        self.reader.expect(b':')?;
        Ok(Some(key))
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'m>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        seed.deserialize(&mut *self.reader)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::Value;

    use super::*;

    fn short(text: &str) -> Option<Value> {
        let mut reader = Reader::new(text);
        let value = Value::deserialize(&mut reader).ok()?;
        reader.is_at_end().then_some(value)
    }

    #[test]
    fn s14_what_is_no_json_is_refused() {
        for text in [
            "", " ", "{", "}", "[", "]", "[1,]", "[,1]", "[1 2]", "{,}", r#"{"a"}"#, r#"{"a":}"#, r#"{"a":1,}"#, r#"{"a":1 "b":2}"#, r#"{a:1}"#, "{1:2}",
            "nul", "nulll", "tru", "truee", "01", "-", "-a", "+1", ".5", "1.", "1e", "1e+", "--1", "1..2", "\"", "\"\u{1}\"", r#""\x""#, r#""\ud800""#,
            r#""\u12""#, "\"a\\", "1 2", "[1]]", "NaN", "Infinity", "'a'", "\"a\"b", "00", "-01", "1e5e5",
        ] {
            assert_eq!(short(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_json_is_read_as_serde_json_reads_it() {
        for text in [
            "null", " true ", "[]", "{}", "[ ]", "{ }", "0", "-1", "18446744073709551615", "-9223372036854775808", "1.5", "-0.0", "1e3", "1E-3", r#""""#,
            r#""a\"b\\c\/\n\u00e9\ud83d\ude00""#, "\"é😀\u{2028}\"", r#"{"a":[1,{"b":null}],"c":"d"}"#, "[1 , 2\n,\t3\r]", r#"{"a\n" : 1}"#,
        ] {
            let expected: Value = serde_json::from_str(text).unwrap();
            assert_eq!(short(text), Some(expected), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn s14_nothing_is_taken_that_serde_json_refuses(text in "[\\[\\]{}:,\"\\\\ 0-9eE.+\\-a-fntru\\x00-\\x1f]{0,24}") {
            if let Some(value) = short(&text) {
                prop_assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
            }
        }
    }
}
