//! An object that has another name since, and belongs to another project.
#![cfg(test)]

use recension::versioning::{HistoryError, Manifest, Registry};
use recension::wire::{self, Form};
use recension::{Declaration, ObjectSpec, Op, Release, VersionedObject};
use recension_testkit::prove;
use recension_versioning::LockFile;
use recension_versioning::rules::check;

/// A disk, which was a volume.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "store", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "how large it is", add(size, old_default = 1))]
#[version("2.0", "it is a disk now, of a project of its own", rename_object(Volume, namespace = "compute"))]
#[version("2.1", "a note", add(note))]
pub struct Disk {
    /// Its number.
    pub id: i64,
    /// How large it is.
    pub size: u32,
    /// Something about it.
    pub note: Option<String>,
}

/// What holds disks.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "store", default_class = "public")]
#[version("1.0", "first version")]
pub struct Rack {
    /// What is in it.
    pub disks: Vec<Disk>,
}

fn disk() -> Disk {
    Disk { id: 7, size: 10, note: Some("spare".to_owned()) }
}

fn said(message: &[u8]) -> [String; 2] {
    let message: serde_json::Value = serde_json::from_slice(message).unwrap();
    ["name", "namespace"].map(|key| message[format!("versioned_object.{key}")].as_str().unwrap().to_owned())
}

#[test]
fn a_message_says_what_the_object_was_called_at_its_version() {
    for (version, name) in
        [("1.0", ["Volume", "compute"]), ("1.1", ["Volume", "compute"]), ("2.0", ["Disk", "store"]), ("2.1", ["Disk", "store"])]
    {
        let json = wire::to_json(&disk(), Form::Trusted.at(version)).unwrap();
        assert_eq!(said(&json), name, "{version}");
        assert_eq!(wire::from_json::<Disk>(&json).unwrap(), disk(), "{version}");
        let packed = wire::to_msgpack(&disk(), Form::Trusted.at(version)).unwrap();
        assert_eq!(wire::from_msgpack::<Disk>(&packed).unwrap(), disk(), "{version}");
    }
}

#[test]
fn each_version_goes_by_its_own_name_only() {
    let newest = String::from_utf8(wire::to_json(&disk(), Form::Trusted).unwrap()).unwrap();
    let former = newest.replace("\"Disk\"", "\"Volume\"").replace("\"store\"", "\"compute\"");
    assert_eq!(wire::from_json::<Disk>(former.as_bytes()).unwrap_err().to_string(), "unknown object `compute.Volume`");
    let mixed = newest.replace("\"Disk\"", "\"Volume\"");
    assert_eq!(wire::from_json::<Disk>(mixed.as_bytes()).unwrap_err().to_string(), "unknown object `store.Volume`");
}

#[test]
fn a_peer_may_name_it_as_it_was_called() {
    let rack = Rack { disks: vec![disk()] };
    let peer = Manifest::default().with("Volume", "1.1".parse().unwrap());
    let message = wire::to_json(&rack, Form::Trusted.manifest(&peer)).unwrap();
    assert!(String::from_utf8_lossy(&message).contains(r#""versioned_object.name":"Volume","versioned_object.namespace":"compute""#));
    assert_eq!(wire::from_json::<Rack>(&message).unwrap(), rack);
}

#[test]
fn two_objects_never_had_one_name() {
    let object = |name: &str, former: &str| Declaration {
        head: ObjectSpec::new(name, "demo", "1.1".parse().unwrap()).build().unwrap(),
        releases: vec![
            Release::new("1.0".parse().unwrap(), "first version"),
            Release::new("1.1".parse().unwrap(), "another name").op(Op::RenameObject { from: former.into(), namespace: "demo".into() }),
        ],
    };
    for (one, other) in [(object("A", "B"), object("B", "C")), (object("A", "C"), object("B", "C"))] {
        let built = Registry::builder().declaration(one).declaration(other).build();
        assert!(matches!(built, Err(HistoryError::DuplicateObject(_))), "{built:?}");
    }
}

#[test]
fn the_lock_file_has_it_and_the_gate_knows_the_object_again() {
    let version = |text: &str| text.parse().unwrap();
    let newest = Disk::registry().unwrap();
    let file = LockFile::of(newest).unwrap();
    assert_eq!(LockFile::parse(&file.to_string()).unwrap(), file);
    let history = newest.lineage("Volume").unwrap();
    // As it was released last, under its older name.
    let shape = history.shape(&version("1.1")).unwrap();
    let head = shape.fields.iter().cloned().fold(ObjectSpec::new("Volume", "compute", version("1.1")), |head, field| head.field(field));
    let declaration = Declaration { head: head.build().unwrap(), releases: history.releases()[..2].to_vec() };
    let released = LockFile::of(&Registry::builder().declaration(declaration).build().unwrap()).unwrap();
    assert_eq!(check(Some(&released), &file), [], "the fingerprints of the older versions are what they were");
    let gone: Vec<&str> = check(Some(&file), &released).iter().map(|finding| finding.rule.id).collect();
    assert_eq!(gone, ["VO_HIST_BASELINE_MISSING"]);
}

prove!(disk_obeys, Disk);
prove!(rack_obeys, Rack);
