//! S20: a persisted object cannot be created again. `create` takes a draft, and nothing has a `create` of its own.
use recension::{Persist, Persisted, Session, VersionedObject};

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

fn store_it_twice(session: Session, server: Persisted<Server>) {
    let _ = session.create(server.clone());
    let _ = session.create(server.edit());
    let _ = session.create(server.clone().into_inner());
    server.create();
}

fn main() {}
