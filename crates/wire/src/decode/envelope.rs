//! The keys of an envelope.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Decoder, Raw, shown};
use crate::error::Malformation;

/// An envelope whose parts have not been read yet: keys may come in any order, and `data` means nothing
/// before the version is known.
#[derive(Default)]
pub(super) struct Envelope<'j> {
    pub(super) name: Option<Cow<'j, str>>,
    pub(super) namespace: Option<Cow<'j, str>>,
    pub(super) version: Option<Cow<'j, str>>,
    pub(super) data: Option<Raw<'j>>,
    pub(super) changes: Vec<Cow<'j, str>>,
    pub(super) carry: Option<Raw<'j>>,
    pub(super) revision: Option<u64>,
}

/// Reads an envelope.
pub(super) struct EnvelopeSeed<'d, 'r>(pub(super) &'d Decoder<'r>);

impl<'j> DeserializeSeed<'j> for EnvelopeSeed<'_, '_> {
    type Value = Envelope<'j>;

    fn deserialize<D: Deserializer<'j>>(self, json: D) -> Result<Envelope<'j>, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'j> Visitor<'j> for EnvelopeSeed<'_, '_> {
    type Value = Envelope<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an envelope")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Envelope<'j>, A::Error> {
        let decoder = self.0;
        let mut envelope = Envelope::default();
        let mut seen: Vec<&'static str> = Vec::with_capacity(KEYS.len());
        while let Some(Text(key)) = map.next_key()? {
            let Some(known) = decoder.known_key(&key) else {
                return Err(decoder.fail(Malformation::UnknownKey(shown(&key))));
            };
            if seen.contains(&known) {
                return Err(decoder.fail(Malformation::DuplicateKey(shown(&key))));
            }
            seen.push(known);
            let wrong = |_| decoder.fail(Malformation::WrongType(known));
            match known {
                "name" => envelope.name = Some(map.next_value::<Text<'j>>().map_err(wrong)?.0),
                "namespace" => envelope.namespace = Some(map.next_value::<Text<'j>>().map_err(wrong)?.0),
                "version" => envelope.version = Some(map.next_value::<Text<'j>>().map_err(wrong)?.0),
                "data" => envelope.data = Some(map.next_value()?),
                "changes" => envelope.changes = map.next_value::<Names<'j>>().map_err(wrong)?.0,
                "carry" => envelope.carry = Some(map.next_value()?),
                "revision" => envelope.revision = Some(map.next_value().map_err(wrong)?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(envelope)
    }
}

const KEYS: [&str; 7] = ["name", "namespace", "version", "data", "changes", "carry", "revision"];

impl Decoder<'_> {
    /// The key of the envelope that `key` is: with our prefix, and ours only where the profile uses them.
    fn known_key(&self, key: &str) -> Option<&'static str> {
        let bare = key.strip_prefix(&*self.profile.prefix)?.strip_prefix('.')?;
        let known = KEYS.into_iter().find(|known| *known == bare)?;
        (self.profile.extensions || !matches!(known, "carry" | "revision")).then_some(known)
    }
}

/// A text, borrowed from the message where it has no escapes.
pub(super) struct Text<'j>(pub(super) Cow<'j, str>);

impl<'j> serde::Deserialize<'j> for Text<'j> {
    fn deserialize<D: Deserializer<'j>>(json: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'j> Visitor<'j> for TextVisitor {
            type Value = Text<'j>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'j str) -> Result<Text<'j>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'j>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        json.deserialize_str(TextVisitor)
    }
}

/// A list of texts.
pub(super) struct Names<'j>(pub(super) Vec<Cow<'j, str>>);

impl<'j> serde::Deserialize<'j> for Names<'j> {
    fn deserialize<D: Deserializer<'j>>(json: D) -> Result<Self, D::Error> {
        struct NamesVisitor;
        impl<'j> Visitor<'j> for NamesVisitor {
            type Value = Names<'j>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of names")
            }

            fn visit_seq<A: SeqAccess<'j>>(self, mut seq: A) -> Result<Names<'j>, A::Error> {
                let mut names = Vec::new();
                while let Some(Text(name)) = seq.next_element()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        json.deserialize_seq(NamesVisitor)
    }
}
