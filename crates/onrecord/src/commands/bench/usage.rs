//! What a process has used of the machine, as Linux tells it.

use std::{fs, process};

/// Clock ticks of `/proc/PID/stat` in a second: 100 on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

/// What a process has used so far. Everything is `None` where the system does not tell.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    /// Processor time, user and system, of all its threads.
    pub(super) cpu_seconds: Option<f64>,
    /// Memory that it holds now.
    pub(super) memory_mb: Option<f64>,
    /// Most memory that it has held since it started.
    pub(super) peak_memory_mb: Option<f64>,
}

impl Usage {
    /// What this process has used.
    pub(super) fn own() -> Self {
        Self::of(process::id())
    }

    /// What the process with this id has used.
    pub(super) fn of(pid: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        Self {
            cpu_seconds: cpu_seconds(pid),
            memory_mb: megabytes(&status, "VmRSS:"),
            peak_memory_mb: megabytes(&status, "VmHWM:"),
        }
    }

    /// Processor time since `earlier`.
    pub(super) fn cpu_since(self, earlier: Self) -> Option<f64> {
        Some(self.cpu_seconds? - earlier.cpu_seconds?)
    }
}

fn cpu_seconds(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may hold spaces; the figures stand behind its closing bracket.
    let (_, figures) = stat.rsplit_once(") ")?;
    let mut figures = figures.split(' ').skip(11);
    let mut next = || figures.next()?.parse::<f64>().ok();
    Some((next()? + next()?) / TICKS)
}

fn megabytes(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}
