//! Histories that others published with conversions written by hand, said with ops: samples both ways, with what their own
//! conversions give, and the laws on random objects.
#![cfg(test)]

mod cron_job;
mod event;
mod person;
mod samples;
mod scaler;

use std::collections::BTreeSet;

use proptest::prelude::*;
use recension::versioning::{Manifest, Registry};
use recension::wire::Codec;
use recension_testkit::records::{records, versions};
use recension_testkit::{Trials, laws};

/// Tries the laws on random objects of a history.
fn obeys(registry: &Registry, object: &str) {
    let name = registry.lineage(object).unwrap().head().name.clone();
    let newest = records(registry, &name, &Manifest::default());
    let trials = (newest.clone(), versions(registry)).prop_flat_map(|(record, to)| {
        let others = records(registry, &name, &to);
        (Just(record), Just(to), others)
    });
    let held = Trials::new(200).run(&trials, |(record, to, other)| {
        let held = laws::same(registry, &record)
            .and_then(|()| laws::restore(registry, &record, &to))
            .and_then(|()| laws::faithful(registry, &other, &to))
            .and_then(|()| laws::live_wins(registry, &record, &other, &to))
            .and_then(|()| laws::path(registry, &record, &to))
            .and_then(|()| laws::partial_stays_partial(registry, &record, &to))
            .and_then(|()| laws::round_trip(&Codec::default(), registry, &record, &to));
        held.map_err(laws::LawBroken::unless_refused)
    });
    held.unwrap_or_else(|error| panic!("{object}: {error}"));
}

#[test]
fn the_histories_use_many_ops() {
    let registries = [cron_job::registry(), scaler::registry(), event::registry(), person::registry()];
    let ops = registries.iter().flat_map(Registry::lineages).flat_map(|lineage| lineage.releases()).flat_map(|release| &release.ops);
    let words: BTreeSet<String> = ops.map(|op| format!("{op:?}").split([' ', '{']).next().unwrap().to_owned()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(words, ["Add", "Child", "Listify", "MapValues", "Nest", "Rename", "Split"]);
}
