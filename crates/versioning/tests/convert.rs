//! Conversion of one object: each op both ways, the change set, and what the carry brings back.
#![cfg(test)]

use recension_model::{
    Carried, Carry, Declaration, FieldKind, FieldSpec, Hop, IntegerWidth, MethodChange, ObjectSpec, Op, Record, Release, Slot, Value,
};
use recension_versioning::{Error, Lineage};

fn text(name: &str) -> FieldSpec {
    FieldSpec::new(name, FieldKind::Text).class(recension_model::FieldClass::Public)
}

fn add(field: &str, old_default: Slot) -> Op {
    Op::Add { field: field.into(), old_default }
}

fn rename(from: &str, to: &str) -> Op {
    Op::Rename { from: from.into(), to: to.into() }
}

/// A history of `Server` from 1.0 on: one list of ops for each release after the first.
fn lineage(fields: &[FieldSpec], releases: &[&[Op]]) -> Lineage {
    let version = |minor: usize| format!("1.{minor}").parse().unwrap();
    let head = fields.iter().cloned().fold(ObjectSpec::new("Server", "demo", version(releases.len())), |spec, field| spec.field(field));
    let later = releases.iter().enumerate().map(|(place, ops)| {
        let release = Release::new(version(place + 1), "a change");
        ops.iter().cloned().fold(release, Release::op)
    });
    let releases = std::iter::once(Release::new(version(0), "first version")).chain(later).collect();
    Lineage::new(&Declaration { head: head.build().unwrap(), releases }).unwrap()
}

/// A record of one version with these states; those marked with `!` are changed.
fn record(lineage: &Lineage, version: &str, states: &[(&str, Slot)]) -> Record {
    let mut record = Record::new(lineage.shape(&version.parse().unwrap()).unwrap().clone());
    for (name, slot) in states {
        match name.strip_suffix('!') {
            Some(name) => record.set(name, slot.clone()).unwrap(),
            None => {
                let index = record.spec().index_of(name).unwrap();
                record.fill(index, slot.clone()).unwrap();
            }
        }
    }
    record
}

fn of(text: &str) -> Slot {
    Value::from(text).into()
}

fn to(lineage: &Lineage, record: &Record, version: &str) -> Record {
    lineage.convert(record.clone(), &version.parse().unwrap()).unwrap()
}

fn carried(record: &Record, hop: &str, name: &str) -> Option<Carried> {
    let hop = record.carry().hops().find(|(version, _)| **version == hop.parse().unwrap())?.1;
    let Hop::Known(fields) = hop else { return None };
    fields.get(name).cloned()
}

#[test]
fn an_added_field_is_carried_down_and_comes_back() {
    let lineage = lineage(&[text("a"), text("note").nullable()], &[&[add("note", of("none"))]]);
    for state in [Slot::Unset, Slot::Null, of("x")] {
        let newer = record(&lineage, "1.1", &[("a", of("a")), ("note!", state)]);
        let older = to(&lineage, &newer, "1.0");
        assert_eq!(older.slots(), [of("a")]);
        assert!(older.changes().is_empty());
        assert_eq!(to(&lineage, &older, "1.1"), newer);
    }
}

#[test]
fn an_object_made_before_a_field_gets_its_old_default_and_no_change() {
    let lineage = lineage(&[text("a").nullable(), text("note").nullable()], &[&[add("note", of("none"))]]);
    let complete = record(&lineage, "1.0", &[("a!", of("a"))]);
    let newer = to(&lineage, &complete, "1.1");
    assert_eq!(newer.slots(), [of("a"), of("none")]);
    assert_eq!(newer.changes().iter().collect::<Vec<_>>(), [0]);
    // A partial one stays partial, and a reader that needs it whole says so.
    let mut newer = to(&lineage, &record(&lineage, "1.0", &[]), "1.1");
    assert_eq!(newer.slots(), [Slot::Unset, Slot::Unset]);
    lineage.fill_defaults(&mut newer, &"1.0".parse().unwrap(), &[]).unwrap();
    assert_eq!(newer.slots(), [Slot::Unset, of("none")]);
}

#[test]
fn a_removed_field_shows_its_fallback_and_comes_back_from_the_carry() {
    let gone = Op::Remove { field: text("old"), fallback: of("fallback") };
    let lineage = lineage(&[text("a")], &[&[gone]]);
    let newer = record(&lineage, "1.1", &[("a", of("a"))]);
    assert_eq!(to(&lineage, &newer, "1.0").slots(), [of("a"), of("fallback")]);
    let older = record(&lineage, "1.0", &[("a", of("a")), ("old!", of("mine"))]);
    let newer = to(&lineage, &older, "1.1");
    assert_eq!(carried(&newer, "1.1", "old"), Some(Carried { slot: of("mine"), changed: true }));
    assert_eq!(to(&lineage, &newer, "1.0"), older);
    // Going down a partial object gains nothing.
    assert_eq!(to(&lineage, &record(&lineage, "1.1", &[]), "1.0").slots(), [Slot::Unset, Slot::Unset]);
}

#[test]
fn a_chain_of_renames_keeps_the_value_and_the_change() {
    let lineage = lineage(&[text("d")], &[&[rename("a", "b")], &[rename("b", "c")], &[rename("c", "d")]]);
    let newest = record(&lineage, "1.3", &[("d!", of("x"))]);
    for (version, name) in [("1.0", "a"), ("1.1", "b"), ("1.2", "c")] {
        let older = to(&lineage, &newest, version);
        assert_eq!(older.slot(name), Ok(&of("x")), "{version}");
        assert_eq!(older.changes().len(), 1);
        assert_eq!(to(&lineage, &older, "1.3"), newest);
    }
}

#[test]
fn a_name_that_was_removed_and_added_again_means_two_fields() {
    let gone = Op::Remove { field: text("size"), fallback: of("small") };
    let number = FieldSpec::new("size", FieldKind::Integer(IntegerWidth::I32));
    let lineage = lineage(&[number], &[&[gone, add("size", Value::from(0).into())]]);
    let newer = record(&lineage, "1.1", &[("size!", Value::from(7).into())]);
    let older = to(&lineage, &newer, "1.0");
    assert_eq!(older.slots(), [of("small")]);
    assert!(older.changes().is_empty());
    let mut edited = older.clone();
    edited.set("size", of("large")).unwrap();
    let back = to(&lineage, &edited, "1.1");
    assert_eq!(back.slots(), [Value::from(7).into()]);
    assert_eq!(to(&lineage, &back, "1.0"), edited);
}

#[test]
fn a_method_changes_the_version_alone() {
    let lineage = lineage(&[text("a")], &[&[Op::Method { name: "finish".into(), change: MethodChange::Changed }]]);
    let newer = record(&lineage, "1.1", &[("a!", of("x"))]);
    let older = to(&lineage, &newer, "1.0");
    assert_eq!((older.slots(), older.changes(), older.carry()), (newer.slots(), newer.changes(), newer.carry()));
    assert_eq!(older.spec().version.to_string(), "1.0");
}

/// Adds in 1.1 and 1.3, a removal in 1.2, a rename in 1.4.
fn long() -> Lineage {
    lineage(
        &[text("a"), text("b").nullable(), text("e")],
        &[&[add("b", of("b0"))], &[Op::Remove { field: text("c"), fallback: of("c0") }], &[add("d", of("d0"))], &[rename("d", "e")]],
    )
}

#[test]
fn a_jump_carries_what_its_hops_carry() {
    let lineage = long();
    let newest = record(&lineage, "1.4", &[("a", of("a")), ("b!", Slot::Null), ("e!", of("e"))]);
    let jump = to(&lineage, &newest, "1.0");
    let hops = ["1.3", "1.2", "1.1", "1.0"].iter().fold(newest.clone(), |record, version| to(&lineage, &record, version));
    assert_eq!(jump, hops);
    assert_eq!(jump.slots(), [of("a"), of("c0")]);
    assert_eq!(carried(&jump, "1.3", "d"), Some(Carried { slot: of("e"), changed: true }));
    assert_eq!(carried(&jump, "1.1", "b"), Some(Carried { slot: Slot::Null, changed: true }));
    let back = to(&lineage, &jump, "1.4");
    assert_eq!((back.slots(), back.changes()), (newest.slots(), newest.changes()));
    // What 1.0 was shown in place of the removed field is kept for the next journey.
    assert_eq!(to(&lineage, &back, "1.0"), jump);
}

#[test]
fn the_edit_of_an_old_writer_wins_and_the_rest_survives() {
    let lineage = long();
    let newest = record(&lineage, "1.4", &[("a", of("a")), ("b", of("b")), ("e", of("e"))]);
    let mut older = to(&lineage, &newest, "1.0");
    older.set("a", of("edited")).unwrap();
    older.set("c", of("kept")).unwrap();
    let back = to(&lineage, &older, "1.4");
    assert_eq!(back.slots(), [of("edited"), of("b"), of("e")]);
    assert_eq!(back.changes().iter().collect::<Vec<_>>(), [0]);
    assert_eq!(carried(&back, "1.2", "c"), Some(Carried { slot: of("kept"), changed: true }));
}

#[test]
fn a_partial_object_stays_partial_even_where_a_version_between_shows_it_whole() {
    let lineage = long();
    // At 1.0 and 1.1 nothing but `b` is missing, so 1.0 sees every field it knows.
    let newest = record(&lineage, "1.4", &[("a", of("a")), ("e", of("e"))]);
    assert_eq!(to(&lineage, &newest, "1.0").slots(), [of("a"), Slot::Unset]);
    // `c` is unset at 1.0 and unknown from 1.2 on: what came later gets no default.
    let oldest = record(&lineage, "1.0", &[("a", of("a"))]);
    assert_eq!(to(&lineage, &oldest, "1.4").slots(), [of("a"), Slot::Unset, Slot::Unset]);
    let middle = record(&lineage, "1.1", &[("a", of("a")), ("b", of("b"))]);
    assert_eq!(to(&lineage, &middle, "1.4").slots(), [of("a"), of("b"), Slot::Unset]);
    // A whole object gets them all.
    let whole = record(&lineage, "1.0", &[("a", of("a")), ("c", of("c"))]);
    assert_eq!(to(&lineage, &whole, "1.4").slots(), [of("a"), of("b0"), of("d0")]);
}

#[test]
fn a_hop_of_an_unknown_release_is_neither_read_nor_lost() {
    let lineage = long();
    let mut older = record(&lineage, "1.0", &[("a", of("a")), ("c", of("c"))]);
    let mut carry = Carry::default();
    carry.put("9.0".parse().unwrap(), Hop::Opaque(r#"{"data":{"x":1}}"#.into()));
    older.set_carry(carry.clone());
    let newest = to(&lineage, &older, "1.4");
    assert!(newest.carry().hops().any(|(version, hop)| version.to_string() == "9.0" && *hop == Hop::Opaque(r#"{"data":{"x":1}}"#.into())));
    assert_eq!(to(&lineage, &newest, "1.0").carry().hops().last(), carry.hops().last());
    // One filed under a release that is known by now says nothing that can be read: defaults apply.
    carry.put("1.1".parse().unwrap(), Hop::Opaque("{}".into()));
    older.set_carry(carry);
    assert_eq!(to(&lineage, &older, "1.1").slots(), [of("a"), of("b0"), of("c")]);
}

#[test]
fn defaults_are_those_of_fields_added_since() {
    let lineage = long();
    let filled = |since: &str| {
        let mut record = record(&lineage, "1.4", &[]);
        lineage.fill_defaults(&mut record, &since.parse().unwrap(), &[]).unwrap();
        record.slots().to_vec()
    };
    assert_eq!(filled("1.0"), [Slot::Unset, of("b0"), of("d0")]);
    assert_eq!(filled("1.1"), [Slot::Unset, Slot::Unset, of("d0")]);
    assert_eq!(filled("1.3"), [Slot::Unset, Slot::Unset, Slot::Unset]);
    // Where a carry knew the hop, what it left out stays unset.
    let mut told = record(&lineage, "1.4", &[]);
    lineage.fill_defaults(&mut told, &"1.0".parse().unwrap(), &["1.1".parse().unwrap()]).unwrap();
    assert_eq!(told.slots(), [Slot::Unset, Slot::Unset, of("d0")]);
    // What is set stays.
    let mut set = record(&lineage, "1.4", &[("b", Slot::Null)]);
    lineage.fill_defaults(&mut set, &"1.0".parse().unwrap(), &[]).unwrap();
    assert_eq!(set.slot("b"), Ok(&Slot::Null));
}

#[test]
fn a_version_that_the_history_has_not_is_refused() {
    let lineage = long();
    let refused = lineage.convert(record(&lineage, "1.4", &[]), &"1.5".parse().unwrap()).unwrap_err();
    assert!(matches!(refused, Error::Incompatible { .. }));
    let mut record = record(&lineage, "1.4", &[]);
    assert!(matches!(lineage.fill_defaults(&mut record, &"2.0".parse().unwrap(), &[]), Err(Error::Incompatible { .. })));
    assert_eq!(to(&lineage, &record, "1.4"), record);
}
