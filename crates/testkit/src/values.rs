//! Random values of a field, within its limits.

use std::net::IpAddr;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use ipnet::IpNet;
use proptest::collection::vec;
use proptest::prelude::*;
use recension_model::{
    Date, Decimal, Duration, Element, EnumValue, FieldKind, FieldSpec, Finite, IntegerWidth, IpFamily, Item, Limits, MacAddress,
    PciAddress, Timestamp, Value,
};
use uuid::Uuid;

/// Values of a field that holds no objects, within its limits; `None` for one that does.
#[must_use]
pub fn values(field: &FieldSpec) -> Option<BoxedStrategy<Value>> {
    values_of(field, &field.kind)
}

/// Values of one kind within the limits of a field, for the items of a list too; `None` for objects.
#[must_use]
pub fn values_of(field: &FieldSpec, kind: &FieldKind) -> Option<BoxedStrategy<Value>> {
    let limits = &field.limits;
    Some(match kind {
        FieldKind::Integer(width) => integers(limits, *width),
        FieldKind::Float => floats(limits),
        FieldKind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        FieldKind::Text => texts(limits).prop_map(Value::Text).boxed(),
        FieldKind::Bytes => byte_strings(limits),
        FieldKind::Decimal => decimals(limits),
        FieldKind::Enum(spec) => prop::sample::select(spec.values.clone()).prop_map(|text| Value::Enum(EnumValue::Known(text))).boxed(),
        FieldKind::Uuid => any::<[u8; 16]>().prop_map(|bytes| Value::Uuid(Uuid::from_bytes(bytes))).boxed(),
        FieldKind::Timestamp => timestamps().prop_map(Value::Timestamp).boxed(),
        FieldKind::Date => dates(),
        FieldKind::Duration => durations(limits),
        FieldKind::IpAddress(family) => addresses(*family).prop_map(Value::IpAddress).boxed(),
        FieldKind::IpNetwork(family) => networks(*family),
        FieldKind::MacAddress => any::<[u8; 6]>().prop_map(|octets| Value::MacAddress(MacAddress::new(octets))).boxed(),
        FieldKind::PciAddress => pci_addresses(),
        FieldKind::VersionPredicate => predicates(),
        FieldKind::List(element) => items(field, element)?.prop_map(Value::List).boxed(),
        FieldKind::Set(element) => items(field, element)?.prop_map(|items| Value::Set(distinct(items))).boxed(),
        FieldKind::Map(element) => maps(limits, items(field, element)?),
        _ => return None,
    })
}

/// Items of a list, set or map of scalars: at most as many as the limit, and at most eight; one time in eight
/// as many as that.
fn items(field: &FieldSpec, element: &Element) -> Option<BoxedStrategy<Vec<Item>>> {
    let value = values_of(field, &element.kind)?;
    let most = field.limits.items().min(8) as usize;
    let item =
        if element.nullable { prop_oneof![1 => Just(None), 3 => value.prop_map(Some)].boxed() } else { value.prop_map(Some).boxed() };
    Some(prop_oneof![7 => vec(item.clone(), 0..=most.min(3)), 1 => vec(item, most)].boxed())
}

/// The items of a set: each once, and in the order in which records hold them.
fn distinct(items: Vec<Item>) -> Vec<Item> {
    let mut kept: Vec<Item> = Vec::new();
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}

fn maps(limits: &Limits, items: BoxedStrategy<Vec<Item>>) -> BoxedStrategy<Value> {
    let bytes = limits.key_bytes() as usize;
    // Some names that histories speak of.
    let known = prop::sample::select(vec!["a", "b"]).prop_map(str::to_owned);
    let name = prop_oneof![2 => known, 3 => "[a-z]{0,4}", 1 => "[\\PC&&[^\\x00]]{0,4}", 1 => Just("k".repeat(bytes.min(200)))];
    (items, vec(name, 8))
        .prop_map(move |(items, names)| {
            let fits = |name: &String| name.len() <= bytes;
            Value::Map(names.into_iter().filter(fits).zip(items).collect())
        })
        .boxed()
}

fn floats(limits: &Limits) -> BoxedStrategy<Value> {
    let (min, max) = (limits.min_float.map_or(f64::MIN, Finite::get), limits.max_float.map_or(f64::MAX, Finite::get));
    let special = prop::sample::select(vec![0.0, 1.0, -1.5, 0.1, f64::MIN_POSITIVE, 5e-324, f64::EPSILON, 9_007_199_254_740_993.0]);
    let any = prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO;
    prop_oneof![1 => Just(min), 1 => Just(max), 3 => special, 4 => any]
        .prop_map(move |number| Value::Float(number.clamp(min, max) + 0.0))
        .boxed()
}

fn byte_strings(limits: &Limits) -> BoxedStrategy<Value> {
    let most = (limits.bytes() as usize).min(300);
    prop_oneof![7 => vec(any::<u8>(), 0..=most.min(12)), 1 => vec(any::<u8>(), most)].prop_map(|bytes| Value::Bytes(bytes.into())).boxed()
}

fn decimals(limits: &Limits) -> BoxedStrategy<Value> {
    let (whole, scale) = limits.decimal();
    let most = 10_i128.pow(u32::from(whole + scale)) - 1;
    prop_oneof![1 => Just(most), 1 => Just(-most), 1 => Just(0), 4 => -most..=most, 2 => -1_000_i128..1_000]
        .prop_filter_map("more digits than a decimal number has", move |number| {
            Decimal::new(number.clamp(-most, most), scale).ok().map(Value::Decimal)
        })
        .boxed()
}

fn dates() -> BoxedStrategy<Value> {
    let days = 1..=3_652_059_i32;
    days.prop_filter_map("no day", |day| Date::from_chrono(NaiveDate::from_num_days_from_ce_opt(day)?).ok().map(Value::Date)).boxed()
}

fn durations(limits: &Limits) -> BoxedStrategy<Value> {
    let bound = |bound: Option<i128>, none: i64| bound.and_then(|bound| i64::try_from(bound).ok()).unwrap_or(none);
    let (min, max) = (bound(limits.min, i64::MIN), bound(limits.max, i64::MAX));
    prop_oneof![1 => Just(min), 1 => Just(max), 4 => min..=max].prop_map(|micros| Value::Duration(Duration::from_micros(micros))).boxed()
}

fn addresses(family: IpFamily) -> BoxedStrategy<IpAddr> {
    let v4 = any::<[u8; 4]>().prop_map(|octets| IpAddr::V4(octets.into()));
    // Addresses with runs of zeros, and those of version 4 inside version 6, have forms of their own.
    let parts = prop_oneof![2 => any::<u16>(), 3 => Just(0), 1 => Just(0xffff)];
    let v6 = vec(parts, 8).prop_map(|parts| {
        let mut segments = [0; 8];
        segments.iter_mut().zip(parts).for_each(|(segment, part)| *segment = part);
        IpAddr::V6(segments.into())
    });
    match family {
        IpFamily::V4 => v4.boxed(),
        IpFamily::V6 => v6.boxed(),
        IpFamily::Any => prop_oneof![v4, v6].boxed(),
    }
}

fn networks(family: IpFamily) -> BoxedStrategy<Value> {
    (addresses(family), any::<u8>())
        .prop_filter_map("no such prefix", |(address, prefix)| {
            let most = if address.is_ipv4() { 32 } else { 128 };
            IpNet::new(address, prefix % (most + 1)).ok().map(Value::IpNetwork)
        })
        .boxed()
}

fn pci_addresses() -> BoxedStrategy<Value> {
    (any::<u16>(), any::<u8>(), 0_u8..32, 0_u8..8)
        .prop_filter_map("no such place", |(domain, bus, device, function)| {
            PciAddress::new(domain, bus, device, function).ok().map(Value::PciAddress)
        })
        .boxed()
}

fn predicates() -> BoxedStrategy<Value> {
    let comparison =
        ("(<=|>=|==|!=|<|>)", " ?", 0_u16..100, 0_u16..100).prop_map(|(sign, blank, major, minor)| format!("{sign}{blank}{major}.{minor}"));
    vec(comparison, 1..4).prop_filter_map("no predicate", |parts| parts.join(", ").parse().ok().map(Value::VersionPredicate)).boxed()
}

fn integers(limits: &Limits, width: IntegerWidth) -> BoxedStrategy<Value> {
    let (low, high) = width.bounds();
    let (min, max) = (limits.min.unwrap_or(low).max(low), limits.max.unwrap_or(high).min(high));
    prop_oneof![1 => Just(min), 1 => Just(max), 4 => min..=max].prop_map(Value::Integer).boxed()
}

/// Texts with every kind of character but NUL, cut to the limits; one in eight is as long as allowed. Of a field with a
/// pattern, mostly texts that the pattern spells out, and some of the others that it is found in.
pub fn texts(limits: &Limits) -> BoxedStrategy<String> {
    let Some(pattern) = &limits.pattern else { return any_texts(limits).boxed() };
    // proptest knows no anchors; where the pattern has others than at its ends, what does not fit is left out below.
    let source = pattern.as_str();
    let spelled = source.strip_prefix('^').unwrap_or(source);
    let spelled = match prop::string::string_regex(spelled.strip_suffix('$').unwrap_or(spelled)) {
        Ok(spelled) => prop_oneof![3 => cut(spelled, limits), 1 => any_texts(limits)].boxed(),
        Err(_) => any_texts(limits).boxed(),
    };
    let fits = limits.clone();
    spelled.prop_filter("no text with the pattern", move |text| fits.check_text(text).is_ok()).boxed()
}

/// Texts that are no longer than allowed: what is past it is cut off.
fn cut(texts: impl Strategy<Value = String> + 'static, limits: &Limits) -> BoxedStrategy<String> {
    let (chars, bytes) = (limits.chars().unwrap_or(u32::MAX) as usize, limits.bytes() as usize);
    texts
        .prop_map(move |text| {
            let ends = text.char_indices().map(|(at, character)| at + character.len_utf8()).take(chars);
            let end = ends.take_while(|end| *end <= bytes).last().unwrap_or(0);
            text.get(..end).unwrap_or_default().to_owned()
        })
        .boxed()
}

fn any_texts(limits: &Limits) -> impl Strategy<Value = String> + use<> {
    let (chars, bytes) = (limits.chars().unwrap_or(u32::MAX) as usize, limits.bytes() as usize);
    let character = prop_oneof![4 => any::<char>(), 2 => prop::char::range(' ', '~'), 1 => prop::sample::select(vec!['"', '\\', '\n', '\u{1}', '\u{2028}', 'é', '😀'])];
    let longest = chars.min(bytes);
    prop_oneof![7 => vec(character, 0..12), 1 => vec(Just('x'), longest.min(300))].prop_map(move |characters| {
        let mut text = String::new();
        for character in characters.into_iter().map(|c| if c == '\0' { ' ' } else { c }).take(chars) {
            if text.len() + character.len_utf8() <= bytes {
                text.push(character);
            }
        }
        text
    })
}

/// Moments of the years 1 to 9999 to the microsecond, with offsets of whole minutes.
pub fn timestamps() -> impl Strategy<Value = Timestamp> {
    // A day is left at each end, so that no offset leads out of the years.
    let micros = -62_135_510_400_000_000_i64..253_402_214_400_000_000;
    (micros, prop_oneof![Just(0), -1_439_i32..1_440]).prop_filter_map("outside the years that are written", |(micros, minutes)| {
        let moment = DateTime::from_timestamp_micros(micros)?.with_timezone(&FixedOffset::east_opt(minutes * 60)?);
        (1..=9999).contains(&moment.year()).then(|| Timestamp::from(moment))
    })
}
