//! Fingerprints: the same for the same shape, another for any change of it.
#![cfg(test)]

use std::collections::BTreeSet;

#[cfg(feature = "lock")]
use recension_model::Value;
use recension_model::{Declaration, EnumSpec, FieldClass, FieldKind, FieldSpec, IntegerWidth, Limits, ObjectSpec, Op, Release, Slot};
use recension_versioning::Lineage;
#[cfg(feature = "lock")]
use recension_versioning::{LockFile, Registry};

fn fingerprint_of(namespace: &str, name: &str, version: &str, fields: &[FieldSpec]) -> String {
    let version = version.parse().unwrap();
    let head = fields.iter().cloned().fold(ObjectSpec::new(name, namespace, version), |spec, field| spec.field(field)).build().unwrap();
    let version = head.version.clone();
    let releases = vec![Release::new(version.clone(), "first version")];
    Lineage::new(&Declaration { head, releases }).unwrap().fingerprint(&version).unwrap().to_string()
}

#[test]
fn every_change_of_a_shape_changes_the_fingerprint() {
    let base = || FieldSpec::new("a", FieldKind::Text).class(FieldClass::Public);
    let limits = |limits| base().limits(limits);
    let number = |width, limits| FieldSpec::new("a", FieldKind::Integer(width)).limits(limits);
    let list = |child: &str, limits| FieldSpec::new("a", FieldKind::list_of_objects(child)).limits(limits);
    let none = Limits::default();
    let variants = [
        base(),
        FieldSpec { name: "b".into(), ..base() },
        base().nullable(),
        base().read_only(),
        base().server_set(),
        base().class(FieldClass::Internal),
        base().class(FieldClass::Personal),
        base().class(FieldClass::Secret),
        limits(Limits { max_chars: Some(9), ..none.clone() }),
        limits(Limits { max_bytes: Some(9), ..none.clone() }),
        FieldSpec::new("a", FieldKind::Bool),
        FieldSpec::new("a", FieldKind::Uuid),
        FieldSpec::new("a", FieldKind::Timestamp),
        FieldSpec::new("a", FieldKind::Enum(EnumSpec::new("E", ["x", "y"]))),
        FieldSpec::new("a", FieldKind::Enum(EnumSpec::new("E", ["x", "z"]))),
        FieldSpec::new("a", FieldKind::Enum(EnumSpec::new("F", ["x", "y"]))),
        FieldSpec::new("a", FieldKind::Object("C".into())),
        list("C", none.clone()),
        list("D", none.clone()),
        list("C", Limits { max_items: Some(9), ..none.clone() }),
        number(IntegerWidth::I32, none.clone()),
        number(IntegerWidth::I64, none.clone()),
        number(IntegerWidth::I32, Limits { min: Some(0), ..none.clone() }),
        number(IntegerWidth::I32, Limits { max: Some(0), ..none.clone() }),
    ];
    let mut seen: BTreeSet<String> = variants.iter().map(|field| fingerprint_of("demo", "A", "1.0", std::slice::from_ref(field))).collect();
    assert_eq!(seen.len(), variants.len());
    for other in [
        fingerprint_of("demo", "B", "1.0", &[base()]),
        fingerprint_of("other", "A", "1.0", &[base()]),
        fingerprint_of("demo", "A", "1.1", &[base()]),
        fingerprint_of("demo", "A", "1.0", &[base(), FieldSpec::new("z", FieldKind::Bool)]),
        fingerprint_of("demo", "A", "1.0", &[]),
    ] {
        assert!(seen.insert(other));
    }
}

#[test]
fn the_order_of_fields_and_values_and_limits_that_say_the_default_change_nothing() {
    let (a, b) = (FieldSpec::new("a", FieldKind::Bool), FieldSpec::new("b", FieldKind::Text));
    let spelled = b.clone().limits(Limits { max_chars: Some(255), max_bytes: Some(1_020), ..Limits::default() });
    assert_eq!(fingerprint_of("demo", "A", "1.0", &[a.clone(), b]), fingerprint_of("demo", "A", "1.0", &[spelled, a]));
    let state = |values: [&str; 2]| FieldSpec::new("state", FieldKind::Enum(EnumSpec::new("E", values)));
    assert_eq!(fingerprint_of("demo", "A", "1.0", &[state(["x", "y"])]), fingerprint_of("demo", "A", "1.0", &[state(["y", "x"])]));
}

/// Kept by hand. When it fails, fingerprints that users keep beside their code fail with it: star the change in the changelog.
#[test]
fn fingerprints_stay_as_they_were_released() {
    let head = ObjectSpec::new("Server", "demo", "1.1".parse().unwrap())
        .field(FieldSpec::new("name", FieldKind::Text).class(FieldClass::Public))
        .field(FieldSpec::new("note", FieldKind::Text).nullable())
        .build()
        .unwrap();
    let releases = vec![
        Release::new("1.0".parse().unwrap(), "first version"),
        Release::new("1.1".parse().unwrap(), "a note").op(Op::Add { field: "note".into(), old_default: Slot::Unset }),
    ];
    let lineage = Lineage::new(&Declaration { head, releases }).unwrap();
    let shown: Vec<String> = lineage.shapes().iter().map(|shape| lineage.fingerprint(&shape.version).unwrap().to_string()).collect();
    assert_eq!(shown, ["1.0-db8ada8dfa203216f639d6e48bda680f", "1.1-7c961e913837fd4c5443f852bf16f3b8"]);
    assert_eq!(lineage.fingerprint(&"1".parse().unwrap()).unwrap().to_string(), shown[0]); // however it is asked for
    assert!(lineage.fingerprint(&"1.2".parse().unwrap()).is_err());
}

#[test]
fn a_version_that_holds_another_version_of_an_object_has_another_fingerprint() {
    let lineage = |ops: &[Op]| {
        let disk = FieldSpec::new("disk", FieldKind::Object("Disk".into()));
        let head = ObjectSpec::new("Server", "demo", "1.1".parse().unwrap()).field(disk).build().unwrap();
        let release = |version: &str| Release::new(version.parse().unwrap(), "a change");
        let second = ops.iter().cloned().fold(release("1.1"), Release::op);
        Lineage::new(&Declaration { head, releases: vec![release("1.0"), second] }).unwrap()
    };
    let child = |from: &str, to: &str| Op::Child { field: "disk".into(), from: from.parse().unwrap(), to: to.parse().unwrap() };
    let shown = |ops: &[Op]| lineage(ops).fingerprint(&"1.1".parse().unwrap()).unwrap().to_string();
    let all: BTreeSet<String> = [shown(&[]), shown(&[child("1.0", "1.1")]), shown(&[child("1.0", "1.2")])].into();
    assert_eq!(all.len(), 3);
}

#[cfg(feature = "lock")]
#[test]
fn a_lock_file_has_the_fingerprint_of_each_version() {
    let text = |name: &str| FieldSpec::new(name, FieldKind::Text).class(FieldClass::Public);
    let limits = |max_chars| Limits { max_chars: Some(max_chars), ..Limits::default() };
    let head = ObjectSpec::new("A", "demo", "1.6".parse().unwrap()).field(text("name").limits(limits(9)).class(FieldClass::Internal));
    let head = head.field(text("note")).field(FieldSpec::new("disk", FieldKind::Object("Disk".into()))).build().unwrap();
    let version = |minor: usize| format!("1.{minor}").parse().unwrap();
    let ops = [
        Op::Add { field: "label".into(), old_default: Value::from("").into() },
        Op::Constrain { field: text("label").limits(limits(8)), fallback: Value::from("").into(), fill: Slot::Unset },
        Op::Relax { field: "label".into(), fallback: Value::from("") },
        Op::Require { field: "label".into(), fill: Value::from("") },
        Op::Rename { from: "label".into(), to: "name".into() },
        Op::Child { field: "disk".into(), from: version(0), to: version(1) },
    ];
    let first = Release::new(version(0), "first version");
    let later = ops.into_iter().enumerate().map(|(place, op)| Release::new(version(place + 1), "a change").op(op));
    let declaration = Declaration { head, releases: std::iter::once(first).chain(later).collect() };
    let disk = ObjectSpec::new("Disk", "demo", version(1)).build().unwrap();
    let disk = Declaration { head: disk, releases: vec![Release::new(version(0), "first"), Release::new(version(1), "second")] };
    let registry = Registry::builder().declaration(declaration).declaration(disk).build().unwrap();
    let lineage = registry.lineage("A").unwrap();
    let prints: Vec<String> = lineage.shapes().iter().map(|shape| lineage.fingerprint(&shape.version).unwrap().to_string()).collect();
    let digests: BTreeSet<&str> = prints.iter().filter_map(|print| Some(print.split_once('-')?.1)).collect();
    assert_eq!(digests.len(), 7);
    assert_eq!(LockFile::of(&registry).unwrap().object("A").unwrap().fingerprints, prints);
}
