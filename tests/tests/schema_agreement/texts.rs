//! Texts of each kind: in every form that is read, and malformed ones.

use recension::{Bytes, Duration, FieldKind, IpFamily, Limits};

use super::dice::Dice;

/// A text of a kind that is text, within the limits, in one of the forms in which it is read.
pub(crate) fn valid(dice: &mut Dice, kind: &FieldKind, limits: &Limits) -> String {
    match kind {
        FieldKind::Text => text(dice, limits),
        FieldKind::Bytes => {
            let count = if dice.one_in(3) { limits.bytes() as usize } else { dice.below(limits.bytes() as usize + 1) };
            Bytes::from((0..count).map(|_| dice.bits() as u8).collect::<Vec<u8>>()).to_base64()
        }
        FieldKind::Decimal => decimal(dice, limits),
        FieldKind::Enum(spec) => dice.pick(&spec.values).to_string(),
        FieldKind::Uuid => {
            let text = uuid::Uuid::from_u64_pair(dice.bits(), dice.bits()).to_string();
            if dice.one_in(3) { text.to_uppercase() } else { text }
        }
        FieldKind::Timestamp => timestamp(dice),
        FieldKind::Date => date(dice),
        FieldKind::Duration => duration(dice, limits),
        FieldKind::IpAddress(family) => address(dice, *family).0,
        FieldKind::IpNetwork(family) => {
            let (address, bits) = address(dice, *family);
            format!("{address}/{}", dice.within(0, bits))
        }
        FieldKind::MacAddress => {
            let groups: Vec<String> = (0..6).map(|_| format!("{:02x}", dice.bits() as u8)).collect();
            groups.join(":")
        }
        FieldKind::PciAddress => {
            format!("{:04x}:{:02x}:{:02x}.{}", dice.bits() as u16, dice.bits() as u8, dice.below(32), dice.below(8))
        }
        FieldKind::VersionPredicate => {
            let parts: Vec<String> = (0..=dice.below(3)).map(|_| comparison(dice)).collect();
            parts.join(",")
        }
        other => panic!("{other:?} is no text"),
    }
}

/// Texts without NUL, up to the limits and with characters of every length. Where there is a pattern, one of a few
/// that keep it.
fn text(dice: &mut Dice, limits: &Limits) -> String {
    let bytes = limits.bytes() as usize;
    let chars = limits.chars().map_or(bytes, |chars| chars as usize);
    loop {
        let count = match dice.below(4) {
            0 => chars.min(bytes),
            _ => dice.below(chars.min(24) + 1),
        };
        let characters: &[char] = if limits.pattern.is_some() {
            &['a', 'b', 'c', '-', '1']
        } else {
            &['a', ' ', '"', '\\', '\n', '\u{1}', '\u{2028}', 'é', '😀', 'Z']
        };
        let mut text = String::new();
        // The longest are of one character: nothing is gained from a thousand of them.
        let one = (count > 64).then(|| dice.pick(characters));
        for _ in 0..count {
            let character = one.unwrap_or_else(|| dice.pick(characters));
            if text.len() + character.len_utf8() <= bytes {
                text.push(character);
            }
        }
        if limits.check_text(&text).is_ok() {
            return text;
        }
    }
}

fn digits(dice: &mut Dice, count: usize) -> String {
    (0..count).map(|_| char::from(dice.pick(b"0123456789"))).collect()
}

fn decimal(dice: &mut Dice, limits: &Limits) -> String {
    let (whole, scale) = limits.decimal();
    let sign = if dice.one_in(3) { "-" } else { "" };
    let count = if dice.one_in(3) { usize::from(whole) } else { dice.below(usize::from(whole) + 1) };
    let before = match count {
        0 => "0".to_owned(),
        count => format!("{}{}", dice.pick(&["1", "9", "5"]), digits(dice, count - 1)),
    };
    let count = if dice.one_in(3) { usize::from(scale) } else { dice.below(usize::from(scale) + 1) };
    let zeros = dice.below(39 - count);
    let behind = digits(dice, count) + &"0".repeat(if dice.one_in(2) { 0 } else { zeros });
    if behind.is_empty() { format!("{sign}{before}") } else { format!("{sign}{before}.{behind}") }
}

fn date(dice: &mut Dice) -> String {
    loop {
        let year = match dice.below(4) {
            0 => dice.pick(&[1, 4, 1900, 2000, 9999, 400, 1000, 8888]),
            _ => dice.within(1, 9999),
        };
        let text = format!("{year:04}-{:02}-{:02}", dice.within(1, 12), dice.within(1, 31));
        if text.parse::<recension::Date>().is_ok() {
            return text;
        }
    }
}

fn timestamp(dice: &mut Dice) -> String {
    loop {
        let fraction = match dice.below(3) {
            0 => String::new(),
            _ => {
                let count = 1 + dice.below(6);
                format!(".{}", digits(dice, count))
            }
        };
        let sign = dice.pick(&["+", "-"]);
        let zone = match dice.below(3) {
            0 => "Z".to_owned(),
            _ => format!("{sign}{:02}:{:02}", dice.within(0, 23), dice.within(0, 59)),
        };
        let (hour, minute, second) = (dice.within(0, 23), dice.within(0, 59), dice.within(0, 59));
        let text = format!("{}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}", date(dice));
        // Within the years in UTC as well.
        let slot = recension::Timestamp::parse(&text).map(|time| recension::Value::Timestamp(time).into());
        let field = recension::FieldSpec::new("f", FieldKind::Timestamp);
        if slot.is_ok_and(|slot| field.check(&slot).is_ok()) {
            return text;
        }
    }
}

fn duration(dice: &mut Dice, limits: &Limits) -> String {
    let (min, max) = (limits.min.unwrap_or(i64::MIN.into()), limits.max.unwrap_or(i64::MAX.into()));
    let micros = i64::try_from(dice.within(min.max(i64::MIN.into()), max.min(i64::MAX.into()))).unwrap();
    let text = Duration::from_micros(micros).to_string();
    // Zeros at the end of a fraction mean nothing.
    let digits = text.split_once('.').map_or(0, |(_, fraction)| fraction.len() - 1);
    match text.strip_suffix('S') {
        Some(number) if digits == 0 && dice.one_in(3) => format!("{number}.00S"),
        Some(number) if (1..6).contains(&digits) && dice.one_in(3) => format!("{number}0S"),
        _ => text,
    }
}

/// An address and the bits of a network of its family.
fn address(dice: &mut Dice, family: IpFamily) -> (String, i128) {
    if family == IpFamily::V4 || (family == IpFamily::Any && dice.one_in(2)) {
        return (v4(dice), 32);
    }
    let last = dice.one_in(4).then(|| v4(dice));
    let room = if last.is_some() { 6 } else { 8 };
    let mut groups: Vec<String> = (0..room).map(|_| group(dice)).collect();
    if dice.one_in(2) {
        // Some of them as `::`.
        let from = dice.below(room);
        let count = 1 + dice.below(room - from);
        groups.splice(from..from + count, [String::new()]);
    }
    let mut text = groups.join(":");
    if text.is_empty() || text.starts_with(':') {
        text.insert(0, ':');
    }
    match last {
        Some(last) => text = format!("{text}:{last}"),
        None if text.ends_with(':') && !(text.ends_with("::") && text.len() > 2) && text != "::" => text.push(':'),
        None => {}
    }
    let text = if text.parse::<std::net::Ipv6Addr>().is_ok() { text } else { "::1".to_owned() };
    (text, 128)
}

fn v4(dice: &mut Dice) -> String {
    let octets: Vec<String> = (0..4).map(|_| dice.within(0, 255).to_string()).collect();
    octets.join(".")
}

fn group(dice: &mut Dice) -> String {
    let number = dice.bits() as u16;
    match dice.below(4) {
        0 => format!("{number:04X}"),
        1 => format!("{:x}", number & 0xf),
        2 => format!("{number:04x}"),
        _ => format!("{:x}", number >> 4),
    }
}

fn comparison(dice: &mut Dice) -> String {
    let blank = |dice: &mut Dice| dice.pick(&["", "", " ", "  "]);
    let parts: Vec<String> = (0..=dice.below(3)).map(|_| dice.within(0, 99_999).to_string()).collect();
    let sign = dice.pick(&["<", "<=", "==", "!=", ">=", ">"]);
    format!("{}{sign}{}{}{}", blank(dice), blank(dice), parts.join("."), blank(dice))
}

/// Texts that are not of the form of a kind; none for a kind whose texts have no form of their own.
pub(crate) const fn malformed(kind: &FieldKind) -> &'static [&'static str] {
    match kind {
        FieldKind::Bytes => &["A", "AA", "AA=", "AB==", "AAB=", "AA==\n", "AA ==", "-_8=", "AA======", "=", "aé==", "AA==AAAA"],
        FieldKind::Decimal => {
            &["", "-", ".5", "5.", "+1", "1e3", "01", "-01", "1,5", "1.5.5", " 1", "NaN", "inf", "1_0", "0x1", "1.0a", "1.٣"]
        }
        FieldKind::Enum(_) => &["", "unheard of", "RUNNING"],
        FieldKind::Uuid => &[
            "",
            "0a1b2c3d4e5f4061827394a5b6c7d8e0",
            "{0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0}",
            "0a1b2c3d-4e5f-4061-8273-94a5b6c7d8eg",
            "0a1b2c3d-4e5f-40618-273-94a5b6c7d8e0",
            "0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0\n",
        ],
        FieldKind::Timestamp => &[
            "",
            "noon",
            "2024-03-01",
            "2024-03-01T10:00:00",
            "2024-03-01 10:00:00Z",
            "2024-03-01t10:00:00Z",
            "2024-03-01T10:00:00z",
            "2024-03-01T10:00:00.Z",
            "2024-03-01T10:00:00.1234567Z",
            "2024-03-01T10:00:60Z",
            "2024-02-30T10:00:00Z",
            "2023-02-29T10:00:00Z",
            "2024-03-01T24:00:00Z",
            "0000-03-01T10:00:00Z",
            "2024-03-01T10:00:00+0200",
            "2024-03-01T10:00:00+24:00",
            "2024-03-01T10:00:00Z ",
        ],
        FieldKind::Date => &[
            "",
            "2024-2-29",
            "2024-02-30",
            "0000-01-01",
            "20240229",
            "2024/02/29",
            "2024-02-29T",
            "2024-13-01",
            "12024-01-01",
            "1900-02-29",
        ],
        FieldKind::Duration => &[
            "",
            "PT",
            "90",
            "P1D",
            "PT1M",
            "PT01S",
            "PT-1S",
            "+PT1S",
            "PT1.S",
            "PT.5S",
            "PT1.0000001S",
            "pt1s",
            "PT1S ",
            "PT10000000000000S",
        ],
        FieldKind::IpAddress(IpFamily::V4) => {
            &["", "192.0.2", "192.0.2.01", "192.0.2.256", "192.0.2.1:80", "192.0.2.1/24", "::1", " 1.2.3.4"]
        }
        FieldKind::IpAddress(IpFamily::V6) => &[
            "",
            ":",
            ":::",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8::",
            "1::2::3",
            "12345::",
            "g::",
            "fe80::1%eth0",
            "[::1]",
            "192.0.2.1",
            "1:2:3:4:5:6:7:1.2.3.4",
        ],
        FieldKind::IpAddress(IpFamily::Any) => &["", "192.0.2.01", "192.0.2.256", "1:2:3:4:5:6:7", "fe80::1%eth0", "::1/64", "host"],
        FieldKind::IpNetwork(IpFamily::V4) => {
            &["192.0.2.0", "10/8", "192.0.2.0/33", "192.0.2.0/024", "192.0.2.0/", "192.0.2.0/+8", "192.0.02.0/8", "::/8"]
        }
        FieldKind::IpNetwork(IpFamily::V6) => &["2001:db8::/129", "::", "::/01", "10.0.0.0/8"],
        FieldKind::IpNetwork(IpFamily::Any) => &["192.0.2.0", "192.0.2.0/33", "2001:db8::/129", "::/", "192.0.2.0/255.255.255.0"],
        FieldKind::MacAddress => {
            &["", "fa:16:3e:00:0a", "FA:16:3e:00:0a:ff", "fa-16-3e-00-0a-ff", "fa:16:3e:00:0a:fg", "fa:16:3e:00:0a:ff\n", "fa163e000aff"]
        }
        FieldKind::PciAddress => {
            &["", "0a:1f.7", "0000:0a:1f:7", "0000:0a:1f.8", "0000:0a:20.0", "0000:0A:1f.7", "00000:0a:1f.7", "0000:0a:1f.07"]
        }
        FieldKind::VersionPredicate => {
            &["", "1.0", "=1.0", "~=1.0", ">=1.0,", ",>=1.0", ">=1.0.*", ">= ", ">=1.0 <2", ">>1", "<=\t1", ">=01", ">1.2.3.4", ">100000"]
        }
        _ => &[],
    }
}

/// Two texts that are one value; nothing for a kind whose values have one text each.
pub(crate) const fn spellings(kind: &FieldKind) -> Option<[&'static str; 2]> {
    Some(match kind {
        FieldKind::Decimal => ["1", "1.0"],
        FieldKind::Uuid => ["0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0", "0A1B2C3D-4e5f-4061-8273-94a5b6c7d8e0"],
        FieldKind::Timestamp => ["2024-03-01T10:00:00Z", "2024-03-01T10:00:00+00:00"],
        FieldKind::Duration => ["PT1S", "PT1.0S"],
        FieldKind::IpAddress(IpFamily::Any | IpFamily::V6) => ["::1", "0::1"],
        FieldKind::IpNetwork(IpFamily::Any | IpFamily::V6) => ["::1/64", "0::1/64"],
        _ => return None,
    })
}
