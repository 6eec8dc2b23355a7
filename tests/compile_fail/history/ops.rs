//! Ops that do not exist, and ops that are not written as they should be.
use recension::VersionedObject;

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "unknown ops", ad(host), drop(host))]
#[version("1.2", "wrong forms", add, add(), add(host: String), rename(host), remove(host), method(start => stop))]
#[version("1.3", "more than one", add(host, port), rename(a => b, c), method(start, stop))]
#[version("1.4", "unknown argument", add(host, default = 1), add(port, old_default = 1 + 1))]
pub struct Server {
    pub host: Option<String>,
    pub port: Option<u16>,
    pub b: Option<String>,
}

fn main() {}
