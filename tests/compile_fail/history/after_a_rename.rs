//! Ops speak of the names of their own version: before the rename the field has its old one.
use recension::VersionedObject;

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "where it runs", add(host))]
#[version("1.2", "one word for the place", rename(hostname => host))]
pub struct Server {
    pub host: Option<String>,
}

fn main() {}
