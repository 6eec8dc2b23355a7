//! The functions of `retype` fit the two types.
use recension::{Misfit, VersionedObject};

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "what they take", retype(size: String -> u64, up = takes_another, down = down))]
#[version("1.2", "what they give", retype(note: String -> u64, up = gives_another, down = down))]
#[version("1.3", "that they may refuse", retype(zone: String -> u64, up = cannot_refuse, down = down))]
pub struct Server {
    pub size: u64,
    pub note: u64,
    pub zone: u64,
}

fn takes_another(_: &bool) -> Result<u64, Misfit> {
    Ok(0)
}

fn gives_another(_: &str) -> Result<i64, Misfit> {
    Ok(0)
}

fn cannot_refuse(_: &str) -> u64 {
    0
}

fn down(newer: &u64) -> Result<String, Misfit> {
    Ok(newer.to_string())
}

fn main() {}
