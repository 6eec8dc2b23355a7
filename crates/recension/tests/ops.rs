//! Typed objects whose fields change what they hold, between two releases that exchange messages.
#![deny(missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications, clippy::all)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use recension::versioning::{Manifest, NotConverted};
use recension::wire::{self, Codec, Form};
use recension::{Behaviour, Misfit, Object, Op, Partial, Record, Secret, Slot, Value, VersionedObject};

/// A disk.
#[derive(Clone, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version(
    "1.1",
    "sizes are bytes, every disk has a zone, and tries are counted",
    retype(size: String -> u64, up = parse_size, down = print_size, max_chars = 8),
    require(zone, fill = "nova"),
    retype(token: Option<String> -> Option<Secret<String>>, up = hide, down = shorten, class = "internal"),
    retype(code: Option<Secret<String>> -> Option<String>, up = shorten, down = hide_most),
    behaviour(counts_tries)
)]
#[version("1.2", "not every disk has a host", relax(host, fallback = ""), child(label: "1.0" => "1.1"))]
pub struct Disk {
    /// How big it is, in bytes.
    pub size: u64,
    /// Where it is.
    pub zone: String,
    /// What it is opened with.
    pub token: Option<Secret<String>>,
    /// What it is called by those who opened it.
    pub code: Option<String>,
    /// Who has it.
    pub host: Option<String>,
    /// What is written on it.
    pub label: Label,
}

/// A label.
#[derive(Clone, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "in colour", add(colour, old_default = "white"))]
pub struct Label {
    /// Its colour.
    pub colour: String,
}

fn parse_size(size: &str) -> Result<u64, Misfit> {
    let (digits, unit) = size.strip_suffix('K').map_or((size, 1), |digits| (digits, 1_024));
    digits.parse::<u64>().ok().and_then(|size| size.checked_mul(unit)).ok_or(Misfit::new("is no number with a unit"))
}

// Whole kilobytes are all that release 1.0 shows.
fn print_size(size: &u64) -> Result<String, Misfit> {
    Ok(format!("{}K", size / 1_024))
}

fn hide(token: &str) -> Result<Secret<String>, Misfit> {
    Ok(Secret::new(token.to_owned()))
}

fn shorten(token: &Secret<String>) -> Result<String, Misfit> {
    Ok(token.expose().chars().take(4).collect())
}

fn hide_most(code: &str) -> Result<Secret<String>, Misfit> {
    Ok(Secret::new(code.chars().take(4).collect()))
}

fn disk() -> Disk {
    let label = Label { colour: "red".to_owned() };
    Disk { size: 5_000, zone: "nova".to_owned(), token: None, code: None, host: None, label }
}

/// The message for a peer that knows 1.0, as that peer reads it.
fn sent(disk: &Disk) -> Record {
    let message = wire::to_json(disk, Form::Trusted.at("1.0")).unwrap();
    Codec::default().record_from_json(Disk::registry().unwrap(), &message).unwrap()
}

/// What the peer sends back, as a program of the newest release reads it.
fn returned(record: Record) -> Result<Disk, wire::Error> {
    let message = Codec::default().record_to_json(Disk::registry().unwrap(), &record, Form::Trusted).unwrap();
    wire::from_json(&message)
}

fn text(text: &str) -> Slot {
    Value::from(text).into()
}

#[test]
fn the_declaration_says_what_the_ops_say() {
    let ops: Vec<&Op> = Disk::declaration().releases.iter().flat_map(|release| &release.ops).collect();
    let Op::Retype { field, conversion } = ops[0] else { panic!("{:?}", ops[0]) };
    assert_eq!((&*field.name, field.kind.as_str(), field.limits.max_chars), ("size", "text", Some(8)));
    assert_eq!((conversion.up_name(), conversion.down_name()), ("parse_size", "print_size"));
    assert_eq!((conversion.up(&Value::from("2K")), conversion.down(&Value::from(4_096))), (Ok(Value::from(2_048)), Ok(Value::from("4K"))));
    assert_eq!(ops[1], &Op::Require { field: "zone".into(), fill: "nova".into() });
    let classes: Vec<_> =
        [ops[2], ops[3]].map(|op| if let Op::Retype { field, .. } = op { field.class.to_string() } else { panic!("{op:?}") }).into();
    assert_eq!(classes, ["internal", "secret"]);
    assert_eq!(ops[4], &Op::Behaviour { name: "counts_tries".into() });
    assert_eq!(ops[5], &Op::Relax { field: "host".into(), fallback: "".into() });
    let version = |text: &str| text.parse().unwrap();
    assert_eq!(ops[6], &Op::Child { field: "label".into(), from: version("1.0"), to: version("1.1") });
}

#[test]
fn what_an_older_release_cannot_say_comes_back_through_a_message() {
    let older = sent(&disk());
    assert_eq!((older.slot("size"), older.slot("host")), (Ok(&text("4K")), Ok(&text(""))));
    let Slot::Value(Value::Object(label)) = older.slot("label").unwrap() else { panic!("no label") };
    assert_eq!(label.spec().version.to_string(), "1.0");
    let back = returned(older).unwrap();
    assert_eq!((back.size, back.host, back.label.colour.as_str()), (5_000, None, "red"));
}

#[test]
fn the_edit_of_an_older_release_wins() {
    let mut older = sent(&disk());
    older.set("size", text("5K")).unwrap();
    older.set("host", text("node-1")).unwrap();
    older.set("zone", Slot::Null).unwrap();
    let back = returned(older).unwrap();
    assert_eq!((back.size, back.host.as_deref(), back.zone.as_str()), (5_120, Some("node-1"), "nova"));
}

#[test]
fn a_null_that_was_filled_is_null_again_for_an_older_release() {
    let mut older = sent(&disk());
    older.set("zone", Slot::Null).unwrap();
    older.take_carry();
    let message = Codec::default().record_to_json(Disk::registry().unwrap(), &older, Form::Trusted).unwrap();
    let newer: Partial<Disk> = wire::from_json(&message).unwrap();
    assert_eq!(newer.zone_ref().map(String::as_str), Some("nova"));
    let again = wire::to_json(&newer, Form::Trusted.at("1.0")).unwrap();
    let again = Codec::default().record_from_json(Disk::registry().unwrap(), &again).unwrap();
    assert_eq!(again.slot("zone"), Ok(&Slot::Null));
}

#[test]
fn s11_a_value_without_a_counterpart_is_a_typed_error_that_does_not_show_it() {
    let mut older = sent(&disk());
    older.set("size", text("canary")).unwrap();
    let Err(wire::Error::NotConverted(refused)) = returned(older) else { panic!("it was read") };
    let NotConverted { object, field, op, from, to, misfit } = &*refused;
    assert_eq!((object.as_str(), field.as_str(), from.to_string(), to.to_string()), ("Disk", "size", "1.0".to_owned(), "1.1".to_owned()));
    assert_eq!((op.as_str(), misfit), ("retype(size, up = parse_size, down = print_size)", &Misfit::new("is no number with a unit")));
    assert!(!format!("{refused:?} {refused} {misfit}").contains("canary"));
    // A number that the older text cannot hold is refused when it is written.
    let large = Disk { size: u64::MAX, ..disk() };
    let refused = wire::to_json(&large, Form::Trusted.at("1.0")).unwrap_err();
    assert!(matches!(refused, wire::Error::NotConverted(_)), "{refused:?}");
}

#[test]
fn s8_a_secret_does_not_travel_beside_what_is_shown_of_it() {
    let open = Disk { token: Some(Secret::new("canary 1".to_owned())), code: Some("canary 2".to_owned()), ..disk() };
    let message = wire::to_json(&open, Form::Trusted.at("1.0")).unwrap();
    assert!(!String::from_utf8(message.clone()).unwrap().contains("canary"));
    // So the reader goes by what 1.0 shows. What only 1.0 keeps secret does not travel there either.
    let back: Disk = wire::from_json(&message).unwrap();
    assert_eq!((back.token.unwrap().expose().as_str(), back.code.as_deref()), ("cana", Some("cana")));
}

#[test]
fn code_asks_whether_a_behaviour_is_active() {
    const COUNTS: Behaviour<Disk> = Disk::COUNTS_TRIES;
    assert_eq!(COUNTS.name(), "counts_tries");
    for (version, active) in [("1.0", false), ("1.1", true), ("1.2", true)] {
        assert_eq!(COUNTS.is_active_at(&version.parse().unwrap()), active);
        assert_eq!(COUNTS.is_active(&format!("Disk={version}").parse().unwrap()), active);
    }
    assert!(COUNTS.is_active(&Manifest::default()) && COUNTS.is_active(&"Label=1.0".parse().unwrap()));
    assert_eq!(format!("{COUNTS:?}"), r#"Behaviour("counts_tries")"#);
}
