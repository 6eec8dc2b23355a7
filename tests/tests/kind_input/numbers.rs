//! Integers, floats, decimal numbers.

use recension::wire::{Error, Malformation};
use recension::{Finite, IntegerWidth, Rule};
use recension_testkit::messages::Format;
use recension_tests::{Kinds, Part, Sample};

use super::message::{json, raw_msgpack};
use super::{accepted, invalid, past_limit, read, refused};

/// What a number is called that is none of 64 bits.
const NO_INTEGER: Rule = Rule::Kind { expected: "integer", found: "number that is no whole number of 64 bits" };

#[test]
fn integers() {
    accepted::<Kinds>("retries", &["0", "10"]);
    past_limit::<Kinds>("retries", "retries", &Rule::Range { min: 0, max: 10 }, &["11", "255"]);
    past_limit::<Kinds>("retries", "retries", &Rule::Width(IntegerWidth::U8), &["-1", "256", "18446744073709551615"]);
    accepted::<Kinds>("id", &["0", "-9223372036854775808", "9223372036854775807"]);
    past_limit::<Kinds>("id", "id", &Rule::Width(IntegerWidth::I64), &["9223372036854775808", "18446744073709551615"]);
    accepted::<Part>("bytes", &["0", "18446744073709551615"]);
    past_limit::<Part>("bytes", "bytes", &Rule::Width(IntegerWidth::U64), &["-1", "-9223372036854775808"]);
    accepted::<Sample>("weight", &["null", "-32768", "32767"]);
    past_limit::<Sample>("weight", "weight", &Rule::Width(IntegerWidth::I16), &["-32769", "32768"]);
    accepted::<Sample>("size", &["1", "100"]);
    past_limit::<Sample>("size", "size", &Rule::Range { min: 1, max: 100 }, &["0", "101", "4294967295"]);
    past_limit::<Sample>("size", "size", &Rule::Width(IntegerWidth::U32), &["4294967296", "-1"]);
    refused::<Kinds>("id", &NO_INTEGER, &["1.0", "0.5", "1e3", "-0.0", "9223372036854775808123", "-9223372036854775809"]);
    refused::<Kinds>("id", &Rule::NotNull, &["null"]);
}

#[test]
fn floats() {
    accepted::<Kinds>("ratio", &["-1.5", "2.5", "0", "-1", "0.1", "5e-324"]);
    let range = Rule::FloatRange { min: Finite::new(-1.5).unwrap(), max: Finite::new(2.5).unwrap() };
    past_limit::<Kinds>("ratio", "ratio", &range, &["-1.5000000000000002", "2.5000000000000004", "1e308", "-18446744073709551616", "4000"]);
    accepted::<Kinds>(
        "reading",
        &["null", "1.7976931348623157e308", "-1.7976931348623157e308", "5e-324", "9007199254740993", "18446744073709551616"],
    );
    refused::<Kinds>("ratio", &Rule::NotNull, &["null"]);
    // The negative zero is the positive one.
    for (format, message) in [
        (Format::Json, json::<Kinds>("reading", "-0.0")),
        (Format::MsgPack, raw_msgpack::<Kinds>("reading", &[&[0xcb][..], &(-0.0_f64).to_be_bytes()].concat())),
    ] {
        let record = read::<Kinds>(format, &message).unwrap();
        let Ok(recension::Slot::Value(recension::Value::Float(zero))) = record.slot("reading") else { panic!("no float") };
        assert!(zero.is_sign_positive());
    }
}

#[test]
fn numbers_that_only_one_format_can_say() {
    // JSON has no infinities, and no number that is one.
    for text in ["1e400", "-1e400"] {
        assert!(matches!(read::<Kinds>(Format::Json, &json::<Kinds>("reading", text)), Err(Error::Malformed(Malformation::Syntax { .. }))));
    }
    for text in ["NaN", "Infinity", "-Infinity", "01", "+1", ".5", "1.", "0x1", "1_000"] {
        assert!(matches!(read::<Kinds>(Format::Json, &json::<Kinds>("reading", text)), Err(Error::Malformed(_))), "{text}");
    }
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let packed = [&[0xcb][..], &number.to_be_bytes()].concat();
        let found = read::<Kinds>(Format::MsgPack, &raw_msgpack::<Kinds>("reading", &packed));
        assert_eq!(found, Err(invalid::<Kinds>("reading", Rule::NotFinite)));
        #[expect(clippy::cast_possible_truncation, reason = "what is infinite stays so")]
        let packed = [&[0xca][..], &(number as f32).to_be_bytes()].concat();
        assert_eq!(
            read::<Kinds>(Format::MsgPack, &raw_msgpack::<Kinds>("reading", &packed)),
            Err(invalid::<Kinds>("reading", Rule::NotFinite))
        );
    }
    // A float of 32 bits is the same number of 64.
    let half = [&[0xca][..], &0.5_f32.to_be_bytes()].concat();
    let record = read::<Kinds>(Format::MsgPack, &raw_msgpack::<Kinds>("reading", &half)).unwrap();
    assert_eq!(record, read::<Kinds>(Format::Json, &json::<Kinds>("reading", "0.5")).unwrap());
    assert_eq!(read::<Kinds>(Format::MsgPack, &raw_msgpack::<Kinds>("id", &half)), Err(invalid::<Kinds>("id", NO_INTEGER)));
}

#[test]
fn decimal_numbers() {
    accepted::<Kinds>("price", &[r#""9999.99""#, r#""-9999.99""#, r#""0""#, r#""0.01""#, r#""1.50""#, r#""9999.9900""#]);
    past_limit::<Kinds>(
        "price",
        "price",
        &Rule::Digits { whole: 4, scale: 2 },
        &[r#""10000""#, r#""-10000""#, r#""9999.991""#, r#""0.001""#, r#""1234567""#],
    );
    let (most, finest) = (format!(r#""{}.{}""#, "9".repeat(20), "9".repeat(18)), format!(r#""-0.{}1""#, "0".repeat(17)));
    accepted::<Kinds>("exact", &["null", &most, &finest]);
    let (wide, fine) = (format!(r#""1{}""#, "0".repeat(20)), format!(r#""0.{}1""#, "0".repeat(18)));
    past_limit::<Kinds>("exact", "exact", &Rule::Digits { whole: 20, scale: 18 }, &[&wide, &fine]);
    let long = format!(r#""{}""#, "1".repeat(39));
    refused::<Kinds>(
        "exact",
        &Rule::Form("decimal number of at most 38 digits, without exponent"),
        &[r#""""#, r#""1e3""#, r#""01""#, r#""+1""#, r#"".5""#, r#""5.""#, r#""1,5""#, r#"" 1234""#, r#""NaN""#, r#""-""#, &long],
    );
    refused::<Kinds>("price", &Rule::Kind { expected: "decimal", found: "number" }, &["1234"]);
    refused::<Kinds>("price", &Rule::NotNull, &["null"]);
}
