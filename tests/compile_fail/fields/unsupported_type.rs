//! Fields of types that are no kind of field. Only they are errors, not what is made of them.
use recension::{Object, Persist, Secret, VersionedObject};

#[derive(Clone, VersionedObject, Persist)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "heavier", add(load, old_default = 0), remove(name: &'static str, fallback = ""))]
#[persist(table = "servers", key = "id")]
pub struct Server {
    pub id: i64,
    pub load: f32,
    pub size: Option<usize>,
    pub names: Vec<Vec<String>>,
    pub pin: Secret<u32>,
    pub twice: Option<Option<i64>>,
    pub pair: (i64, i64),
    pub text: &'static str,
}

fn main() {
    let _ = Server::draft().id(1);
}
