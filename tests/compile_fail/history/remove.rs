//! `remove`: of a field that is still there, and without what older readers need.
use recension::VersionedObject;

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "fewer fields", remove(id: i64, fallback = 0), remove(state: String), remove(kind: String, fallback = null))]
#[version("1.2", "even fewer", remove(note: Option<String>, fallback = 3), remove(task: Option<String>, max_chrs = 3), remove(size: i64, fallback = 0, max_chars = 3))]
pub struct Server {
    pub id: i64,
}

fn main() {}
