//! `require` and `relax`: of a field that is not as they leave it, and without what stands for null.
use recension::VersionedObject;

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "wrong forms", require(size), relax(zone), require(size = 1), relax(zone: String, fallback = ""))]
#[version("1.2", "wrong words", require(size, fallback = 0), relax(zone, fallback = 1 + 1))]
pub struct Forms {
    pub size: u64,
    pub zone: Option<String>,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "not as they leave it", require(zone, fill = ""), relax(size, fallback = 0))]
#[version("1.2", "not of its kind", require(id, fill = ""), relax(note, fallback = null))]
#[version("1.3", "of a new field", add(made), relax(made, fallback = 0))]
pub struct Fields {
    pub id: i64,
    pub size: u64,
    pub zone: Option<String>,
    pub note: Option<String>,
    pub made: Option<u64>,
}

fn main() {}
