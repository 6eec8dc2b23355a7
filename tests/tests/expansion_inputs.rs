//! The inputs of the expansion snapshots compile, under lints as strict as a user may have, and their
//! histories hold at run time too.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../crates/macros/src/tests/inputs/field_enum.rs"]
pub mod field_enum;
#[path = "../../crates/macros/src/tests/inputs/fields.rs"]
pub mod fields;
#[path = "../../crates/macros/src/tests/inputs/given_entity.rs"]
pub mod given_entity;
#[path = "../../crates/macros/src/tests/inputs/history.rs"]
pub mod history;
#[path = "../../crates/macros/src/tests/inputs/nested.rs"]
pub mod nested;
#[path = "../../crates/macros/src/tests/inputs/regrouped.rs"]
pub mod regrouped;
#[path = "../../crates/macros/src/tests/inputs/related.rs"]
pub mod related;
#[path = "../../crates/macros/src/tests/inputs/reshape.rs"]
pub mod reshape;
#[path = "../../crates/macros/src/tests/inputs/table.rs"]
pub mod table;

use recension::{FieldEnum, Persist, VersionedObject};

/// The names of the fields of each version, oldest first.
fn shapes<T: VersionedObject>() -> Vec<String> {
    let lineage = T::registry().unwrap().lineage(T::NAME).unwrap();
    lineage.shapes().iter().map(|shape| shape.fields.iter().map(|field| &*field.name).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn histories_fold_back_to_what_they_say() {
    assert_eq!(shapes::<fields::Server>(), ["id kind slot token"]);
    assert_eq!(shapes::<nested::Tree>(), ["first", "branches first"]);
    assert_eq!(shapes::<regrouped::Person>().first().unwrap(), "size street city start length area number name");
    assert_eq!(shapes::<regrouped::Server>().len(), 6);
    let jobs = shapes::<history::JobObject>();
    let sorted: Vec<_> = jobs
        .iter()
        .map(|fields| {
            let mut names: Vec<_> = fields.split(' ').collect();
            names.sort_unstable();
            names.join(" ")
        })
        .collect();
    assert_eq!(sorted, ["tries", "note queue tries", "lane note", "lane urgent weight"]);
}

#[test]
fn a_field_that_stays_is_as_the_ops_on_it_say() {
    let lineage = reshape::Disk::registry().unwrap().lineage("Disk").unwrap();
    let field = |version: usize, name: &str| {
        let shape = &lineage.shapes()[version];
        let field = &shape.fields[shape.index_of(name).unwrap()];
        let pin = lineage.pin(&shape.version, name).map_or("-".to_owned(), ToString::to_string);
        format!(
            "{} nullable={} read_only={} {} {:?} {pin}",
            field.kind.as_str(),
            field.nullable,
            field.read_only,
            field.class,
            field.limits.max_chars
        )
    };
    // What the op does not say of the older field is as it is since.
    assert_eq!(field(0, "size"), "text nullable=true read_only=true public Some(16) -");
    assert_eq!(field(2, "size"), "integer nullable=true read_only=true public None -");
    assert_eq!(field(3, "size"), "integer nullable=false read_only=true public None -");
    assert_eq!([field(2, "zone"), field(3, "zone")].map(|field| field.contains("nullable=true")), [false, true]);
    let pins: Vec<_> = (0..4).map(|version| field(version, "backing").rsplit(' ').next().unwrap().to_owned()).collect();
    assert_eq!(pins, ["1.0", "1.2", "1.2", "1.2"]);
    assert!(reshape::Disk::COUNTS_ATTEMPTS.is_active_at(&"1.1".parse().unwrap()));
    assert!(!reshape::Disk::COUNTS_ATTEMPTS.is_active_at(&"1.0".parse().unwrap()));
}

#[test]
fn tables_and_enums_are_as_declared() {
    assert_eq!(table::Event::mapping().table(), "events");
    assert_eq!(given_entity::Node::mapping().column_of(1).unwrap().column, "host_name");
    assert_eq!(field_enum::Outcome::spec().values.len(), 2);
}
