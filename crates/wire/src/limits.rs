//! What untrusted input may ask of us.

/// What a message may ask of us, whether it is read or written. Checked on its bytes, before any value is
/// built, except for objects and hops, which are counted while the message is decoded or encoded. The limits of the
/// single fields come on top. The defaults are the highest values this library recommends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a message.
    pub message_bytes: usize,
    /// Levels of JSON arrays and maps within each other. An object in an object takes two.
    pub depth: usize,
    /// Objects in a message.
    pub objects: usize,
    /// Items of one array.
    pub list_items: usize,
    /// Keys of one map.
    pub map_keys: usize,
    /// Bytes of one key.
    pub key_bytes: usize,
    /// Bytes of one text, as it is once read.
    pub text_bytes: usize,
    /// Hops between the version of a message and the one asked for.
    pub hops: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 1 << 20,
            depth: 32,
            objects: 10_000,
            list_items: 1_000,
            map_keys: 256,
            key_bytes: 128,
            text_bytes: 64 << 10,
            hops: 64,
        }
    }
}
