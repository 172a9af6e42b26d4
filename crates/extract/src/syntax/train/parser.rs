//! Trains the moves of the parser and the labels of its arcs, side by side.

use super::{
    super::{
        label::features as label_features,
        parser::features as move_features,
        state::{Allowed, LabelId, Move, NOWHERE, State},
        tagger::TagId,
        weights::Weights,
    },
    Recipe,
    averaged::{Averaged, AveragedMoves, Dice, Shuffle, best_of},
    small,
    treebank::{Names, Tree},
};

/// The weights of moves by feature, the most important first, and those of labels.
pub(super) fn train_parser(
    trees: &[Tree],
    tagged: &[Vec<TagId>],
    names: &Names,
    recipe: Recipe,
) -> (Vec<(u32, [f32; 2])>, Weights) {
    let mut moves = AveragedMoves::new();
    let mut labels = Averaged::new(recipe.label_bits);
    let mut order = Shuffle::new(trees.len());
    let mut dice = Dice(77);
    for epoch in 0..recipe.epochs {
        for place in order.next() {
            let tree = &trees[place];
            let tags = &tagged[place];
            let mut state = State::new(tree.words.len());
            while !state.is_done() {
                let allowed = state.allowed();
                let step = if allowed.left || allowed.right {
                    let features = move_features(&state, &tree.words, tags);
                    let [left, right] = moves.score(&features);
                    let best = allowed.best(left, right);
                    let free = free_moves(&state, tree);
                    let wanted = free.best(left, right);
                    if !free.permits(best) {
                        moves.update(&features, wanted, best);
                    }
                    if epoch + 1 == recipe.epochs {
                        moves.count(&features);
                    }
                    moves.clock += 1.0;
                    // From the second pass on the parser also sees where its own mistakes lead.
                    let follows_itself = epoch > 0 && dice.roll() % 100 < recipe.own_moves;
                    if follows_itself { best } else { wanted }
                } else {
                    Move::Shift
                };
                let label = state.arc(step).map_or(0, |(child, head)| {
                    learn_label(&mut labels, names, &state, tree, tags, child, head)
                });
                state.apply(step, label);
            }
        }
    }
    (moves.finish(), labels.finish(recipe.least))
}

/// The label that the weights give to an arc; they learn from it where the arc is right.
fn learn_label(
    labels: &mut Averaged,
    names: &Names,
    state: &State,
    tree: &Tree,
    tags: &[TagId],
    child: u16,
    head: u16,
) -> LabelId {
    let list = &names.lists[usize::from(child > head)];
    let features = label_features(state, &tree.words, tags, child, head);
    let scores = labels.score(&features);
    let best = best_of(&scores, list.iter().map(|label| usize::from(*label)));
    let gold = names.label(&tree.labels[usize::from(child)]);
    if let Some(gold) = gold
        && tree.heads[usize::from(child)] == head
        && best != usize::from(gold)
        && list.contains(&gold)
    {
        labels.update(&features, usize::from(gold), best);
    }
    labels.clock += 1.0;
    LabelId::try_from(best).unwrap_or(0)
}

/// The allowed moves that lose least of the arcs that could still be had.
fn free_moves(state: &State, tree: &Tree) -> Allowed {
    let allowed = state.allowed();
    let next = state.next;
    let head = |word: u16| tree.heads[usize::from(word)];
    let length = u16::try_from(tree.words.len()).unwrap_or(NOWHERE);
    let ahead = |word: u16| (next..length).contains(&word);
    let (below, top) = match state.stack.as_slice() {
        [] => (None, None),
        [.., below, top] => (Some(*below), Some(*top)),
        [top] => (None, Some(*top)),
    };
    let mut costs = [u32::MAX; 3];
    if allowed.shift {
        let lost = state
            .stack
            .iter()
            .filter(|word| head(**word) == next)
            .count();
        let under = state.stack.split_last().map_or(&[][..], |(_, rest)| rest);
        let misses = under.contains(&head(next)) || head(next) == NOWHERE && top.is_some();
        costs[0] = small(lost) + u32::from(misses);
    }
    if let Some(top) = top {
        let lost = (next..length).filter(|word| head(*word) == top).count();
        let gold = head(top);
        if allowed.left {
            let misses = gold != next && (ahead(gold) || Some(gold) == below || gold == NOWHERE);
            costs[1] = small(lost) + u32::from(misses);
        }
        if allowed.right {
            let misses = ahead(gold) || gold == NOWHERE;
            costs[2] = small(lost) + u32::from(misses);
        }
    }
    let least = costs.iter().min().copied().unwrap_or(u32::MAX);
    Allowed {
        shift: costs[0] == least,
        left: costs[1] == least,
        right: costs[2] == least,
    }
}
