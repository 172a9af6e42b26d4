//! Where a parse stands, and the moves that lead on from there (arc-hybrid, Kuhlmann et al. 2011).

/// A dependency label, by its place in the model's list.
pub(crate) type LabelId = u8;

/// No arc yet.
pub(crate) const NO_LABEL: LabelId = u8::MAX;

/// Stands for "no word": the head of the root, a missing child.
pub(crate) const NOWHERE: u16 = u16::MAX;

/// A parser's move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// The next word goes on the stack.
    Shift,
    /// The word on top of the stack becomes a child of the next word.
    Left,
    /// The word on top of the stack becomes a child of the one below it.
    Right,
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
pub(crate) struct Children {
    pub(crate) left: u16,
    pub(crate) right: u16,
    pub(crate) lefts: u8,
    pub(crate) rights: u8,
}

impl Children {
    const NONE: Self = Self {
        left: NOWHERE,
        right: NOWHERE,
        lefts: 0,
        rights: 0,
    };
}

/// The moves that a state permits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowed {
    pub(crate) shift: bool,
    pub(crate) left: bool,
    pub(crate) right: bool,
}

impl Allowed {
    #[cfg(feature = "training")]
    pub(crate) const fn permits(self, step: Move) -> bool {
        match step {
            Move::Shift => self.shift,
            Move::Left => self.left,
            Move::Right => self.right,
        }
    }

    /// The best of the permitted moves by the scores of left and right, that of shifting being
    /// zero; the first of equals.
    pub(crate) fn best<S: PartialOrd + Default>(self, left: S, right: S) -> Move {
        let shift = (self.shift, S::default(), Move::Shift);
        let arcs = [
            (self.left, left, Move::Left),
            (self.right, right, Move::Right),
        ];
        let mut best = shift;
        for step in arcs {
            if step.0 && (!best.0 || step.1 > best.1) {
                best = step;
            }
        }
        best.2
    }
}

impl State {
    pub(crate) fn new(length: usize) -> Self {
        Self {
            heads: vec![NOWHERE; length],
            labels: vec![NO_LABEL; length],
            stack: Vec::with_capacity(32),
            next: 0,
            length: u16::try_from(length).unwrap_or(NOWHERE - 1),
            children: vec![Children::NONE; length],
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

    /// The child and the head of the arc that a move makes.
    pub(crate) fn arc(&self, step: Move) -> Option<(u16, u16)> {
        let child = self.stacked(0);
        match step {
            Move::Shift => None,
            Move::Left => Some((child, self.next)),
            Move::Right => Some((child, self.stacked(1))),
        }
    }

    /// Makes a move; `label` is that of its arc.
    pub(crate) fn apply(&mut self, step: Move, label: LabelId) {
        if let Some((child, head)) = self.arc(step) {
            self.stack.pop();
            self.attach(child, head, label);
        } else {
            self.stack.push(self.next);
            self.next += 1;
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

    /// The heads and labels once all moves are made.
    pub(crate) fn finish(mut self, root: LabelId) -> (Vec<u16>, Vec<LabelId>) {
        if let Some(last) = self.stack.pop()
            && let Some(slot) = self.labels.get_mut(usize::from(last))
        {
            *slot = root;
        }
        (self.heads, self.labels)
    }

    /// The word `depth` below the top of the stack.
    pub(crate) fn stacked(&self, depth: usize) -> u16 {
        let place = self.stack.len().checked_sub(depth + 1);
        place
            .and_then(|place| self.stack.get(place))
            .copied()
            .unwrap_or(NOWHERE)
    }

    /// The word `distance` behind the next.
    pub(crate) fn ahead(&self, distance: u16) -> u16 {
        let place = self.next.saturating_add(distance);
        if place < self.length { place } else { NOWHERE }
    }

    /// The label of a word's arc, in six bits; the highest where it has none yet.
    pub(crate) fn label_of(&self, word: u16) -> u32 {
        let label = self.labels.get(usize::from(word));
        u32::from(*label.unwrap_or(&NO_LABEL)) & 0x3f
    }

    /// The children that a word has so far.
    pub(crate) fn children_of(&self, word: u16) -> Children {
        let found = self.children.get(usize::from(word)).copied();
        found.unwrap_or(Children::NONE)
    }
}
