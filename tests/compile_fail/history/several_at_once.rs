//! All that is wrong is said at once, and nothing that follows from it: those who use the type see no error.
use recension::{Object, VersionedObject};

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo", default_class = "pubic")]
#[version("1.0", "first version")]
#[version("1.1", "where it ran", add(hots))]
pub struct Server {
    #[field(class = "publc", max_chars = 0, max_char = 3)]
    pub host: String,
    #[field(read_only = true, min = 3, max = 2)]
    pub id: i64,
}

fn main() {
    let draft = Server::draft().host("node-1").id(1);
    let server = Server { host: "node-1".to_owned(), id: 1 };
    println!("{:?} {:?} {:?}", draft.host_ref(), server, Server::registry().is_ok());
}
