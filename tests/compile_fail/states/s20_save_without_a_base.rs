//! S20: what was never stored cannot be saved: an edit has a base, and only a persisted object gives one.
use recension::{Edit, Object, Persist, Session, VersionedObject};

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

fn save_without_a_base(session: Session, server: Server) {
    let _ = session.save(&server);
    let _ = session.save(&Server::draft().name("node-1"));
    let _ = session.save(&Edit::of(server.clone()));
    let _ = server.edit();
}

fn main() {}
