//! The README shows the sources as they are.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;

const README: &str = include_str!("../README.md");

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a folder, relative to it.
fn files(folder: &str) -> BTreeSet<PathBuf> {
    let root = package().join(folder);
    let (mut files, mut folders) = (BTreeSet::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(&root).unwrap().to_owned());
            }
        }
    }
    files
}

fn text(folder: &str, file: &Path) -> String {
    fs::read_to_string(package().join(folder).join(file)).unwrap_or_default()
}

/// What changed between two folders, one file after the other; for a file that is new, all of it.
fn diff(old: &str, new: &str) -> String {
    let mut diff = String::new();
    for file in &files(old) | &files(new) {
        let (before, after) = (text(old, &file), text(new, &file));
        let header = |folder: &str, text: &str| if text.is_empty() { "none".to_owned() } else { format!("{folder}/{}", file.display()) };
        let texts = TextDiff::from_lines(&before, &after);
        diff += &texts.unified_diff().context_radius(1).header(&header(old, &before), &header(new, &after)).to_string();
    }
    diff
}

/// The blocks of the README in this language, in order.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    README.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[track_caller]
fn shown(block: &str, expected: &str) {
    assert!(block == expected, "the README does not show this:\n{expected}");
}

#[test]
fn the_readme_shows_the_project_as_it_was() {
    let blocks = blocks("rust");
    assert_eq!(blocks.len(), 2);
    shown(blocks[0], &text("before", Path::new("parcel.rs")));
    shown(blocks[1], &text("before", Path::new("queries.rs")));
}

#[test]
fn the_readme_shows_the_diff_of_the_adoption_and_of_the_version() {
    let blocks = blocks("diff");
    assert_eq!(blocks.len(), 2);
    shown(blocks[0], &diff("before", "src"));
    shown(blocks[1], &diff("src", "next"));
}

#[test]
fn the_diff_is_small_and_leaves_the_entity_and_its_migration_as_they_were() {
    let lines = |sign: &str, diff: &str| {
        diff.lines().filter(|line| line.starts_with(sign) && !line.starts_with("+++") && !line.starts_with("---")).count()
    };
    let adoption = diff("before", "src");
    assert_eq!((lines("+", &adoption), lines("-", &adoption)), (82, 22));
    assert!(!adoption.contains("m20250301_000001_parcels.rs"));
    let version = diff("src", "next");
    assert_eq!((lines("+", &version), lines("-", &version)), (34, 4));
}

/// What the project as it was is built on: it knows nothing of us.
#[test]
fn the_project_as_it_was_names_nothing_of_ours() {
    for file in files("before") {
        assert!(!text("before", &file).contains("recension"), "{}", file.display());
    }
}
