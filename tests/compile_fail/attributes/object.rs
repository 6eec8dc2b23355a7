//! `#[object]` and what it stands on.
use recension::VersionedObject;

#[derive(Clone, VersionedObject)]
#[object(nam = "Server", default_klass = "public")]
#[version("1.0", "first version")]
pub struct Unnamed {
    pub id: i64,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo", namespace = "demo", name = "", crate = "recension")]
#[version("1.0", "first version")]
pub struct Twice {
    pub id: i64,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
pub enum Choice {
    One,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
pub struct Tuple(i64);

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
pub struct Unit;

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
pub struct Generic<T> {
    pub value: T,
}

fn main() {}
