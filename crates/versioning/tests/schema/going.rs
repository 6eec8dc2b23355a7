//! Fields that will go.

use recension_model::{Deprecation, FieldKind, Op, Slot};
use recension_versioning::{Registry, SchemaForm, SchemaOptions, draft07};
use serde_json::Value as Json;

use super::sample::{declare, field, release};

#[test]
fn a_field_that_goes_is_deprecated_from_the_version_on_that_says_so() {
    let goes = Deprecation::new("1.1".parse().unwrap(), "use `label`").until("2027-03-01".parse().unwrap());
    let fields = vec![field("name", FieldKind::Text).deprecated(goes), field("label", FieldKind::Text).nullable()];
    let added = Op::Add { field: "label".into(), old_default: Slot::Unset };
    let behaves = Op::Behaviour { name: "sleeps".into() };
    let releases = vec![release("1.0"), release("1.1").op(added), release("1.2").op(behaves)];
    let registry = Registry::builder().declaration(declare("Host", fields, releases)).build().unwrap();
    for options in [SchemaOptions::read(SchemaForm::Data), SchemaOptions::write(SchemaForm::Data)] {
        let said = |version: &str, field: &str| {
            let schema = Json::from(registry.schema("Host", &version.parse().unwrap(), &options).unwrap());
            let of_draft =
                |schema: &Json, definitions: &str| schema[definitions][format!("Host-{version}-data")]["properties"][field].clone();
            let (field, draft07) = (of_draft(&schema, "$defs"), of_draft(&draft07(&schema), "definitions"));
            assert!(field.is_object() && draft07["deprecated"] == field["deprecated"], "{schema}");
            (field["deprecated"].clone(), field["description"].clone())
        };
        let deprecated = (Json::from(true), Json::from("deprecated since 1.1, until 2027-03-01: use `label`"));
        assert_eq!(said("1.0", "name"), (Json::Null, Json::Null));
        assert_eq!(said("1.1", "name"), deprecated);
        assert_eq!(said("1.2", "name"), deprecated);
        assert_eq!(said("1.2", "label"), (Json::Null, Json::Null));
    }
}
