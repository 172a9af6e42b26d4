//! Chance that can be repeated: a seed tells the whole run.

use std::{
    env,
    ops::Range,
    time::{SystemTime, UNIX_EPOCH},
};

/// Repeats the choices of an earlier run.
const SEED: &str = "ONRECORD_SEED";

/// Carries neighbouring seeds far apart (the golden ratio's bits, as in Steele et al. 2014).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A xorshift generator (Marsaglia 2003): short, and good enough to choose whom to kill.
pub(crate) struct Chance(u64);

impl Chance {
    /// From the seed of the environment or the clock; says which, should the run fail.
    pub(crate) fn new() -> Self {
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let given = env::var(SEED).ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or(u64::from(clock.subsec_nanos()));
        println!("{SEED}={seed}");
        // The generator would stay at nothing.
        Self(seed.wrapping_mul(SPREAD).max(1))
    }

    /// A number of the range.
    pub(crate) fn of(&mut self, range: Range<usize>) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let width = (range.end - range.start) as u64;
        range.start + usize::try_from(self.0 % width).unwrap()
    }
}
