//! `create_once` takes an object whose rows know which request has made them: `#[persist(idempotency_key)]`.
use recension::store::{Error, IdempotencyKey};
use recension::{Object, Persist, Session, VersionedObject};

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[persist(table = "servers", key = "id")]
pub struct Server {
    pub id: i64,
}

async fn asked_twice(session: &Session, key: &IdempotencyKey) -> Result<(), Error> {
    session.create_once(key, Server::draft().id(1)).await?;
    Ok(())
}

fn main() {}
