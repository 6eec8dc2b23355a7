//! An object whose history has every op, with functions that lose as much as they may.

use std::collections::{BTreeMap, BTreeSet};

use recension::{FieldEnum, Misfit, VersionedObject};

/// A place where something can be put.
#[derive(Clone, VersionedObject)]
#[object(namespace = "sample", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "how large it is", add(size, old_default = 1))]
pub struct Shelf {
    /// Its name in the place.
    #[field(read_only, max_chars = 8)]
    pub name: String,
    /// How much is on it.
    pub load: u8,
    /// How large it is.
    pub size: u8,
}

/// Where something is.
#[derive(Clone, VersionedObject)]
#[object(namespace = "sample", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "the floor", add(floor, old_default = 0))]
pub struct Place {
    /// The town.
    #[field(max_chars = 8)]
    pub town: Option<String>,
    /// The street.
    #[field(max_chars = 8)]
    pub street: Option<String>,
    /// The floor.
    pub floor: i8,
}

/// How wide and how high something is.
#[derive(Clone, VersionedObject)]
#[object(namespace = "sample", default_class = "public")]
#[version("1.0", "first version")]
pub struct Extent {
    /// From left to right.
    pub width: u16,
    /// From top to bottom.
    pub height: u16,
}

/// How much it may be used.
#[derive(Clone, Debug, PartialEq, Eq, FieldEnum)]
pub enum Grade {
    /// A little.
    Low,
    /// Much.
    High,
    /// As another release says.
    #[field_enum(unknown)]
    Unknown(String),
}

/// What is the matter with it.
#[derive(Clone, Debug, PartialEq, Eq, FieldEnum)]
pub enum Mood {
    /// Nothing.
    Fine,
    /// Since 1.2.
    Wary,
    /// Called `Angry` before 1.2.
    Cross,
    /// As another release says.
    #[field_enum(unknown)]
    Unknown(String),
}

/// A store, whose history has every op.
#[derive(Clone, VersionedObject)]
#[object(namespace = "sample", default_class = "public")]
#[version("1.0", "first version")]
#[version(
    "1.1",
    "fields come, go and are called otherwise",
    add(note, old_default = "-"),
    remove(spare: u8, fallback = 7, class = "public"),
    rename(label => title),
    retype(code: String -> u16, up = read_code, down = write_code, max_chars = 5),
    require(owner, fill = "nobody"),
    relax(hint, fallback = 0),
    behaviour(counts_twice),
    method(count)
)]
#[version(
    "1.2",
    "their values are others",
    widen(count: u8, fallback = 0),
    constrain(title, max_chars = 12, fallback = "long", fill = "short"),
    enum_add(mood: "Wary" => "Fine"),
    enum_remove(mood: "Gone" => "Fine"),
    enum_rename(mood: "Angry" => "Cross"),
    map_values(grade: u8, max = 5, table(1 => "Low", 2 => "High", 3 => "High"), fallback = 0, fill = "High"),
    scale(weight: u32, by = "1/1000", rounding = "nearest")
)]
#[version(
    "2.0",
    "what was one is several, and the other way round",
    listify(phone: Option<String>, max_chars = 8, pick = "last", others = "stay"),
    key_by(shelves: Vec<Shelf>, key = name),
    unkey(bins: BTreeMap<String, Shelf>, key = name),
    each(widen(sizes: i8, fallback = 0)),
    each(map_values(tags, table("" => "none"))),
    within(labels, rename("a" => "b")),
    within(limits, scale("a", by = "10", fallback = 0, fill = 0)),
    nest((town: Option<String>, max_chars = 8, street: Option<String>, max_chars = 8) => place, at = "1.0"),
    flatten(extent: Extent => (width, height), at = "1.0"),
    split(name: String => (first, last), max_chars = 17, up = split_name, down = join_name),
    merge((hours: u8, minutes: u8) => duration, up = add_up, down = take_apart),
    custom(swap: (left: i16, right: i16) => (sum, difference), up = sums, down = parts, loss = "none within 16 bits"),
    child(racks: "1.0" => "1.1"),
    rename_object(Depot)
)]
pub struct Store {
    /// Something about it.
    #[field(max_chars = 8)]
    pub note: String,
    /// What it is called.
    #[field(max_chars = 6)]
    pub title: String,
    /// A number for it.
    pub code: u16,
    /// Whose it is.
    #[field(max_chars = 8)]
    pub owner: String,
    /// A number that means something to somebody.
    pub hint: Option<u8>,
    /// How many things are in it.
    pub count: u32,
    /// What is the matter with it.
    pub mood: Mood,
    /// How much it may be used.
    pub grade: Grade,
    /// In kilograms.
    pub weight: u32,
    /// Whom to call.
    #[field(max_chars = 8)]
    pub phone: Vec<String>,
    /// By name.
    pub shelves: BTreeMap<String, Shelf>,
    /// In their order.
    pub bins: Vec<Shelf>,
    /// How large things are.
    pub sizes: Vec<i32>,
    /// Words for it.
    #[field(max_chars = 8)]
    pub tags: BTreeSet<String>,
    /// Texts by name.
    #[field(max_chars = 8)]
    pub labels: BTreeMap<String, String>,
    /// Numbers by name.
    pub limits: BTreeMap<String, i32>,
    /// Where it is.
    pub place: Option<Place>,
    /// From left to right.
    pub width: u16,
    /// From top to bottom.
    pub height: u16,
    /// The first word of its name.
    #[field(max_chars = 8)]
    pub first: String,
    /// The rest of it.
    #[field(max_chars = 8)]
    pub last: Option<String>,
    /// In minutes.
    pub duration: u32,
    /// Of two numbers.
    pub sum: i32,
    /// Of the same.
    pub difference: i32,
    /// What stands in it.
    pub racks: Vec<Shelf>,
}

/// Every text is some number.
fn read_code(code: &str) -> Result<u16, Misfit> {
    Ok(code.parse().unwrap_or(0))
}

fn write_code(code: &u16) -> Result<String, Misfit> {
    Ok(code.to_string())
}

fn split_name(name: &str) -> Result<(String, Option<String>), Misfit> {
    let cut = |text: &str| text.chars().take(8).collect::<String>();
    Ok(match name.split_once(' ') {
        Some((first, last)) => (cut(first), Some(cut(last))),
        None => (cut(name), None),
    })
}

#[expect(clippy::ref_option, reason = "the signature that the op asks for")]
fn join_name(first: &String, last: &Option<String>) -> Result<String, Misfit> {
    Ok(last.as_ref().map_or_else(|| first.clone(), |last| format!("{first} {last}")))
}

fn add_up(hours: &u8, minutes: &u8) -> Result<u32, Misfit> {
    Ok(u32::from(*hours) * 60 + u32::from(*minutes))
}

/// More than fits is as much as fits.
fn take_apart(duration: &u32) -> Result<(u8, u8), Misfit> {
    let hours = u8::try_from(duration / 60).unwrap_or(u8::MAX);
    Ok((hours, u8::try_from(duration % 60).unwrap_or(0)))
}

fn sums(left: &i16, right: &i16) -> Result<(i32, i32), Misfit> {
    let (left, right) = (i32::from(*left), i32::from(*right));
    Ok((left + right, left - right))
}

fn parts(sum: &i32, difference: &i32) -> Result<(i16, i16), Misfit> {
    let half = |number: i64| i16::try_from(number / 2).unwrap_or(0);
    let (sum, difference) = (i64::from(*sum), i64::from(*difference));
    Ok((half(sum + difference), half(sum - difference)))
}
