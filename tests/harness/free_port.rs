//! Ports for programs that cannot be told to choose their own, or that must come back under one.

use std::{
    net::TcpListener,
    process,
    sync::atomic::{AtomicU16, Ordering},
};

/// Below the ports that Linux gives to whoever asks for any: one that was free a moment ago stays
/// so until its program has started.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A port on loopback that nobody uses and that no other test of this run is given.
pub(crate) fn free_port() -> u16 {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    // Two runs at once begin at different places.
    let begin = u16::try_from(process::id().wrapping_mul(97) % u32::from(COUNT)).unwrap();
    (0..COUNT)
        .map(|_| {
            let step = TAKEN.fetch_add(1, Ordering::Relaxed) % COUNT;
            FIRST + (begin + step) % COUNT
        })
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("one of 12,000 ports is free")
}

/// The same as `host:port`.
pub(crate) fn free_address() -> String {
    format!("127.0.0.1:{}", free_port())
}
