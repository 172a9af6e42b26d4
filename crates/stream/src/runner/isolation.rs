//! Finds the input whose outputs the broker refuses: halves the batch until one input is left.

use super::workers::Poisoned;

/// What is known of the refused input.
#[derive(Debug, Default)]
pub(crate) struct Isolation {
    /// Most inputs of a batch while the search lasts.
    limit: Option<usize>,
    /// Inputs still to commit until all of the refused batch are behind.
    suspects: usize,
    poisoned: Poisoned,
}

impl Isolation {
    /// Most inputs of the next batch, where fewer than configured.
    pub(crate) fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// The inputs known to be refused.
    pub(crate) fn poisoned(&self) -> Poisoned {
        self.poisoned.clone()
    }

    /// A batch of these inputs was refused.
    pub(crate) fn refused(&mut self, inputs: &[(i32, i64)], reason: &str) {
        if let [only] = inputs {
            self.poisoned.insert(*only, reason.to_owned());
            self.limit = None;
            return;
        }
        self.limit = Some((inputs.len() / 2).max(1));
        self.suspects = inputs.len();
    }

    /// So many inputs were committed.
    pub(crate) fn committed(&mut self, inputs: usize) {
        self.suspects = self.suspects.saturating_sub(inputs);
        if self.suspects == 0 {
            self.limit = None;
            self.poisoned.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs 100 inputs through batches of at most `isolation.limit()`, of which `bad` are refused.
    fn isolate(bad: &[i64]) -> Vec<i64> {
        let mut isolation = Isolation::default();
        let (mut at, mut dead, mut turns) = (0, Vec::new(), 0);
        while at < 100 {
            turns += 1;
            assert!(turns < 200, "the search ends");
            let size = i64::try_from(isolation.limit().unwrap_or(64)).unwrap();
            let inputs: Vec<(i32, i64)> = (at..(at + size).min(100)).map(|n| (0, n)).collect();
            let poisoned = isolation.poisoned();
            let is_refused =
                |input: &(i32, i64)| bad.contains(&input.1) && !poisoned.contains_key(input);
            if inputs.iter().any(is_refused) {
                isolation.refused(&inputs, "too large");
                continue;
            }
            dead.extend(
                inputs
                    .iter()
                    .filter(|i| poisoned.contains_key(i))
                    .map(|i| i.1),
            );
            at += i64::try_from(inputs.len()).unwrap();
            isolation.committed(inputs.len());
        }
        dead
    }

    #[test]
    fn only_the_refused_inputs_become_dead_letters() {
        assert_eq!(isolate(&[]), Vec::<i64>::new());
        assert_eq!(isolate(&[0]), [0]);
        assert_eq!(isolate(&[37, 38, 99]), [37, 38, 99]);
    }
}
