//! Weights in training, and the order in which they see sentences.

use super::super::weights::{WIDTH, Weights};

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
