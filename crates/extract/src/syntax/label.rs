//! The label of an arc, once it is known which words it ties.

use super::{
    Label, Tag,
    parser::distance,
    state::{LabelId, State},
    tagger::{NO_TAG, TagId},
    weights::{Scores, WIDTH, Weights},
    word::{Word, joint_feature, packed},
};

/// Features of an arc.
pub(crate) const FEATURES: usize = 24;

/// Names arcs.
#[derive(Debug)]
pub(crate) struct Labeller {
    pub(crate) weights: Weights,
    /// The labels of words whose head stands behind them, and of those whose head stands before.
    pub(crate) lists: [Vec<LabelId>; 2],
    pub(crate) punctuation: Punctuation,
}

/// The tags of marks and brackets, whose label the weights have no choice of: one arc in eight is
/// theirs, and asking for a label costs as much as choosing the moves.
#[derive(Debug)]
pub(crate) struct Punctuation {
    label: LabelId,
    /// By tag.
    is_sign: Vec<bool>,
}

const SIGNS: [Tag; 7] = [
    Tag::Comma,
    Tag::Stop,
    Tag::Colon,
    Tag::OpenQuote,
    Tag::CloseQuote,
    Tag::OpenBracket,
    Tag::CloseBracket,
];

impl Punctuation {
    /// That of a model with these tags and labels.
    pub(crate) fn of(tags: &[Tag], labels: &[Label]) -> Self {
        let label = (0..)
            .zip(labels)
            .find(|(_, label)| **label == Label::Punctuation);
        let is_sign = |tag| label.is_some() && SIGNS.contains(tag);
        Self {
            label: label.map_or(0, |(id, _)| id),
            is_sign: tags.iter().map(is_sign).collect(),
        }
    }

    fn holds(&self, tag: Option<&TagId>) -> bool {
        tag.is_some_and(|tag| self.is_sign.get(usize::from(*tag)) == Some(&true))
    }
}

impl Labeller {
    /// The best label of those that occur in the direction of the arc.
    pub(crate) fn label(
        &self,
        state: &State,
        words: &[Word],
        tags: &[TagId],
        child: u16,
        head: u16,
    ) -> LabelId {
        if self.punctuation.holds(tags.get(usize::from(child))) {
            return self.punctuation.label;
        }
        let mut scores: Scores = [0; WIDTH];
        self.weights
            .score(&features(state, words, tags, child, head), &mut scores);
        let [before, behind] = &self.lists;
        let mut best = (0, i16::MIN);
        for label in if child < head { before } else { behind } {
            let score = scores.get(usize::from(*label)).copied();
            if let Some(score) = score.filter(|score| *score > best.1) {
                best = (*label, score);
            }
        }
        best.0
    }
}

/// The features of an arc: both words, what stands around the child, and the arcs that both have.
pub(crate) fn features(
    state: &State,
    words: &[Word],
    tags: &[TagId],
    child: u16,
    head: u16,
) -> [u32; FEATURES] {
    let word = |place: u16| words.get(usize::from(place));
    let form = |place: u16| word(place).map_or(7, |word| word.form);
    let suffix = |place: u16| word(place).map_or(7, |word| word.suffixes[2]);
    let tag = |place: u16| u32::from(*tags.get(usize::from(place)).unwrap_or(&NO_TAG));
    let label = |place: u16| state.label_of(place);
    let (wc, wh, tc, th) = (form(child), form(head), tag(child), tag(head));
    let (cc, ch) = (state.children_of(child), state.children_of(head));
    let side = u32::from(child < head);
    let apart = distance(child.min(head), child.max(head)) << 1 | side;
    let beside = label(if child < head { ch.left } else { ch.right });
    let (before, after) = (child.wrapping_sub(1), child.saturating_add(1));
    let (first, last) = (label(cc.left), label(cc.right));
    let valency = u32::from(ch.lefts.min(3)) << 2 | u32::from(ch.rights.min(3));
    [
        joint_feature(0, wc, side),
        joint_feature(1, 0, packed([tc, side])),
        joint_feature(2, wh, side),
        joint_feature(3, 0, packed([th, side])),
        joint_feature(4, 0, packed([tc, th, apart])),
        joint_feature(5, wc, packed([th, side])),
        joint_feature(6, wh, packed([tc, side])),
        joint_feature(7 + side, wc, wh),
        joint_feature(9, 0, packed([tc, first, side])),
        joint_feature(10, 0, packed([tc, last, side])),
        joint_feature(11, form(cc.left), packed([tc, th])),
        joint_feature(12, 0, packed([tc, th, beside, side])),
        joint_feature(13, wh, packed([beside, tc])),
        joint_feature(14, 0, packed([tc, th, label(ch.left), side])),
        joint_feature(15, 0, packed([tag(before), tc, side, th])),
        joint_feature(16, 0, packed([tag(after), tc, side, th])),
        joint_feature(17, form(before), packed([tc, side])),
        joint_feature(18, form(after), packed([tc, side])),
        joint_feature(19, 0, packed([tc, first, last, th])),
        joint_feature(20, suffix(child), packed([tc, th])),
        joint_feature(21, suffix(head), packed([tc, side])),
        joint_feature(
            22,
            0,
            packed([tc, th, u32::from(cc.lefts.min(3)), valency, side]),
        ),
        joint_feature(23, form(cc.left), wh),
        joint_feature(24, wc, packed([first, beside])),
    ]
}
