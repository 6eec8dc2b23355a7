//! What is wrong with an envelope, at any depth.

use recension::wire::{self, Error, Malformation};
use recension::{Edit, Partial, Persisted, Rule};
use recension_tests::{Part, Sample};

use super::tree::{Path, Tree};
use super::{envelope, newest, read, tree};

/// What the error says of a field that the version has not.
fn unknown_field(message: &str) -> String {
    match read(message) {
        Err(Error::Object(recension::Error::UnknownField { field, .. })) => field,
        other => panic!("{other:?}"),
    }
}

#[test]
fn s14_what_nobody_has_declared_is_told_by_its_place() {
    assert_eq!(unknown_field(&newest(r#"{"size":5,"ghost":1}"#)), "data[1]");
    assert_eq!(unknown_field(&newest(r#"{"full_name":"x"}"#)), "full_name");
    let carry = |hop: &str| {
        let (begin, _) =
            newest("{}").replace(r#""2.0""#, r#""1.2""#).rsplit_once('}').map(|(begin, end)| (begin.to_owned(), end.to_owned())).unwrap();
        read(&format!(r#"{begin},"versioned_object.carry":{hop}}}"#)).unwrap_err().to_string()
    };
    assert_eq!(carry(r#"{"1.3":{"data":{"ghost":1}}}"#), "unknown field `carry.1.3.data[0]` of `Sample` 1.2");
    assert_eq!(carry(r#"{"1.3":{"data":{"flags":1}}}"#), "unknown field `flags` of `Sample` 1.2");
    assert_eq!(carry(r#"{"ghost":1,"ghost":1}"#), "malformed message: the carry of `Sample` is malformed");
    let envelope = newest("{}").replacen('{', r#"{"ghost":1,"#, 1);
    assert_eq!(read(&envelope), Err(Malformation::UnknownKey("message[0]".to_owned()).into()));
}

#[test]
fn s14_an_unknown_object_namespace_or_version_is_named() {
    let unknown = |namespace: &str, name: &str| Error::UnknownObject { namespace: namespace.to_owned(), name: name.to_owned() };
    assert_eq!(read(&envelope("Ghost", "sample", "1.0", "{}")), Err(unknown("sample", "Ghost")));
    assert_eq!(read(&envelope("Sample", "other", "1.0", "{}")), Err(unknown("other", "Sample")));
    assert_eq!(unknown("sample", "Ghost").to_string(), "unknown object `sample.Ghost`");
    // One that is to be written is named without the namespace, which nobody asked for.
    let here = Error::from(recension::versioning::Error::UnknownObject("Ghost".to_owned()));
    assert_eq!(here.to_string(), "unknown object `Ghost`");
    // What has not the form of a name may be anything.
    for other in ["Gh\\u001bost", &"x".repeat(65), "Ghost in the machine", "ghost@example.org", "{}"] {
        assert_eq!(read(&envelope(other, "sample", "1.0", "{}")), Err(unknown("sample", "?")));
        assert_eq!(read(&envelope("Ghost", other, "1.0", "{}")), Err(unknown("?", "Ghost")));
    }
    for version in ["2.1", "3", "2.0.1", "0.9", "99999.99999.99999"] {
        let Err(Error::Incompatible { object, lowest, highest, .. }) = read(&envelope("Sample", "sample", version, "{}")) else {
            panic!("{version} was accepted")
        };
        assert_eq!((object.as_str(), lowest.to_string(), highest.to_string()), ("Sample", "1.0".to_owned(), "2.0".to_owned()));
    }
    for version in ["", "2.", "2.x", "v2", "2.0.0.0", "02", "123456", " 2.0"] {
        assert_eq!(read(&envelope("Sample", "sample", version, "{}")), Err(Malformation::Version("Sample".to_owned()).into()), "{version}");
    }
    assert!(read(&envelope("Sample", "sample", "2", "{}")).is_ok()); // the same version, written shorter
}

#[test]
fn another_object_than_was_asked_for_is_refused() {
    let part = envelope("SamplePart", "sample", "1.3", r#"{"bytes":1,"label":null,"serial":""}"#);
    assert!(wire::from_json::<Part>(part.as_bytes()).is_ok());
    let refused = wire::from_json::<Sample>(part.as_bytes()).unwrap_err();
    assert_eq!(refused, Error::OtherObject { expected: "Sample".into(), found: "SamplePart".into() });
    let inside = read(&newest(&format!(r#"{{"main":{}}}"#, newest("{}")))).unwrap_err();
    let rule = Rule::Object { expected: "SamplePart".into(), found: "Sample".into() };
    assert_eq!(inside, Error::Object(recension::Error::Invalid { object: "Sample".into(), field: "main".to_owned(), rule }));
}

#[test]
fn what_a_reader_needs_must_be_there() {
    let partial = newest(
        r#"{"id":1,"main":{"versioned_object.name":"SamplePart","versioned_object.namespace":"sample","versioned_object.version":"1.3","versioned_object.data":{}}}"#,
    );
    let Err(Error::Object(recension::Error::Incomplete { missing, .. })) = wire::from_json::<Sample>(partial.as_bytes()) else {
        panic!("accepted")
    };
    assert!(missing.contains(&"name".to_owned()) && missing.contains(&"main.bytes".to_owned()) && !missing.contains(&"id".to_owned()));
    assert!(wire::from_json::<Partial<Sample>>(partial.as_bytes()).is_ok());
    let whole = wire::to_json(&Sample::full("x").unwrap(), wire::Form::Trusted).unwrap();
    let refused = wire::from_json::<Persisted<Sample>>(&whole).unwrap_err();
    assert_eq!(refused, Malformation::MissingKey("revision").into());
}

/// Every map of the message that is an envelope.
fn envelopes(tree: &Tree) -> Vec<Path> {
    tree.places(|place| matches!(place, Tree::Map(entries) if entries[0].0 == "versioned_object.name"))
}

#[test]
fn each_key_of_an_envelope_is_needed_and_of_one_type() {
    let tree = tree();
    let paths = envelopes(&tree);
    assert!(paths.len() >= 4, "{}", paths.len());
    for path in paths {
        for (key, right) in [
            ("name", r#""x""#),
            ("namespace", r#""x""#),
            ("version", r#""1.0""#),
            ("data", "{}"),
            ("changes", "[]"),
            ("carry", "{}"),
            ("revision", "1"),
        ] {
            let full = format!("versioned_object.{key}");
            let mut without = tree.clone();
            let entries = without.at(&path).entries();
            entries.retain(|(other, _)| *other != full);
            let kept = entries.len();
            if ["name", "namespace", "version", "data"].contains(&key) {
                assert_eq!(read(&without.to_string()), Err(Malformation::MissingKey(key).into()));
            }
            for wrong in ["null", "true", "7", "-7", "1.5", r#""x""#, "[]", "[1]", r#"["name",null]"#, "{}"] {
                if wrong == right || (key == "revision" && wrong == "7") {
                    continue;
                }
                let mut changed = without.clone();
                changed.at(&path).entries().insert(kept, (full.clone(), Tree::Leaf(wrong.to_owned())));
                let error = read(&changed.to_string()).expect_err(&format!("{key} as {wrong}"));
                let typed =
                    matches!(error, Error::Malformed(_) | Error::UnknownObject { .. }) || (key, wrong) == ("changes", r#"["name"]"#);
                assert!(typed, "{key} as {wrong}: {error}");
            }
        }
    }
}

#[test]
fn a_revision_stands_at_the_outermost_object_only() {
    let with = |path: &Path| {
        let mut tree = tree();
        tree.at(path).entries().push(("versioned_object.revision".to_owned(), Tree::Leaf("3".to_owned())));
        read(&tree.to_string())
    };
    let (outermost, inner) = (envelopes(&tree()).remove(0), envelopes(&tree()).remove(1));
    assert!(with(&outermost).is_ok());
    assert_eq!(with(&inner), Err(Malformation::UnknownKey("versioned_object.revision".to_owned()).into()));
}

#[test]
fn s14_a_key_twice_is_refused_at_every_level() {
    let tree = tree();
    let mut tried = 0;
    for path in tree.places(Tree::is_map) {
        let keys = tree.clone().at(&path).entries().clone();
        for (place, (key, value)) in keys.iter().enumerate() {
            for at in [place, keys.len()] {
                let mut twice = tree.clone();
                twice.at(&path).entries().insert(at, (key.clone(), value.clone()));
                assert_eq!(read(&twice.to_string()), Err(Malformation::DuplicateKey(key.clone()).into()), "{path:?}");
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "{tried}");
    // However it is written.
    assert_eq!(read(&newest(r#"{"size":5,"s\u0069ze":5}"#)), Err(Malformation::DuplicateKey("size".to_owned()).into()));
}

#[test]
fn s14_an_unknown_key_is_refused_at_every_level() {
    let tree = tree();
    for path in tree.places(Tree::is_map) {
        for key in ["ghost", "versioned_object.ghost", "other.data", "", "NAME"] {
            let mut more = tree.clone();
            more.at(&path).entries().push((key.to_owned(), Tree::Leaf("null".to_owned())));
            let error = read(&more.to_string()).expect_err(&format!("{key} at {path:?}"));
            let typed = matches!(
                error,
                Error::Malformed(Malformation::UnknownKey(_) | Malformation::Carry(_))
                    | Error::Object(recension::Error::UnknownField { .. })
            );
            assert!(typed, "{key} at {path:?}: {error}");
        }
    }
}

#[test]
fn x10_changes_are_believed_of_fields_that_came_along_only() {
    let text = format!(
        r#"{{"versioned_object.name":"Sample","versioned_object.namespace":"sample","versioned_object.version":"2.0","versioned_object.data":{{"size":5}},"versioned_object.changes":{}}}"#,
        r#"["id","size","note"]"#
    );
    let record = read(&text).unwrap();
    assert_eq!(record.changes().iter().map(|index| &*record.spec().fields[index].name).collect::<Vec<_>>(), ["size"]);
    assert_eq!(unknown_field(&text.replace("note", "ghost")), "changes[2]");
    // One that another version has is named.
    assert_eq!(unknown_field(&text.replace("note", "full_name")), "full_name");
    // A sender cannot claim to have changed what only the service fills, or what cannot change.
    for (field, rule) in [("id", Rule::ServerSet), ("uuid", Rule::ReadOnly)] {
        let whole = String::from_utf8(wire::to_json(&Sample::full("x").unwrap(), wire::Form::Trusted).unwrap()).unwrap();
        let keys = format!(r#","versioned_object.changes":["{field}"],"versioned_object.revision":3}}"#);
        let claim = format!("{}{keys}", whole.strip_suffix('}').unwrap());
        let refused = wire::from_json::<Edit<Sample>>(claim.as_bytes()).unwrap_err();
        assert_eq!(refused, Error::Object(recension::Error::Invalid { object: "Sample".into(), field: field.to_owned(), rule }));
    }
}
