//! The objects of a team, as three of its releases have them.

use recension_model::{
    Declaration, EnumSpec, FieldClass, FieldKind, FieldSpec, Misfit, ObjectSpec, ObjectVersion, Op, Regrouping, Release, Slot, Value,
};
use recension_versioning::{LockFile, Registry};

fn text(name: &str) -> FieldSpec {
    FieldSpec::new(name, FieldKind::Text).class(FieldClass::Public)
}

fn version(text: &str) -> ObjectVersion {
    text.parse().unwrap()
}

fn word(slot: &Slot) -> String {
    slot.value().and_then(Value::as_text).unwrap_or_default().to_owned()
}

fn names() -> Regrouping {
    let split = |name: &[Slot]| {
        let name = name.first().map(word).unwrap_or_default();
        let (first, last) = name.split_once(' ').ok_or(Misfit::new("has no space"))?;
        Ok(vec![first.into(), last.into()])
    };
    let join = |parts: &[Slot]| Ok(vec![Value::from(parts.iter().map(word).collect::<Vec<_>>().join(" ")).into()]);
    Regrouping::new("split_owner", split, "join_owner", join)
}

fn disk() -> Declaration {
    let head = ObjectSpec::new("Disk", "demo", version("1.1")).field(text("label").read_only()).field(text("note").nullable());
    Declaration {
        head: head.build().unwrap(),
        releases: vec![
            Release::new(version("1.0"), "first version"),
            Release::new(version("1.1"), "a note").op(Op::Add { field: "note".into(), old_default: Slot::Unset }),
        ],
    }
}

fn state(values: &[&str]) -> FieldSpec {
    FieldSpec::new("state", FieldKind::Enum(EnumSpec::new("State", values.iter().copied()))).class(FieldClass::Public)
}

/// The server as of release 1, 2 or 3.
fn server(release: usize) -> Declaration {
    let disks = FieldSpec::new("disks", FieldKind::list_of_objects("Disk")).class(FieldClass::Public);
    let at = |field: usize| match field {
        1 => ("1.0", vec![text("name"), state(&["on", "off"]), text("owner")]),
        2 => ("1.1", vec![text("label"), state(&["on", "off", "paused"]), text("owner"), disks.clone()]),
        _ => ("1.2", vec![text("label"), state(&["on", "off", "paused"]), text("first"), text("last"), disks.clone()]),
    };
    let (newest, fields) = at(release);
    let head = fields.into_iter().fold(ObjectSpec::new("Server", "demo", version(newest)), |head, field| head.field(field));
    let releases = vec![
        Release::new(version("1.0"), "first version"),
        Release::new(version("1.1"), "it can be paused, and has disks")
            .op(Op::Rename { from: "name".into(), to: "label".into() })
            .op(Op::EnumAdd { field: "state".into(), value: "paused".into(), shown_as: "off".into() })
            .op(Op::Add { field: "disks".into(), old_default: Value::List(Vec::new()).into() }),
        Release::new(version("1.2"), "an owner has two names").op(Op::Split {
            field: text("owner"),
            into: vec!["first".into(), "last".into()],
            regrouping: names(),
        }),
    ];
    Declaration { head: head.build().unwrap(), releases: releases.into_iter().take(release).collect() }
}

/// The objects of a release.
pub(crate) fn registry(release: usize) -> Registry {
    Registry::builder().declaration(disk()).declaration(server(release)).build().unwrap()
}

/// Their lock file.
pub(crate) fn lock(release: usize) -> String {
    LockFile::of(&registry(release)).unwrap().to_string()
}

/// Objects of which each holds the next.
pub(crate) fn chain(length: usize) -> Registry {
    let link = |at: usize| {
        let next = if at + 1 < length { FieldKind::Object(format!("Link{}", at + 1).into()) } else { FieldKind::Text };
        let next = FieldSpec::new("next", next).class(FieldClass::Public).nullable();
        let head = ObjectSpec::new(&format!("Link{at}"), "demo", version("1.0")).field(next).build().unwrap();
        Declaration { head, releases: vec![Release::new(version("1.0"), "first version")] }
    };
    (0..length).map(link).fold(Registry::builder(), |builder, link| builder.declaration(link)).build().unwrap()
}
