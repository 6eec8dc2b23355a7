//! Objects that have every kind of field between them.

use recension_model::{
    Declaration, EnumSpec, FieldClass, FieldKind, FieldSpec, Finite, IntegerWidth, IpFamily, Limits, ObjectSpec, Op, Release, Slot,
    UnionSpec, Value,
};
use recension_versioning::Registry;

pub(crate) fn field(name: &str, kind: FieldKind) -> FieldSpec {
    FieldSpec::new(name, kind).class(FieldClass::Public)
}

fn limited(name: &str, kind: FieldKind, limits: Limits) -> FieldSpec {
    field(name, kind).limits(limits)
}

pub(crate) fn declare(name: &str, fields: Vec<FieldSpec>, releases: Vec<Release>) -> Declaration {
    let version = releases.last().unwrap().version.clone();
    let head = fields.into_iter().fold(ObjectSpec::new(name, "sample", version), |spec, field| spec.field(field));
    Declaration { head: head.build().unwrap(), releases }
}

pub(crate) fn release(version: &str) -> Release {
    Release::new(version.parse().unwrap(), "a change")
}

/// `Machine` has a field of every kind but objects, `Disk` two versions, and `Server` objects in every place:
/// itself as well.
pub(crate) fn registry() -> Registry {
    let disk = declare(
        "Disk",
        vec![field("size", FieldKind::Integer(IntegerWidth::U32)), field("note", FieldKind::Text).nullable()],
        vec![release("1.0"), release("1.1").op(Op::Add { field: "note".into(), old_default: Slot::Unset })],
    );
    let share = declare("Share", vec![field("path", FieldKind::Text)], vec![release("2")]);
    Registry::builder().declaration(server()).declaration(machine()).declaration(disk).declaration(share).build().unwrap()
}

fn server() -> Declaration {
    let volume = FieldKind::Union(UnionSpec::new("Volume", ["Disk", "Share"]));
    let fields = vec![
        field("name", FieldKind::Text),
        field("main", FieldKind::Object("Disk".into())),
        field("spare", FieldKind::Object("Disk".into())).nullable(),
        limited("disks", FieldKind::list_of_objects("Disk"), Limits { max_items: Some(2), ..Limits::default() }),
        field("by_name", FieldKind::map_of(FieldKind::Object("Disk".into()))),
        field("volume", volume).nullable(),
        field("parent", FieldKind::Object("Server".into())).nullable(),
        FieldSpec::new("token", FieldKind::Text),
    ];
    let first = Op::Child { field: "main".into(), from: "1.0".parse().unwrap(), to: "1.1".parse().unwrap() };
    let added = Op::Add { field: "token".into(), old_default: Value::from("none").into() };
    declare("Server", fields, vec![release("1.0"), release("1.1").op(first), release("1.2").op(added)])
}

fn machine() -> Declaration {
    let run = EnumSpec::machine(
        "Run",
        [("queued", vec!["running"]), ("running", vec!["done", "failed"]), ("done", vec![]), ("failed", vec!["queued"])],
    );
    let none = Limits::default;
    let fields = vec![
        field("id", FieldKind::Integer(IntegerWidth::U64)).server_set().read_only(),
        limited("load", FieldKind::Float, Limits { min_float: Finite::new(0.0).ok(), max_float: Finite::new(0.5).ok(), ..none() }),
        field("enabled", FieldKind::Bool).default(Value::from(true)),
        limited("name", FieldKind::Text, Limits { max_chars: Some(16), pattern: "^[a-z]".parse().ok(), ..none() }),
        limited("blob", FieldKind::Bytes, Limits { max_bytes: Some(4), ..none() }),
        limited("price", FieldKind::Decimal, Limits { digits: Some(6), scale: Some(2), ..none() }),
        field("colour", FieldKind::Enum(EnumSpec::new("Colour", ["red", "green"]))).nullable().default(Slot::Null),
        field("run", FieldKind::Enum(run)),
        field("uuid", FieldKind::Uuid).read_only(),
        field("seen_at", FieldKind::Timestamp).nullable(),
        field("born", FieldKind::Date),
        limited("lease", FieldKind::Duration, Limits { min: Some(0), max: Some(60_000_000), ..none() }),
        field("address", FieldKind::IpAddress(IpFamily::Any)),
        field("v4", FieldKind::IpAddress(IpFamily::V4)),
        field("v6", FieldKind::IpAddress(IpFamily::V6)).nullable(),
        field("net", FieldKind::IpNetwork(IpFamily::V4)),
        field("mac", FieldKind::MacAddress),
        field("pci", FieldKind::PciAddress),
        field("needs", FieldKind::VersionPredicate),
        limited("tags", FieldKind::set_of(FieldKind::Text), Limits { max_items: Some(3), max_chars: Some(8), ..none() })
            .class(FieldClass::Internal),
        limited(
            "sizes",
            FieldKind::map_of(FieldKind::Integer(IntegerWidth::I8)),
            Limits { max_key_bytes: Some(4), max_items: Some(2), ..none() },
        ),
        field("url", FieldKind::Text).sensitive().class(FieldClass::Personal),
        FieldSpec::new("token", FieldKind::Text).limits(Limits { max_bytes: Some(64), ..none() }).nullable(),
    ];
    declare("Machine", fields, vec![release("1.0")])
}
