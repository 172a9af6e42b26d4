//! Trees as they are read, and the names that a model's numbers stand for.

use std::collections::BTreeMap;

use super::super::{
    LONGEST_SENTENCE,
    state::{LabelId, NOWHERE},
    tagger::TagId,
    weights::WIDTH,
    word::Word,
};

/// A sentence with its gold tree.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(super) words: Vec<Word>,
    pub(super) tags: Vec<String>,
    pub(super) heads: Vec<u16>,
    pub(super) labels: Vec<String>,
}

/// Reads the trees of a CoNLL-U text; multi-word tokens and empty nodes are passed over.
pub fn read_trees(conllu: &str) -> Vec<Tree> {
    let mut trees = Vec::new();
    let mut rows: Vec<[&str; 4]> = Vec::new();
    for line in conllu.lines().chain([""]) {
        if line.is_empty() {
            trees.extend(tree_of(&rows));
            rows.clear();
            continue;
        }
        let fields: Vec<&str> = line.split('\t').collect();
        if let [id, form, _, _, tag, _, head, label, ..] = fields.as_slice()
            && id.bytes().all(|byte| byte.is_ascii_digit())
        {
            rows.push([form, tag, head, label]);
        }
    }
    trees
}

fn tree_of(rows: &[[&str; 4]]) -> Option<Tree> {
    if rows.is_empty() || rows.len() > LONGEST_SENTENCE {
        return None;
    }
    let heads = rows.iter().map(|row| row[2].parse::<u16>().ok());
    let heads = heads.map(|head| head.map(|head| head.checked_sub(1).unwrap_or(NOWHERE)));
    Some(Tree {
        words: rows.iter().map(|row| Word::new(row[0])).collect(),
        tags: rows.iter().map(|row| row[1].to_owned()).collect(),
        heads: heads.collect::<Option<Vec<_>>>()?,
        labels: rows.iter().map(|row| coarse(row[3]).to_owned()).collect(),
    })
}

/// Folds relations that no rule tells apart.
fn coarse(label: &str) -> &str {
    match label {
        "nsubj:outer" => "nsubj",
        "csubj:pass" | "csubj:outer" => "csubj",
        "advcl:relcl" => "acl:relcl",
        "det:predet" => "det",
        "cc:preconj" => "cc",
        "nmod:unmarked" | "nmod:desc" => "nmod",
        "fixed" | "goeswith" => "flat",
        "reparandum" | "orphan" | "list" | "dislocated" => "dep",
        _ => label,
    }
}

/// The names that the model's numbers stand for.
pub(super) struct Names {
    pub(super) tags: Vec<String>,
    pub(super) labels: Vec<String>,
    /// Labels of words whose head stands behind them, and before them.
    pub(super) lists: [Vec<LabelId>; 2],
    pub(super) root: LabelId,
}

impl Names {
    pub(super) fn of(trees: &[Tree]) -> Self {
        let mut tags: BTreeMap<&str, usize> = BTreeMap::new();
        let mut labels: BTreeMap<&str, usize> = BTreeMap::new();
        let mut arcs: BTreeMap<(bool, &str), usize> = BTreeMap::new();
        for tree in trees {
            for (place, label) in tree.labels.iter().enumerate() {
                *tags.entry(&tree.tags[place]).or_default() += 1;
                *labels.entry(label).or_default() += 1;
                if tree.heads[place] != NOWHERE {
                    let is_left = usize::from(tree.heads[place]) > place;
                    *arcs.entry((is_left, label)).or_default() += 1;
                }
            }
        }
        let most_frequent = |counts: &BTreeMap<&str, usize>, limit: usize| {
            let mut list: Vec<(&str, usize)> = counts.iter().map(|(k, v)| (*k, *v)).collect();
            list.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            list.truncate(limit);
            list.into_iter()
                .map(|(name, _)| name.to_owned())
                .collect::<Vec<_>>()
        };
        let tags = most_frequent(&tags, WIDTH - 2);
        // The highest number stands for none.
        let labels = most_frequent(&labels, WIDTH - 1);
        let id = |name: &str| labels.iter().position(|label| label == name);
        let labels_of = |side: bool| {
            let arcs = arcs
                .iter()
                .filter(|((is_left, _), count)| *is_left == side && **count > 2);
            arcs.filter_map(|((_, name), _)| LabelId::try_from(id(name)?).ok())
                .collect()
        };
        Self {
            lists: [labels_of(true), labels_of(false)],
            root: id("root")
                .and_then(|id| LabelId::try_from(id).ok())
                .unwrap_or(0),
            tags,
            labels,
        }
    }

    pub(super) fn tag(&self, name: &str) -> TagId {
        let found = self.tags.iter().position(|tag| tag == name);
        found
            .and_then(|place| TagId::try_from(place).ok())
            .unwrap_or(0)
    }

    pub(super) fn label(&self, name: &str) -> Option<LabelId> {
        let found = self.labels.iter().position(|label| label == name)?;
        LabelId::try_from(found).ok()
    }
}
