//! What counts as changed in an object that becomes fields, and objects made of fields among others of their kind.
#![cfg(test)]

use recension_model::{Declaration, FieldClass, FieldKind, FieldSpec, Hop, ObjectSpec, Op, Others, Pick, Record, Release, Slot, Value};
use recension_versioning::{HistoryError, Manifest, OpFault, Registry};

fn text(name: &str) -> FieldSpec {
    FieldSpec::new(name, FieldKind::Text).class(FieldClass::Public).nullable()
}

fn object(name: &str, fields: &[FieldSpec], releases: &[&[Op]]) -> Declaration {
    let version = |minor: usize| format!("1.{minor}").parse().unwrap();
    let head = fields.iter().cloned().fold(ObjectSpec::new(name, "demo", version(releases.len())), |head, field| head.field(field));
    let later =
        releases.iter().enumerate().map(|(place, ops)| Release { ops: ops.to_vec(), ..Release::new(version(place + 1), "a change") });
    Declaration { head: head.build().unwrap(), releases: std::iter::once(Release::new(version(0), "first version")).chain(later).collect() }
}

/// An address that has a note since 1.1.
fn address() -> Declaration {
    let note = Op::Add { field: "note".into(), old_default: Slot::Null };
    object("Address", &[text("street"), text("zip"), text("note")], &[&[note]])
}

/// A person whose fields `parts` became an address in 1.1, and that has a list of addresses in 1.2 if `many`.
fn registry(parts: &[&str], at: &str, many: bool) -> Registry {
    let one = FieldSpec::new("address", FieldKind::Object("Address".into())).class(FieldClass::Public).nullable();
    let nest = Op::Nest { fields: parts.iter().map(|part| text(part)).collect(), into: "address".into(), at: at.parse().unwrap() };
    let list = FieldSpec::new("address", FieldKind::list_of_objects("Address")).class(FieldClass::Public);
    let listify = Op::Listify { field: one.clone(), pick: Pick::Last, others: Others::Go, fallback: Slot::Unset };
    let person = if many { object("Person", &[list], &[&[nest], &[listify]]) } else { object("Person", &[one], &[&[nest]]) };
    Registry::builder().declaration(address()).declaration(person).build().unwrap()
}

fn home(registry: &Registry, street: &str, changed: &str) -> Record {
    let mut home = Record::new(registry.lineage("Address").unwrap().head().clone());
    for (name, value) in [("street", street), ("zip", "1010"), ("note", "ring twice")] {
        if name == changed {
            home.set(name, Value::from(value)).unwrap();
        } else {
            home.fill(home.spec().require(name).unwrap(), Value::from(value).into()).unwrap();
        }
    }
    home
}

fn person(registry: &Registry, address: Value, changed: bool) -> Record {
    let mut person = Record::new(registry.lineage("Person").unwrap().head().clone());
    if changed { person.set("address", address) } else { person.fill(0, address.into()) }.unwrap();
    person
}

/// At 1.0, for a peer that reads addresses at 1.0 as well.
fn down(registry: &Registry, record: &Record) -> Record {
    let peer: Manifest = "Person=1.0,Address=1.0".parse().unwrap();
    registry.convert(record.clone(), &"1.0".parse().unwrap(), &peer).unwrap()
}

fn changed(record: &Record) -> Vec<&str> {
    let fields = record.spec().fields.iter().enumerate();
    fields.filter(|(index, _)| record.changes().contains(*index)).map(|(_, field)| &*field.name).collect()
}

fn inside(person: &Record) -> &Record {
    person.at(0).value().unwrap().objects()[0]
}

#[test]
fn a_change_that_the_fields_cannot_tell_is_not_told_of_others_and_stays() {
    let registry = registry(&["street", "zip"], "1.0", false);
    let newest = person(&registry, home(&registry, "Ring", "note").into(), true);
    let mut older = down(&registry, &newest);
    assert_eq!(changed(&older), [""; 0]);
    // Somebody changed the row meanwhile.
    older.fill(older.spec().require("zip").unwrap(), Value::from("1020").into()).unwrap();
    let back = registry.upgrade(older.clone()).unwrap();
    assert_eq!((changed(&back), changed(inside(&back))), (vec!["address"], vec!["note"]));
    older.set("zip", Value::from("1030")).unwrap();
    let back = registry.upgrade(older).unwrap();
    assert_eq!((changed(&back), changed(inside(&back))), (vec!["address"], vec!["zip", "note"]));
}

#[test]
fn of_a_new_object_all_fields_count_as_changed_whichever_is_changed_again() {
    let registry = registry(&["street", "zip"], "1.0", false);
    let mut home = home(&registry, "Ring", "");
    home.take(home.spec().require("zip").unwrap());
    let newest = person(&registry, home.into(), true);
    let mut older = down(&registry, &newest);
    assert_eq!(changed(&older), ["street"]);
    older.set("zip", Value::from("1020")).unwrap();
    assert_eq!(changed(inside(&registry.upgrade(older).unwrap())), ["street", "zip"]);
}

#[test]
fn a_change_inside_an_object_that_does_not_count_as_changed_stays() {
    let registry = registry(&["street", "zip"], "1.0", false);
    let newest = person(&registry, home(&registry, "Ring", "street").into(), false);
    let mut older = down(&registry, &newest);
    assert_eq!(changed(&older), [""; 0]);
    older.fill(older.spec().require("zip").unwrap(), Value::from("1020").into()).unwrap();
    let back = registry.upgrade(older).unwrap();
    assert_eq!((changed(&back), changed(inside(&back))), (vec![], vec!["street"]));
}

#[test]
fn the_others_of_a_list_are_there_again_though_the_one_that_stood_for_it_was_made_of_fields() {
    let registry = registry(&["street", "zip", "note"], "1.1", true);
    let homes = ["Ring", "Graben"].map(|street| home(&registry, street, ""));
    let newest = person(&registry, Value::from(homes.to_vec()), false);
    let older = down(&registry, &newest);
    assert_eq!(older.slot("street").unwrap(), &Value::from("Graben").into());
    assert_eq!(registry.upgrade(older.clone()).unwrap().at(0), newest.at(0));
    // One that was changed is another: the others go, as the op says.
    let mut edited = older;
    edited.set("street", Value::from("Prater")).unwrap();
    assert_eq!(registry.upgrade(edited).unwrap().at(0).value().unwrap().objects().len(), 1);
}

#[test]
fn s6_what_an_object_has_beside_the_fields_is_carried_field_by_field() {
    let registry = registry(&["street", "zip"], "1.0", false);
    let newest = person(&registry, home(&registry, "Ring", "").into(), false);
    let older = registry.convert(newest, &"1.0".parse().unwrap(), &Manifest::default()).unwrap();
    let (_, Hop::Known(fields)) = older.carry().hops().next().unwrap() else { panic!() };
    let carried = fields.get("address").unwrap().slot.value().unwrap().objects()[0].clone();
    assert_eq!(carried.spec().version.to_string(), "1.0");
    // So a secret among them can stay behind by itself.
    let (_, Hop::Known(beside)) = carried.carry().hops().next().unwrap() else { panic!() };
    assert!(beside.keys().map(|name| &**name).eq(["note"]));
}

#[test]
fn fields_do_not_become_an_object_of_the_kind_that_they_are_in() {
    let one = FieldSpec::new("person", FieldKind::Object("Person".into())).class(FieldClass::Public).nullable();
    let nest = Op::Nest { fields: vec![text("person")], into: "person".into(), at: "1.1".parse().unwrap() };
    let registry = Registry::builder().declaration(object("Person", &[one], &[&[nest]])).build();
    let Err(HistoryError::Op { fault, .. }) = registry else { panic!("{registry:?}") };
    assert_eq!(fault, OpFault::NestedInItself);
}
