//! `child`: versions that are none, that do not go up, or that leave a gap, and a field that holds no object.
use recension::VersionedObject;

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "wrong forms", child(disk), child(disk: Disk), child(disk: "1.x" => "1.1"), child(disk: "1.0" => "1.1", spare))]
pub struct Forms {
    pub disk: Disk,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "a gap", child(disk: "1.0" => "1.1"))]
#[version("1.2", "a change between", method(start))]
#[version("1.3", "and what comes after", child(disk: "1.2" => "1.3"))]
#[version("1.4", "down, and no object", child(spare: "1.1" => "1.0"), child(size: "1.0" => "1.1"), child(dsk: "1.0" => "1.1"))]
pub struct Fields {
    pub disk: Disk,
    pub spare: Disk,
    pub size: u64,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
pub struct Disk {}

fn main() {}
