//! Cells that another program wrote, of kinds that lie in a cell by themselves. What is no value of the field is
//! `Integrity`, and names the field and the rule that a message would break; what a reader bears with is read.

use recension::store::Error;
use recension::wire::{Codec, Error as WireError};
use recension::{FieldClass, FieldKind, IntegerWidth, Persisted, Rule, Slot, Value};
use recension_tests::{Kinds, Sample};

use super::boundaries::quoted;
use super::numbers::Numbers;
use super::rows::{Rows, Tried, field, slot, wait};

/// What becomes of a row whose cell of the field `name` holds what this expression of SQL gives.
pub(crate) async fn with_cell<T: Tried>(rows: &Rows, name: &str, sql: &str) -> Result<Persisted<T>, Error> {
    let row = rows.sample::<T>().await;
    rows.run(&format!("UPDATE {} SET \"{name}\" = {sql} WHERE id = {}", T::mapping().table(), row.key())).await;
    let read = rows.session.get::<T>(row.key()).await;
    let all = rows.session.find::<T>().all().await;
    assert_eq!(read.is_ok(), all.is_ok(), "alone and in a list");
    rows.run(&format!("DELETE FROM {}", T::mapping().table())).await;
    read
}

/// The row is said to be broken there, with what a message with the same would break, and nothing of the value is shown.
pub(crate) fn broken<T: Tried>(error: &Error, name: &str, path: &str, rule: &Rule, sql: &str) {
    let expected = recension::Error::Invalid { object: T::NAME.into(), field: path.to_owned(), rule: rule.clone() };
    assert!(matches!(error, Error::Integrity { .. }), "{sql} for `{name}`: {}", error.log());
    assert_eq!(error.broken(), Some(&expected), "{sql} for `{name}`");
    assert!(error.log().contains(&format!("column={name} ")), "{}", error.log());
    assert!(!format!("{} {error:?}", error.log()).contains("canary"), "{}", error.log());
}

/// Each cell breaks this rule.
fn refused<T: Tried>(name: &str, rule: &Rule, cells: &[&str]) {
    wait(async {
        let rows = Rows::of_anything::<T>().await;
        for sql in cells {
            let Err(error) = with_cell::<T>(&rows, name, sql).await else { panic!("{sql} for `{name}` was read") };
            broken::<T>(&error, name, name, rule, sql);
        }
    });
}

/// Each text breaks this rule in a cell, as it does in a message.
fn refused_as_in_a_message<T: Tried>(name: &str, rule: &Rule, texts: &[&str]) {
    let field = field::<T>(name).1;
    for text in texts {
        let message = Codec::default().field_from_json(T::registry().unwrap(), &T::declaration().head, field, &quoted(text));
        let expected = recension::Error::Invalid { object: T::NAME.into(), field: name.to_owned(), rule: rule.clone() };
        assert_eq!(message, Err(WireError::Object(expected)), "{text} for `{name}` in a message");
    }
    let cells: Vec<String> = texts.iter().map(|text| format!("'{}'", text.replace('\'', "''"))).collect();
    refused::<T>(name, rule, &cells.iter().map(String::as_str).collect::<Vec<_>>());
}

/// Each cell is read as this.
fn read_as<T: Tried>(name: &str, cells: &[(&str, &str)]) {
    wait(async {
        let rows = Rows::of_anything::<T>().await;
        for (sql, json) in cells {
            let read = with_cell::<T>(&rows, name, sql).await.unwrap_or_else(|error| panic!("{sql} for `{name}`: {}", error.log()));
            assert_eq!(read.to_record().slot(name), Ok(&slot::<T>(name, json)), "{sql} for `{name}`");
        }
    });
}

/// A cell of each storage class, and what messages call it.
const CELLS: [(&str, &str); 4] = [("7", "integer"), ("1.5", "real"), ("'canary'", "text"), ("x'63616e617279'", "blob")];

/// Whether values of the kind lie in cells of that class.
fn takes(kind: &FieldKind, class: &str) -> bool {
    match kind {
        FieldKind::Integer(_) | FieldKind::Bool | FieldKind::Duration => class == "integer",
        FieldKind::Float => class == "integer" || class == "real",
        FieldKind::Bytes => class == "blob",
        _ => class == "text",
    }
}

async fn every_class<T: Tried>() -> usize {
    let rows = Rows::of_anything::<T>().await;
    let mut wrong = 0;
    for field in T::declaration().head.fields.iter().filter(|field| field.kind.is_scalar() && *field.name != *"id") {
        for (sql, class) in CELLS.into_iter().filter(|(_, class)| !takes(&field.kind, class)) {
            let Err(error) = with_cell::<T>(&rows, &field.name, sql).await else { panic!("{class} for `{}`", field.name) };
            broken::<T>(&error, &field.name, &field.name, &Rule::Kind { expected: field.kind.as_str(), found: class }, sql);
            wrong += 1;
        }
        match with_cell::<T>(&rows, &field.name, "NULL").await {
            Ok(read) => assert!(field.nullable && read.to_record().slot(&field.name) == Ok(&Slot::Null), "{}", field.name),
            Err(error) => {
                assert!(!field.nullable);
                broken::<T>(&error, &field.name, &field.name, &Rule::NotNull, "NULL");
            }
        }
    }
    wrong
}

#[test]
fn s17_no_cell_of_another_storage_class_is_taken() {
    let wrong = wait(async { every_class::<Kinds>().await + every_class::<Sample>().await + every_class::<Numbers>().await });
    assert!(wrong > 150, "{wrong}");
}

#[test]
fn s17_integers() {
    for (name, width, cells) in [
        ("a", IntegerWidth::I8, ["-129", "128"]),
        ("b", IntegerWidth::I16, ["-32769", "32768"]),
        ("c", IntegerWidth::I32, ["-2147483649", "2147483648"]),
        ("e", IntegerWidth::U8, ["-1", "256"]),
        ("f", IntegerWidth::U16, ["-1", "65536"]),
        ("g", IntegerWidth::U32, ["-1", "4294967296"]),
        ("h", IntegerWidth::U64, ["-1", "-9223372036854775808"]),
    ] {
        refused::<Numbers>(name, &Rule::Width(width), &cells);
    }
    // What is more than an integer of 64 bits is a float to SQLite.
    refused::<Numbers>("h", &Rule::Kind { expected: "integer", found: "real" }, &["9223372036854775808", "1.0", "1e3"]);
    refused::<Numbers>("d", &Rule::Kind { expected: "integer", found: "text" }, &["'7'", "''"]);
    // The limits of a field may have become narrower since the row was written: what is stored is read.
    read_as::<Kinds>("retries", &[("11", "11"), ("255", "255")]);
    read_as::<Sample>("size", &[("0", "0"), ("4294967295", "4294967295")]);
}

#[test]
fn s17_floats() {
    refused::<Kinds>("reading", &Rule::NotFinite, &["9e999", "-9e999"]);
    refused::<Kinds>("ratio", &Rule::Kind { expected: "float", found: "text" }, &["'0.5'", "''"]);
    let inexact = Rule::Kind { expected: "float", found: "integer that no float is" };
    refused::<Kinds>("ratio", &inexact, &["9007199254740993", "-9223372036854775807", "9223372036854775807"]);
    read_as::<Kinds>(
        "ratio",
        &[("1", "1.0"), ("9007199254740994", "9007199254740994.0"), ("1e308", "1e308"), ("-9.5", "-9.5"), ("-0.0", "0.0")],
    );
}

#[test]
fn s17_truths() {
    refused::<Sample>("enabled", &Rule::Kind { expected: "bool", found: "text" }, &["'true'", "'1'"]);
    refused::<Sample>("locked", &Rule::Kind { expected: "bool", found: "real" }, &["1.0", "0.5"]);
    // As every engine has it where a truth is asked for.
    read_as::<Sample>("enabled", &[("0", "false"), ("1", "true"), ("7", "true"), ("-1", "true")]);
}

#[test]
fn s17_decimal_numbers() {
    let form = Rule::Form("decimal number of at most 38 digits, without exponent");
    let long = "1".repeat(39);
    refused_as_in_a_message::<Kinds>("price", &form, &["", "1e3", "01", "+1", ".5", "5.", "1,5", " 1", "NaN", "-", "canary", &long]);
    refused::<Kinds>("price", &Rule::Kind { expected: "decimal", found: "real" }, &["1.5"]);
    read_as::<Kinds>("price", &[("'12345.678'", r#""12345.678""#), ("'1.50'", r#""1.5""#), ("'-0'", r#""0""#)]);
}

#[test]
fn s17_texts_and_bytes() {
    refused::<Kinds>(
        "slug",
        &Rule::Kind { expected: "text", found: "text that is no UTF-8" },
        &["CAST(x'ff' AS TEXT)", "CAST(x'61c3' AS TEXT)"],
    );
    refused::<Kinds>("digest", &Rule::Kind { expected: "bytes", found: "text" }, &["'AAEC'", "''"]);
    read_as::<Kinds>(
        "slug",
        &[("'Canary of many characters'", r#""Canary of many characters""#), ("''", r#""""#), ("'a' || char(0)", r#""a\u0000""#)],
    );
    read_as::<Kinds>("digest", &[("x''", r#""""#), ("x'000102030405060708'", r#""AAECAwQFBgcI""#)]);
    assert_eq!(field::<Sample>("token").1.class, FieldClass::Secret);
    refused::<Sample>("token", &Rule::Kind { expected: "text", found: "blob" }, &["x'63616e617279'"]);
}

#[test]
fn s17_unknown_enum_values_are_kept() {
    wait(async {
        let rows = Rows::of_anything::<Sample>().await;
        for text in ["canary", "", "Stopped", "running"] {
            let read = with_cell::<Sample>(&rows, "state", &format!("'{text}'")).await.unwrap();
            assert!(
                matches!(read.to_record().slot("state"), Ok(Slot::Value(Value::Enum(recension::EnumValue::Unknown(raw)))) if **raw == *text)
            );
        }
    });
}

#[test]
fn s17_times() {
    let cells = [
        "''",
        "'canary'",
        "'2024-03-01'",
        "'2024-03-01T10:00:00'",
        "'2024-03-01 10:00'",
        "'2024-03-01 10:00:00.'",
        "'2024-03-01 10:00:00.1234567890'",
        "'2024-03-01 10:00:00Z'",
        "'2024-03-01 10:00:00+00:00'",
        "'2024-02-30 10:00:00'",
        "'2024-03-01 24:00:00'",
        "'0000-12-31 23:59:59'",
        "'10000-01-01 00:00:00'",
        "' 2024-03-01 10:00:00'",
    ];
    refused::<Sample>("made_at", &Rule::Timestamp, &cells);
    refused::<Sample>("seen_at", &Rule::Timestamp, &cells);
    // Fewer digits than the store writes, and more: those past the sixth are cut off.
    let read = [
        ("'2024-03-01 10:00:00'", r#""2024-03-01T10:00:00Z""#),
        ("'2024-03-01 10:00:00.5'", r#""2024-03-01T10:00:00.5Z""#),
        ("'2024-03-01 10:00:00.123456789'", r#""2024-03-01T10:00:00.123456Z""#),
    ];
    read_as::<Sample>("made_at", &read);
}

#[test]
fn s17_days_and_durations() {
    let days = [
        "",
        "0000-12-31",
        "10000-01-01",
        "2023-02-29",
        "2024-13-01",
        "2024-2-29",
        "2024-02-29T00:00:00Z",
        "20240229",
        "canary",
        "2024-02-29 00:00:00",
    ];
    refused_as_in_a_message::<Kinds>("born", &Rule::Form("day of the years 1 to 9999 as `YYYY-MM-DD`"), &days);
    refused::<Kinds>("span", &Rule::Kind { expected: "duration", found: "text" }, &["'PT1S'", "'7'"]);
    refused::<Kinds>("timeout", &Rule::Kind { expected: "duration", found: "real" }, &["1.5", "9223372036854775808"]);
    read_as::<Kinds>("timeout", &[("9223372036854775807", r#""PT9223372036854.775807S""#), ("-1000001", r#""-PT1.000001S""#)]);
}

#[test]
fn s17_addresses_networks_and_devices() {
    let no_address = ["", "192.0.2", "192.0.2.01", "192.0.2.256", "192.0.2.1:80", "fe80::1%eth0", "[::1]", "canary"];
    for (name, form, other) in [
        ("address_v4", "IPv4 address", "2001:db8::1"),
        ("address_v6", "IPv6 address", "192.0.2.1"),
        ("address", "IP address", "192.0.2.1/32"),
        ("network_v4", "IPv4 address with prefix length", "2001:db8::/32"),
        ("network_v6", "IPv6 address with prefix length", "192.0.2.0/24"),
        ("network", "IP address with prefix length", "192.0.2.0/33"),
    ] {
        refused_as_in_a_message::<Kinds>(name, &Rule::Form(form), &no_address);
        refused_as_in_a_message::<Kinds>(name, &Rule::Form(form), &[other, " 192.0.2.1", "::1 "]);
    }
    let mac = Rule::Form("MAC address in lower case, as `fa:16:3e:00:00:01`");
    refused_as_in_a_message::<Kinds>(
        "mac",
        &mac,
        &["", "fa:16:3e:00:0a", "FA:16:3E:00:0A:FF", "fa-16-3e-00-0a-ff", "fa:16:3e:00:0a:fg", "canary"],
    );
    let pci = Rule::Form("PCI address in lower case, as `0000:0a:1f.7`");
    refused_as_in_a_message::<Kinds>(
        "pci",
        &pci,
        &["", "0000:00:20.0", "0000:00:00.8", "00:1f.7", "0000:0A:1f.7", "10000:00:00.0", "canary"],
    );
    let uuids = [
        "",
        "0a1b2c3d4e5f4061827394a5b6c7d8e0",
        "{0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0}",
        "0a1b2c3d-4e5f-4061-8273-94a5b6c7d8eg",
        "canary",
    ];
    refused_as_in_a_message::<Sample>("uuid", &Rule::Uuid, &uuids);
    refused::<Sample>("uuid", &Rule::Kind { expected: "uuid", found: "blob" }, &["x'0a1b2c3d4e5f4061827394a5b6c7d8e0'"]);
    let predicate = Rule::Form("list of comparisons of versions, as `>=1.2, <2`");
    refused_as_in_a_message::<Kinds>("needs", &predicate, &["", "1.0", "~=1.0", ">=1.0,", ">=1.0 <2", ">=1.0.0.0", ">=123456", "canary"]);
    read_as::<Kinds>("address", &[("'2001:DB8:0:0:0:0:0:1'", r#""2001:db8::1""#)]);
    read_as::<Sample>("owner", &[("'0A1B2C3D-4E5F-4061-8273-94A5B6C7D8E0'", r#""0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0""#)]);
}
