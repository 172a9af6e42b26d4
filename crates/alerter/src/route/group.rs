//! A group of alerts to one target: what waits, what was told, what is a mere copy.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{
    Alert, AlertGroup, AlertedQuote, Notification, NotificationId, NotificationKind, Severity,
};

use super::config::RouteConfig;
use crate::message::shorten;

/// Alerts that a notification shows; further ones are counted.
const MAX_SHOWN: usize = 10;
/// Quotes of one alert that a notification shows.
const MAX_QUOTES: usize = 8;
/// Characters of a quote that a notification shows.
const MAX_QUOTE_CHARACTERS: usize = 1_000;
/// Alerts, stories and quotes that a group remembers, so that none is told twice.
const MAX_REMEMBERED: usize = 500;
/// Characters of a quote that tell whether it is a copy.
const WORDS_CHARACTERS: usize = 200;
/// Updates that tell of nothing but copies; further copies are counted only.
const MAX_COPY_UPDATES: u32 = 1;

/// A group without alerts.
pub(super) fn empty(
    id: String,
    target: &str,
    labels: BTreeMap<String, String>,
    now: Timestamp,
) -> AlertGroup {
    AlertGroup {
        id,
        target: target.to_owned(),
        labels,
        severity: Severity::Info,
        pending: Vec::new(),
        uncounted: 0,
        has_news: false,
        seen: Vec::new(),
        stories: Vec::new(),
        words: Vec::new(),
        outlets: Vec::new(),
        sequence: 0,
        copy_updates: 0,
        since: now,
        last_alert: now,
        last_sent: None,
        due: None,
        held: None,
        last: None,
    }
}

/// Takes an alert in; `false` where the group knows it already.
pub(super) fn take(
    group: &mut AlertGroup,
    event_id: &str,
    alert: &Alert,
    story: &str,
    config: &RouteConfig,
    now: Timestamp,
) -> bool {
    if group.seen.iter().any(|seen| seen == event_id) {
        return false;
    }
    let is_news = adds_news(group, alert, story);
    remember(&mut group.seen, event_id.to_owned());
    if !group.outlets.contains(&alert.article.outlet) {
        remember(&mut group.outlets, alert.article.outlet.clone());
    }
    group.last_alert = now;
    let is_told = is_news || group.copy_updates < MAX_COPY_UPDATES || !group.pending.is_empty();
    if !is_told {
        return true;
    }
    let is_first = group.pending.is_empty();
    let has_risen = !is_first && alert.severity > group.severity;
    if is_first {
        group.since = now;
        group.severity = alert.severity;
    }
    group.severity = group.severity.max(alert.severity);
    group.has_news |= is_news;
    if group.pending.len() < MAX_SHOWN {
        group.pending.push(slim(alert));
    } else {
        group.uncounted += 1;
    }
    // What waits already keeps its time, unless it has become more urgent; a reminder gives way.
    if is_first || has_risen {
        group.held = None;
        group.due = Some(match group.last_sent {
            None => now + config.group_wait,
            Some(sent) => (sent + config.group_interval).max(now),
        });
    }
    true
}

/// What the target is told now; the group is then told.
pub(super) fn tell(group: &mut AlertGroup, now: Timestamp) -> Notification {
    let kind = match (group.sequence, group.pending.is_empty()) {
        (0, _) => NotificationKind::New,
        (_, false) => NotificationKind::Update,
        (_, true) => NotificationKind::Reminder,
    };
    let mut alerts = std::mem::take(&mut group.pending);
    let alert_count = u32::try_from(alerts.len()).unwrap_or(u32::MAX) + group.uncounted;
    if let Some(last) = alerts.last() {
        group.last = Some(Box::new(last.clone()));
    } else {
        alerts.extend(group.last.as_deref().cloned());
    }
    if kind == NotificationKind::Update {
        group.copy_updates = if group.has_news {
            0
        } else {
            group.copy_updates + 1
        };
    }
    let notification = Notification {
        id: NotificationId::new(&group.target, &group.id, group.sequence),
        target: group.target.clone(),
        kind,
        group: group.id.clone(),
        labels: group.labels.clone(),
        sequence: group.sequence,
        severity: group.severity,
        alerts,
        alert_count,
        outlets: group.outlets.clone(),
        created: now,
        since: group.since,
        held: group.held.take(),
    };
    group.sequence += 1;
    group.uncounted = 0;
    group.has_news = false;
    group.last_sent = Some(now);
    group.due = None;
    notification
}

/// Whether the alert says more than the group's others: a story, or words not heard before.
fn adds_news(group: &mut AlertGroup, alert: &Alert, story: &str) -> bool {
    let is_new_story = !group.stories.iter().any(|known| known == story);
    if is_new_story {
        remember(&mut group.stories, story.to_owned());
    }
    let mut are_new_words = false;
    for words in alert
        .quotes
        .iter()
        .map(words)
        .filter(|words| !words.is_empty())
    {
        let mut known = group.words.iter();
        if known.any(|known| known.contains(&words) || words.contains(known.as_str())) {
            continue;
        }
        are_new_words = true;
        remember(&mut group.words, words);
    }
    is_new_story || are_new_words
}

/// A quote's letters and digits: what copies of it share.
fn words(quote: &AlertedQuote) -> String {
    let letters = quote.text.chars().filter(|c| c.is_alphanumeric());
    letters
        .flat_map(char::to_lowercase)
        .take(WORDS_CHARACTERS)
        .collect()
}

/// The alert as notifications show it.
fn slim(alert: &Alert) -> Alert {
    let mut slim = alert.clone();
    slim.quotes.truncate(MAX_QUOTES);
    for quote in &mut slim.quotes {
        shorten(&mut quote.text, MAX_QUOTE_CHARACTERS);
    }
    slim
}

/// Remembers the latest; the oldest is forgotten.
fn remember(list: &mut Vec<String>, item: String) {
    if list.len() >= MAX_REMEMBERED {
        list.remove(0);
    }
    list.push(item);
}
