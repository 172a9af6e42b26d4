//! Chance that can be repeated: a seed tells the whole run.

use std::{
    env,
    ops::Range,
    time::{SystemTime, UNIX_EPOCH},
};

/// Repeats the choices of an earlier run.
const SEED: &str = "ONRECORD_SEED";

/// Good enough to choose whom to kill.
pub(crate) struct Chance(fastrand::Rng);

impl Chance {
    /// From the seed of the environment or the clock; says which, should the run fail.
    pub(crate) fn new() -> Self {
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let given = env::var(SEED).ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or(u64::from(clock.subsec_nanos()));
        println!("{SEED}={seed}");
        Self(fastrand::Rng::with_seed(seed))
    }

    /// A number of the range.
    pub(crate) fn of(&mut self, range: Range<usize>) -> usize {
        self.0.usize(range)
    }
}
