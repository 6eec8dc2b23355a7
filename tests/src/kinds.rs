//! An object with a field of every kind that [`Sample`](crate::Sample) has not, alone, nullable and as items.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use recension::{
    Bytes, Date, Decimal, Duration, FieldEnum, MacAddress, ObjectUnion, PciAddress, Persist, Secret, Timestamp, VersionPredicate,
    VersionedObject,
};
use uuid::Uuid;

use crate::{Part, State};

/// A state machine.
#[derive(Clone, Debug, PartialEq, Eq, FieldEnum)]
#[field_enum(name = "SamplePhase")]
pub enum Phase {
    /// It waits.
    #[field_enum(to(Active, Ended))]
    Waiting,
    /// It is at work.
    #[field_enum(value = "at work", to(Ended))]
    Active,
    /// It is done.
    #[field_enum(to())]
    Ended,
    /// As another release says.
    #[field_enum(unknown)]
    Unknown(String),
}

/// The other member of [`Device`].
#[derive(Clone, VersionedObject)]
#[object(name = "SampleCable", namespace = "sample", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "its colour", add(colour))]
pub struct Cable {
    /// How long it is.
    #[field(max = "PT60S")]
    pub delay: Duration,
    /// What it looks like.
    #[field(max_chars = 16)]
    pub colour: Option<String>,
}

/// A part or a cable.
#[derive(Clone, Debug, ObjectUnion)]
#[object_union(name = "SampleDevice")]
pub enum Device {
    /// A part.
    Part(Part),
    /// A cable.
    Cable(Cable),
}

/// A field of every kind, with every limit, in three versions; and a table.
#[derive(Clone, VersionedObject, Persist)]
#[object(name = "SampleKinds", namespace = "sample", default_class = "public")]
#[version("1.0", "first version")]
#[version(
    "1.1",
    "codes and readings; prices are called so, and nobody weighs",
    add(code),
    add(readings, old_default = []),
    add(retries, old_default = 1),
    rename(cost => price),
    remove(weight: f64, fallback = 1.5, min = 0.0, class = "public"),
    remove(routes: BTreeSet<IpNet>, fallback = [], max_items = 2, class = "public")
)]
#[version(
    "1.2",
    "what it does; not every network is known",
    add(phase, old_default = "Waiting"),
    add(spare_device),
    relax(network_v6, fallback = "::/0"),
    rename(names => aliases),
    remove(day: Option<Date>, class = "public"),
    remove(quotas: BTreeMap<String, u8>, fallback = [], max_key_bytes = 4, class = "public")
)]
#[persist(table = "kinds", key = "id", revision)]
pub struct Kinds {
    /// Made by the service.
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub id: i64,
    /// A float within bounds.
    #[field(min = -1.5, max = 2.5)]
    pub ratio: f64,
    /// Any float.
    pub reading: Option<f64>,
    /// A few bytes.
    #[field(max_bytes = 8)]
    pub digest: Bytes,
    /// As many bytes as by default.
    pub blob: Option<Bytes>,
    /// A decimal number of few digits.
    #[field(digits = 6, scale = 2)]
    pub price: Decimal,
    /// A decimal number of the digits that are the default.
    pub exact: Option<Decimal>,
    /// A day.
    pub born: Date,
    /// Another, or none.
    pub died: Option<Date>,
    /// A duration within bounds.
    #[field(min = "-PT1S", max = "PT3600S", default = "PT30S")]
    pub timeout: Duration,
    /// Any duration.
    pub span: Option<Duration>,
    /// An address of version 4.
    pub address_v4: Ipv4Addr,
    /// An address of version 6.
    pub address_v6: Option<Ipv6Addr>,
    /// An address of either.
    #[field(default = "::1")]
    pub address: IpAddr,
    /// A network of version 4.
    pub network_v4: Option<Ipv4Net>,
    /// A network of version 6.
    pub network_v6: Option<Ipv6Net>,
    /// A network of either.
    pub network: IpNet,
    /// A network interface.
    pub mac: MacAddress,
    /// Another.
    pub spare_mac: Option<MacAddress>,
    /// A device on the bus.
    pub pci: PciAddress,
    /// Another.
    pub spare_pci: Option<PciAddress>,
    /// What it runs with.
    #[field(default = ">=1.0, <2")]
    pub needs: VersionPredicate,
    /// What it once ran with.
    pub needed: Option<VersionPredicate>,
    /// A text that has one form.
    #[field(max_chars = 12, pattern = "^[a-z][a-z0-9-]*$")]
    pub slug: String,
    /// A text with a number in it.
    #[field(max_chars = 8, pattern = "[0-9]{3}")]
    pub code: Option<String>,
    /// A text that may have secrets in it.
    #[field(max_bytes = 64, sensitive)]
    pub log: String,
    /// A count within bounds.
    #[field(min = 0, max = 10, default = 3)]
    pub retries: u8,
    /// Texts.
    #[field(max_items = 3, max_chars = 6)]
    pub tags: Vec<String>,
    /// Integers and nulls.
    #[field(max_items = 4, min = -5, max = 5)]
    pub counts: Vec<Option<i32>>,
    /// Floats, or none.
    #[field(max_items = 2, min = 0.0)]
    pub readings: Option<Vec<f64>>,
    /// States, each of which may be there more than once.
    #[field(max_items = 4)]
    pub past: Vec<State>,
    /// Secrets.
    #[field(max_items = 2, max_bytes = 8)]
    pub keys: Vec<Secret<String>>,
    /// Objects of either kind.
    #[field(max_items = 2)]
    pub devices: Vec<Device>,
    /// Integers, each once.
    #[field(max_items = 4, min = 1)]
    pub ports: BTreeSet<u16>,
    /// Texts, each once.
    #[field(max_items = 3, max_chars = 6, pattern = "^[a-z]*$")]
    pub aliases: BTreeSet<String>,
    /// Addresses, each once, or none.
    pub hosts: Option<BTreeSet<IpAddr>>,
    /// Texts by name.
    #[field(max_items = 3, max_key_bytes = 6, max_chars = 6)]
    pub labels: BTreeMap<String, String>,
    /// Texts and nulls by name.
    #[field(max_chars = 6)]
    pub notes: Option<BTreeMap<String, Option<String>>>,
    /// Objects by name.
    #[field(max_items = 2)]
    pub shelves: BTreeMap<String, Part>,
    /// Times by name.
    #[field(max_items = 2)]
    pub seen: BTreeMap<String, Timestamp>,
    /// Which they are.
    #[field(max_items = 2)]
    pub ids: Option<Vec<Uuid>>,
    /// One object of either kind.
    pub device: Device,
    /// Another, or none.
    pub spare_device: Option<Device>,
    /// Where it is on its way.
    #[field(default = "Waiting")]
    pub phase: Phase,
    /// Where it is to go.
    pub goal: Option<Phase>,
}

impl Kinds {
    /// Kinds in which nothing is null. `mark`, at most six small letters, is in every text.
    ///
    /// # Errors
    /// Never, unless the texts in it are none of their kinds.
    pub fn full(mark: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let fault = |rule: recension::Rule| rule.to_string();
        let part = Part { bytes: 1, label: Some(mark.to_owned()), serial: mark.to_owned() };
        let cable = Cable { delay: Duration::from_micros(5), colour: Some(mark.to_owned()) };
        Ok(Self {
            id: 7,
            ratio: 0.1,
            reading: Some(-1e300),
            digest: Bytes::from([0, 127, 255]),
            blob: Some(Bytes::from(mark.as_bytes())),
            price: "1234.56".parse().map_err(fault)?,
            exact: Some("-0.000000000000000001".parse().map_err(fault)?),
            born: "2024-02-29".parse().map_err(fault)?,
            died: Some("9999-12-31".parse().map_err(fault)?),
            timeout: Duration::from_micros(1_500_000),
            span: Some(Duration::from_micros(i64::MIN)),
            address_v4: Ipv4Addr::new(192, 0, 2, 1),
            address_v6: Some(Ipv6Addr::LOCALHOST),
            address: "2001:db8::1".parse()?,
            network_v4: Some("192.0.2.5/24".parse()?),
            network_v6: Some("2001:db8::/32".parse()?),
            network: "10.0.0.0/8".parse()?,
            mac: "fa:16:3e:00:0a:ff".parse().map_err(fault)?,
            spare_mac: Some(MacAddress::new([0; 6])),
            pci: "0000:0a:1f.7".parse().map_err(fault)?,
            spare_pci: Some("ffff:ff:1f.7".parse().map_err(fault)?),
            needs: ">=1.2, !=1.7, <2".parse().map_err(fault)?,
            needed: Some("==1".parse().map_err(fault)?),
            slug: mark.to_owned(),
            code: Some("x007".to_owned()),
            log: format!("log {mark}"),
            retries: 5,
            tags: vec![mark.to_owned(), String::new()],
            counts: vec![Some(-5), None, Some(5)],
            readings: Some(vec![0.0, 1e-300]),
            past: vec![State::Running, State::Stopped, State::Running],
            keys: vec![mark.to_owned().into()],
            devices: vec![Device::Cable(cable.clone()), Device::Part(part.clone())],
            ports: [1, 80, u16::MAX].into(),
            aliases: [String::new(), mark.to_owned()].into(),
            hosts: Some(["::1".parse()?, "192.0.2.1".parse()?].into()),
            labels: [(mark.to_owned(), mark.to_owned())].into(),
            notes: Some([("a".to_owned(), None), ("b".to_owned(), Some(mark.to_owned()))].into()),
            shelves: [("top".to_owned(), part.clone())].into(),
            seen: [("x".to_owned(), Timestamp::parse("2024-01-02T03:04:05.000006+02:00").map_err(fault)?)].into(),
            ids: Some(vec!["0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0".parse()?]),
            device: Device::Part(part),
            spare_device: Some(Device::Cable(cable)),
            phase: Phase::Active,
            goal: Some(Phase::Ended),
        })
    }
}
