//! Chance that is the same in every run.

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

pub(crate) struct Dice(TestRng);

impl Dice {
    /// Chance for one version of an object.
    pub(crate) fn new(object: &str, version: &str) -> Self {
        let mut seed = [7; 32];
        for (place, byte) in object.bytes().chain(version.bytes()).enumerate() {
            seed[place % 32] ^= byte;
        }
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `end`, which is not zero.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.bits() % u64::try_from(end).unwrap()).unwrap()
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// A number from `min` to `max`, one of three of them at a bound.
    pub(crate) fn within(&mut self, min: i128, max: i128) -> i128 {
        match self.below(6) {
            0 => min,
            1 => max,
            2 => 0.clamp(min, max),
            _ => min + i128::from(self.bits()) % (max - min + 1),
        }
    }

    /// Letters and digits in lower case, beginning with a letter.
    pub(crate) fn word(&mut self, count: usize) -> String {
        (0..count).map(|place| char::from(if place == 0 { b'a' } else { self.pick(b"abcxyz0189-") })).collect()
    }
}
