//! The processor time of this thread, which other work on the machine does not lengthen.

use std::{
    fs,
    sync::LazyLock,
    time::{Duration, Instant},
};

/// Processor time that the calling thread has used; on systems that do not tell, time passed.
pub(crate) fn cpu_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let schedule = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = schedule
        .as_deref()
        .and_then(|line| line.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}
