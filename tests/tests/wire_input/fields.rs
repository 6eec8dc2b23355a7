//! Values of the wrong type, and of the right type and past a rule.

use recension::versioning::Registry;
use recension::wire::{Codec, Error};
use recension::{Declaration, EnumSpec, FieldKind, FieldSpec, IntegerWidth, Limits, ObjectSpec, Record, Release, Rule};

use super::{envelope, newest, read};

const UUID: &str = r#""0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0""#;
const TIME: &str = r#""2024-01-02T03:04:05Z""#;

/// `One` has one field called `f`.
fn one(field: FieldSpec) -> Registry {
    let declare = |name: &str, fields: Vec<FieldSpec>| {
        let head = fields.into_iter().fold(ObjectSpec::new(name, "sample", "1.0".parse().unwrap()), |spec, field| spec.field(field));
        Declaration { head: head.build().unwrap(), releases: vec![Release::new("1.0".parse().unwrap(), "first version")] }
    };
    Registry::builder().declaration(declare("One", vec![field])).declaration(declare("Part", Vec::new())).build().unwrap()
}

fn read_one(registry: &Registry, json: &str) -> Result<Record, Error> {
    Codec::default().record_from_json(registry, envelope("One", "sample", "1.0", &format!(r#"{{"f":{json}}}"#)).as_bytes())
}

#[test]
fn s15_only_the_declared_type_is_accepted() {
    let part = envelope("Part", "sample", "1.0", "{}");
    let parts = format!("[{part}]");
    let all: Vec<&str> = vec![
        "null",
        "true",
        "false",
        "0",
        "7",
        "-7",
        "-0",
        "0.0",
        "7.0",
        "1.5",
        "7e0",
        "1e400",
        "18446744073709551616",
        r#""""#,
        r#""7""#,
        r#""true""#,
        r#""null""#,
        r#""up""#,
        r#""UP""#,
        UUID,
        TIME,
        r#""1704164645""#,
        "[]",
        "[7]",
        r#"["up"]"#,
        "[null]",
        "{}",
        r#"{"f":7}"#,
        &part,
        &parts,
    ];
    let texts = [r#""""#, r#""7""#, r#""true""#, r#""null""#, r#""up""#, r#""UP""#, UUID, TIME, r#""1704164645""#];
    let signed = FieldKind::Integer(IntegerWidth::I64);
    let unsigned = FieldKind::Integer(IntegerWidth::U8);
    let table: [(FieldKind, Vec<&str>); 9] = [
        (signed, vec!["0", "7", "-7"]),
        (unsigned, vec!["0", "7"]),
        (FieldKind::Bool, vec!["true", "false"]),
        (FieldKind::Text, texts.to_vec()),
        (FieldKind::Enum(EnumSpec::new("State", ["up", "down"])), vec![r#""up""#]),
        (FieldKind::Uuid, vec![UUID]),
        (FieldKind::Timestamp, vec![TIME]),
        (FieldKind::Object("Part".into()), vec![&part]),
        (FieldKind::list_of_objects("Part"), vec!["[]", &parts]),
    ];
    let mut cells = 0;
    for (kind, accepted) in &table {
        for nullable in [false, true] {
            let field = FieldSpec { nullable, ..FieldSpec::new("f", kind.clone()) };
            let registry = one(field);
            for json in &all {
                let expected = accepted.contains(json) || (nullable && *json == "null");
                let result = read_one(&registry, json);
                assert_eq!(result.is_ok(), expected, "{json} as {} (nullable: {nullable})", kind.as_str());
                match result {
                    Ok(record) => {
                        let again = Codec::default().record_to_json(&registry, &record, recension::wire::Form::Trusted).unwrap();
                        assert_eq!(Codec::default().record_from_json(&registry, &again).unwrap(), record);
                    }
                    Err(error) => assert!(names_the_field(&error), "{json} as {}: {error}", kind.as_str()),
                }
                cells += 1;
            }
        }
    }
    assert_eq!(cells, 9 * 2 * all.len());
}

/// The field is named, or the message is no JSON or no envelope where an object should be.
fn names_the_field(error: &Error) -> bool {
    match error {
        Error::Object(recension::Error::Invalid { object, field, .. }) => *object == "One" && (field == "f" || field.starts_with("f[")),
        Error::Malformed(_) => true,
        _ => false,
    }
}

fn rule_of(data: &str) -> (String, Rule) {
    match read(&newest(data)) {
        Err(Error::Object(recension::Error::Invalid { field, rule, .. })) => (field, rule),
        other => panic!("{other:?}"),
    }
}

fn invalid(field: &str, rule: Rule) -> (String, Rule) {
    (field.to_owned(), rule)
}

#[test]
fn each_rule_of_a_field_is_named() {
    let long = |count: usize| format!(r#"{{"note":"{}"}}"#, "é".repeat(count));
    assert!(read(&newest(&long(255))).is_ok());
    assert_eq!(rule_of(&long(256)), invalid("note", Rule::Chars { limit: 255, found: 256 }));
    assert_eq!(rule_of(&format!(r#"{{"name":"{}"}}"#, "x".repeat(300))), invalid("name", Rule::Bytes { limit: 256, found: 300 }));
    assert_eq!(rule_of(&format!(r#"{{"note":"{}"}}"#, "x".repeat(300))), invalid("note", Rule::Chars { limit: 255, found: 300 }));
    assert_eq!(rule_of(r#"{"note":"a\u0000b"}"#), invalid("note", Rule::Nul));
    assert_eq!(rule_of(r#"{"state":"paused"}"#), invalid("state", Rule::Enum("SampleState".to_owned())));
    assert_eq!(rule_of(r#"{"goal":"Unknown"}"#), invalid("goal", Rule::Enum("SampleState".to_owned())));
    assert_eq!(rule_of(r#"{"size":0}"#), invalid("size", Rule::Range { min: 1, max: 100 }));
    assert_eq!(rule_of(r#"{"size":101}"#), invalid("size", Rule::Range { min: 1, max: 100 }));
    assert_eq!(rule_of(r#"{"size":-1}"#), invalid("size", Rule::Width(IntegerWidth::U32)));
    assert_eq!(rule_of(r#"{"weight":32768}"#), invalid("weight", Rule::Width(IntegerWidth::I16)));
    assert_eq!(rule_of(r#"{"name":null}"#), invalid("name", Rule::NotNull));
    assert_eq!(rule_of(r#"{"main":null}"#), invalid("main", Rule::NotNull));
    assert_eq!(rule_of(r#"{"parts":null}"#), invalid("parts", Rule::NotNull));
    let part = |data: &str| envelope("SamplePart", "sample", "1.3", data);
    let four = [part("{}"), part("{}"), part("{}"), part("{}")].join(",");
    assert_eq!(rule_of(&format!(r#"{{"parts":[{four}]}}"#)), invalid("parts", Rule::Items { limit: 3, found: 4 }));
    let kind = Rule::Kind { expected: "integer", found: "text" };
    assert_eq!(rule_of(&format!(r#"{{"parts":[{},{}]}}"#, part("{}"), part(r#"{"bytes":"1"}"#))), invalid("parts[1].bytes", kind.clone()));
    assert_eq!(rule_of(&format!(r#"{{"main":{}}}"#, part(r#"{"bytes":"1"}"#))), invalid("main.bytes", kind));
    assert_eq!(rule_of(r#"{"parts":[null]}"#), invalid("parts[0]", Rule::NotNull));
}

#[test]
fn s15_every_width_accepts_its_bounds_and_nothing_past_them() {
    use IntegerWidth::{I8, I16, I32, I64, U8, U16, U32, U64};
    for width in [I8, I16, I32, I64, U8, U16, U32, U64] {
        let registry = one(FieldSpec::new("f", FieldKind::Integer(width)));
        let (min, max) = width.bounds();
        for (number, fits) in [(min, true), (max, true), (min - 1, false), (max + 1, false)] {
            assert_eq!(read_one(&registry, &number.to_string()).is_ok(), fits, "{number} as {}", width.as_str());
        }
    }
}

#[test]
fn s15_a_uuid_and_a_time_have_one_form() {
    let uuid = one(FieldSpec::new("f", FieldKind::Uuid));
    for text in [
        "0a1b2c3d4e5f4061827394a5b6c7d8e0",
        "{0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0}",
        "urn:uuid:0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0",
        "0a1b2c3d-4e5f-4061-8273-94a5b6c7d8eg",
        "",
    ] {
        assert!(
            matches!(read_one(&uuid, &format!("{text:?}")), Err(Error::Object(recension::Error::Invalid { rule: Rule::Uuid, .. }))),
            "{text}"
        );
    }
    let time = one(FieldSpec::new("f", FieldKind::Timestamp));
    for text in ["2024-01-02T03:04:05", "2024-01-02", "2024-13-02T03:04:05Z", "2024-01-02T03:04:05.1234567Z", "now", ""] {
        assert!(
            matches!(read_one(&time, &format!("{text:?}")), Err(Error::Object(recension::Error::Invalid { rule: Rule::Timestamp, .. }))),
            "{text}"
        );
    }
}

#[test]
fn a_limit_of_a_field_holds_on_the_way_out_too() {
    let wide = one(FieldSpec::new("f", FieldKind::Text));
    let narrow = one(FieldSpec::new("f", FieldKind::Text).limits(Limits { max_chars: Some(3), ..Limits::default() }));
    let record = read_one(&wide, r#""four""#).unwrap();
    let mut other = Record::new(narrow.lineage("One").unwrap().head().clone());
    assert!(other.fill(0, record.at(0).clone()).is_err());
    let unchecked = Record::assemble(other.spec().clone(), record.slots().to_vec(), Default::default(), Default::default());
    let refused = Codec::default().record_to_json(&narrow, &unchecked, recension::wire::Form::Trusted).unwrap_err();
    let rule = Rule::Chars { limit: 3, found: 4 };
    assert_eq!(refused, Error::Object(recension::Error::Invalid { object: "One".into(), field: "f".to_owned(), rule }));
}
