//! `add`: of a field that is not there, twice, and without what older objects need.
use recension::VersionedObject;

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "where it ran", add(hostnme))]
#[version("1.2", "a size, twice", add(size, old_default = 1), add(size, old_default = 1))]
#[version("1.3", "required fields", add(state), add(kind, old_default = null), add(tries, old_default = "one"), add(flag, old_default = 3))]
#[version("1.4", "a list and a number", add(parts), add(weight, old_default = 300))]
pub struct Server {
    pub id: i64,
    pub hostname: Option<String>,
    pub size: i64,
    pub state: String,
    pub kind: String,
    pub tries: u32,
    pub flag: bool,
    pub parts: Vec<Server>,
    pub weight: u8,
}

fn main() {}
