//! `retype`: without its functions, of a field of another type, and where null would change with it.
use recension::{Misfit, VersionedObject};

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "wrong forms", retype(size), retype(size: String), retype(size: String -> u64), retype(size: f32 -> u64, up = up, down = down))]
#[version("1.2", "more of them", retype(size: String -> u64, up = up, down = "down"), retype(size: String -> u64, up = up, down = down, was = 3))]
pub struct Forms {
    pub size: u64,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "another type", retype(size: String -> i64, up = up, down = down))]
#[version("1.2", "null", retype(note: Option<u64> -> String, up = up, down = down), retype(zone: String -> Option<u64>, up = up, down = down))]
#[version("1.3", "no such field", retype(sise: String -> u64, up = up, down = down))]
#[version("1.4", "of a new field", add(made, old_default = 0), retype(made: String -> u64, up = up, down = down))]
#[version("1.5", "of an old field", retype(gone: String -> u64, up = up, down = down), remove(gone: u64, fallback = 0))]
pub struct Types {
    pub size: u64,
    pub note: String,
    pub zone: u64,
    pub made: u64,
}

fn up(older: &str) -> Result<u64, Misfit> {
    older.parse().map_err(|_| Misfit::new("is no number"))
}

fn down(newer: &u64) -> Result<String, Misfit> {
    Ok(newer.to_string())
}

fn main() {}
