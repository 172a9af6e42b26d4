//! Weights in training, and the order in which they see sentences.

use std::collections::HashMap;

use super::super::{
    state::Move,
    weights::{WIDTH, Weights},
};

/// Weights in training, with their running sum for the average.
pub(super) struct Averaged {
    pub(super) rows: Vec<[f32; WIDTH]>,
    pub(super) sums: Vec<[f32; WIDTH]>,
    pub(super) mask: u32,
    pub(super) clock: f32,
}

impl Averaged {
    pub(super) fn new(bits: u32) -> Self {
        Self {
            rows: vec![[0.0; WIDTH]; 1 << bits],
            sums: vec![[0.0; WIDTH]; 1 << bits],
            mask: (1 << bits) - 1,
            clock: 1.0,
        }
    }

    pub(super) fn score(&self, features: &[u32]) -> [f32; WIDTH] {
        let mut scores = [0.0; WIDTH];
        for feature in features {
            for (score, weight) in scores
                .iter_mut()
                .zip(&self.rows[(feature & self.mask) as usize])
            {
                *score += weight;
            }
        }
        scores
    }

    pub(super) fn update(&mut self, features: &[u32], right: usize, wrong: usize) {
        for feature in features {
            let row = (feature & self.mask) as usize;
            self.rows[row][right] += 1.0;
            self.sums[row][right] += self.clock;
            self.rows[row][wrong] -= 1.0;
            self.sums[row][wrong] -= self.clock;
        }
    }

    pub(super) fn finish(mut self, least: f32) -> Weights {
        for (row, sums) in self.rows.iter_mut().zip(&self.sums) {
            for (weight, sum) in row.iter_mut().zip(sums) {
                *weight -= sum / self.clock;
            }
        }
        Weights::quantize(&self.rows, least)
    }
}

/// Weights of moves in training: of each feature, those of shift, left and right, with their sums.
pub(super) struct AveragedMoves {
    rows: Vec<([f32; 3], [f32; 3])>,
    /// How often each feature was asked for.
    counts: HashMap<u32, u32>,
    pub(super) clock: f32,
}

/// Two to this power are the rows in training: so many that hardly two features share one.
const TRAINING_BITS: u32 = 22;

impl AveragedMoves {
    pub(super) fn new() -> Self {
        Self {
            rows: vec![([0.0; 3], [0.0; 3]); 1 << TRAINING_BITS],
            counts: HashMap::new(),
            clock: 1.0,
        }
    }

    /// What is said for left and for right over shifting.
    pub(super) fn score(&self, features: &[u32]) -> [f32; 2] {
        let mut scores = [0.0; 3];
        for feature in features {
            for (score, weight) in scores.iter_mut().zip(self.rows[row_of(*feature)].0) {
                *score += weight;
            }
        }
        [scores[1] - scores[0], scores[2] - scores[0]]
    }

    pub(super) fn update(&mut self, features: &[u32], right: Move, wrong: Move) {
        for feature in features {
            let (row, sums) = &mut self.rows[row_of(*feature)];
            for (step, change) in [(right, 1.0), (wrong, -1.0)] {
                row[step as usize] += change;
                sums[step as usize] += change * self.clock;
            }
        }
    }

    pub(super) fn count(&mut self, features: &[u32]) {
        for feature in features {
            *self.counts.entry(*feature).or_default() += 1;
        }
    }

    /// The averages of left and right over shifting, by feature; those that are large and often
    /// asked for first.
    pub(super) fn finish(self) -> Vec<(u32, [f32; 2])> {
        let mut list: Vec<(f32, u32, [f32; 2])> = Vec::new();
        #[expect(clippy::iter_over_hash_type, reason = "the list is sorted below")]
        for (feature, count) in &self.counts {
            let (row, sums) = &self.rows[row_of(*feature)];
            let [shift, left, right] = [0, 1, 2].map(|step| row[step] - sums[step] / self.clock);
            let weights = [left - shift, right - shift];
            let size = weights[0].abs() + weights[1].abs();
            #[expect(clippy::cast_precision_loss, reason = "an order, roughly")]
            let often = (*count as f32).sqrt();
            list.push((size * often, *feature, weights));
        }
        list.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let kept = list.into_iter();
        kept.map(|(_, feature, weights)| (feature, weights))
            .collect()
    }
}

const fn row_of(feature: u32) -> usize {
    (feature & ((1 << TRAINING_BITS) - 1)) as usize
}

pub(super) fn best_of(scores: &[f32; WIDTH], among: impl Iterator<Item = usize>) -> usize {
    let mut best = (0, f32::NEG_INFINITY);
    for class in among {
        if scores[class] > best.1 {
            best = (class, scores[class]);
        }
    }
    best.0
}

/// The same order of sentences on every machine.
pub(super) struct Shuffle {
    pub(super) order: Vec<usize>,
    pub(super) dice: Dice,
}

impl Shuffle {
    pub(super) fn new(length: usize) -> Self {
        Self {
            order: (0..length).collect(),
            dice: Dice(42),
        }
    }

    pub(super) fn next(&mut self) -> Vec<usize> {
        for place in (1..self.order.len()).rev() {
            self.order.swap(place, self.dice.roll() % (place + 1));
        }
        self.order.clone()
    }
}

pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize
    }
}
