//! Values past a limit, or of a form that no column holds: refused before anything is sent, by `create` and by `save`.

use chrono::{FixedOffset, NaiveDate, TimeZone};
use recension::store::{Error, Invalid};
use recension::{Duration, EnumValue, Finite, IntegerWidth, Object, Pattern, Rule, Slot, Value};
use recension_tests::{Kinds, Part, Sample};

use super::boundaries::{cable, part, quoted};
use super::numbers::Numbers;
use super::rows::{Rows, Tried, field, slot, wait};

/// Each value is refused with this rule at this path within the object, and the row stays as it was.
fn past<T: Tried>(name: &str, path: &str, rule: &Rule, values: &[&str]) {
    all_refused::<T>(name, path, rule, values.iter().map(|text| slot::<T>(name, text)));
}

fn refused<T: Tried>(name: &str, path: &str, rule: &Rule, slot: &Slot) {
    all_refused::<T>(name, path, rule, [slot.clone()]);
}

fn all_refused<T: Tried>(name: &str, path: &str, rule: &Rule, slots: impl IntoIterator<Item = Slot>) {
    wait(async {
        let rows = Rows::of::<T>().await;
        for slot in slots {
            refused_in::<T>(&rows, name, path, rule, &slot).await;
        }
    });
}

async fn refused_in<T: Tried>(rows: &Rows, name: &str, path: &str, rule: &Rule, slot: &Slot) {
    let (index, field) = field::<T>(name);
    let expected = recension::Error::Invalid { object: T::NAME.into(), field: path.to_owned(), rule: rule.clone() };
    let row = rows.sample::<T>().await;
    let sent = rows.store.statements();
    let mut tries = vec![rows.create::<T>(index, slot).await];
    if !field.read_only {
        tries.push(rows.save(&row, index, slot).await);
    }
    assert_eq!(rows.store.statements(), sent, "something was sent of `{name}`");
    for tried in tries {
        let error = tried.err().unwrap_or_else(|| panic!("`{name}` was written: {rule}"));
        assert!(
            matches!(&error, Error::Invalid(Invalid::Object(found)) if **found == expected),
            "`{name}`: {} for {expected}",
            error.log()
        );
        assert!(!format!("{} {error:?}", error.log()).contains("canary"), "{}", error.log());
    }
    assert_eq!(rows.read(&row).await, row.to_record());
}

#[test]
fn s4_integers() {
    let width = |width| Rule::Width(width);
    for (name, rule, values) in [
        ("a", width(IntegerWidth::I8), ["-129", "128"]),
        ("b", width(IntegerWidth::I16), ["-32769", "32768"]),
        ("c", width(IntegerWidth::I32), ["-2147483649", "2147483648"]),
        ("d", width(IntegerWidth::I64), ["9223372036854775808", "18446744073709551615"]),
        ("e", width(IntegerWidth::U8), ["-1", "256"]),
        ("f", width(IntegerWidth::U16), ["-1", "65536"]),
        ("g", width(IntegerWidth::U32), ["-1", "4294967296"]),
        ("h", width(IntegerWidth::U64), ["-1", "-9223372036854775808"]),
        // Values of the field, and none that a column holds.
        ("h", width(IntegerWidth::I64), ["9223372036854775808", "18446744073709551615"]),
        ("h_or_none", width(IntegerWidth::I64), ["9223372036854775808", "18446744073709551615"]),
    ] {
        past::<Numbers>(name, name, &rule, &values);
    }
    past::<Kinds>("retries", "retries", &Rule::Range { min: 0, max: 10 }, &["11", "255"]);
    past::<Sample>("size", "size", &Rule::Range { min: 1, max: 100 }, &["0", "101"]);
    past::<Numbers>("d", "d", &Rule::NotNull, &["null"]);
}

#[test]
fn floats() {
    let range = Rule::FloatRange { min: Finite::new(-1.5).unwrap(), max: Finite::new(2.5).unwrap() };
    past::<Kinds>("ratio", "ratio", &range, &["-1.5000000000000002", "2.5000000000000004", "1e308"]);
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for name in ["ratio", "reading"] {
            refused::<Kinds>(name, name, &Rule::NotFinite, &Slot::Value(Value::Float(number)));
        }
    }
    past::<Kinds>("ratio", "ratio", &Rule::NotNull, &["null"]);
}

#[test]
fn decimal_numbers() {
    past::<Kinds>("price", "price", &Rule::Digits { whole: 4, scale: 2 }, &[r#""10000""#, r#""9999.991""#, r#""-0.001""#]);
    let (wide, fine) = (quoted(&format!("1{}", "0".repeat(20))), quoted(&format!("0.{}1", "0".repeat(18))));
    past::<Kinds>("exact", "exact", &Rule::Digits { whole: 20, scale: 18 }, &[&wide, &fine]);
    past::<Numbers>("whole", "whole", &Rule::Digits { whole: 38, scale: 0 }, &[r#""0.1""#]);
    past::<Numbers>("fraction", "fraction", &Rule::Digits { whole: 0, scale: 38 }, &[r#""1""#]);
    past::<Kinds>("price", "price", &Rule::NotNull, &["null"]);
}

#[test]
fn s4_texts() {
    past::<Sample>("name", "name", &Rule::Chars { limit: 64, found: 65 }, &[&quoted(&format!("canary{}", "é".repeat(59)))]);
    past::<Sample>("name", "name", &Rule::Bytes { limit: 256, found: 257 }, &[&quoted(&"x".repeat(257))]);
    past::<Sample>("name", "name", &Rule::Nul, &[r#""canary\u0000""#]);
    past::<Sample>("token", "token", &Rule::Bytes { limit: 64, found: 65 }, &[&quoted(&"x".repeat(65))]);
    past::<Numbers>("text", "text", &Rule::Chars { limit: 255, found: 256 }, &[&quoted(&"x".repeat(256))]);
    past::<Numbers>("long_text", "long_text", &Rule::Bytes { limit: 100_000, found: 100_001 }, &[&quoted(&"x".repeat(100_001))]);
    past::<Kinds>("slug", "slug", &Rule::Pattern("^[a-z][a-z0-9-]*$".parse::<Pattern>().unwrap()), &[r#""""#, r#""Canary""#]);
    past::<Kinds>("code", "code", &Rule::Pattern("[0-9]{3}".parse::<Pattern>().unwrap()), &[r#""canary12""#]);
    past::<Numbers>("text", "text", &Rule::NotNull, &["null"]);
}

#[test]
fn bytes() {
    past::<Kinds>("digest", "digest", &Rule::Bytes { limit: 8, found: 9 }, &[r#""AAECAwQFBgcI""#]);
    past::<Kinds>("blob", "blob", &Rule::Bytes { limit: 1_020, found: 1_021 }, &[&quoted(&format!("{}AA==", "AAAA".repeat(340)))]);
    past::<Kinds>("digest", "digest", &Rule::NotNull, &["null"]);
}

#[test]
fn durations_days_and_times() {
    let range = Rule::DurationRange { min: Duration::from_micros(-1_000_000), max: Duration::from_micros(3_600_000_000) };
    past::<Kinds>("timeout", "timeout", &range, &[r#""-PT1.000001S""#, r#""PT3600.000001S""#, r#""PT9223372036854.775807S""#]);
    // They have the years 1 and 9999 where they are, and others in UTC.
    let half = chrono::TimeDelta::minutes(30);
    let first = NaiveDate::from_ymd_opt(1, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap() - half;
    let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap().and_hms_opt(23, 59, 59).unwrap() + half;
    for (time, hours) in [(first, 1), (last, -1)] {
        let time = FixedOffset::east_opt(hours * 3_600).unwrap().from_utc_datetime(&time);
        for name in ["made_at", "seen_at"] {
            refused::<Sample>(name, name, &Rule::Timestamp, &Slot::Value(Value::Timestamp(time.into())));
        }
    }
    past::<Kinds>("born", "born", &Rule::NotNull, &["null"]);
    past::<Kinds>("timeout", "timeout", &Rule::NotNull, &["null"]);
    past::<Sample>("made_at", "made_at", &Rule::NotNull, &["null"]);
}

#[test]
fn what_no_release_of_this_knows_is_not_written() {
    let unknown = |text: &str| Slot::Value(Value::Enum(EnumValue::Unknown(text.into())));
    refused::<Sample>("state", "state", &Rule::UnknownEnum("SampleState".to_owned()), &unknown("canary"));
    let list = Slot::Value(Value::List(vec![Some(Value::Enum(EnumValue::Unknown("canary".into())))]));
    refused::<Kinds>("past", "past[0]", &Rule::UnknownEnum("SampleState".to_owned()), &list);
    past::<Sample>("state", "state", &Rule::NotNull, &["null"]);
}

#[test]
fn lists_sets_and_maps() {
    past::<Kinds>("tags", "tags", &Rule::Items { limit: 3, found: 4 }, &[r#"["","","",""]"#]);
    past::<Kinds>("tags", "tags[1]", &Rule::Chars { limit: 6, found: 7 }, &[r#"["","canary7"]"#]);
    past::<Kinds>("counts", "counts[1]", &Rule::Range { min: -5, max: 5 }, &["[0,6]"]);
    past::<Kinds>("tags", "tags[0]", &Rule::Nul, &[r#"["can\u0000"]"#]);
    past::<Kinds>("keys", "keys[1]", &Rule::Bytes { limit: 8, found: 9 }, &[r#"["","canary 12"]"#]);
    past::<Kinds>("ports", "ports", &Rule::Items { limit: 4, found: 5 }, &["[5,4,3,2,1]"]);
    past::<Kinds>("ports", "ports[*]", &Rule::Range { min: 1, max: 65_535 }, &["[1,0]"]);
    past::<Kinds>("labels", "labels", &Rule::KeyBytes { limit: 6, found: 7 }, &[r#"{"canary7":""}"#]);
    past::<Kinds>("labels", "labels[*]", &Rule::Chars { limit: 6, found: 7 }, &[r#"{"key":"canary7"}"#]);
    past::<Kinds>("labels", "labels", &Rule::KeyNul, &[r#"{"can\u0000":""}"#]);
    past::<Kinds>("notes", "notes", &Rule::KeyBytes { limit: 128, found: 129 }, &[&format!(r#"{{"{}":null}}"#, "k".repeat(129))]);
    let many: Vec<String> = (0..1_001).map(|number| number.to_string()).collect();
    past::<Numbers>("floats", "floats", &Rule::Items { limit: 1_000, found: 1_001 }, &[&format!("[{}]", many.join(","))]);
    past::<Kinds>("tags", "tags", &Rule::NotNull, &["null"]);
    past::<Kinds>("ports", "ports", &Rule::NotNull, &["null"]);
    past::<Kinds>("labels", "labels", &Rule::NotNull, &["null"]);
}

#[test]
fn objects_and_unions() {
    let two = format!("[{0},{0},{0}]", cable("PT0S"));
    past::<Kinds>("devices", "devices", &Rule::Items { limit: 2, found: 3 }, &[&two]);
    let three = format!("[{0},{0},{0},{0}]", part(1, ""));
    past::<Sample>("parts", "parts", &Rule::Items { limit: 3, found: 4 }, &[&three]);
    past::<Sample>("main", "main", &Rule::NotNull, &["null"]);
    past::<Kinds>("device", "device", &Rule::NotNull, &["null"]);
    // What is wrong in an object is named with its path.
    let wrong = Value::from(Part { bytes: 1, label: Some("x".repeat(33)), serial: String::new() }.to_record());
    let rule = Rule::Chars { limit: 32, found: 33 };
    refused::<Sample>("main", "main.label", &rule, &Slot::Value(wrong.clone()));
    refused::<Sample>("spare", "spare.label", &rule, &Slot::Value(wrong.clone()));
    refused::<Sample>("parts", "parts[0].label", &rule, &Slot::Value(Value::List(vec![Some(wrong.clone())])));
    refused::<Kinds>("device", "device.label", &rule, &Slot::Value(wrong.clone()));
    refused::<Kinds>("shelves", "shelves[*].label", &rule, &Slot::Value(Value::Map([("canary".to_owned(), Some(wrong))].into())));
}
