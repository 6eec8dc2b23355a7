//! What a natural key is made of stays as it is.
use recension::{Persist, Timestamp, VersionedObject};

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[persist(table = "servers", key = "id", revision, natural_key(name, updated_at))]
pub struct Server {
    pub id: i64,
    pub name: String,
    #[field(server_set)]
    #[persist(fill = "touched")]
    pub updated_at: Option<Timestamp>,
}

fn main() {}
