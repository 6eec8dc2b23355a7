//! Rules about where things lie and what each member declares.

use std::{collections::BTreeSet, path::Path, path::PathBuf};

/// What the root may show; all else is a dot file or lives in one of these folders.
const TOP_LEVEL: [&str; 8] = ["Cargo.lock", "Cargo.toml", "LICENSE", "README.md", "crates", "examples", "migrations", "tests"];

/// Files and folders in the root that do not belong there.
pub(super) fn strangers(paths: &[PathBuf]) -> Vec<String> {
    let tops: BTreeSet<String> = paths.iter().filter_map(|path| path.iter().next()).map(|top| top.to_string_lossy().into_owned()).collect();
    let strangers = tops.iter().filter(|top| !top.starts_with('.') && !TOP_LEVEL.contains(&top.as_str()));
    strangers.map(|top| format!("{top}: does not belong into the root")).collect()
}

/// A package manifest that does not take the shared lints, which forbid what the whole workspace forbids.
pub(super) fn lints_not_inherited(path: &Path, content: &str) -> Option<String> {
    let Ok(manifest) = content.parse::<toml::Table>() else { return Some(format!("{}: not a manifest", path.display())) };
    let is_package = manifest.contains_key("package");
    let inherits = manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool) == Some(true);
    (is_package && !inherits).then(|| format!("{}: no `[lints] workspace = true`", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_picture_stands_in_the_root() {
        let paths = ["Cargo.toml", ".ci/run", ".gitignore", "crates/model/src/lib.rs", "notes.md", "src/lib.rs", "src/a.rs"];
        let findings = strangers(&paths.map(PathBuf::from));
        assert_eq!(findings, ["notes.md: does not belong into the root", "src: does not belong into the root"]);
    }

    #[test]
    fn s24_a_package_that_does_not_take_the_shared_lints_is_named() {
        let path = Path::new("crates/x/Cargo.toml");
        assert_eq!(lints_not_inherited(path, "[package]\nname = \"x\"\n[lints]\nworkspace = true\n"), None);
        assert_eq!(lints_not_inherited(path, "[workspace]\nmembers = []\n"), None);
        let finding = "crates/x/Cargo.toml: no `[lints] workspace = true`".to_owned();
        assert_eq!(lints_not_inherited(path, "[package]\nname = \"x\"\n"), Some(finding.clone()));
        assert_eq!(lints_not_inherited(path, "[package]\nname = \"x\"\n[lints]\nworkspace = false\n"), Some(finding));
    }
}
