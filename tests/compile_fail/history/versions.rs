//! Versions that are none or do not go up, reasons that say nothing, and ops before there was anything.
use recension::VersionedObject;

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version", add(id, old_default = 0))]
#[version("1.10", "later")]
#[version("1.9", "earlier")]
#[version("1.9.0", "the same")]
#[version("1.x", "no number")]
#[version(1.11, "no text")]
#[version("1.12", " ")]
#[version("1.13")]
pub struct Server {
    pub id: i64,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
pub struct Unversioned {
    pub id: i64,
}

fn main() {}
