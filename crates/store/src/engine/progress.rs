//! How far the last statement of a connection has come.

use std::sync::atomic::{AtomicU8, Ordering};

/// How far a statement has come. Shared with what is done with a row, which may be dropped meanwhile as the statement may be.
#[derive(Default)]
pub(super) struct Progress(AtomicU8);

impl Progress {
    /// Its end was seen.
    pub(super) const DONE: u8 = 0;
    /// It is on its way, or its answer is.
    pub(super) const ON_ITS_WAY: u8 = 1;
    /// A row has been taken, and the next one not asked for.
    pub(super) const AT_A_ROW: u8 = 2;
    /// A ROLLBACK that nobody waits for is on its way.
    pub(super) const TAKING_BACK: u8 = 3;

    pub(super) fn is(&self, step: u8) -> bool {
        self.0.load(Ordering::Relaxed) == step
    }

    pub(super) fn set(&self, step: u8) {
        self.0.store(step, Ordering::Relaxed);
    }
}
