//! What is malformed in MessagePack only, and its limits, which are those of JSON.

use recension::wire::{Codec, Error, Form, Limit, Limits, Malformation};
use recension::{Carry, Persisted, Revision, VersionedObject};
use recension_testkit::messages::Format;
use recension_tests::Kinds;

use super::message::raw_msgpack;
use super::{invalid, read};

/// A message with everything in it: an older version, objects in objects, a carry and a revision.
fn message(format: Format) -> Vec<u8> {
    let row = Persisted::assemble(Kinds::full("canary").unwrap(), Revision(3), Carry::default());
    let versions = "SampleKinds=1.1,SamplePart=1.1,SampleCable=1.0".parse().unwrap();
    format.write(&Codec::default(), &row, Form::Trusted, &versions).unwrap()
}

fn is_malformed(error: &Error) -> bool {
    !format!("{error} {error:?}").contains("canary") && matches!(error, Error::Malformed(_))
}

/// Where the value of the one field begins in a message of `raw_msgpack`.
fn begin(field: &str) -> usize {
    raw_msgpack::<Kinds>(field, &[]).len()
}

#[test]
fn a_message_cut_off_anywhere_is_refused() {
    let message = message(Format::MsgPack);
    assert!(Format::MsgPack.read::<Persisted<Kinds>>(&Codec::default(), &message).is_ok());
    for length in 0..message.len() {
        let codec = Codec::default();
        for codec in [&codec, &codec.clone().long_way_only()] {
            let refused = Format::MsgPack.read::<Persisted<Kinds>>(codec, &message[..length]).map(|_| ()).unwrap_err();
            assert!(is_malformed(&refused), "{length} bytes: {refused}");
        }
    }
}

#[test]
fn what_follows_a_message_is_refused() {
    for after in [&[0xc0][..], &[0x80], &[0xff], &[0xc1], b"canary"] {
        let message = [&message(Format::MsgPack), after].concat();
        let refused = Format::MsgPack.read::<Persisted<Kinds>>(&Codec::default(), &message).map(|_| ());
        assert_eq!(refused, Err(Malformation::Trailing.into()), "{after:?}");
    }
    for other in [&[][..], &[0xc0], &[0xc1], &[0x90], &[0x80], &[0xa1, b'x'], &[0x91, 0x80]] {
        assert!(is_malformed(&read::<Kinds>(Format::MsgPack, other).unwrap_err()), "{other:?}");
    }
}

#[test]
fn extensions_and_what_is_reserved_are_refused() {
    for value in [
        &[0xc1][..],
        &[0xc7, 1, 1, 0],
        &[0xc8, 0, 1, 1, 0],
        &[0xc9, 0, 0, 0, 1, 1, 0],
        &[0xd4, 1, 0],
        &[0xd5, 1, 0, 0],
        // The extension for times is one too.
        &[0xd6, 0xff, 0, 0, 0, 0],
        &[0xd7, 0xff, 0, 0, 0, 0, 0, 0, 0, 0],
        &[0xd8, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ] {
        for field in ["reading", "seen", "died"] {
            let expected = Err(Malformation::MsgPack(begin(field)).into());
            assert_eq!(read::<Kinds>(Format::MsgPack, &raw_msgpack::<Kinds>(field, value)), expected, "{value:?}");
        }
    }
}

#[test]
fn s16_lengths_past_the_message_take_no_memory() {
    for (value, limit) in [
        (&[0xdb, 0xff, 0xff, 0xff, 0xff, b'x'][..], None),
        (&[0xda, 0xff, 0xff, b'x'], None),
        (&[0xd9, 2, b'x'], None),
        (&[0xbf, b'x'], None),
        (&[0xc6, 0xff, 0xff, 0xff, 0xff, 1], None),
        (&[0xc5, 0xff, 0xff, 1], None),
        (&[0xc4, 2, 1], None),
        (&[0xdd, 0xff, 0xff, 0xff, 0xff, 1], Some((Limit::ListItems, 1_000))),
        (&[0xdc, 0xff, 0xff, 1], Some((Limit::ListItems, 1_000))),
        (&[0x9f, 1], None),
        (&[0xdf, 0xff, 0xff, 0xff, 0xff, 0xa0, 1], Some((Limit::MapKeys, 256))),
        (&[0xde, 0xff, 0xff, 0xa0, 1], Some((Limit::MapKeys, 256))),
        (&[0x8f, 0xa0, 1], None),
        (&[0xcf, 1], None),
        (&[0xcb, 1], None),
    ] {
        for field in ["reading", "tags", "labels", "blob", "code"] {
            let refused = read::<Kinds>(Format::MsgPack, &raw_msgpack::<Kinds>(field, value)).unwrap_err();
            match limit {
                Some((limit, max)) => assert_eq!(refused, Error::TooLarge { limit, max }, "{value:?}"),
                None => assert!(matches!(refused, Error::Malformed(Malformation::MsgPack(_))), "{value:?}: {refused}"),
            }
        }
    }
}

#[test]
fn keys_are_texts() {
    for key in [&[0x01][..], &[0xc0], &[0xc2], &[0xcb, 0, 0, 0, 0, 0, 0, 0, 0], &[0xc4, 1, b'a'], &[0x90], &[0x80]] {
        let map = [&[0x81][..], key, &[0xa1, b'x']].concat();
        let expected = Err(Malformation::MsgPack(begin("labels") + 1).into());
        assert_eq!(read::<Kinds>(Format::MsgPack, &raw_msgpack::<Kinds>("labels", &map)), expected, "{key:?}");
        // In the data, and in the envelope.
        let good = raw_msgpack::<Kinds>("id", &[7]);
        let data = [&good[..good.len() - 4], key, &[7]].concat();
        assert!(matches!(read::<Kinds>(Format::MsgPack, &data), Err(Error::Malformed(Malformation::MsgPack(_)))), "{key:?}");
        let envelope = [&[0x81][..], key, &[0xa1, b'x']].concat();
        assert_eq!(read::<Kinds>(Format::MsgPack, &envelope), Err(Malformation::MsgPack(1).into()), "{key:?}");
    }
}

#[test]
fn s14_a_key_stands_once() {
    let good = raw_msgpack::<Kinds>("id", &[7]);
    // The data has one field, and the envelope ends with it.
    let data = good.len() - 5;
    assert_eq!(good[data..], [0x81, 0xa2, b'i', b'd', 7]);
    for again in [&[0xa2, b'i', b'd', 7][..], &[0xd9, 2, b'i', b'd', 8]] {
        let twice = [&good[..data], &[0x82], &good[data + 1..], again].concat();
        assert_eq!(read::<Kinds>(Format::MsgPack, &twice), Err(Malformation::DuplicateKey("id".to_owned()).into()));
    }
    let name = [&[0xd9, 21][..], b"versioned_object.name", &[0xa1, b'x']].concat();
    let twice = [&[0x85], &good[1..], &name].concat();
    assert_eq!(read::<Kinds>(Format::MsgPack, &twice), Err(Malformation::DuplicateKey("versioned_object.name".to_owned()).into()));
    let unknown = [&[0x85], &good[1..], &[0xa1, b'x', 0xc0]].concat();
    assert_eq!(read::<Kinds>(Format::MsgPack, &unknown), Err(Malformation::UnknownKey("message[4]".to_owned()).into()));
}

#[test]
fn s16_a_message_of_nothing_but_depth_is_refused() {
    for open in [&[0x91][..], &[0x81, 0xa0]] {
        let deep = [open.repeat(100_000), vec![0xc0]].concat();
        let refused = read::<Kinds>(Format::MsgPack, &raw_msgpack::<Kinds>("reading", &deep));
        assert_eq!(refused, Err(Error::TooLarge { limit: Limit::Depth, max: Limits::default().depth }));
    }
    // At the limit it is the field that speaks: the envelope and its data are two levels.
    let levels = Limits::default().depth - 2;
    let deep = [[0x91].repeat(levels), vec![0xc0]].concat();
    let rule = recension::Rule::Kind { expected: "float", found: "array" };
    assert_eq!(read::<Kinds>(Format::MsgPack, &raw_msgpack::<Kinds>("reading", &deep)), Err(invalid::<Kinds>("reading", rule)));
}

/// Where a limit stands among all.
type Place = fn(&mut Limits) -> &mut usize;

/// The smallest limit that a message is within; one less must be named.
fn smallest(format: Format, message: &[u8], limit: Limit, place: Place, most: usize) -> usize {
    let verdict = |max: usize| {
        let mut limits = Limits::default();
        *place(&mut limits) = max;
        let codec = Codec::default().limits(limits);
        let short = format.read::<Persisted<Kinds>>(&codec, message).map(|_| ());
        assert_eq!(short, format.read::<Persisted<Kinds>>(&codec.clone().long_way_only(), message).map(|_| ()), "{limit} at {max}");
        short
    };
    let found = (0..=most).find(|max| verdict(*max).is_ok()).unwrap();
    assert_eq!(verdict(found - 1), Err(Error::TooLarge { limit, max: found - 1 }), "{}", format.as_str());
    found
}

#[test]
fn s16_the_limits_of_a_message_are_the_same_in_both_formats() {
    assert_eq!(Kinds::registry().unwrap().lineages().count(), 3);
    let table: [(Limit, usize, Place); 7] = [
        (Limit::Depth, 20, |limits| &mut limits.depth),
        (Limit::Objects, 20, |limits| &mut limits.objects),
        (Limit::ListItems, 20, |limits| &mut limits.list_items),
        (Limit::MapKeys, 60, |limits| &mut limits.map_keys),
        (Limit::KeyBytes, 60, |limits| &mut limits.key_bytes),
        (Limit::TextBytes, 60, |limits| &mut limits.text_bytes),
        (Limit::Hops, 8, |limits| &mut limits.hops),
    ];
    for (limit, most, place) in table {
        let found = Format::BOTH.map(|format| smallest(format, &message(format), limit, place, most));
        assert_eq!(found[0], found[1], "{limit}");
        assert!(found[0] > 0, "{limit}");
    }
    for format in Format::BOTH {
        let message = message(format);
        let within = |bytes: usize| {
            let codec = Codec::default().limits(Limits { message_bytes: bytes, ..Limits::default() });
            format.read::<Persisted<Kinds>>(&codec, &message).map(|_| ())
        };
        assert_eq!(within(message.len()), Ok(()));
        assert_eq!(within(message.len() - 1), Err(Error::TooLarge { limit: Limit::MessageBytes, max: message.len() - 1 }));
    }
}
