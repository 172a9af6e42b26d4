//! The repair pass and all that follows it: any bytes are a feed or an error.
#![no_main]

use fetcher::{FeedContext, parse_feed};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let context = FeedContext {
        url: "https://vell.example/feed.xml",
        ..FeedContext::default()
    };
    if let Ok(feed) = parse_feed(bytes, &context) {
        for entry in &feed.entries {
            drop(entry.text());
        }
    }
});
