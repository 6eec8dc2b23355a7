//! Bad input for every kind of field, a table for each: the boundary values of its limits are accepted, what is past
//! them or has another form is refused, with the same error in JSON, in MessagePack, through records and typed, and in
//! a draft as far as a draft can hold it. The error names the field and the rule, never the value.
#![cfg(test)]

mod addresses;
mod choices;
mod containers;
mod damage;
mod message;
mod numbers;
mod texts;
mod times;
mod wrong_type;

use recension::wire::{Codec, Decode, Encode, Error};
use recension::{Draft, FieldSpec, LentField, Object, ObjectDraft, Record, Rule, Slot, Value, VersionedObject};
use recension_testkit::messages::Format;
use recension_tests::given;
use serde_json::Value as Json;

use self::message::{json, msgpack};

/// An object whose fields are tried.
trait Tried: VersionedObject<Draft: Encode<Object = Self> + Decode<Object = Self>> + Decode<Object = Self> {}

impl<T: VersionedObject<Draft: Encode<Object = T> + Decode<Object = T>> + Decode<Object = T>> Tried for T {}

fn field<T: Object>(name: &str) -> &'static FieldSpec {
    let head = &T::declaration().head;
    head.fields.iter().find(|field| *field.name == *name).unwrap()
}

/// The error for a field that breaks a rule, at a path within the object.
fn invalid<T: Object>(path: &str, rule: Rule) -> Error {
    recension::Error::Invalid { object: T::NAME.into(), field: path.to_owned(), rule }.into()
}

fn parsed(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

/// What a message with one field is read as: through records and typed, the short way and the long one, which
/// must agree.
fn read<T: Tried>(format: Format, message: &[u8]) -> Result<Record, Error> {
    let codec = Codec::default();
    let registry = T::registry().unwrap();
    let long = codec.clone().long_way_only();
    let record = format.read_record(&codec, registry, message);
    assert_eq!(record, format.read_record(&long, registry, message), "{}", format.as_str());
    for codec in [&codec, &long] {
        let typed = format.read::<Draft<T>>(codec, message).map(|draft| ObjectDraft::to_record(&draft));
        assert_eq!(typed, record, "{} typed", format.as_str());
    }
    record
}

/// What the value of a field is read as, in both formats, which must agree.
fn verdict<T: Tried>(name: &str, value: &Json) -> Result<Slot, Error> {
    let from_json = read::<T>(Format::Json, &json::<T>(name, &value.to_string()));
    let from_msgpack = read::<T>(Format::MsgPack, &msgpack::<T>(name, value));
    assert_eq!(from_json, from_msgpack, "`{name}` in JSON and in MessagePack");
    from_json.map(|record| record.slot(name).unwrap().clone())
}

/// What becomes of a field of a draft by way of the cell that is lent of it, where one is.
fn lent<D: ObjectDraft>(draft: &D, index: usize) -> Option<Result<Slot, Rule>> {
    let mut fields = Vec::new();
    draft.lend(&mut fields);
    let field = &D::Object::declaration().head.fields[index];
    match fields[index] {
        LentField::Cell(cell) => Some(field.check_cell(cell).map(|()| cell.slot(field).unwrap())),
        LentField::Value => {
            let is_made = match draft.slot(index).value().and_then(Value::as_integer) {
                Some(number) => i64::try_from(number).is_err(),
                None => !matches!(field.kind.as_str(), "float" | "bool" | "text" | "bytes" | "uuid" | "timestamp" | "date" | "duration"),
            };
            assert!(is_made, "`{}` lies in a cell as it is", field.name);
            None
        }
        LentField::Unset => panic!("`{}` is set", field.name),
    }
}

/// What becomes of a value that is given to a record, and to a draft that is made a record, which must agree; `None`
/// for what neither can hold.
fn drafted<T: Tried>(name: &str, value: &Json) -> Option<Result<Slot, Error>> {
    let slot = if value.is_null() { Slot::Null } else { Slot::Value(given::<T>(&field::<T>(name).kind, value)?) };
    let head = &T::declaration().head;
    let mut record = Record::new(head.clone());
    let set = record.set(name, slot.clone()).map(|()| record.slot(name).unwrap().clone());
    let index = head.index_of(name).unwrap();
    let mut draft = Draft::<T>::default();
    let put = draft.put(index, slot).map_err(|rule| head.invalid(index, rule));
    if put.is_ok() {
        let lent = lent(&draft, index).map(|slot| slot.map_err(|rule| head.invalid(index, rule)));
        assert!(lent.is_none_or(|lent| lent == set), "`{name}` of a cell and of a record");
    }
    let checked = put.and_then(|()| draft.to_checked_record()).map(|record| record.at(index).clone());
    assert_eq!(checked, set, "`{name}` of a draft and of a record");
    Some(set.map_err(Error::from))
}

/// Each value is accepted everywhere, and is the same everywhere.
fn accepted<T: Tried>(name: &str, values: &[&str]) {
    for text in values {
        let value = parsed(text);
        let slot = verdict::<T>(name, &value).unwrap_or_else(|error| panic!("{text} for `{name}`: {error}"));
        assert_eq!(drafted::<T>(name, &value), Some(Ok(slot.clone())), "{text} for `{name}`");
        let mut record = Record::new(T::declaration().head.clone());
        record.set(name, slot.clone()).unwrap();
        for format in Format::BOTH {
            let message = format.write_record(&Codec::default(), T::registry().unwrap(), &record, &Default::default()).unwrap();
            let again = read::<T>(format, &message).unwrap();
            assert_eq!(again.slot(name), Ok(&slot), "{text} for `{name}`, written again");
        }
    }
}

/// Each value is refused with this rule everywhere.
fn refused<T: Tried>(name: &str, rule: &Rule, values: &[&str]) {
    refused_at::<T>(name, name, rule, values);
}

/// Each value is refused with this rule everywhere; `path` says where in the field the rule is broken.
fn refused_at<T: Tried>(name: &str, path: &str, rule: &Rule, values: &[&str]) {
    let expected = invalid::<T>(path, rule.clone());
    for text in values {
        let value = parsed(text);
        assert_eq!(verdict::<T>(name, &value).as_ref(), Err(&expected), "{text} for `{name}`");
        if let Some(found) = drafted::<T>(name, &value) {
            assert_eq!(found.as_ref(), Err(&expected), "{text} for `{name}` of a draft");
        }
        assert!(!tells(&expected, &value), "`{expected}` tells of {text}");
    }
}

/// As [`refused_at`] for what a draft can hold and yet not have: then the draft must refuse it too.
fn past_limit<T: Tried>(name: &str, path: &str, rule: &Rule, values: &[&str]) {
    refused_at::<T>(name, path, rule, values);
    for text in values {
        assert!(drafted::<T>(name, &parsed(text)).is_some(), "no draft was tried with {text}");
    }
}

/// Whether an error shows a text of four characters or more that stands in the value, or a number of three digits or more.
fn tells(error: &Error, value: &Json) -> bool {
    let shown = format!("{error} {error:?}");
    match value {
        Json::Array(items) => items.iter().any(|item| tells(error, item)),
        // The names of fields are told, and those in a map are not.
        Json::Object(entries) => match entries.get("versioned_object.data") {
            Some(Json::Object(fields)) => fields.values().any(|item| tells(error, item)),
            _ => entries.iter().any(|(key, item)| tells(error, &Json::from(key.as_str())) || tells(error, item)),
        },
        Json::String(text) => text.len() >= 4 && shown.contains(text),
        Json::Number(number) => number.to_string().len() >= 3 && shown.contains(&number.to_string()),
        Json::Null | Json::Bool(_) => false,
    }
}
