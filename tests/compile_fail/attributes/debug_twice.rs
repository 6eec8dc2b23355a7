//! `Debug` of an object shows public values only, so it is not for the user to derive.
use recension::VersionedObject;

#[derive(Clone, Debug, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
pub struct Server {
    pub id: i64,
}

fn main() {}
