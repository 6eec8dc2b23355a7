//! The lock file: what is written is read again, and what was meddled with is told with its line.
#![cfg(test)]

use proptest::prelude::*;
use recension::versioning::Registry;
use recension::{Conversion, Declaration, FieldClass, FieldKind, FieldSpec, IntegerWidth, Misfit, ObjectSpec, Op, Record, Release, Value};
use recension_tests::Kinds;
use recension_tests::nova::{Aggregate, BlockDeviceMapping, ComputeNode, Flavor, KeyPair, Migration, Service};
use recension_versioning::LockFile;

fn registry() -> Registry {
    let registry = Registry::builder().object::<Aggregate>().object::<BlockDeviceMapping>().object::<ComputeNode>().object::<Flavor>();
    registry.object::<KeyPair>().object::<Migration>().object::<Service>().object::<Kinds>().build().unwrap()
}

#[test]
fn what_is_locked_is_read_again() {
    let registry = registry();
    let lock = LockFile::of(&registry).unwrap();
    let text = lock.to_string();
    let again = LockFile::parse(&text).unwrap();
    assert_eq!(again, lock, "{text}");
    assert_eq!(again.to_string(), text);
    let rebuilt = again.registry().unwrap();
    for lineage in registry.lineages() {
        let again = rebuilt.lineage(lineage.head().name.as_str()).unwrap();
        assert_eq!(again.shapes(), lineage.shapes());
        assert_eq!(again.releases(), lineage.releases());
    }
}

/// A file with one object of two versions, by hand.
const FILE: &str = r#"format = 1

[[object]]
namespace = "demo"
name = "Server"

[[object.field]]
number = 1
name = "name"
type = "text"
class = "public"
max_chars = 64

[[object.field]]
number = 2
name = "size"
type = "i32?"
class = "public"

[[object.tombstone]]
number = 3
name = "host"
removed = "1.1"

[[object.version]]
version = "1.0"
why = "first version"
fingerprint = "1.0-a"

[[object.version]]
version = "1.1"
why = "sizes are numbers"
fingerprint = "1.1-b"

[[object.version.op]]
op = "retype"
up = "parse"
down = "print"
digest = "c"

[object.version.op.field]
name = "size"
type = "text?"
class = "public"

[[object.version.op]]
op = "remove"
fallback = "null"

[object.version.op.field]
name = "host"
type = "text?"
class = "public"

[[object.allow]]
rule = "VO_TYPE_NARROWED"
finding = "0f"
reason = "no such row"
until = "2027-01-31"
"#;

#[test]
fn a_file_is_written_as_it_is_read_and_shapes_follow_from_it() {
    let lock = LockFile::parse(FILE).unwrap();
    let text = lock.to_string();
    assert_eq!(text.split_once("\n\n").unwrap().1, FILE);
    let registry = lock.registry().unwrap();
    let older = registry.lineage("Server").unwrap().shape(&"1.0".parse().unwrap()).unwrap();
    assert_eq!(older.fields.iter().map(|field| &*field.name).collect::<Vec<_>>(), ["name", "size", "host"]);
    let numbers = &lock.object("Server").unwrap().numbers;
    assert_eq!((numbers.of_field("size"), numbers.of_field("host"), numbers.gone().count()), (Some(2), None, 1));
}

#[test]
fn what_is_approved_is_kept_when_the_file_is_written_anew() {
    let approved = LockFile::parse(FILE).unwrap();
    let (before, allow) = FILE.split_once("\n[[object.allow]]").unwrap();
    let anew = LockFile::parse(before).unwrap();
    assert!(allow.contains("VO_TYPE_NARROWED") && anew != approved);
    assert_eq!(anew.allowing_as(&approved), approved);
}

/// What the reader says of the file with one thing changed.
fn meddled(from: &str, to: &str) -> String {
    assert!(FILE.contains(from), "{from}");
    LockFile::parse(&FILE.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn a_file_that_was_meddled_with_is_told_with_its_line() {
    for (from, to, error) in [
        ("format = 1", "format = 2", "line 1: format 2 is not known here, which is up to 1: use the release that wrote the file"),
        ("format = 1", "# ours\nformat = 0", "line 2: format 0 is not known here"),
        ("format = 1", "", "line 1: missing field `format`"),
        ("name = \"Server\"", "name = 7", "line 5: `object[0]` invalid type: integer, expected a string"),
        ("max_chars = 64", "max_letters = 64", "line 12: `Server.name` unknown field, expected one of `number`, `name`, `type`"),
        ("max_chars = 64", "max_chars = -1", "line 12: `Server.name` invalid value: integer, expected u32"),
        ("max_chars = 64", "pattern = \"(\"", "line 7: `Server.name` `pattern` is malformed"),
        ("until = \"2027-01-31\"", "until = \"never\"", "line 55: `Server.allow[0]` `until` is malformed"),
        ("until = \"2027-01-31\"", "until = \"2027-1-31\"", "line 55: `Server.allow[0]` `until` is malformed"),
        ("reason = \"no such row\"", "reason = \" \"", "line 55: `Server.allow[0]` `reason` is malformed"),
        ("type = \"text\"", "type = \"list<list<text>>\"", "line 7: `Server.name` is of a type that is not known"),
        ("type = \"text\"", "type = \"enum\"", "line 7: `Server.name` needs `of` beside its type"),
        ("class = \"public\"", "class = \"open\"", "line 7: `Server.name` is of a class that is not known"),
        ("number = 2", "number = 1", "line 14: `Server.size` number 1 is given twice"),
        ("number = 3", "number = 1", "line 22: `Server.host` number 1 is given twice"),
        ("number = 2\n", "", "line 14: `Server.size` has no number"),
        ("name = \"size\"", "name = \"name\"", "line 14: `Server.name` has the name of another field"),
        ("version = \"1.0\"", "version = \"one\"", "line 26: `Server.version[0]` is no version"),
        ("op = \"retype\"", "op = \"teleport\"", "line 36: `Server.1.1.op[0]` unknown variant, expected one of `add`, `remove`"),
        ("up = \"parse\"", "upward = \"parse\"", "line 35: `Server.1.1.op[0]` unknown field, expected one of `up`, `down`"),
        ("type = \"text?\"", "type = \"words\"", "line 35: `Server.1.1.op[0].size` is of a type that is not known"),
        ("fallback = \"null\"", "fallback = { uuid = \"x\" }", "line 46: `Server.1.1.op[1]` `fallback` "),
        ("until = \"2027-01-31\"", "", "line 55: `Server.allow[0]` missing field `until`"),
    ] {
        let told = meddled(from, to);
        assert!(told.starts_with(error), "{from} -> {to}: {told}");
    }
    let (first, rest) = FILE.split_at(FILE.find("\n\n[[object.version]]").unwrap());
    assert_eq!(LockFile::parse(first).unwrap_err().to_string(), "line 5: `Server` has no version");
    // A table that is none of ours is not one of the object before it.
    let astray = format!("{first}{rest}\n[[extra]]\nname = 1\n");
    assert_eq!(LockFile::parse(&astray).unwrap_err().to_string(), "line 61: unknown field, expected `format` or `object`");
    let twice = FILE.to_owned() + FILE.split_once("\n\n").unwrap().1;
    let order = "line 62: `Server` objects stand in the order of namespace and name, each once";
    assert_eq!(LockFile::parse(&twice).unwrap_err().to_string(), order);
    let large = FILE.to_owned() + &"#\n".repeat(32 << 20);
    let large = LockFile::parse(&large).unwrap_err();
    assert!(large.to_string().ends_with(": is larger than 67108864 bytes") && large.line() > Some(1 << 24), "{large}");
}

#[test]
fn bad_words_about_a_field_that_goes_are_told_with_their_line() {
    let with = |deprecated: &str| FILE.replacen("max_chars = 64", &format!("deprecated = {deprecated}"), 1);
    let good = LockFile::parse(&with("{ since = \"1.1\", until = \"2027-03-01\", reason = \"too long\" }")).unwrap();
    assert!(good.object("Server").unwrap().declaration.head.fields[0].deprecated.is_some());
    for (deprecated, error) in [
        ("{ since = \"soon\", reason = \"too long\" }", "line 7: `Server.name` `deprecated.since` is malformed"),
        ("{ since = \"1.1\", until = \"2027-3-1\", reason = \"too long\" }", "line 7: `Server.name` `deprecated.until` is malformed"),
        ("{ since = \"1.1\" }", "line 12: `Server.name` missing field `reason`"),
        ("{ reason = \"too long\" }", "line 12: `Server.name` missing field `since`"),
        (
            "{ since = \"1.1\", reason = \"x\", after = \"1.2\" }",
            "line 12: `Server.name` unknown field, expected one of `since`, `until`, `reason`",
        ),
        ("{ since = 1.1, reason = \"x\" }", "line 12: `Server.name` invalid type: floating point, expected a string"),
        ("true", "line 12: `Server.name` invalid type: boolean, expected struct DeprecationText"),
    ] {
        assert_eq!(LockFile::parse(&with(deprecated)).unwrap_err().to_string(), error, "{deprecated}");
    }
}

#[test]
fn bad_words_about_a_method_are_told_with_their_line() {
    let with = |method: &str| {
        let method = format!("[[object.version.op]]\nop = \"method\"\n{method}\n\n[[object.allow]]");
        LockFile::parse(&FILE.replacen("[[object.allow]]", &method, 1)).map_err(|error| error.to_string())
    };
    let good = [
        "",
        "change = \"added\"",
        "change = \"removed\"",
        "change = \"arg_added\"\narg = \"force\"\ndefault = { bool = false }",
        "change = \"arg_removed\"\narg = \"force\"",
    ];
    for words in good {
        with(&format!("name = \"start\"\n{words}")).unwrap();
    }
    for (words, error) in [
        ("name = \"start\"\narg = \"force\"", "has `arg`, which means nothing here"),
        ("name = \"start\"\nchange = \"added\"\narg = \"force\"", "has `arg`, which means nothing here"),
        ("name = \"start\"\ndefault = { bool = true }", "has `default`, which means nothing here"),
        (
            "name = \"start\"\nchange = \"arg_removed\"\narg = \"force\"\ndefault = { bool = true }",
            "has `default`, which means nothing here",
        ),
        ("name = \"start\"\nchange = \"arg_added\"", "needs `arg` beside its type"),
        ("name = \"start\"\nchange = \"arg_removed\"", "needs `arg` beside its type"),
        ("name = \"start\"\nchange = \"arg_added\"\narg = \"at\"\ndefault = { uuid = \"x\" }", "`default` is no "),
        ("name = \"start\"\nchange = \"renamed\"", "unknown variant, expected one of `added`, `removed`, `arg_added`, `arg_removed`"),
        ("name = \"start\"\nargs = \"force\"", "unknown field, expected one of `name`, `change`, `arg`, `default`"),
        ("change = \"added\"", "missing field `name`"),
        ("name = 7", "invalid type: integer, expected a string"),
    ] {
        let told = with(words).unwrap_err();
        let error = format!("line 55: `Server.1.1.op[2]` {error}");
        assert!(told.starts_with(&error), "{words}: {told}");
    }
}

#[test]
fn s11_what_does_not_belong_in_a_file_is_told_without_it() {
    let canary = "hunter2";
    for (from, to) in [
        ("format = 1", "format = \"hunter2\""),
        ("format = 1", "format = 1\nhunter2 = 1"),
        ("format = 1", "format = 1\n[hunter2]"),
        ("format = 1", "format = 1 hunter2"),
        ("format = 1", "format = hunter2"),
        ("format = 1", "format = 1\nhunter2"),
        ("format = 1", "format = 1\nformat.hunter2 = 1"),
        ("number = 1", "number = \"a, expected hunter2\""),
        ("number = 1", "number = [\"hunter2\"]"),
        ("number = 1", "number = 1\nhunter2 = 1\nhunter2 = 2"),
        ("number = 1", "number = 1\n\"missing field `hunter2`\" = 2"),
        ("type = \"text\"", "type = \"hunter2\""),
        ("type = \"text\"", "type = \"hunter2<text>\""),
        ("class = \"public\"", "class = \"hunter2\""),
        ("max_chars = 64", "max_chars = \"hunter2\""),
        ("max_chars = 64", "hunter2 = 64"),
        ("max_chars = 64", "pattern = \"(hunter2\""),
        ("max_chars = 64", "min = \"hunter2\""),
        ("max_chars = 64", "max_float = \"hunter2\""),
        ("max_chars = 64", "default = { hunter2 = 1 }"),
        ("max_chars = 64", "default = { uuid = \"hunter2\" }"),
        ("max_chars = 64", "default = { uuid = \"x\", hunter2 = 1 }"),
        ("max_chars = 64", "default = \"hunter2\""),
        ("max_chars = 64", "deprecated = { since = \"hunter2\", reason = \"x\" }"),
        ("max_chars = 64", "deprecated = \"hunter2\""),
        ("max_chars = 64", "followers = { hunter2 = 1 }"),
        ("removed = \"1.1\"", "removed = 1.1\nhunter2 = 1"),
        ("version = \"1.0\"", "version = \"hunter2\""),
        ("version = \"1.0\"", "version = \"hunter2\"\nbad = 1"),
        ("op = \"retype\"", "op = \"hunter2\""),
        ("up = \"parse\"", "hunter2 = \"parse\""),
        ("fallback = \"null\"", "fallback = \"hunter2\""),
        ("until = \"2027-01-31\"", "until = \"hunter2\""),
    ] {
        let told = meddled(from, to);
        assert!(told.starts_with("line ") && !told.contains(canary), "{to}: {told}");
    }
    // The names of a file are those of its parts; whatever they are, they stay on one line.
    let told = meddled("name = \"name\"\ntype = \"text\"", &format!("name = \"a\\n{}\"\ntype = \"txt\"", "x".repeat(99)));
    assert_eq!(told, format!("line 7: `Server.a\\n{}` is of a type that is not known", "x".repeat(62)));
}

#[test]
fn a_file_cut_short_is_no_file_or_a_shorter_one() {
    let whole = LockFile::parse(FILE).unwrap();
    for end in 0..FILE.len() - 1 {
        if let Ok(lock) = LockFile::parse(&FILE[..end]) {
            // What was cut off is not made up.
            assert_ne!(lock, whole, "{end}");
            assert_eq!(LockFile::parse(&lock.to_string()), Ok(lock));
        }
    }
}

/// A history in which texts became numbers by way of `parse`.
fn retyped(parse: fn(&str) -> Option<i64>) -> LockFile {
    let up = move |text: &Value| text.as_text().and_then(parse).map(Value::from).ok_or(Misfit::new("is no number"));
    let down = |number: &Value| Ok(Value::from(number.as_integer().unwrap_or_default().to_string()));
    let size = |kind| FieldSpec::new("size", kind).class(FieldClass::Public);
    let head = ObjectSpec::new("Server", "demo", "1.1".parse().unwrap()).field(size(FieldKind::Integer(IntegerWidth::I64)));
    let retype = Op::Retype { field: size(FieldKind::Text), conversion: Conversion::new("parse", up, "print", down) };
    let releases = vec![Release::new("1.0".parse().unwrap(), "first"), Release::new("1.1".parse().unwrap(), "numbers").op(retype)];
    let declaration = Declaration { head: head.build().unwrap(), releases };
    LockFile::of(&Registry::builder().declaration(declaration).build().unwrap()).unwrap()
}

#[test]
fn a_function_is_known_by_what_it_does() {
    let as_released = retyped(|text| text.parse().ok());
    assert_eq!(as_released, retyped(|text| text.parse::<i64>().ok()));
    assert_ne!(as_released, retyped(|text| text.trim().parse().ok()), "it takes blanks now");
    assert_ne!(as_released, retyped(|text| text.parse::<u32>().ok().map(i64::from)), "it refuses what is below zero now");
    // A file has names and no code: what needs the function is refused and not guessed.
    let registry = LockFile::parse(&as_released.to_string()).unwrap().registry().unwrap();
    let lineage = registry.lineage("Server").unwrap();
    let mut server = Record::new(lineage.head().clone());
    server.set("size", Value::from(7)).unwrap();
    let refused = lineage.convert(server, &"1.0".parse().unwrap()).unwrap_err();
    let why = std::error::Error::source(&refused).unwrap().to_string();
    assert!(why.contains("needs a function that is not in the lock file"), "{refused}: {why}");
}

proptest! {
    #[test]
    fn so_is_any_history(family in recension_testkit::families::families()) {
        let registry = family.registry().unwrap();
        let lock = LockFile::of(&registry).unwrap();
        let again = LockFile::parse(&lock.to_string());
        prop_assert_eq!(again, Ok(lock));
    }
}
