//! Rules about the tracked files that no compiler checks. Each rule is a function from text or paths to findings.

mod layout;
mod text;

use std::path::Path;

use crate::{error::Error, workspace::Workspace};

/// Everything in the tracked files that breaks a rule, one line each, in the order of the paths.
///
/// # Errors
/// When git or a file cannot be read.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>, Error> {
    let paths = workspace.tracked()?;
    let mut findings = layout::strangers(&paths);
    for path in &paths {
        if path.as_os_str() == "Cargo.lock" || workspace.root().join(path).is_symlink() {
            continue; // The lock file is cargo's; a link's target is read under its own name.
        }
        let Some(content) = workspace.text(path)? else { continue };
        findings.extend(of_file(path, &content));
    }
    Ok(findings)
}

/// The findings of one file, by what kind of file it is.
fn of_file(path: &Path, content: &str) -> Vec<String> {
    let mut findings = text::local_paths(path, content);
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if matches!(extension, "rs" | "toml" | "sh" | "sql" | "md" | "") {
        findings.extend(text::markers(path, content));
    }
    if extension == "rs" {
        findings.extend(text::unsafe_code(path, content));
    }
    if path.file_name().is_some_and(|name| name == "Cargo.toml") {
        findings.extend(layout::lints_not_inherited(path, content));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_file_is_held_to_its_rules() {
        let marker = concat!("# TO", "DO later");
        assert_eq!(of_file(Path::new("crates/x/src/a.rs"), marker).len(), 1);
        assert_eq!(of_file(Path::new(".ci/run"), marker).len(), 1);
        assert_eq!(of_file(Path::new("tests/golden/a.json"), marker).len(), 0, "recorded data is not ours to mend");
        assert_eq!(of_file(Path::new("crates/x/Cargo.toml"), "[package]\nname = \"x\"\n").len(), 1);
    }
}
