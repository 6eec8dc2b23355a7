//! Lists, sets, maps.

use recension::wire::{Error, Limit};
use recension::{Finite, Record, Rule, Slot, Value, VersionedObject};
use recension_testkit::messages::Format;
use recension_tests::Kinds;
use serde_json::Value as Json;

use super::message::{json, raw_msgpack};
use super::{accepted, invalid, past_limit, read, refused, verdict};

#[test]
fn lists() {
    accepted::<Kinds>("tags", &["[]", r#"["","",""]"#, r#"["éééééé"]"#]);
    past_limit::<Kinds>("tags", "tags", &Rule::Items { limit: 3, found: 4 }, &[r#"["","","",""]"#]);
    past_limit::<Kinds>("tags", "tags[1]", &Rule::Chars { limit: 6, found: 7 }, &[r#"["","canary7"]"#]);
    past_limit::<Kinds>("tags", "tags[0]", &Rule::Nul, &[r#"["can\u0000"]"#]);
    refused::<Kinds>("tags", &Rule::NotNull, &["null"]);
    accepted::<Kinds>("counts", &["[]", "[null,null,null,null]", "[-5,5,0,null]"]);
    past_limit::<Kinds>("counts", "counts", &Rule::Items { limit: 4, found: 5 }, &["[null,null,null,null,null]"]);
    past_limit::<Kinds>("counts", "counts[1]", &Rule::Range { min: -5, max: 5 }, &["[0,6]", "[0,-6]"]);
    accepted::<Kinds>("readings", &["null", "[]", "[0.0,1e308]", "[0,1]"]);
    let range = Rule::FloatRange { min: Finite::new(0.0).unwrap(), max: Finite::new(f64::MAX).unwrap() };
    past_limit::<Kinds>("readings", "readings[0]", &range, &["[-5e-324]"]);
    past_limit::<Kinds>("readings", "readings", &Rule::Items { limit: 2, found: 3 }, &["[1,2,3]"]);
}

#[test]
fn only_items_that_may_be_null_are() {
    for (field, path, value) in [
        ("tags", "tags[1]", r#"["",null]"#),
        ("readings", "readings[0]", "[null]"),
        ("past", "past[0]", "[null]"),
        ("keys", "keys[0]", "[null]"),
        ("devices", "devices[0]", "[null]"),
        ("ids", "ids[0]", "[null]"),
        ("ports", "ports[*]", "[1,null]"),
        ("aliases", "aliases[*]", "[null]"),
        ("labels", "labels[*]", r#"{"canary":null}"#),
        ("shelves", "shelves[*]", r#"{"canary":null}"#),
        ("seen", "seen[*]", r#"{"canary":null}"#),
    ] {
        past_limit::<Kinds>(field, path, &Rule::NotNull, &[value]);
    }
    accepted::<Kinds>("notes", &["null", r#"{"a":null,"b":""}"#]);
}

#[test]
fn sets() {
    accepted::<Kinds>("ports", &["[]", "[65535,1]", "[4,3,2,1]"]);
    past_limit::<Kinds>("ports", "ports", &Rule::Items { limit: 4, found: 5 }, &["[5,4,3,2,1]"]);
    past_limit::<Kinds>("ports", "ports[*]", &Rule::Range { min: 1, max: 65_535 }, &["[1,0]"]);
    accepted::<Kinds>("aliases", &[r#"["b","","abcdef"]"#]);
    past_limit::<Kinds>("aliases", "aliases[*]", &Rule::Chars { limit: 6, found: 7 }, &[r#"["canaryx"]"#]);
}

#[test]
fn an_item_of_a_set_stands_once() {
    past_limit::<Kinds>("ports", "ports", &Rule::Twice, &["[80,80]", "[443,80,443]"]);
    past_limit::<Kinds>("aliases", "aliases", &Rule::Twice, &[r#"["canary","canary"]"#]);
    // It is the value that stands once, however it is written.
    past_limit::<Kinds>("hosts", "hosts", &Rule::Twice, &[r#"["::1","0:0:0:0:0:0:0:1"]"#, r#"["2001:DB8::1","2001:db8::1"]"#]);
}

#[test]
fn maps() {
    accepted::<Kinds>("labels", &["{}", r#"{"":"","abcdef":"abcdef","é":"é"}"#]);
    past_limit::<Kinds>("labels", "labels", &Rule::Items { limit: 3, found: 4 }, &[r#"{"a":"","b":"","c":"","d":""}"#]);
    past_limit::<Kinds>("labels", "labels", &Rule::KeyBytes { limit: 6, found: 7 }, &[r#"{"canary7":""}"#]);
    past_limit::<Kinds>("labels", "labels", &Rule::KeyBytes { limit: 6, found: 8 }, &[r#"{"éééé":""}"#]);
    past_limit::<Kinds>("labels", "labels", &Rule::KeyNul, &[r#"{"can\u0000":""}"#]);
    past_limit::<Kinds>("labels", "labels[*]", &Rule::Chars { limit: 6, found: 7 }, &[r#"{"key":"canary7"}"#]);
    past_limit::<Kinds>("notes", "notes[*]", &Rule::Nul, &[r#"{"key":"can\u0000"}"#]);
    refused::<Kinds>("labels", &Rule::NotNull, &["null"]);
    accepted::<Kinds>("seen", &["{}", r#"{"a":"2024-01-01T00:00:00Z"}"#]);
}

#[test]
fn s14_a_name_in_a_map_stands_once() {
    let twice = Err(invalid::<Kinds>("labels", Rule::Twice));
    for text in [r#"{"a":"x","a":"x"}"#, r#"{"a":"x","\u0061":"y"}"#, r#"{"a":"x","b":"y","a":"z"}"#] {
        assert_eq!(read::<Kinds>(Format::Json, &json::<Kinds>("labels", text)), twice, "{text}");
    }
    // The same name in a shorter and a longer form.
    for map in [&[0x82, 0xa1, b'a', 0xa1, b'x', 0xa1, b'a', 0xa1, b'x'][..], &[0x82, 0xa1, b'a', 0xa1, b'x', 0xd9, 1, b'a', 0xa1, b'y']] {
        assert_eq!(read::<Kinds>(Format::MsgPack, &raw_msgpack::<Kinds>("labels", map)), twice, "{map:?}");
    }
}

#[test]
fn s16_lists_and_names_that_declare_nothing_have_limits_too() {
    // A message has the same ones, and they are looked at first.
    let (most, more): (Vec<Json>, Vec<Json>) = ((0..1_000).map(address).collect(), (0..1_001).map(address).collect());
    accepted::<Kinds>("hosts", &[&Json::from(most).to_string()]);
    assert_eq!(verdict::<Kinds>("hosts", &Json::from(more)), Err(Error::TooLarge { limit: Limit::ListItems, max: 1_000 }));
    let (most, more) = ("k".repeat(128), "k".repeat(129));
    accepted::<Kinds>("notes", &[&format!(r#"{{"{most}":null}}"#)]);
    let long: Json = serde_json::from_str(&format!(r#"{{"{more}":null}}"#)).unwrap();
    assert_eq!(verdict::<Kinds>("notes", &long), Err(Error::TooLarge { limit: Limit::KeyBytes, max: 128 }));
    let mut record = Record::new(Kinds::registry().unwrap().lineage("SampleKinds").unwrap().head().clone());
    let refused = record.set("notes", Slot::Value(Value::Map([(more, None)].into()))).unwrap_err();
    assert_eq!(Error::from(refused), invalid::<Kinds>("notes", Rule::KeyBytes { limit: 128, found: 129 }));
    let addresses = (0..1_001_u32).map(|number| Some(Value::IpAddress(std::net::Ipv4Addr::from(number).into())));
    let refused = record.set("hosts", Slot::Value(Value::Set(addresses.collect()))).unwrap_err();
    assert_eq!(Error::from(refused), invalid::<Kinds>("hosts", Rule::Items { limit: 1_000, found: 1_001 }));
}

fn address(number: u32) -> Json {
    std::net::Ipv4Addr::from(number).to_string().into()
}
