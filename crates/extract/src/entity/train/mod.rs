//! Trains the entity tagger; see `training/README.md`.

mod variant;

use model::{EntityKind, Span};

use super::{
    gazetteer::Gazetteer,
    recognizer::Recognizer,
    tagger::{
        FEATURES, LABELS, OUTSIDE, Place, WIDTH, best, features, is_worth_a_look, may_follow,
        parts, remember,
    },
    word::{Memory, Word, words},
};
use crate::Document;

/// A labelled text.
#[derive(Clone, Debug)]
pub struct Example {
    /// The text.
    pub text: String,
    /// Its names: bytes, and 0 person, 1 organisation, 2 place.
    pub names: Vec<(Span, u8)>,
    /// How often it counts.
    pub weight: u32,
}

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// Passes over the data.
    pub epochs: u32,
    /// Logarithm of the number of rows.
    pub bits: u32,
    /// Models, each of another order of the documents, that are added up to one.
    pub runs: u32,
}

/// Each of `examples` `copies` times with other names.
pub fn exchanged(examples: &[Example], copies: u32) -> Vec<Example> {
    let mut names = variant::Names::new();
    let each = examples
        .iter()
        .flat_map(|example| (0..copies).map(move |_| example));
    each.map(|example| names.exchanged(example)).collect()
}

/// What the right label must lead by, or it is learnt again.
const MARGIN: f32 = 5.0;

struct Sentence {
    words: Vec<Word>,
    gold: Vec<u8>,
}

/// Trains on `examples` and returns the model file.
pub fn train(examples: &[Example], recipe: Recipe) -> Vec<u8> {
    let gazetteer = Gazetteer::new();
    let documents: Vec<(Vec<Sentence>, u32)> = examples
        .iter()
        .map(|example| (sentences(example, &gazetteer), example.weight))
        .collect();
    let mut sum: Vec<[f32; WIDTH]> = vec![[0.0; WIDTH]; 1 << recipe.bits];
    for run in 0..recipe.runs {
        let mut learner = Learner::new(recipe.bits);
        let mut order: Vec<usize> = documents
            .iter()
            .enumerate()
            .flat_map(|(at, (_, weight))| std::iter::repeat_n(at, *weight as usize))
            .collect();
        let mut random = fastrand::Rng::with_seed(run.into());
        for _ in 0..recipe.epochs {
            random.shuffle(&mut order);
            for at in &order {
                if let Some((sentences, _)) = documents.get(*at) {
                    learner.learn(sentences);
                }
            }
        }
        for (sum, weight) in sum.iter_mut().flatten().zip(learner.averages().flatten()) {
            *sum += weight;
        }
    }
    quantised(&sum)
}

/// The weights, scaled so that the largest becomes 127.
fn quantised(weights: &[[f32; WIDTH]]) -> Vec<u8> {
    let largest = weights
        .iter()
        .flatten()
        .fold(f32::MIN_POSITIVE, |top, weight| top.max(weight.abs()));
    weights
        .iter()
        .flatten()
        .map(|weight| (weight * 127.0 / largest).round() as i8 as u8)
        .collect()
}

fn sentences(example: &Example, gazetteer: &Gazetteer) -> Vec<Sentence> {
    let document = Document::new(&example.text);
    let all = words(&document, gazetteer);
    let mut gold = vec![OUTSIDE; all.len()];
    for (span, kind) in &example.names {
        let first = document.token_at(span.start());
        let mut end = first;
        while document
            .tokens
            .get(end)
            .is_some_and(|token| token.span.start() < span.end())
        {
            end += 1;
        }
        let sentence = document.sentences.get(document.sentence_of(first));
        let end = end.min(sentence.map_or(end, |range| range.end));
        for at in first..end {
            let place = match (at == first, at + 1 == end) {
                (true, true) => 3,
                (true, false) => 0,
                (false, true) => 2,
                (false, false) => 1,
            };
            if let Some(label) = gold.get_mut(at) {
                *label = 1 + kind * 4 + place;
            }
        }
    }
    document
        .sentences
        .iter()
        .map(|range| Sentence {
            words: all.get(range.clone()).unwrap_or_default().to_vec(),
            gold: gold.get(range.clone()).unwrap_or_default().to_vec(),
        })
        .collect()
}

/// Right, found and labelled names of each type, person, organisation, place.
pub fn measure(model: &[u8], examples: &[Example]) -> [[usize; 3]; 3] {
    let recognizer = Recognizer::with_model(model.to_vec().into());
    let mut counts = [[0; 3]; 3];
    for example in examples {
        let document = Document::new(&example.text);
        let words = recognizer.words(&document);
        let found: Vec<(Span, u8)> = recognizer
            .names(&document, &words)
            .iter()
            .filter_map(|name| Some((document.span_of(&name.tokens)?, number(name.kind)?)))
            .collect();
        for (_, kind) in &example.names {
            counts[*kind as usize][2] += 1;
        }
        for name in &found {
            counts[name.1 as usize][1] += 1;
            counts[name.1 as usize][0] += usize::from(example.names.contains(name));
        }
    }
    counts
}

/// What `model` finds in `text`, as an example of its own: silver for the same kind of text.
pub fn silver(model: &[u8], text: String, weight: u32) -> Example {
    let recognizer = Recognizer::with_model(model.to_vec().into());
    let document = Document::new(&text);
    let words = recognizer.words(&document);
    let names = recognizer
        .names(&document, &words)
        .iter()
        .filter_map(|name| Some((document.span_of(&name.tokens)?, number(name.kind)?)))
        .collect();
    drop(document);
    Example {
        text,
        names,
        weight,
    }
}

fn number(kind: EntityKind) -> Option<u8> {
    match kind {
        EntityKind::Person => Some(0),
        EntityKind::Organization => Some(1),
        EntityKind::Place => Some(2),
        EntityKind::Other => None,
    }
}

struct Learner {
    weights: Vec<[f32; WIDTH]>,
    sums: Vec<[f32; WIDTH]>,
    time: f32,
}

impl Learner {
    fn new(bits: u32) -> Self {
        Self {
            weights: vec![[0.0; WIDTH]; 1 << bits],
            sums: vec![[0.0; WIDTH]; 1 << bits],
            time: 1.0,
        }
    }

    fn learn(&mut self, sentences: &[Sentence]) {
        let mut memory = Memory::default();
        for sentence in sentences {
            let mut labels: Vec<u8> = Vec::with_capacity(sentence.words.len());
            let mut before = OUTSIDE;
            for (place, gold) in sentence.gold.iter().enumerate() {
                let is_open = matches!(parts(before).0, Place::Begin | Place::Inside);
                if !is_worth_a_look(&sentence.words, place) && !is_open {
                    labels.push(OUTSIDE);
                    before = OUTSIDE;
                    continue;
                }
                let features = features(&sentence.words, &labels, &memory, place);
                let mut scores = self.scores(&features);
                let is_last = place + 1 == sentence.words.len();
                let read = best(&scores, before, is_last);
                if let Some(score) = scores.get_mut(*gold as usize) {
                    *score -= MARGIN;
                }
                let guess = best(&scores, before, is_last);
                // After a mistake the right label may be out of reach: nothing to learn there.
                if guess != *gold && may_follow(before, *gold) {
                    self.update(&features, *gold, 1.0);
                    self.update(&features, guess, -1.0);
                }
                self.time += 1.0;
                remember(&mut memory, &sentence.words, place, read);
                labels.push(read);
                before = read;
            }
        }
    }

    fn scores(&self, features: &[u32; FEATURES]) -> [f32; WIDTH] {
        let mask = self.weights.len() - 1;
        let mut scores = [0.0; WIDTH];
        for feature in features {
            for (score, weight) in scores
                .iter_mut()
                .zip(&self.weights[*feature as usize & mask])
            {
                *score += weight;
            }
        }
        scores
    }

    fn update(&mut self, features: &[u32; FEATURES], label: u8, by: f32) {
        let mask = self.weights.len() - 1;
        for feature in features {
            let row = *feature as usize & mask;
            self.weights[row][label as usize] += by;
            self.sums[row][label as usize] += by * self.time;
        }
    }

    /// The weights, averaged over all words read.
    fn averages(&self) -> impl Iterator<Item = [f32; WIDTH]> {
        let rows = self.weights.iter().zip(&self.sums);
        rows.map(|(weights, sums)| std::array::from_fn(|at| weights[at] - sums[at] / self.time))
    }
}

const _: () = assert!((LABELS as usize) <= WIDTH);
