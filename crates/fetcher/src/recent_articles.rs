//! Articles emitted lately by any feed of this process, so that one which stands in several feeds
//! (world news, regional news, the front page), under several addresses of one page, or again in a
//! feed that had long dropped it, is emitted once.
//!
//! It knows the feeds of this instance only: what two instances both bring has one id, and the
//! processor passes over the second (docs/decisions/0009-one-article-from-two-fetchers.md).

use std::collections::{BTreeSet, HashSet, VecDeque};

use model::{Article, ArticleId};

/// Articles remembered: some weeks of a thousand busy feeds, at some 24 bytes each.
const REMEMBERED: usize = 200_000;

/// Articles emitted lately.
#[derive(Debug, Default)]
pub(crate) struct RecentArticles {
    known: HashSet<u64>,
    order: VecDeque<u64>,
    /// Part of a transaction that may yet be aborted.
    uncommitted: BTreeSet<u64>,
}

impl RecentArticles {
    /// Remembers an article that is committed.
    pub(crate) fn remember(&mut self, article: &ArticleId) {
        self.insert(short(article));
    }

    /// Takes out of `articles` those that were emitted before, and returns their ids; the others
    /// count as emitted once [`commit`](Self::commit) is called. Later versions all pass: only the
    /// feed that emitted the first looks at the page again.
    pub(crate) fn take_doubled(&mut self, articles: &mut Vec<Article>) -> Vec<ArticleId> {
        let mut doubled = Vec::new();
        articles.retain(|article| {
            let id = short(&article.id);
            if article.version > 1 {
                return true;
            }
            let is_new = !self.known.contains(&id) && self.uncommitted.insert(id);
            if !is_new {
                doubled.push(article.id.clone());
            }
            is_new
        });
        doubled
    }

    /// What was taken in is committed.
    pub(crate) fn commit(&mut self) {
        for id in std::mem::take(&mut self.uncommitted) {
            self.insert(id);
        }
    }

    /// What was taken in is not committed, and never will be.
    pub(crate) fn abort(&mut self) {
        self.uncommitted.clear();
    }

    fn insert(&mut self, id: u64) {
        if !self.known.insert(id) {
            return;
        }
        self.order.push_back(id);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

/// 64 of an id's 128 bits: among 200,000 articles two agree with odds of one in a billion.
fn short(article: &ArticleId) -> u64 {
    let digits = article.as_str().get(..16).unwrap_or_default();
    u64::from_str_radix(digits, 16).unwrap_or_default()
}
