//! Article pages: any bytes are a page or an error.
#![no_main]

use fetcher::extract_page;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    drop(extract_page(
        bytes,
        Some("text/html"),
        "https://vell.example/a",
    ));
});
