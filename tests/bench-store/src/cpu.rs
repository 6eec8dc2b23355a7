use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds of CPU time that this process has used so far, over all its threads.
pub(crate) fn nanoseconds() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let part = |part: i64| u64::try_from(part).unwrap_or_default();
    part(time.tv_sec) * 1_000_000_000 + part(time.tv_nsec)
}

/// When something began, by both clocks.
pub(crate) struct Watch {
    cpu: u64,
    wall: Instant,
}

/// What something took, in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Taken {
    /// Of this process, over all its threads.
    pub(crate) cpu: u64,
    /// By the clock on the wall.
    pub(crate) wall: u64,
}

impl Watch {
    pub(crate) fn now() -> Self {
        Self { cpu: nanoseconds(), wall: Instant::now() }
    }

    pub(crate) fn taken(&self) -> Taken {
        let wall = u64::try_from(self.wall.elapsed().as_nanos()).unwrap_or(u64::MAX);
        Taken { cpu: nanoseconds() - self.cpu, wall }
    }
}
