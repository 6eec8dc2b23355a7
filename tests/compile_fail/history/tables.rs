//! `map_values`, `scale`, `listify`, `key_by` and `unkey`: wrong forms, fields that are not as they leave them.
use std::collections::BTreeMap;

use recension::VersionedObject;

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "wrong forms", map_values(size => other), scale(size: u32 -> u64), listify(tags), key_by(tags), unkey(tags => size))]
#[version("1.2", "not all said", map_values(size), map_values(name, table()), scale(size), key_by(tags: Vec<Disk>))]
#[version("1.3", "wrong words", map_values(size, tabel(1 => 2)), scale(size, by = 8, round = "up"), listify(tags: String, pick = "any"))]
#[version("1.4", "no ratio", scale(size, by = 0), scale(size, by = "1/"), scale(size, by = 1.5), scale(size, by = 8, rounding = "up"))]
#[version("1.5", "no table", map_values(size, table(null => 1)), map_values(size, table(1 => one())), key_by(tags: Vec<Disk>, key = a::b))]
pub struct Forms {
    pub size: u64,
    pub name: String,
    pub tags: Vec<String>,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "not of its kind", map_values(size: String, table(1 => 2, "a" => "b"), fallback = 1, fill = ""), scale(name, by = 8))]
#[version("1.2", "not of its kind", scale(size: f64, by = 8), listify(size: i64), listify(words: i64), map_values(tags, table("a" => "b")))]
#[version("1.3", "not of its kind", key_by(tags: Vec<Disk>, key = name), unkey(disks: BTreeMap<String, Disk>, key = name))]
#[version("1.4", "not there", map_values(weight, table(1 => 2)), scale(weight, by = 8), listify(weight: i64), key_by(weight: Vec<Disk>, key = a))]
#[version("1.5", "null", map_values(count: Option<i64>, table(1 => 2)), scale(size: Option<u32>, by = 8), map_values(name, table("a" => "b", "a" => "c")))]
#[version("1.6", "not alone", constrain(disks, max_items = 8), key_by(disks: Vec<Disk>, key = name))]
#[version("1.7", "not alone", key_by(disks: Vec<Disk>, key = name), constrain(disks, max_items = 8))]
#[version("1.8", "not alone", listify(words: String, others = "stay"), constrain(words, max_items = 8))]
pub struct Fields {
    pub size: u64,
    pub count: i64,
    pub name: String,
    pub tags: Vec<String>,
    pub words: Vec<String>,
    pub disks: BTreeMap<String, Disk>,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
pub struct Disk {
    pub name: String,
}

fn main() {}
