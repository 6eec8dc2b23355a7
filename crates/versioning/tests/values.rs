//! Ops on what the values of a field are: `widen`, `constrain`, and the values of enums.
#![cfg(test)]

use recension_model::{
    Declaration, EnumSpec, FieldClass, FieldKind, FieldSpec, IntegerWidth, IpFamily, Limits, Misfit, ObjectSpec, Op, Record, Release, Rule,
    Slot, Value,
};
use recension_versioning::{Error, HistoryError, Lineage, NotConverted, OpFault};

fn field(kind: FieldKind) -> FieldSpec {
    FieldSpec::new("it", kind).class(FieldClass::Public)
}

fn integer(width: IntegerWidth) -> FieldSpec {
    field(FieldKind::Integer(width))
}

fn text(max_chars: u32) -> FieldSpec {
    field(FieldKind::Text).limits(Limits { max_chars: Some(max_chars), ..Limits::default() })
}

fn state<const N: usize>(values: [&str; N]) -> FieldSpec {
    field(FieldKind::Enum(EnumSpec::new("State", values)))
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

fn refused(newest: FieldSpec, op: Op) -> OpFault {
    match Lineage::new(&declare(newest, &[&[op]])) {
        Err(HistoryError::Op { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

/// A record of a version whose field has this state.
fn record(lineage: &Lineage, version: &str, slot: impl Into<Slot>) -> Record {
    let mut record = Record::new(lineage.shape(&version.parse().unwrap()).unwrap().clone());
    record.set("it", slot).unwrap();
    record
}

fn at(lineage: &Lineage, record: &Record, version: &str) -> Record {
    lineage.convert(record.clone(), &version.parse().unwrap()).unwrap()
}

fn it(record: &Record) -> &Slot {
    record.slot("it").unwrap()
}

fn value(field: &FieldSpec, text: &str) -> Slot {
    Value::from_text(&field.kind, text).unwrap().into()
}

fn enum_add(value: &str, shown_as: &str) -> Op {
    Op::EnumAdd { field: "it".into(), value: value.into(), shown_as: shown_as.into() }
}

fn enum_remove(value: &str, becomes: &str) -> Op {
    Op::EnumRemove { field: "it".into(), value: value.into(), becomes: becomes.into() }
}

fn enum_rename(from: &str, to: &str) -> Op {
    Op::EnumRename { field: "it".into(), from: from.into(), to: to.into() }
}

#[test]
fn trap_3_the_old_side_edits_what_stands_for_a_new_value_and_the_edit_wins() {
    let newest = state(["pending", "running", "queued"]);
    let lineage = lineage(newest.clone(), &[enum_add("queued", "pending")]);
    let queued = record(&lineage, "1.1", value(&newest, "queued"));
    let shown = at(&lineage, &queued, "1.0");
    assert_eq!(it(&shown), &value(&newest, "pending"));
    assert_eq!(at(&lineage, &shown, "1.1"), queued, "untouched, it comes back");

    let mut edited = shown.clone();
    edited.set("it", value(&newest, "running")).unwrap();
    assert_eq!(it(&at(&lineage, &edited, "1.1")), &value(&newest, "running"));
    // A value that the old side knows too needs no carry.
    assert!(at(&lineage, &record(&lineage, "1.1", value(&newest, "running")), "1.0").carry().is_empty());
}

#[test]
fn a_value_that_was_taken_away_is_what_it_became_and_comes_back_to_who_knows_it() {
    let (older, newest) = (state(["on", "off", "standby"]), state(["on", "off"]));
    let lineage = lineage(newest.clone(), &[enum_remove("standby", "off")]);
    assert_eq!(lineage.shape(&"1.0".parse().unwrap()).unwrap().fields, std::slice::from_ref(&older));
    let standby = record(&lineage, "1.0", value(&older, "standby"));
    let upgraded = at(&lineage, &standby, "1.1");
    assert_eq!(it(&upgraded), &value(&newest, "off"));
    assert_eq!(at(&lineage, &upgraded, "1.0"), standby);
    let mut edited = upgraded;
    edited.set("it", value(&newest, "on")).unwrap();
    assert_eq!(it(&at(&lineage, &edited, "1.0")), &value(&older, "on"));
}

#[test]
fn a_value_under_another_name_is_the_same_value() {
    let machine = |states: [&str; 2]| {
        let [first, second] = states;
        field(FieldKind::Enum(EnumSpec::machine("Run", [(first, vec![second]), (second, vec![])])))
    };
    let lineage = lineage(machine(["waiting", "done"]), &[enum_rename("queued", "waiting")]);
    assert_eq!(lineage.shape(&"1.0".parse().unwrap()).unwrap().fields, [machine(["queued", "done"])]);
    let waiting = record(&lineage, "1.1", value(&machine(["waiting", "done"]), "waiting"));
    let shown = at(&lineage, &waiting, "1.0");
    assert_eq!((it(&shown), shown.carry().is_empty()), (&value(&machine(["queued", "done"]), "queued"), true));
    assert_eq!(at(&lineage, &shown, "1.1"), waiting);
}

#[test]
fn trap_9_a_number_that_the_narrow_type_has_not_is_an_error_or_a_fallback_and_never_another_number() {
    let (narrow, wide) = (integer(IntegerWidth::I32), integer(IntegerWidth::I64));
    let large = (1_i64 << 32) + 1;
    let strict = lineage(wide.clone(), &[Op::Widen { field: narrow.clone(), fallback: Slot::Unset }]);
    let error = strict.convert(record(&strict, "1.1", Value::from(large)), &"1.0".parse().unwrap()).unwrap_err();
    let Error::NotConverted(error) = error else { panic!("{error:?}") };
    let NotConverted { field, op, misfit, .. } = *error;
    assert_eq!((field.as_str(), op.as_str(), misfit), ("it", "widen(it)", Misfit::Rule(Rule::Width(IntegerWidth::I32))));
    assert_eq!(it(&at(&strict, &record(&strict, "1.1", Value::from(7)), "1.0")), &Value::from(7).into());

    let lineage = lineage(wide, &[Op::Widen { field: narrow, fallback: Value::from(-1).into() }]);
    let object = record(&lineage, "1.1", Value::from(large));
    let shown = at(&lineage, &object, "1.0");
    assert_eq!(it(&shown), &Value::from(-1).into());
    assert_eq!(at(&lineage, &shown, "1.1"), object);
    let mut edited = shown;
    edited.set("it", Value::from(5)).unwrap();
    assert_eq!(it(&at(&lineage, &edited, "1.1")), &Value::from(5).into());
}

#[test]
fn every_promotion_of_the_table_takes_values_up_and_back() {
    let address = |family| field(FieldKind::IpAddress(family));
    let same = |text: &str| (text.to_owned(), text.to_owned());
    for (older, newest, (before, after)) in [
        (integer(IntegerWidth::U32), field(FieldKind::Float), same("")),
        (integer(IntegerWidth::U64), field(FieldKind::Decimal), same("")),
        (state(["new", "old"]), field(FieldKind::Text), same("old")),
        (field(FieldKind::Uuid), field(FieldKind::Text), same("0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0")),
        (address(IpFamily::V4), address(IpFamily::Any), same("192.0.2.7")),
        (address(IpFamily::V6), address(IpFamily::Any), same("2001:db8::7")),
    ] {
        let lineage = lineage(newest.clone(), &[Op::Widen { field: older.clone(), fallback: Slot::Unset }]);
        let number = matches!(older.kind, FieldKind::Integer(_));
        let given = if number { Value::Integer(i128::from(u32::MAX)).into() } else { value(&older, &before) };
        let object = record(&lineage, "1.0", given);
        let upgraded = at(&lineage, &object, "1.1");
        if !number {
            assert_eq!(it(&upgraded), &value(&newest, &after));
        }
        assert_eq!(at(&lineage, &upgraded, "1.0"), object, "{newest:?}");
    }
}

#[test]
fn a_value_past_the_limits_of_the_other_version_is_an_error_or_what_stands_for_it() {
    let (short, long) = (text(3), text(8));
    // Longer since: an older reader is shown less.
    let longer = lineage(long.clone(), &[Op::Constrain { field: short.clone(), fallback: Value::from("-").into(), fill: Slot::Unset }]);
    let object = record(&longer, "1.1", Value::from("abcdef"));
    let shown = at(&longer, &object, "1.0");
    assert_eq!(it(&shown), &Value::from("-").into());
    assert_eq!(at(&longer, &shown, "1.1"), object);
    // Shorter since: an older value does not fit.
    let shorter = lineage(short, &[Op::Constrain { field: long, fallback: Slot::Unset, fill: Slot::Unset }]);
    let error = shorter.convert(record(&shorter, "1.0", Value::from("abcdef")), &"1.1".parse().unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "cannot take field `it` of `Thing` from 1.0 to 1.1 by `constrain(it)`");
    assert!(!format!("{error:?}").contains("abcdef"));
    assert_eq!(it(&at(&shorter, &record(&shorter, "1.0", Value::from("abc")), "1.1")), &Value::from("abc").into());
}

#[test]
fn ops_that_do_not_fit_the_field_are_refused() {
    let states = || state(["on", "off"]);
    let widen = |field, fallback| Op::Widen { field, fallback };
    let constrain = |field, fallback, fill| Op::Constrain { field, fallback, fill };
    let machine = field(FieldKind::Enum(EnumSpec::machine("Run", [("on", vec!["off"]), ("off", vec![])])));
    for (newest, op, fault) in [
        (states(), enum_add("new", "on"), OpFault::NoSuchValue),
        (states(), enum_add("on", "new"), OpFault::NoSuchValue),
        (states(), enum_add("on", "on"), OpFault::NoSuchValue),
        (states(), enum_remove("on", "off"), OpFault::ValueStillThere),
        (states(), enum_remove("old", "new"), OpFault::NoSuchValue),
        (machine, enum_remove("old", "on"), OpFault::StateRemoved),
        (states(), enum_rename("on", "off"), OpFault::ValueStillThere),
        (states(), enum_rename("old", "new"), OpFault::NoSuchValue),
        (text(3), enum_add("on", "off"), OpFault::NoEnum),
        (integer(IntegerWidth::I32), widen(integer(IntegerWidth::I64), Slot::Unset), OpFault::NotWider),
        (integer(IntegerWidth::I64), widen(integer(IntegerWidth::I64), Slot::Unset), OpFault::NotWider),
        (field(FieldKind::Float), widen(integer(IntegerWidth::I64), Slot::Unset), OpFault::NotWider),
        (integer(IntegerWidth::I64), widen(integer(IntegerWidth::I32).nullable(), Slot::Unset), OpFault::RetypedNull),
        (integer(IntegerWidth::I64), widen(integer(IntegerWidth::I32), Slot::Null), OpFault::Value(Rule::NotNull)),
        (text(3), constrain(integer(IntegerWidth::I8), Slot::Unset, Slot::Unset), OpFault::MoreThanLimits),
        (text(3), constrain(text(8).nullable(), Slot::Unset, Slot::Unset), OpFault::MoreThanLimits),
        (text(3), constrain(text(8), Slot::Unset, Value::from("four").into()), OpFault::Value(Rule::Chars { limit: 3, found: 4 })),
        (text(3), constrain(text(8), Value::from("a".repeat(9)).into(), Slot::Unset), OpFault::Value(Rule::Chars { limit: 8, found: 9 })),
    ] {
        let told = format!("{op:?}");
        assert_eq!(refused(newest, op), fault, "{told}");
    }
}

#[test]
fn a_jump_over_several_changes_of_one_enum_is_the_same_as_its_hops() {
    let newest = state(["waiting", "done", "paused"]);
    let releases: [&[Op]; 3] = [&[enum_remove("lost", "done")], &[enum_rename("queued", "waiting")], &[enum_add("paused", "waiting")]];
    let lineage = Lineage::new(&declare(newest.clone(), &releases)).unwrap();
    let paused = record(&lineage, "1.3", value(&newest, "paused"));
    let oldest = at(&lineage, &paused, "1.0");
    assert_eq!(oldest, ["1.2", "1.1", "1.0"].iter().fold(paused.clone(), |record, version| at(&lineage, &record, version)));
    assert_eq!(it(&oldest).value().and_then(Value::as_text), Some("queued"));
    assert_eq!(at(&lineage, &oldest, "1.3"), paused);
}
