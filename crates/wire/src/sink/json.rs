//! JSON without blanks.

use recension_model::Bytes;

use super::{Ready, Sink};

/// Writes structure and keys by itself, texts with characters to escape and floats through serde_json.
#[derive(Debug, Default)]
pub(crate) struct JsonSink {
    out: Vec<u8>,
}

impl JsonSink {
    /// Writes into a buffer.
    pub(crate) const fn into(out: Vec<u8>) -> Self {
        Self { out }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// A comma, unless a map or a list was just begun.
    #[inline]
    fn separate(&mut self) {
        if !matches!(self.out.last(), Some(b'{' | b'[')) {
            self.out.push(b',');
        }
    }

    #[inline]
    fn quoted(&mut self, text: &[u8]) {
        self.out.reserve(text.len() + 2);
        self.out.push(b'"');
        self.out.extend_from_slice(text);
        self.out.push(b'"');
    }
}

impl Sink for JsonSink {
    fn begin_map(&mut self, _: usize) {
        self.out.push(b'{');
    }

    fn end_map(&mut self) {
        self.out.push(b'}');
    }

    fn begin_list(&mut self, _: usize) {
        self.out.push(b'[');
    }

    fn end_list(&mut self) {
        self.out.push(b']');
    }

    #[inline]
    fn item(&mut self) {
        self.separate();
    }

    #[inline]
    fn ready_key(&mut self, key: &Ready) {
        let begins = self.out.last() == Some(&b'{');
        self.out.extend_from_slice(if begins { key.json_key() } else { key.json() });
    }

    #[inline]
    fn ready_text(&mut self, text: &Ready) {
        self.out.extend_from_slice(text.json());
    }

    fn key(&mut self, key: &str) {
        self.separate();
        self.text(key);
        self.out.push(b':');
    }

    fn null(&mut self) {
        self.out.extend_from_slice(b"null");
    }

    fn bool(&mut self, value: bool) {
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
    }

    fn signed(&mut self, number: i64) {
        self.out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    }

    fn unsigned(&mut self, number: u64) {
        self.out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    }

    fn float(&mut self, number: f64) {
        // Writing to a buffer cannot fail.
        let _ = serde_json::to_writer(&mut self.out, &number);
    }

    #[inline]
    fn text(&mut self, text: &str) {
        if needs_escape(text.as_bytes()) {
            // A text is always valid JSON, and writing to a buffer cannot fail.
            let _ = serde_json::to_writer(&mut self.out, text);
        } else {
            self.quoted(text.as_bytes());
        }
    }

    #[inline]
    fn text_without_nul(&mut self, text: &str) -> bool {
        if !needs_escape(text.as_bytes()) {
            self.quoted(text.as_bytes());
            return true;
        }
        // Writing to a buffer cannot fail.
        !text.contains('\0') && serde_json::to_writer(&mut self.out, text).is_ok()
    }

    #[inline]
    fn plain(&mut self, text: &[u8]) {
        self.quoted(text);
    }

    fn bytes(&mut self, bytes: &Bytes) {
        self.plain(bytes.to_base64().as_bytes());
    }

    fn opaque(&mut self, json: &str) -> bool {
        self.out.extend_from_slice(json.as_bytes());
        true
    }

    fn written(&self) -> usize {
        self.out.len()
    }

    fn truncate(&mut self, written: usize) {
        self.out.truncate(written);
    }

    fn reserve(&mut self, more: usize) {
        self.out.reserve(more);
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Where the first quote, backslash or control character of a text is, eight bytes at a time.
#[inline]
pub(crate) fn special(text: &[u8]) -> Option<usize> {
    let (words, rest) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The high bit of a byte of `x - ONES & !x` is set if the byte is zero. A borrow may set it in bytes above
        // one that is zero too, so the lowest is right.
        let zero = |x: u64| x.wrapping_sub(ONES) & !x;
        let below_space = word.wrapping_sub(ONES * 0x20) & !word;
        let found = (below_space | zero(word ^ (ONES * b'"' as u64)) | zero(word ^ (ONES * b'\\' as u64))) & HIGHS;
        if found != 0 {
            return Some(index * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let place = rest.iter().position(|byte| matches!(byte, 0..0x20 | b'"' | b'\\'))?;
    Some(words.len() * 8 + place)
}

#[inline]
fn needs_escape(text: &[u8]) -> bool {
    special(text).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_byte_at_every_place_is_judged_as_it_should_be() {
        for byte in 0..=255_u8 {
            for at in 0..20 {
                for filler in [b'x', b'!', 0x80, 0xff] {
                    let mut text = [filler; 20];
                    text[at] = byte;
                    let found = byte < 0x20 || byte == b'"' || byte == b'\\';
                    assert_eq!(special(&text), found.then_some(at), "{byte:#x} at {at} among {filler:#x}");
                    text[at..].fill(byte);
                    assert_eq!(special(&text), found.then_some(at), "{byte:#x} from {at} after {filler:#x}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn texts_are_written_as_serde_json_writes_them(text in "[\\PC\\x00-\\x7f]{0,40}") {
            let mut sink = JsonSink::default();
            sink.text(&text);
            prop_assert_eq!(sink.into_bytes(), serde_json::to_vec(&text).unwrap());
        }
    }
}
