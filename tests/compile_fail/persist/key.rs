//! A key is an `i64`, an `i32`, a `Uuid` or a `String`, and never null.
use recension::{Persist, VersionedObject};

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "servers", key = "started")]
pub struct Server {
    pub started: bool,
}

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "nodes", key = "id")]
pub struct Node {
    pub id: Option<i64>,
}

fn main() {}
