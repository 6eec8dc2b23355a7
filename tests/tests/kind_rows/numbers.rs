//! The kinds that the objects of the other tests have not, or not without limits.

use std::collections::{BTreeMap, BTreeSet};

use recension::{Bytes, Date, Decimal, Duration, Persist, Timestamp, VersionedObject};

/// Integers of every width, and numbers and containers without limits.
#[derive(Clone, Default, VersionedObject, Persist)]
#[object(namespace = "sample", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "numbers", key = "id", revision)]
pub(crate) struct Numbers {
    #[field(server_set, read_only)]
    #[persist(fill = "auto")]
    pub(crate) id: i64,
    pub(crate) a: i8,
    pub(crate) b: i16,
    pub(crate) c: i32,
    pub(crate) d: i64,
    pub(crate) e: u8,
    pub(crate) f: u16,
    pub(crate) g: u32,
    pub(crate) h: u64,
    pub(crate) a_or_none: Option<i8>,
    pub(crate) c_or_none: Option<i32>,
    pub(crate) f_or_none: Option<u16>,
    pub(crate) g_or_none: Option<u32>,
    pub(crate) h_or_none: Option<u64>,
    pub(crate) float: f64,
    pub(crate) long: Option<Duration>,
    pub(crate) day: Option<Date>,
    pub(crate) time: Option<Timestamp>,
    #[field(digits = 38, scale = 0)]
    pub(crate) whole: Option<Decimal>,
    #[field(digits = 38, scale = 38)]
    pub(crate) fraction: Option<Decimal>,
    pub(crate) text: String,
    #[field(max_bytes = 100_000)]
    pub(crate) long_text: Option<String>,
    #[field(max_bytes = 100_000)]
    pub(crate) long_bytes: Option<Bytes>,
    pub(crate) floats: Vec<f64>,
    pub(crate) all: Option<BTreeSet<u64>>,
    pub(crate) exact: BTreeMap<String, Decimal>,
}
