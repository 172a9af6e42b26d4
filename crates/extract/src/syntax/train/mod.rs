//! Trains the grammar of English from treebanks in CoNLL-U form.
//!
//! Behind the feature `training`, so that nothing of it is in the product.

#![allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "runs on a treebank at hand, not on input; a panic is the right end"
)]

mod averaged;
mod parser;
mod treebank;

use std::collections::HashMap;

use super::{
    closed::ClosedTags,
    moves::MoveWeights,
    tagger::{TagId, Tagger, features as tagger_features},
    weights::push_number,
};

pub use self::treebank::{Tree, read_trees};
use self::{
    averaged::{Averaged, Shuffle, best_of},
    parser::train_parser,
    treebank::Names,
};

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// Passes over the sentences.
    pub epochs: usize,
    /// Two to this power are the tagger's rows.
    pub tagger_bits: u32,
    /// Two to this power are the rows of the labels of arcs.
    pub label_bits: u32,
    /// Of a hundred moves in training, those that follow the parser's own choice.
    pub own_moves: usize,
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
    let (moves, labels) = train_parser(trees, &tagged, &names, recipe);
    let mut out = Vec::new();
    push_names(&mut out, &names.tags);
    push_names(&mut out, &names.labels);
    out.push(names.root);
    for list in &names.lists {
        push_number(&mut out, small(list.len()));
        out.extend(list);
    }
    push_number(&mut out, small(tagger.certain.len()));
    let mut last = 0;
    for (form, tag) in &tagger.certain {
        push_number(&mut out, form - last);
        out.push(*tag);
        last = *form;
    }
    tagger.weights.write(&mut out);
    MoveWeights::write(&moves, &mut out);
    labels.write(&mut out);
    out
}

/// Measures a model on trees that it was not trained on.
///
/// # Panics
/// Where `model` was not made by [`train`].
pub fn measure(model: &[u8], trees: &[Tree]) -> Accuracy {
    // A grammar reads its model where that stands for good; one run measures one.
    let grammar = super::Grammar::read(model.to_vec().leak()).expect("made by `train`");
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
