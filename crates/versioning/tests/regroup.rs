//! Ops that make fields of other fields: `split`, `merge`, `custom`, `nest` and `flatten`.
#![cfg(test)]

use recension_model::{
    Declaration, FieldClass, FieldKind, FieldSpec, Hop, IntegerWidth, Limits, Misfit, ObjectSpec, Op, Record, Regrouping, Release, Slot,
    Value,
};
use recension_versioning::{Error, HistoryError, Lineage, Manifest, OpFault, Registry};

fn text(name: &str) -> FieldSpec {
    FieldSpec::new(name, FieldKind::Text).class(FieldClass::Public)
}

fn declare(fields: &[FieldSpec], releases: &[&[Op]]) -> Declaration {
    let version = |minor: usize| format!("1.{minor}").parse().unwrap();
    let head = fields.iter().cloned().fold(ObjectSpec::new("Person", "demo", version(releases.len())), |head, field| head.field(field));
    let later =
        releases.iter().enumerate().map(|(place, ops)| ops.iter().cloned().fold(Release::new(version(place + 1), "a change"), Release::op));
    Declaration { head: head.build().unwrap(), releases: std::iter::once(Release::new(version(0), "first version")).chain(later).collect() }
}

fn fault(fields: &[FieldSpec], ops: &[Op]) -> OpFault {
    match Lineage::new(&declare(fields, &[ops])) {
        Err(HistoryError::Op { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

fn record<const N: usize>(lineage: &Lineage, version: &str, fields: [(&str, Slot); N]) -> Record {
    let mut record = Record::new(lineage.shape(&version.parse().unwrap()).unwrap().clone());
    for (name, slot) in fields {
        let index = record.spec().require(name).unwrap();
        record.fill(index, slot).unwrap();
    }
    record
}

fn shows<const N: usize>(record: &Record, fields: [(&str, &str); N]) {
    for (name, expected) in fields {
        assert_eq!(record.slot(name).unwrap().value().and_then(Value::as_text), Some(expected), "{name}");
    }
}

/// What is carried for the only hop, by name.
fn carried(record: &Record) -> Vec<String> {
    let hops: Vec<_> = record.carry().hops().collect();
    match hops.as_slice() {
        [] => Vec::new(),
        [(_, Hop::Known(fields))] => fields.keys().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

fn word(slot: &Slot) -> &str {
    slot.value().and_then(Value::as_text).unwrap_or_default()
}

/// A name is its first word and the rest, which is null where there is none.
fn names() -> Regrouping {
    let split = |name: &[Slot]| {
        let name = name.first().map(word).unwrap_or_default();
        Ok(match name.split_once(' ') {
            Some((first, last)) => vec![first.into(), last.into()],
            None => vec![name.into(), Slot::Null],
        })
    };
    let join = |parts: &[Slot]| match parts {
        [first, Slot::Null] => Ok(vec![word(first).into()]),
        [first, last] => Ok(vec![Value::from(format!("{} {}", word(first), word(last))).into()]),
        _ => Err(Misfit::new("has not two parts")),
    };
    Regrouping::new("split_name", split, "join_name", join)
}

fn split() -> (Vec<FieldSpec>, Op) {
    let op = Op::Split { field: text("name"), into: vec!["first".into(), "last".into()], regrouping: names() };
    (vec![text("first"), text("last").nullable()], op)
}

fn mirrored() -> Regrouping {
    let (up, down) = (names(), names());
    Regrouping::new("join_name", move |slots| up.down(slots), "split_name", move |slots| down.up(slots))
}

fn at(lineage: &Lineage, record: &Record, version: &str) -> Record {
    lineage.convert(record.clone(), &version.parse().unwrap()).unwrap()
}

#[test]
fn a_field_is_split_and_joined_again() {
    let (fields, op) = split();
    let lineage = Lineage::new(&declare(&fields, &[&[op]])).unwrap();
    let older = record(&lineage, "1.0", [("name", "Ada Lovelace".into())]);
    let newer = at(&lineage, &older, "1.1");
    shows(&newer, [("first", "Ada"), ("last", "Lovelace")]);
    assert!(newer.carry().is_empty());
    assert_eq!(at(&lineage, &newer, "1.0"), older);
}

#[test]
fn trap_3_the_old_side_edits_a_joined_name_and_the_edit_wins() {
    let (fields, op) = split();
    let lineage = Lineage::new(&declare(&fields, &[&[op]])).unwrap();
    // The first name has two words, which the joined name cannot tell.
    let newest = record(&lineage, "1.1", [("first", "Anna Maria".into()), ("last", "Braun".into())]);
    let older = at(&lineage, &newest, "1.0");
    shows(&older, [("name", "Anna Maria Braun")]);
    assert_eq!(carried(&older), ["first", "last"]);
    assert_eq!(at(&lineage, &older, "1.1"), newest);
    let mut edited = older;
    edited.set("name", "Anna Maria Klein").unwrap();
    let back = at(&lineage, &edited, "1.1");
    shows(&back, [("first", "Anna"), ("last", "Maria Klein")]);
    assert!(back.carry().is_empty());
    assert_eq!(back.changes().len(), 2, "both parts count as changed");
}

#[test]
fn what_was_split_in_another_way_comes_back_as_it_was() {
    let join = |parts: &[Slot]| Ok(vec![Value::from(parts.iter().map(word).collect::<String>()).into()]);
    let halve = |name: &[Slot]| {
        let name = name.first().map(word).unwrap_or_default();
        Ok(vec![name.trim().into(), "".into()])
    };
    let op = Op::Split {
        field: text("name"),
        into: vec!["first".into(), "last".into()],
        regrouping: Regrouping::new("halve", halve, "join", join),
    };
    let lineage = Lineage::new(&declare(&[text("first"), text("last")], &[&[op]])).unwrap();
    let older = record(&lineage, "1.0", [("name", " Ada ".into())]);
    let newer = at(&lineage, &older, "1.1");
    shows(&newer, [("first", "Ada")]);
    assert_eq!(carried(&newer), ["name"]);
    assert_eq!(at(&lineage, &newer, "1.0"), older);
}

#[test]
fn fields_are_merged_and_a_part_that_is_alone_waits_in_the_carry() {
    let op = Op::Merge { fields: vec![text("first"), text("last").nullable()], into: "name".into(), regrouping: mirrored() };
    let lineage = Lineage::new(&declare(&[text("name")], &[&[op]])).unwrap();
    let whole = record(&lineage, "1.0", [("first", "Ada".into()), ("last", Slot::Null)]);
    let newer = at(&lineage, &whole, "1.1");
    shows(&newer, [("name", "Ada")]);
    assert_eq!(at(&lineage, &newer, "1.0"), whole);

    let mut part = record(&lineage, "1.0", [("last", "Byron".into())]);
    part.set("last", "Lovelace").unwrap();
    let newer = at(&lineage, &part, "1.1");
    assert_eq!(newer.slot("name").unwrap(), &Slot::Unset);
    assert!(newer.changes().is_empty());
    assert_eq!(at(&lineage, &newer, "1.0"), part);
}

#[test]
fn a_secret_part_makes_a_secret_of_what_is_carried() {
    let (mut fields, op) = split();
    fields.get_mut(1).unwrap().class = FieldClass::Secret;
    let registry = Registry::builder().declaration(declare(&fields, &[&[op]])).build().unwrap();
    let lineage = registry.lineage("Person").unwrap();
    let (oldest, hop) = (lineage.shape(&"1.0".parse().unwrap()).unwrap(), "1.1".parse().unwrap());
    for name in ["first", "last"] {
        assert_eq!(registry.carried_field(oldest, &hop, name).unwrap().class, FieldClass::Secret, "{name}");
    }
    assert_eq!(registry.carried_field(lineage.head(), &hop, "name").unwrap().class, FieldClass::Secret);
}

#[test]
fn a_function_that_refuses_is_named_with_the_field() {
    let refuse = |_: &[Slot]| Err(Misfit::new("is no name"));
    let regrouping = Regrouping::new("refuse", refuse, "join", |_: &[Slot]| Ok(Vec::new()));
    let op = Op::Custom {
        name: "rearrange".into(),
        fields: vec![text("name")],
        into: vec!["first".into(), "last".into()],
        regrouping,
        loss: None,
    };
    let (fields, _) = split();
    let lineage = Lineage::new(&declare(&fields, &[&[op]])).unwrap();
    let older = record(&lineage, "1.0", [("name", "canary".into())]);
    let error = lineage.convert(older, &"1.1".parse().unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot take field `name` of `Person` from 1.0 to 1.1 by `custom(rearrange: (name) => (first, last), up = refuse, down = join)`"
    );
    let newer = record(&lineage, "1.1", [("first", "Ada".into()), ("last", Slot::Null)]);
    let Error::NotConverted(refused) = lineage.convert(newer, &"1.0".parse().unwrap()).unwrap_err() else { panic!() };
    assert_eq!(refused.misfit, Misfit::new("is given another number of fields than the op names"));
}

#[test]
fn what_cannot_be_regrouped_is_refused_where_it_is_declared() {
    let (fields, op) = split();
    let (_, again) = split();
    assert_eq!(fault(&fields[..1], std::slice::from_ref(&op)), OpFault::NoSuchField);
    let mut both = fields.clone();
    both.push(text("name"));
    assert_eq!(fault(&both, std::slice::from_ref(&op)), OpFault::StillThere);
    assert_eq!(fault(&fields, &[again, op.clone()]), OpFault::NoSuchField);
    let nothing = Op::Custom { name: "x".into(), fields: Vec::new(), into: vec!["first".into()], regrouping: names(), loss: None };
    assert_eq!(fault(&fields, &[nothing]), OpFault::NoFields);
    let require = Op::Require { field: "last".into(), fill: Value::from("") };
    assert_eq!(fault(&[text("first"), text("last")], &[op.clone(), require]), OpFault::TwiceChanged);
    let objects = Op::Split {
        field: FieldSpec::new("name", FieldKind::Object("Name".into())),
        into: vec!["first".into(), "last".into()],
        regrouping: names(),
    };
    assert_eq!(fault(&fields, &[objects]), OpFault::RetypedObject);
}

/// An address with a newer field, and a person whose fields became an address.
fn nested(parts_nullable: bool, address_nullable: bool) -> Registry {
    let version = |text: &str| text.parse().unwrap();
    let inner = |name| if parts_nullable { text(name).nullable() } else { text(name) };
    let address = ObjectSpec::new("Address", "demo", version("1.1")).field(inner("street")).field(inner("city"));
    let address = Declaration {
        head: address.field(text("zip").nullable()).build().unwrap(),
        releases: vec![
            Release::new(version("1.0"), "first version"),
            Release::new(version("1.1"), "zip").op(Op::Add { field: "zip".into(), old_default: Slot::Unset }),
        ],
    };
    let field = FieldSpec::new("address", FieldKind::Object("Address".into())).class(FieldClass::Public);
    let field = if address_nullable { field.nullable() } else { field };
    let outer = |name| if parts_nullable || address_nullable { text(name).nullable() } else { text(name) };
    let nest = Op::Nest { fields: vec![outer("street"), outer("city")], into: "address".into(), at: version("1.0") };
    let person =
        declare(&[text("name"), field, text("note").nullable()], &[&[nest], &[Op::Add { field: "note".into(), old_default: Slot::Unset }]]);
    Registry::builder().declaration(address).declaration(person).build().unwrap()
}

fn address(registry: &Registry, street: &str, zip: Slot) -> Record {
    let mut address = Record::new(registry.lineage("Address").unwrap().head().clone());
    for (index, slot) in [street.into(), "Berlin".into(), zip].into_iter().enumerate() {
        address.fill(index, slot).unwrap();
    }
    address
}

fn person(registry: &Registry, address: Slot) -> Record {
    let lineage = registry.lineage("Person").unwrap();
    record(lineage, "1.2", [("name", "Ada".into()), ("address", address), ("note", Slot::Null)])
}

fn down(registry: &Registry, record: &Record) -> Record {
    registry.convert(record.clone(), &"1.0".parse().unwrap(), &Manifest::default()).unwrap()
}

#[test]
fn fields_become_an_object_and_what_it_has_since_comes_back() {
    let registry = nested(false, false);
    let newest = person(&registry, Value::from(address(&registry, "Mall 1", "10117".into())).into());
    let older = down(&registry, &newest);
    shows(&older, [("street", "Mall 1"), ("city", "Berlin")]);
    let back = registry.upgrade(older.clone()).unwrap();
    assert_eq!(back.slots(), newest.slots());

    // The old side moves the person: the street is another, and the zip that it does not know stays.
    let mut edited = older;
    edited.set("street", "Row 2").unwrap();
    let back = registry.upgrade(edited).unwrap();
    let Some(Value::Object(moved)) = back.slot("address").unwrap().value() else { panic!() };
    shows(moved, [("street", "Row 2"), ("city", "Berlin"), ("zip", "10117")]);
    assert!(moved.changes().contains(0) && moved.changes().len() == 1);
    assert!(back.changes().contains(back.spec().require("address").unwrap()) && back.changes().len() == 1);
}

#[test]
fn an_object_that_is_null_is_kept_apart_from_one_with_nulls_only() {
    let registry = nested(true, true);
    let mut nulls = Record::new(registry.lineage("Address").unwrap().head().clone());
    (0..3).for_each(|index| nulls.fill(index, Slot::Null).unwrap());
    let null = person(&registry, Slot::Null);
    let present = person(&registry, Value::from(nulls).into());
    let (shown, shown_present) = (down(&registry, &null), down(&registry, &present));
    for name in ["street", "city"] {
        assert_eq!((shown.slot(name).unwrap(), shown_present.slot(name).unwrap()), (&Slot::Null, &Slot::Null));
    }
    assert_eq!(registry.upgrade(shown).unwrap().slots(), null.slots());
    assert_eq!(registry.upgrade(shown_present).unwrap().slots(), present.slots());
}

#[test]
fn trap_11_a_partial_object_stays_partial_inside_the_object_that_its_fields_become() {
    let registry = nested(false, false);
    let lineage = registry.lineage("Person").unwrap();
    let mut older = record(lineage, "1.0", [("name", "Ada".into())]);
    older.set("street", "Row 2").unwrap();
    let newer = registry.upgrade(older.clone()).unwrap();
    let Some(Value::Object(address)) = newer.slot("address").unwrap().value() else { panic!() };
    assert_eq!(address.slot("city").unwrap(), &Slot::Unset);
    assert_eq!(address.slot("zip").unwrap(), &Slot::Unset);
    // Two of three fields of the older object were set, so the newer one gets no default.
    assert_eq!(newer.slot("note").unwrap(), &Slot::Unset);
    assert_eq!(down(&registry, &newer).slots(), older.slots());
    let nothing = record(lineage, "1.0", [("name", "Ada".into())]);
    assert_eq!(registry.upgrade(nothing).unwrap().slot("address").unwrap(), &Slot::Unset);
}

#[test]
fn an_object_becomes_fields() {
    let version = |text: &str| text.parse().unwrap();
    let inner = ObjectSpec::new("Size", "demo", version("1.0"));
    let integer = |name| FieldSpec::new(name, FieldKind::Integer(IntegerWidth::I64)).class(FieldClass::Public);
    let size = Declaration {
        head: inner.field(integer("width")).field(integer("height")).build().unwrap(),
        releases: vec![Release::new(version("1.0"), "first version")],
    };
    let flatten = Op::Flatten {
        field: FieldSpec::new("size", FieldKind::Object("Size".into())).class(FieldClass::Public).limits(Limits::default()),
        at: version("1.0"),
        into: vec!["width".into(), "height".into()],
    };
    let declaration = declare(&[integer("width"), integer("height")], &[&[flatten]]);
    let registry = Registry::builder().declaration(size.clone()).declaration(declaration.clone()).build().unwrap();
    let newest = record(registry.lineage("Person").unwrap(), "1.1", [("width", Value::from(3).into()), ("height", Value::from(4).into())]);
    let older = down(&registry, &newest);
    let Some(Value::Object(shown)) = older.slot("size").unwrap().value() else { panic!() };
    assert_eq!(shown.slot("height").unwrap(), &Value::from(4).into());
    assert_eq!(registry.upgrade(older).unwrap(), newest);

    // A lineage by itself does not know the object.
    let alone = Lineage::new(&declaration).unwrap();
    assert!(matches!(alone.convert(newest, &version("1.0")), Err(Error::NotConverted(_))));
}

#[test]
fn fields_that_the_object_has_not_are_refused_where_the_registry_is_built() {
    let version = |text: &str| text.parse().unwrap();
    let size = |fields: &[FieldSpec]| Declaration {
        head: fields
            .iter()
            .cloned()
            .fold(ObjectSpec::new("Size", "demo", version("1.0")), |head, field| head.field(field))
            .build()
            .unwrap(),
        releases: vec![Release::new(version("1.0"), "first version")],
    };
    let nest = |at: &str| Op::Nest { fields: vec![text("width")], into: "size".into(), at: version(at) };
    let field = FieldSpec::new("size", FieldKind::Object("Size".into())).class(FieldClass::Public);
    let build = |fields: &[FieldSpec], at: &str| {
        Registry::builder().declaration(size(fields)).declaration(declare(std::slice::from_ref(&field), &[&[nest(at)]])).build()
    };
    assert!(build(&[text("width")], "1.0").is_ok());
    for (fields, at) in [
        (vec![text("height")], "1.0"),
        (vec![text("width"), text("height")], "1.0"),
        (vec![text("width").nullable()], "1.0"),
        (vec![text("width").class(FieldClass::Secret)], "1.0"),
        (vec![FieldSpec::new("width", FieldKind::Bool).class(FieldClass::Public)], "1.0"),
        (vec![text("width")], "1.1"),
    ] {
        let Err(HistoryError::Op { fault: OpFault::NestedFields, .. }) = build(&fields, at) else { panic!("{fields:?} {at}") };
    }
}

#[test]
fn a_field_gets_what_older_objects_have_before_it_becomes_another() {
    let add = Op::Add { field: "last".into(), old_default: Value::from("Unknown").into() };
    let merge = Op::Merge { fields: vec![text("first"), text("last").nullable()], into: "name".into(), regrouping: mirrored() };
    let declared = declare(&[text("name"), text("note")], &[&[add], &[merge]]);
    let registry = Registry::builder().declaration(declared).build().unwrap();
    let lineage = registry.lineage("Person").unwrap();
    // The note is missing, so nothing is taken for granted but what is asked for here.
    let older = record(lineage, "1.0", [("first", "Ada".into())]);
    let newest = registry.upgrade_complete(older.clone()).unwrap();
    shows(&newest, [("name", "Ada Unknown")]);
    assert_eq!(newest.slot("note").unwrap(), &Slot::Unset);
    assert_eq!(registry.upgrade(older).unwrap().slot("name").unwrap(), &Slot::Unset);
}
