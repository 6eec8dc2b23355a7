//! A good message, damaged at each of its bytes.

use recension::Timestamp;
use recension::wire::{Error, Malformation};
use serde_json::Value as Json;

use super::{message, newest, read, read_bytes, registry, write};

#[test]
fn a_message_cut_off_anywhere_is_refused() {
    let text = message();
    for length in 0..text.len() {
        assert!(read_bytes(&text.as_bytes()[..length]).is_err(), "{length} bytes were accepted");
    }
}

#[test]
fn bytes_that_are_no_utf8_are_refused_where_they_are() {
    let text = message().into_bytes();
    for at in 0..text.len() {
        let mut broken = text.clone();
        broken[at] = 0xff;
        assert_eq!(read_bytes(&broken), Err(Malformation::Utf8(at).into()));
    }
    // Half of a character, and half of a pair.
    assert!(read(&newest(r#"{"note":"é"}"#)).is_ok());
    let half: Vec<u8> = newest(r#"{"note":"é"}"#).into_bytes().into_iter().filter(|byte| *byte != 0xa9).collect();
    assert!(matches!(read_bytes(&half), Err(Error::Malformed(Malformation::Utf8(_)))));
    for surrogate in [r"\ud83d", r"\ude00", r"\ude00\ud83d", r"\ud83dx"] {
        assert!(matches!(read(&newest(&format!(r#"{{"note":"{surrogate}"}}"#))), Err(Error::Malformed(Malformation::Syntax { .. }))));
    }
}

#[test]
fn what_follows_a_message_is_refused() {
    let text = message();
    assert!(read(&format!(" \r\n\t{text} \r\n\t")).is_ok());
    for after in ["x", "{}", ",", "}", "]", "\0", "null", "\u{feff}"] {
        assert_eq!(read(&format!("{text}{after}")), Err(Malformation::Trailing.into()), "{after:?}");
    }
    for before in ["x", "[", ",", "\0", "\u{feff}"] {
        assert!(read(&format!("{before}{text}")).is_err(), "{before:?}");
    }
    for other in ["", " ", "null", "true", "7", r#""{}""#, "[]", "[{}]", "{}"] {
        assert!(matches!(read(other), Err(Error::Malformed(_))), "{other:?}");
    }
}

/// Whether two messages mean the same: times and UUIDs have more than one form, changes have no order.
fn same_meaning(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len() && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same_meaning(value, other)))
        }
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same_meaning(left, right))
        }
        (Json::String(left), Json::String(right)) => {
            let uuids = || left.parse::<uuid::Uuid>().ok().zip(right.parse::<uuid::Uuid>().ok());
            let times = || Timestamp::parse(left).ok().zip(Timestamp::parse(right).ok());
            left == right || uuids().is_some_and(|(left, right)| left == right) || times().is_some_and(|(left, right)| left == right)
        }
        (left, right) => left == right,
    }
}

#[test]
fn s14_a_message_with_one_bit_turned_is_refused_or_means_what_it_says() {
    let text = message().into_bytes();
    let mut accepted = 0;
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut turned = text.clone();
            turned[at] ^= 1 << bit;
            let Ok(record) = read_bytes(&turned) else { continue };
            let again = write(record.clone(), "");
            assert_eq!(read(&again).as_ref(), Ok(&record));
            let (said, meant): (Json, Json) = (serde_json::from_slice(&turned).unwrap(), serde_json::from_str(&again).unwrap());
            assert!(same_meaning(&said, &meant), "byte {at}, bit {bit}: {} became {again}", String::from_utf8_lossy(&turned));
            assert!(registry().upgrade(record).is_ok());
            accepted += 1;
        }
    }
    assert!(accepted > 50, "{accepted}");
}
