//! Typed objects whose values are others by a table or in another unit, that became lists and maps, or whose items changed.
#![cfg(test)]
#![deny(missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications, clippy::all)]

use std::collections::{BTreeMap, BTreeSet};

use recension::wire::{self, Codec, Form};
use recension::{Decimal, FieldEnum, Misfit, Object, Op, Others, Pick, Ratio, Record, Rounding, Slot, Value, VersionedObject};

/// How loud something is.
#[derive(Clone, Debug, PartialEq, FieldEnum)]
pub enum Level {
    /// Hardly.
    Low,
    /// Very.
    High,
    /// Of a release that is not known here.
    #[field_enum(unknown)]
    Unknown(String),
}

/// A flavour of servers.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version(
    "1.1",
    "levels have names, and memory is told in bytes",
    map_values(level: i64, table(1 => "Low", 2 => "High"), fallback = -1, fill = "Low", min = -1, max = 9),
    map_values(zone, table("az-1" => "north", "az-2" => "south", "az-3" => "south"), max_chars = 4),
    scale(memory: u32, by = 1024, fallback = 0),
    scale(weight, by = "1/1000", rounding = "nearest"),
    scale(share, by = "100")
)]
pub struct Flavour {
    /// How loud it is.
    pub level: Level,
    /// Where it may be.
    pub zone: Option<String>,
    /// Bytes.
    pub memory: u64,
    /// Kilograms.
    pub weight: i64,
    /// In percent.
    pub share: Decimal,
}

fn flavour() -> Flavour {
    Flavour { level: Level::High, zone: Some("south".to_owned()), memory: 4_096, weight: 2, share: "12.5".parse().unwrap() }
}

/// The message for a peer that knows 1.0, as that peer reads it.
fn sent<T: VersionedObject + wire::Encode<Object = T>>(object: &T) -> Record {
    let message = wire::to_json(object, Form::Trusted.at("1.0")).unwrap();
    Codec::default().record_from_json(T::registry().unwrap(), &message).unwrap()
}

/// What the peer sends back, as a program of the newest release reads it.
fn returned<T: VersionedObject + wire::Decode<Object = T>>(record: &Record) -> Result<T, wire::Error> {
    let message = Codec::default().record_to_json(T::registry().unwrap(), record, Form::Trusted).unwrap();
    wire::from_json(&message)
}

fn ops<T: Object>() -> &'static [Op] {
    &T::declaration().releases[1].ops
}

fn text(text: &str) -> Slot {
    Value::from(text).into()
}

fn number(number: i64) -> Slot {
    Value::from(number).into()
}

#[test]
fn the_declaration_says_what_tables_and_units_say() {
    let [Op::MapValues { field, table, fallback, fill }, Op::MapValues { field: zone, fill: none, .. }, memory, weight, _] =
        ops::<Flavour>()
    else {
        panic!("{:?}", ops::<Flavour>())
    };
    assert_eq!((&*field.name, field.kind.as_str(), field.limits.min, table.len()), ("level", "integer", Some(-1), 2));
    assert_eq!((fallback, fill.value().and_then(Value::as_text)), (&number(-1), Some("Low")));
    assert_eq!((zone.nullable, zone.limits.max_chars, none), (true, Some(4), &Slot::Unset));
    let Op::Scale { by, rounding, fallback, .. } = memory else { panic!("{memory:?}") };
    assert_eq!((*by, *rounding, fallback), (Ratio::new(1_024, 1).unwrap(), Rounding::Floor, &number(0)));
    let Op::Scale { by, rounding, .. } = weight else { panic!("{weight:?}") };
    assert_eq!((*by, *rounding), (Ratio::new(1, 1_000).unwrap(), Rounding::Nearest));
}

#[test]
fn values_are_others_by_a_table_and_in_another_unit() {
    let shown = sent(&flavour());
    assert_eq!((shown.slot("level"), shown.slot("zone")), (Ok(&number(2)), Ok(&text("az-2"))));
    assert_eq!((shown.slot("memory"), shown.slot("weight")), (Ok(&number(4)), Ok(&number(2_000))));
    assert_eq!(shown.slot("share").unwrap().value(), Some(&Value::Decimal("0.125".parse().unwrap())));
    assert!(returned::<Flavour>(&shown).unwrap() == flavour());

    let mut edited = shown;
    edited.set("level", Value::from(7)).unwrap();
    edited.set("zone", text("az-3")).unwrap();
    edited.set("memory", Value::from(5)).unwrap();
    edited.set("weight", Value::from(1_600)).unwrap();
    let back: Flavour = returned(&edited).unwrap();
    assert_eq!((back.level, back.zone.as_deref()), (Level::Low, Some("south")));
    assert_eq!((back.memory, back.weight), (5_120, 2));
}

#[test]
fn what_an_older_release_cannot_say_comes_back_and_an_edit_wins() {
    let shown = sent(&Flavour { memory: 4_100, ..flavour() });
    assert_eq!(shown.slot("memory"), Ok(&number(4)));
    assert_eq!(returned::<Flavour>(&shown).unwrap().memory, 4_100);
    let mut edited = shown;
    edited.set("memory", Value::from(3)).unwrap();
    assert_eq!(returned::<Flavour>(&edited).unwrap().memory, 3_072);
}

/// A disk.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
pub struct Disk {
    /// What it is called.
    pub name: String,
    /// How many bytes it has.
    pub size: u64,
}

/// A server.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version(
    "1.1",
    "several addresses and hosts, and disks by their names",
    listify(address: Option<String>, pick = "last", others = "stay", max_chars = 40),
    listify(host: String, fallback = "none"),
    key_by(disks: Vec<Disk>, key = name, max_items = 8),
    unkey(ports: BTreeMap<String, Disk>, key = name)
)]
pub struct Server {
    /// Where it is reached.
    pub address: Vec<String>,
    /// Where it may run.
    pub host: Vec<String>,
    /// What it has.
    pub disks: BTreeMap<String, Disk>,
    /// What it is reached by.
    pub ports: Vec<Disk>,
}

fn disk(name: &str) -> Disk {
    Disk { name: name.to_owned(), size: 7 }
}

fn server() -> Server {
    Server {
        address: vec!["10.0.0.1".to_owned(), "10.0.0.2".to_owned()],
        host: Vec::new(),
        disks: ["sda", "sdb"].map(|name| (name.to_owned(), disk(name))).into(),
        ports: vec![disk("eth1"), disk("eth0")],
    }
}

#[test]
fn one_value_becomes_a_list_of_such() {
    let [Op::Listify { field, pick, others, fallback }, Op::Listify { pick: first, others: go, fallback: none, .. }, ..] = ops::<Server>()
    else {
        panic!("{:?}", ops::<Server>())
    };
    assert_eq!((field.limits.max_chars, *pick, *others, fallback), (Some(40), Pick::Last, Others::Stay, &Slot::Unset));
    assert_eq!((*first, *go, none), (Pick::First, Others::Go, &text("none")));

    let shown = sent(&server());
    assert_eq!((shown.slot("address"), shown.slot("host")), (Ok(&text("10.0.0.2")), Ok(&text("none"))));
    assert!(returned::<Server>(&shown).unwrap() == server());
    let mut edited = shown;
    edited.set("address", text("10.0.0.9")).unwrap();
    edited.set("host", text("node-1")).unwrap();
    let back: Server = returned(&edited).unwrap();
    assert_eq!((back.address, back.host), (vec!["10.0.0.1".to_owned(), "10.0.0.9".to_owned()], vec!["node-1".to_owned()]));
}

#[test]
fn a_list_of_objects_becomes_a_map_and_a_map_a_list() {
    let shown = sent(&server());
    let Slot::Value(Value::List(disks)) = shown.slot("disks").unwrap() else { panic!("no list") };
    assert_eq!(disks.len(), 2);
    let Slot::Value(Value::Map(ports)) = shown.slot("ports").unwrap() else { panic!("no map") };
    assert_eq!(ports.keys().collect::<Vec<_>>(), ["eth0", "eth1"]);
    assert!(returned::<Server>(&shown).unwrap() == server());

    let mut edited = shown;
    let Slot::Value(Value::List(mut fewer)) = edited.slot("disks").unwrap().clone() else { panic!("no list") };
    fewer.remove(0);
    edited.set("disks", Value::List(fewer)).unwrap();
    let back: Server = returned(&edited).unwrap();
    assert_eq!(back.disks.keys().collect::<Vec<_>>(), ["sdb"]);
    assert_eq!(back.ports, server().ports);
}

/// What is known of an image.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version(
    "1.1",
    "items are others",
    each(widen(sizes: i32, fallback = -1)),
    each(map_values(levels: i64, table(1 => "Low", 2 => "High"))),
    each(constrain(tags, max_chars = 4, fallback = "...")),
    each(require(notes, fill = "")),
    each(retype(prices: String -> u64, up = parse, down = print, max_chars = 9)),
    within(labels, rename("hw disk" => "disk")),
    within(labels, map_values("arch", table("amd64" => "x86_64"))),
    within(labels, retype("os", up = lower, down = upper)),
    within(limits, scale("cores", by = 1000))
)]
pub struct Image {
    /// Bytes of its layers.
    #[field(max_items = 5)]
    pub sizes: Vec<i64>,
    /// How loud each is.
    pub levels: BTreeMap<String, Level>,
    /// What it is found by.
    #[field(max_chars = 32)]
    pub tags: BTreeSet<String>,
    /// What was said of it.
    pub notes: Option<Vec<String>>,
    /// What each costs.
    pub prices: Vec<u64>,
    /// What else is known.
    #[field(max_chars = 60)]
    pub labels: BTreeMap<String, String>,
    /// What it needs.
    pub limits: BTreeMap<String, i64>,
}

fn parse(price: &str) -> Result<u64, Misfit> {
    price.parse().map_err(|_| Misfit::new("is no price"))
}

fn print(price: &u64) -> Result<String, Misfit> {
    Ok(price.to_string())
}

fn lower(text: &str) -> Result<String, Misfit> {
    Ok(text.to_lowercase())
}

fn upper(text: &str) -> Result<String, Misfit> {
    Ok(text.to_uppercase())
}

fn entries<T: Clone, const N: usize>(entries: [(&str, T); N]) -> BTreeMap<String, T> {
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn image() -> Image {
    Image {
        sizes: vec![1, 1 << 40],
        levels: entries([("day", Level::High), ("night", Level::Low)]),
        tags: ["base".to_owned(), "a long tag".to_owned()].into(),
        notes: Some(vec!["good".to_owned()]),
        prices: vec![3],
        labels: entries(
            [("disk", "scsi"), ("arch", "x86_64"), ("os", "linux"), ("by", "us")].map(|(name, value)| (name, value.to_owned())),
        ),
        limits: entries([("cores", 1_500), ("ram", 1_500)]),
    }
}

fn items(record: &Record, name: &str) -> Vec<Value> {
    match record.slot(name).unwrap() {
        Slot::Value(Value::List(items)) => items.iter().flatten().cloned().collect(),
        other => panic!("{other:?}"),
    }
}

fn entry(record: &Record, name: &str, entry: &str) -> Option<Value> {
    match record.slot(name).unwrap() {
        Slot::Value(Value::Map(entries)) => entries.get(entry).cloned().flatten(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_op_on_items_says_what_they_were() {
    let [Op::Each { field, op }, _, _, _, _, Op::Within { op: rename, .. }, ..] = ops::<Image>() else { panic!("{:?}", ops::<Image>()) };
    let Op::Widen { field: item, .. } = &**op else { panic!("{op:?}") };
    assert_eq!((&**field, &*item.name, item.kind.as_str(), item.limits.max_items), ("sizes", "sizes", "integer", Some(5)));
    assert_eq!(**rename, Op::Rename { from: "hw disk".into(), to: "disk".into() });
    let oldest = Image::registry().unwrap().lineage("Image").unwrap().shape(&"1.0".parse().unwrap()).unwrap();
    let sizes = oldest.fields.iter().find(|field| &*field.name == "sizes").unwrap();
    assert_eq!(sizes.limits.max_items, Some(5));
}

#[test]
fn items_and_entries_are_changed_as_fields_are() {
    let shown = sent(&image());
    assert_eq!(items(&shown, "sizes"), [Value::from(1), Value::from(-1)]);
    assert_eq!((entry(&shown, "levels", "day"), entry(&shown, "levels", "night")), (Some(Value::from(2)), Some(Value::from(1))));
    assert_eq!((items(&shown, "notes"), items(&shown, "prices")), (vec![Value::from("good")], vec![Value::from("3")]));
    let labels = ["hw disk", "disk", "arch", "os", "by"].map(|name| entry(&shown, "labels", name));
    assert_eq!(labels, [Some("scsi".into()), None, Some("amd64".into()), Some("LINUX".into()), Some("us".into())]);
    assert_eq!((entry(&shown, "limits", "cores"), entry(&shown, "limits", "ram")), (Some(Value::from(1)), Some(Value::from(1_500))));
    assert!(returned::<Image>(&shown).unwrap() == image());
}

#[test]
fn an_edit_of_items_by_an_older_release_wins() {
    let mut edited = sent(&image());
    edited.set("sizes", Value::List(vec![Some(Value::from(9))])).unwrap();
    edited.set("notes", Value::List(vec![None, Some("x".into())])).unwrap();
    edited.set("prices", Value::List(vec![Some("8".into()), Some("9".into())])).unwrap();
    let Slot::Value(Value::Map(mut labels)) = edited.slot("labels").unwrap().clone() else { panic!("no map") };
    labels.insert("hw disk".to_owned(), Some("ide".into()));
    edited.set("labels", Value::Map(labels)).unwrap();
    let back: Image = returned(&edited).unwrap();
    assert_eq!((back.sizes, back.prices), (vec![9], vec![8, 9]));
    assert_eq!(back.notes.unwrap(), ["", "x"]);
    assert_eq!(back.labels.get("disk").map(String::as_str), Some("ide"));
    assert_eq!((back.tags, back.limits), (image().tags, image().limits));
}
