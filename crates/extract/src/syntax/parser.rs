//! Dependency trees by greedy arc-hybrid transitions (Kuhlmann et al. 2011), scored by an averaged
//! perceptron trained with a dynamic oracle (Goldberg and Nivre 2013). Linear in the sentence.

use super::{
    tagger::{NO_TAG, TagId},
    weights::{Scores, WIDTH, Weights},
    word::{Word, feature},
};

/// A dependency label, by its place in the model's list.
pub(crate) type LabelId = u8;

/// No arc yet.
pub(crate) const NO_LABEL: LabelId = u8::MAX;

/// Stands for "no word": the head of the root, a missing child.
pub(crate) const NOWHERE: u16 = u16::MAX;

const FEATURES: usize = 46;

/// A parser's move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// The next word goes on the stack.
    Shift,
    /// The word on top of the stack becomes a child of the next word.
    Left(LabelId),
    /// The word on top of the stack becomes a child of the one below it.
    Right(LabelId),
}

/// Builds trees; labels are listed per direction, since most occur in one only.
#[derive(Debug)]
pub(crate) struct Parser {
    pub(crate) weights: Weights,
    pub(crate) moves: Vec<Move>,
    /// The label that the root of the tree gets.
    pub(crate) root: LabelId,
}

/// Where the parse of one sentence stands.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) heads: Vec<u16>,
    pub(crate) labels: Vec<LabelId>,
    pub(crate) stack: Vec<u16>,
    pub(crate) next: u16,
    length: u16,
    children: Vec<Children>,
}

/// The outermost children of a word.
#[derive(Clone, Copy, Debug)]
struct Children {
    left: u16,
    right: u16,
    lefts: u8,
    rights: u8,
}

impl Parser {
    /// The heads and labels of a sentence; the root's head is [`NOWHERE`].
    ///
    /// Sentences over 65,000 words are cut by the caller.
    pub(crate) fn parse(&self, words: &[Word], tags: &[TagId]) -> (Vec<u16>, Vec<LabelId>) {
        let mut state = State::new(words.len());
        let mut scores: Scores = [0; WIDTH];
        while !state.is_done() {
            let allowed = state.allowed();
            if !allowed.left && !allowed.right {
                // With nothing on the stack there is nothing to weigh.
                state.apply(Move::Shift);
                continue;
            }
            self.weights
                .score(&features(&state, words, tags), &mut scores);
            let mut best = (Move::Shift, i16::MIN);
            for (step, score) in self.moves.iter().zip(&scores) {
                if *score > best.1 && allowed.permits(*step) {
                    best = (*step, *score);
                }
            }
            state.apply(best.0);
        }
        state.finish(self.root)
    }
}

/// The moves that a state permits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowed {
    pub(crate) shift: bool,
    pub(crate) left: bool,
    pub(crate) right: bool,
}

impl Allowed {
    pub(crate) const fn permits(self, step: Move) -> bool {
        match step {
            Move::Shift => self.shift,
            Move::Left(_) => self.left,
            Move::Right(_) => self.right,
        }
    }
}

impl State {
    pub(crate) fn new(length: usize) -> Self {
        let none = Children {
            left: NOWHERE,
            right: NOWHERE,
            lefts: 0,
            rights: 0,
        };
        Self {
            heads: vec![NOWHERE; length],
            labels: vec![NO_LABEL; length],
            stack: Vec::with_capacity(32),
            next: 0,
            length: u16::try_from(length).unwrap_or(NOWHERE - 1),
            children: vec![none; length],
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.next >= self.length && self.stack.len() <= 1
    }

    pub(crate) fn allowed(&self) -> Allowed {
        let has_next = self.next < self.length;
        Allowed {
            shift: has_next,
            left: has_next && !self.stack.is_empty(),
            right: self.stack.len() > 1,
        }
    }

    pub(crate) fn apply(&mut self, step: Move) {
        match step {
            Move::Shift => {
                self.stack.push(self.next);
                self.next += 1;
            }
            Move::Left(label) => {
                if let Some(child) = self.stack.pop() {
                    self.attach(child, self.next, label);
                }
            }
            Move::Right(label) => {
                if let (Some(child), Some(head)) = (self.stack.pop(), self.stack.last()) {
                    self.attach(child, *head, label);
                }
            }
        }
    }

    fn attach(&mut self, child: u16, head: u16, label: LabelId) {
        if let Some(slot) = self.heads.get_mut(usize::from(child)) {
            *slot = head;
        }
        if let Some(slot) = self.labels.get_mut(usize::from(child)) {
            *slot = label;
        }
        if let Some(children) = self.children.get_mut(usize::from(head)) {
            if child < head {
                children.left = child;
                children.lefts = children.lefts.saturating_add(1);
            } else {
                children.right = child;
                children.rights = children.rights.saturating_add(1);
            }
        }
    }

    fn finish(mut self, root: LabelId) -> (Vec<u16>, Vec<LabelId>) {
        if let Some(last) = self.stack.pop()
            && let Some(slot) = self.labels.get_mut(usize::from(last))
        {
            *slot = root;
        }
        (self.heads, self.labels)
    }

    /// The word `depth` below the top of the stack.
    fn stacked(&self, depth: usize) -> u16 {
        let place = self.stack.len().checked_sub(depth + 1);
        place
            .and_then(|place| self.stack.get(place))
            .copied()
            .unwrap_or(NOWHERE)
    }

    fn ahead(&self, distance: u16) -> u16 {
        let place = self.next.saturating_add(distance);
        if place < self.length { place } else { NOWHERE }
    }

    fn children_of(&self, word: u16) -> Children {
        let found = self.children.get(usize::from(word)).copied();
        found.unwrap_or(Children {
            left: NOWHERE,
            right: NOWHERE,
            lefts: 0,
            rights: 0,
        })
    }
}

/// The features of a state: Zhang and Nivre's (2011) for arc-hybrid, cut to what paid.
pub(crate) fn features(state: &State, words: &[Word], tags: &[TagId]) -> [u32; FEATURES] {
    let form = |place: u16| words.get(usize::from(place)).map_or(7, |word| word.form);
    let tag = |place: u16| u32::from(*tags.get(usize::from(place)).unwrap_or(&NO_TAG));
    let label = |place: u16| u32::from(*state.labels.get(usize::from(place)).unwrap_or(&NO_LABEL));
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
        feature(0, [w0]),
        feature(1, [t0]),
        feature(2, [w0, t0]),
        feature(3, [w1]),
        feature(4, [t1]),
        feature(5, [w1, t1]),
        feature(6, [wb]),
        feature(7, [tb]),
        feature(8, [wb, tb]),
        feature(9, [wc, tc]),
        feature(10, [tb, tc, td]),
        feature(11, [t2, t1, t0]),
        feature(12, [w0, wb]),
        feature(13, [w0, t0, tb]),
        feature(14, [t0, wb, tb]),
        feature(15, [t0, tb]),
        feature(16, [w1, w0]),
        feature(17, [w1, t1, t0]),
        feature(18, [t1, w0, t0]),
        feature(19, [t1, t0]),
        feature(20, [t0, tb, tc]),
        feature(21, [t1, t0, tb]),
        feature(22, [t1, w0, tb]),
        feature(23, [w1, t0, tb]),
        feature(24, [t1, t0, wb]),
        feature(25, [t0, tag(c0.left), tb]),
        feature(26, [t0, tag(c0.right), tb]),
        feature(27, [t1, tag(c1.right), t0]),
        feature(28, [t1, tag(c1.left), t0]),
        feature(29, [t0, tb, tag(cb.left)]),
        feature(30, [w0, label(c0.left)]),
        feature(31, [w0, label(c0.right)]),
        feature(32, [w1, label(c1.right)]),
        feature(33, [w1, label(c1.left)]),
        feature(34, [t1, label(c1.right), t0, label(c0.left)]),
        feature(35, [t0, label(c0.left), label(c0.right), tb]),
        feature(36, [wb, label(cb.left)]),
        feature(37, [t0, valency0, tb]),
        feature(38, [t1, valency1, t0]),
        feature(39, [t0, tb, apart]),
        feature(40, [t1, t0, apart1]),
        feature(41, [w1, t0, apart1]),
        feature(42, [w0, tb, apart]),
        feature(43, [w1, label(c1.right), t0, tb]),
        feature(44, [t1, form(c0.left), t0]),
        feature(45, [t1, t0, tb, tc]),
    ]
}

fn distance(left: u16, right: u16) -> u32 {
    match right.saturating_sub(left) {
        near @ 0..=4 => u32::from(near),
        5..=9 => 5,
        10..=19 => 6,
        _ => 7,
    }
}
