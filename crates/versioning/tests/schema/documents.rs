//! Whole documents.

use recension_model::{Classes, FieldClass, FieldKind, Value};
use recension_versioning::{Error, Manifest, Registry, SchemaForm, SchemaOptions, UnsaidRule};
use schemars::Schema;
use serde_json::{Value as Json, json};

use super::accepts;
use super::sample::{declare, field, registry, release};

fn shown(schema: &Schema) -> String {
    serde_json::to_string_pretty(schema).unwrap()
}

fn of(object: &str, version: &str, options: &SchemaOptions) -> Schema {
    registry().schema(object, &version.parse().unwrap(), options).unwrap()
}

fn envelope() -> SchemaForm {
    SchemaForm::envelope("demo")
}

#[test]
fn every_kind() {
    insta::assert_snapshot!("machine_write_data", shown(&of("Machine", "1.0", &SchemaOptions::write(SchemaForm::Data))));
    insta::assert_snapshot!("machine_read_envelope", shown(&of("Machine", "1.0", &SchemaOptions::read(envelope()))));
    let public = SchemaOptions::write(envelope()).disclosed(Classes::PUBLIC);
    insta::assert_snapshot!("machine_public", shown(&of("Machine", "1.0", &public)));
}

#[test]
fn objects_in_objects() {
    insta::assert_snapshot!("server_write_envelope", shown(&of("Server", "1.2", &SchemaOptions::write(envelope()))));
    insta::assert_snapshot!("server_read_envelope", shown(&of("Server", "1.1", &SchemaOptions::read(envelope()))));
    insta::assert_snapshot!("server_write_data", shown(&of("Server", "1.2", &SchemaOptions::write(SchemaForm::Data))));
}

fn message(name: &str, version: &str, data: Json) -> Json {
    json!({"demo.name": name, "demo.namespace": "sample", "demo.version": version, "demo.data": data})
}

fn server(disk: &str) -> Json {
    let disk = message("Disk", disk, json!({"size": 1, "note": null}));
    let data = json!({
        "name": "db-1", "main": disk, "spare": null, "disks": [disk], "by_name": {"a": disk}, "volume": message("Share", "2", json!({"path": "/"})),
        "parent": null, "token": "t",
    });
    message("Server", "1.2", data)
}

fn with(mut message: Json, pointer: &str, value: Json) -> Json {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    message.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
    message
}

fn without(mut message: Json, pointer: &str) -> Json {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    message.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key).unwrap();
    message
}

#[test]
fn what_is_written_is_closed_and_whole() {
    let schema = of("Server", "1.2", &SchemaOptions::write(envelope()));
    assert!(accepts(&schema, &server("1.1")));
    // A field that may be null need not be given.
    assert!(accepts(&schema, &without(server("1.1"), "/demo.data/spare")));
    for refused in [
        without(server("1.1"), "/demo.data/name"),
        without(server("1.1"), "/demo.version"),
        with(server("1.1"), "/demo.version", json!("1.2.0")),
        with(server("1.1"), "/demo.data/more", json!(1)),
        with(server("1.1"), "/demo.more", json!(1)),
        with(server("1.1"), "/demo.namespace", json!("other")),
        with(server("1.1"), "/demo.changes", json!(["more"])),
        with(server("1.1"), "/demo.changes", json!(["name", "name"])),
        with(server("1.1"), "/demo.data/main", Json::Null),
        with(server("1.1"), "/demo.data/main/demo.revision", json!(1)),
        with(server("1.1"), "/demo.revision", json!(-1)),
        with(server("1.1"), "/demo.data/volume", message("Server", "1.2", json!({}))),
        server("1.0"),
    ] {
        assert!(!accepts(&schema, &refused), "{refused}");
    }
    let all = with(with(server("1.1"), "/demo.changes", json!(["name"])), "/demo.revision", json!(7));
    assert!(accepts(&schema, &all));
}

#[test]
fn what_is_read_may_be_partial_and_of_any_version_but_has_nothing_else() {
    let schema = of("Server", "1.2", &SchemaOptions::read(envelope()));
    let older = message("Disk", "1", json!({"size": 1}));
    for accepted in [
        server("1.1"),
        message("Server", "1.2", json!({})),
        message("Server", "1.2.0", json!({"main": older})),
        with(server("1.1"), "/demo.changes", json!(["name", "name"])),
    ] {
        assert!(accepts(&schema, &accepted), "{accepted}");
    }
    for refused in [
        message("Server", "1.1", json!({})),
        message("Server", "1.2", json!({"main": null})),
        message("Server", "1.2", json!({"main": message("Disk", "1.0", json!({"note": null}))})),
        message("Server", "1.2", json!({"main": message("Disk", "1.2", json!({}))})),
        message("Server", "1.2", json!({"main": message("Share", "2", json!({}))})),
        message("Server", "1.2", json!({"more": 1})),
        with(server("1.1"), "/demo.more", json!(1)),
        without(server("1.1"), "/demo.data"),
    ] {
        assert!(!accepts(&schema, &refused), "{refused}");
    }
    let open = of("Server", "1.2", &SchemaOptions::read(envelope()).ignoring_unknown());
    for added in ["/demo.data/more", "/demo.more", "/demo.data/main/demo.data/more"] {
        assert!(accepts(&open, &with(server("1.1"), added, json!(1))), "{added}");
    }
    assert!(!accepts(&open, &with(server("1.1"), "/demo.data/name", json!(1))));
}

#[test]
fn a_carry_is_described_hop_by_hop() {
    let carry = |hop: &str, held: Json| with(message("Disk", "1.0", json!({"size": 1})), "/demo.carry", json!({hop: held}));
    let note = || json!({"data": {"note": "x"}, "changes": ["note"]});
    let read = of("Disk", "1.0", &SchemaOptions::read(envelope()));
    for accepted in [carry("1.1", note()), carry("1.1.0", note()), carry("1.1", json!({})), carry("7.3", json!([1]))] {
        assert!(accepts(&read, &accepted), "{accepted}");
    }
    for refused in [
        carry("1.1", json!({"data": {"size": 1}})),
        carry("1.1", json!({"data": {"note": 1}})),
        carry("1.1", json!({"changes": ["size"]})),
        carry("1.1", json!({"more": 1})),
        carry("1.x", json!({})),
    ] {
        assert!(!accepts(&read, &refused), "{refused}");
    }
    let plain = of("Disk", "1.0", &SchemaOptions::read(SchemaForm::reference("demo")));
    assert!(!accepts(&plain, &carry("1.1", note())));
    // A secret stays behind.
    let written = of("Server", "1.1", &SchemaOptions::write(envelope()));
    let hop = written.pointer("/properties/demo.carry/patternProperties/^(?:1\\.2)$/properties/data/properties").unwrap();
    assert_eq!(hop, &json!({}));
}

#[test]
fn an_older_version_holds_what_it_is_pinned_to() {
    let main = |options: &SchemaOptions, version: &str| {
        let schema = of("Server", version, options);
        schema.pointer(&format!("/$defs/Server-{version}-data/properties/main/$ref")).unwrap().as_str().unwrap().to_owned()
    };
    let options = SchemaOptions::write(SchemaForm::Data);
    assert_eq!(main(&options, "1.0"), "#/$defs/Disk-1.0-data");
    assert_eq!(main(&options, "1.2"), "#/$defs/Disk-1.1-data");
    let manifest: Manifest = "Disk=1.0".parse().unwrap();
    assert_eq!(main(&options.clone().manifest(manifest), "1.2"), "#/$defs/Disk-1.0-data");
    let unknown = options.manifest("Disk=7.0".parse().unwrap());
    let refused = registry().schema("Server", &"1.2".parse().unwrap(), &unknown).map(|_| ());
    // Pinned lower than what the peer reads; but other fields are not pinned.
    assert!(matches!(refused, Err(Error::Incompatible { .. })), "{refused:?}");
}

#[test]
fn fields_without_an_envelope_name_the_member_of_a_union() {
    let schema = of("Server", "1.2", &SchemaOptions::read(SchemaForm::Data));
    let volume = |value: Json| accepts(&schema, &json!({"volume": value}));
    assert!(volume(Json::Null) && volume(json!({"Disk": {"size": 1}})) && volume(json!({"Share": {}})));
    assert!(
        !volume(json!({}))
            && !volume(json!({"Disk": {}, "Share": {}}))
            && !volume(json!({"Server": {}}))
            && !volume(json!({"Share": {"size": 1}}))
    );
    // An object that holds itself.
    assert!(accepts(&schema, &json!({"parent": {"parent": {"parent": {"name": "x", "parent": null}}}})));
    assert!(!accepts(&schema, &json!({"parent": {"parent": {"parent": {"name": 1}}}})));
}

#[test]
fn s8_a_reader_outside_is_told_of_its_classes_only() {
    let shown_to = |classes| {
        let text = shown(&of("Machine", "1.0", &SchemaOptions::read(envelope()).disclosed(classes)));
        ["token", "url", "tags", "name", "demo.changes", "demo.carry", "demo.revision"]
            .map(|name| text.contains(&format!("\"{name}\": {{")))
    };
    assert_eq!(shown_to(Classes::PUBLIC), [false, false, false, true, false, false, false]);
    assert_eq!(shown_to(Classes::PUBLIC.and(FieldClass::Internal)), [false, false, true, true, false, false, false]);
    assert_eq!(shown_to(Classes::ALL), [true, true, true, true, false, false, false]);
}

#[test]
fn s8_a_default_is_shown_unless_it_is_secret() {
    let defaults = |class| {
        let field = field("word", FieldKind::Text).class(class).default(Value::from("open sesame"));
        let registry = Registry::builder().declaration(declare("Door", vec![field], vec![release("1.0")])).build().unwrap();
        let schema = registry.schema("Door", &"1.0".parse().unwrap(), &SchemaOptions::write(SchemaForm::Data)).unwrap();
        schema.pointer("/$defs/Door-1.0-data/properties/word/default").cloned()
    };
    assert_eq!(defaults(FieldClass::Public), Some(json!("open sesame")));
    assert_eq!(defaults(FieldClass::Secret), None);
}

#[test]
fn what_cannot_be_said_is_listed() {
    let unsaid = registry().unsaid("Machine", &"1.0".parse().unwrap()).unwrap();
    let unsaid: Vec<(&str, UnsaidRule)> = unsaid.iter().map(|unsaid| (&*unsaid.field, unsaid.rule)).collect();
    assert_eq!(
        unsaid,
        [
            ("id", UnsaidRule::WholeNumber),
            ("seen_at", UnsaidRule::UtcYear),
            ("lease", UnsaidRule::DurationRange),
            ("sizes", UnsaidRule::WholeNumber),
            ("sizes", UnsaidRule::KeyBytes),
            ("token", UnsaidRule::TextBytes),
        ]
    );
}

#[test]
fn an_object_or_a_version_that_is_not_there_is_named() {
    let registry = registry();
    let options = SchemaOptions::read(SchemaForm::Data);
    assert!(matches!(registry.schema("Ghost", &"1.0".parse().unwrap(), &options), Err(Error::UnknownObject(_))));
    assert!(matches!(registry.schema("Disk", &"1.2".parse().unwrap(), &options), Err(Error::Incompatible { .. })));
}
