//! Which crate may depend on which. Arrows point one way; a new one is a change of the design and starts here.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

use crate::{error::Error, process, workspace::Workspace};

/// Each crate below `crates/` with those of ours it may build on. Tests of a crate may use any.
const ALLOWED: &[(&str, &[&str])] = &[
    ("recension-model", &[]),
    ("recension-versioning", &["recension-model"]),
    ("recension-wire", &["recension-model", "recension-versioning"]),
    ("recension-store", &["recension-model", "recension-versioning", "recension-wire"]),
    ("recension-macros", &[]),
    ("recension", &["recension-model", "recension-versioning", "recension-wire", "recension-store", "recension-macros"]),
    (
        "recension-testkit",
        &["recension-model", "recension-versioning", "recension-wire", "recension-store", "recension-macros", "recension"],
    ),
    ("recension-cli", &["recension-model", "recension-versioning", "recension-wire", "recension-testkit"]),
    ("xtask", &[]),
];

/// Crates that never see a connection or a runtime: a service that only receives objects is built from them.
const PURE: [&str; 3] = ["recension-model", "recension-versioning", "recension-wire"];

/// Beginnings of the names of what they must not be built on.
const IMPURE: [&str; 5] = ["sea-", "sqlx", "tokio", "libsqlite3", "rusqlite"];

/// Every dependency that points the wrong way, one line each.
///
/// # Errors
/// When cargo cannot read the manifests.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>, Error> {
    let metadata = MetadataCommand::new().current_dir(workspace.root()).no_deps().exec()?;
    let edges = edges(&metadata);
    let mut findings = wrong_arrows(&edges);
    for name in PURE.into_iter().filter(|name| edges.iter().any(|(from, _)| from == name)) {
        let arguments = ["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}", "--package", name];
        let tree = process::stdout(workspace.command("cargo").args(arguments))?;
        findings.extend(impurities(&tree).map(|found| format!("{name}: is built on `{found}`")));
    }
    Ok(findings)
}

/// The crates below `crates/` and the members of the workspace each one is built on.
fn edges(metadata: &Metadata) -> Vec<(String, Vec<String>)> {
    let members = metadata.workspace_packages();
    let folder = metadata.workspace_root.join("crates");
    let ours = |name: &str| members.iter().any(|member| member.name.as_str() == name);
    let crates = members.iter().filter(|member| member.manifest_path.starts_with(&folder));
    crates
        .map(|member| {
            let built_on = member.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
            let names = built_on.map(|dependency| dependency.name.clone()).filter(|name| ours(name)).collect();
            (member.name.to_string(), names)
        })
        .collect()
}

fn wrong_arrows(edges: &[(String, Vec<String>)]) -> Vec<String> {
    let mut findings = Vec::new();
    for (from, to) in edges {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| name == from) else {
            findings.push(format!("{from}: has no place in the order of the crates"));
            continue;
        };
        let wrong = to.iter().filter(|name| !allowed.contains(&name.as_str()));
        findings.extend(wrong.map(|name| format!("{from}: must not depend on `{name}`")));
    }
    findings
}

/// What stands in a listing of `cargo tree` and has no place below a pure crate.
fn impurities(tree: &str) -> impl Iterator<Item = &str> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| IMPURE.iter().any(|start| name.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: &str, to: &[&str]) -> (String, Vec<String>) {
        (from.to_owned(), to.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn an_arrow_upwards_and_a_crate_without_a_place_are_found() {
        let edges = [
            edge("recension-wire", &["recension-model", "recension-versioning"]),
            edge("recension-model", &["recension-store"]),
            edge("recension-novel", &[]),
        ];
        assert_eq!(
            wrong_arrows(&edges),
            ["recension-model: must not depend on `recension-store`", "recension-novel: has no place in the order of the crates"]
        );
    }

    #[test]
    fn the_order_itself_has_no_circle() {
        let rank = |wanted: &str| ALLOWED.iter().position(|(name, _)| *name == wanted);
        for (name, below) in ALLOWED {
            for lower in *below {
                assert!(rank(lower) < rank(name), "`{lower}` must stand before `{name}`");
            }
        }
    }

    #[test]
    fn a_driver_or_a_runtime_in_the_tree_is_found() {
        let tree = "recension-wire v0.1.0\nserde v1.0.0\ntokio v1.0.0\nsqlx-core v0.9.0\nsea-query v1.0.0 (*)\n";
        assert_eq!(impurities(tree).collect::<Vec<_>>(), ["tokio", "sqlx-core", "sea-query"]);
    }

    #[test]
    fn this_workspace_keeps_the_order() {
        let workspace = Workspace::locate().unwrap();
        assert_eq!(check(&workspace).unwrap(), Vec::<String>::new());
    }
}
