//! Where an encoder writes: structure and keys by themselves, texts and numbers through serde_json.

use std::fmt::Display;

/// Writes JSON without blanks into a buffer. Commas are its own business: a value or key that does not
/// open a list or map is preceded by one.
#[derive(Debug, Default)]
pub(crate) struct JsonSink {
    out: Vec<u8>,
}

impl JsonSink {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    fn separate(&mut self) {
        if !matches!(self.out.last(), None | Some(b'{' | b'[' | b':')) {
            self.out.push(b',');
        }
    }

    pub(crate) fn begin_map(&mut self) {
        self.separate();
        self.out.push(b'{');
    }

    pub(crate) fn end_map(&mut self) {
        self.out.push(b'}');
    }

    pub(crate) fn begin_list(&mut self) {
        self.separate();
        self.out.push(b'[');
    }

    pub(crate) fn end_list(&mut self) {
        self.out.push(b']');
    }

    pub(crate) fn key(&mut self, key: &str) {
        self.text(key);
        self.out.push(b':');
    }

    /// A key of the envelope: `<prefix>.<key>`.
    pub(crate) fn prefixed_key(&mut self, prefix: &str, key: &str) {
        self.key(&format!("{prefix}.{key}"));
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.separate();
        // A text is always valid JSON, and writing to a buffer cannot fail.
        let _ = serde_json::to_writer(&mut self.out, text);
    }

    /// A number, a boolean or null, as it prints.
    pub(crate) fn bare(&mut self, value: impl Display) {
        use std::io::Write;
        self.separate();
        // Writing to a buffer cannot fail.
        let _ = write!(self.out, "{value}");
    }

    /// A piece of JSON as it is.
    pub(crate) fn raw(&mut self, json: &str) {
        self.separate();
        self.out.extend_from_slice(json.as_bytes());
    }
}
