//! Trees of objects: manifests, conversion of children, and what a carry brings along.
#![cfg(test)]

use recension_model::{Declaration, FieldClass, FieldKind, FieldSpec, Hop, ObjectSpec, ObjectVersion, Op, Record, Release, Slot, Value};
use recension_versioning::{Error, HistoryError, Manifest, OpFault, Registry};

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

fn version(text: &str) -> ObjectVersion {
    text.parse().unwrap()
}

fn child(from: &str, to: &str) -> Op {
    Op::Child { field: "disk".into(), from: version(from), to: version(to) }
}

fn pinning(releases: &[Option<Op>]) -> Result<Registry, HistoryError> {
    let disk = FieldSpec::new("disk", FieldKind::Object("Disk".into()));
    Registry::builder()
        .declaration(declare("Server", &[disk], releases))
        .declaration(declare("Disk", &[text("name"), text("note"), text("more")], &[Some(add("note")), Some(add("more"))]))
        .build()
}

#[test]
fn a_child_goes_to_the_lower_of_its_pin_and_the_manifest() {
    let registry = pinning(&[None, Some(child("1.0", "1.1")), None, Some(child("1.1", "1.2"))]).unwrap();
    let lineage = registry.lineage("Server").unwrap();
    let pins: Vec<String> = lineage.shapes().iter().map(|shape| lineage.pin(&shape.version, "disk").unwrap().to_string()).collect();
    assert_eq!(pins, ["1.0", "1.0", "1.1", "1.1", "1.2"]);
    let mut server = Record::new(lineage.head().clone());
    let mut disk = Record::new(registry.lineage("Disk").unwrap().head().clone());
    for name in ["name", "note", "more"] {
        disk.set(name, Value::from(name)).unwrap();
    }
    server.set("disk", Value::from(disk)).unwrap();
    for (to, manifest, expected) in [
        ("1.4", "", "1.2"),
        ("1.3", "", "1.1"),
        ("1.2", "", "1.1"),
        ("1.1", "", "1.0"),
        ("1.0", "Disk=1.2", "1.0"),
        ("1.3", "Disk=1.2", "1.1"),
        ("1.3", "Disk=1.0", "1.0"),
        ("1.4", "Disk=1.1", "1.1"),
    ] {
        let older = registry.convert(server.clone(), &version(to), &manifest.parse().unwrap()).unwrap();
        let Slot::Value(Value::Object(disk)) = older.slot("disk").unwrap() else { panic!("no disk") };
        assert_eq!(disk.spec().version.to_string(), expected, "{to} {manifest}");
        // Back at home everything is of its newest version, and whole.
        assert_eq!(registry.upgrade(older).unwrap(), server, "{to} {manifest}");
    }
}

#[test]
fn an_object_in_the_carry_is_of_the_version_that_its_hop_knows() {
    let spare = FieldSpec::new("disk", FieldKind::Object("Disk".into())).nullable();
    let registry = Registry::builder()
        .declaration(declare("Server", &[spare], &[Some(add("disk")), Some(child("1.0", "1.1"))]))
        .declaration(declare("Disk", &[text("name"), text("note")], &[Some(add("note"))]))
        .build()
        .unwrap();
    let mut server = Record::new(registry.lineage("Server").unwrap().head().clone());
    server.set("disk", Value::from(disk(&registry, "a"))).unwrap();
    let older = registry.convert(server.clone(), &version("1.0"), &Manifest::default()).unwrap();
    let (_, Hop::Known(fields)) = older.carry().hops().next().unwrap() else { panic!("no carry") };
    let Slot::Value(Value::Object(disk)) = &fields["disk"].slot else { panic!("no disk") };
    // Who knows the hop to 1.1 may know no more than that, and 1.1 holds a disk of 1.0.
    assert_eq!(disk.spec().version.to_string(), "1.0");
    assert_eq!(registry.upgrade(older).unwrap(), server);
}

#[test]
fn pins_go_up_without_a_gap_and_name_versions_that_there_are() {
    let fault = |releases: &[Option<Op>]| match pinning(releases) {
        Err(HistoryError::Op { object, op, fault, .. }) if object.as_str() == "Server" => (op, fault),
        other => panic!("{other:?}"),
    };
    let sentence = r#"child(disk: "1.1" => "1.0")"#.to_owned();
    assert_eq!(fault(&[Some(child("1.1", "1.0"))]), (sentence, OpFault::PinBackward));
    assert_eq!(fault(&[Some(child("1.1", "1.1"))]).1, OpFault::PinBackward);
    let pinned = |version: &str| OpFault::PinnedElsewhere(version.parse().unwrap());
    assert_eq!(fault(&[Some(child("1.0", "1.1")), Some(child("1.0", "1.2"))]).1, pinned("1.1"));
    assert_eq!(fault(&[Some(child("1.0", "1.1")), None, Some(child("1.2", "1.3"))]).1, pinned("1.1"));
    for (op, pin) in [(child("0.9", "1.0"), "0.9"), (child("1.2", "1.3"), "1.3")] {
        let unknown = HistoryError::UnknownPin {
            object: "Server".into(),
            version: version("1.1"),
            field: "disk".to_owned(),
            child: "Disk".into(),
            pin: version(pin),
        };
        assert_eq!(pinning(&[Some(op)]).unwrap_err(), unknown);
    }
    let name = Op::Child { field: "name".into(), from: version("1.0"), to: version("1.1") };
    let holds_none = Registry::builder().declaration(declare("Other", &[text("name")], &[Some(name)])).build();
    assert!(matches!(holds_none, Err(HistoryError::Op { fault: OpFault::HoldsNoObject, .. })));
}
