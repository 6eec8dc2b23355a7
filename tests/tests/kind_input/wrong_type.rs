//! Values of another type than the field: no text stands for a number, no number for a truth, nothing for null.

use recension::wire::Error;
use recension::{FieldKind, FieldSpec, Rule};
use recension_tests::{Cable, Kinds, Part, Sample};
use serde_json::Value as Json;

use super::{Tried, invalid, parsed, tells, verdict};

/// One value of each type, and what messages call it.
const VALUES: [(&str, &str); 7] = [
    ("null", "null"),
    ("true", "bool"),
    ("7", "number"),
    ("1.5", "number that is no whole number of 64 bits"),
    (r#""canary""#, "text"),
    ("[]", "array"),
    ("{}", "map"),
];

/// Whether values of the kind have the type of this value.
fn takes(kind: &FieldKind, value: &Json) -> bool {
    match kind {
        FieldKind::Integer(_) => value.is_u64(),
        FieldKind::Float => value.is_number(),
        FieldKind::Bool => value.is_boolean(),
        FieldKind::List(_) | FieldKind::Set(_) => value.is_array(),
        FieldKind::Map(_) | FieldKind::Object(_) | FieldKind::Union(_) => value.is_object(),
        _ => value.is_string(),
    }
}

/// Tries every value as a field, or as an item of it; how many were of the wrong type.
fn try_all<T: Tried>(field: &FieldSpec, kind: &FieldKind, nullable: bool, path: &str, wrap: impl Fn(Json) -> Json) -> usize {
    let mut wrong = 0;
    for (text, found) in VALUES {
        let value = parsed(text);
        let verdict = verdict::<T>(&field.name, &wrap(value.clone()));
        if value.is_null() {
            let expected = if nullable { Ok(()) } else { Err(invalid::<T>(path, Rule::NotNull)) };
            assert_eq!(verdict.map(|_| ()), expected, "null at {path}");
        } else if takes(kind, &value) {
            // It may have another form than the field needs.
            let is_kind = matches!(&verdict, Err(Error::Object(recension::Error::Invalid { rule: Rule::Kind { .. }, .. })));
            assert!(!is_kind, "{text} at {path}: {verdict:?}");
        } else {
            let expected = invalid::<T>(path, Rule::Kind { expected: kind.as_str(), found });
            assert_eq!(verdict.as_ref(), Err(&expected), "{text} at {path}");
            assert!(!tells(&expected, &value));
            wrong += 1;
        }
    }
    wrong
}

fn every_field<T: Tried>() -> usize {
    let mut wrong = 0;
    for field in &T::declaration().head.fields {
        wrong += try_all::<T>(field, &field.kind, field.nullable, &field.name, |value| value);
        let Some(element) = field.kind.element() else { continue };
        let step = if matches!(field.kind, FieldKind::List(_)) { "[0]" } else { "[*]" };
        let wrap = |value: Json| match field.kind {
            FieldKind::Map(_) => Json::Object([("a".to_owned(), value)].into_iter().collect()),
            _ => Json::Array(vec![value]),
        };
        wrong += try_all::<T>(field, &element.kind, element.nullable, &format!("{}{step}", field.name), wrap);
    }
    wrong
}

#[test]
fn s15_no_value_of_another_type_is_taken() {
    let wrong = every_field::<Kinds>() + every_field::<Sample>() + every_field::<Part>() + every_field::<Cable>();
    assert!(wrong > 300, "{wrong}");
}
