//! robots.txt: any bytes allow or forbid an address, soon.
#![no_main]

use fetcher::robots_allow;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let allowed = robots_allow(bytes, "https://vell.example/news/a?b=c");
    assert_eq!(
        allowed,
        robots_allow(bytes, "https://vell.example/news/a?b=c")
    );
});
