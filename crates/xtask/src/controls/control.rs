use std::path::PathBuf;

use crate::{db::Engine, suite};

/// A kept negative control: a patch that takes one guard out, and the tests that must then fail.
#[derive(Debug)]
pub(crate) struct Control {
    /// The file's name without `.patch`.
    pub(crate) id: String,
    /// What the patch takes out, in one sentence.
    pub(crate) guard: String,
    /// At least one.
    pub(crate) tests: Vec<Test>,
    /// The file itself.
    pub(crate) patch: PathBuf,
}

/// A test, by its full name as its test program lists it, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Test {
    pub(crate) selection: Selection,
    pub(crate) name: String,
}

/// Which test programs to build and run: a package, and the arguments that narrow it down.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Selection {
    pub(crate) package: String,
    /// Such as `--lib` or `--test policy`; all test programs when the control names none.
    pub(crate) target: Vec<String>,
    /// Such as `--features sqlite`.
    pub(crate) features: Vec<String>,
}

impl Selection {
    /// The arguments for cargo.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &str> {
        ["--package", &self.package].into_iter().chain(self.target.iter().chain(&self.features).map(String::as_str))
    }
}

/// What is wrong with a control's file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum HeaderFault {
    /// A line before the patch is none of these.
    #[error("line {line} is none of `# guard: `, `# test: `, `# target: `")]
    UnknownLine { line: usize },
    /// A line that must be there is not, or is empty.
    #[error("no `# {name}: ` line")]
    Lacks { name: &'static str },
    /// A line stands there twice.
    #[error("two `# {name}: ` lines")]
    Twice { name: &'static str },
    /// The test line has no test, or more after it than features.
    #[error("the test line is not `<package> <test> [--features LIST] [--no-default-features] [--all-features]`")]
    Test,
    /// The target line selects no target.
    #[error("the target line is none of `--lib`, `--bin NAME`, `--test NAME`, `--example NAME`")]
    Target,
    /// There is nothing after the header.
    #[error("no patch below the header")]
    NoPatch,
    /// A patch that edits tests could make any of them fail.
    #[error("changes the tests, `{path}`, and not a guard")]
    ChangesTests { path: String },
}

impl Control {
    /// Whether a test of it needs the server of an engine: those of the test programs of its name do, and those of `crashes` that begin
    /// with it.
    pub(crate) fn needs(&self, engine: Engine) -> bool {
        self.tests.iter().any(|test| {
            let is_of = |program: &str| test.selection.target.iter().any(|word| word == program);
            let begins = test.name.split("::").next() == Some(engine.name());
            is_of(engine.name()) || is_of(suite::CRASHES) && begins
        })
    }

    /// Reads the header lines and looks over the patch below them.
    pub(crate) fn parse(id: &str, patch: PathBuf, text: &str) -> Result<Self, HeaderFault> {
        let mut guard = None;
        let mut tests: Vec<(&str, Option<&str>)> = Vec::new();
        let mut lines = text.lines().enumerate();
        let mut found_patch = false;
        for (index, line) in lines.by_ref() {
            if line.starts_with("diff --git ") || line.starts_with("--- ") {
                found_patch = true;
                break;
            }
            if let Some(value) = line.strip_prefix("# guard: ") {
                if guard.replace(value.trim()).is_some() {
                    return Err(HeaderFault::Twice { name: "guard" });
                }
            } else if let Some(value) = line.strip_prefix("# test: ") {
                tests.push((value, None));
            } else if let Some(value) = line.strip_prefix("# target: ") {
                let (_, target) = tests.last_mut().ok_or(HeaderFault::Lacks { name: "test" })?;
                if target.replace(value).is_some() {
                    return Err(HeaderFault::Twice { name: "target" });
                }
            } else if !line.trim().is_empty() {
                return Err(HeaderFault::UnknownLine { line: index + 1 });
            }
        }
        let guard = guard.filter(|text| !text.is_empty()).ok_or(HeaderFault::Lacks { name: "guard" })?;
        let tests = tests.into_iter().map(|(test, target)| Test::parse(test, target)).collect::<Result<Vec<_>, _>>()?;
        if tests.is_empty() {
            return Err(HeaderFault::Lacks { name: "test" });
        }
        if !found_patch {
            return Err(HeaderFault::NoPatch);
        }
        if let Some(path) = lines.filter_map(|(_, line)| line.strip_prefix("+++ b/")).find(|path| is_test(path)) {
            return Err(HeaderFault::ChangesTests { path: path.to_owned() });
        }
        Ok(Self { id: id.to_owned(), guard: guard.to_owned(), tests, patch })
    }
}

impl Test {
    fn parse(line: &str, target: Option<&str>) -> Result<Self, HeaderFault> {
        let (package, name, features) = test_line(line)?;
        let target = target.map_or(Ok(vec!["--tests".to_owned()]), target_line)?;
        Ok(Self { selection: Selection { package, target, features }, name })
    }
}

fn test_line(line: &str) -> Result<(String, String, Vec<String>), HeaderFault> {
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(package), Some(test)) = (words.next(), words.next()) else { return Err(HeaderFault::Test) };
    let mut features = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--no-default-features" | "--all-features" => features.push(word),
            "--features" => features.extend([word, words.next().ok_or(HeaderFault::Test)?]),
            _ => return Err(HeaderFault::Test),
        }
    }
    if package.starts_with('-') || test.starts_with('-') { Err(HeaderFault::Test) } else { Ok((package, test, features)) }
}

fn target_line(line: &str) -> Result<Vec<String>, HeaderFault> {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--lib"] | ["--bin" | "--test" | "--example", _] => Ok(words),
        _ => Err(HeaderFault::Target),
    }
}

fn is_test(path: &str) -> bool {
    path.split('/').any(|part| part == "tests" || part == "tests.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str =
        "diff --git a/crates/x/src/a.rs b/crates/x/src/a.rs\n--- a/crates/x/src/a.rs\n+++ b/crates/x/src/a.rs\n@@ -1 +1 @@\n";

    fn fault(header: &str) -> HeaderFault {
        Control::parse("c", PathBuf::new(), &format!("{header}{PATCH}")).unwrap_err()
    }

    #[test]
    fn a_header_says_guard_test_and_target() {
        let text = format!(
            "# guard: the revision is compared\n# test: pack mod::s18_t --no-default-features --features a,b\n# target: --test rows\n\n{PATCH}"
        );
        let control = Control::parse("c", PathBuf::from("c.patch"), &text).unwrap();
        let [test] = control.tests.as_slice() else { panic!("{:?}", control.tests) };
        assert_eq!((control.id.as_str(), control.guard.as_str(), test.name.as_str()), ("c", "the revision is compared", "mod::s18_t"));
        let arguments: Vec<&str> = test.selection.arguments().collect();
        assert_eq!(arguments, ["--package", "pack", "--test", "rows", "--no-default-features", "--features", "a,b"]);
    }

    #[test]
    fn without_a_target_all_tests_are_meant() {
        let control = Control::parse("c", PathBuf::new(), &format!("# guard: g\n# test: pack t\n{PATCH}")).unwrap();
        assert_eq!(control.tests[0].selection.arguments().collect::<Vec<_>>(), ["--package", "pack", "--tests"]);
    }

    #[test]
    fn several_tests_are_named_one_below_the_other_each_with_its_target() {
        let text = format!("# guard: g\n# test: pack t\n# target: --lib\n# test: other u\n# target: --test rows\n{PATCH}");
        let control = Control::parse("c", PathBuf::new(), &text).unwrap();
        let shown = control.tests.iter().map(|test| (test.name.as_str(), test.selection.arguments().collect::<Vec<_>>().join(" ")));
        let shown: Vec<_> = shown.collect();
        assert_eq!(shown, [("t", "--package pack --lib".to_owned()), ("u", "--package other --test rows".to_owned())]);
    }

    #[test]
    fn each_fault_of_a_header_is_named() {
        assert_eq!(fault("# test: pack t\n"), HeaderFault::Lacks { name: "guard" });
        assert_eq!(fault("# guard: \n# test: pack t\n"), HeaderFault::Lacks { name: "guard" });
        assert_eq!(fault("# guard: g\n"), HeaderFault::Lacks { name: "test" });
        assert_eq!(fault("# guard: g\n# guard: h\n"), HeaderFault::Twice { name: "guard" });
        assert_eq!(fault("# guard: g\n# test: pack t\n# target: --lib\n# target: --lib\n"), HeaderFault::Twice { name: "target" });
        assert_eq!(fault("# guard: g\n# target: --lib\n"), HeaderFault::Lacks { name: "test" });
        assert_eq!(fault("# guard: g\n# tset: pack t\n"), HeaderFault::UnknownLine { line: 2 });
        for test in ["pack", "pack t u", "pack t --features", "pack t --release", "--features a"] {
            assert_eq!(fault(&format!("# guard: g\n# test: {test}\n")), HeaderFault::Test, "{test}");
        }
        for target in ["--test", "rows", "--lib rows", "--bench b", ""] {
            assert_eq!(fault(&format!("# guard: g\n# test: pack t\n# target: {target}\n")), HeaderFault::Target, "{target}");
        }
        let no_patch = Control::parse("c", PathBuf::new(), "# guard: g\n# test: pack t\n").unwrap_err();
        assert_eq!(no_patch, HeaderFault::NoPatch);
    }

    #[test]
    fn a_patch_that_changes_tests_is_refused() {
        for path in ["tests/src/a.rs", "crates/x/tests/a.rs", "crates/x/src/a/tests.rs"] {
            let text = format!("# guard: g\n# test: pack t\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n");
            let error = Control::parse("c", PathBuf::new(), &text).unwrap_err();
            assert_eq!(error, HeaderFault::ChangesTests { path: path.to_owned() });
        }
    }
}
