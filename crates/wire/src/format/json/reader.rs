//! JSON for the short way.
//!
//! It goes over structure, names, plain texts and whole numbers by itself, eight bytes of a text at a time; texts
//! with escapes and other numbers go through serde_json. What it takes, serde_json takes and gives alike; what it
//! refuses, the long way looks at.

use recension_model::Bytes;

use crate::direct::LongWay;
use crate::sink::{Ready, special};
use crate::source::{Items, Source, Text, Whole};

/// A message, and how far it was read.
#[derive(Debug)]
pub(crate) struct JsonSource<'m> {
    text: &'m str,
    at: usize,
}

impl<'m> JsonSource<'m> {
    pub(crate) const fn new(text: &'m str) -> Self {
        Self { text, at: 0 }
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
    fn expect(&mut self, byte: u8) -> Result<(), LongWay> {
        if self.peek() != Some(byte) {
            return Err(LongWay);
        }
        self.at += 1;
        Ok(())
    }

    /// Whether these bytes are next. Goes past them if they are.
    #[inline]
    fn is_next(&mut self, bytes: &[u8]) -> bool {
        self.peek();
        let found = self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(bytes));
        if found {
            self.at += bytes.len();
        }
        found
    }

    /// A text with an escape in it, which begins at `begin`; the first escape is at `at`.
    #[cold]
    fn escaped(&mut self, begin: usize, mut at: usize) -> Result<Text<'m>, LongWay> {
        let bytes = self.text.as_bytes();
        loop {
            at += special(bytes.get(at..).unwrap_or_default()).ok_or(LongWay)?;
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => at += 2,
                _ => return Err(LongWay),
            }
        }
        self.at = at + 1;
        let quoted = self.text.get(begin - 1..=at).ok_or(LongWay)?;
        serde_json::from_str(quoted).map(Text::Owned).map_err(|_| LongWay)
    }

    /// The number that is next, as it is written.
    #[cold]
    fn number(&mut self) -> Result<&'m str, LongWay> {
        self.peek();
        let begin = self.at;
        while matches!(self.text.as_bytes().get(self.at), Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) {
            self.at += 1;
        }
        self.text.get(begin..self.at).ok_or(LongWay)
    }

    /// Goes up to the next item; `false` at the end, which is `close`.
    #[inline]
    fn more(&mut self, items: &mut Items, close: u8) -> Result<bool, LongWay> {
        match self.peek() {
            Some(b',') if items.begun => {
                self.at += 1;
                // No comma stands before the end: then no value follows, which whoever reads it finds.
                Ok(true)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(false)
            }
            Some(_) if !items.begun => {
                items.begun = true;
                Ok(true)
            }
            _ => Err(LongWay),
        }
    }
}

impl<'m> Source<'m> for JsonSource<'m> {
    #[inline]
    fn begin_map(&mut self) -> Result<Items, LongWay> {
        self.expect(b'{')?;
        Ok(Items { left: 0, begun: false })
    }

    #[inline]
    fn more_keys(&mut self, items: &mut Items) -> Result<bool, LongWay> {
        self.more(items, b'}')
    }

    #[inline]
    fn begin_list(&mut self) -> Result<Items, LongWay> {
        self.expect(b'[')?;
        Ok(Items { left: 0, begun: false })
    }

    #[inline]
    fn more_items(&mut self, items: &mut Items) -> Result<bool, LongWay> {
        self.more(items, b']')
    }

    #[inline]
    fn is_key(&mut self, key: &Ready) -> bool {
        self.is_next(key.json_key())
    }

    #[inline]
    fn key(&mut self) -> Result<Text<'m>, LongWay> {
        let key = self.text()?;
        self.expect(b':')?;
        Ok(key)
    }

    #[inline]
    fn is_null(&mut self) -> bool {
        self.is_next(b"null")
    }

    fn bool(&mut self) -> Result<bool, LongWay> {
        match self.peek() {
            Some(b't') if self.is_next(b"true") => Ok(true),
            Some(b'f') if self.is_next(b"false") => Ok(false),
            _ => Err(LongWay),
        }
    }

    #[inline]
    fn whole(&mut self) -> Result<Whole, LongWay> {
        let negative = self.peek() == Some(b'-');
        let begin = self.at + usize::from(negative);
        let bytes = self.text.as_bytes();
        let (mut at, mut number) = (begin, 0_u64);
        while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            number = number.checked_mul(10).and_then(|number| number.checked_add(digit.into())).ok_or(LongWay)?;
            at += 1;
        }
        let canonical = at > begin && (bytes.get(begin) != Some(&b'0') || at == begin + 1);
        // A point or an exponent makes it another kind of number, and so does a sign before zero.
        if !canonical || matches!(bytes.get(at), Some(b'.' | b'e' | b'E')) || (negative && number == 0) {
            return Err(LongWay);
        }
        self.at = at;
        if negative { 0_i64.checked_sub_unsigned(number).map(Whole::Negative).ok_or(LongWay) } else { Ok(Whole::Unsigned(number)) }
    }

    fn float(&mut self) -> Result<f64, LongWay> {
        serde_json::from_str(self.number()?).map_err(|_| LongWay)
    }

    #[inline]
    fn text(&mut self) -> Result<Text<'m>, LongWay> {
        self.expect(b'"')?;
        let begin = self.at;
        let rest = self.text.get(begin..).ok_or(LongWay)?;
        let length = special(rest.as_bytes()).ok_or(LongWay)?;
        match rest.as_bytes().get(length) {
            Some(b'"') => {
                self.at = begin + length + 1;
                rest.get(..length).map(Text::Borrowed).ok_or(LongWay)
            }
            Some(b'\\') => self.escaped(begin, begin + length),
            _ => Err(LongWay),
        }
    }

    #[inline]
    fn is_text(&mut self, text: &Ready) -> bool {
        self.is_next(text.json())
    }

    fn bytes(&mut self, bytes_max: usize) -> Result<Bytes, LongWay> {
        let text = self.text()?;
        // What is longer than the limit is not decoded.
        if text.as_str().len().div_ceil(4) * 3 > bytes_max.saturating_add(2) {
            return Err(LongWay);
        }
        Ok(text.as_str().parse()?)
    }

    fn borrows_nul(&self) -> bool {
        // A control character is escaped, so its text is not borrowed.
        false
    }

    fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    /// A value of whatever kind comes next, as whoever knows the kind would ask for it.
    fn value(source: &mut JsonSource<'_>) -> Result<Value, LongWay> {
        Ok(match source.peek().ok_or(LongWay)? {
            b'{' => {
                let (mut items, mut map) = (source.begin_map()?, Map::new());
                while source.more_keys(&mut items)? {
                    let key = source.key()?;
                    map.insert(key.as_str().to_owned(), value(source)?);
                }
                Value::Object(map)
            }
            b'[' => {
                let (mut items, mut list) = (source.begin_list()?, Vec::new());
                while source.more_items(&mut items)? {
                    list.push(value(source)?);
                }
                Value::Array(list)
            }
            b'"' => source.text()?.as_str().into(),
            b't' | b'f' => source.bool()?.into(),
            b'n' if source.is_null() => Value::Null,
            _ => {
                let at = source.at;
                match source.whole() {
                    Ok(Whole::Unsigned(number)) => number.into(),
                    Ok(Whole::Negative(number)) => number.into(),
                    Err(LongWay) => {
                        source.at = at;
                        source.float()?.into()
                    }
                }
            }
        })
    }

    fn short(text: &str) -> Option<Value> {
        let mut source = JsonSource::new(text);
        let value = value(&mut source).ok()?;
        source.is_at_end().then_some(value)
    }

    #[test]
    fn s14_what_is_no_json_is_refused() {
        for text in [
            "",
            " ",
            "{",
            "}",
            "[",
            "]",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            r#"{"a":1 "b":2}"#,
            r#"{a:1}"#,
            "{1:2}",
            "nul",
            "nulll",
            "tru",
            "truee",
            "01",
            "-",
            "-a",
            "+1",
            ".5",
            "1.",
            "1e",
            "1e+",
            "--1",
            "1..2",
            "\"",
            "\"\u{1}\"",
            r#""\x""#,
            r#""\ud800""#,
            r#""\u12""#,
            "\"a\\",
            "1 2",
            "[1]]",
            "NaN",
            "Infinity",
            "'a'",
            "\"a\"b",
            "00",
            "-01",
            "1e5e5",
        ] {
            assert_eq!(short(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_json_is_read_as_serde_json_reads_it() {
        for text in [
            "null",
            " true ",
            "[]",
            "{}",
            "[ ]",
            "{ }",
            "0",
            "-1",
            "18446744073709551615",
            "-9223372036854775808",
            "1.5",
            "-0.0",
            "1e3",
            "1E-3",
            r#""""#,
            r#""a\"b\\c\/\n\u00e9\ud83d\ude00""#,
            "\"é😀\u{2028}\"",
            r#"{"a":[1,{"b":null}],"c":"d"}"#,
            "[1 , 2\n,\t3\r]",
            r#"{"a\n" : 1}"#,
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
