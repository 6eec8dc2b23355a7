//! `each` and `within`: wrong forms, items that are not as they leave them.
use std::collections::BTreeMap;

use recension::VersionedObject;

type Sizes = Vec<u64>;

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "wrong forms", each(tags), each(), each(widen(sizes: u32), widen(sizes: u8)), within(labels), within(labels: u32))]
#[version("1.2", "wrong ops", each(add(sizes)), each(rename(a => b)), each(each(widen(sizes: u32))), within(labels, add("a")), within(labels, widen(a: u32)))]
#[version("1.3", "wrong words", within(labels, rename(a => b)), within(labels, rename("a" => "a")), within(labels, scale("a", by = 8, max = 8)))]
#[version("1.4", "wrong words", within(labels, map_values(a, table(1 => 2))), within(labels, map_values("a")), within(labels, retype("a", up = one)))]
pub struct Forms {
    pub sizes: Vec<u64>,
    pub tags: Vec<String>,
    pub labels: BTreeMap<String, String>,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "no items", each(widen(count: u32)), within(count, rename("a" => "b")), within(sizes, rename("a" => "b")))]
#[version("1.2", "not of its kind", each(widen(sizes: u32, fallback = "")), each(enum_add(sizes: "a" => "b")), each(require(sizes, fill = "")))]
#[version("1.3", "not of its kind", within(labels, map_values("a", table(1 => "b"))), within(labels, scale("a", by = 8)))]
#[version("1.4", "not there", each(widen(weights: u32)), within(weights, rename("a" => "b")))]
#[version("1.5", "under another name", each(widen(named: u32)), within(named, rename("a" => "b")))]
#[version("1.6", "both", add(more, old_default = []), each(widen(more: u32)), each(constrain(labels, min = 1)))]
pub struct Fields {
    pub count: u64,
    pub sizes: Vec<u64>,
    pub more: Vec<u64>,
    pub named: Sizes,
    pub labels: BTreeMap<String, String>,
}

fn main() {}
