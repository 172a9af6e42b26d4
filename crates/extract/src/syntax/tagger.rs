//! Part-of-speech tags by a greedy averaged perceptron (Collins 2002), left to right.

use super::{
    closed::ClosedTags,
    weights::{Scores, WIDTH, Weights},
    word::{Word, feature},
};

/// A Penn Treebank tag, by its place in the model's list.
pub(crate) type TagId = u8;

/// Stands before the first word.
pub(crate) const NO_TAG: TagId = 63;

const FEATURES: usize = 19;

/// Tags words in turn, knowing the two tags before.
#[derive(Debug)]
pub(crate) struct Tagger {
    pub(crate) weights: Weights,
    pub(crate) tags: usize,
    /// Words seen often and with one tag only: (form, tag), by form.
    pub(crate) certain: Vec<(u32, TagId)>,
    pub(crate) closed: ClosedTags,
    /// The tag of names, where the model has it.
    pub(crate) name: Option<TagId>,
}

impl Tagger {
    /// Appends the tags of `words` to `tags`, which must be empty.
    pub(crate) fn tag(&self, words: &[Word], tags: &mut Vec<TagId>) {
        let mut scores: Scores = [0; WIDTH];
        for place in 0..words.len() {
            let tag = self.certain_tag(words, place).unwrap_or_else(|| {
                self.weights
                    .score(&features(words, tags, place), &mut scores);
                self.best(&mut scores, words.get(place))
            });
            tags.push(tag);
        }
    }

    /// The best tag that the word can have; the first of equals.
    fn best(&self, scores: &mut Scores, word: Option<&Word>) -> TagId {
        let form = word.map_or(0, |word| word.form);
        loop {
            let tag = best(scores, self.tags);
            let Some(score) = scores.get_mut(usize::from(tag)) else {
                return tag;
            };
            if *score == i16::MIN || self.closed.allow(tag, form) {
                return tag;
            }
            *score = i16::MIN;
        }
    }

    fn certain_tag(&self, words: &[Word], place: usize) -> Option<TagId> {
        let word = words.get(place)?;
        if word.is_name && self.name.is_some() {
            return self.name;
        }
        let form = word.form;
        let found = self
            .certain
            .binary_search_by_key(&form, |entry| entry.0)
            .ok()?;
        self.certain.get(found).map(|entry| entry.1)
    }
}

/// The best of the first `count` classes; the first of equals.
fn best(scores: &Scores, count: usize) -> TagId {
    let mut best = (0, i16::MIN);
    for (tag, score) in (0..).zip(scores.iter().take(count)) {
        if *score > best.1 {
            best = (tag, *score);
        }
    }
    best.0
}

/// The features of the word at `place`, given the tags of all words before it.
pub(crate) fn features(words: &[Word], tags: &[TagId], place: usize) -> [u32; FEATURES] {
    let word = |offset: isize| {
        place
            .checked_add_signed(offset)
            .and_then(|at| words.get(at))
            .copied()
            .unwrap_or_default()
    };
    let tag = |back: usize| {
        let tag = place.checked_sub(back).and_then(|at| tags.get(at));
        u32::from(*tag.unwrap_or(&NO_TAG))
    };
    let this = word(0);
    let (before, after) = (word(-1), word(1));
    let first = u32::from(place == 0);
    let [one, two, three] = this.suffixes;
    let (tag1, tag2) = (tag(1), tag(2));
    [
        feature(0, [this.form]),
        feature(1, [three]),
        feature(2, [two]),
        feature(3, [one, this.prefix]),
        feature(4, [this.shape, first]),
        feature(5, [tag1]),
        feature(6, [tag1, tag2]),
        feature(7, [tag1, this.form]),
        feature(8, [before.form]),
        feature(9, [after.form]),
        feature(10, [word(-2).form]),
        feature(11, [word(2).form]),
        feature(12, [before.suffixes[2]]),
        feature(13, [after.suffixes[2]]),
        feature(14, [tag1, after.form]),
        feature(15, [tag1, three]),
        feature(16, [this.shape, tag1, after.shape]),
        feature(17, [three, after.suffixes[1]]),
        feature(18, [this.form, after.form]),
    ]
}
