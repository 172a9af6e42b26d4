//! Dates: any text is a date within sense or none. They are reached through JSON, where a text
//! arrives as it is.
#![no_main]

use fetcher::{FeedContext, parse_feed};
use libfuzzer_sys::fuzz_target;

/// 2100-12-31T23:59:59Z.
const LAST_SECOND: i64 = 4_133_980_799;

fuzz_target!(|text: &str| {
    let units = text.encode_utf16();
    let escaped: String = units.map(|unit| format!("\\u{unit:04x}")).collect();
    let feed = format!(
        "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"t\",\
         \"items\":[{{\"id\":\"1\",\"date_published\":\"{escaped}\"}}]}}"
    );
    let feed = parse_feed(feed.as_bytes(), &FeedContext::default()).expect("it is a JSON feed");
    for entry in feed.entries {
        if let Some(published) = entry.published {
            let seconds = published.as_second();
            assert!(
                (0..=LAST_SECOND).contains(&seconds),
                "{text:?} is {published}"
            );
        }
    }
});
