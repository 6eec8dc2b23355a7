//! For every kind: what it takes and what it refuses, on both sides of each bound.

use std::sync::Arc;

use recension_model::{Element, EnumSpec, FieldKind, FieldSpec, Finite, IntegerWidth, IpFamily, Limits};
use recension_versioning::{Registry, SchemaForm, SchemaOptions};
use serde_json::{Value as Json, json};

use super::sample::{declare, field, release};
use super::validator;

/// Judges values of one field by the schema of an object that has no other.
fn judge(field: FieldSpec, accepted: &[Json], refused: &[Json]) {
    let shown = format!("{:?} {:?}", field.kind, field.limits);
    let registry = Registry::builder().declaration(declare("One", vec![field], vec![release("1.0")])).build().unwrap();
    let version = "1.0".parse().unwrap();
    for options in [SchemaOptions::read(SchemaForm::Data), SchemaOptions::write(SchemaForm::Data)] {
        let validator = validator(&registry.schema("One", &version, &options).unwrap());
        for value in accepted {
            assert!(validator.is_valid(&json!({"f": value})), "{shown} refuses {value}");
        }
        for value in refused {
            assert!(!validator.is_valid(&json!({"f": value})), "{shown} takes {value}");
        }
    }
}

fn of(kind: FieldKind, limits: Limits, accepted: &[Json], refused: &[Json]) {
    judge(field("f", kind).limits(limits), accepted, refused);
}

fn texts(kind: FieldKind, limits: Limits, accepted: &[&str], refused: &[&str]) {
    let json = |texts: &[&str]| texts.iter().map(|text| Json::from(*text)).collect::<Vec<_>>();
    let other = [json!(1), json!(true), Json::Null, json!([]), json!({})];
    of(kind, limits, &json(accepted), &[json(refused), other.to_vec()].concat());
}

fn none() -> Limits {
    Limits::default()
}

#[test]
fn whole_numbers() {
    for (width, least, most, below, above) in [
        (IntegerWidth::I8, json!(-128), json!(127), json!(-129), json!(128)),
        (IntegerWidth::U16, json!(0), json!(65_535), json!(-1), json!(65_536)),
        (IntegerWidth::I64, json!(i64::MIN), json!(i64::MAX), json!(-9.3e18), json!(9_223_372_036_854_775_808_u64)),
        (IntegerWidth::U64, json!(0), json!(u64::MAX), json!(-1), json!(1.9e19)),
    ] {
        of(FieldKind::Integer(width), none(), &[least, most], &[below, above, json!(1.5), json!("1"), json!(true), Json::Null]);
    }
    let limits = Limits { min: Some(1), max: Some(100), ..none() };
    of(FieldKind::Integer(IntegerWidth::U32), limits, &[json!(1), json!(100)], &[json!(0), json!(101)]);
    // A bound outside of the width leaves nothing, or is none.
    let above = Limits { min: Some(300), ..none() };
    of(FieldKind::Integer(IntegerWidth::U8), above, &[], &[json!(255), json!(300), json!(0)]);
    let wide = Limits { min: Some(i128::MIN), max: Some(i128::MAX), ..none() };
    of(FieldKind::Integer(IntegerWidth::U64), wide, &[json!(0), json!(u64::MAX)], &[json!(-1)]);
    let beyond = Limits { min: Some(i128::MAX), ..none() };
    of(FieldKind::Integer(IntegerWidth::U64), beyond, &[], &[json!(0), json!(u64::MAX)]);
}

#[test]
fn floats_and_flags() {
    of(FieldKind::Float, none(), &[json!(-1.5), json!(1e300), json!(7), json!(u64::MAX)], &[json!("1.5"), json!(false), Json::Null]);
    let limits = Limits { min_float: Finite::new(-0.5).ok(), max_float: Finite::new(2.0).ok(), ..none() };
    of(
        FieldKind::Float,
        limits,
        &[json!(-0.5), json!(2.0), json!(2)],
        &[json!(-0.500_000_000_000_000_1), json!(2.000_000_000_000_001), json!(3)],
    );
    of(FieldKind::Bool, none(), &[json!(true), json!(false)], &[json!(0), json!("true"), Json::Null]);
}

#[test]
fn texts_are_bounded_in_characters_and_have_no_nul() {
    let long = |count| "é".repeat(count);
    texts(FieldKind::Text, none(), &["", "a\nb", &long(255)], &["\0", "a\0b", "a\n\0", &long(256)]);
    let limits = Limits { max_chars: Some(3), ..none() };
    texts(FieldKind::Text, limits, &["abc", "😀😀😀"], &["abcd", "😀😀😀😀"]);
    let limits = Limits { max_bytes: Some(3), ..none() };
    texts(FieldKind::Text, limits, &["abc"], &["abcd"]);
    let limits = Limits { pattern: "^[a-c]+$".parse().ok(), max_chars: Some(4), ..none() };
    texts(FieldKind::Text, limits, &["abcc"], &["", "d", "abcca", "a\n", "a\0"]);
    let limits = Limits { pattern: "[^a]".parse().ok(), ..none() };
    texts(FieldKind::Text, limits, &["b", "ab"], &["a", "\0"]);
}

#[test]
fn patterns_mean_what_they_mean_here() {
    for (pattern, found, not_found) in [
        ("^a.c$", "a\u{1f600}c", "a\u{2028}c"),
        (r"^\s$", "\u{feff}", "x"),
        (r"^[\s,]+$", ", \u{3000}", "a"),
        (r"^\S+$", "ab", "a\u{a0}b"),
        (r"^\d{2,3}$", "123", "٣٣"),
        (r"^\w+$", "a_9", "é"),
        (r"^\D\W$", "٣é", "1a"),
        (r"^a\/b\.c\-d$", "a/b.c-d", "a/bxc-d"),
        ("^(?:ab|cd)+$", "abcd", "abc"),
        ("b$", "ab", "b\n"),
    ] {
        let limits = Limits { pattern: Some(pattern.parse().unwrap()), ..none() };
        assert!(limits.check_text(found).is_ok() && limits.check_text(not_found).is_err(), "{pattern}");
        texts(FieldKind::Text, limits, &[found], &[not_found]);
    }
}

#[test]
fn bytes_are_counted_exactly() {
    let encoded = |count: usize| recension_model::Bytes::from(vec![255; count]).to_base64();
    for limit in 0..=7_u32 {
        let limits = Limits { max_bytes: Some(limit), ..none() };
        for count in 0..=11 {
            let text = encoded(count);
            let (accepted, refused) = if count <= limit as usize { (vec![&*text], vec![]) } else { (vec![], vec![&*text]) };
            texts(FieldKind::Bytes, limits.clone(), &accepted, &refused);
        }
    }
    let malformed = ["A", "AA", "AA=", "AB==", "AAB=", "AA==\n", "AA ==", "-_8=", "AA======", "=", "aé==", "AA==AAAA"];
    texts(FieldKind::Bytes, none(), &["", "AA==", "/+Q=", "AAAA"], &malformed);
}

#[test]
fn decimals_are_counted_by_digits() {
    let limits = |digits, scale| Limits { digits: Some(digits), scale: Some(scale), ..none() };
    let price = ["0", "-0", "9999.99", "-1", "1.5", "1.50000", "0.00"];
    texts(FieldKind::Decimal, limits(6, 2), &price, &["10000", "0.001", "1.501", "", "-", ".5", "5.", "+1", "1e3", "01", "1,5", "1.0\n"]);
    texts(FieldKind::Decimal, limits(2, 2), &["0.99", "-0.10"], &["1", "0.999", "1.0"]);
    texts(FieldKind::Decimal, limits(3, 0), &["999", "1.000"], &["1000", "1.1"]);
    let zeros = |count| format!("0.{}", "0".repeat(count));
    texts(FieldKind::Decimal, limits(3, 1), &[&zeros(38)], &[&zeros(39)]);
    let (most, more) = ("9".repeat(20), "9".repeat(21));
    texts(FieldKind::Decimal, none(), &[&most], &[&more]);
}

#[test]
fn choices() {
    let colour = FieldKind::Enum(EnumSpec::new("Colour", ["red", "light green"]));
    texts(colour.clone(), none(), &["red", "light green"], &["", "Red", "blue"]);
    judge(field("f", colour).nullable(), &[Json::Null, json!("red")], &[json!("blue"), json!(1)]);
}

#[test]
fn uuids() {
    let right = "0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0";
    let wrong = ["0a1b2c3d4e5f4061827394a5b6c7d8e0", "{0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0}", "0a1b2c3d-4e5f-4061-8273-94a5b6c7d8eg", ""];
    texts(FieldKind::Uuid, none(), &[right, &right.to_uppercase(), "00000000-0000-0000-0000-000000000000"], &wrong);
}

#[test]
fn moments_and_days_of_the_calendar() {
    let days =
        ["0001-01-01", "9999-12-31", "2024-02-29", "2000-02-29", "0004-02-29", "2023-04-30", "2023-12-31", "0010-01-01", "1000-01-01"];
    let none_such = [
        "0000-01-01",
        "2023-02-29",
        "1900-02-29",
        "2024-02-30",
        "2024-04-31",
        "2024-13-01",
        "2024-00-01",
        "2024-01-00",
        "2024-1-1",
        "12024-01-01",
        "2024-01-32",
        "0000-02-29",
    ];
    texts(FieldKind::Date, none(), &days, &none_such);
    let times = ["00:00:00Z", "23:59:59.999999Z", "10:00:00.5+02:00", "10:00:00-23:59", "10:00:00-00:00"];
    let times: Vec<String> = times.iter().map(|time| format!("2024-02-29T{time}")).collect();
    let wrong = [
        "24:00:00Z",
        "10:60:00Z",
        "10:00:60Z",
        "10:00:00",
        "10:00:00z",
        "10:00:00.Z",
        "10:00:00.1234567Z",
        "10:00:00+24:00",
        "10:00:00+02:60",
        "10:00:00+0200",
        "10:00Z",
    ];
    let wrong: Vec<String> =
        wrong.iter().map(|time| format!("2024-02-29T{time}")).chain(none_such.map(|day| format!("{day}T10:00:00Z"))).collect();
    let strs = |texts: &[String]| texts.iter().map(String::as_str).map(str::to_owned).collect::<Vec<_>>();
    let (times, wrong) = (strs(&times), strs(&wrong));
    texts(
        FieldKind::Timestamp,
        none(),
        &times.iter().map(String::as_str).collect::<Vec<_>>(),
        &wrong.iter().map(String::as_str).collect::<Vec<_>>(),
    );
}

#[test]
fn every_day_of_a_leap_cycle_is_judged_as_here() {
    let registry =
        Registry::builder().declaration(declare("One", vec![field("f", FieldKind::Date)], vec![release("1.0")])).build().unwrap();
    let validator = validator(&registry.schema("One", &"1.0".parse().unwrap(), &SchemaOptions::read(SchemaForm::Data)).unwrap());
    for year in (0..=9).chain(1895..=2005).chain(9990..=9999) {
        for (month, day) in [(1, 31), (2, 28), (2, 29), (2, 30), (4, 30), (4, 31), (9, 31), (12, 31), (12, 32)] {
            let text = format!("{year:04}-{month:02}-{day:02}");
            assert_eq!(validator.is_valid(&json!({"f": text})), text.parse::<recension_model::Date>().is_ok(), "{text}");
        }
    }
}

#[test]
fn durations() {
    let right = ["PT0S", "-PT0S", "PT1.50S", "PT9223372036854.775807S", "-PT0.000001S"];
    let wrong =
        ["", "PT", "PTS", "90", "P1D", "PT1M", "PT01S", "PT-1S", "+PT1S", "PT1.S", "PT.5S", "PT1.0000001S", "pt1s", "PT10000000000000S"];
    texts(FieldKind::Duration, none(), &right, &wrong);
}

#[test]
fn addresses_and_networks() {
    let v4 = ["0.0.0.0", "255.255.255.255", "192.0.2.10"];
    let not_v4 = ["", "192.0.2", "192.0.2.01", "192.0.2.256", "192.0.2.1:80", "192.0.2.1/24", "1.2.3.4.5"];
    let v6 = [
        "::",
        "::1",
        "1::",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "1::8",
        "2001:DB8::a",
        "::ffff:192.0.2.1",
        "1:2:3:4:5:6:192.0.2.1",
        "1:2:3:4:5::192.0.2.1",
        "1::6:7:8",
        "::192.0.2.1",
    ];
    let not_v6 = [
        ":",
        ":::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1::2::3",
        "12345::",
        "g::",
        "fe80::1%eth0",
        "[::1]",
        "1:2:3:4:5:6:7:192.0.2.1",
        "1:2:3:4:5:6::192.0.2.1",
        "192.0.2.1::",
        "::192.0.2.256",
        "1:2:3:4:5:6:7::8",
        " ::1",
    ];
    let judged = |family: IpFamily, text: &str| recension_model::Value::from_text(&FieldKind::IpAddress(family), text).is_ok();
    for text in v4.iter().chain(&not_v4).chain(&v6).chain(&not_v6) {
        for family in [IpFamily::Any, IpFamily::V4, IpFamily::V6] {
            let (accepted, refused): (&[&str], &[&str]) = if judged(family, text) { (&[*text], &[]) } else { (&[], &[*text]) };
            texts(FieldKind::IpAddress(family), none(), accepted, refused);
        }
    }
    texts(FieldKind::IpAddress(IpFamily::V4), none(), &v4, &not_v4);
    assert!(v6.iter().all(|text| judged(IpFamily::V6, text)));
    let nets = ["192.0.2.5/0", "192.0.2.5/32", "10.0.0.0/8"];
    let not_nets = ["192.0.2.0", "10/8", "192.0.2.0/33", "192.0.2.0/024", "192.0.2.0/", "192.0.2.0/+8", "::/8"];
    texts(FieldKind::IpNetwork(IpFamily::V4), none(), &nets, &not_nets);
    texts(
        FieldKind::IpNetwork(IpFamily::V6),
        none(),
        &["::/0", "2001:DB8::1/128", "::/100"],
        &["::/129", "::/01", "::/200", "::", "10.0.0.0/8"],
    );
    texts(FieldKind::IpNetwork(IpFamily::Any), none(), &["::/0", "10.0.0.0/8", "::1/99"], &["10.0.0.0/33", "::/129", "::1"]);
}

#[test]
fn places_of_devices_and_predicates() {
    let not_macs = ["", "fa:16:3e:00:0a", "FA:16:3e:00:0a:ff", "fa-16-3e-00-0a-ff", "fa:16:3e:00:0a:ff:00", "fa:16:3e:00:0a:fg"];
    texts(FieldKind::MacAddress, none(), &["fa:16:3e:00:0a:ff"], &not_macs);
    let not_pci = ["", "0a:1f.7", "0000:0a:1f:7", "0000:0a:1f.8", "0000:0a:20.0", "0000:0A:1f.7", "00000:0a:1f.7"];
    texts(FieldKind::PciAddress, none(), &["0000:00:00.0", "ffff:ff:1f.7"], &not_pci);
    let predicates = ["<1.5", " != 1.5 ", ">=1.2, !=1.7, <2", "== 99999.0.1"];
    let not = ["", "1.0", "=1.0", "~=1.0", ">=1.0,", ",>=1.0", ">= ", ">=1.0 <2", ">>1", "<=\t1", ">=01", ">1.2.3.4", ">100000", "!1"];
    texts(FieldKind::VersionPredicate, none(), &predicates, &not);
}

#[test]
fn lists_sets_and_maps() {
    let limits = || Limits { max_items: Some(2), max_chars: Some(2), max_key_bytes: Some(3), ..none() };
    let list = FieldKind::list_of(FieldKind::Text);
    of(
        list,
        limits(),
        &[json!([]), json!(["a", "a"])],
        &[json!(["a", "b", "c"]), json!(["abc"]), json!([null]), json!([1]), json!({}), Json::Null],
    );
    let nullable = FieldKind::List(Arc::new(Element { kind: FieldKind::Text, nullable: true }));
    of(nullable, limits(), &[json!([null, "a"])], &[json!([null, 1])]);
    let set = FieldKind::set_of(FieldKind::Text);
    of(set, limits(), &[json!([]), json!(["a", "b"])], &[json!(["a", "a"]), json!(["a", "b", "c"]), json!("a")]);
    let map = FieldKind::map_of(FieldKind::Text);
    of(
        map,
        limits(),
        &[json!({}), json!({"a": "x", "abc": ""})],
        &[
            json!({"a": "xyz"}),
            json!({"abcd": "x"}),
            json!({"a\0": "x"}),
            json!({"a": "", "b": "", "c": ""}),
            json!({"a": null}),
            json!([]),
        ],
    );
}

#[test]
fn null_is_taken_where_it_is_declared() {
    for kind in [
        FieldKind::Text,
        FieldKind::Bytes,
        FieldKind::Float,
        FieldKind::Bool,
        FieldKind::Date,
        FieldKind::list_of(FieldKind::Bool),
        FieldKind::map_of(FieldKind::Bool),
    ] {
        judge(field("f", kind.clone()), &[], &[Json::Null]);
        judge(field("f", kind).nullable(), &[Json::Null], &[]);
    }
}
