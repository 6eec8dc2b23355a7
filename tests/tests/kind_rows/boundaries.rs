//! The boundary values of the limits of every kind, and of what every kind can hold.

use recension::Object;
use recension::{Slot, Value};
use recension_tests::{Cable, Kinds, Part, Sample};

use super::numbers::Numbers;
use super::rows::{Rows, field, kept, wait};

pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// An object as it stands in a message.
pub(crate) fn envelope<T: Object>(data: &str) -> String {
    let version = &T::declaration().head.version;
    format!(
        r#"{{"versioned_object.name":"{}","versioned_object.namespace":"sample","versioned_object.version":"{version}","versioned_object.data":{data}}}"#,
        T::NAME
    )
}

/// A part and a cable.
pub(crate) fn part(bytes: u64, text: &str) -> String {
    envelope::<Part>(&format!(r#"{{"bytes":{bytes},"label":{0},"serial":{0}}}"#, quoted(text)))
}

pub(crate) fn cable(delay: &str) -> String {
    envelope::<Cable>(&format!(r#"{{"delay":"{delay}","colour":null}}"#))
}

#[test]
fn integers_of_every_width() {
    kept::<Numbers>("a", &["-128", "127", "0"]);
    kept::<Numbers>("b", &["-32768", "32767"]);
    kept::<Numbers>("c", &["-2147483648", "2147483647"]);
    kept::<Numbers>("d", &["-9223372036854775808", "9223372036854775807", "9007199254740993", "-1"]);
    kept::<Numbers>("e", &["0", "255"]);
    kept::<Numbers>("f", &["0", "65535"]);
    kept::<Numbers>("g", &["0", "4294967295"]);
    // The column is a signed integer: the other half of the numbers fits none, see `past`.
    kept::<Numbers>("h", &["0", "9223372036854775807"]);
    kept::<Numbers>("a_or_none", &["null", "-128", "127"]);
    kept::<Numbers>("c_or_none", &["null", "-2147483648", "2147483647"]);
    kept::<Numbers>("f_or_none", &["null", "65535"]);
    kept::<Numbers>("g_or_none", &["null", "4294967295"]);
    kept::<Numbers>("h_or_none", &["null", "9223372036854775807"]);
    kept::<Kinds>("retries", &["0", "10"]);
    kept::<Sample>("size", &["1", "100"]);
    kept::<Sample>("weight", &["null", "-32768", "32767"]);
}

#[test]
fn floats() {
    let numbers =
        ["1.7976931348623157e308", "-1.7976931348623157e308", "2.2250738585072014e-308", "5e-324", "-5e-324", "0", "1", "0.1", "1e22"];
    kept::<Numbers>("float", &numbers);
    // Whole numbers that no integer column would give back: past 2^53, and past 2^63.
    kept::<Numbers>("float", &["9007199254740992", "9007199254740994", "9223372036854775808", "-9223372036854775808", "1e300"]);
    kept::<Kinds>("ratio", &["-1.5", "2.5", "0", "5e-324"]);
    kept::<Kinds>("reading", &["null", "0.30000000000000004", "123456789.12345679"]);
}

#[test]
fn a_negative_zero_is_the_positive_one() {
    let (index, _) = field::<Numbers>("float");
    wait(async {
        let rows = Rows::of::<Numbers>().await;
        let made = rows.create::<Numbers>(index, &Slot::Value(Value::Float(-0.0))).await.unwrap();
        rows.read(&made).await;
        assert!(made.float == 0.0 && made.float.is_sign_positive());
        let found = rows.session.find::<Numbers>().filter(Numbers::COLUMN.float.eq(-0.0)).all().await.unwrap();
        assert_eq!(found.len(), 1);
    });
}

#[test]
fn truths() {
    kept::<Sample>("enabled", &["true", "false"]);
    kept::<Sample>("locked", &["null", "true", "false"]);
}

#[test]
fn decimal_numbers_of_thirty_eight_digits() {
    let nines = "9".repeat(38);
    kept::<Numbers>(
        "whole",
        &["null", &quoted(&nines), &quoted(&format!("-{nines}")), r#""0""#, r#""10000000000000000000000000000000000000""#],
    );
    kept::<Numbers>(
        "fraction",
        &[&quoted(&format!("0.{nines}")), &quoted(&format!("-0.{nines}")), &quoted(&format!("0.{}1", "0".repeat(37)))],
    );
    let (most, finest) = (format!("{}.{}", "9".repeat(20), "9".repeat(18)), format!("-0.{}1", "0".repeat(17)));
    kept::<Kinds>("exact", &["null", &quoted(&most), &quoted(&finest), r#""12345678901234567890.123456789012345678""#]);
    kept::<Kinds>("price", &[r#""9999.99""#, r#""-9999.99""#, r#""0""#, r#""0.01""#, r#""1.50""#]);
}

#[test]
fn texts() {
    let widest = quoted(&"😀".repeat(255));
    kept::<Numbers>(
        "text",
        &[r#""""#, &widest, &quoted(&"x".repeat(255)), r#""\"\\\u0001\u2028\n'""#, r#"" ""#, r#""7""#, r#""1e3""#, r#""é""#, r#""null""#],
    );
    kept::<Sample>("name", &[r#""""#, &quoted(&"😀".repeat(64))]);
    kept::<Sample>("note", &["null", r#""""#, &widest]);
    kept::<Numbers>("long_text", &["null", &quoted(&"x".repeat(100_000)), &quoted(&"😀".repeat(25_000))]);
    kept::<Kinds>("log", &[r#""""#, &quoted(&"x".repeat(64)), &quoted(&"😀".repeat(16))]);
    kept::<Kinds>("slug", &[r#""a""#, r#""abcdefghijkl""#]);
    kept::<Kinds>("code", &["null", r#""123""#, r#""é1234é""#]);
}

#[test]
fn s8_secrets() {
    kept::<Sample>("token", &["null", r#""""#, &quoted(&"x".repeat(64)), &quoted(&"😀".repeat(16))]);
    kept::<Kinds>("keys", &["[]", r#"["","12345678"]"#]);
}

#[test]
fn bytes() {
    kept::<Kinds>("digest", &[r#""""#, r#""AAECAwQFBgc=""#, r#""//8=""#]);
    kept::<Kinds>("blob", &["null", r#""""#, &quoted(&"AAAA".repeat(340)), r#""/w==""#]);
    kept::<Numbers>("long_bytes", &["null", &quoted(&format!("{}/w==", "/v8A".repeat(33_333)))]);
}

#[test]
fn states() {
    kept::<Sample>("state", &[r#""Running""#, r#""shut off""#]);
    kept::<Sample>("goal", &["null", r#""shut off""#]);
    kept::<Kinds>("phase", &[r#""Waiting""#, r#""at work""#, r#""Ended""#]);
    kept::<Kinds>("goal", &["null", r#""Ended""#]);
}

#[test]
fn times_of_the_first_and_the_last_microsecond() {
    let times = [
        r#""0001-01-01T00:00:00Z""#,
        r#""0001-01-01T00:00:00.000001Z""#,
        r#""9999-12-31T23:59:59.999999Z""#,
        r#""2024-02-29T12:00:00.5+14:00""#,
        r#""2024-01-01T00:00:00-23:59""#,
        r#""1969-12-31T23:59:59.999999Z""#,
    ];
    kept::<Sample>("made_at", &times);
    kept::<Sample>("seen_at", &["null", times[2]]);
    kept::<Numbers>("time", &times);
}

#[test]
fn days_and_durations() {
    kept::<Kinds>("born", &[r#""0001-01-01""#, r#""9999-12-31""#, r#""2024-02-29""#]);
    kept::<Kinds>("died", &["null", r#""1970-01-01""#]);
    kept::<Numbers>("day", &[r#""0001-01-01""#, r#""9999-12-31""#]);
    kept::<Kinds>("timeout", &[r#""-PT1S""#, r#""PT3600S""#, r#""PT0S""#, r#""PT0.000001S""#]);
    kept::<Kinds>("span", &["null", r#""PT9223372036854.775807S""#, r#""-PT9223372036854.775808S""#]);
    kept::<Numbers>("long", &["null", r#""-PT0.000001S""#]);
}

#[test]
fn addresses_networks_and_devices() {
    kept::<Kinds>("address_v4", &[r#""0.0.0.0""#, r#""255.255.255.255""#]);
    kept::<Kinds>("address_v6", &["null", r#""::""#, r#""ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff""#, r#""::ffff:192.0.2.1""#]);
    kept::<Kinds>("address", &[r#""0.0.0.0""#, r#""::""#, r#""2001:DB8::1""#]);
    kept::<Kinds>("network_v4", &["null", r#""0.0.0.0/0""#, r#""192.0.2.5/24""#, r#""255.255.255.255/32""#]);
    kept::<Kinds>("network_v6", &["null", r#""::/0""#, r#""ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128""#]);
    kept::<Kinds>("network", &[r#""0.0.0.0/0""#, r#""::/0""#]);
    kept::<Kinds>("mac", &[r#""00:00:00:00:00:00""#, r#""ff:ff:ff:ff:ff:ff""#]);
    kept::<Kinds>("spare_mac", &["null"]);
    kept::<Kinds>("pci", &[r#""0000:00:00.0""#, r#""ffff:ff:1f.7""#]);
    kept::<Kinds>("spare_pci", &["null"]);
    let uuids = [r#""00000000-0000-0000-0000-000000000000""#, r#""ffffffff-ffff-ffff-ffff-ffffffffffff""#];
    kept::<Sample>("uuid", &uuids);
    kept::<Sample>("owner", &["null", uuids[1]]);
    kept::<Kinds>("needs", &[r#""==1""#, r#"">=1.2, !=1.7, <2""#, r#"" < 99999.99999.99999 ""#]);
    kept::<Kinds>("needed", &["null"]);
}

#[test]
fn lists_sets_and_maps() {
    kept::<Kinds>("tags", &["[]", r#"["","",""]"#, r#"["éééééé","😀😀😀😀😀😀"]"#]);
    kept::<Kinds>("counts", &["[]", "[null,null,null,null]", "[-5,5,0,null]"]);
    kept::<Kinds>("readings", &["null", "[]", "[0.0,1.7976931348623157e308]", "[5e-324,0.1]"]);
    kept::<Kinds>("past", &["[]", r#"["Running","Running","shut off","Running"]"#]);
    kept::<Kinds>("ids", &["null", "[]", r#"["ffffffff-ffff-ffff-ffff-ffffffffffff"]"#]);
    kept::<Kinds>("ports", &["[]", "[65535,1]", "[4,3,2,1]"]);
    kept::<Kinds>("aliases", &["[]", r#"["b","","abcdef"]"#]);
    kept::<Kinds>("hosts", &["null", "[]", r#"["::1","192.0.2.1"]"#]);
    kept::<Kinds>("labels", &["{}", r#"{"":"","abcdef":"😀😀😀😀😀😀","é":"é"}"#]);
    kept::<Kinds>("notes", &["null", "{}", r#"{"a":null,"b":""}"#, &format!(r#"{{"{}":null}}"#, "k".repeat(128))]);
    kept::<Kinds>("seen", &["{}", r#"{"a":"0001-01-01T00:00:00Z","b":"9999-12-31T21:59:59.999999-02:00"}"#]);
    let thousand: Vec<String> = (0..1_000_u32).map(|number| (f64::from(number) / 10.0).to_string()).collect();
    kept::<Numbers>("floats", &["[]", &format!("[{}]", thousand.join(",")), "[1.7976931348623157e308,2.2250738585072014e-308,5e-324]"]);
    // In JSON an unsigned integer has no column to fit.
    kept::<Numbers>("all", &["null", "[]", "[0,9223372036854775808,18446744073709551615]"]);
    kept::<Numbers>("exact", &["{}", r#"{"a":"12345678901234567890.123456789012345678","b":"-0.000000000000000001"}"#]);
}

#[test]
fn objects_and_unions() {
    kept::<Sample>("main", &[&part(u64::MAX, ""), &part(0, &"😀".repeat(32))]);
    kept::<Sample>("spare", &["null", &part(9_007_199_254_740_993, "it's \"x\"\n")]);
    kept::<Sample>("parts", &["[]", &format!("[{0},{0},{1}]", part(1, "a"), part(2, "b"))]);
    kept::<Kinds>("shelves", &["{}", &format!(r#"{{"a":{0},"é":{0}}}"#, part(1, "a"))]);
    kept::<Kinds>("device", &[&part(1, "a"), &cable("PT60S"), &cable("-PT9223372036854.775808S")]);
    kept::<Kinds>("spare_device", &["null", &part(1, "a"), &cable("PT0S")]);
    kept::<Kinds>("devices", &["[]", &format!("[{},{}]", cable("PT0S"), part(1, ""))]);
}

/// Where nothing is known of an offset, none is made up.
#[test]
fn a_time_comes_back_in_utc_from_a_column_and_with_its_offset_from_json() {
    let time = r#""2024-03-01T01:00:00+02:00""#;
    wait(async {
        let rows = Rows::of::<Sample>().await;
        let made = rows.create::<Sample>(field::<Sample>("made_at").0, &super::rows::slot::<Sample>("made_at", time)).await.unwrap();
        assert_eq!(made.made_at.to_string(), "2024-02-29T23:00:00.000000Z");
        let rows = Rows::of::<Kinds>().await;
        let seen = super::rows::slot::<Kinds>("seen", &format!(r#"{{"a":{time}}}"#));
        let made = rows.create::<Kinds>(field::<Kinds>("seen").0, &seen).await.unwrap();
        assert_eq!(made.seen["a"].to_string(), "2024-03-01T01:00:00.000000+02:00");
    });
}
