//! Ops on values in another form: `map_values`, `scale`, `listify`, `key_by`, `unkey`, `each` and `within`.
#![cfg(test)]

use recension_model::{
    Declaration, EnumSpec, FieldClass, FieldKind, FieldSpec, Hop, IntegerWidth, Item, Limits, ObjectSpec, Op, Others, Pick, Ratio, Record,
    Release, Rounding, Rule, Slot, Value,
};
use recension_versioning::explain::Outcome;
use recension_versioning::{Error, HistoryError, Lineage, Manifest, OpFault, Registry};

fn field(kind: FieldKind) -> FieldSpec {
    FieldSpec::new("it", kind).class(FieldClass::Public)
}

fn integer() -> FieldSpec {
    field(FieldKind::Integer(IntegerWidth::I64))
}

fn text() -> FieldSpec {
    field(FieldKind::Text)
}

fn declare(newest: FieldSpec, releases: &[&[Op]]) -> Declaration {
    let version = |minor: usize| format!("1.{minor}").parse().unwrap();
    let head = ObjectSpec::new("Thing", "demo", version(releases.len())).field(newest).build().unwrap();
    let later =
        releases.iter().enumerate().map(|(place, ops)| ops.iter().cloned().fold(Release::new(version(place + 1), "a change"), Release::op));
    Declaration { head, releases: std::iter::once(Release::new(version(0), "first version")).chain(later).collect() }
}

fn lineage(newest: FieldSpec, ops: &[Op]) -> Lineage {
    Lineage::new(&declare(newest, &[ops])).unwrap()
}

fn fault(newest: FieldSpec, ops: &[Op]) -> OpFault {
    match Lineage::new(&declare(newest, &[ops])) {
        Err(HistoryError::Op { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

fn record(lineage: &Lineage, version: &str, slot: impl Into<Slot>) -> Record {
    let mut record = Record::new(lineage.shape(&version.parse().unwrap()).unwrap().clone());
    record.fill(0, slot.into()).unwrap();
    record
}

fn at(lineage: &Lineage, record: &Record, version: &str) -> Record {
    lineage.convert(record.clone(), &version.parse().unwrap()).unwrap()
}

fn it(record: &Record) -> &Slot {
    record.slot("it").unwrap()
}

fn list<V: Into<Value>>(items: impl IntoIterator<Item = V>) -> Slot {
    Value::List(items.into_iter().map(|item| Some(item.into())).collect()).into()
}

fn set<V: Into<Value>>(items: impl IntoIterator<Item = V>) -> Slot {
    Value::Set(items.into_iter().map(|item| Some(item.into())).collect()).into()
}

fn map<V: Into<Value>>(items: impl IntoIterator<Item = (&'static str, V)>) -> Slot {
    Value::Map(items.into_iter().map(|(name, item)| (name.to_owned(), Some(item.into()))).collect()).into()
}

fn number(number: i64) -> Slot {
    Value::from(number).into()
}

/// What an older reader is shown, and what it finds again after a journey and an edit.
fn edited(lineage: &Lineage, older: &Record, edit: impl Into<Slot>) -> Slot {
    let mut older = older.clone();
    older.set("it", edit).unwrap();
    it(&at(lineage, &older, "1.1")).clone()
}

#[test]
fn values_follow_a_table_and_one_that_is_not_in_it_stays() {
    let level = |values: [&str; 3]| field(FieldKind::Enum(EnumSpec::new("Level", values)));
    let newest = level(["low", "high", "off"]);
    let pairs = [(1, "low"), (2, "high"), (3, "high")].map(|(number, word)| {
        let Slot::Value(word) = Slot::Value(Value::from_text(&newest.kind, word).unwrap()) else { unreachable!() };
        (Value::from(number), word)
    });
    let op = Op::MapValues { field: integer(), table: pairs.to_vec(), fallback: number(0), fill: Slot::Unset };
    let lineage = lineage(newest.clone(), &[op]);
    let word = |text: &str| Slot::from(Value::from_text(&newest.kind, text).unwrap());
    let high = at(&lineage, &record(&lineage, "1.0", number(3)), "1.1");
    assert_eq!(it(&high), &word("high"));
    assert_eq!(it(&at(&lineage, &high, "1.0")), &number(3), "it was 3 and not 2");
    let off = record(&lineage, "1.1", word("off"));
    let shown = at(&lineage, &off, "1.0");
    assert_eq!(it(&shown), &number(0));
    assert_eq!(at(&lineage, &shown, "1.1"), off);
    assert_eq!(edited(&lineage, &shown, number(1)), word("low"));
    let unknown = record(&lineage, "1.0", number(9));
    assert!(matches!(lineage.convert(unknown, &"1.1".parse().unwrap()), Err(Error::NotConverted(_))));

    let keeps = Op::MapValues { field: text(), table: vec![("on".into(), "active".into())], fallback: Slot::Unset, fill: Slot::Unset };
    let lineage = self::lineage(text(), &[keeps]);
    let mapped = |value: &str| it(&at(&lineage, &record(&lineage, "1.0", value), "1.1")).clone();
    assert_eq!((mapped("on"), mapped("paused")), ("active".into(), "paused".into()));
}

#[test]
fn a_number_in_another_unit_keeps_what_the_coarser_unit_cannot_tell() {
    let scale =
        |by: &str, rounding| Op::Scale { field: integer(), by: by.parse().unwrap(), rounding, fallback: Slot::Unset, fill: Slot::Unset };
    // Mebibytes became bytes.
    let lineage = lineage(integer(), &[scale("1048576", Rounding::Floor)]);
    let newest = record(&lineage, "1.1", number(3_000_000));
    let shown = at(&lineage, &newest, "1.0");
    assert_eq!(it(&shown), &number(2));
    assert_eq!(at(&lineage, &shown, "1.1"), newest);
    assert_eq!(edited(&lineage, &shown, number(3)), number(3 << 20));
    // Not even a number that is too large is wrapped.
    let large = record(&lineage, "1.0", number(i64::MAX));
    assert!(matches!(lineage.convert(large, &"1.1".parse().unwrap()), Err(Error::NotConverted(_))));
    // And the other way round.
    let lineage = self::lineage(integer(), &[scale("1/1000", Rounding::Nearest)]);
    let older = record(&lineage, "1.0", number(1500));
    let newer = at(&lineage, &older, "1.1");
    assert_eq!(it(&newer), &number(2));
    assert_eq!(at(&lineage, &newer, "1.0"), older);

    assert_eq!(fault(text(), &[scale("2", Rounding::Floor)]), OpFault::NoNumber);
    assert!(Ratio::new(0, 1).is_err());
}

fn listify(others: Others, nullable: bool) -> Lineage {
    let older = if nullable { text().nullable() } else { text() };
    let fallback = if nullable { Slot::Unset } else { "none".into() };
    lineage(field(FieldKind::list_of(FieldKind::Text)), &[Op::Listify { field: older, pick: Pick::First, others, fallback }])
}

#[test]
fn one_value_became_a_list() {
    let lineage = listify(Others::Go, true);
    let newer = at(&lineage, &record(&lineage, "1.0", "a"), "1.1");
    assert_eq!(it(&newer), &list(["a"]));
    assert!(newer.carry().is_empty());
    assert_eq!(it(&at(&lineage, &record(&lineage, "1.0", Slot::Null), "1.1")), &list::<&str>([]));
    let empty = record(&lineage, "1.1", list::<&str>([]));
    assert_eq!(it(&at(&lineage, &empty, "1.0")), &Slot::Null);
    assert_eq!(at(&lineage, &at(&lineage, &empty, "1.0"), "1.1"), empty);
    let lineage = listify(Others::Go, false);
    let empty = record(&lineage, "1.1", list::<&str>([]));
    let shown = at(&lineage, &empty, "1.0");
    assert_eq!(it(&shown), &"none".into());
    assert_eq!(at(&lineage, &shown, "1.1"), empty);
}

#[test]
fn trap_3_the_old_side_edits_the_head_of_a_list_and_the_edit_wins() {
    for (others, expected) in [(Others::Go, list(["z"])), (Others::Stay, list(["z", "b", "c"]))] {
        let lineage = listify(others, true);
        let newest = record(&lineage, "1.1", list(["a", "b", "c"]));
        let shown = at(&lineage, &newest, "1.0");
        assert_eq!(it(&shown), &"a".into());
        assert_eq!(at(&lineage, &shown, "1.1"), newest, "untouched, all of it comes back");
        assert_eq!(edited(&lineage, &shown, "z"), expected);
        assert_eq!(edited(&lineage, &shown, Slot::Null), list::<&str>([]), "what was cleared is empty");
    }
}

fn disks(lists: bool) -> Registry {
    let disk = ObjectSpec::new("Disk", "demo", "1.0".parse().unwrap());
    let text = |name| FieldSpec::new(name, FieldKind::Text).class(FieldClass::Public);
    let disk = disk.field(text("name").read_only()).field(text("note")).build().unwrap();
    let disk = Declaration { head: disk, releases: vec![Release::new("1.0".parse().unwrap(), "first version")] };
    let object = || FieldKind::Object("Disk".into());
    let (list, map) = (field(FieldKind::list_of(object())), field(FieldKind::map_of(object())));
    let (newest, op) =
        if lists { (map, Op::KeyBy { field: list, key: "name".into() }) } else { (list, Op::Unkey { field: map, key: "name".into() }) };
    Registry::builder().declaration(disk).declaration(declare(newest, &[&[op]])).build().unwrap()
}

fn disk(registry: &Registry, name: &str, note: &str) -> Value {
    let mut disk = Record::new(registry.lineage("Disk").unwrap().head().clone());
    disk.fill(0, name.into()).unwrap();
    disk.fill(1, note.into()).unwrap();
    Value::from(disk)
}

#[test]
fn a_list_became_a_map_and_its_order_comes_back() {
    let registry = disks(true);
    let lineage = registry.lineage("Thing").unwrap();
    let disks = |pairs: &[(&str, &str)]| list(pairs.iter().map(|(name, note)| disk(&registry, name, note)));
    let older = record(lineage, "1.0", disks(&[("vdb", "1"), ("vda", "2"), ("vdc", "3")]));
    let newer = at(lineage, &older, "1.1");
    let Some(Value::Map(entries)) = it(&newer).value() else { panic!() };
    assert!(entries.keys().eq(["vda", "vdb", "vdc"]));
    // Only the order is carried.
    let (_, Hop::Known(fields)) = newer.carry().hops().next().unwrap() else { panic!() };
    assert_eq!(fields.get("it").unwrap().slot, list(["vdb", "vda", "vdc"]));
    let hop = "1.1".parse().unwrap();
    assert_eq!(registry.carried_field(newer.spec(), &hop, "it").unwrap().kind, FieldKind::list_of(FieldKind::Text));
    assert_eq!(at(lineage, &newer, "1.0"), older);

    // The new side takes one out, changes one and puts one in: the others stay where they were.
    let mut entries = entries.clone();
    entries.remove("vda");
    entries.insert("aaa".to_owned(), Some(disk(&registry, "aaa", "4")));
    entries.insert("vdb".to_owned(), Some(disk(&registry, "vdb", "5")));
    let mut edited = newer;
    edited.set("it", Value::Map(entries)).unwrap();
    assert_eq!(it(&at(lineage, &edited, "1.0")), &disks(&[("vdb", "5"), ("vdc", "3"), ("aaa", "4")]));

    let twice = record(lineage, "1.0", disks(&[("vda", "1"), ("vda", "2")]));
    let error = lineage.convert(twice, &"1.1".parse().unwrap()).unwrap_err();
    assert!(std::error::Error::source(&error).is_none_or(|source| !source.to_string().contains("vda")), "{error:?}");
    assert!(error.to_string().contains("key_by(it, key = name)"), "{error}");
    let misplaced = record(lineage, "1.1", map([("vdb", disk(&registry, "vda", "1"))]));
    assert!(matches!(lineage.convert(misplaced, &"1.0".parse().unwrap()), Err(Error::NotConverted(_))));
}

#[test]
fn a_map_became_a_list() {
    let registry = disks(false);
    let lineage = registry.lineage("Thing").unwrap();
    let newest = record(lineage, "1.1", list([disk(&registry, "vdb", "1"), disk(&registry, "vda", "2")]));
    let older = at(lineage, &newest, "1.0");
    assert_eq!(it(&older), &map([("vda", disk(&registry, "vda", "2")), ("vdb", disk(&registry, "vdb", "1"))]));
    assert_eq!(at(lineage, &older, "1.1"), newest);
    let object = || FieldKind::Object("Disk".into());
    let key_by = || Op::KeyBy { field: field(FieldKind::list_of(object())), key: "name".into() };
    assert_eq!(fault(field(FieldKind::map_of(FieldKind::Text)), &[key_by()]), OpFault::NotKeyed);
    let relax = Op::Relax { field: "it".into(), fallback: Value::Map([].into()) };
    assert_eq!(fault(field(FieldKind::map_of(object())).nullable(), &[key_by(), relax]), OpFault::NotAlone);
}

#[test]
fn a_list_whose_order_came_back_is_told_as_restored() {
    let registry = disks(true);
    let lineage = registry.lineage("Thing").unwrap();
    let outcome = |record: &Record| {
        let (_, steps) = registry.explain(record.clone(), &"1.0".parse().unwrap(), &Manifest::default()).unwrap();
        steps.iter().find(|step| step.op.starts_with("key_by")).unwrap().fields.first().unwrap().1
    };
    let older = record(lineage, "1.0", list(["vdb", "vda"].map(|name| disk(&registry, name, "1"))));
    let newest = at(lineage, &older, "1.1");
    assert_eq!(outcome(&newest), Outcome::Restored);
    // Other disks have no order that anybody knew.
    let mut edited = newest;
    edited.set("it", map([("vdx", disk(&registry, "vdx", "1"))])).unwrap();
    assert_eq!(outcome(&edited), Outcome::Overridden);
}

#[test]
fn nothing_more_is_done_to_a_list_whose_other_items_stay() {
    let relax = Op::Relax { field: "it".into(), fallback: Value::List(Vec::new()) };
    let listify = |others| Op::Listify { field: text(), pick: Pick::First, others, fallback: "".into() };
    let newest = || field(FieldKind::list_of(FieldKind::Text)).nullable();
    assert_eq!(fault(newest(), &[listify(Others::Stay), relax.clone()]), OpFault::NotAlone);
    lineage(newest(), &[listify(Others::Go), relax]);
}

fn tags(kind: fn(FieldKind) -> FieldKind) -> (FieldSpec, Op) {
    let state = |values: &[&str]| FieldKind::Enum(EnumSpec::new("Tag", values.iter().copied()));
    let newest = field(kind(state(&["small", "large", "huge"])));
    let op = Op::EnumAdd { field: "it".into(), value: "huge".into(), shown_as: "large".into() };
    (newest, Op::Each { field: "it".into(), op: Box::new(op) })
}

fn tag(text: &str) -> Value {
    let kind = FieldKind::Enum(EnumSpec::new("Tag", ["small", "large", "huge"]));
    Value::from_text(&kind, text).unwrap()
}

/// The order of the values of an enum is no part of its kind, and what was removed has lost its place.
#[test]
fn a_value_is_removed_from_the_enum_of_what_has_become_a_list() {
    let tags = |values: &[&str]| FieldKind::Enum(EnumSpec::new("Tag", values.iter().copied()));
    let listify = Op::Listify {
        field: field(tags(&["huge", "small", "large"])),
        pick: Pick::First,
        others: Others::Go,
        fallback: Slot::Value(tag("small")),
    };
    let remove = Op::EnumRemove { field: "it".into(), value: "huge".into(), becomes: "large".into() };
    let each = Op::Each { field: "it".into(), op: Box::new(remove) };
    let lineage = lineage(field(FieldKind::list_of(tags(&["small", "large"]))), &[listify, each]);
    let items = |items: &[&str]| list(items.iter().map(|item| tag(item)));
    assert_eq!(it(&at(&lineage, &record(&lineage, "1.0", Slot::Value(tag("huge"))), "1.1")), &items(&["large"]));
    assert_eq!(it(&at(&lineage, &record(&lineage, "1.1", items(&["small", "large"])), "1.0")), &Slot::Value(tag("small")));
}

#[test]
fn trap_4_items_are_known_again_by_what_they_are_shown_as_and_never_by_their_place() {
    let (newest, each) = tags(FieldKind::list_of);
    let lineage = lineage(newest, &[each]);
    let items = |items: &[&str]| list(items.iter().map(|item| tag(item)));
    let newest = record(&lineage, "1.1", items(&["small", "huge", "large"]));
    let shown = at(&lineage, &newest, "1.0");
    assert_eq!(it(&shown), &items(&["small", "large", "large"]));
    assert_eq!(at(&lineage, &shown, "1.1"), newest);
    // The first is taken out and another put at the end: each of those that are left is what it was.
    assert_eq!(edited(&lineage, &shown, items(&["large", "large", "small"])), items(&["huge", "large", "small"]));
    assert_eq!(edited(&lineage, &shown, items(&["small"])), items(&["small"]));
    // One is taken out: what follows it is not taken for it, though it is shown alike.
    let newest = record(&lineage, "1.1", items(&["huge", "small", "large"]));
    assert_eq!(edited(&lineage, &at(&lineage, &newest, "1.0"), items(&["small", "large"])), items(&["small", "large"]));
    // One is changed where it is: of two that are shown alike, each is what it was.
    let newest = record(&lineage, "1.1", items(&["large", "huge"]));
    assert_eq!(edited(&lineage, &at(&lineage, &newest, "1.0"), items(&["small", "large"])), items(&["small", "huge"]));
}

#[test]
fn items_of_a_set_that_are_shown_as_one_all_come_back() {
    let (newest, each) = tags(FieldKind::set_of);
    let lineage = lineage(newest, &[each]);
    let items = |items: &[&str]| set(items.iter().map(|item| tag(item)));
    let newest = record(&lineage, "1.1", items(&["small", "large", "huge"]));
    let shown = at(&lineage, &newest, "1.0");
    assert_eq!(it(&shown), it(&record(&lineage, "1.0", items(&["small", "large"]))));
    assert_eq!(at(&lineage, &shown, "1.1"), newest);
    assert_eq!(&edited(&lineage, &shown, items(&["large"])), it(&record(&lineage, "1.1", items(&["large", "huge"]))));
    assert_eq!(edited(&lineage, &shown, items(&["small"])), items(&["small"]));
}

#[test]
fn s6_a_key_is_in_every_version_and_no_secret() {
    let build = |disk: std::sync::Arc<ObjectSpec>, releases: Vec<Release>| {
        let disk = Declaration { head: disk, releases };
        let list = field(FieldKind::list_of_objects("Disk"));
        let newest = field(FieldKind::map_of(FieldKind::Object("Disk".into())));
        let thing = declare(newest, &[&[Op::KeyBy { field: list, key: "name".into() }]]);
        match Registry::builder().declaration(disk).declaration(thing).build() {
            Err(HistoryError::Op { fault, op, .. }) => Some((fault, op)),
            Err(other) => panic!("{other:?}"),
            Ok(_) => None,
        }
    };
    let version = |text: &str| text.parse().unwrap();
    let of = |field: FieldSpec| ObjectSpec::new("Disk", "demo", version("1.0")).field(field).build().unwrap();
    let first = || vec![Release::new(version("1.0"), "first version")];
    let name = || FieldSpec::new("name", FieldKind::Text).class(FieldClass::Public);
    let no_key = Some((OpFault::NoKey, "key_by(it, key = name)".to_owned()));
    assert_eq!(build(of(name()), first()), None);
    // The keys are names in the map, and their order travels in the carry.
    assert_eq!(build(of(name().class(FieldClass::Secret)), first()), no_key);
    assert_eq!(build(of(name().nullable()), first()), no_key);
    assert_eq!(build(of(FieldSpec { name: "other".into(), ..name() }), first()), no_key);
    // A peer may have the objects at a version in which the key is called otherwise.
    let renamed = ObjectSpec::new("Disk", "demo", version("1.1")).field(name()).build().unwrap();
    let rename = Release::new(version("1.1"), "a name").op(Op::Rename { from: "label".into(), to: "name".into() });
    assert_eq!(build(renamed, first().into_iter().chain([rename]).collect()), no_key);
}

#[test]
fn what_is_restored_beside_an_edit_gives_way_where_there_is_no_room() {
    let (newest, each) = tags(FieldKind::set_of);
    let newest = newest.limits(Limits { max_items: Some(2), ..Limits::default() });
    let lineage = lineage(newest, &[each]);
    let items = |items: &[&str]| set(items.iter().map(|item| tag(item)));
    let newest = record(&lineage, "1.1", items(&["large", "huge"]));
    let mut older = at(&lineage, &newest, "1.0");
    older.set("it", items(&["large", "small"])).unwrap();
    let back = lineage.convert(older, &"1.1".parse().unwrap());
    assert_eq!(back.as_ref().map(it), Ok(&items(&["large", "small"])));
}

#[test]
fn an_edit_that_could_not_be_told_from_what_it_was_is_all_that_counts() {
    // Of 0 and of what is too large nobody sees more than what stands for them.
    let narrow = field(FieldKind::set_of(FieldKind::Integer(IntegerWidth::U8)));
    let newest = narrow.clone().limits(Limits { min: Some(0), max: Some(99), ..Limits::default() });
    let older = FieldSpec { limits: Limits { min: Some(14), ..Limits::default() }, ..narrow };
    let item = |field: &FieldSpec| FieldSpec { kind: FieldKind::Integer(IntegerWidth::U8), ..field.clone() };
    let constrain = Op::Constrain { field: item(&older), fallback: Value::from(14_i64).into(), fill: Value::from(0_i64).into() };
    let lineage = lineage(newest, &[Op::Each { field: "it".into(), op: Box::new(constrain) }]);
    let numbers = |numbers: &[i64]| set(numbers.iter().map(|number| Value::from(*number)));
    let newest = record(&lineage, "1.1", numbers(&[0]));
    let mut older = at(&lineage, &newest, "1.0");
    assert_eq!(it(&older), &numbers(&[14]));
    older.set("it", numbers(&[14, 255])).unwrap();
    // 14 stood for 0, and 0 stands for 255: one of them would be lost.
    let back = at(&lineage, &older, "1.1");
    assert_eq!(it(&back), &numbers(&[0, 14]));
    assert_eq!(it(&at(&lineage, &back, "1.0")), it(&older));
}

#[test]
fn entries_of_a_map_are_known_again_by_name() {
    let narrow = field(FieldKind::map_of(FieldKind::Integer(IntegerWidth::I8)));
    let item = FieldSpec { kind: FieldKind::Integer(IntegerWidth::I8), ..narrow };
    let widen = Op::Widen { field: item, fallback: number(0) };
    let wide = field(FieldKind::map_of(FieldKind::Integer(IntegerWidth::I64)));
    let lineage = lineage(wide.clone(), &[Op::Each { field: "it".into(), op: Box::new(widen.clone()) }]);
    let newest = record(&lineage, "1.1", map([("a", 1000), ("b", 2), ("c", 3000)]));
    let shown = at(&lineage, &newest, "1.0");
    assert_eq!(it(&shown), &map([("a", 0), ("b", 2), ("c", 0)]));
    assert_eq!(at(&lineage, &shown, "1.1"), newest);
    assert_eq!(edited(&lineage, &shown, map([("a", 5), ("c", 0), ("d", 7)])), map([("a", 5), ("c", 3000), ("d", 7)]));

    let each = |op: Op| Op::Each { field: "it".into(), op: Box::new(op) };
    assert_eq!(fault(integer(), &[each(widen.clone())]), OpFault::NoItems);
    assert_eq!(fault(wide.clone(), &[each(Op::Rename { from: "a".into(), to: "b".into() })]), OpFault::NotOfItems);
    let other = Op::Require { field: "other".into(), fill: Value::from(1) };
    assert_eq!(fault(wide, &[each(other)]), OpFault::NotOfItems);
    let objects = field(FieldKind::list_of_objects("Disk"));
    assert_eq!(fault(objects, &[each(widen)]), OpFault::ObjectsInside);
}

#[test]
fn a_rule_that_an_item_breaks_names_its_place_and_no_value() {
    let item = |max| FieldSpec { limits: Limits { max_chars: Some(max), ..Limits::default() }, ..text() };
    let newest = FieldSpec { kind: FieldKind::list_of(FieldKind::Text), ..item(9) };
    let op = Op::Constrain { field: item(3), fallback: Slot::Unset, fill: Slot::Unset };
    let lineage = lineage(newest, &[Op::Each { field: "it".into(), op: Box::new(op) }]);
    let newest = record(&lineage, "1.1", list(["abc", "canary"]));
    let Error::NotConverted(refused) = lineage.convert(newest, &"1.0".parse().unwrap()).unwrap_err() else { panic!() };
    assert_eq!(refused.to_string(), "cannot take field `it` of `Thing` from 1.1 to 1.0 by `each(constrain(it))`");
    assert_eq!(refused.misfit.to_string(), "item 1 has 6 characters, at most 3 are allowed");
}

fn labels(op: Op) -> Lineage {
    lineage(field(FieldKind::map_of(FieldKind::Text)), &[Op::Within { field: "it".into(), op: Box::new(op) }])
}

#[test]
fn an_entry_of_a_map_is_renamed() {
    let lineage = labels(Op::Rename { from: "hw_cpu".into(), to: "hw:cpu".into() });
    let older = record(&lineage, "1.0", map([("hw_cpu", "2"), ("os", "linux")]));
    let newer = at(&lineage, &older, "1.1");
    assert_eq!(it(&newer), &map([("hw:cpu", "2"), ("os", "linux")]));
    assert_eq!(at(&lineage, &newer, "1.0"), older);
    // One that had both names is shown one of them, and keeps the other.
    let both = record(&lineage, "1.1", map([("hw:cpu", "2"), ("hw_cpu", "old")]));
    let shown = at(&lineage, &both, "1.0");
    assert_eq!(it(&shown), &map([("hw_cpu", "2")]));
    assert_eq!(at(&lineage, &shown, "1.1"), both);
    assert_eq!(edited(&lineage, &shown, map([("hw_cpu", "4"), ("x", "y")])), map([("hw:cpu", "4"), ("hw_cpu", "old"), ("x", "y")]));
}

#[test]
fn the_value_of_one_entry_is_changed() {
    let pairs = vec![("yes".into(), "true".into()), ("y".into(), "true".into())];
    let op = Op::MapValues { field: FieldSpec { name: "ready".into(), ..text() }, table: pairs, fallback: Slot::Unset, fill: Slot::Unset };
    let lineage = labels(op.clone());
    let older = record(&lineage, "1.0", map([("ready", "y"), ("other", "y")]));
    let newer = at(&lineage, &older, "1.1");
    assert_eq!(it(&newer), &map([("ready", "true"), ("other", "y")]));
    assert_eq!(at(&lineage, &newer, "1.0"), older);
    // Another entry is changed: this one is still what it was.
    let mut other = newer;
    other.set("it", map([("ready", "true"), ("other", "z")])).unwrap();
    assert_eq!(it(&at(&lineage, &other, "1.0")), &map([("ready", "y"), ("other", "z")]));

    let within = |op: &Op| Op::Within { field: "it".into(), op: Box::new(op.clone()) };
    assert_eq!(fault(field(FieldKind::list_of(FieldKind::Text)), &[within(&op)]), OpFault::NoMap);
    let widen = Op::Widen { field: FieldSpec { name: "n".into(), ..field(FieldKind::Uuid) }, fallback: Slot::Unset };
    assert_eq!(fault(field(FieldKind::map_of(FieldKind::Text)), &[within(&widen)]), OpFault::EntryOfOtherKind);
    // A map of short names: the first object that has the entry would be refused.
    let short = || field(FieldKind::map_of(FieldKind::Text)).limits(Limits { max_key_bytes: Some(4), ..Limits::default() });
    let names = [Op::Rename { from: "r".into(), to: "ready".into() }, Op::Rename { from: "ready".into(), to: "r".into() }, op];
    for op in names {
        assert_eq!(fault(short(), &[within(&op)]), OpFault::EntryName(Rule::KeyBytes { limit: 4, found: 5 }));
    }
}

#[test]
fn null_and_unset_stay_what_they_are() {
    let (newest, each) = tags(FieldKind::list_of);
    let lineage = lineage(newest.nullable(), &[each]);
    for slot in [Slot::Unset, Slot::Null] {
        let older = record(&lineage, "1.0", slot.clone());
        assert_eq!(it(&at(&lineage, &older, "1.1")), &slot);
        assert_eq!(it(&at(&lineage, &record(&lineage, "1.1", slot.clone()), "1.0")), &slot);
    }
}

#[test]
fn a_table_names_single_values_once_each() {
    let table = |field: FieldSpec, table: Vec<(Value, Value)>| Op::MapValues { field, table, fallback: Slot::Unset, fill: Slot::Unset };
    assert_eq!(fault(text(), &[table(text(), vec![("a".into(), "b".into()), ("a".into(), "c".into())])]), OpFault::MappedTwice);
    assert!(matches!(fault(text(), &[table(text(), vec![(1.into(), "b".into())])]), OpFault::Value(_)));
    let items: Vec<Item> = Vec::new();
    let lists = field(FieldKind::list_of(FieldKind::Text));
    assert_eq!(fault(lists.clone(), &[table(lists, vec![(Value::List(items.clone()), Value::List(items))])]), OpFault::NoScalar);
    assert_eq!(fault(text().nullable(), &[table(text(), Vec::new())]), OpFault::RetypedNull);
}
