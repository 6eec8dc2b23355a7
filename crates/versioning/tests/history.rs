//! Histories that fold back, and those that do not: each with the release and the op at fault.
#![cfg(test)]

use recension_model::{Declaration, FieldKind, FieldSpec, IntegerWidth, Limits, ObjectSpec, Op, Release, Rule, Slot, Value};
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
