//! Objects in objects, and in themselves.
#![allow(missing_docs)]
use recension::VersionedObject;

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "branches", add(branches, old_default = []))]
pub struct Tree {
    #[field(max_items = 3)]
    branches: Vec<Self>,
    first: Option<Leaf>,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
pub struct Leaf {}
