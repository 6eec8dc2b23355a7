//! Fields of types that are no kind of field.
use recension::VersionedObject;

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
pub struct Server {
    pub id: i64,
    pub load: f64,
}

fn main() {}
