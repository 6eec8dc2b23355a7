//! Objects known at run time: every kind with and without limits, items of every kind, and objects in objects.

use std::sync::Arc;

use recension::versioning::Registry;
use recension::{
    Declaration, Element, EnumSpec, FieldKind, FieldSpec, Finite, IntegerWidth, IpFamily, Limits, ObjectSpec, Op, Release, Slot, UnionSpec,
};

fn field(name: &str, kind: FieldKind) -> FieldSpec {
    FieldSpec::new(name, kind)
}

fn limited(name: &str, kind: FieldKind, limits: Limits) -> FieldSpec {
    field(name, kind).limits(limits)
}

fn none() -> Limits {
    Limits::default()
}

fn few() -> Limits {
    Limits { max_items: Some(3), max_chars: Some(6), max_key_bytes: Some(8), max_bytes: Some(12), ..none() }
}

fn declare(name: &str, fields: Vec<FieldSpec>, releases: &[(&str, &[Op])]) -> Declaration {
    let version = releases.last().unwrap().0.parse().unwrap();
    let head = fields.into_iter().fold(ObjectSpec::new(name, "agreed", version), |spec, field| spec.field(field));
    let release =
        |(version, ops): &(&str, &[Op])| ops.iter().cloned().fold(Release::new(version.parse().unwrap(), "a change"), Release::op);
    Declaration { head: head.build().unwrap(), releases: releases.iter().map(release).collect() }
}

pub(crate) fn registry() -> Registry {
    let builder = Registry::builder().declaration(declare("Kinds", kinds(), &[("1.0", &[])]));
    let builder = builder.declaration(declare("Containers", containers(), &[("1.0", &[])])).declaration(holder());
    let part = vec![
        limited("size", FieldKind::Integer(IntegerWidth::U8), Limits { max: Some(9), ..none() }),
        field("note", FieldKind::Text).nullable(),
    ];
    let added = [Op::Add { field: "note".into(), old_default: Slot::Unset }];
    let builder = builder.declaration(declare("Part", part, &[("1.0", &[]), ("1.1", &added)]));
    builder.declaration(declare("Other", vec![field("flag", FieldKind::Bool)], &[("2", &[])])).build().unwrap()
}

fn scalars() -> Vec<(&'static str, FieldKind)> {
    let run = EnumSpec::machine("Run", [("queued", vec!["running"]), ("running", vec!["done"]), ("done", vec![])]);
    vec![
        ("text", FieldKind::Text),
        ("bytes", FieldKind::Bytes),
        ("decimal", FieldKind::Decimal),
        ("colour", FieldKind::Enum(EnumSpec::new("Colour", ["red", "green", "blue", "light blue"]))),
        ("run", FieldKind::Enum(run)),
        ("uuid", FieldKind::Uuid),
        ("timestamp", FieldKind::Timestamp),
        ("date", FieldKind::Date),
        ("duration", FieldKind::Duration),
        ("address", FieldKind::IpAddress(IpFamily::Any)),
        ("address_v4", FieldKind::IpAddress(IpFamily::V4)),
        ("address_v6", FieldKind::IpAddress(IpFamily::V6)),
        ("network", FieldKind::IpNetwork(IpFamily::Any)),
        ("network_v4", FieldKind::IpNetwork(IpFamily::V4)),
        ("network_v6", FieldKind::IpNetwork(IpFamily::V6)),
        ("mac", FieldKind::MacAddress),
        ("pci", FieldKind::PciAddress),
        ("predicate", FieldKind::VersionPredicate),
    ]
}

/// Every kind but objects and containers, alone.
fn kinds() -> Vec<FieldSpec> {
    let mut fields: Vec<FieldSpec> = scalars().into_iter().map(|(name, kind)| field(name, kind)).collect();
    let widths = [
        IntegerWidth::I8,
        IntegerWidth::I16,
        IntegerWidth::I32,
        IntegerWidth::I64,
        IntegerWidth::U8,
        IntegerWidth::U16,
        IntegerWidth::U32,
        IntegerWidth::U64,
    ];
    fields.extend(widths.map(|width| field(width.as_str(), FieldKind::Integer(width))));
    let exact = Finite::new(9_007_199_254_740_992.0).ok();
    fields.extend([
        field("flag", FieldKind::Bool),
        field("float", FieldKind::Float),
        field("maybe_text", FieldKind::Text).nullable(),
        field("maybe_colour", FieldKind::Enum(EnumSpec::new("Colour", ["red", "green"]))).nullable(),
        field("maybe_number", FieldKind::Integer(IntegerWidth::I32)).nullable(),
        limited("percent", FieldKind::Integer(IntegerWidth::U8), Limits { min: Some(1), max: Some(100), ..none() }),
        limited("share", FieldKind::Float, Limits { min_float: Finite::new(0.0).ok(), max_float: Finite::new(0.3).ok(), ..none() }),
        limited("huge", FieldKind::Float, Limits { max_float: exact, ..none() }),
        limited("short", FieldKind::Text, Limits { max_chars: Some(4), ..none() }),
        limited("narrow", FieldKind::Text, Limits { max_bytes: Some(7), ..none() }),
        limited("both", FieldKind::Text, Limits { max_chars: Some(5), max_bytes: Some(12), ..none() }),
        limited("slug", FieldKind::Text, Limits { max_chars: Some(8), pattern: "^[a-c][a-z0-9-]*$".parse().ok(), ..none() }),
        limited("key", FieldKind::Bytes, Limits { max_bytes: Some(16), ..none() }),
        limited("digest", FieldKind::Bytes, Limits { max_bytes: Some(5), ..none() }),
        limited("price", FieldKind::Decimal, Limits { digits: Some(9), scale: Some(2), ..none() }),
        limited("ratio", FieldKind::Decimal, Limits { digits: Some(4), scale: Some(4), ..none() }),
        limited("count", FieldKind::Decimal, Limits { digits: Some(5), scale: Some(0), ..none() }),
        limited("lease", FieldKind::Duration, Limits { min: Some(0), max: Some(3_600_000_000), ..none() }),
    ]);
    fields
}

/// Lists, sets and maps of every kind but objects.
fn containers() -> Vec<FieldSpec> {
    let nullable = |kind| Arc::new(Element { kind, nullable: true });
    let mut fields = Vec::new();
    for (name, kind) in scalars() {
        fields.push(limited(&format!("list_{name}"), FieldKind::list_of(kind.clone()), few()));
        if !matches!(kind, FieldKind::Bytes | FieldKind::Enum(_) | FieldKind::VersionPredicate) {
            fields.push(limited(&format!("set_{name}"), FieldKind::set_of(kind.clone()), few()).nullable());
        }
        fields.push(limited(&format!("map_{name}"), FieldKind::map_of(kind), few()));
    }
    fields.extend([
        limited(
            "numbers",
            FieldKind::set_of(FieldKind::Integer(IntegerWidth::I16)),
            Limits { min: Some(-50), max: Some(50), max_items: Some(4), ..none() },
        ),
        limited("holes", FieldKind::List(nullable(FieldKind::Integer(IntegerWidth::U32))), few()),
        limited("gaps", FieldKind::Map(nullable(FieldKind::Text)), few()).nullable(),
        field("flags", FieldKind::list_of(FieldKind::Bool)),
        limited("floats", FieldKind::map_of(FieldKind::Float), Limits { max_float: Finite::new(1.5).ok(), max_items: Some(2), ..none() }),
    ]);
    fields
}

/// Objects in every place where one can be, itself among them, over three versions.
fn holder() -> Declaration {
    let part = || FieldKind::Object("Part".into());
    let choice = || FieldKind::Union(UnionSpec::new("Choice", ["Part", "Other"]));
    let fields = vec![
        field("main", part()),
        field("spare", part()).nullable(),
        limited("parts", FieldKind::list_of(part()), few()),
        limited("by_name", FieldKind::map_of(part()), few()),
        field("choice", choice()),
        limited("choices", FieldKind::list_of(choice()), few()).nullable(),
        field("parent", FieldKind::Object("Holder".into())).nullable(),
        field("added", FieldKind::Decimal).nullable(),
    ];
    let pin = Op::Child { field: "main".into(), from: "1.0".parse().unwrap(), to: "1.1".parse().unwrap() };
    let (added, spare) =
        (Op::Add { field: "added".into(), old_default: Slot::Unset }, Op::Add { field: "spare".into(), old_default: Slot::Unset });
    declare("Holder", fields, &[("1.0", &[]), ("1.1", &[pin, spare]), ("1.2", &[added])])
}
