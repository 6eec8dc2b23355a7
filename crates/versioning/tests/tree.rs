//! Trees of objects: manifests, conversion of children, and what a carry brings along.
#![cfg(test)]

use recension_model::{Declaration, FieldClass, FieldKind, FieldSpec, Hop, ObjectSpec, Op, Record, Release, Slot, Value};
use recension_versioning::{Error, Manifest, Registry};

fn text(name: &str) -> FieldSpec {
    FieldSpec::new(name, FieldKind::Text).nullable().class(FieldClass::Public)
}

fn add(field: &str) -> Op {
    Op::Add { field: field.into(), old_default: Slot::Unset }
}

fn declare(name: &str, fields: &[FieldSpec], releases: &[Option<Op>]) -> Declaration {
    let version = |minor: usize| format!("1.{minor}").parse().unwrap();
    let head = fields.iter().cloned().fold(ObjectSpec::new(name, "demo", version(releases.len())), |spec, field| spec.field(field));
    let later = releases.iter().enumerate().map(|(place, op)| {
        let release = Release::new(version(place + 1), "a change");
        op.iter().cloned().fold(release, Release::op)
    });
    Declaration { head: head.build().unwrap(), releases: std::iter::once(Release::new(version(0), "first version")).chain(later).collect() }
}

/// `Server` 1.1 holds disks, and itself; 1.1 added `spare`, a disk. `Disk` 1.1 added `note`.
fn registry() -> Registry {
    let disks = FieldSpec::new("disks", FieldKind::list_of_objects("Disk"));
    let spare = FieldSpec::new("spare", FieldKind::Object("Disk".into())).nullable();
    let parent = FieldSpec::new("parent", FieldKind::Object("Server".into())).nullable();
    Registry::builder()
        .declaration(declare("Server", &[disks, spare, parent], &[Some(add("spare"))]))
        .declaration(declare("Disk", &[text("name"), text("note")], &[Some(add("note"))]))
        .declaration(declare("Other", &[text("name")], &[]))
        .build()
        .unwrap()
}

fn disk(registry: &Registry, name: &str) -> Record {
    let mut disk = Record::new(registry.lineage("Disk").unwrap().head().clone());
    disk.set("name", Value::from(name)).unwrap();
    disk.set("note", Value::from("a note")).unwrap();
    disk
}

fn server(registry: &Registry, parent: Option<Record>) -> Record {
    let mut server = Record::new(registry.lineage("Server").unwrap().head().clone());
    server.set("disks", Value::from(vec![disk(registry, "a"), disk(registry, "b")])).unwrap();
    server.set("spare", Value::from(disk(registry, "spare"))).unwrap();
    server.set("parent", parent.map_or(Slot::Null, Slot::from)).unwrap();
    server
}

#[test]
fn a_manifest_names_the_tree_and_nothing_else() {
    let registry = registry();
    assert_eq!(registry.manifest("Server").unwrap().to_string(), "Disk=1.1,Server=1.1");
    assert_eq!(registry.manifest("Disk").unwrap().to_string(), "Disk=1.1");
    assert!(matches!(registry.manifest("Ghost"), Err(Error::UnknownObject(_))));
}

#[test]
fn a_manifest_is_read_strictly() {
    for text in ["Disk", "Disk=", "Disk=1.x", "Disk=1.0;Server=1.0"] {
        assert!(text.parse::<Manifest>().is_err(), "{text}");
    }
    for text in ["=1.0", " =1.0", "Disk=1.0,=1.1", "Disk=1.0,Disk=1.1", "Disk=1.0, Disk =1.0"] {
        assert_eq!(text.parse::<Manifest>(), Err(recension_model::Error::MalformedManifest), "{text}");
    }
    for text in ["", " ", " , "] {
        assert!(text.parse::<Manifest>().unwrap().is_empty(), "{text}");
    }
    assert_eq!(" Disk = 1.0 ,\tServer=1.1\n".parse::<Manifest>().unwrap().to_string(), "Disk=1.0,Server=1.1");
}

#[test]
fn a_tree_goes_down_and_comes_back_whole() {
    let registry = registry();
    let newest = server(&registry, Some(server(&registry, None)));
    let manifest: Manifest = "Server=1.0,Disk=1.0".parse().unwrap();
    let older = registry.convert(newest.clone(), &"1.0".parse().unwrap(), &manifest).unwrap();
    let Slot::Value(Value::Object(parent)) = older.slot("parent").unwrap() else { panic!("no parent") };
    assert_eq!(parent.spec().version.to_string(), "1.0");
    let disks = older.slot("disks").unwrap().value().unwrap().objects();
    assert!(disks.iter().all(|disk| disk.slot("note").is_err()));
    assert_eq!(registry.upgrade(older).unwrap(), newest);
}

#[test]
fn a_child_that_the_manifest_does_not_name_stays_as_it_is() {
    let registry = registry();
    let older = registry.convert(server(&registry, None), &"1.0".parse().unwrap(), &Manifest::default()).unwrap();
    let disks = older.slot("disks").unwrap().value().unwrap().objects();
    assert!(disks.iter().all(|disk| disk.spec().version.to_string() == "1.1"));
}

#[test]
fn an_object_in_the_carry_is_converted_with_the_tree() {
    let registry = registry();
    let newest = server(&registry, None);
    let manifest: Manifest = "Disk=1.0".parse().unwrap();
    let older = registry.convert(newest.clone(), &"1.0".parse().unwrap(), &manifest).unwrap();
    let (_, hop) = older.carry().hops().next().unwrap();
    let Hop::Known(fields) = hop else { panic!("{hop:?}") };
    let Slot::Value(Value::Object(spare)) = &fields["spare"].slot else { panic!("no spare") };
    assert_eq!(spare.spec().version.to_string(), "1.0");
    assert_eq!(registry.upgrade(older).unwrap(), newest);
}

#[test]
fn a_reader_that_needs_it_whole_gets_the_defaults_of_the_whole_tree() {
    let registry = registry();
    let at = |name: &str| Record::new(registry.lineage(name).unwrap().shape(&"1.0".parse().unwrap()).unwrap().clone());
    let (mut old_disk, mut old_server) = (at("Disk"), at("Server"));
    old_disk.set("name", Slot::Null).unwrap();
    old_server.set("disks", Value::from(vec![old_disk, at("Disk")])).unwrap();
    let kept = registry.upgrade(old_server.clone()).unwrap();
    assert_eq!(kept.slot("spare"), Ok(&Slot::Unset));
    let whole = registry.upgrade_complete(old_server).unwrap();
    assert_eq!(whole.slot("spare"), Ok(&Slot::Null));
    let disks = whole.slot("disks").unwrap().value().unwrap().objects();
    assert_eq!(disks[0].slots(), [Slot::Null, Slot::Null]);
    // What was missing without any version being at fault is still missing.
    assert_eq!(disks[1].slots(), [Slot::Unset, Slot::Null]);
}

#[test]
fn a_reader_that_needs_it_whole_does_not_make_up_what_a_carry_left_out() {
    let registry = registry();
    let mut newest = server(&registry, None);
    newest.unset("spare").unwrap();
    let mut part = disk(&registry, "a");
    part.unset("note").unwrap();
    newest.set("disks", Value::from(vec![part, disk(&registry, "b")])).unwrap();
    let manifest: Manifest = "Disk=1.0".parse().unwrap();
    let older = registry.convert(newest.clone(), &"1.0".parse().unwrap(), &manifest).unwrap();
    assert_eq!(registry.upgrade_complete(older.clone()).unwrap().slots(), newest.slots());
    // An old sender without a carry says nothing of either.
    let mut silent = older;
    silent.take_carry();
    assert_eq!(registry.upgrade_complete(silent).unwrap().slot("spare"), Ok(&Slot::Null));
}

#[test]
fn a_carry_means_the_fields_that_its_hop_moved() {
    let registry = registry();
    let lineage = registry.lineage("Disk").unwrap();
    let (oldest, newest) = (&lineage.shapes()[0], lineage.head());
    let hop = "1.1".parse().unwrap();
    assert!(registry.carried_field(oldest, &hop, "note").is_some());
    assert!(registry.carried_field(oldest, &hop, "name").is_none()); // both versions have it
    assert!(registry.carried_field(newest, &hop, "note").is_none()); // it is in the object itself
    assert!(registry.carried_field(oldest, &"1.0".parse().unwrap(), "name").is_none()); // nothing led to 1.0
    assert!(registry.carried_field(oldest, &"1.2".parse().unwrap(), "note").is_none());
}
