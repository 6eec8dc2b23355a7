//! Every op that makes fields of others, and every op on values with a table, a unit or items.
use std::collections::BTreeMap;

use recension::{Misfit, VersionedObject};

/// Somebody.
#[derive(Clone, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "first and last names", split(name: String => (first, last), max_chars = 80, up = split_name, down = names::join))]
#[version("1.2", "one number", merge((area: u8, number: u16, max = 9_999) => phone, up = names::dial, down = names::look_up))]
#[version("1.3", "ends", custom(ends: (start: u32, length: u16) => (from, until), up = ends, down = length, loss = "none is known"))]
#[version("1.4", "an address", nest((street: Option<String>, city: Option<String>) => address, at = "1.0"))]
#[version("1.5", "a size", flatten(size: Size => (width, height), at = "1.0"))]
pub struct Person {
    /// The first word of the name.
    #[field(max_chars = 40)]
    pub first: String,
    /// The rest of it.
    #[field(max_chars = 40)]
    pub last: Option<String>,
    /// Area and number.
    #[field(max = 2_559_999)]
    pub phone: u32,
    /// When it begins.
    pub from: u32,
    /// When it ends.
    pub until: u64,
    /// Where it is.
    pub address: Option<Address>,
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// Where something is.
#[derive(Clone, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "codes", add(zip))]
pub struct Address {
    /// The street.
    pub street: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The code.
    pub zip: Option<String>,
}

/// How large something is.
#[derive(Clone, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// A server.
#[derive(Clone, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "names", map_values(level: i64, table(1 => "low", 2 => "high"), fallback = 0, fill = "low"))]
#[version("1.2", "bytes", scale(memory: u32, by = 1024, rounding = "nearest", fallback = 0), scale(disk, by = "1/1024"))]
#[version("1.3", "lists", listify(host: Option<String>, pick = "last", others = "stay"), key_by(disks: Vec<Size>, key = width))]
#[version("1.4", "items", each(widen(sizes: i32, fallback = -1)), unkey(screens: BTreeMap<String, Size>, key = width))]
#[version("1.5", "labels", within(labels, rename("a b" => "ab")), within(labels, map_values("arch", table("x" => "y"))))]
pub struct Server {
    /// How loud it is.
    #[field(max_chars = 8)]
    pub level: String,
    /// Bytes.
    pub memory: u64,
    /// Kilobytes.
    pub disk: i64,
    /// Where it may run.
    pub host: Vec<String>,
    /// What it has.
    pub disks: BTreeMap<String, Size>,
    /// What it shows on.
    pub screens: Vec<Size>,
    /// Bytes.
    pub sizes: Vec<i64>,
    /// What else is known.
    pub labels: BTreeMap<String, String>,
}

fn split_name(name: &str) -> Result<(String, Option<String>), Misfit> {
    Ok(name.split_once(' ').map_or_else(|| (name.to_owned(), None), |(first, last)| (first.to_owned(), Some(last.to_owned()))))
}

fn ends(start: &u32, length: &u16) -> Result<(u32, u64), Misfit> {
    Ok((*start, u64::from(*start) + u64::from(*length)))
}

fn length(from: &u32, until: &u64) -> Result<(u32, u16), Misfit> {
    let length = until.checked_sub(u64::from(*from)).ok_or(Misfit::new("ends before it begins"))?;
    Ok((*from, u16::try_from(length).map_err(|_| Misfit::new("is too long"))?))
}

mod names {
    use recension::Misfit;

    #[expect(clippy::ref_option, reason = "a nullable field is given as it is")]
    pub(super) fn join(first: &str, last: &Option<String>) -> Result<String, Misfit> {
        Ok(last.as_ref().map_or_else(|| first.to_owned(), |last| format!("{first} {last}")))
    }

    pub(super) fn dial(area: &u8, number: &u16) -> Result<u32, Misfit> {
        Ok(u32::from(*area) * 10_000 + u32::from(*number))
    }

    pub(super) fn look_up(phone: &u32) -> Result<(u8, u16), Misfit> {
        let area = u8::try_from(phone / 10_000).map_err(|_| Misfit::new("has no such area"))?;
        Ok((area, u16::try_from(phone % 10_000).map_err(|_| Misfit::new("has no such number"))?))
    }
}
