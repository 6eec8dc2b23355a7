//! `nest`, `flatten`, `split`, `merge` and `custom`: wrong forms, fields that are not as they leave them.
use recension::{Misfit, VersionedObject};

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "wrong forms", split(name), merge(first => name), nest(address), flatten(size: Size), custom((a: i64) => b))]
#[version("1.2", "no functions", split(name: String => (first, last)), merge((a: i64, b: i64) => first, up = one, then = two))]
#[version("1.3", "nothing there", nest(() => first, at = "1.0"), flatten(name: Size => (), at = "1.0"))]
#[version("1.4", "no version", nest((name: String) => first), flatten(name: Size => first, at = "one", fallback = null))]
#[version("1.5", "not one", merge((a: i64) => (first, last), up = one, down = two), nest((a: i64) => (), at = "1.0"))]
#[version("1.6", "no types", nest((a, b) => first, at = "1.0"), merge((max = 8, a: i64) => first, up = one, down = two))]
#[version("1.7", "twice", split(name: String => (first, first), up = one, down = two), nest((a: i64, a: i64) => last, at = "1.0"))]
#[version("1.8", "not why", custom(normalise: (name: String) => first, up = one, down = two, loss = ""))]
#[version("1.9", "no name", custom(normalise, (name: String) => first, up = one, down = two))]
pub struct Forms {
    pub first: String,
    pub last: String,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "still there", split(first: String => last, max = 8, up = one, down = two))]
#[version("1.2", "not there", merge((a: i64) => middle, up = one, down = two), split(b: i64 => (last, middle), up = one, down = two))]
#[version("1.3", "no object", nest((street: String) => count, at = "1.0"), flatten(town: i64 => code, at = "1.0"))]
#[version("1.4", "null", nest((lane: String) => home, at = "1.0"), flatten(work: Option<Address> => (house), at = "1.0"))]
#[version("1.5", "both", split(text: String => note, up = one, down = two), widen(note: u32), remove(gone: i64), merge((gone: i64) => made, up = one, down = two))]
#[version("1.6", "both", widen(c: i32), merge((c: i64) => done, up = one, down = two), add(d), merge((d: i64) => did, up = one, down = two))]
pub struct Fields {
    pub first: String,
    pub last: String,
    pub count: i64,
    pub code: i64,
    pub home: Option<Address>,
    pub house: String,
    pub note: u64,
    pub made: Option<String>,
    pub done: i64,
    pub did: i64,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
pub struct Address {
    pub street: String,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "functions of other types", split(name: String => (first, last), up = halves, down = whole))]
#[version("1.2", "functions of other types", merge((a: i64, b: Option<i64>) => sum, up = added, down = apart))]
pub struct Functions {
    pub first: String,
    pub last: Option<String>,
    pub sum: i64,
}

fn halves(name: &str) -> Result<(String, String), Misfit> {
    Ok((name.to_owned(), name.to_owned()))
}

fn whole(first: &String) -> Result<String, Misfit> {
    Ok(first.clone())
}

fn added(a: &i64, b: &i64) -> Result<i64, Misfit> {
    Ok(a + b)
}

fn apart(sum: &i64) -> Result<i64, Misfit> {
    Ok(*sum)
}

fn main() {}
