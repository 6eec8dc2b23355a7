//! Where a writer writes: JSON or MessagePack, piece by piece.

mod json;
mod msgpack;

pub(crate) use json::JsonSink;
pub(crate) use msgpack::MsgPackSink;

/// A name of a field, or a key of the envelope, in the bytes that stand for it in each format.
#[derive(Clone, Debug)]
pub struct Key {
    json: Box<[u8]>,
    msgpack: Box<[u8]>,
    /// Bytes of the key itself.
    len: usize,
}

impl Key {
    pub(crate) fn new(key: &str) -> Self {
        let mut json = JsonSink::default();
        json.key(key);
        let mut msgpack = MsgPackSink::default();
        msgpack.text(key);
        Self { json: json.into_bytes().into(), msgpack: msgpack.into_bytes().into(), len: key.len() }
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
    /// A key that was made ready.
    fn ready_key(&mut self, key: &Key);
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
    /// A text of printable ASCII characters without quotes and backslashes.
    fn plain(&mut self, text: &[u8]);
    /// A string of bytes.
    fn bytes(&mut self, bytes: &recension_model::Bytes);
    /// A piece of JSON that nobody here has read; `false` if the format cannot say it.
    fn opaque(&mut self, json: &str) -> bool;
    /// How many bytes were written.
    fn written(&self) -> usize;
}
