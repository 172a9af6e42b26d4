//! Lists of feeds from other programs, OPML or CSV: what is taken stands in the file and is written
//! so that it reads the same again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lists::feeds::{FeedEntry, read_import, write_opml};

fuzz_target!(|bytes: &[u8]| {
    let Ok(import) = read_import(bytes) else {
        return;
    };
    let mut feeds: Vec<FeedEntry> = import.feeds.into_iter().map(|feed| feed.entry).collect();
    if feeds.is_empty() {
        return;
    }
    // They are written folder by folder.
    feeds.sort_by_cached_key(|feed| {
        let folder = feed.folder.clone().unwrap_or_default();
        folder
            .split_terminator('/')
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    let written = write_opml(&feeds);
    let again = read_import(written.as_bytes()).expect("what was written is read");
    let again: Vec<FeedEntry> = again.feeds.into_iter().map(|feed| feed.entry).collect();
    assert_eq!(feeds, again, "in {written}");
});
