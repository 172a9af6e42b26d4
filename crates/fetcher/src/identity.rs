//! Which items of a feed are new: identity per item, never a date.
//!
//! An item is known by its **key**: the guid (with the link added where a guid occurs twice in one
//! document), else the canonical URL, else title and date. Where the key is new, the item is still
//! known if its **twin** key (title and date; the link's path stands in for what is missing) or its
//! article was seen under a key that has left the document: its guid changed. And where at least
//! five items, more than half of the document, are new but for a **title** that was seen under a
//! key that has left, the whole feed was renewed, and those items are held back and reported.
//!
//! Seen items are kept while they stand in the feed, and after that until `seen_items` others have
//! been seen later.

use std::collections::{HashMap, HashSet};

use model::{ArticleId, FeedId, ItemKey, SeenItem};
use url::Url;

use crate::{
    Entry,
    canonical_url::{canonical_url, is_front_page},
    item_key::{key, title_and_date, title_key, twin_key},
};

/// Items read of one document, the first ones: a cursor that remembers more would come near the
/// broker's message limit. The largest news feeds have some hundred, news sitemaps up to 1,000.
const DOCUMENT_ITEMS: usize = 5000;
/// Fewer items back under new keys are no renewal: two stories may share a title by chance.
const RENEWAL_ITEMS: usize = 5;

/// An item of a feed with what identifies it.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) entry: Entry,
    /// Canonical address, where the item has a page.
    pub(crate) url: Option<String>,
    /// What the item is known by.
    pub(crate) identity: SeenItem,
    /// What the key was made of: `guid`, `guid and link`, `link`, or `title and date`.
    pub(crate) key_source: &'static str,
}

/// A document's items, sorted into new and known.
#[derive(Debug)]
pub(crate) struct SortedItems {
    /// New, oldest first as far as the document's order tells.
    pub(crate) fresh: Vec<Item>,
    /// The seen items after this document, without the fresh ones.
    pub(crate) seen: Vec<SeenItem>,
    /// Items held back because the whole feed was renewed.
    pub(crate) renewed: usize,
}

/// Gives every item its keys, in document order; an item that occurs twice is taken once.
pub(crate) fn identify(feed: &FeedId, mut entries: Vec<Entry>) -> Vec<Item> {
    entries.truncate(DOCUMENT_ITEMS);
    let urls: Vec<Option<String>> = entries
        .iter()
        .map(|entry| entry.url.as_deref().and_then(canonical_url))
        .collect();
    let document = Document {
        feed,
        guids: count(entries.iter().filter_map(guid)),
        urls: count(urls.iter().flatten().map(String::as_str)),
        twins: count(entries.iter().zip(&urls).filter_map(twin_key_of)),
    };
    let mut taken = HashSet::new();
    let keys: Vec<Option<(SeenItem, &'static str)>> = entries
        .iter()
        .zip(&urls)
        .map(|(entry, url)| {
            let (identity, key_source) = document.identify(entry, url.as_deref());
            taken.insert(identity.key).then_some((identity, key_source))
        })
        .collect();
    let items = entries.into_iter().zip(urls).zip(keys);
    items
        .filter_map(|((entry, url), keys)| {
            let (identity, key_source) = keys?;
            Some(Item {
                entry,
                url,
                identity,
                key_source,
            })
        })
        .collect()
}

/// What has to be known of the whole document to identify one item.
struct Document<'a> {
    feed: &'a FeedId,
    guids: HashMap<&'a str, usize>,
    urls: HashMap<&'a str, usize>,
    twins: HashMap<ItemKey, usize>,
}

impl Document<'_> {
    fn identify(&self, entry: &Entry, url: Option<&str>) -> (SeenItem, &'static str) {
        let guid = guid(entry);
        let is_repeated = guid.is_some_and(|guid| occurs_twice(&self.guids, guid));
        let own_words = title_and_date(entry);
        let (key, key_source) = match (guid, url) {
            (Some(guid), Some(url)) if is_repeated => (key(&["guid", guid, url]), "guid and link"),
            (Some(guid), None) if is_repeated => {
                (key(&["guid", guid, &own_words]), "guid, title and date")
            }
            (Some(guid), _) => (key(&["guid", guid]), "guid"),
            (None, Some(url)) => (key(&["url", url]), "link"),
            (None, None) => (key(&["text", &own_words]), "title and date"),
        };
        // An address that several items share, as in a live blog, or that is the site's front
        // page, is not the address of one article.
        let is_own = |url: &&str| !occurs_twice(&self.urls, url) && !is_front(url);
        let article = match (url.filter(is_own), guid) {
            (Some(url), _) => ArticleId::from_canonical_url(url),
            (None, Some(guid)) if !is_repeated => ArticleId::from_guid(self.feed, guid),
            (None, Some(guid)) => {
                ArticleId::from_guid(self.feed, &format!("{guid} {}", url.unwrap_or(&own_words)))
            }
            (None, None) => ArticleId::from_guid(self.feed, &own_words),
        };
        let twin = twin_key(entry, url).filter(|twin| self.twins.get(twin) == Some(&1));
        let identity = SeenItem {
            key,
            twin,
            title: title_key(entry),
            article,
        };
        (identity, key_source)
    }
}

/// Sorts a document's items into new and known.
pub(crate) fn sort_out(seen: &[SeenItem], items: Vec<Item>, seen_items: usize) -> SortedItems {
    let present: HashSet<ItemKey> = items.iter().map(|item| item.identity.key).collect();
    let by_key: HashMap<ItemKey, &SeenItem> = seen.iter().map(|item| (item.key, item)).collect();
    let index = GoneIndex::new(seen, &present);
    let document_items = items.len();
    let (mut known, mut fresh) = (Vec::new(), Vec::new());
    let mut replaced = HashSet::new();
    for item in items {
        if let Some(same) = by_key.get(&item.identity.key) {
            known.push(SeenItem {
                article: same.article.clone(),
                ..item.identity
            });
        } else if let Some(same) = index.same_as(&item.identity) {
            replaced.insert(same.key);
            known.push(SeenItem {
                article: same.article.clone(),
                ..item.identity
            });
        } else {
            fresh.push(item);
        }
    }
    let renewed = hold_renewed(&index, &mut fresh, &mut known, document_items);
    // An item that changes its guid with each fetch must not push the others out.
    let others = seen
        .iter()
        .filter(|item| !present.contains(&item.key) && !replaced.contains(&item.key));
    let others: Vec<&SeenItem> = others.collect();
    let dropped = others.len().saturating_sub(seen_items);
    let mut moved: Vec<SeenItem> = others.into_iter().skip(dropped).cloned().collect();
    // Documents list the newest first; the seen items end with the latest.
    moved.extend(known.into_iter().rev());
    fresh.reverse();
    SortedItems {
        fresh,
        seen: moved,
        renewed,
    }
}

/// Takes the items of a renewed feed out of `fresh`, and says how many.
fn hold_renewed(
    index: &GoneIndex<'_>,
    fresh: &mut Vec<Item>,
    known: &mut Vec<SeenItem>,
    document_items: usize,
) -> usize {
    let same_title = |item: &Item| {
        let title = item.identity.title?;
        index.titles.get(&title).copied().flatten()
    };
    let titles: HashSet<Option<ItemKey>> = fresh
        .iter()
        .filter(|item| same_title(item).is_some())
        .map(|item| item.identity.title)
        .collect();
    if titles.len() < RENEWAL_ITEMS || titles.len() * 2 <= document_items {
        return 0;
    }
    let (held, rest): (Vec<Item>, Vec<Item>) =
        fresh.drain(..).partition(|item| same_title(item).is_some());
    *fresh = rest;
    for item in &held {
        if let Some(same) = same_title(item) {
            known.push(SeenItem {
                article: same.article.clone(),
                ..item.identity.clone()
            });
        }
    }
    held.len()
}

/// Seen items whose key has left the document, by their other keys; a key that two of them share
/// tells nothing and leads nowhere.
struct GoneIndex<'a> {
    twins: HashMap<ItemKey, Option<&'a SeenItem>>,
    titles: HashMap<ItemKey, Option<&'a SeenItem>>,
    articles: HashMap<&'a ArticleId, &'a SeenItem>,
}

impl<'a> GoneIndex<'a> {
    fn new(seen: &'a [SeenItem], present: &HashSet<ItemKey>) -> Self {
        let mut index = Self {
            twins: HashMap::new(),
            titles: HashMap::new(),
            articles: HashMap::new(),
        };
        for item in seen.iter().filter(|item| !present.contains(&item.key)) {
            // Rekeyed items leave one seen item per old key behind: they agree on the article.
            let put = |map: &mut HashMap<ItemKey, Option<&'a SeenItem>>, key: Option<ItemKey>| {
                let Some(key) = key else { return };
                let slot = map.entry(key).or_insert(Some(item));
                if slot.is_some_and(|other| other.article != item.article) {
                    *slot = None;
                }
            };
            put(&mut index.twins, item.twin);
            put(&mut index.titles, item.title);
            index.articles.insert(&item.article, item);
        }
        index
    }

    fn same_as(&self, identity: &SeenItem) -> Option<&'a SeenItem> {
        let by_twin = identity
            .twin
            .and_then(|twin| self.twins.get(&twin).copied().flatten());
        by_twin.or_else(|| self.articles.get(&identity.article).copied())
    }
}

fn guid(entry: &Entry) -> Option<&str> {
    let guid = entry.guid.as_deref()?.trim();
    (!guid.is_empty()).then_some(guid)
}

fn occurs_twice(counts: &HashMap<&str, usize>, text: &str) -> bool {
    counts.get(text).is_some_and(|count| *count > 1)
}

fn is_front(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| is_front_page(&url))
}

fn count<T: std::hash::Hash + Eq>(things: impl Iterator<Item = T>) -> HashMap<T, usize> {
    let mut counts = HashMap::new();
    for thing in things {
        *counts.entry(thing).or_insert(0) += 1;
    }
    counts
}

fn twin_key_of((entry, url): (&Entry, &Option<String>)) -> Option<ItemKey> {
    twin_key(entry, url.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEN_ITEMS: usize = 100;

    fn entry(guid: &str, path: &str, title: &str, hour: u8) -> Entry {
        let optional = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Entry {
            guid: optional(guid),
            url: optional(path).map(|path| format!("https://news.example/{path}")),
            title: title.into(),
            published: format!("2026-03-01T{hour:02}:00:00Z").parse().ok(),
            ..Entry::default()
        }
    }

    fn undated(guid: &str, path: &str, title: &str) -> Entry {
        Entry {
            published: None,
            ..entry(guid, path, title, 0)
        }
    }

    fn feed() -> FeedId {
        FeedId::from_url("https://news.example/rss")
    }

    /// Reads the documents one after the other; returns the titles that each brings.
    fn read(documents: &[&[Entry]]) -> Vec<Vec<String>> {
        let mut seen = Vec::new();
        let mut fresh = Vec::new();
        for document in documents {
            let sorted = sort_out(&seen, identify(&feed(), document.to_vec()), SEEN_ITEMS);
            seen = sorted.seen;
            seen.extend(sorted.fresh.iter().map(|item| item.identity.clone()));
            fresh.push(
                sorted
                    .fresh
                    .iter()
                    .map(|item| item.entry.title.clone())
                    .collect(),
            );
        }
        fresh
    }

    #[track_caller]
    fn check_second(first: &[Entry], second: &[Entry], expected: &[&str]) {
        assert_eq!(read(&[first, second])[1], expected);
    }

    #[test]
    fn fresh_items_come_oldest_first_and_once() {
        let (a, b) = (entry("1", "a", "A", 1), entry("2", "b", "B", 2));
        assert_eq!(
            read(&[&[b.clone(), a.clone()], &[b, a]]),
            [vec!["A", "B"], vec![]]
        );
    }

    #[test]
    fn a_new_date_or_title_makes_no_new_item() {
        check_second(
            &[entry("1", "a", "A", 1)],
            &[entry("1", "a", "A, updated", 9)],
            &[],
        );
        check_second(
            &[entry("", "a", "A", 1)],
            &[entry("", "a?utm_source=x", "B", 9)],
            &[],
        );
    }

    #[test]
    fn old_dates_do_not_hide_new_items() {
        check_second(
            &[entry("2", "b", "B", 9)],
            &[entry("1", "a", "A", 1)],
            &["A"],
        );
    }

    #[test]
    fn a_changed_guid_is_caught() {
        // A token in the guid, a moved host, an update counter behind the address.
        check_second(
            &[entry("1?t=5", "a", "A", 1)],
            &[entry("1?t=6", "a", "A", 1)],
            &[],
        );
        check_second(
            &[undated("http://x/a", "a", "A")],
            &[undated("https://x/a", "a", "A")],
            &[],
        );
        check_second(
            &[entry("a#0", "a", "A", 1)],
            &[entry("a#1", "a", "A, now", 3)],
            &[],
        );
        check_second(
            &[entry("1", "old", "A", 1)],
            &[entry("2", "new", "A", 1)],
            &[],
        );
    }

    #[test]
    fn two_items_of_one_document_are_two() {
        let twice = [
            entry("1", "a", "Briefing", 1),
            entry("2", "b", "Briefing", 1),
        ];
        assert_eq!(read(&[&twice])[0].len(), 2);
        // The first still stands in the feed when the second comes: no changed guid.
        check_second(&twice[..1], &twice, &["Briefing"]);
    }

    #[test]
    fn a_guid_that_all_items_share_tells_nothing() {
        let first = [entry("x", "a", "A", 1), entry("x", "b", "B", 2)];
        let second = [entry("x", "b", "B", 2), entry("x", "c", "C", 3)];
        check_second(&first, &second, &["C"]);
    }

    #[test]
    fn items_that_share_an_address_are_articles_of_their_own() {
        let blog = vec![entry("1", "live#1", "A", 1), entry("2", "live#2", "B", 2)];
        let items = identify(&feed(), blog);
        assert_ne!(items[0].identity.article, items[1].identity.article);
        let home = identify(
            &feed(),
            vec![Entry {
                url: Some("https://news.example/".into()),
                ..entry("1", "", "A", 1)
            }],
        );
        assert_eq!(home[0].identity.article, ArticleId::from_guid(&feed(), "1"));
    }

    #[test]
    fn an_item_may_leave_and_return() {
        let (a, b) = (entry("1", "a", "A", 1), entry("2", "b", "B", 2));
        assert_eq!(
            read(&[std::slice::from_ref(&a), &[b], std::slice::from_ref(&a)])[2],
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_renewed_feed_is_held_back() {
        let build = |guid: &str, path: &str, hour: u8| -> Vec<Entry> {
            (0..8u8)
                .map(|n| {
                    entry(
                        &format!("{guid}{n}"),
                        &format!("{path}{n}"),
                        &format!("T{n}"),
                        hour,
                    )
                })
                .collect()
        };
        let mut second = build("new", "moved/", 20);
        second.push(entry("really", "really", "Really new", 21));
        let mut seen = sort_out(&[], identify(&feed(), build("old", "", 1)), SEEN_ITEMS);
        seen.seen
            .extend(seen.fresh.iter().map(|item| item.identity.clone()));
        let sorted = sort_out(&seen.seen, identify(&feed(), second), SEEN_ITEMS);
        assert_eq!(sorted.renewed, 8);
        assert_eq!(sorted.fresh.len(), 1);
        assert_eq!(sorted.fresh[0].entry.title, "Really new");
    }

    #[test]
    fn seen_items_are_bounded_and_the_document_is_never_forgotten() {
        let mut seen = Vec::new();
        for round in 0..50u32 {
            let document = (0..10u32)
                .map(|n| undated(&format!("{round}-{n}"), &format!("{round}-{n}"), ""))
                .collect();
            let sorted = sort_out(&seen, identify(&feed(), document), 20);
            seen = sorted.seen;
            seen.extend(sorted.fresh.into_iter().map(|item| item.identity));
        }
        assert_eq!(seen.len(), 30);
        let last = key(&["guid", "49-0"]);
        assert!(seen.iter().any(|item| item.key == last));
    }
}
