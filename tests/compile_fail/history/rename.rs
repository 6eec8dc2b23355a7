//! `rename`: to a field that is not there, and from one that is.
use recension::VersionedObject;

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "names", rename(hostname => hots), rename(id => uuid))]
pub struct Server {
    pub id: i64,
    pub host: String,
    pub uuid: String,
}

fn main() {}
