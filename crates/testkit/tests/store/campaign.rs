//! What campaigns have in common: how much they do, and dice that fall the same in each run.

/// How much of something a campaign does: `usual` unless the variable says more.
pub(crate) fn how_many(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |many| many.parse().unwrap())
}

/// Numbers that differ enough.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// The same in each run, unless `RECENSION_SEED` says other ones; and which seed it is.
    pub(crate) fn seeded() -> (Self, u64) {
        let seed = how_many("RECENSION_SEED", 20_261_130);
        (Self(seed), seed)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}
