//! Objects and lists of objects have no column.
use recension::{Persist, VersionedObject};

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
pub struct Step {
    pub id: i64,
}

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "actions", key = "id")]
pub struct Action {
    pub id: i64,
    pub last: Option<Step>,
}

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "plans", key = "id")]
pub struct Plan {
    pub id: i64,
    pub steps: Vec<Step>,
}

fn main() {}
