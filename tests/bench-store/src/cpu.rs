use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds of CPU time that this process has used so far, over all its threads.
pub(crate) fn nanoseconds() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let part = |part: i64| u64::try_from(part).unwrap_or_default();
    part(time.tv_sec) * 1_000_000_000 + part(time.tv_nsec)
}
