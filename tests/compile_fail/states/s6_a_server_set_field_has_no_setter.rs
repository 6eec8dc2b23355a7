//! S6: a field that the service sets has no setter on the draft, nor on an edit.
use recension::{Edit, Object, Persist, VersionedObject};

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "servers", key = "id", revision)]
pub struct Server {
    #[field(server_set)]
    #[persist(fill = "auto")]
    pub id: i64,
    pub name: String,
}

fn give_an_id(mut edit: Edit<Server>) {
    let _ = Server::draft().id(7);
    edit.set_id(7);
}

fn main() {}
