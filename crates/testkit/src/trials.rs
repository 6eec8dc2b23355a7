//! Random trials that anybody can repeat.

use std::hash::{BuildHasher, RandomState};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

/// How often something random is tried, and from which seed.
///
/// The seed is what `RECENSION_SEED` says, else a new one each time; what fails says which it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trials {
    cases: u32,
    seed: u64,
}

impl Trials {
    /// So many trials.
    #[must_use]
    pub fn new(cases: u32) -> Self {
        let seed = std::env::var("RECENSION_SEED").ok().and_then(|seed| seed.trim().parse().ok());
        Self { cases, seed: seed.unwrap_or_else(|| RandomState::new().hash_one(0)) }
    }

    /// The same trials from this seed.
    #[must_use]
    pub const fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// How many there are.
    #[cfg(feature = "rows")]
    pub(crate) const fn cases(self) -> u32 {
        self.cases
    }

    /// The seed that they start from.
    #[must_use]
    pub const fn from(&self) -> u64 {
        self.seed
    }

    /// So many random values; fewer where hardly any can be made.
    pub fn sample<S: Strategy>(&self, count: u32, values: &S) -> Vec<S::Value> {
        let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(self.seed), failure_persistence: None, ..Config::default() });
        (0..count).filter_map(|_| values.new_tree(&mut runner).ok()).map(|tree| tree.current()).collect()
    }

    /// Tries `test` on random values. One that it rejects is replaced by another; where nearly all are, that is an error.
    ///
    /// # Errors
    /// What failed, with the smallest value that was found to fail, and how to see it again.
    pub fn run<S: Strategy>(&self, values: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) -> Result<(), String> {
        let config = Config {
            cases: self.cases,
            max_global_rejects: self.cases.saturating_mul(16).max(1024),
            failure_persistence: None,
            rng_seed: RngSeed::Fixed(self.seed),
            ..Config::default()
        };
        let seed = self.seed;
        TestRunner::new(config).run(values, test).map_err(|error| format!("{error}\nthe same trials again: RECENSION_SEED={seed}"))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use proptest::prelude::*;

    use super::*;

    fn tried(trials: Trials) -> (Vec<u64>, Result<(), String>) {
        let seen = RefCell::new(Vec::new());
        let result = trials.run(&any::<u64>(), |value| {
            seen.borrow_mut().push(value);
            prop_assert!(value < 1 << 60);
            Ok(())
        });
        (seen.into_inner(), result)
    }

    #[test]
    fn a_seed_gives_the_same_trials_and_is_in_the_message() {
        let trials = Trials { cases: 100, seed: 7 };
        let (seen, result) = tried(trials);
        assert_eq!(tried(trials).0, seen);
        assert_ne!(tried(trials.seed(8)).0, seen);
        let message = result.unwrap_err();
        assert!(message.contains("minimal failing input: 1152921504606846976"), "shrunk: {message}");
        assert!(message.ends_with("RECENSION_SEED=7"), "{message}");
    }
}
