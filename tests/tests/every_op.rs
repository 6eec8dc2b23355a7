//! The laws on an object whose history has every op.
#![cfg(test)]

use std::collections::BTreeSet;

use recension::{Object, Op};
use recension_testkit::prove;
use recension_tests::Store;

prove!(store_obeys, Store);

/// The word of an op, and of one in it.
fn words(op: &Op) -> Vec<String> {
    let own = format!("{op:?}").split([' ', '{']).next().unwrap().to_owned();
    match op {
        Op::Each { op, .. } | Op::Within { op, .. } => {
            std::iter::once(own).chain(words(op).into_iter().map(|word| format!("of items: {word}"))).collect()
        }
        _ => vec![own],
    }
}

#[test]
fn the_history_has_every_op() {
    let ops = Store::declaration().releases.iter().flat_map(|release| &release.ops);
    let words: BTreeSet<String> = ops.flat_map(words).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let all = [
        "Add",
        "Behaviour",
        "Child",
        "Constrain",
        "Custom",
        "Each",
        "EnumAdd",
        "EnumRemove",
        "EnumRename",
        "Flatten",
        "KeyBy",
        "Listify",
        "MapValues",
        "Merge",
        "Method",
        "Nest",
        "Relax",
        "Remove",
        "Rename",
        "RenameObject",
        "Require",
        "Retype",
        "Scale",
        "Split",
        "Unkey",
        "Widen",
        "Within",
        "of items: MapValues",
        "of items: Rename",
        "of items: Scale",
        "of items: Widen",
    ];
    assert_eq!(words, all);
}
