//! Texts, secret and sensitive ones, and strings of bytes.

use recension::wire::{Codec, Error, Malformation};
use recension::{Object, Pattern, Rule};
use recension_testkit::messages::Format;
use recension_tests::{Kinds, Sample};

use super::message::{json, raw_msgpack};
use super::{accepted, invalid, past_limit, read, refused};

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[test]
fn texts() {
    let (wide, widest) = (quoted(&"é".repeat(64)), quoted(&"😀".repeat(64)));
    accepted::<Sample>("name", &[r#""""#, &quoted(&"x".repeat(64)), &wide, &widest, r#""\"\\\u0001\u2028\n""#]);
    // The bytes of a text are looked at first, which spares counting the characters of a long one.
    past_limit::<Sample>("name", "name", &Rule::Chars { limit: 64, found: 65 }, &[&quoted(&"x".repeat(65)), &quoted(&"é".repeat(65))]);
    past_limit::<Sample>("name", "name", &Rule::Bytes { limit: 256, found: 257 }, &[&quoted(&"x".repeat(257))]);
    accepted::<Kinds>("log", &[&quoted(&"x".repeat(64)), &quoted(&"é".repeat(32))]);
    past_limit::<Kinds>(
        "log",
        "log",
        &Rule::Bytes { limit: 64, found: 65 },
        &[&quoted(&"x".repeat(65)), &quoted(&format!("x{}", "é".repeat(32)))],
    );
    past_limit::<Sample>("name", "name", &Rule::Nul, &[r#""\u0000""#, r#""canary\u0000""#]);
    past_limit::<Kinds>("log", "log", &Rule::Nul, &[r#""\u0000""#]);
    refused::<Sample>("name", &Rule::NotNull, &["null"]);
}

#[test]
fn s8_secrets() {
    accepted::<Sample>("token", &["null", r#""""#, &quoted(&"x".repeat(64))]);
    past_limit::<Sample>("token", "token", &Rule::Bytes { limit: 64, found: 65 }, &[&quoted(&"x".repeat(65))]);
    past_limit::<Sample>("token", "token", &Rule::Nul, &[r#""canary\u0000""#]);
    accepted::<Kinds>("keys", &["[]", r#"["canary","canary"]"#]);
    past_limit::<Kinds>("keys", "keys[1]", &Rule::Bytes { limit: 8, found: 9 }, &[r#"["","canary 12"]"#]);
}

#[test]
fn patterns() {
    let rule = |pattern: &str| Rule::Pattern(pattern.parse::<Pattern>().unwrap());
    accepted::<Kinds>("slug", &[r#""a""#, r#""a-0""#, r#""abcdefghijkl""#]);
    past_limit::<Kinds>(
        "slug",
        "slug",
        &rule("^[a-z][a-z0-9-]*$"),
        &[r#""""#, r#""-abc""#, r#""Canary""#, r#""canary\n""#, r#""canary é""#],
    );
    // Length and NUL are looked at first.
    past_limit::<Kinds>("slug", "slug", &Rule::Chars { limit: 12, found: 13 }, &[r#""abcdefghijklm""#, r#""ABCDEFGHIJKLM""#]);
    past_limit::<Kinds>("slug", "slug", &Rule::Nul, &[r#""canary\u0000""#]);
    accepted::<Kinds>("code", &["null", r#""123""#, r#""é1234é""#]);
    past_limit::<Kinds>("code", "code", &rule("[0-9]{3}"), &[r#""12""#, r#""12a3""#, r#""١٢٣""#]);
    past_limit::<Kinds>("aliases", "aliases[*]", &rule("^[a-z]*$"), &[r#"["CANARY"]"#]);
}

#[test]
fn bytes() {
    accepted::<Kinds>("digest", &[r#""""#, r#""AAECAwQFBgc=""#, r#""//8=""#]);
    past_limit::<Kinds>("digest", "digest", &Rule::Bytes { limit: 8, found: 9 }, &[r#""AAECAwQFBgcI""#]);
    past_limit::<Kinds>("digest", "digest", &Rule::Bytes { limit: 8, found: 12 }, &[r#""AAECAwQFBgcICQoL""#]);
    let (most, more) = (quoted(&"AAAA".repeat(340)), quoted(&format!("{}AA==", "AAAA".repeat(340))));
    accepted::<Kinds>("blob", &["null", &most]);
    past_limit::<Kinds>("blob", "blob", &Rule::Bytes { limit: 1_020, found: 1_021 }, &[&more]);
    let form = Rule::Form("base64 text with padding");
    refused::<Kinds>(
        "digest",
        &form,
        &[r#""A""#, r#""AAE""#, r#""AAF=""#, r#""-_8=""#, r#""AA==\n""#, r#""AA ==""#, r#""====""#, r#""AAé=""#],
    );
    // Neither form nor length: the form is told.
    refused::<Kinds>("digest", &form, &[r#""AAECAwQFBgcICQo""#]);
    refused::<Kinds>("digest", &Rule::NotNull, &["null"]);
}

#[test]
fn strings_of_bytes_are_that_in_messagepack() {
    let read = |field: &str, bytes: &[u8]| read::<Kinds>(Format::MsgPack, &raw_msgpack::<Kinds>(field, bytes));
    let eight = [&[0xc4, 8][..], &[0, 1, 2, 3, 4, 5, 6, 7]].concat();
    assert_eq!(read("digest", &eight), super::read::<Kinds>(Format::Json, &json::<Kinds>("digest", r#""AAECAwQFBgc=""#)));
    let nine = [&[0xc4, 9][..], &[0; 9]].concat();
    assert_eq!(read("digest", &nine), Err(invalid::<Kinds>("digest", Rule::Bytes { limit: 8, found: 9 })));
    // They stand for no text, not even where they are one.
    for field in ["slug", "price", "born", "phase", "mac"] {
        let expected = Kinds::declaration().head.fields.iter().find(|spec| *spec.name == *field).unwrap().kind.as_str();
        let rule = Rule::Kind { expected, found: "bytes" };
        assert_eq!(read(field, &[0xc4, 1, b'a']), Err(invalid::<Kinds>(field, rule)), "{field}");
    }
    // Nor are they keys, and a text is UTF-8.
    assert!(matches!(read("labels", &[0x81, 0xc4, 1, b'a', 0xa1, b'x']), Err(Error::Malformed(Malformation::MsgPack(_)))));
    for bytes in [&[0xa1, 0xff][..], &[0xa2, b'a', 0xc3], &[0xa3, 0xed, 0xa0, 0x80], &[0xa2, 0xc0, 0x80]] {
        assert!(matches!(read("slug", bytes), Err(Error::Malformed(Malformation::Utf8(_)))), "{bytes:?}");
        let key = [&[0x81][..], bytes, &[0xa1, b'x']].concat();
        assert!(matches!(read("labels", &key), Err(Error::Malformed(Malformation::Utf8(_)))), "{bytes:?}");
    }
    assert!(Codec::default().from_msgpack::<Kinds>(&[]).is_err());
}
