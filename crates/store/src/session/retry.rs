//! When a transaction is run again, and how long that is waited for.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// How often a transaction is run at most.
const RUNS: u32 = 10;
/// The longest wait before it is run for the second time; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(10);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// What all transactions of the process have to spare: when everyone is in everyone's way, running all of it again and again
/// makes it worse.
static BUDGET: Budget = Budget::full();

/// How many transactions may be run again: a tenth of those that are run, and a reserve for a storm that has just begun.
#[derive(Debug)]
struct Budget(AtomicU32);

impl Budget {
    /// Tenths of a run that a transaction brings in, and that one more run costs.
    const SHARE: u32 = 1;
    const RUN: u32 = 10;
    const RESERVE: u32 = 100 * Self::RUN;

    const fn full() -> Self {
        Self(AtomicU32::new(Self::RESERVE))
    }

    fn earn(&self) {
        _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some((left + Self::SHARE).min(Self::RESERVE)));
    }

    /// Whether there was enough for one more run.
    fn spend(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(Self::RUN)).is_ok()
    }
}

/// Tries of one thing, until a moment.
#[derive(Debug)]
pub(super) struct Tries {
    made: u32,
    /// None begins after it.
    until: Instant,
}

impl Tries {
    /// The first one, which begins now.
    pub(super) fn within(timeout: Duration) -> Self {
        Self { made: 1, until: Instant::now() + timeout }
    }

    /// How long the next one is waited for, if there is to be one: a random part of a bound that doubles, so that those who
    /// were in each other's way do not meet again.
    fn next(&self) -> Option<Duration> {
        let bound = FIRST_WAIT.saturating_mul(1 << (self.made - 1).min(RUNS)).min(LONGEST_WAIT);
        let wait = bound.mul_f64(random());
        (Instant::now() + wait < self.until).then_some(wait)
    }

    #[expect(clippy::disallowed_methods, reason = "there is nothing to wait for but time")]
    async fn wait(&mut self, wait: Duration) {
        self.made += 1;
        tokio::time::sleep(wait).await;
    }

    /// Waits for the next one; `false` when the time is over.
    pub(super) async fn again(&mut self) -> bool {
        match self.next() {
            Some(wait) => {
                self.wait(wait).await;
                true
            }
            None => false,
        }
    }

    /// What comes of one, if it does before the time is over.
    pub(super) async fn in_time<T>(&self, one: impl Future<Output = T>) -> Option<T> {
        if Instant::now() >= self.until {
            return None;
        }
        tokio::time::timeout_at(self.until, one).await.ok()
    }
}

/// The runs of one transaction.
#[derive(Debug)]
pub(super) struct Runs<'b> {
    tries: Tries,
    budget: &'b Budget,
}

impl Runs<'static> {
    /// The first run, which begins now.
    pub(super) fn begin(timeout: Duration) -> Self {
        Self::of(&BUDGET, timeout)
    }
}

impl<'b> Runs<'b> {
    fn of(budget: &'b Budget, timeout: Duration) -> Self {
        budget.earn();
        Self { tries: Tries::within(timeout), budget }
    }

    /// Waits for the next run; `false` when there shall be none.
    pub(super) async fn again(&mut self) -> bool {
        match self.tries.next() {
            Some(wait) if self.tries.made < RUNS && self.budget.spend() => {
                self.tries.wait(wait).await;
                true
            }
            _ => false,
        }
    }
}

/// A number from 0 to 1.
fn random() -> f64 {
    // The keys of the hasher are random.
    let bits = u32::try_from(RandomState::new().hash_one(0_u8) >> 32).unwrap_or_default();
    f64::from(bits) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    async fn waits(budget: &Budget, timeout: Duration) -> Vec<Duration> {
        let mut runs = Runs::of(budget, timeout);
        let mut waits = Vec::new();
        loop {
            let begun = Instant::now();
            if !runs.again().await {
                return waits;
            }
            waits.push(begun.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_transaction_is_run_ten_times_and_waits_for_a_random_part_of_a_bound_that_doubles() {
        let budget = Budget::full();
        let all = [waits(&budget, LONG).await, waits(&budget, LONG).await, waits(&budget, LONG).await];
        for (index, bound) in [10, 20, 40, 80, 160, 320, 640, 1_000, 1_000].into_iter().enumerate() {
            // The clock of the runtime has whole milliseconds.
            assert!(all.iter().all(|waits| waits[index] <= Duration::from_millis(bound + 1)), "{all:?}");
        }
        assert!(all.iter().all(|waits| waits.len() == 9), "{all:?}");
        assert!(all[0] != all[1] || all[1] != all[2], "at random: {all:?}");
        let longest = all.iter().flatten().max().unwrap();
        assert!(*longest > Duration::from_millis(200), "the bound grows: {all:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn no_run_begins_after_the_time_is_over() {
        let budget = Budget::full();
        let begun = Instant::now();
        for _ in 0..20 {
            assert!(waits(&budget, Duration::ZERO).await.is_empty());
        }
        assert_eq!(begun.elapsed(), Duration::ZERO);
        let waits = waits(&budget, Duration::from_millis(500)).await;
        assert!(waits.iter().sum::<Duration>() <= Duration::from_millis(510), "{waits:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_tenth_of_all_runs_is_one_more_and_a_reserve() {
        let budget = Budget(AtomicU32::new(0));
        let mut again = 0;
        for _ in 0..1_000 {
            again += waits(&budget, LONG).await.len();
        }
        assert_eq!(again, 100);
        let budget = Budget::full();
        let mut again = 0;
        for _ in 0..1_000 {
            again += waits(&budget, LONG).await.len();
        }
        assert!((199..=200).contains(&again), "{again}");
    }
}
