//! Threads that read documents.

use std::{io, thread};

use tokio::runtime::{Builder, Runtime};

/// As many threads as there are cores, for work on documents alone.
///
/// The runtime's own blocking threads are many, since name look-ups wait there, and the allocator
/// keeps for each of them what its largest document took.
#[derive(Debug)]
pub(crate) struct CpuPool {
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

impl CpuPool {
    pub(crate) fn new() -> io::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let runtime = Builder::new_current_thread()
            .max_blocking_threads(cores)
            .thread_name("reader")
            .build()?;
        Ok(Self {
            runtime: Some(runtime),
        })
    }

    /// What the work gives, once a thread is free for it; `None` where it panics.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        self.runtime.as_ref()?.spawn_blocking(work).await.ok()
    }
}

impl Drop for CpuPool {
    fn drop(&mut self) {
        // The last owner may be an async task, which must not wait for threads.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
