//! Trains the grammar of English from treebanks in CoNLL-U form.
//!
//! Behind the feature `training`, so that nothing of it is in the product.

#![allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "runs on a treebank at hand, not on input; a panic is the right end"
)]

mod averaged;
mod treebank;

use std::collections::HashMap;

use super::{
    closed::ClosedTags,
    parser::{Move, NOWHERE, State, features as parser_features},
    tagger::{TagId, Tagger, features as tagger_features},
    weights::{Weights, push_number},
};

pub use self::treebank::{Tree, read_trees};
use self::{
    averaged::{Averaged, Dice, Shuffle, best_of},
    treebank::Names,
};

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// Passes over the sentences.
    pub epochs: usize,
    /// Two to this power are the tagger's rows.
    pub tagger_bits: u32,
    /// Two to this power are the parser's rows.
    pub parser_bits: u32,
    /// Quantised weights under this are dropped.
    pub least: f32,
}

/// Share of tags, heads, and heads with labels that are right, in per cent, punctuation counted.
#[derive(Clone, Copy, Debug)]
pub struct Accuracy {
    /// Parts of speech.
    pub tags: f64,
    /// Heads.
    pub heads: f64,
    /// Heads with labels.
    pub labelled: f64,
}

/// Trains on `trees` and returns the model's bytes.
pub fn train(trees: &[Tree], recipe: Recipe) -> Vec<u8> {
    let names = Names::of(trees);
    let tagged = jackknifed_tags(trees, &names, recipe);
    let tagger = train_tagger(trees, &names, recipe);
    let weights = train_parser(trees, &tagged, &names, recipe);
    let mut out = Vec::new();
    push_names(&mut out, &names.tags);
    push_names(&mut out, &names.labels);
    out.push(names.root);
    push_number(&mut out, small(names.moves.len()));
    for step in &names.moves {
        out.extend(match step {
            Move::Shift => [0, 0],
            Move::Left(label) => [1, *label],
            Move::Right(label) => [2, *label],
        });
    }
    push_number(&mut out, small(tagger.certain.len()));
    let mut last = 0;
    for (form, tag) in &tagger.certain {
        push_number(&mut out, form - last);
        out.push(*tag);
        last = *form;
    }
    tagger.weights.write(&mut out);
    weights.write(&mut out);
    out
}

/// Measures a model on trees that it was not trained on.
///
/// # Panics
/// Where `model` was not made by [`train`].
pub fn measure(model: &[u8], trees: &[Tree]) -> Accuracy {
    // A grammar reads its model where that stands for good; one run measures one.
    let grammar = super::Grammar::read(model.to_vec().leak()).expect("made by `train`");
    let names = Names::of(trees);
    let (mut all, mut tags, mut heads, mut labelled) = (0_u32, 0_u32, 0_u32, 0_u32);
    for tree in trees {
        let mut found = Vec::new();
        grammar.tagger.tag(&tree.words, &mut found);
        let (found_heads, found_labels) = grammar.parser.parse(&tree.words, &found);
        for place in 0..tree.words.len() {
            all += 1;
            let name = grammar.tags.get(usize::from(found[place]));
            tags += u32::from(name == Some(&super::Tag::named(&tree.tags[place])));
            if found_heads[place] == tree.heads[place] {
                heads += 1;
                let label = grammar.labels.get(usize::from(found_labels[place]));
                labelled += u32::from(label == Some(&super::Label::named(&tree.labels[place])));
            }
        }
    }
    drop(names);
    let share = |count: u32| 100.0 * f64::from(count) / f64::from(all.max(1));
    Accuracy {
        tags: share(tags),
        heads: share(heads),
        labelled: share(labelled),
    }
}

fn train_tagger(trees: &[Tree], names: &Names, recipe: Recipe) -> Tagger {
    let certain = certain_words(trees, names);
    let mut averaged = Averaged::new(recipe.tagger_bits);
    let mut order = Shuffle::new(trees.len());
    for _ in 0..recipe.epochs {
        for tree in order.next().iter().map(|place| &trees[*place]) {
            let mut tags: Vec<TagId> = Vec::new();
            for place in 0..tree.words.len() {
                let gold = names.tag(&tree.tags[place]);
                let form = tree.words[place].form;
                if let Ok(found) = certain.binary_search_by_key(&form, |entry| entry.0) {
                    tags.push(certain[found].1);
                    continue;
                }
                let features = tagger_features(&tree.words, &tags, place);
                let scores = averaged.score(&features);
                let best = best_of(&scores, 0..names.tags.len());
                if best != usize::from(gold) {
                    averaged.update(&features, usize::from(gold), best);
                }
                averaged.clock += 1.0;
                tags.push(TagId::try_from(best).unwrap_or(0));
            }
        }
    }
    Tagger {
        weights: averaged.finish(recipe.least),
        tags: names.tags.len(),
        certain,
        // The parser learns from what the tagger would do alone, mistakes included.
        closed: ClosedTags::of(&[]),
        name: None,
    }
}

/// Words seen twenty times or more, 99 per cent of them with one tag.
fn certain_words(trees: &[Tree], names: &Names) -> Vec<(u32, TagId)> {
    let mut counts: HashMap<u32, HashMap<TagId, usize>> = HashMap::new();
    for tree in trees {
        for (word, tag) in tree.words.iter().zip(&tree.tags) {
            *counts
                .entry(word.form)
                .or_default()
                .entry(names.tag(tag))
                .or_default() += 1;
        }
    }
    let mut certain: Vec<(u32, TagId)> = Vec::new();
    #[expect(clippy::iter_over_hash_type, reason = "the list is sorted below")]
    for (form, tags) in &counts {
        let all: usize = tags.values().sum();
        let top = tags.iter().max_by_key(|(tag, count)| (**count, **tag));
        if let Some((tag, count)) = top
            && all >= 20
            && count * 100 >= all * 99
        {
            certain.push((*form, *tag));
        }
    }
    certain.sort_unstable();
    certain
}

/// Tags for the parser to train on, each half by a tagger trained on the other, since gold tags
/// would teach it a trust that it must not have.
fn jackknifed_tags(trees: &[Tree], names: &Names, recipe: Recipe) -> Vec<Vec<TagId>> {
    let (even, odd): (Vec<_>, Vec<_>) = trees
        .iter()
        .enumerate()
        .partition(|(place, _)| (place / 50) % 2 == 0);
    let strip = |half: &[(usize, &Tree)]| {
        half.iter()
            .map(|(_, tree)| (*tree).clone())
            .collect::<Vec<_>>()
    };
    let for_even = train_tagger(&strip(&odd), names, recipe);
    let for_odd = train_tagger(&strip(&even), names, recipe);
    let mut all = vec![Vec::new(); trees.len()];
    for (half, tagger) in [(even, for_even), (odd, for_odd)] {
        for (place, tree) in half {
            tagger.tag(&tree.words, &mut all[place]);
        }
    }
    all
}

fn train_parser(trees: &[Tree], tagged: &[Vec<TagId>], names: &Names, recipe: Recipe) -> Weights {
    let mut averaged = Averaged::new(recipe.parser_bits);
    let mut order = Shuffle::new(trees.len());
    let mut dice = Dice(77);
    for epoch in 0..recipe.epochs {
        for place in order.next() {
            let tree = &trees[place];
            let mut state = State::new(tree.words.len());
            while !state.is_done() {
                let features = parser_features(&state, &tree.words, &tagged[place]);
                let scores = averaged.score(&features);
                let allowed = state.allowed();
                let fits = |step: &usize| allowed.permits(names.moves[*step]);
                let best = best_of(&scores, (0..names.moves.len()).filter(fits));
                let free = free_moves(&state, tree, names);
                let right = best_of(&scores, free.iter().copied());
                if !free.contains(&best) {
                    averaged.update(&features, right, best);
                }
                averaged.clock += 1.0;
                // From the second pass on the parser also sees where its own mistakes lead.
                let follows_itself = epoch > 0 && dice.roll() % 10 != 0;
                let step = if follows_itself { best } else { right };
                state.apply(names.moves[step]);
            }
        }
    }
    averaged.finish(recipe.least)
}

/// The moves that lose no arc that could still be had; all allowed ones where every move does.
fn free_moves(state: &State, tree: &Tree, names: &Names) -> Vec<usize> {
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
    let label = top.and_then(|top| names.label(&tree.labels[usize::from(top)]));
    let fits = |step: &Move| match step {
        Move::Shift => costs[0] == least,
        Move::Left(l) => costs[1] == least && (Some(*l) == label),
        Move::Right(l) => costs[2] == least && (Some(*l) == label),
    };
    let mut free: Vec<usize> = (0..names.moves.len())
        .filter(|step| fits(&names.moves[*step]))
        .collect();
    if free.is_empty() {
        // The label does not occur in that direction: any will do.
        free = (0..names.moves.len())
            .filter(|step| allowed.permits(names.moves[*step]))
            .collect();
    }
    free
}

fn push_names(out: &mut Vec<u8>, names: &[String]) {
    push_number(out, small(names.len()));
    for name in names {
        push_number(out, small(name.len()));
        out.extend(name.as_bytes());
    }
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
