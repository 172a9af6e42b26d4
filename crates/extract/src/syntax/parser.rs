//! Dependency trees by greedy arc-hybrid transitions (Kuhlmann et al. 2011), scored by an averaged
//! perceptron trained with a dynamic oracle (Goldberg and Nivre 2013). Linear in the sentence.
//!
//! First the move is chosen, among three; then, where it makes an arc, the label of that. Moves ask
//! for twice as many rows as labels, so theirs are the small ones.

use super::{
    label::Labeller,
    moves::MoveWeights,
    state::{LabelId, Move, NO_LABEL, State},
    tagger::{NO_TAG, TagId},
    word::{Word, joint_feature, packed},
};

/// Features of a state.
pub(crate) const FEATURES: usize = 43;

/// Builds trees.
#[derive(Debug)]
pub(crate) struct Parser {
    pub(crate) moves: MoveWeights,
    pub(crate) labeller: Labeller,
    /// The label that the root of the tree gets.
    pub(crate) root: LabelId,
}

impl Parser {
    /// The heads and labels of a sentence; the root's head is [`super::state::NOWHERE`].
    ///
    /// Sentences over 65,000 words are cut by the caller.
    pub(crate) fn parse(&self, words: &[Word], tags: &[TagId]) -> (Vec<u16>, Vec<LabelId>) {
        let mut state = State::new(words.len());
        while !state.is_done() {
            let allowed = state.allowed();
            let step = if allowed.left || allowed.right {
                let [left, right] = self.moves.score(&features(&state, words, tags));
                allowed.best(left, right)
            } else {
                // With nothing on the stack there is nothing to weigh.
                Move::Shift
            };
            let label = state.arc(step).map_or(NO_LABEL, |(child, head)| {
                self.labeller.label(&state, words, tags, child, head)
            });
            state.apply(step, label);
        }
        state.finish(self.root)
    }
}

/// The features of a state: Zhang and Nivre's (2011) for arc-hybrid, cut to what paid.
pub(crate) fn features(state: &State, words: &[Word], tags: &[TagId]) -> [u32; FEATURES] {
    let form = |place: u16| words.get(usize::from(place)).map_or(7, |word| word.form);
    let tag = |place: u16| u32::from(*tags.get(usize::from(place)).unwrap_or(&NO_TAG));
    let label = |place: u16| state.label_of(place);
    let (s0, s1, s2) = (state.stacked(0), state.stacked(1), state.stacked(2));
    let (b0, b1, b2) = (state.ahead(0), state.ahead(1), state.ahead(2));
    let (c0, c1, cb) = (
        state.children_of(s0),
        state.children_of(s1),
        state.children_of(b0),
    );
    let (w0, w1, wb, wc) = (form(s0), form(s1), form(b0), form(b1));
    let (t0, t1, t2, tb, tc, td) = (tag(s0), tag(s1), tag(s2), tag(b0), tag(b1), tag(b2));
    let apart = distance(s0, b0);
    let apart1 = distance(s1, s0);
    let valency0 = u32::from(c0.lefts.min(3)) << 2 | u32::from(c0.rights.min(3));
    let valency1 = u32::from(c1.lefts.min(3)) << 2 | u32::from(c1.rights.min(3));
    [
        joint_feature(0, w0, 0),
        joint_feature(1, 0, t0),
        joint_feature(3, w1, 0),
        joint_feature(4, 0, t1),
        joint_feature(6, wb, 0),
        joint_feature(7, 0, tb),
        joint_feature(9, wc, tc),
        joint_feature(10, 0, packed([tb, tc, td])),
        joint_feature(11, 0, packed([t2, t1, t0])),
        joint_feature(12, w0, wb),
        joint_feature(13, w0, packed([t0, tb])),
        joint_feature(14, wb, packed([t0, tb])),
        joint_feature(15, 0, packed([t0, tb])),
        joint_feature(16, w1, w0),
        joint_feature(17, w1, packed([t1, t0])),
        joint_feature(18, w0, packed([t1, t0])),
        joint_feature(19, 0, packed([t1, t0])),
        joint_feature(20, 0, packed([t0, tb, tc])),
        joint_feature(21, 0, packed([t1, t0, tb])),
        joint_feature(22, w0, packed([t1, tb])),
        joint_feature(23, w1, packed([t0, tb])),
        joint_feature(24, wb, packed([t1, t0])),
        joint_feature(25, 0, packed([t0, tag(c0.left), tb])),
        joint_feature(26, 0, packed([t0, tag(c0.right), tb])),
        joint_feature(27, 0, packed([t1, tag(c1.right), t0])),
        joint_feature(28, 0, packed([t1, tag(c1.left), t0])),
        joint_feature(29, 0, packed([t0, tb, tag(cb.left)])),
        joint_feature(30, w0, label(c0.left)),
        joint_feature(31, w0, label(c0.right)),
        joint_feature(32, w1, label(c1.right)),
        joint_feature(33, w1, label(c1.left)),
        joint_feature(34, 0, packed([t1, label(c1.right), t0, label(c0.left)])),
        joint_feature(35, 0, packed([t0, label(c0.left), label(c0.right), tb])),
        joint_feature(36, wb, label(cb.left)),
        joint_feature(37, 0, packed([t0, valency0, tb])),
        joint_feature(38, 0, packed([t1, valency1, t0])),
        joint_feature(39, 0, packed([t0, tb, apart])),
        joint_feature(40, 0, packed([t1, t0, apart1])),
        joint_feature(41, w1, packed([t0, apart1])),
        joint_feature(42, w0, packed([tb, apart])),
        joint_feature(43, w1, packed([label(c1.right), t0, tb])),
        joint_feature(44, form(c0.left), packed([t1, t0])),
        joint_feature(45, 0, packed([t1, t0, tb, tc])),
    ]
}

/// How far apart two words are, in three bits.
pub(crate) fn distance(left: u16, right: u16) -> u32 {
    match right.saturating_sub(left) {
        near @ 0..=4 => u32::from(near),
        5..=9 => 5,
        10..=19 => 6,
        _ => 7,
    }
}
