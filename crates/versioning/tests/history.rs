//! Histories that fold back, and those that do not: each with the release and the op at fault.
#![cfg(test)]

use recension_model::{Conversion, Declaration, FieldKind, FieldSpec, IntegerWidth, Limits, ObjectSpec, Op, Release, Rule, Slot, Value};
use recension_versioning::{Error, HistoryError, Lineage, OpFault, Registry};

fn text(name: &str) -> FieldSpec {
    FieldSpec::new(name, FieldKind::Text)
}

fn number(name: &str) -> FieldSpec {
    FieldSpec::new(name, FieldKind::Integer(IntegerWidth::I64))
}

fn add(field: &str, old_default: Slot) -> Op {
    Op::Add { field: field.into(), old_default }
}

fn remove(field: FieldSpec, fallback: Slot) -> Op {
    Op::Remove { field, fallback }
}

fn rename(from: &str, to: &str) -> Op {
    Op::Rename { from: from.into(), to: to.into() }
}

/// `Server` at 1.1 with these fields, made from 1.0 by these ops.
fn server(fields: &[FieldSpec], ops: &[Op]) -> Declaration {
    let head = fields.iter().cloned().fold(ObjectSpec::new("Server", "demo", "1.1".parse().unwrap()), |spec, field| spec.field(field));
    let first = Release::new("1.0".parse().unwrap(), "first version");
    let second = ops.iter().cloned().fold(Release::new("1.1".parse().unwrap(), "a change"), Release::op);
    Declaration { head: head.build().unwrap(), releases: vec![first, second] }
}

fn fault(fields: &[FieldSpec], ops: &[Op]) -> (String, OpFault) {
    match Lineage::new(&server(fields, ops)) {
        Err(HistoryError::Op { object, version, op, fault }) => {
            assert_eq!((object.as_str(), version.to_string().as_str()), ("Server", "1.1"));
            (op, fault)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_op_that_does_not_fit_the_shape_is_named() {
    assert_eq!(fault(&[], &[add("note", Slot::Null)]), ("add(note)".to_owned(), OpFault::NoSuchField));
    assert_eq!(fault(&[], &[rename("a", "b")]), ("rename(a => b)".to_owned(), OpFault::NoSuchField));
    assert_eq!(fault(&[text("a"), text("b")], &[rename("a", "b")]), ("rename(a => b)".to_owned(), OpFault::StillThere));
    assert_eq!(fault(&[text("a")], &[rename("a", "a")]), ("rename(a => a)".to_owned(), OpFault::StillThere));
    assert_eq!(fault(&[text("a")], &[remove(text("a").nullable(), Slot::Unset)]), ("remove(a)".to_owned(), OpFault::StillThere));
}

#[test]
fn a_required_field_needs_a_value_that_fits_it() {
    let limited = number("n").limits(Limits { max: Some(9), ..Limits::default() });
    assert_eq!(fault(&[text("a")], &[add("a", Slot::Unset)]).1, OpFault::NoOldDefault);
    assert_eq!(fault(&[text("a")], &[add("a", Slot::Null)]).1, OpFault::Value(Rule::NotNull));
    assert_eq!(fault(&[text("a")], &[add("a", true.into())]).1, OpFault::Value(Rule::Kind { expected: "text", found: "bool" }));
    assert_eq!(
        fault(std::slice::from_ref(&limited), &[add("n", Value::from(10).into())]).1,
        OpFault::Value(Rule::Range { min: i64::MIN.into(), max: 9 })
    );
    assert_eq!(fault(&[], &[remove(text("a"), Slot::Unset)]).1, OpFault::NoFallback);
    assert_eq!(fault(&[], &[remove(text("a"), Slot::Null)]).1, OpFault::Value(Rule::NotNull));
    assert_eq!(fault(&[], &[remove(limited, Value::from(10).into())]).1, OpFault::Value(Rule::Range { min: i64::MIN.into(), max: 9 }));
}

#[test]
fn releases_ascend_and_end_at_the_head() {
    let fits = server(&[text("a")], &[]);
    let with = |change: &dyn Fn(&mut Vec<Release>)| {
        let mut declaration = fits.clone();
        change(&mut declaration.releases);
        Lineage::new(&declaration).unwrap_err()
    };
    let name = fits.head.name.clone();
    assert_eq!(with(&|releases| releases.clear()), HistoryError::NoRelease(name.clone()));
    assert_eq!(with(&|releases| releases[0].ops.push(add("a", Slot::Null))), HistoryError::FirstHasOps(name.clone()));
    assert_eq!(
        with(&|releases| releases[0].version = "1.1".parse().unwrap()),
        HistoryError::NotAscending { object: name.clone(), previous: "1.1".parse().unwrap(), version: "1.1".parse().unwrap() }
    );
    assert_eq!(
        with(&|releases| releases[1].version = "1.2".parse().unwrap()),
        HistoryError::HeadVersion { object: name, shape: "1.1".parse().unwrap(), release: "1.2".parse().unwrap() }
    );
}

#[test]
fn versions_order_by_number_and_not_by_text() {
    let head = ObjectSpec::new("Server", "demo", "1.10".parse().unwrap()).build().unwrap();
    let release = |version: &str| Release::new(version.parse().unwrap(), "a change");
    let lineage = Lineage::new(&Declaration { head, releases: vec![release("1.9"), release("1.10")] }).unwrap();
    assert_eq!(lineage.shapes().len(), 2);
    assert!(lineage.shape(&"1.9.0".parse().unwrap()).is_ok());
}

#[test]
fn a_past_shape_has_the_limits_of_an_object_too() {
    let fields: Vec<FieldSpec> = (0..recension_model::FIELDS_MAX).map(|index| text(&format!("f{index}"))).collect();
    let refused = Lineage::new(&server(&fields, &[remove(text("old").nullable(), Slot::Unset)])).unwrap_err();
    let HistoryError::Shape { version, source, .. } = &refused else { panic!("{refused:?}") };
    assert_eq!(version.to_string(), "1.0");
    assert!(matches!(source, recension_model::Error::TooManyFields { found: 129, .. }));
}

#[test]
fn a_registry_is_closed() {
    let holder = server(&[FieldSpec::new("disk", FieldKind::Object("Disk".into()))], &[]);
    let disk = Declaration {
        head: ObjectSpec::new("Disk", "demo", "1.0".parse().unwrap()).build().unwrap(),
        releases: vec![Release::new("1.0".parse().unwrap(), "first version")],
    };
    let alone = Registry::builder().declaration(holder.clone()).build().unwrap_err();
    assert_eq!(alone, HistoryError::UnregisteredChild { object: "Server".into(), field: "disk".to_owned(), child: "Disk".into() });
    let twice = Registry::builder().declaration(disk.clone()).declaration(disk.clone()).build().unwrap_err();
    assert_eq!(twice, HistoryError::DuplicateObject("Disk".into()));
    assert!(Registry::builder().declaration(holder).declaration(disk).build().is_ok());
    // A child that only a past shape holds is needed as well.
    let past = server(&[], &[remove(FieldSpec::new("disk", FieldKind::Object("Disk".into())).nullable(), Slot::Unset)]);
    assert!(matches!(Registry::builder().declaration(past).build(), Err(HistoryError::UnregisteredChild { .. })));
}

#[test]
fn the_ops_of_one_release_are_undone_in_reverse() {
    let names = |lineage: &Lineage, version: &str| -> Vec<String> {
        let shape = lineage.shape(&version.parse().unwrap()).unwrap();
        shape.fields.iter().map(|field| format!("{} {}", field.name, field.kind.as_str())).collect()
    };
    // Two fields change names with each other, and a third gives its name to one of another kind.
    let lineage = Lineage::new(&server(
        &[text("a"), number("b"), number("c")],
        &[
            rename("a", "t"),
            rename("b", "a"),
            rename("t", "b"),
            remove(text("c"), Value::from("gone").into()),
            add("c", Value::from(0).into()),
        ],
    ))
    .unwrap();
    assert_eq!(names(&lineage, "1.0"), ["b text", "a integer", "c text"]);
    // What one release both adds and removes is in neither shape.
    let lineage =
        Lineage::new(&server(&[text("a")], &[add("x", Value::from("").into()), remove(text("x"), Value::from("").into())])).unwrap();
    assert_eq!(names(&lineage, "1.0"), ["a text"]);
}

#[test]
fn errors_name_what_is_known() {
    let lineage = Lineage::new(&server(&[text("a")], &[])).unwrap();
    let refused = lineage.shape(&"1.2".parse().unwrap()).unwrap_err();
    assert_eq!(refused.to_string(), "`Server` 1.2 is not known here, which knows 1.0 to 1.1");
    let registry = Registry::builder().declaration(server(&[text("a")], &[])).build().unwrap();
    let refused = registry.lineage("Serv\ner").unwrap_err();
    assert_eq!(refused, Error::UnknownObject(r"Serv\ner".to_owned()));
    assert_eq!(refused.to_string(), r"unknown object `Serv\ner`");
}

fn retype(field: FieldSpec) -> Op {
    let same = |value: &Value| Ok(value.clone());
    Op::Retype { field, conversion: Conversion::new("up", same, "down", same) }
}

fn require(field: &str, fill: impl Into<Value>) -> Op {
    Op::Require { field: field.into(), fill: fill.into() }
}

fn relax(field: &str, fallback: impl Into<Value>) -> Op {
    Op::Relax { field: field.into(), fallback: fallback.into() }
}

#[test]
fn an_op_on_values_fits_the_field_that_both_versions_have() {
    let null = || text("a").nullable();
    let number_found = OpFault::Value(Rule::Kind { expected: "text", found: "integer" });
    let disk = || FieldSpec::new("a", FieldKind::Object("Disk".into()));
    let cases = [
        ([text("b")], retype(text("a")), "retype(a, up = up, down = down)", OpFault::NoSuchField),
        ([null()], retype(text("a")), "retype(a, up = up, down = down)", OpFault::RetypedNull),
        ([text("a")], retype(null()), "retype(a, up = up, down = down)", OpFault::RetypedNull),
        ([disk()], retype(text("a")), "retype(a, up = up, down = down)", OpFault::RetypedObject),
        ([text("a")], retype(disk()), "retype(a, up = up, down = down)", OpFault::RetypedObject),
        ([text("b")], require("a", ""), "require(a)", OpFault::NoSuchField),
        ([null()], require("a", ""), "require(a)", OpFault::StillNullable),
        ([text("a")], require("a", 1), "require(a)", number_found.clone()),
        ([text("b")], relax("a", ""), "relax(a)", OpFault::NoSuchField),
        ([text("a")], relax("a", ""), "relax(a)", OpFault::NotNullable),
        ([null()], relax("a", 1), "relax(a)", number_found),
    ];
    for (fields, op, sentence, found) in cases {
        assert_eq!(fault(&fields, &[op]), (sentence.to_owned(), found));
    }
}

#[test]
fn a_field_is_not_changed_by_the_release_that_adds_or_removes_it() {
    let pin = || Op::Child { field: "a".into(), from: "1.0".parse().unwrap(), to: "1.1".parse().unwrap() };
    let gone = || remove(text("a").nullable(), Slot::Unset);
    assert_eq!(fault(&[text("a")], &[add("a", Value::from("").into()), retype(text("a"))]).1, OpFault::TwiceChanged);
    assert_eq!(fault(&[text("a")], &[add("a", Value::from("").into()), require("a", "")]).1, OpFault::TwiceChanged);
    assert_eq!(fault(&[], &[retype(text("a")), gone()]).1, OpFault::TwiceChanged);
    assert_eq!(fault(&[], &[relax("a", ""), gone()]).1, OpFault::TwiceChanged);
    let disk = FieldSpec::new("a", FieldKind::Object("Disk".into())).nullable();
    assert_eq!(fault(std::slice::from_ref(&disk), &[add("a", Slot::Null), pin()]).1, OpFault::TwiceChanged);
    assert_eq!(fault(&[], &[pin(), remove(disk, Slot::Null)]).1, OpFault::TwiceChanged);
}

#[test]
fn a_behaviour_has_a_name_of_its_own_and_is_active_from_its_release_on() {
    let counts = || Op::Behaviour { name: "counts_attempts".into() };
    assert_eq!(fault(&[], &[counts(), counts()]), ("behaviour(counts_attempts)".to_owned(), OpFault::BehaviourTwice));
    let lineage = Lineage::new(&server(&[text("a")], &[counts()])).unwrap();
    assert_eq!(lineage.shapes()[0].fields, lineage.head().fields);
    let gate = lineage.behaviour("counts_attempts").unwrap();
    assert_eq!(gate.since().to_string(), "1.1");
    for (version, active) in [("1.0", false), ("1.0.9", false), ("1.1", true), ("1.1.0", true), ("2.0", true)] {
        assert_eq!(gate.is_active_at(&version.parse().unwrap()), active, "{version}");
        assert_eq!(gate.is_active(&format!("Server={version}").parse().unwrap()), active, "{version}");
    }
    assert!(gate.is_active(&"Disk=1.0".parse().unwrap()));
    // A peer that knows the object by the name that it had.
    let rename = Op::RenameObject { from: "Host".into(), namespace: "demo".into() };
    let renamed = Lineage::new(&server(&[text("a")], &[counts(), rename])).unwrap();
    assert!(!renamed.behaviour("counts_attempts").unwrap().is_active(&"Host=1.0".parse().unwrap()));
    let refused = lineage.behaviour("counts\nattempts").unwrap_err();
    assert_eq!(refused.to_string(), r"`Server` has no behaviour `counts\nattempts`");
}
