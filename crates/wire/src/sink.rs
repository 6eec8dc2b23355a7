//! Where a writer writes: JSON or MessagePack, piece by piece.

mod json;
mod msgpack;

pub(crate) use json::{JsonSink, special};
pub(crate) use msgpack::MsgPackSink;

/// A text that is written again and again, in the bytes that stand for it in each format.
#[derive(Clone, Debug)]
pub struct Ready {
    /// A key has a comma before it, and a colon behind it.
    json: Box<[u8]>,
    msgpack: Box<[u8]>,
    /// Bytes of the text itself.
    len: usize,
}

impl Ready {
    /// A text that is a key.
    pub(crate) fn key(key: &str) -> Self {
        let mut ready = Self::text(key);
        ready.json = [b",", &*ready.json, b":"].concat().into();
        ready
    }

    /// A text that is a value.
    pub(crate) fn text(text: &str) -> Self {
        let (mut json, mut msgpack) = (JsonSink::default(), MsgPackSink::default());
        json.text(text);
        msgpack.text(text);
        Self { json: json.into_bytes().into(), msgpack: msgpack.into_bytes().into(), len: text.len() }
    }

    pub(crate) const fn json(&self) -> &[u8] {
        &self.json
    }

    /// A key without the comma before it.
    pub(crate) fn json_key(&self) -> &[u8] {
        self.json.get(1..).unwrap_or_default()
    }

    pub(crate) const fn msgpack(&self) -> &[u8] {
        &self.msgpack
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }
}

/// Takes the pieces of a message in their order. Lengths are told beforehand, for formats that need them.
pub trait Sink {
    /// Begins a map of `len` keys.
    fn begin_map(&mut self, len: usize);
    /// Ends a map.
    fn end_map(&mut self);
    /// Begins a list of `len` items.
    fn begin_list(&mut self, len: usize);
    /// Ends a list.
    fn end_list(&mut self);
    /// Says that an item of a list follows.
    fn item(&mut self);
    /// A key that was made ready.
    fn ready_key(&mut self, key: &Ready);
    /// A text that was made ready.
    fn ready_text(&mut self, text: &Ready);
    /// A key that was not.
    fn key(&mut self, key: &str);
    /// Null.
    fn null(&mut self);
    /// A truth.
    fn bool(&mut self, value: bool);
    /// A whole number that is less than zero.
    fn signed(&mut self, number: i64);
    /// A whole number.
    fn unsigned(&mut self, number: u64);
    /// A finite number.
    fn float(&mut self, number: f64);
    /// Any text.
    fn text(&mut self, text: &str);
    /// Any text but one with a NUL in it; whether it had none. One that had is written in part or not at all.
    fn text_without_nul(&mut self, text: &str) -> bool;
    /// A text of printable ASCII characters without quotes and backslashes.
    fn plain(&mut self, text: &[u8]);
    /// A string of bytes.
    fn bytes(&mut self, bytes: &recension_model::Bytes);
    /// A piece of JSON that nobody here has read; `false` if the format cannot say it.
    fn opaque(&mut self, json: &str) -> bool;
    /// How many bytes are in the buffer.
    fn written(&self) -> usize;
    /// Takes back all but the first bytes.
    fn truncate(&mut self, written: usize);
    /// Makes room for that many bytes more.
    fn reserve(&mut self, more: usize);
}
