//! Stories: which articles are copies of one report.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{AlertStory, ArticleId, ArticleRef};

/// Keys kept of a story: its first and some edited ones.
const MAX_KEYS: usize = 4;
/// Articles kept of a story, so that a new version finds it again.
const MAX_ARTICLES: usize = 200;

/// The stories of late.
#[derive(Clone, Debug, Default)]
pub(super) struct Stories {
    pub(super) by_id: BTreeMap<ArticleId, AlertStory>,
}

impl Stories {
    /// The story that an article was found to tell; empty where none is known.
    pub(super) fn known(&self, article: &ArticleId) -> String {
        let mut stories = self.by_id.values();
        let story = stories.find(|story| story.articles.contains(article));
        story.map(|story| story.id.to_string()).unwrap_or_default()
    }

    /// The story of an article; a new one where none is known.
    pub(super) fn of(&mut self, article: &ArticleRef, now: Timestamp) -> ArticleId {
        let known = self.by_id.values_mut().find(|story| {
            story.articles.contains(&article.id)
                || article
                    .story
                    .is_some_and(|key| story.keys.iter().any(|known| known.is_same_story(&key)))
        });
        let Some(story) = known else {
            let story = AlertStory {
                id: article.id.clone(),
                articles: vec![article.id.clone()],
                keys: article.story.into_iter().collect(),
                seen: now,
            };
            self.by_id.insert(story.id.clone(), story);
            return article.id.clone();
        };
        let is_new = !story.articles.contains(&article.id);
        if is_new && story.articles.len() < MAX_ARTICLES {
            story.articles.push(article.id.clone());
        }
        if let Some(key) = article.story
            && story.keys.len() < MAX_KEYS
            && !story.keys.contains(&key)
        {
            story.keys.push(key);
        }
        story.seen = now;
        story.id.clone()
    }
}
