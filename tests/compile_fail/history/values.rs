//! `widen`, `constrain` and the ops on values of enums: wrong forms, fields that are not as they leave them.
use recension::VersionedObject;

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "wrong forms", widen(size), constrain(size: u32), enum_add(state), enum_rename(state => other))]
#[version("1.2", "wrong words", widen(size: u32, fill = 0), constrain(size, up = 1), enum_add(state: "a" => "a"))]
#[version("1.3", "more than asked", enum_remove(state: "a" => "b", fallback = 1))]
pub struct Forms {
    pub size: u64,
    pub state: String,
}

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "not of its kind", enum_add(name: "a" => "b"), constrain(size, max_chars = 8), widen(size: u32, fallback = ""))]
#[version("1.2", "not there", widen(weight: u32), constrain(weight, min = 0), enum_rename(weight: "a" => "b"))]
#[version("1.3", "of a new field", add(made), widen(made: Option<u32>), widen(size: Option<u32>))]
pub struct Fields {
    pub size: u64,
    pub name: String,
    pub made: Option<u64>,
}

fn main() {}
