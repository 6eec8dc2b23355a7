//! Fields that both versions have and show otherwise: `retype`, `require` and `relax`, with the guard of what
//! they carry.
#![cfg(test)]

use recension_model::{
    Carried, Carry, Conversion, Declaration, FieldClass, FieldKind, FieldSpec, Hop, IntegerWidth, Limits, Misfit, ObjectSpec, Op, Record,
    Release, Rule, Slot, Value,
};
use recension_versioning::{Error, Lineage, NotConverted, Registry};

fn text(name: &str) -> FieldSpec {
    FieldSpec::new(name, FieldKind::Text).class(FieldClass::Public).limits(Limits { max_chars: Some(8), ..Limits::default() })
}

fn number(name: &str) -> FieldSpec {
    FieldSpec::new(name, FieldKind::Integer(IntegerWidth::I64)).class(FieldClass::Public)
}

/// Sizes were texts with a unit and are bytes since: `4K`, `4096` and `004K` are the same number.
fn sizes() -> Conversion {
    let up = |size: &Value| {
        let text = size.as_text().unwrap_or_default();
        let (digits, unit) = text.strip_suffix('K').map_or((text, 1), |digits| (digits, 1_024));
        let bytes: i64 = digits.parse().map_err(|_| Misfit::new("is no number with a unit"))?;
        Ok(Value::from(bytes * unit))
    };
    let down = |bytes: &Value| match bytes.as_integer() {
        Some(bytes) if bytes % 1_024 == 0 => Ok(Value::from(format!("{}K", bytes / 1_024))),
        Some(bytes) if bytes >= 0 => Ok(Value::from(bytes.to_string())),
        _ => Err(Misfit::new("is less than nothing")),
    };
    Conversion::new("parse_size", up, "print_size", down)
}

/// Only the hundreds of a number are shown.
fn hundreds() -> Conversion {
    let up = |value: &Value| Ok(Value::from(i64::try_from(value.as_integer().unwrap_or_default()).unwrap_or_default() * 100));
    let down = |value: &Value| Ok(Value::from(i64::try_from(value.as_integer().unwrap_or_default()).unwrap_or_default() / 100));
    Conversion::new("times", up, "part", down)
}

fn retype(field: FieldSpec, conversion: Conversion) -> Op {
    Op::Retype { field, conversion }
}

fn declare(fields: &[FieldSpec], releases: &[&[Op]]) -> Declaration {
    let version = |minor: usize| format!("1.{minor}").parse().unwrap();
    let head = fields.iter().cloned().fold(ObjectSpec::new("Disk", "demo", version(releases.len())), |spec, field| spec.field(field));
    let later = releases.iter().enumerate().map(|(place, ops)| {
        let release = Release::new(version(place + 1), "a change");
        ops.iter().cloned().fold(release, Release::op)
    });
    Declaration { head: head.build().unwrap(), releases: std::iter::once(Release::new(version(0), "first version")).chain(later).collect() }
}

fn lineage(fields: &[FieldSpec], releases: &[&[Op]]) -> Lineage {
    Lineage::new(&declare(fields, releases)).unwrap()
}

/// A record with one field in this state, which is changed.
fn record(lineage: &Lineage, version: &str, slot: Slot) -> Record {
    let mut record = Record::new(lineage.shape(&version.parse().unwrap()).unwrap().clone());
    let name = record.spec().fields[0].name.clone();
    record.set(&name, slot).unwrap();
    record
}

fn of(value: impl Into<Value>) -> Slot {
    Slot::Value(value.into())
}

fn to(lineage: &Lineage, record: &Record, version: &str) -> Record {
    lineage.convert(record.clone(), &version.parse().unwrap()).unwrap()
}

/// What is carried for a hop, if the hop is.
fn carried(record: &Record, hop: &str) -> Option<Vec<(String, Slot)>> {
    let (_, hop) = record.carry().hops().find(|(version, _)| **version == hop.parse().unwrap())?;
    let Hop::Known(fields) = hop else { panic!("{hop:?}") };
    Some(fields.iter().map(|(name, carried)| (name.to_string(), carried.slot.clone())).collect())
}

fn not_converted(lineage: &Lineage, record: &Record, version: &str) -> NotConverted {
    match lineage.convert(record.clone(), &version.parse().unwrap()) {
        Err(Error::NotConverted(refused)) => *refused,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_retyped_field_goes_both_ways_and_carries_nothing_that_comes_back_by_itself() {
    let lineage = lineage(&[number("size")], &[&[retype(text("size"), sizes())]]);
    let newer = record(&lineage, "1.1", of(4_096));
    let older = to(&lineage, &newer, "1.0");
    assert_eq!(older.slots(), [of("4K")]);
    assert_eq!(older.changes(), newer.changes());
    assert!(older.carry().is_empty());
    assert_eq!(to(&lineage, &older, "1.1"), newer);
    // A partial object stays partial.
    let unset = Record::new(lineage.head().clone());
    assert_eq!(to(&lineage, &unset, "1.0").slots(), [Slot::Unset]);
}

#[test]
fn a_value_that_would_come_back_otherwise_is_carried_either_way() {
    let coarse = lineage(&[number("size")], &[&[retype(number("size"), hundreds())]]);
    let newer = record(&coarse, "1.1", of(4_096));
    let older = to(&coarse, &newer, "1.0");
    assert_eq!(older.slots(), [of(40)]);
    assert_eq!(carried(&older, "1.1"), Some(vec![("size".to_owned(), of(4_096))]));
    assert_eq!(to(&coarse, &older, "1.1"), newer);
    let sizes = lineage(&[number("size")], &[&[retype(text("size"), sizes())]]);
    let older = record(&sizes, "1.0", of("004K"));
    let newer = to(&sizes, &older, "1.1");
    assert_eq!((newer.slots(), carried(&newer, "1.1")), (&[of(4_096)][..], Some(vec![("size".to_owned(), of("004K"))])));
    assert_eq!(to(&sizes, &newer, "1.0"), older);
}

#[test]
fn the_edit_of_a_retyped_field_wins_over_what_is_carried() {
    let lineage = lineage(&[number("size")], &[&[retype(number("size"), hundreds())]]);
    let mut older = to(&lineage, &record(&lineage, "1.1", of(4_096)), "1.0");
    older.set("size", of(41)).unwrap();
    let newer = to(&lineage, &older, "1.1");
    assert_eq!(newer.slots(), [of(4_100)]);
    assert!(newer.carry().is_empty());
    // One that was unset meanwhile stays so, and a value that was set again to what was shown is no edit.
    let mut older = to(&lineage, &record(&lineage, "1.1", of(4_096)), "1.0");
    let mut unset = older.clone();
    unset.unset("size").unwrap();
    assert_eq!(to(&lineage, &unset, "1.1").slots(), [Slot::Unset]);
    older.set("size", of(40)).unwrap();
    assert_eq!(to(&lineage, &older, "1.1").slots(), [of(4_096)]);
}

#[test]
fn a_value_without_a_counterpart_is_refused_and_named() {
    let lineage =
        lineage(&[number("bytes")], &[&[retype(text("size"), sizes())], &[Op::Rename { from: "size".into(), to: "bytes".into() }]]);
    let refused = not_converted(&lineage, &record(&lineage, "1.0", of("canary")), "1.2");
    assert_eq!((&*refused.field, refused.from.to_string(), refused.to.to_string()), ("size", "1.0".to_owned(), "1.1".to_owned()));
    assert_eq!(refused.misfit, Misfit::new("is no number with a unit"));
    assert_eq!(
        refused.to_string(),
        "cannot take field `size` of `Disk` from 1.0 to 1.1 by `retype(size, up = parse_size, down = print_size)`"
    );
    let refused = not_converted(&lineage, &record(&lineage, "1.2", of(-7)), "1.0");
    assert_eq!((refused.from.to_string(), refused.to.to_string()), ("1.1".to_owned(), "1.0".to_owned()));
    assert_eq!(refused.misfit, Misfit::new("is less than nothing"));
    // What the function gives must fit the field that it is for.
    let refused = not_converted(&lineage, &record(&lineage, "1.2", of(123_456_789)), "1.0");
    assert_eq!(refused.misfit, Misfit::Rule(Rule::Chars { limit: 8, found: 9 }));
}

#[test]
fn a_value_without_a_way_back_is_carried_until_somebody_edits_what_stands_for_it() {
    // Going up refuses what going down gives: 1.0 is shown a word.
    let words = Conversion::new("count", |_| Err(Misfit::new("is a word")), "word", |_| Ok(Value::from("many")));
    let lineage = lineage(&[number("size")], &[&[retype(text("size"), words)]]);
    let newer = record(&lineage, "1.1", of(7));
    let mut older = to(&lineage, &newer, "1.0");
    assert_eq!(to(&lineage, &older, "1.1"), newer);
    older.set("size", of("few")).unwrap();
    assert_eq!(not_converted(&lineage, &older, "1.1").misfit, Misfit::new("is a word"));
}

#[test]
fn a_required_field_is_filled_and_the_null_comes_back_unless_somebody_gave_a_value() {
    let lineage = lineage(&[text("zone")], &[&[Op::Require { field: "zone".into(), fill: "nova".into() }]]);
    let older = record(&lineage, "1.0", Slot::Null);
    let newer = to(&lineage, &older, "1.1");
    assert_eq!((newer.slots(), newer.changes()), (&[of("nova")][..], older.changes()));
    assert_eq!(carried(&newer, "1.1"), Some(vec![("zone".to_owned(), Slot::Null)]));
    assert_eq!(to(&lineage, &newer, "1.0"), older);
    let mut edited = newer;
    edited.set("zone", of("east")).unwrap();
    assert_eq!(to(&lineage, &edited, "1.0").slots(), [of("east")]);
    // A value of its own is neither filled nor carried, even one that is the fill.
    for own in ["nova", "west"] {
        let newer = to(&lineage, &record(&lineage, "1.0", of(own)), "1.1");
        assert_eq!((newer.slots(), newer.carry().is_empty()), (&[of(own)][..], true));
        assert_eq!(to(&lineage, &newer, "1.0").slots(), [of(own)]);
    }
    assert_eq!(to(&lineage, &Record::new(lineage.shapes()[0].clone()), "1.1").slots(), [Slot::Unset]);
}

#[test]
fn a_null_that_an_older_reader_may_not_see_comes_back_unless_somebody_gave_a_value() {
    let lineage = lineage(&[text("zone").nullable()], &[&[Op::Relax { field: "zone".into(), fallback: "none".into() }]]);
    let newer = record(&lineage, "1.1", Slot::Null);
    let older = to(&lineage, &newer, "1.0");
    assert_eq!((older.slots(), carried(&older, "1.1")), (&[of("none")][..], Some(vec![("zone".to_owned(), Slot::Null)])));
    assert_eq!(to(&lineage, &older, "1.1"), newer);
    let mut edited = older;
    edited.set("zone", of("east")).unwrap();
    assert_eq!(to(&lineage, &edited, "1.1").slots(), [of("east")]);
    let own = to(&lineage, &record(&lineage, "1.1", of("none")), "1.0");
    assert!(own.carry().is_empty());
    assert_eq!(to(&lineage, &own, "1.1").slots(), [of("none")]);
}

#[test]
fn ops_on_one_field_in_one_release_are_done_in_order() {
    let ops = [
        Op::Rename { from: "size".into(), to: "bytes".into() },
        retype(text("bytes").nullable(), sizes()),
        Op::Require { field: "bytes".into(), fill: Value::from(0) },
    ];
    let lineage = lineage(&[number("bytes")], &[&ops]);
    let oldest = &lineage.shapes()[0].fields[0];
    assert_eq!((&*oldest.name, oldest.kind.as_str(), oldest.nullable), ("size", "text", true));
    for (older, newer, carries) in [(Slot::Null, of(0), true), (of("2K"), of(2_048), false), (of("2048"), of(2_048), true)] {
        let before = record(&lineage, "1.0", older);
        let after = to(&lineage, &before, "1.1");
        assert_eq!((after.slots(), !after.carry().is_empty()), (&[newer][..], carries));
        assert_eq!(to(&lineage, &after, "1.0"), before);
    }
}

#[test]
fn a_default_goes_through_the_ops_that_came_after_it() {
    let add = Op::Add { field: "size".into(), old_default: of("4K") };
    let lineage = lineage(&[number("size")], &[&[add], &[retype(text("size"), sizes())]]);
    let oldest = Record::new(lineage.shapes()[0].clone());
    assert_eq!(to(&lineage, &oldest, "1.2").slots(), [of(4_096)]);
    let mut partial = Record::new(lineage.head().clone());
    lineage.fill_defaults(&mut partial, &"1.0".parse().unwrap(), &[]).unwrap();
    assert_eq!(partial.slots(), [of(4_096)]);
}

#[test]
fn a_sparse_carry_says_neither_that_an_object_is_partial_nor_that_it_is_whole() {
    let gone = Op::Remove { field: text("gone"), fallback: of("none") };
    let releases: [&[Op]; 2] = [&[retype(text("size"), sizes()), gone], &[Op::Add { field: "note".into(), old_default: of("none") }]];
    let lineage = lineage(&[number("size"), text("note")], &releases);
    let mut oldest = record(&lineage, "1.0", of("004K"));
    // Nothing is known of `gone`, and what the other field carries does not stand for it.
    let newest = to(&lineage, &oldest, "1.2");
    assert_eq!(carried(&newest, "1.1"), Some(vec![("size".to_owned(), of("004K"))]));
    assert_eq!(newest.slots(), [of(4_096), Slot::Unset]);
    for (size, carries) in [("004K", 2), ("4K", 1)] {
        oldest.set("size", of(size)).unwrap();
        oldest.set("gone", of("gone")).unwrap();
        let newest = to(&lineage, &oldest, "1.2");
        assert_eq!((newest.slots(), carried(&newest, "1.1").unwrap().len()), (&[of(4_096), of("none")][..], carries));
    }
}

#[test]
fn what_is_carried_of_a_field_of_both_versions_is_the_other_side() {
    let ops = [
        retype(text("size"), sizes()),
        Op::Require { field: "zone".into(), fill: "x".into() },
        Op::Relax { field: "note".into(), fallback: "x".into() },
        retype(text("token"), sizes()),
    ];
    let secret = number("token").class(FieldClass::Secret);
    let declaration = declare(&[number("size"), text("zone"), text("note").nullable(), secret, text("name")], &[&ops]);
    let registry = Registry::builder().declaration(declaration.clone()).build().unwrap();
    let (hop, newest) = ("1.1".parse().unwrap(), &declaration.head);
    let oldest = registry.lineage("Disk").unwrap().shapes()[0].clone();
    let above = |name| registry.carried_field(&oldest, &hop, name);
    let below = |name| registry.carried_field(newest, &hop, name);
    assert_eq!(above("size").map(|field| field.kind.as_str()), Some("integer"));
    assert_eq!(below("size").map(|field| field.kind.as_str()), Some("text"));
    assert_eq!((above("zone").is_some(), below("zone").map(|field| field.nullable)), (false, Some(true)));
    assert_eq!((above("note").map(|field| field.nullable), below("note").is_some()), (Some(true), false));
    assert!(above("name").is_none() && below("name").is_none());
    // A secret of either side is one wherever it is carried.
    assert_eq!([above("token"), below("token")].map(|field| field.unwrap().class), [FieldClass::Secret; 2]);
}

#[test]
fn a_carry_that_does_not_fit_is_dropped() {
    let lineage = lineage(&[number("size")], &[&[retype(text("size"), sizes())]]);
    for wrong in [of("4K"), Slot::Null, Slot::Unset, of(-7), of(5)] {
        let mut older = record(&lineage, "1.0", of("4K"));
        let mut carry = Carry::default();
        carry.put("1.1".parse().unwrap(), Hop::Known([("size".into(), Carried { slot: wrong, changed: true })].into()));
        older.set_carry(carry);
        let newer = to(&lineage, &older, "1.1");
        assert_eq!((newer.slots(), newer.carry().is_empty()), (&[of(4_096)][..], true));
    }
}
