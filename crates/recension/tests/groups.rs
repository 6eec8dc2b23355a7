//! Typed objects whose fields became others: one became several, several became one, and those of an object.
#![deny(missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications, clippy::all)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use recension::wire::{self, Codec, Form};
use recension::{FieldClass, Misfit, Object, ObjectDraft, Op, Partial, Record, Slot, Value, VersionedObject};

/// Somebody.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version(
    "1.1",
    "first and last names, one phone number, and whole minutes",
    split(name: String => (first, last), max_chars = 40, up = split_name, down = join_name),
    merge((area: Option<String>, max_chars = 8, class = "personal", number: String) => phone, up = dial, down = look_up),
    custom(
        normalise: (start: i64, minutes: u16) => (from, until),
        up = times::to_ends, down = times::to_length,
        loss = "seconds were never shown"
    )
)]
pub struct Person {
    /// The first word of the name.
    pub first: String,
    /// The rest of it.
    #[field(class = "personal")]
    pub last: Option<String>,
    /// Area and number.
    pub phone: String,
    /// When the shift begins, in seconds.
    pub from: i64,
    /// When it ends, in seconds.
    pub until: Option<i64>,
}

fn split_name(name: &str) -> Result<(String, Option<String>), Misfit> {
    if name.is_empty() {
        return Err(Misfit::new("is no name"));
    }
    Ok(match name.split_once(' ') {
        Some((first, last)) => (first.to_owned(), Some(last.to_owned())),
        None => (name.to_owned(), None),
    })
}

fn join_name(first: &String, last: &Option<String>) -> Result<String, Misfit> {
    Ok(last.as_ref().map_or_else(|| first.clone(), |last| format!("{first} {last}")))
}

#[expect(clippy::ref_option, reason = "the signature that the op asks for")]
fn dial(area: &Option<String>, number: &str) -> Result<String, Misfit> {
    Ok(area.as_ref().map_or_else(|| number.to_owned(), |area| format!("{area}-{number}")))
}

fn look_up(phone: &str) -> Result<(Option<String>, String), Misfit> {
    Ok(match phone.split_once('-') {
        Some((area, number)) => (Some(area.to_owned()), number.to_owned()),
        None => (None, phone.to_owned()),
    })
}

mod times {
    use recension::Misfit;

    pub(super) fn to_ends(start: &i64, minutes: &u16) -> Result<(i64, Option<i64>), Misfit> {
        Ok((*start, (*minutes > 0).then(|| start + i64::from(*minutes) * 60)))
    }

    pub(super) fn to_length(from: &i64, until: &Option<i64>) -> Result<(i64, u16), Misfit> {
        let seconds = until.map_or(0, |until| until - from);
        Ok((*from, u16::try_from(seconds / 60).map_err(|_| Misfit::new("is too long"))?))
    }
}

fn ada() -> Person {
    Person { first: "Ada".to_owned(), last: Some("King Lovelace".to_owned()), phone: "030-1815".to_owned(), from: 600, until: Some(690) }
}

/// The message for a peer that knows 1.0, as that peer reads it.
fn sent<T: VersionedObject + wire::Encode<Object = T>>(object: &T) -> Record {
    let message = wire::to_json(object, Form::Trusted.at("1.0")).unwrap();
    Codec::default().record_from_json(T::registry().unwrap(), &message).unwrap()
}

/// What the peer sends back, as a program of the newest release reads it.
fn returned<T: VersionedObject, R: wire::Decode<Object = T>>(record: &Record) -> Result<R, wire::Error> {
    let message = Codec::default().record_to_json(T::registry().unwrap(), record, Form::Trusted).unwrap();
    wire::from_json(&message)
}

fn text(text: &str) -> Slot {
    Value::from(text).into()
}

#[test]
fn the_declaration_says_what_the_ops_say() {
    let ops = &Person::declaration().releases[1].ops;
    let [Op::Split { field, into, regrouping }, Op::Merge { fields, into: phone, .. }, Op::Custom { name, loss, .. }] = &ops[..] else {
        panic!("{ops:?}")
    };
    assert_eq!((&*field.name, field.limits.max_chars), ("name", Some(40)));
    assert_eq!((into.len(), regrouping.up_name(), regrouping.down_name()), (2, "split_name", "join_name"));
    // It is shown to nobody to whom a part of it is not shown.
    assert_eq!(field.class, FieldClass::Personal);
    let [area, number] = &fields[..] else { panic!("{fields:?}") };
    assert_eq!((area.nullable, area.limits.max_chars, area.class), (true, Some(8), FieldClass::Personal));
    assert_eq!((number.nullable, number.limits.max_chars, number.class), (false, None, FieldClass::Public));
    assert_eq!((&**phone, &**name, loss.as_deref()), ("phone", "normalise", Some("seconds were never shown")));
}

#[test]
fn an_older_release_is_shown_the_fields_that_it_knows() {
    let shown = sent(&ada());
    assert_eq!((shown.slot("name"), shown.slot("area")), (Ok(&text("Ada King Lovelace")), Ok(&text("030"))));
    assert_eq!((shown.slot("number"), shown.slot("minutes")), (Ok(&text("1815")), Ok(&Value::from(1).into())));
    // Half a minute is nothing that it can say, so that comes back through the carry.
    assert!(returned::<Person, Person>(&shown).unwrap() == ada());

    let mut edited = shown;
    edited.set("name", text("Ada Byron")).unwrap();
    edited.set("area", Slot::Null).unwrap();
    edited.set("minutes", Value::from(3)).unwrap();
    let back: Person = returned(&edited).unwrap();
    assert_eq!((back.first.as_str(), back.last.as_deref(), back.phone.as_str()), ("Ada", Some("Byron"), "1815"));
    assert_eq!((back.from, back.until), (600, Some(780)));
}

#[test]
fn what_only_the_older_release_says_is_regrouped_and_comes_back_to_it() {
    let older = Person::registry().unwrap().lineage("Person").unwrap().shape(&"1.0".parse().unwrap()).unwrap().clone();
    let mut record = Record::new(older);
    for (name, slot) in [("name", text("Ada")), ("area", Slot::Null), ("number", text("18-15")), ("start", Value::from(5).into())] {
        record.set(name, slot).unwrap();
    }
    // One of the two fields of an op is unset: the functions are not asked.
    let partial: Partial<Person> = returned(&record).unwrap();
    assert_eq!((partial.from_ref(), partial.first_ref().map(String::as_str)), (None, Some("Ada")));
    assert_eq!((partial.last_ref(), partial.phone_ref().map(String::as_str)), (Some(&None), Some("18-15")));
    let again = wire::to_json(&partial, Form::Trusted.at("1.0")).unwrap();
    let again = Codec::default().record_from_json(Person::registry().unwrap(), &again).unwrap();
    assert_eq!((again.slot("number"), again.slot("area")), (Ok(&text("18-15")), Ok(&Slot::Null)));
    assert_eq!(again.slot("start"), Ok(&Value::from(5).into()));
}

#[test]
fn s11_a_function_that_refuses_is_named_without_the_value() {
    let mut older = sent(&ada());
    older.set("name", text("")).unwrap();
    let Err(wire::Error::NotConverted(refused)) = returned::<Person, Person>(&older) else { panic!("it was read") };
    assert_eq!((refused.field.as_str(), &refused.misfit), ("name", &Misfit::new("is no name")));
    let long = Person { until: Some(i64::MAX), ..ada() };
    let refused = wire::to_json(&long, Form::Trusted.at("1.0")).unwrap_err();
    assert!(matches!(refused, wire::Error::NotConverted(_)), "{refused:?}");
}

/// Where something is.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version("1.1", "codes", add(zip))]
pub struct Address {
    /// The street.
    pub street: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The code.
    pub zip: Option<String>,
}

/// How large something is.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// What grows somewhere.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
pub struct Garden {
    /// How many trees.
    pub trees: u32,
}

/// A house.
#[derive(Clone, PartialEq, VersionedObject)]
#[object(namespace = "demo", default_class = "public")]
#[version("1.0", "first version")]
#[version(
    "1.1",
    "an address, and sizes by themselves",
    nest((street: Option<String>, city: Option<String>) => address, at = "1.0"),
    flatten(size: Size => (width, height), at = "1.0"),
    remove(garden: Option<Garden>)
)]
pub struct House {
    /// Where it is.
    pub address: Option<Address>,
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

fn house() -> House {
    let address = Address { street: Some("Mall 1".to_owned()), city: None, zip: Some("10117".to_owned()) };
    House { address: Some(address), width: 3, height: 4 }
}

#[test]
fn fields_become_an_object_and_an_object_fields() {
    let shown = sent(&house());
    assert_eq!((shown.slot("street"), shown.slot("city")), (Ok(&text("Mall 1")), Ok(&Slot::Null)));
    let Slot::Value(Value::Object(size)) = shown.slot("size").unwrap() else { panic!("no size") };
    assert_eq!(size.slot("height"), Ok(&Value::from(4).into()));
    assert_eq!(shown.slot("garden"), Ok(&Slot::Null));
    assert!(returned::<House, House>(&shown).unwrap() == house());

    // The old side moves the house: the code that it does not know stays.
    let mut edited = shown;
    edited.set("city", text("Berlin")).unwrap();
    let wider = Size::draft().width(5).height(4).to_record();
    edited.set("size", Value::from(wider)).unwrap();
    edited.set("garden", Value::from(Garden::draft().trees(2).to_record())).unwrap();
    let back: House = returned(&edited).unwrap();
    assert_eq!((back.width, back.height), (5, 4));
    let address = back.address.unwrap();
    assert_eq!((address.city.as_deref(), address.zip.as_deref()), (Some("Berlin"), Some("10117")));
}

#[test]
fn no_address_is_not_an_address_without_anything_in_it() {
    let nothing = Address { street: None, city: None, zip: None };
    for address in [None, Some(nothing)] {
        let house = House { address, ..house() };
        let shown = sent(&house);
        assert_eq!((shown.slot("street"), shown.slot("city")), (Ok(&Slot::Null), Ok(&Slot::Null)));
        assert!(returned::<House, House>(&shown).unwrap() == house);
    }
}
