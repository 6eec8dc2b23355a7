//! MessagePack.

use recension_model::Bytes;
use serde_json::Value as Json;

use super::{Ready, Sink};

/// Writes each piece in its shortest form.
#[derive(Debug, Default)]
pub(crate) struct MsgPackSink {
    out: Vec<u8>,
}

impl MsgPackSink {
    /// Writes into a buffer.
    pub(crate) const fn into(out: Vec<u8>) -> Self {
        Self { out }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    fn json(&mut self, json: &Json) -> bool {
        match json {
            Json::Null => self.null(),
            Json::Bool(value) => self.bool(*value),
            Json::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => self.unsigned(number),
                (_, Some(number), _) => self.signed(number),
                (.., Some(number)) => self.float(number),
                _ => return false,
            },
            Json::String(text) => self.text(text),
            Json::Array(items) => {
                self.begin_list(items.len());
                return items.iter().all(|item| self.json(item));
            }
            Json::Object(entries) => {
                self.begin_map(entries.len());
                return entries.iter().all(|(key, value)| {
                    self.text(key);
                    self.json(value)
                });
            }
        }
        true
    }
}

/// A length, which the limits of a message keep far below what the format can say.
fn length(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

// Writing to a buffer cannot fail.
impl Sink for MsgPackSink {
    fn begin_map(&mut self, len: usize) {
        let _ = rmp::encode::write_map_len(&mut self.out, length(len));
    }

    fn end_map(&mut self) {}

    fn begin_list(&mut self, len: usize) {
        let _ = rmp::encode::write_array_len(&mut self.out, length(len));
    }

    fn end_list(&mut self) {}

    fn item(&mut self) {}

    fn ready_key(&mut self, key: &Ready) {
        self.out.extend_from_slice(key.msgpack());
    }

    fn ready_text(&mut self, text: &Ready) {
        self.out.extend_from_slice(text.msgpack());
    }

    fn key(&mut self, key: &str) {
        self.text(key);
    }

    fn null(&mut self) {
        let _ = rmp::encode::write_nil(&mut self.out);
    }

    fn bool(&mut self, value: bool) {
        let _ = rmp::encode::write_bool(&mut self.out, value);
    }

    fn signed(&mut self, number: i64) {
        let _ = rmp::encode::write_sint(&mut self.out, number);
    }

    fn unsigned(&mut self, number: u64) {
        let _ = rmp::encode::write_uint(&mut self.out, number);
    }

    fn float(&mut self, number: f64) {
        let _ = rmp::encode::write_f64(&mut self.out, number);
    }

    fn text(&mut self, text: &str) {
        self.plain(text.as_bytes());
    }

    fn text_without_nul(&mut self, text: &str) -> bool {
        self.plain(text.as_bytes());
        !text.contains('\0')
    }

    fn plain(&mut self, text: &[u8]) {
        let _ = rmp::encode::write_str_len(&mut self.out, length(text.len()));
        self.out.extend_from_slice(text);
    }

    fn bytes(&mut self, bytes: &Bytes) {
        let _ = rmp::encode::write_bin(&mut self.out, bytes.as_slice());
    }

    fn opaque(&mut self, json: &str) -> bool {
        serde_json::from_str::<Json>(json).is_ok_and(|json| self.json(&json))
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
