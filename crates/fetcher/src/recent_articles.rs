//! Articles emitted lately by any feed of this process, so that one which stands in several feeds
//! (world news, regional news, the front page) is emitted once.
//!
//! It knows the feeds of this instance only: instances that share the feeds see each other's
//! articles downstream, under the same article id.

use std::collections::{BTreeMap, HashMap, VecDeque};

use model::{Article, ArticleId};

/// Articles remembered: some weeks of a thousand busy feeds, at 24 bytes each.
const REMEMBERED: usize = 200_000;

/// Articles emitted lately, each with the feed that emitted it.
#[derive(Debug, Default)]
pub(crate) struct RecentArticles {
    feed_of: HashMap<u64, usize>,
    order: VecDeque<u64>,
    /// Part of a transaction that may yet be aborted.
    uncommitted: BTreeMap<u64, usize>,
}

impl RecentArticles {
    /// Remembers an article that is committed.
    pub(crate) fn remember(&mut self, article: &ArticleId, feed: usize) {
        self.insert(short(article), feed);
    }

    /// Takes out of `articles` those that another feed has emitted, and returns their ids; the
    /// others count as emitted once [`commit`](Self::commit) is called. A later version is none of
    /// another feed's business: only the feed that emitted the first looks at its page again.
    pub(crate) fn take_doubled(
        &mut self,
        articles: &mut Vec<Article>,
        feed: usize,
    ) -> Vec<ArticleId> {
        let mut doubled = Vec::new();
        articles.retain(|article| {
            let id = short(&article.id);
            let other = self.feed_of.get(&id).or_else(|| self.uncommitted.get(&id));
            if article.version == 1 && other.is_some_and(|other| *other != feed) {
                doubled.push(article.id.clone());
                return false;
            }
            self.uncommitted.insert(id, feed);
            true
        });
        doubled
    }

    /// What was taken in is committed.
    pub(crate) fn commit(&mut self) {
        for (id, feed) in std::mem::take(&mut self.uncommitted) {
            self.insert(id, feed);
        }
    }

    /// What was taken in is not committed, and never will be.
    pub(crate) fn abort(&mut self) {
        self.uncommitted.clear();
    }

    fn insert(&mut self, id: u64, feed: usize) {
        if self.feed_of.contains_key(&id) {
            return;
        }
        if self.order.len() >= REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.feed_of.remove(&oldest);
        }
        self.feed_of.insert(id, feed);
        self.order.push_back(id);
    }
}

/// 64 of an id's 128 bits: among 200,000 articles two agree with odds of one in a billion.
fn short(article: &ArticleId) -> u64 {
    let digits = article.as_str().get(..16).unwrap_or_default();
    u64::from_str_radix(digits, 16).unwrap_or_default()
}
