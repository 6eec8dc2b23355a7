//! Messages that mean the same, or nearly.
//!
//! What a [`Twist`] makes of a message: keys in another order and blanks between them, lengths written longer than
//! they need be, single bytes that are others; and limits that some messages are past.

mod json;
mod msgpack;

use proptest::collection::vec;
use proptest::prelude::*;
use recension_model::Record;
use recension_versioning::{Manifest, Registry};
use recension_wire::{Codec, Decode, Encode, Error, Form, Limits};

/// A format of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    Json,
    /// MessagePack.
    MsgPack,
}

impl Format {
    /// Both formats.
    pub const BOTH: [Self; 2] = [Self::Json, Self::MsgPack];

    /// The format, for messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::MsgPack => "MessagePack",
        }
    }

    /// Writes a record for a node of the same service.
    ///
    /// # Errors
    /// As [`Codec::record_to_json`].
    pub fn write_record(self, codec: &Codec, registry: &Registry, record: &Record, to: &Manifest) -> Result<Vec<u8>, Error> {
        match self {
            Self::Json => codec.record_to_json(registry, record, Form::Trusted.manifest(to)),
            Self::MsgPack => codec.record_to_msgpack(registry, record, Form::Trusted.manifest(to)),
        }
    }

    /// Reads a record.
    ///
    /// # Errors
    /// As [`Codec::record_from_json`].
    pub fn read_record(self, codec: &Codec, registry: &Registry, message: &[u8]) -> Result<Record, Error> {
        match self {
            Self::Json => codec.record_from_json(registry, message),
            Self::MsgPack => codec.record_from_msgpack(registry, message),
        }
    }

    /// Writes a typed object.
    ///
    /// # Errors
    /// As [`Codec::to_json`].
    pub fn write<E: Encode>(self, codec: &Codec, object: &E, form: Form, to: &Manifest) -> Result<Vec<u8>, Error> {
        match self {
            Self::Json => codec.to_json(object, form.manifest(to)),
            Self::MsgPack => codec.to_msgpack(object, form.manifest(to)),
        }
    }

    /// Reads a typed object.
    ///
    /// # Errors
    /// As [`Codec::from_json`].
    pub fn read<D: Decode>(self, codec: &Codec, message: &[u8]) -> Result<D, Error> {
        match self {
            Self::Json => codec.from_json(message),
            Self::MsgPack => codec.from_msgpack(message),
        }
    }

    /// The same message spelled otherwise: its keys in an order that `seed` gives, and what the format allows besides.
    /// `None` for what is no message.
    #[must_use]
    pub fn respelled(self, message: &[u8], seed: u64) -> Option<Vec<u8>> {
        let mut dice = Dice(seed);
        match self {
            Self::Json => json::respelled(message, &mut dice),
            Self::MsgPack => msgpack::respelled(message, &mut dice),
        }
    }
}

/// What is done to a message.
#[derive(Clone, Debug)]
pub struct Twist {
    /// What keys are ordered by.
    pub seed: u64,
    /// Where a byte is another, and which: one message for each.
    pub damages: Vec<(prop::sample::Index, u8)>,
    /// What the codec allows.
    pub limits: Limits,
}

impl Twist {
    /// The message itself, and what becomes of it, each with what was done to it.
    #[must_use]
    pub fn messages(&self, format: Format, message: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
        let mut messages = vec![("as it is written", message.to_vec())];
        let respelled = format.respelled(message, self.seed);
        messages.extend(respelled.map(|message| ("spelled otherwise", message)));
        for (place, byte) in self.damages.iter().filter(|_| !message.is_empty()) {
            let mut damaged = message.to_vec();
            if let Some(at) = damaged.get_mut(place.index(message.len())) {
                *at = *byte;
            }
            messages.push(("damaged", damaged));
        }
        messages
    }
}

/// Random twists: in half of them the limits are the default, in the others one or two of them are small.
pub fn twists() -> impl Strategy<Value = Twist> {
    let byte = prop_oneof![1 => any::<u8>(), 2 => prop::sample::select(b"\"{}[],:0123456789-ntf .\\eEx".to_vec()), 1 => 0x7f_u8..=0xe5];
    let limits = prop_oneof![1 => Just(Limits::default()), 1 => small_limits()];
    (any::<u64>(), vec((any::<prop::sample::Index>(), byte), 3), limits).prop_map(|(seed, damages, limits)| Twist { seed, damages, limits })
}

/// Limits of which one or two are small.
pub fn small_limits() -> impl Strategy<Value = Limits> {
    let one = (0_u8..8, any::<prop::sample::Index>());
    vec(one, 1..3).prop_map(|small| {
        let mut limits = Limits::default();
        for (which, value) in small {
            let (limit, bound) = match which {
                0 => (&mut limits.message_bytes, 3_000),
                1 => (&mut limits.depth, 12),
                2 => (&mut limits.objects, 12),
                3 => (&mut limits.list_items, 8),
                4 => (&mut limits.map_keys, 64),
                5 => (&mut limits.key_bytes, 32),
                6 => (&mut limits.text_bytes, 80),
                _ => (&mut limits.hops, 6),
            };
            *limit = value.index(bound);
        }
        limits
    })
}

/// Numbers that look random and are the same for the same seed (an LCG of Knuth's).
pub(crate) struct Dice(u64);

impl Dice {
    /// A number below `bound`, which is not zero.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound.max(1)
    }

    /// Puts things in another order.
    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_spelled_otherwise_is_another_one() {
        let message = br#"{"a":[1,-2.5,true,null,"x\n"],"b":{"c":"d","e":[]},"f":18446744073709551615}"#;
        let respelled = Format::Json.respelled(message, 7).unwrap();
        assert_ne!(respelled, message);
        let read = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
        assert_eq!(read(&respelled), read(message));
        // A map of a list, a text, nil, bytes, a float and an extension's neighbours.
        let message = [0x82, 0xa1, b'a', 0x93, 0x01, 0xc0, 0xa1, b'x', 0xa1, b'b', 0xc4, 2, 1, 2];
        let orders: Vec<Vec<u8>> = (0..8).map(|seed| Format::MsgPack.respelled(&message, seed).unwrap()).collect();
        assert!(orders.iter().any(|order| order.first() == Some(&0xdf)) && orders.iter().any(|order| *order != orders[0]));
        assert_eq!(Format::MsgPack.respelled(&[0xd4, 1, 2], 7), None);
        assert_eq!(Format::MsgPack.respelled(&message[..9], 7), None);
    }
}
