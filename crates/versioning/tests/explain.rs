//! What each op did to an object, told without a value.
#![cfg(test)]

use recension_model::{Declaration, FieldClass, FieldKind, FieldSpec, Misfit, ObjectSpec, Op, Record, Regrouping, Release, Slot, Value};
use recension_versioning::{Manifest, Registry};

fn text(name: &str) -> FieldSpec {
    FieldSpec::new(name, FieldKind::Text).class(FieldClass::Public)
}

fn version(text: &str) -> recension_model::ObjectVersion {
    text.parse().unwrap()
}

fn registry() -> Registry {
    let disk = ObjectSpec::new("Disk", "demo", version("1.1")).field(text("label")).field(text("note").nullable());
    let disk = Declaration {
        head: disk.build().unwrap(),
        releases: vec![
            Release::new(version("1.0"), "first version"),
            Release::new(version("1.1"), "a note, and another name")
                .op(Op::Add { field: "note".into(), old_default: Slot::Unset })
                .op(Op::Rename { from: "name".into(), to: "label".into() }),
        ],
    };
    let word = |slot: &Slot| slot.value().and_then(Value::as_text).unwrap_or_default().to_owned();
    let split = move |name: &[Slot]| {
        let name = name.first().map(word).unwrap_or_default();
        let (first, last) = name.split_once(' ').ok_or(Misfit::new("has no space"))?;
        Ok(vec![first.into(), last.into()])
    };
    let join = move |parts: &[Slot]| Ok(vec![Value::from(parts.iter().map(word).collect::<Vec<_>>().join(" ")).into()]);
    let disks = FieldSpec::new("disks", FieldKind::list_of_objects("Disk")).class(FieldClass::Public);
    let server =
        ObjectSpec::new("Server", "demo", version("1.2")).field(text("first")).field(text("last")).field(text("state")).field(disks);
    let server = Declaration {
        head: server.build().unwrap(),
        releases: vec![
            Release::new(version("1.0"), "first version"),
            Release::new(version("1.1"), "two names").op(Op::Split {
                field: text("name"),
                into: vec!["first".into(), "last".into()],
                regrouping: Regrouping::new("split", split, "join", join),
            }),
            Release::new(version("1.2"), "a state is required, the zone is gone")
                .op(Op::Require { field: "state".into(), fill: Value::from("unknown") })
                .op(Op::Remove { field: text("zone"), fallback: "none".into() })
                .op(Op::Child { field: "disks".into(), from: version("1.0"), to: version("1.1") })
                .op(Op::Behaviour { name: "counts".into() }),
        ],
    };
    Registry::builder().declaration(disk).declaration(server).build().unwrap()
}

fn server(registry: &Registry, first: &str) -> Record {
    let mut disk = Record::new(registry.lineage("Disk").unwrap().head().clone());
    disk.set("label", "canary disk").unwrap();
    disk.set("note", "canary note").unwrap();
    let mut server = Record::new(registry.lineage("Server").unwrap().head().clone());
    server.set("first", first).unwrap();
    server.set("last", "canary").unwrap();
    server.set("state", "on").unwrap();
    server.set("disks", Value::from(vec![disk])).unwrap();
    server
}

fn told(registry: &Registry, record: &Record, to: &str) -> (Record, Vec<String>) {
    let (converted, steps) = registry.explain(record.clone(), &version(to), &Manifest::default()).unwrap();
    assert_eq!(converted, registry.convert(record.clone(), &version(to), &Manifest::default()).unwrap());
    let line = |step: &recension_versioning::explain::Step| {
        let fields: Vec<String> = step.fields.iter().map(|(field, outcome)| format!("{field} {}", outcome.as_str())).collect();
        let place = if step.path.is_empty() { step.object.as_str() } else { &step.path };
        format!("{place} {} -> {}: {}: {}", step.from, step.to, step.op, fields.join(", "))
    };
    (converted, steps.iter().map(line).collect())
}

#[test]
fn s11_each_op_says_what_it_did_and_no_value() {
    let registry = registry();
    let (older, down) = told(&registry, &server(&registry, "two words"), "1.0");
    insta::assert_snapshot!(down.join("\n"), @r#"
    Server 1.2 -> 1.1: behaviour(counts): 
    Server 1.2 -> 1.1: child(disks: "1.0" => "1.1"): disks same
    Server 1.2 -> 1.1: remove(zone): zone given
    Server 1.2 -> 1.1: require(state): state same
    Server 1.1 -> 1.0: split(name => (first, last), up = split, down = join): name converted, first carried, last carried
    disks[0] 1.1 -> 1.0: rename(name => label): name same
    disks[0] 1.1 -> 1.0: add(note): note carried
    "#);
    assert!(!down.join("").contains("canary"));

    let (_, back) = told(&registry, &older, "1.2");
    insta::assert_snapshot!(back.join("\n"), @r#"
    Server 1.0 -> 1.1: split(name => (first, last), up = split, down = join): first restored, last restored
    Server 1.1 -> 1.2: require(state): state same
    Server 1.1 -> 1.2: remove(zone): zone carried
    Server 1.1 -> 1.2: child(disks: "1.0" => "1.1"): disks same
    Server 1.1 -> 1.2: behaviour(counts): 
    disks[0] 1.0 -> 1.1: add(note): note restored
    disks[0] 1.0 -> 1.1: rename(name => label): label same
    "#);
    let mut edited = older;
    edited.set("name", "somebody else").unwrap();
    let (_, live) = told(&registry, &edited, "1.1");
    insta::assert_snapshot!(live.join("\n"), @"Server 1.0 -> 1.1: split(name => (first, last), up = split, down = join): first overridden, last overridden");
}

#[test]
fn s17_what_is_not_known_is_said_to_be_unset() {
    let registry = registry();
    let mut partial = Record::new(registry.lineage("Server").unwrap().shapes()[0].clone());
    partial.set("state", "on").unwrap();
    let (_, up) = told(&registry, &partial, "1.2");
    insta::assert_snapshot!(up.join("\n"), @r#"
    Server 1.0 -> 1.1: split(name => (first, last), up = split, down = join): first unset, last unset
    Server 1.1 -> 1.2: require(state): state same
    Server 1.1 -> 1.2: remove(zone): zone unset
    Server 1.1 -> 1.2: child(disks: "1.0" => "1.1"): disks unset
    Server 1.1 -> 1.2: behaviour(counts): 
    "#);
}
