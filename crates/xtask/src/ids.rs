//! `cargo xtask ids`: which tests carry which id of the security checklist in their names.
//!
//! A test named `s18_x13_second_finish_conflicts` proves S18 and X13. Counted are functions with a test attribute, the cases of
//! the test kit (run for each engine from elsewhere), and compile-fail cases, which are files.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::{Path, PathBuf},
};

use crate::{error::Error, report, workspace::Workspace};

/// An id of the checklist: S1–S25 come from reviews, X1–X18 are defects of the reference found beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Id {
    list: char,
    number: u8,
}

const LISTS: [(char, u8); 2] = [('S', 25), ('X', 18)];

impl Id {
    fn all() -> impl Iterator<Item = Self> {
        LISTS.into_iter().flat_map(|(list, last)| (1..=last).map(move |number| Self { list, number }))
    }

    /// Reads one part of a test's name, such as `s18`.
    fn parse(part: &str) -> Option<Self> {
        let mut chars = part.chars();
        let list = chars.next().filter(char::is_ascii_lowercase)?.to_ascii_uppercase();
        let digits = chars.as_str();
        if digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number = digits.parse().ok()?;
        LISTS.into_iter().any(|(name, last)| name == list && (1..=last).contains(&number)).then_some(Self { list, number })
    }

    /// The ids at the start of a test's name.
    fn of_name(name: &str) -> Vec<Self> {
        name.split('_').map_while(Self::parse).collect()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.list, self.number)
    }
}

/// Prints every id with its tests, and then those that have none.
///
/// # Errors
/// When git or a source file cannot be read.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Error> {
    let paths = workspace.tracked()?;
    let mut proofs: BTreeMap<Id, Vec<String>> = BTreeMap::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        let Some(content) = workspace.text(path)? else { continue };
        let cases = compile_fail_case(path, &paths).into_iter();
        for name in cases.chain(test_names(&content, path.starts_with("crates/testkit/src"))) {
            for id in Id::of_name(&name) {
                proofs.entry(id).or_default().push(format!("{}: {name}", path.display()));
            }
        }
    }
    listing(&proofs).iter().for_each(report::line);
    Ok(())
}

fn listing(proofs: &BTreeMap<Id, Vec<String>>) -> Vec<String> {
    let mut lines = Vec::new();
    for (id, tests) in proofs {
        lines.push(format!("{id} ({})", tests.len()));
        lines.extend(tests.iter().map(|test| format!("    {test}")));
    }
    let without: Vec<String> = Id::all().filter(|id| !proofs.contains_key(id)).map(|id| id.to_string()).collect();
    lines.push(format!("{} ids with a test, {} without: {}", proofs.len(), without.len(), without.join(" ")));
    lines
}

/// The name of the case, if the file is one that must not compile: the compiler's words lie beside it.
fn compile_fail_case(path: &Path, tracked: &[PathBuf]) -> Option<String> {
    tracked.binary_search(&path.with_extension("stderr")).ok()?;
    Some(path.file_stem()?.to_str()?.to_owned())
}

/// Names of all functions.
pub(crate) fn function_names(source: &str) -> BTreeSet<String> {
    test_names(source, true)
}

/// Names of the functions that carry a test attribute; of all functions where `all` is set.
fn test_names(source: &str, all: bool) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut is_test = all;
    for line in source.lines().map(str::trim_start) {
        if is_test_attribute(line) {
            is_test = true;
        } else if let Some(name) = function_name(line) {
            if is_test {
                names.insert(name.to_owned());
            }
            is_test = all;
        }
    }
    names
}

/// `#[test]`, and those of other test runners, such as `#[tokio::test(flavor = "multi_thread")]`.
fn is_test_attribute(line: &str) -> bool {
    let Some(attribute) = line.strip_prefix("#[") else { return false };
    let path = attribute.split([']', '(']).next().unwrap_or_default();
    path.rsplit("::").next() == Some("test")
}

fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let only_qualifiers = before.split_whitespace().all(|word| matches!(word, "async" | "const" | "pub") || word.starts_with("pub("));
    let end = after.find(|char: char| !(char.is_alphanumeric() || char == '_'))?;
    after.get(..end).filter(|name| only_qualifiers && !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(name: &str) -> Vec<String> {
        Id::of_name(name).iter().map(Id::to_string).collect()
    }

    #[test]
    fn ids_are_the_leading_parts_of_a_name() {
        assert_eq!(ids("s18_x13_second_finish_conflicts"), ["S18", "X13"]);
        assert_eq!(ids("rows_of_s18_conflict"), Vec::<String>::new());
        for name in ["s0_x", "s26_x", "x19_x", "s018_x", "s_x", "t1_x", "S1_x", "s300_x", "s+1_x"] {
            assert_eq!(ids(name), Vec::<String>::new(), "{name}");
        }
        assert_eq!(Id::all().count(), 43);
    }

    #[test]
    fn only_functions_with_a_test_attribute_count() {
        let source = "\
            #[test]\n#[cfg(unix)]\nfn s1_a() {}\nfn s2_helper() {}\n\
            #[tokio::test(flavor = \"multi_thread\")]\npub async fn s3_b() {}\n\
            let text = \"fn s4_quoted(\";\n#[cfg(test)]\nfn s5_c<T>() {}\n";
        let names = |all| test_names(source, all).into_iter().collect::<Vec<_>>();
        assert_eq!(names(false), ["s1_a", "s3_b"]);
        assert_eq!(names(true), ["s1_a", "s2_helper", "s3_b", "s5_c"]);
    }

    #[test]
    fn a_file_with_the_words_of_the_compiler_beside_it_is_a_case() {
        let tracked = ["ui/s20_create_twice.rs", "ui/s20_create_twice.stderr", "ui/s3_setup.rs"].map(PathBuf::from);
        assert_eq!(compile_fail_case(Path::new("ui/s20_create_twice.rs"), &tracked).as_deref(), Some("s20_create_twice"));
        assert_eq!(compile_fail_case(Path::new("ui/s3_setup.rs"), &tracked), None);
    }

    #[test]
    fn ids_without_a_test_are_listed_last() {
        let proofs = Id::all().skip(2).map(|id| (id, vec!["a.rs: t".to_owned()])).collect();
        let lines = listing(&proofs);
        assert_eq!(lines[..2], ["S3 (1)", "    a.rs: t"]);
        assert_eq!(lines.last().map(String::as_str), Some("41 ids with a test, 2 without: S1 S2"));
    }
}
