//! Typed and dynamic agree; down and up again restores; partial objects stay partial; unset, null and value
//! survive the wire, an edit and conversion.
#![cfg(test)]

use std::collections::BTreeSet;

use proptest::prelude::*;
use recension::versioning::Manifest;
use recension::wire::{self, Codec, Error, Form};
use recension::{
    Carry, Edit, FieldKind, FieldSet, IpFamily, Misfit, Object, ObjectDraft, Partial, Persisted, Record, Revision, Slot, VersionedObject,
};
use recension_testkit::messages::twists;
use recension_testkit::{Case, Trials, cases, laws, prove, typed};
use recension_tests::{Cable, Kinds, Part, Sample};

prove!(sample_obeys, Sample);
prove!(kinds_obey, Kinds);
prove!(part_obeys, Part);
prove!(cable_obeys, Cable);
prove!(bottle_obeys, Bottle);

/// An object whose functions refuse most texts, and a few numbers.
#[derive(Clone, VersionedObject)]
#[object(namespace = "sample", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "the year is a number", retype(year: String -> u16, up = read, down = write, max_chars = 4))]
struct Bottle {
    #[field(max = 9999)]
    year: u16,
    #[field(max_chars = 9)]
    grape: Option<String>,
}

fn read(year: &str) -> Result<u16, Misfit> {
    year.parse().map_err(|_| Misfit::new("is no year"))
}

fn write(year: &u16) -> Result<String, Misfit> {
    if *year == 9_999 { Err(Misfit::new("is unknown")) } else { Ok(year.to_string()) }
}

/// 500 random histories, each with an object and versions to take it to; more where `RECENSION_HISTORIES` says so.
fn random(law: impl Fn(&Case) -> Result<(), laws::LawBroken>) {
    let histories = std::env::var("RECENSION_HISTORIES").ok().and_then(|histories| histories.parse().ok()).unwrap_or(500);
    held(&Trials::new(histories), &cases(), |case| Ok(law(&case)?));
}

fn held<S: Strategy>(trials: &Trials, strategy: &S, law: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    if let Err(broken) = trials.run(strategy, law) {
        panic!("{broken}");
    }
}

#[test]
fn an_object_at_its_own_version_is_the_same_in_500_histories() {
    random(|case| laws::same(&case.registry, &case.record));
}

#[test]
fn down_and_up_again_restores_in_500_histories() {
    random(|case| laws::restore(&case.registry, &case.record, &case.versions));
}

#[test]
fn up_and_down_again_gives_an_older_object_back_in_500_histories() {
    random(|case| laws::faithful(&case.registry, &case.other, &case.versions));
}

#[test]
fn what_an_old_writer_changes_wins_and_the_rest_survives_in_500_histories() {
    random(|case| laws::live_wins(&case.registry, &case.record, &case.other, &case.versions));
}

#[test]
fn a_jump_is_its_hops_in_500_histories() {
    random(|case| laws::path(&case.registry, &case.record, &case.versions));
}

#[test]
fn s17_partial_objects_stay_partial_in_500_histories() {
    random(|case| laws::partial_stays_partial(&case.registry, &case.record, &case.versions));
}

#[test]
fn s17_unset_null_and_value_survive_the_wire_in_500_histories() {
    random(|case| laws::round_trip(&Codec::default(), &case.registry, &case.record, &case.versions));
}

#[test]
fn s14_s16_the_short_and_the_long_way_agree_in_500_histories() {
    held(&Trials::new(500), &(cases(), twists()), |(case, twist)| {
        Ok(laws::ways_agree(&Codec::default(), &case.registry, &case.record, &case.versions, &twist)?)
    });
}

/// Places of the nullable fields of `Sample`.
fn nullable() -> Vec<usize> {
    let fields = Sample::declaration().head.fields.iter().enumerate();
    fields.filter(|(_, field)| field.nullable).map(|(index, _)| index).collect()
}

/// Every way in which `count` fields are unset (0), null (1) or a value (2).
fn combinations(count: usize) -> impl Iterator<Item = Vec<usize>> {
    (0..3_usize.pow(u32::try_from(count).unwrap()))
        .map(move |number| (0..count).map(|place| number / 3_usize.pow(u32::try_from(place).unwrap()) % 3).collect())
}

fn versions() -> Vec<Manifest> {
    let registry = Sample::registry().unwrap();
    let shapes = |name: &str| registry.lineage(name).unwrap().shapes().iter().map(|shape| shape.version.clone()).collect::<Vec<_>>();
    let parts = shapes("SamplePart");
    let samples = shapes("Sample").into_iter().enumerate();
    samples
        .map(|(index, version)| Manifest::default().with("Sample", version).with("SamplePart", parts[index % parts.len()].clone()))
        .collect()
}

/// The kind in a word, told apart where a kind has more than one form.
fn shape(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Enum(spec) if spec.is_machine() => "state machine",
        FieldKind::Union(_) => "union",
        FieldKind::IpAddress(IpFamily::V4) => "IP address of version 4",
        FieldKind::IpAddress(IpFamily::V6) => "IP address of version 6",
        FieldKind::IpNetwork(IpFamily::V4) => "IP network of version 4",
        FieldKind::IpNetwork(IpFamily::V6) => "IP network of version 6",
        kind => kind.as_str(),
    }
}

#[test]
fn the_sample_is_as_the_properties_need_it() {
    assert!(nullable().len() >= 8);
    for declaration in [Sample::declaration(), Kinds::declaration()] {
        assert!(declaration.releases.len() >= 3, "{}", declaration.head.name);
    }
    let fields = [Sample::declaration(), Kinds::declaration()].into_iter().flat_map(|declaration| &declaration.head.fields);
    let (mut alone, mut items, mut or_null) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for field in fields {
        alone.insert(shape(&field.kind));
        if let Some(element) = field.kind.element() {
            items.insert(format!("{} of {}{}", field.kind.as_str(), if element.nullable { "nullable " } else { "" }, shape(&element.kind)));
        }
        if field.nullable {
            or_null.insert(shape(&field.kind));
        }
    }
    let every = [
        "IP address",
        "IP address of version 4",
        "IP address of version 6",
        "IP network",
        "IP network of version 4",
        "IP network of version 6",
        "MAC address",
        "PCI address",
        "bool",
        "bytes",
        "date",
        "decimal",
        "duration",
        "enum",
        "float",
        "integer",
        "list",
        "map",
        "object",
        "set",
        "state machine",
        "text",
        "timestamp",
        "union",
        "uuid",
        "version predicate",
    ];
    assert_eq!(alone.into_iter().collect::<Vec<_>>(), every);
    let items: Vec<&str> = items.iter().map(String::as_str).collect();
    for shape in [
        "list of enum",
        "list of nullable integer",
        "list of object",
        "list of text",
        "list of union",
        "map of nullable text",
        "map of object",
        "map of text",
        "set of integer",
        "set of text",
    ] {
        assert!(items.contains(&shape), "{shape} in {items:?}");
    }
    assert!(or_null.len() >= 15, "{or_null:?}");
    assert!(Sample::declaration().releases.len() >= 4 && Part::declaration().releases.len() >= 4);
    let ops = Sample::declaration().releases.iter().flat_map(|release| &release.ops);
    let ops: BTreeSet<String> = ops.map(|op| format!("{op:?}").split_whitespace().next().unwrap().to_owned()).collect();
    let every = ["Add", "Behaviour", "Child", "Method", "Relax", "Remove", "Rename", "Require", "Retype"];
    assert_eq!(ops.iter().collect::<Vec<_>>(), every);
    assert_eq!(combinations(nullable().len()).count(), 6_561);
}

#[test]
fn s17_every_combination_of_unset_null_and_value_survives_wire_and_conversion() {
    let (codec, registry, nullable, versions) = (Codec::default(), Sample::registry().unwrap(), nullable(), versions());
    let full = Sample::full("x").unwrap().into_draft();
    for (number, states) in combinations(nullable.len()).enumerate() {
        let mut record = ObjectDraft::to_record(&full);
        let mut changes: FieldSet = [0].into_iter().collect();
        for (index, state) in nullable.iter().zip(&states) {
            match state {
                0 => drop(record.take(*index)),
                1 => record.fill(*index, Slot::Null).unwrap(),
                _ => changes.insert(*index),
            }
        }
        record.set_changes(changes);
        let to = &versions[number % versions.len()];
        laws::restore(registry, &record, to).unwrap();
        laws::partial_stays_partial(registry, &record, to).unwrap();
        typed::<Sample>(&codec, &record, to).unwrap();
    }
}

/// A message as its complete reader finds it. The token stays behind where the version has none: the reader
/// refuses the rest, until somebody who may see the token (here it is null) gives it back.
fn sent<D: wire::Decode + std::fmt::Debug>(object: &impl wire::Encode, to: &Manifest) -> D {
    let message = wire::to_json(object, Form::Trusted.manifest(to)).unwrap();
    if to.version("Sample") == Some(&Sample::declaration().head.version) {
        return wire::from_json(&message).unwrap();
    }
    let refused = Error::Object(recension::Error::Incomplete { object: "Sample".into(), missing: vec!["token".to_owned()] });
    assert_eq!(wire::from_json::<D>(&message).unwrap_err(), refused);
    // The spare part is in the same hop, so the list of its fields is not empty.
    let whole = String::from_utf8(message).unwrap().replace(r#""2.0":{"data":{"#, r#""2.0":{"data":{"token":null,"#);
    wire::from_json(whole.as_bytes()).unwrap()
}

#[test]
fn s17_every_combination_of_untouched_null_and_value_survives_an_edit() {
    let (nullable, versions) = (nullable(), versions());
    let base = Persisted::assemble(Sample::full("old").unwrap(), Revision(3), Default::default());
    let newer = Sample::full("new").unwrap();
    let token = Sample::declaration().head.index_of("token").unwrap();
    let last = versions.len() - 1;
    for (number, states) in combinations(nullable.len()).enumerate() {
        let mut edit = base.edit();
        let mut touched = FieldSet::EMPTY;
        for (index, state) in nullable.iter().zip(&states) {
            match state {
                0 => continue,
                1 => edit.put(*index, Slot::Null).unwrap(),
                _ => edit.put(*index, newer.slot(*index)).unwrap(),
            }
            touched.insert(*index);
        }
        edit.set_changes(touched);
        let place = number % versions.len();
        let read: Edit<Sample> = sent(&edit, &versions[place]);
        assert_eq!(read.base().revision(), Revision(3));
        // A secret does not travel in a carry, so a version without the field leaves it untouched.
        if place != last {
            touched.remove(token);
        }
        assert_eq!(read.touched(), touched);
        let (mut before, mut after) = (edit.to_record().unwrap(), read.to_record().unwrap());
        // What came along besides is not what this is about.
        let _ = (Carry::gather(&mut before), Carry::gather(&mut after));
        for index in (0..before.slots().len()).filter(|index| place == last || *index != token) {
            assert_eq!(before.at(index), after.at(index), "{index} of {states:?}");
            let kept = if touched.contains(index) { before.at(index) } else { &Slot::Unset };
            assert_eq!(read.slot(index), *kept);
        }
    }
}

#[test]
fn the_setters_reach_every_state_of_an_edit() {
    let base = Persisted::assemble(Sample::full("old").unwrap(), Revision(3), Default::default());
    let mut edit = base.edit();
    edit.set_note("new");
    edit.clear_weight();
    edit.clear_spare();
    edit.set_main(Part { bytes: 9, label: None, serial: String::new() });
    for to in versions() {
        let read: Edit<Sample> = sent(&edit, &to);
        assert_eq!((read.note_ref(), read.weight_ref()), (Some(&Some("new".to_owned())), Some(&None)));
        assert!(matches!(read.spare_ref(), Some(None)));
        assert_eq!(read.owner_ref(), None);
        assert_eq!(read.main_ref().and_then(|main| main.bytes_ref()), Some(&9));
        assert_eq!(read.touched(), edit.touched());
    }
}

#[test]
fn a_persisted_object_keeps_its_revision_and_what_it_carries() {
    let registry = Sample::registry().unwrap();
    let oldest = registry.convert(Sample::full("x").unwrap().to_record(), &"1.0".parse().unwrap(), &Manifest::default()).unwrap();
    let mut edited = oldest.clone();
    edited.set("comment", Slot::from(recension::Value::from("kept"))).unwrap();
    edited.set("flags", Slot::from(recension::Value::Integer(200))).unwrap();
    edited.take_carry();
    let carry = registry.upgrade_complete(edited.clone()).unwrap().take_carry();
    let persisted = Persisted::assemble(Sample::full("x").unwrap(), Revision(u64::MAX), carry);
    for to in versions() {
        let read: Persisted<Sample> = sent(&persisted, &to);
        assert_eq!(read.revision(), Revision(u64::MAX));
        let again = registry.convert(read.to_record(), &"1.0".parse().unwrap(), &Manifest::default()).unwrap();
        for field in ["comment", "flags"] {
            assert_eq!(again.slot(field), edited.slot(field), "{to}");
        }
    }
}

/// What a message holds of an object, by name.
fn read_back(object: &Sample, form: Form) -> Record {
    let message = wire::to_json(object, form).unwrap();
    Codec::default().record_from_json(Sample::registry().unwrap(), &message).unwrap()
}

#[test]
fn s11_a_disclosed_object_is_partial_by_class() {
    use recension::{Classes, FieldClass};
    let object = Sample::full("x").unwrap();
    for classes in [Classes::NONE, Classes::PUBLIC, Classes::PUBLIC.and(FieldClass::Internal), Classes::NONE.and(FieldClass::Personal)] {
        let read = read_back(&object, Form::Disclosed(classes));
        for (field, slot) in read.spec().fields.iter().zip(read.slots()) {
            assert_eq!(slot.is_set(), classes.contains(field.class), "{} for {classes:?}", field.name);
        }
        assert!(read.changes().is_empty() && read.carry().is_empty());
        let message = wire::to_json(&object, Form::Disclosed(classes)).unwrap();
        assert!(Partial::<Sample>::complete(wire::from_json(&message).unwrap()).is_err());
        assert!(matches!(wire::from_json::<Sample>(&message), Err(Error::Object(recension::Error::Incomplete { .. }))));
    }
    let everything = read_back(&object, Form::Disclosed(Classes::ALL));
    assert!(everything.is_complete());
    // Objects in the object are shown by their own classes.
    let Slot::Value(recension::Value::Object(main)) = read_back(&object, Form::Disclosed(Classes::PUBLIC)).slot("main").unwrap().clone()
    else {
        panic!("no main part")
    };
    assert_eq!((main.slot("bytes").unwrap().is_set(), main.slot("serial").unwrap().is_set()), (true, false));
}
