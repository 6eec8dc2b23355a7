//! Bad input on the wire: each a typed error that names what and where, never a value; no panic.
#![cfg(test)]

mod carry;
mod damage;
mod envelope;
mod fields;
mod limits;
mod secrecy;
mod tree;

use recension::versioning::{Manifest, Registry, VersionedObject};
use recension::wire::{Codec, Error, Form};
use recension::{Carry, Hop, Object, Record};
use recension_tests::Sample;

use self::tree::Tree;

fn registry() -> &'static Registry {
    Sample::registry().unwrap()
}

fn read(message: &str) -> Result<Record, Error> {
    read_bytes(message.as_bytes())
}

fn read_bytes(message: &[u8]) -> Result<Record, Error> {
    Codec::default().record_from_json(registry(), message)
}

fn write(record: Record, versions: &str) -> String {
    let versions: Manifest = versions.parse().unwrap();
    String::from_utf8(Codec::default().record_to_json(registry(), &record, Form::Trusted.manifest(&versions)).unwrap()).unwrap()
}

/// A hop of a release that nobody here knows.
const UNKNOWN_HOP: &str = r#"{"data": {"later": [1, "x"]}, "changes": ["later"]}"#;

/// A message with everything in it: an older version, nested objects and a list of them, changes, and a
/// carry at both levels with a hop of an unknown release.
fn message() -> String {
    let mut record = Sample::full("mark").unwrap().to_record();
    record.set_changes((0..record.slots().len()).collect());
    let mut carry = Carry::default();
    carry.put("9.1".parse().unwrap(), Hop::Opaque(UNKNOWN_HOP.into()));
    record.set_carry(carry);
    write(record, "Sample=1.2,SamplePart=1.1")
}

/// The same message as a tree, to be changed in one place.
fn tree() -> Tree {
    Tree::read(&message())
}

/// A message of `Sample` at its newest version with this `data`.
fn newest(data: &str) -> String {
    envelope("Sample", "sample", "2.0", data)
}

fn envelope(name: &str, namespace: &str, version: &str, data: &str) -> String {
    format!(
        r#"{{"versioned_object.name":"{name}","versioned_object.namespace":"{namespace}","versioned_object.version":"{version}","versioned_object.data":{data}}}"#
    )
}

#[test]
fn the_message_to_be_damaged_is_a_good_one() {
    let text = message();
    let record = read(&text).unwrap();
    assert_eq!(write(record, ""), text);
    assert_eq!(tree().to_string(), text);
    assert_eq!(tree().to_string(), text);
    for part in [r#""versioned_object.carry""#, r#""versioned_object.changes""#, r#""9.1""#, r#""2.0""#, "SamplePart", "mark"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // The parts carry too: what 1.2 and 1.3 made of them.
    assert!(text.matches(r#""versioned_object.carry""#).count() >= 3);
}
