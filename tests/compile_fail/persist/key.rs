//! A key is an `i64` or a `Uuid`, and never null.
use recension::{Persist, VersionedObject};

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "servers", key = "name")]
pub struct Server {
    pub name: String,
}

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "nodes", key = "id")]
pub struct Node {
    pub id: Option<i64>,
}

fn main() {}
