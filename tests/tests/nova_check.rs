//! The gate on real histories: the objects of the actions of a server, and of the field tables of Nova, release by release.
#![cfg(test)]

use std::collections::BTreeSet;

use instance_actions::{InstanceAction, InstanceActionEvent, InstanceActionEventList, InstanceActionList};
use recension::versioning::Registry;
use recension_tests::nova::{
    Aggregate, BlockDeviceMapping, ComputeNode, Flavor, HVSpec, KeyPair, Migration, PciDevicePool, PciDevicePoolList, Service,
};
use recension_versioning::rules::{Severity, check};
use recension_versioning::{LockFile, LockedObject};

fn registry() -> Registry {
    let actions = Registry::builder().object::<InstanceAction>().object::<InstanceActionList>();
    let events = actions.object::<InstanceActionEvent>().object::<InstanceActionEventList>();
    let tables = events.object::<Aggregate>().object::<BlockDeviceMapping>().object::<ComputeNode>().object::<Flavor>();
    let tables = tables.object::<HVSpec>().object::<KeyPair>().object::<Migration>().object::<Service>();
    tables.object::<PciDevicePool>().object::<PciDevicePoolList>().build().unwrap()
}

/// The file as it was when each object had so many of its versions, or all that it has. The real releases of Nova took the objects
/// on unevenly; here all take their n-th version in one, which is harder for the pins between them.
fn cut(registry: &Registry, versions: usize) -> LockFile {
    let builder = registry.lineages().fold(Registry::builder(), |builder, lineage| {
        let place = versions.min(lineage.shapes().len()) - 1;
        let mut releases = lineage.releases().to_vec();
        releases.truncate(place + 1);
        builder.declaration(recension::Declaration { head: lineage.shapes()[place].clone(), releases })
    });
    LockFile::of(&builder.build().unwrap()).unwrap()
}

#[test]
fn the_histories_are_locked_as_they_are() {
    let file = LockFile::of(&registry()).unwrap();
    assert!(file.objects().len() >= 14);
    insta::assert_snapshot!(file.to_string());
    assert_eq!(LockFile::parse(&file.to_string()).unwrap(), file);
}

#[test]
fn each_release_is_checked_against_the_one_before_it() {
    let registry = registry();
    let most = registry.lineages().map(|lineage| lineage.shapes().len()).max().unwrap();
    let (mut told, mut errors) = (Vec::new(), BTreeSet::new());
    for versions in 1..most {
        let (base, now) = (cut(&registry, versions), cut(&registry, versions + 1));
        for finding in check(Some(&base), &now) {
            if finding.rule.severity == Severity::Error {
                let (_, field) = finding.field.clone().unwrap_or_default();
                errors.insert(format!("{} {}.{field}", finding.rule.id, finding.object));
            }
            told.push(finding.to_string());
        }
    }
    // The reference pins no objects inside: it asks each peer for its manifest, and refuses to answer one that has none.
    let deserved = ["InstanceActionEventList.objects", "PciDevicePoolList.objects", "Service.compute_node"];
    assert_eq!(errors, deserved.map(|field| format!("VO_NEST_CHILD_UNPINNED {field}")).into());
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_released_version_that_is_rewritten_is_found_in_each_object() {
    let released = LockFile::of(&registry()).unwrap();
    for object in released.objects().iter().filter(|object| object.declaration.releases.len() > 2) {
        let name = object.declaration.head.name.as_str();
        let told = check(Some(&released), &without_a_version(&released, object));
        assert!(told.iter().any(|finding| finding.object == name && finding.rule.severity == Severity::Error), "{name}: {told:?}");
    }
}

/// The file without the second version of an object.
fn without_a_version(file: &LockFile, object: &LockedObject) -> LockFile {
    let text = file.to_string();
    let object_at = text.find(&format!("name = \"{}\"\n", object.declaration.head.name.as_str())).unwrap();
    let versions: Vec<usize> = text[object_at..].match_indices("[[object.version]]\n").map(|(at, _)| object_at + at).collect();
    LockFile::parse(&format!("{}{}", &text[..versions[1]], &text[versions[2]..])).unwrap()
}
