//! What changes with a feed, told once in the log.

use model::{Feed, FeedCursor, FeedState};

/// Says what has changed with a feed, once, in the log.
pub(crate) fn log_changes(feed: &Feed, before: Option<&FeedCursor>, after: &FeedCursor) {
    let url = feed.url.as_str();
    let state_before = before.map(|cursor| cursor.health.state);
    let state = after.health.state;
    if state_before != Some(state) {
        match (state, &after.health.fault) {
            (FeedState::Failing, Some(fault)) => {
                tracing::warn!(feed.url = url, error = %fault.reason, code = %fault.code, "feed not fetched");
            }
            (FeedState::Gone, _) => {
                tracing::warn!(
                    feed.url = url,
                    "feed is gone for good (410), no longer polled"
                );
            }
            (FeedState::Silent, _) => {
                tracing::warn!(feed.url = url, "feed has gone silent");
            }
            (FeedState::Healthy | FeedState::Learning, _)
                if state_before == Some(FeedState::Failing) =>
            {
                tracing::info!(feed.url = url, "feed is back");
            }
            (FeedState::Failing | FeedState::Healthy | FeedState::Learning, _) => {}
        }
    }
    let adopted = |cursor: &FeedCursor| {
        let moved = cursor.moved.as_ref().filter(|moved| moved.adopted);
        moved.map(|moved| moved.url.clone())
    };
    if let Some(to) = adopted(after)
        && before.and_then(adopted).as_ref() != Some(&to)
    {
        tracing::warn!(feed.url = url, to = %to, "feed has moved for good, polled there from now on");
    }
    if let Some(renewal) = &after.health.renewal
        && before.and_then(|cursor| cursor.health.renewal.as_ref()) != Some(renewal)
    {
        tracing::warn!(
            feed.url = url,
            items = renewal.items,
            "known items came back under new ids, held back"
        );
    }
}
