use std::fmt;

/// How one test ended, read from what its test program printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    /// It failed; `asserted` if by a panic of its own and not by a step on the way that went wrong.
    Failed {
        asserted: bool,
    },
    Ignored,
    /// No line tells of it: no such test, nothing built, or the program died before.
    NotRun,
}

impl Outcome {
    /// Finds the test by its full name. If several programs have one of that name, the worst ending counts.
    pub(crate) fn of(test: &str, printed: &str) -> Self {
        let prefix = format!("test {test} ");
        let endings: Vec<&str> =
            printed.lines().filter_map(|line| line.strip_prefix(&prefix)?.rsplit_once("... ").map(|(_, end)| end)).collect();
        if endings.contains(&"FAILED") {
            return Self::Failed { asserted: asserted(test, printed) };
        }
        if endings.iter().any(|ending| ending.starts_with("ignored")) {
            return Self::Ignored;
        }
        if endings.contains(&"ok") { Self::Passed } else { Self::NotRun }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passed => "passed",
            Self::Failed { asserted: true } => "failed",
            Self::Failed { asserted: false } => "failed, but not on an assertion",
            Self::Ignored => "is ignored",
            Self::NotRun => "did not run",
        })
    }
}

/// What a control showed. Only [`Verdict::Red`] proves that its test guards something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The test passes with the guard and fails on an assertion without it.
    Red,
    /// With the guard in place the test does not pass.
    Unpatched(Outcome),
    NotApplied,
    NotBuilt,
    /// Without the guard the test does not fail as it should.
    Patched(Outcome),
    /// The test failed, yet the test program did not end as one with a failed test does.
    Ended(Option<i32>),
}

impl Verdict {
    /// Judges the run with the patch. Cargo ends with 101 when a test fails.
    pub(crate) fn patched(exit_code: Option<i32>, outcome: Outcome) -> Self {
        match (outcome, exit_code) {
            (Outcome::Failed { asserted: true }, Some(101)) => Self::Red,
            (Outcome::Failed { asserted: true }, other) => Self::Ended(other),
            (outcome, _) => Self::Patched(outcome),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Red => f.write_str("fails without the guard"),
            Self::Unpatched(outcome) => write!(f, "{outcome} although the guard is in place"),
            Self::NotApplied => f.write_str("the patch does not apply"),
            Self::NotBuilt => f.write_str("does not build without the guard"),
            Self::Patched(outcome) => write!(f, "{outcome} without the guard"),
            Self::Ended(Some(code)) => write!(f, "failed, but its program ended with {code}"),
            Self::Ended(None) => f.write_str("failed, but its program was killed"),
        }
    }
}

/// Panics that tell of a step that went wrong on the way, not of a claim that does not hold.
const NOT_ASSERTIONS: [&str; 2] = ["called `Result::unwrap()` on an `Err`", "called `Option::unwrap()` on a `None`"];

/// What a test said that failed, line by line.
pub(super) fn said<'p>(test: &str, printed: &'p str) -> impl Iterator<Item = &'p str> {
    let start = format!("---- {test} stdout ----");
    let after = printed.lines().skip_while(move |line| *line != start).skip(1);
    after.take_while(|line| !line.starts_with("---- ") && *line != "failures:")
}

/// Whether the test's own output holds a panic that may be an assertion. The message stands on the line below the place.
fn asserted(test: &str, printed: &str) -> bool {
    let mut section = said(test, printed);
    while let Some(line) = section.next() {
        if line.starts_with("thread '") && line.contains(" panicked at ") {
            let message = section.next().unwrap_or_default();
            if !NOT_ASSERTIONS.iter().any(|start| message.starts_with(start)) {
                return true;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(message: &str) -> String {
        format!(
            "running 1 test\ntest a::t ... FAILED\n\nfailures:\n\n---- a::t stdout ----\n\n\
             thread 'a::t' (17) panicked at src/a.rs:3:5:\n{message}\n\nfailures:\n    a::t\n\ntest result: FAILED. 0 passed; 1 failed\n"
        )
    }

    #[test]
    fn endings_are_read_by_full_name() {
        assert_eq!(Outcome::of("a::t", "test a::t ... ok\n"), Outcome::Passed);
        assert_eq!(Outcome::of("a::t", "test a::t - should panic ... ok\n"), Outcome::Passed);
        assert_eq!(Outcome::of("a::t", "test a::t ... ignored, slow\n"), Outcome::Ignored);
        assert_eq!(Outcome::of("a::t", "test a::tt ... ok\ntest b::a::t ... ok\n"), Outcome::NotRun);
        assert_eq!(Outcome::of("a::t", "test a::t ... "), Outcome::NotRun);
        assert_eq!(Outcome::of("a::t", "error: could not compile"), Outcome::NotRun);
    }

    #[test]
    fn a_failure_in_one_of_two_programs_counts() {
        let printed = format!("test a::t ... ok\n{}", failed("assertion failed: x"));
        assert_eq!(Outcome::of("a::t", &printed), Outcome::Failed { asserted: true });
    }

    #[test]
    fn an_unwrapped_error_is_not_an_assertion() {
        for message in
            ["assertion `left == right` failed", "rows of others were seen", "called `Result::unwrap_err()` on an `Ok` value: ()"]
        {
            assert_eq!(Outcome::of("a::t", &failed(message)), Outcome::Failed { asserted: true }, "{message}");
        }
        for message in NOT_ASSERTIONS {
            assert_eq!(Outcome::of("a::t", &failed(message)), Outcome::Failed { asserted: false }, "{message}");
        }
        let returned =
            "test a::t ... FAILED\n\n---- a::t stdout ----\nError: Closed\n\n---- b::t stdout ----\nthread 'b' panicked at b.rs:1:1:\nx\n";
        assert_eq!(Outcome::of("a::t", returned), Outcome::Failed { asserted: false });
    }

    #[test]
    fn what_a_test_said_is_told_apart_from_others() {
        let printed = format!("---- b::t stdout ----\nof another\n{}", failed("assertion failed: x"));
        let said: Vec<_> = said("a::t", &printed).filter(|line| !line.is_empty()).collect();
        assert_eq!(said, ["thread 'a::t' (17) panicked at src/a.rs:3:5:", "assertion failed: x"]);
    }

    #[test]
    fn only_an_asserted_failure_with_the_exit_code_of_tests_is_red() {
        let asserted = Outcome::Failed { asserted: true };
        assert_eq!(Verdict::patched(Some(101), asserted.clone()), Verdict::Red);
        assert_eq!(Verdict::patched(Some(0), asserted.clone()), Verdict::Ended(Some(0)));
        assert_eq!(Verdict::patched(None, asserted), Verdict::Ended(None));
        for outcome in [Outcome::Passed, Outcome::Ignored, Outcome::NotRun, Outcome::Failed { asserted: false }] {
            assert_eq!(Verdict::patched(Some(101), outcome.clone()), Verdict::Patched(outcome));
        }
    }
}
